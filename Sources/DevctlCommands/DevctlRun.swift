// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Device
import DevicePolicy
import Mounts
import Policy
import SystemIO
import Tool

/// The verbs.
struct DevctlRun {
    let surroundings: DevctlSurroundings

    init(_ surroundings: DevctlSurroundings) {
        self.surroundings = surroundings
    }

    func perform(_ verb: String, _ arguments: some Sequence<[UInt8]>) throws(DevctlFailure) -> DevctlStatus {
        guard let allowed = Self.options[verb] else {
            if verb == "--help" || verb == "help" { return try print(Array(DevctlTool.help.utf8)) }
            if verb == "--version" { return try print(Array("\(DevctlTool.version)\n".utf8)) }
            throw DevctlFailure(
                status: .usage, message: "unknown command '\(DisplayText.of(verb.utf8))'", hint: "see devctl --help")
        }
        let parsed: DevctlArguments
        do throws(DevctlArguments.Failure) {
            parsed = try DevctlArguments(arguments, flags: allowed)
        } catch {
            throw DevctlFailure(status: .usage, message: error.message, hint: "see devctl --help")
        }
        if parsed.help { return try print(Array(DevctlTool.help.utf8)) }
        switch verb {
        case "check": return try check(parsed)
        case "load": return try transfer(parsed, parsed.all ? .replace : .add)
        case "unload": return try unload(parsed)
        case "show": return try show(parsed)
        case "diff": return try diff(parsed)
        case "status": return try status(parsed)
        case "explain": return try explain(parsed)
        case "mounts": return try mounts(parsed)
        default: return try resolve(parsed)
        }
    }

    private static let transferOptions: Set<String> = ["--all", "--file", "--rule", "--dry-run", "--skip-missing"]
    private static let options: [String: Set<String>] = [
        "check": ["--json", "--file", "--rule", "--skip-missing"], "load": transferOptions,
        "unload": transferOptions, "show": ["--json"], "diff": ["--json", "--skip-missing"],
        "status": ["--json"], "explain": ["--json", "--want"], "resolve": ["--json"],
        "mounts": ["--json", "--all", "--suid", "--dev", "--locked", "--strict", "--mountinfo", "--devices"],
    ]

    // MARK: Output

    func error(_ message: String, hint: String? = nil) {
        surroundings.writeMessage("devctl: error: \(message)" + (hint.map { "; hint: \($0)" } ?? ""))
    }

    private func print(_ bytes: [UInt8], then status: DevctlStatus = .done) throws(DevctlFailure) -> DevctlStatus {
        do throws(Errno) {
            try surroundings.print(bytes)
            return status
        } catch {
            throw DevctlFailure(status: .io, message: "standard output: \(error)")
        }
    }

    private func print(
        _ members: [(String, JSONValue)], then status: DevctlStatus = .done
    ) throws(DevctlFailure) -> DevctlStatus {
        try print(JSONValue.object([("schema", .number(1))] + members).text + [ASCII.newline], then: status)
    }

    private func json(_ rule: DeviceRule) -> JSONValue {
        .object([
            ("major", .unsigned(UInt64(rule.first.major))), ("minor", .unsigned(UInt64(rule.first.minor))),
            ("range", .unsigned(UInt64(rule.range))), ("priority", .unsigned(UInt64(rule.priority))),
            ("permissions", .string(rule.permissions.text)),
        ])
    }

    private func lines(_ rules: [DeviceRule], prefix: String = "") -> [UInt8] {
        Array(rules.map { "\(prefix)\($0.text)\n" }.joined().utf8)
    }

    // MARK: Rules

    private func check(_ arguments: DevctlArguments) throws(DevctlFailure) -> DevctlStatus {
        var sources = DeviceSources(surroundings)
        sources.skipMissing = arguments.skipMissing
        let paths = arguments.files + arguments.words.map { BytePath($0) }
        let isAll = paths.isEmpty && arguments.rules.isEmpty
        for path in isAll ? [surroundings.ruleDirectory] : paths { sources.add(path: path) }
        for rule in arguments.rules { sources.add(rule: rule) }
        let rules = sources.resolved()
        var diagnostics = sources.diagnostics
        let finder = surroundings.finder
        let devices = Set(finder.devices + rules.map(\.rule.first))
            .sorted { ($0.major, $0.minor) < ($1.major, $1.minor) }
        diagnostics += DeviceMerge.writableBelow(rules, devices: devices, below: finder.below)
        if isAll, let warning = rootWarning(rules) { diagnostics.append(warning) }
        let status: DevctlStatus = sources.isUnreadable ? .io : sources.hasErrors ? .syntax : .done
        if arguments.json {
            return try print(
                [
                    ("rules", .array(rules.map { json($0.rule) })), ("diagnostics", .array(diagnostics.map(\.json))),
                ], then: status)
        }
        for diagnostic in diagnostics { surroundings.writeMessage(diagnostic.text) }
        return status
    }

    private func rootWarning(_ rules: [ResolvedRule]) -> Diagnostic? {
        surroundings.finder.root.flatMap { DeviceMerge.rootWarning(rules, root: $0) }
    }

    /// The rules that a command line names; throws after telling all faults.
    private func rules(_ arguments: DevctlArguments) throws(DevctlFailure) -> [ResolvedRule] {
        guard arguments.words.isEmpty else {
            throw DevctlFailure(
                status: .usage, message: "unexpected '\(DisplayText.of(arguments.words[0]))'", hint: "files take -f")
        }
        let named = !arguments.files.isEmpty || !arguments.rules.isEmpty
        guard arguments.all != named else {
            throw DevctlFailure(status: .usage, message: "either --all, or rules by -f and --rule")
        }
        var sources = DeviceSources(surroundings)
        sources.skipMissing = arguments.skipMissing
        if arguments.all { sources.add(path: surroundings.ruleDirectory) }
        for path in arguments.files { sources.add(path: path) }
        for rule in arguments.rules { sources.add(rule: rule) }
        return try finish(&sources, isAll: arguments.all)
    }

    func finish(_ sources: inout DeviceSources, isAll: Bool) throws(DevctlFailure) -> [ResolvedRule] {
        let rules = sources.resolved()
        for diagnostic in sources.diagnostics { surroundings.writeMessage(diagnostic.text) }
        if sources.isUnreadable { throw DevctlFailure(status: .io, message: "not all rules can be read") }
        if sources.hasErrors { throw DevctlFailure(status: .syntax, message: "nothing was sent to the kernel") }
        if isAll, let warning = rootWarning(rules) { surroundings.writeMessage(warning.text) }
        return rules
    }

    // MARK: The kernel

    func open() throws(DevctlFailure) -> any DevctlDevice {
        do throws(Errno) {
            return try surroundings.openDevice()
        } catch {
            switch error {
            case .accessDenied, .notPermitted:
                throw DevctlFailure(status: .refused, message: "/dev/devctl: \(error)", hint: "this takes root")
            case .noEntry, .noDevice, .noSuchDevice:
                throw DevctlFailure(
                    status: .unavailable, message: "/dev/devctl: \(error)", hint: "this kernel runs without clip")
            default:
                throw DevctlFailure(status: .io, message: "/dev/devctl: \(error)")
            }
        }
    }

    private func table() throws(DevctlFailure) -> LiveDeviceTable {
        let device = try open()
        do throws(Errno) {
            return try device.table()
        } catch {
            throw DevctlFailure(status: .unavailable, message: "/dev/devctl does not answer: \(error)")
        }
    }

    private func transfer(_ arguments: DevctlArguments, _ mode: CommitMode) throws(DevctlFailure) -> DevctlStatus {
        let rules = try rules(arguments)
        return try commit(rules, mode, arguments.dryRun ? .dryRun : [])
    }

    private func unload(_ arguments: DevctlArguments) throws(DevctlFailure) -> DevctlStatus {
        let options: CommitOptions = arguments.dryRun ? [.dryRun, .skipMissing] : .skipMissing
        return try commit(try rules(arguments), .remove, options)
    }

    func commit(
        _ rules: [ResolvedRule], _ mode: CommitMode, _ options: CommitOptions
    ) throws(DevctlFailure) -> DevctlStatus {
        let device = try open()
        let outcome: CommitOutcome
        do throws(Errno) {
            outcome = try device.commit(rules.map(\.rule), mode: mode, options: options)
        } catch {
            throw DevctlFailure(
                status: error == .notPermitted ? .refused : .unavailable, message: "/dev/devctl: \(error)")
        }
        for result in outcome.results where !result.isSkipped && rules.indices.contains(result.index) {
            let rule = rules[result.index]
            surroundings.writeMessage(
                Diagnostic(
                    .error, .refused, source: rule.line.source, line: rule.line.line,
                    message: "'\(rule.rule.text)' refused: \(result.error) (\(result.reason))"
                ).text)
        }
        guard let error = outcome.error else {
            let verb = options.contains(.dryRun) ? "would be " : ""
            surroundings.writeMessage(
                "\(outcome.added) \(verb)added, \(outcome.removed) removed, \(outcome.unchanged) unchanged")
            return .done
        }
        throw DevctlFailure(
            status: .refused, message: "the kernel refused: \(error) (\(outcome.reason))",
            hint: Self.hint(outcome.reason))
    }

    private static func hint(_ reason: Reason) -> String? {
        switch reason {
        case .immutable: "the sysctl kernel.clip.mount is 0, and the table final until reboot"
        case .permission: "this takes CAP_SYS_ADMIN in context 0, and privilege V once that is active"
        default: nil
        }
    }

    private func show(_ arguments: DevctlArguments) throws(DevctlFailure) -> DevctlStatus {
        let table = try table()
        return arguments.json
            ? try print([("rules", .array(table.rules.map { json($0) })), ("generation", .unsigned(table.generation))])
            : try print(lines(table.rules))
    }

    private func status(_ arguments: DevctlArguments) throws(DevctlFailure) -> DevctlStatus {
        let table = try table()
        let status: DevctlStatus = table.isLocked ? .done : .no
        if arguments.json {
            return try print(
                [
                    ("locked", .bool(table.isLocked)), ("strict", .bool(table.isStrict)),
                    ("rules", .number(Int64(table.rules.count))), ("generation", .unsigned(table.generation)),
                ], then: status)
        }
        let text = """
            \(table.isLocked ? "enforced, and final until reboot" : "not enforced: kernel.clip.mount is 1")
            rules       \(table.rules.count)
            unlisted    \(table.isStrict ? "nothing" : "rw")

            """
        return try print(Array(text.utf8), then: status)
    }

    private func diff(_ arguments: DevctlArguments) throws(DevctlFailure) -> DevctlStatus {
        var sources = DeviceSources(surroundings)
        sources.skipMissing = arguments.skipMissing
        sources.add(path: surroundings.ruleDirectory)
        let wanted = Set(try finish(&sources, isAll: false).map(\.rule))
        let live = Set(try table().rules)
        let order = { (left: DeviceRule, right: DeviceRule) in
            (left.first.major, left.first.minor, left.range, left.priority)
                < (right.first.major, right.first.minor, right.range, right.priority)
        }
        let missing = wanted.subtracting(live).sorted(by: order)
        let extra = live.subtracting(wanted).sorted(by: order)
        let status: DevctlStatus = missing.isEmpty && extra.isEmpty ? .done : .no
        if arguments.json {
            return try print(
                [
                    ("missing", .array(missing.map { json($0) })), ("extra", .array(extra.map { json($0) })),
                ], then: status)
        }
        return try print(lines(extra, prefix: "- ") + lines(missing, prefix: "+ "), then: status)
    }

    // MARK: Questions

    private func explain(_ arguments: DevctlArguments) throws(DevctlFailure) -> DevctlStatus {
        guard arguments.words.count == 1 else {
            throw DevctlFailure(status: .usage, message: "explain takes one device")
        }
        let device = try self.device(arguments.words[0])
        var want: DevicePermissions = []
        for letter in arguments.want ?? [] {
            guard let permission = DevicePermissions.of(letter: letter) else {
                throw DevctlFailure(
                    status: .usage, message: "'\(DisplayText.of([letter]))' is no permission", hint: "r w d x s")
            }
            want.insert(permission)
        }
        let table = try table()
        let rule = DeviceTable(table.rules).rule(for: device)
        let permissions = DeviceTable(table.rules).permissions(of: device, strict: table.isStrict)
        let isAllowed = permissions.isSuperset(of: want)
        let status: DevctlStatus = isAllowed ? .done : .no
        if arguments.json {
            return try print(
                [
                    ("device", .string(device.description)), ("rule", rule.map { json($0) } ?? .null),
                    ("permissions", .string(permissions.text)), ("want", .string(want.text)),
                    ("allowed", .bool(isAllowed)), ("locked", .bool(table.isLocked)),
                ], then: status)
        }
        var text = "\(device): \(permissions.text), " + (rule.map { "by rule '\($0.text)'" } ?? "not listed")
        if !isAllowed { text += "; lacks \(want.subtracting(permissions).text)" }
        if !table.isLocked { text += "; not enforced yet" }
        return try print(Array((text + "\n").utf8), then: status)
    }

    /// `8:1`, or a node.
    private func device(_ word: [UInt8]) throws(DevctlFailure) -> DeviceNumber {
        if let number = DeviceNumber(text: word) { return number }
        do throws(Errno) {
            if let device = try surroundings.finder.number(of: BytePath(word)) { return device }
        } catch {
            throw DevctlFailure(status: .io, message: "\(DisplayText.of(word)): \(error)")
        }
        throw DevctlFailure(status: .io, message: "\(DisplayText.of(word)) is no block device")
    }

    private func mounts(_ arguments: DevctlArguments) throws(DevctlFailure) -> DevctlStatus {
        guard arguments.words.isEmpty else {
            throw DevctlFailure(status: .usage, message: "mounts takes options only", hint: "see devctl --help")
        }
        var request = MountsRequest()
        request.question.all = arguments.all
        request.question.setUserID = arguments.flags.contains("--suid")
        request.question.deviceNodes = arguments.flags.contains("--dev")
        request.isLocked = arguments.flags.contains("--locked")
        request.isStrict = arguments.flags.contains("--strict")
        request.mountinfo = arguments.mountinfo
        request.devices = arguments.devices
        let report: MountReport
        do throws(Failure) {
            report = try request.report(surroundings.mounts)
        } catch {
            throw DevctlFailure(status: error.status == .syntax ? .syntax : .io, message: error.message)
        }
        if let note = report.note { surroundings.writeMessage("devctl: note: \(note)") }
        let status: DevctlStatus = report.isClean ? .done : .no
        return arguments.json
            ? try print(report.json.text + [ASCII.newline], then: status) : try print(report.text, then: status)
    }

    private func resolve(_ arguments: DevctlArguments) throws(DevctlFailure) -> DevctlStatus {
        guard arguments.words.count == 1, let selector = DeviceSelector(arguments.words[0]) else {
            throw DevctlFailure(status: .usage, message: "resolve takes one selector", hint: "see devctl --help")
        }
        do throws(NotFound) {
            let places = try surroundings.finder.find(selector)
            if arguments.json {
                let members = places.map { place in
                    JSONValue.object([
                        ("major", .unsigned(UInt64(place.first.major))),
                        ("minor", .unsigned(UInt64(place.first.minor))), ("range", .unsigned(UInt64(place.range))),
                    ])
                }
                return try finish { () throws(DevctlFailure) in try print([("devices", .array(members))]) }
            }
            let text = places.map { "\($0.first.major) \($0.first.minor) \($0.range)\n" }.joined()
            return try finish { () throws(DevctlFailure) in try print(Array(text.utf8)) }
        } catch {
            self.error(error.message)
            return .no
        }
    }

    /// A failed output is told here, because only `NotFound` goes further.
    private func finish(
        _ body: () throws(DevctlFailure) -> DevctlStatus
    ) throws(NotFound) -> DevctlStatus {
        do throws(DevctlFailure) {
            return try body()
        } catch {
            self.error(error.message)
            return error.status
        }
    }
}
