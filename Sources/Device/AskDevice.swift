// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import CClip
package import SystemIO

/// What the kernel tells every user about a file.
package struct AskAnswer: Equatable, Sendable {
    /// The error of exec; nil if it would not fail.
    package var error: Errno?
    /// Why it would fail, also where this is not enforced.
    package var reason: Reason

    package init(error: Errno? = nil, reason: Reason = .none) {
        (self.error, self.reason) = (error, reason)
    }
}

/// The question that every user may ask.
package protocol AskDevice: AnyObject {
    /// Whether this process could execute an open file. Throws EACCES if it may
    /// not execute it whatever the rules are.
    func ask(_ file: borrowing Descriptor) throws(Errno) -> AskAnswer
}

/// The real device, open for reading.
package final class KernelAskDevice: AskDevice {
    private let descriptor: Descriptor

    package init() throws(Errno) {
        descriptor = try Descriptor(reading: BytePath(CLIP_DEVICE_PATH.utf8))
    }

    package func ask(_ file: borrowing Descriptor) throws(Errno) -> AskAnswer {
        var raw = clip_ask()
        raw.size = UInt32(MemoryLayout<clip_ask>.size)
        raw.fd = file.number
        _ = try descriptor.control(UInt(cclip_ioc_ask), &raw)
        return AskAnswer(
            error: raw.error == 0 ? nil : Errno(Int32(truncatingIfNeeded: raw.error)), reason: Reason(raw.reason))
    }
}
