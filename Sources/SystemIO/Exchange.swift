// SPDX-License-Identifier: LGPL-2.1-or-later

package import Bytes
import CSystem
import Glibc

/// A program that answers one request of another one. Both are files in memory, so that
/// neither waits for the other one, and standard input stays that of the user, who may be
/// asked for a passphrase.
extension Process {
    /// Runs a program without an environment until it ends. Returns its exit status, 128 + N
    /// if signal N ended it, and its answer.
    package static func exchange(
        _ request: [UInt8], with program: BytePath
    ) throws(Errno) -> (status: Int32, answer: [UInt8]) {
        let input = try Descriptor(owning: sys { csystem_memory_file() })
        let output = try Descriptor(owning: sys { csystem_memory_file() })
        try input.write(request)
        let numbers = (input.number, output.number)
        try sys { lseek(numbers.0, 0, SEEK_SET) == 0 ? 0 : -1 }
        let status = try program.withCString { path throws(Errno) in
            try sys { csystem_run_between(path, numbers.0, numbers.1) }
        }
        let size = Int(clamping: try output.status().size)
        return (status, try output.bytes(at: 0, count: size))
    }

    /// The request that this process was started for. Throws unless `exchange` started it.
    package static func readRequest() throws(Errno) -> [UInt8] {
        let request = try Descriptor(owning: sys { fcntl(CSYSTEM_REQUEST, F_DUPFD_CLOEXEC, 0) })
        let size = Int(clamping: try request.status().size)
        return try request.bytes(at: 0, count: size)
    }

    /// Answers the request.
    package static func writeAnswer(_ answer: [UInt8]) throws(Errno) {
        try Descriptor.write(answer, to: CSYSTEM_ANSWER)
    }
}
