// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Policy

/// Mounts as text: the lists of options, and the lines of the old tables.
enum MountSyntax {
    struct Options {
        var attributes: MountAttributes = []
        var cleared: MountAttributes = []
        var data: [[UInt8]] = []
        var isBind = false
        var isRecursive = false
        var isRemount = false
        var isOptional = false
        var isManual = false
    }

    /// Words that mount(8) knows and that mean nothing for a jail.
    private static let idle: Set<String> = [
        "defaults", "auto", "user", "nouser", "users", "nousers", "owner", "noowner", "group", "nogroup", "async",
        "nomand",
    ]

    /// Options that are parts of the filesystem's data, though old programs had
    /// flags for them.
    private static let refused: [String: String] = [
        "mand": "the kernel has no mandatory locks any more", "loop": "attach the loop device on the host",
        "trace": "the kernel has no such flag", "sync": "write sync as an option of the filesystem on the host",
    ]

    /// Reads words joined by commas. Of a filesystem, others are data; a bind
    /// mount has none, so that a typing error is found.
    static func options(
        _ text: ArraySlice<UInt8>, allowsData: Bool, warn: (ValueFault) -> Void
    ) throws(ValueFault) -> Options {
        var options = Options()
        for word in text.split(separator: ASCII.comma) {
            let name = String(decoding: word, as: UTF8.self)
            if let (_, adds, removes) = MountAttributes.words.first(where: { $0.word == name }) {
                options.attributes.formUnion(adds)
                options.attributes.subtract(removes)
                options.cleared.formUnion(removes)
                options.cleared.subtract(adds)
            } else if name == "bind" || name == "rbind" {
                options.isBind = true
                options.isRecursive = options.isRecursive || name == "rbind"
            } else if name == "remount" {
                options.isRemount = true
            } else if name == "nofail" {
                options.isOptional = true
            } else if name == "noauto" {
                options.isManual = true
            } else if name == "notrace" || idle.contains(name) {
                continue
            } else if let hint = refused[name] {
                warn(ValueFault(message: "the option has no effect:", token: Array(word), hint: hint))
            } else {
                try Self.data(word, &options, allowsData: allowsData, warn)
            }
        }
        return options
    }

    /// Options of tmpfs, devpts, proc and others that tables of jails use; a
    /// word that is near to one of the general options is more likely a typing
    /// error.
    private static func data(
        _ word: ArraySlice<UInt8>, _ options: inout Options, allowsData: Bool, _ warn: (ValueFault) -> Void
    ) throws(ValueFault) {
        let known = MountAttributes.words.map(\.word) + ["bind", "rbind", "remount", "nofail"]
        guard allowsData else {
            throw ValueFault(
                message: "unknown option", token: Array(word),
                hint: Suggestion.nearest(to: word, among: known) ?? known.joined(separator: ", "))
        }
        if !word.contains(UInt8(ascii: "=")), let near = Suggestion.nearest(to: word, among: known) {
            throw ValueFault(message: "unknown option", token: Array(word), hint: near)
        }
        options.data.append(Array(word))
    }

    /// `SOURCE TARGET TYPE OPTIONS`; nil for `noauto`. Sources of the internal
    /// table are paths in the tree.
    static func tableLine(
        _ text: ArraySlice<UInt8>, isInternal: Bool, warn: (ValueFault) -> Void
    ) throws(ValueFault) -> MountLine? {
        let fields = ValueSyntax.words(text)
        guard fields.count == 4 else {
            throw ValueFault(
                code: fields.count < 4 ? .tooFewFields : .tooManyFields,
                message: "\(fields.count) fields of 4: source, target, type, options")
        }
        let isBind = fields[2].elementsEqual("none".utf8)
        let options = try options(fields[3], allowsData: !isBind, warn: warn)
        if options.isManual { return nil }
        let target = try ValueSyntax.path(fields[1])
        var line: MountLine
        if options.isRemount {
            line = MountLine(.change, nil, at: target)
        } else if options.isBind || isBind {
            line = MountLine(isInternal ? .inside : .bind, try ValueSyntax.path(fields[0]), at: target)
        } else {
            line = MountLine(.filesystem(type: Array(fields[2])), BytePath(fields[0]), at: target)
            line.data = Array(options.data.joined(separator: [ASCII.comma]))
        }
        line.attributes = options.attributes
        line.cleared = options.cleared
        // In these tables, what is not ro is rw.
        if !line.attributes.contains(.readOnly) { line.cleared.formUnion(.readOnly) }
        line.isRecursive = options.isRecursive
        line.isOptional = options.isOptional
        return line
    }

    /// `FIRST TARGET [OPTIONS]`, where FIRST is a source or a type.
    static func settingLine(
        _ text: ArraySlice<UInt8>, _ key: String, warn: (ValueFault) -> Void
    ) throws(ValueFault) -> MountLine {
        let fields = ValueSyntax.words(text)
        guard (2...3).contains(fields.count) else {
            throw ValueFault(message: "not a mount:", token: Array(text), hint: "\(key)=SOURCE TARGET OPTIONS")
        }
        let isFilesystem = key == "Mount"
        let given = try options(fields.count == 3 ? fields[2] : [], allowsData: isFilesystem, warn: warn)
        let target = try ValueSyntax.path(fields[1])
        var line: MountLine
        switch key {
        case "Bind": line = MountLine(.bind, try ValueSyntax.path(fields[0]), at: target)
        case "BindInside": line = MountLine(.inside, try ValueSyntax.path(fields[0]), at: target)
        default:
            // FIRST is the type, or SOURCE:TYPE for a device.
            let parts = fields[0].split(separator: ASCII.colon, maxSplits: 1)
            guard let type = parts.last, !type.contains(ASCII.slash) else {
                throw ValueFault(message: "not a type:", token: Array(fields[0]), hint: "Mount=tmpfs /tmp mode=1777")
            }
            line = MountLine(.filesystem(type: Array(type)), BytePath(parts[0]), at: target)
            line.data = Array(given.data.joined(separator: [ASCII.comma]))
        }
        line.attributes = given.attributes
        line.cleared = given.cleared
        line.isRecursive = given.isRecursive
        line.isOptional = given.isOptional
        return line
    }
}
