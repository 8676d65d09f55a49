// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes

/// The list of libraries that ldconfig(8) makes for the loader: /etc/ld.so.cache.
///
/// It is read for the paths alone: which of several variants of a library a machine
/// takes depends on its processor, so all of them are found.
struct LoaderCache {
    private(set) var paths: [[UInt8]: [BytePath]] = [:]

    /// Before glibc 2.32 the list was preceded by one of an older form.
    private static let oldMark = Array("ld.so-1.7.0\0".utf8)
    private static let mark = Array("glibc-ld.so.cache1.1".utf8)
    private static let headerSize = 48
    private static let entrySize = 24
    private static let oldEntrySize = 12

    /// Without a list, and if it is malformed, nothing is found in it.
    init(_ bytes: [UInt8]) {
        var start = 0
        if bytes.starts(with: Self.oldMark), bytes.count >= 16 {
            let count = Int(bytes.loadLittleEndian(at: 12, as: UInt32.self))
            guard count <= bytes.count / Self.oldEntrySize else { return }
            start = (16 + count * Self.oldEntrySize + 7) / 8 * 8
        }
        guard start + Self.headerSize <= bytes.count, bytes[start...].starts(with: Self.mark) else { return }
        let count = Int(bytes.loadLittleEndian(at: start + 20, as: UInt32.self))
        guard count <= (bytes.count - start - Self.headerSize) / Self.entrySize else { return }
        for index in 0..<count {
            let entry = start + Self.headerSize + index * Self.entrySize
            let text = { (place: Int) -> [UInt8]? in
                let offset = start + Int(bytes.loadLittleEndian(at: place, as: UInt32.self))
                guard offset < bytes.count else { return nil }
                return Array(bytes[offset...].prefix { $0 != 0 })
            }
            guard let name = text(entry + 4), let path = text(entry + 8), path.first == ASCII.slash else { continue }
            paths[name, default: []].append(BytePath(path))
        }
    }
}
