// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
package import SignatureExchange
import SystemIO
package import Tool

/// The program `verictl-sign`, which makes and checks signatures.
package enum SignatureProgram {
    private static let name = Array("verictl-sign".utf8)

    /// What the program answers. It reads nothing but the request, and the terminal for
    /// the passphrase of a key.
    package static func answer(
        _ request: SignatureRequest, in environment: Environment
    ) throws(Failure) -> SignatureAnswer {
        for directory in environment.helperDirectories {
            let path = directory.appending(name)
            let result: (status: Int32, answer: [UInt8])
            do throws(Errno) {
                result = try Process.exchange(request.encoded, with: path)
            } catch {
                if error == .noEntry || error == .notDirectory { continue }
                throw Failure(status: .unavailable, message: "\(path): \(error)")
            }
            guard result.status == 0, let answer = SignatureAnswer(encoded: result.answer) else {
                throw Failure(status: .unavailable, message: "\(path) ended with the status \(result.status)")
            }
            return answer
        }
        let places = environment.helperDirectories.map(\.description).joined(separator: ", ")
        throw Failure(
            status: .unavailable, message: "the program verictl-sign is not installed",
            hint: "it was searched for in \(places)")
    }
}
