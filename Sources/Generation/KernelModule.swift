// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import SystemIO

/// Recognises kernel modules, which the kernel reads as they are in the file,
/// compressed or not.
package enum KernelModule {
    private static let suffixes = [".ko", ".ko.gz", ".ko.xz", ".ko.zst"]

    package static func isName(_ name: [UInt8]) -> Bool {
        suffixes.contains { name.count > $0.utf8.count && name.suffix($0.utf8.count).elementsEqual($0.utf8) }
    }

    /// Where the modules of a version of the kernel are.
    static func directory(_ version: [UInt8]) -> BytePath { BytePath("/lib/modules".utf8).appending(version) }
}

extension FileSearch {
    /// Adds the kernel modules of a version of the kernel, which is one name.
    package mutating func addModules(_ version: [UInt8]) {
        let place = KernelModule.directory(version)
        do throws(Errno) {
            let directory = root == "/" ? try Files.realPath(place) : try Files.realPath(place, inRoot: root)
            let before = found.count
            try addModules(in: directory)
            if found.count == before { report(FileProblem(place, "no kernel module was found there")) }
        } catch {
            report(FileProblem(place, "\(error)"))
        }
    }

    private mutating func addModules(in directory: BytePath) throws(Errno) {
        for entry in try Files.list(directory) {
            let path = directory.appending(entry.name)
            let status = try Files.status(path, followLinks: false)
            switch status.kind {
            case .directory: try addModules(in: path)
            case .regular where KernelModule.isName(entry.name):
                add(path, status, isNamed: false, isNeeded: true)
            case .regular, .symbolicLink, .other: break
            }
        }
    }
}
