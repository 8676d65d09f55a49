// SPDX-License-Identifier: LGPL-2.1-or-later

package import SystemIO
package import Tool

/// Everything that a command touches. Tests put their own in its place.
package struct ExecbitsSurroundings {
    package var environment: Environment
    package var read: () throws(Errno) -> Securebits
    package var write: (Securebits) throws(Errno) -> Void
    package var checkIsAnswered: () -> Bool
    package var openIsAnswered: () -> Bool

    package init(
        _ environment: Environment, read: @escaping () throws(Errno) -> Securebits,
        write: @escaping (Securebits) throws(Errno) -> Void, checkIsAnswered: @escaping () -> Bool,
        openIsAnswered: @escaping () -> Bool
    ) {
        self.environment = environment
        self.read = read
        self.write = write
        self.checkIsAnswered = checkIsAnswered
        self.openIsAnswered = openIsAnswered
    }

    var reporter: Reporter { Reporter(environment) }

    /// The bits of this process, as a command sees them.
    func bits() throws(Failure) -> Securebits {
        do throws(Errno) {
            return try read()
        } catch {
            throw Failure(status: .refused, message: "the securebits cannot be read: \(error)")
        }
    }

    /// The surroundings of this process.
    package static func system() -> ExecbitsSurroundings {
        ExecbitsSurroundings(
            .system(program: "execbits"),
            read: { () throws(Errno) in try Securebits.current() },
            write: { (bits) throws(Errno) in try bits.apply() },
            checkIsAnswered: { Securebits.checkIsAnswered },
            openIsAnswered: { Securebits.openIsAnswered })
    }
}
