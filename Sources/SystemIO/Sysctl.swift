// SPDX-License-Identifier: LGPL-2.1-or-later

package import Bytes

/// The files below /proc/sys.
package enum Sysctl {
    /// Writes a value in a single write(2), because a sysctl accepts no value
    /// in parts. The file must exist and is not truncated. Errors are those of
    /// open(2) and write(2).
    package static func write(_ value: String, to path: BytePath) throws(Errno) {
        try Descriptor(open: path, .writeOnly).write(Array("\(value)\n".utf8))
    }
}
