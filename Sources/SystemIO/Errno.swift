// SPDX-License-Identifier: LGPL-2.1-or-later

import CSystem
import Glibc

/// An error number of the kernel or the C library; see errno(3).
package struct Errno: Error, Hashable, Sendable {
    package let number: Int32

    package init(_ number: Int32) {
        self.number = number
    }

    package static let notPermitted = Errno(EPERM)
    package static let noEntry = Errno(ENOENT)
    package static let interrupted = Errno(EINTR)
    package static let badDescriptor = Errno(EBADF)
    package static let noDevice = Errno(ENXIO)
    package static let noSuchDevice = Errno(ENODEV)
    package static let accessDenied = Errno(EACCES)
    package static let tryAgain = Errno(EAGAIN)
    package static let textBusy = Errno(ETXTBSY)
    package static let notExecutable = Errno(ENOEXEC)
    package static let badLibrary = Errno(ELIBBAD)
    package static let ioError = Errno(EIO)
    package static let busy = Errno(EBUSY)
    package static let exists = Errno(EEXIST)
    package static let isDirectory = Errno(EISDIR)
    package static let notDirectory = Errno(ENOTDIR)
    package static let invalid = Errno(EINVAL)
    package static let notTerminal = Errno(ENOTTY)
    package static let fileTooLarge = Errno(EFBIG)
    package static let nameTooLong = Errno(ENAMETOOLONG)
    package static let outOfRange = Errno(ERANGE)
    package static let noData = Errno(ENODATA)
    package static let notSupported = Errno(ENOTSUP)
    package static let tooManyLinks = Errno(ELOOP)
    package static let noBuffers = Errno(ENOBUFS)
    package static let noSpace = Errno(ENOSPC)
    package static let brokenPipe = Errno(EPIPE)
    package static let noProtocol = Errno(EPROTONOSUPPORT)
    package static let noAddressFamily = Errno(EAFNOSUPPORT)
}

extension Errno: CustomStringConvertible {
    /// The text of strerror(3), in English whatever the locale.
    package var description: String {
        csystem_error_text(number).map { String(cString: $0) } ?? "error \(number)"
    }

    /// The symbol: `ENOENT`.
    package var name: String {
        csystem_error_name(number).map { String(cString: $0) } ?? String(number)
    }
}

/// Runs a call that returns -1 on failure, and repeats it while a signal
/// interrupts it. This is the only place that reads errno: anything between a
/// call and the reading (building a message, closing another descriptor) may
/// overwrite it.
@discardableResult
package func sys<Result: SignedInteger>(_ call: () -> Result) throws(Errno) -> Result {
    while true {
        let result = call()
        if result != -1 { return result }
        let error = Errno(errno)
        if error != .interrupted { throw error }
    }
}

/// The same for a call that returns nil on failure, and for one (readdir) where
/// nil may also mean the end: errno then remains 0 and the result is nil.
package func sysPointer<Pointer>(_ call: () -> Pointer?) throws(Errno) -> Pointer? {
    while true {
        errno = 0
        if let result = call() { return result }
        let error = Errno(errno)
        if error.number == 0 { return nil }
        if error != .interrupted { throw error }
    }
}
