// SPDX-License-Identifier: LGPL-2.1-or-later

/// Limits of rule files.
package enum RuleLimits {
    /// Bytes of a path without its NUL: `CLIP_PATH_MAX` of linux/clip.h, which
    /// is PATH_MAX of linux/limits.h less one.
    package static let pathLength = 4095

    /// Bytes of a line without its end. A path of full length fits, with room
    /// for the other fields; a path of full length made of escapes does not.
    package static let lineLength = 8191

    /// Bytes of a file of rules: half a million lines of 256 bytes. It bounds the
    /// memory that a wrong file, such as a device, can take.
    package static let fileSize = 1 << 27

    /// The length in bytes beyond which verictl 2 splits a line and reads the
    /// rest as a new one. A longer line causes a warning as long as such tools
    /// are in use.
    package static let oldLineLength = 1023

    package static let fieldCount = 9

    /// The name of each field in messages.
    package static let fieldNames = [
        "path", "context", "flags", "effective capabilities", "permitted capabilities",
        "inheritable capabilities", "privileges", "algorithm", "fingerprint",
    ]
}
