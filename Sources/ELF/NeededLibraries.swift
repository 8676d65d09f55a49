// SPDX-License-Identifier: LGPL-2.1-or-later

/// What the dynamic section of a file says about the libraries that it is loaded
/// with; see ld.so(8).
package struct NeededLibraries: Equatable, Sendable {
    /// DT_NEEDED: names, or paths if they have a slash.
    package var names: [[UInt8]] = []
    /// DT_RUNPATH: directories, separated by colons, for these names.
    package var runPath: [UInt8]?
    /// DT_RPATH: the same, and also for the libraries that these need; it counts
    /// only without DT_RUNPATH.
    package var inheritedPath: [UInt8]?

    package init(names: [[UInt8]] = [], runPath: [UInt8]? = nil, inheritedPath: [UInt8]? = nil) {
        self.names = names
        self.runPath = runPath
        self.inheritedPath = inheritedPath
    }
}
