// SPDX-License-Identifier: LGPL-2.1-or-later

/// Writes small ELF files for tests, little-endian or big-endian.
package struct ELFImage {
    package struct Segment {
        package var type: UInt32
        package var flags: UInt32
        package var content: [UInt8]
        /// As large as the content, if not given.
        package var memorySize: UInt64?

        package init(_ type: UInt32, flags: UInt32, content: [UInt8] = [], memorySize: UInt64? = nil) {
            self.type = type
            self.flags = flags
            self.content = content
            self.memorySize = memorySize
        }

        /// PT_LOAD, with PF_X 1, PF_W 2, PF_R 4.
        package static func load(_ flags: UInt32, memorySize: UInt64? = nil) -> Segment {
            Segment(1, flags: flags, content: [0x90, 0x90], memorySize: memorySize)
        }

        /// PT_GNU_STACK
        package static func stack(_ flags: UInt32) -> Segment { Segment(0x6474_e551, flags: flags) }

        /// PT_INTERP
        package static func interpreter(_ path: String) -> Segment {
            Segment(3, flags: 4, content: Array(path.utf8) + [0])
        }
    }

    /// 2 is ET_EXEC, 3 is ET_DYN.
    package var type: UInt16
    package var isWide: Bool
    package var isBigEndian: Bool
    package var segments: [Segment]
    /// Tags and values of PT_DYNAMIC; no such segment if there are none.
    package var dynamic: [(tag: UInt64, value: UInt64)] = []

    package init(_ type: UInt16 = 3, isWide: Bool = true, isBigEndian: Bool = false, _ segments: [Segment] = []) {
        self.type = type
        self.isWide = isWide
        self.isBigEndian = isBigEndian
        self.segments = segments
    }

    /// A program or a library that needs others.
    package static func linked(
        _ names: [String] = [], runPath: String? = nil, inheritedPath: String? = nil, loader: String? = nil,
        isWide: Bool = true
    ) -> ELFImage {
        var strings: [UInt8] = [0]
        let add = { (text: String) -> UInt64 in
            strings += Array(text.utf8) + [0]
            return UInt64(strings.count - text.utf8.count - 1)
        }
        var dynamic: [(tag: UInt64, value: UInt64)] = names.map { (1, add($0)) }
        if let inheritedPath { dynamic.append((15, add(inheritedPath))) }
        if let runPath { dynamic.append((29, add(runPath))) }
        var segments = [Segment(1, flags: 4, content: strings), .stack(6)]
        if let loader { segments.append(.interpreter(loader)) }
        // The segment of the strings comes first behind the headers, and addresses
        // are offsets.
        let start = isWide ? 64 + 56 * (segments.count + 1) : 52 + 32 * (segments.count + 1)
        dynamic += [(5, UInt64(start)), (10, UInt64(strings.count))]
        var image = ELFImage(3, isWide: isWide, segments)
        image.dynamic = dynamic
        return image
    }

    package var bytes: [UInt8] {
        let all = segments + (dynamic.isEmpty ? [] : [Segment(2, flags: 6, content: dynamicContent)])
        let (headerSize, segmentSize) = isWide ? (64, 56) : (52, 32)
        var file: [UInt8] = [0x7f, 0x45, 0x4c, 0x46, isWide ? 2 : 1, isBigEndian ? 2 : 1, 1]
        file += [UInt8](repeating: 0, count: 9)
        file += number(UInt64(type), 2) + number(isWide ? 62 : 3, 2) + number(1, 4)
        file += word(0) + word(UInt64(headerSize)) + word(0) + number(0, 4)
        for value in [headerSize, segmentSize, all.count, isWide ? 64 : 40, 0, 0] { file += number(UInt64(value), 2) }
        var offset = UInt64(headerSize + segmentSize * all.count)
        for segment in all {
            let size = UInt64(segment.content.count)
            file += number(UInt64(segment.type), 4)
            if isWide { file += number(UInt64(segment.flags), 4) }
            file += word(offset) + word(offset) + word(offset) + word(size) + word(segment.memorySize ?? size)
            if !isWide { file += number(UInt64(segment.flags), 4) }
            file += word(1)
            offset += size
        }
        return file + all.flatMap(\.content)
    }

    private var dynamicContent: [UInt8] {
        (dynamic + [(tag: 0, value: 0)]).flatMap { word($0.tag) + word($0.value) }
    }

    /// A number as long as an address.
    private func word(_ value: UInt64) -> [UInt8] { number(value, isWide ? 8 : 4) }

    private func number(_ value: UInt64, _ count: Int) -> [UInt8] {
        let digits = (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * UInt64($0))) }
        return isBigEndian ? digits.reversed() : digits
    }
}
