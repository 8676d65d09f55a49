// SPDX-License-Identifier: LGPL-2.1-or-later

package import Containers
import Jails
import Policy
package import Tool

/// Everything that a command touches. Tests put their own in its place.
package struct VsctlSurroundings {
    package var environment: Environment
    package var files: JailFiles
    package var places: RunPlaces

    package init(_ environment: Environment, files: JailFiles, places: RunPlaces) {
        self.environment = environment
        self.files = files
        self.places = places
    }

    /// The surroundings of this process.
    package static func system() -> VsctlSurroundings {
        VsctlSurroundings(.system(program: "vsctl"), files: JailFiles(), places: RunPlaces())
    }

    var reporter: Reporter { Reporter(environment) }

    /// The context of a jail that runs or is set up.
    func context(of name: String) throws(Failure) -> KernelContext {
        guard let running = try Stopper(places: places).find(name), let context = running.context,
            !running.state.isStarting
        else {
            throw Failure(
                status: .no, message: "\(name) does not run", hint: "vsctl start \(name), or vsctl setup \(name)")
        }
        return context
    }

    /// A jail that may be started: its messages are shown, and one with an error
    /// is a failure. Notes are for `vsctl check`.
    func jail(_ name: String) throws(Failure) -> ReadJail {
        let read = try files.read(name)
        reporter.diagnostics(read.diagnostics.filter { $0.severity != .note })
        guard !read.hasErrors else {
            throw Failure(status: .syntax, message: "\(read.source): the jail has errors; nothing was done")
        }
        return read
    }
}
