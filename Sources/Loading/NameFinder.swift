// SPDX-License-Identifier: LGPL-2.1-or-later

package import Bytes
package import Device
import SystemIO

/// The relation between the name under which a file was listed and the file.
package enum PresentName: Equatable, Sendable {
    /// The name still leads to the file, or the kernel keeps no name.
    case asListed
    /// Another file, or none, has the name. The file has this one.
    case renamed(BytePath)
    /// The same, and no name of the file was found.
    case notFound

    /// The present name of a file that was listed as `name`; nil if it was not
    /// found, or if the kernel keeps no name.
    package func path(listedAs name: BytePath?) -> BytePath? {
        switch self {
        case .asListed: name
        case .renamed(let path): path
        case .notFound: nil
        }
    }
}

/// Finds the present names of listed files. An entry follows its file through
/// a rename, and the kernel keeps the name under which the file was listed.
///
/// A file that has lost its name is searched for in the directory of that name,
/// where most renames put it: package managers and editors write a new file
/// beside the old one. Each directory is read once.
package final class NameFinder {
    private var directories: [BytePath: [UInt64: [BytePath]]] = [:]
    /// The text of the device that was asked for last: most files are on the
    /// same one.
    private var device: (number: UInt64, text: String)?

    package init() {}

    package func find(_ entry: LiveEntry) -> PresentName {
        guard let path = entry.path, !leads(path, to: entry, followLinks: true) else { return .asListed }
        let names = names(in: path.parent)[entry.inode] ?? []
        return names.first { leads($0, to: entry, followLinks: false) }.map { .renamed($0) } ?? .notFound
    }

    /// False if the path cannot be examined.
    private func leads(_ path: BytePath, to entry: LiveEntry, followLinks: Bool) -> Bool {
        guard let identity = try? Files.status(path, followLinks: followLinks).identity else { return false }
        return identity.inode == entry.inode && text(identity) == entry.device
    }

    private func text(_ identity: FileIdentity) -> String {
        if let device, device.number == identity.device { return device.text }
        let text = identity.deviceText
        device = (identity.device, text)
        return text
    }

    /// The names of a directory by inode number, sorted; none if it cannot be
    /// read.
    private func names(in directory: BytePath) -> [UInt64: [BytePath]] {
        if let names = directories[directory] { return names }
        var names: [UInt64: [BytePath]] = [:]
        for entry in (try? Files.list(directory)) ?? [] {
            names[entry.inode, default: []].append(directory.appending(entry.name))
        }
        directories[directory] = names
        return names
    }
}
