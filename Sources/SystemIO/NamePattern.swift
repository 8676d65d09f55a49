// SPDX-License-Identifier: LGPL-2.1-or-later

package import Bytes
import Glibc

/// Patterns of file names with `*`, `?` and `[...]`, as in the shell; see
/// fnmatch(3). A wildcard stands for no slash, and for no dot at the beginning of a
/// name.
package enum NamePattern {
    package static func isPattern(_ text: [UInt8]) -> Bool {
        text.contains { "*?[".utf8.contains($0) }
    }

    package static func matches(_ pattern: BytePath, _ path: BytePath) -> Bool {
        let result = try? pattern.withCString { pattern throws(Errno) in
            try path.withCString { path throws(Errno) in
                fnmatch(pattern, path, FNM_PATHNAME | FNM_PERIOD | FNM_NOESCAPE)
            }
        }
        return result == 0
    }

    /// The existing paths below `root` that match an absolute pattern, sorted and
    /// without the root. Links to directories are followed inside the root only.
    package static func files(_ pattern: BytePath, root: BytePath) throws(Errno) -> [BytePath] {
        var places: [BytePath] = ["/"]
        for part in pattern.bytes.split(separator: ASCII.slash).map(Array.init) {
            var next: [BytePath] = []
            for place in places {
                guard isPattern(part) else {
                    next.append(place.appending(part))
                    continue
                }
                guard let directory = try? Files.realPath(place, inRoot: root) else { continue }
                for entry in try names(directory) where matches(BytePath(part), BytePath(entry)) {
                    next.append(place.appending(entry))
                }
            }
            places = next
        }
        return places.filter { (try? Files.realPath($0, inRoot: root)) != nil }.sorted()
    }

    /// None in what is no directory.
    private static func names(_ directory: BytePath) throws(Errno) -> [[UInt8]] {
        do throws(Errno) {
            return try Files.list(directory).map(\.name)
        } catch {
            if error == .notDirectory || error == .noEntry { return [] }
            throw error
        }
    }
}
