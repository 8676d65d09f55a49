// SPDX-License-Identifier: LGPL-2.1-or-later

import CClip
package import Policy

/// The capabilities of the running kernel: struct clip_info of linux/clip.h.
///
/// Empty sets are not written as literals here. The initializer for those is generic, and
/// the runtime searches all conformances of the program for it, each time a program starts.
package struct KernelInfo: Equatable, Sendable {
    package var abiVersion: UInt32 = 0
    package var imageVersion: UInt32 = 0
    /// The caller's context; `own` if it has none, or if the information does
    /// not come from the device.
    package var context = ContextID.own
    /// `CLIP_FEATURE_*`
    package var features: UInt64 = 0
    /// Bit n is set if algorithm number n can be used.
    package var algorithms: UInt64 = 0
    package var flagsKnown = EntryFlags(rawValue: 0)
    package var flagsEnforced = EntryFlags(rawValue: 0)
    package var privilegesKnown = Privileges(rawValue: 0)
    package var privilegesEnforced = Privileges(rawValue: 0)
    /// The privileges that are required because a sysctl of kernel.clip is set;
    /// nil if the kernel does not report them.
    package var privilegesRequired: Privileges?
    package var capabilities = CapabilitySet(rawValue: 0)
    package var generation: UInt64 = 0
    package var entries: UInt64 = 0
    /// Bytes of kernel memory.
    package var entryBytes: UInt64 = 0
    package var tableBytes: UInt64 = 0
    package var nameBytes: UInt64 = 0
    /// Words of a level that can be set.
    package var levelsEnforced = ContextLevel(rawValue: 0)
    /// The number of contexts; 0 if the kernel does not report it.
    package var contexts: UInt32 = 0
    /// Allow digests in force, over all contexts, and their kernel memory.
    package var digests: UInt64 = 0
    package var digestBytes: UInt64 = 0
    /// The context that may change the others' entries; nil if there is none.
    package var updateContext: ContextID?

    package init() {}

    /// The version of the interface that this tool was built for.
    package static let supportedABI = UInt32(CLIP_ABI_VERSION)

    /// Whether this kernel checks signatures of images.
    package var checksSignatures: Bool { features & CLIP_FEATURE_SIGNED != 0 }

    /// Names of the features; one that is newer than this tool is `bitN`.
    package var featureNames: [String] {
        (0..<64).filter { features >> $0 & 1 == 1 }.map { bit in
            clip_feature_name(UInt32(bit)).map { String(cString: $0) } ?? "bit\(bit)"
        }
    }

    /// Names of the algorithms; one that is newer than this tool is `numberN`.
    package var algorithmNames: [String] {
        (0..<64).filter { algorithms >> $0 & 1 == 1 }.map { number in
            DigestAlgorithm(rawValue: UInt16(number))?.name ?? "number\(number)"
        }
    }

    package func supports(_ algorithm: DigestAlgorithm) -> Bool {
        algorithms >> UInt64(algorithm.rawValue) & 1 == 1
    }
}
