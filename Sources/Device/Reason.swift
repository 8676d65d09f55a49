// SPDX-License-Identifier: LGPL-2.1-or-later

import CClip

/// The reason why the kernel refused, skipped or did not grant: enum
/// clip_reason of linux/clip.h. A number that is unknown to this tool is kept.
package struct Reason: Hashable, Sendable, CustomStringConvertible {
    package let number: UInt32

    package init(_ number: UInt32) {
        self.number = number
    }

    package static let none = Reason(CLIP_REASON_NONE.rawValue)
    package static let noEntry = Reason(CLIP_REASON_NO_ENTRY.rawValue)
    package static let digestMismatch = Reason(CLIP_REASON_DIGEST_MISMATCH.rawValue)
    package static let notRoot = Reason(CLIP_REASON_NOT_ROOT.rawValue)
    package static let nosuidMount = Reason(CLIP_REASON_NOSUID_MOUNT.rawValue)
    package static let ioError = Reason(CLIP_REASON_IO_ERROR.rawValue)
    package static let noMemory = Reason(CLIP_REASON_NO_MEMORY.rawValue)
    package static let beingWritten = Reason(CLIP_REASON_BEING_WRITTEN.rawValue)
    package static let untrustedFilesystem = Reason(CLIP_REASON_UNTRUSTED_FS.rawValue)
    package static let userNamespace = Reason(CLIP_REASON_USER_NAMESPACE.rawValue)
    package static let interpreter = Reason(CLIP_REASON_INTERPRETER.rawValue)
    package static let noFsverity = Reason(CLIP_REASON_NO_FSVERITY.rawValue)
    package static let noContext = Reason(CLIP_REASON_NO_CONTEXT.rawValue)
    package static let noFile = Reason(CLIP_REASON_NO_FILE.rawValue)
    package static let unsupportedAlgorithm = Reason(CLIP_REASON_UNSUPPORTED_ALGORITHM.rawValue)
    package static let unsupportedFlags = Reason(CLIP_REASON_UNSUPPORTED_FLAGS.rawValue)
    package static let exists = Reason(CLIP_REASON_EXISTS.rawValue)
    package static let duplicate = Reason(CLIP_REASON_DUPLICATE.rawValue)
    package static let badImage = Reason(CLIP_REASON_BAD_IMAGE.rawValue)
    package static let checksum = Reason(CLIP_REASON_CHECKSUM.rawValue)
    package static let permission = Reason(CLIP_REASON_PERMISSION.rawValue)
    package static let contextInactive = Reason(CLIP_REASON_CONTEXT_INACTIVE.rawValue)
    package static let notAllowed = Reason(CLIP_REASON_NOT_ALLOWED.rawValue)
    package static let otherContext = Reason(CLIP_REASON_OTHER_CONTEXT.rawValue)
    package static let immutable = Reason(CLIP_REASON_IMMUTABLE.rawValue)
    package static let readOnly = Reason(CLIP_REASON_READ_ONLY.rawValue)
    package static let overBound = Reason(CLIP_REASON_OVER_BOUND.rawValue)
    package static let badLevel = Reason(CLIP_REASON_BAD_LEVEL.rawValue)
    package static let noPrivilege = Reason(CLIP_REASON_NO_PRIVILEGE.rawValue)
    package static let notAlone = Reason(CLIP_REASON_NOT_ALONE.rawValue)
    package static let openFile = Reason(CLIP_REASON_OPEN_FILE.rawValue)
    package static let noExecPermission = Reason(CLIP_REASON_NO_EXEC_PERMISSION.rawValue)
    package static let badDevice = Reason(CLIP_REASON_BAD_DEVICE.rawValue)
    package static let deviceTie = Reason(CLIP_REASON_DEVICE_TIE.rawValue)
    package static let device = Reason(CLIP_REASON_DEVICE.rawValue)
    package static let mount = Reason(CLIP_REASON_MOUNT.rawValue)
    package static let untrustedPath = Reason(CLIP_REASON_UNTRUSTED_PATH.rawValue)
    package static let hiddenTail = Reason(CLIP_REASON_HIDDEN_TAIL.rawValue)
    package static let inUse = Reason(CLIP_REASON_IN_USE.rawValue)
    package static let indirect = Reason(CLIP_REASON_INDIRECT.rawValue)
    package static let signature = Reason(CLIP_REASON_SIGNATURE.rawValue)
    package static let oldVersion = Reason(CLIP_REASON_OLD_VERSION.rawValue)
    package static let address = Reason(CLIP_REASON_ADDRESS.rawValue)
    package static let noNetwork = Reason(CLIP_REASON_NO_NETWORK.rawValue)
    package static let clearTraffic = Reason(CLIP_REASON_CLEAR_TRAFFIC.rawValue)
    package static let received = Reason(CLIP_REASON_RECEIVED.rawValue)
    package static let tooMany = Reason(CLIP_REASON_TOO_MANY.rawValue)
    package static let entered = Reason(CLIP_REASON_ENTERED.rawValue)
    package static let confidentiality = Reason(CLIP_REASON_CONFIDENTIALITY.rawValue)
    package static let baseUserNamespace = Reason(CLIP_REASON_BASE_USERNS.rawValue)

    package static let unsafeTask = Reason(CLIP_REASON_UNSAFE_TASK.rawValue)
    package static let notKernelThread = Reason(CLIP_REASON_NOT_KTHREAD.rawValue)
    package static let notRegular = Reason(CLIP_REASON_NOT_REGULAR.rawValue)
    package static let badPath = Reason(CLIP_REASON_BAD_PATH.rawValue)
    package static let badFlags = Reason(CLIP_REASON_BAD_FLAGS.rawValue)
    package static let badPrivileges = Reason(CLIP_REASON_BAD_PRIVILEGES.rawValue)
    package static let badCapabilities = Reason(CLIP_REASON_BAD_CAPABILITIES.rawValue)
    package static let badDigest = Reason(CLIP_REASON_BAD_DIGEST.rawValue)
    package static let script = Reason(CLIP_REASON_SCRIPT.rawValue)
    package static let wxMemory = Reason(CLIP_REASON_WX_MEMORY.rawValue)
    package static let libraryNotListed = Reason(CLIP_REASON_LIB_NOT_LISTED.rawValue)
    package static let libraryMismatch = Reason(CLIP_REASON_LIB_MISMATCH.rawValue)

    /// Every reason that the header of this tool has.
    package static let all = (0..<__CLIP_REASON_MAX.rawValue).filter { clip_reason_name($0) != nil }.map { Reason($0) }

    /// The word, which the kernel uses too.
    package var description: String {
        clip_reason_name(number).map { String(cString: $0) } ?? "reason-\(number)"
    }
}
