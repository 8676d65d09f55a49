// SPDX-License-Identifier: LGPL-2.1-or-later

/// Finds rules that are legal but probably unintended (spec 2.2). The kernel
/// accepts all of them; some grant less, or more, than they appear to.
enum RuleLint {
    struct Finding {
        var field: Int
        var code: DiagnosticCode
        var message: String
        var hint: String?
    }

    static func findings(_ rule: Rule) -> [Finding] {
        purpose(rule) + libraryChecks(rule) + exemption(rule) + grants(rule)
    }

    /// Whether there is nothing to find, which is so for nearly every rule. It asks
    /// what `findings` asks, of a rule that grants this.
    static func isClean(_ grant: Grant) -> Bool {
        let flags = grant.flags
        let (isExecutable, isLibrary) = (flags.contains(.executable), flags.contains(.library))
        let capabilities = grant.effective.union(grant.permitted).union(grant.inheritable)
        let checksLibraries = !flags.isDisjoint(with: [.needLibraries, .checkLibraries])
        if isExecutable == isLibrary { return false }
        if isLibrary, !capabilities.isEmpty || !grant.privileges.isEmpty { return false }
        if flags.isSuperset(of: [.script, .interpreter]) { return false }
        if flags.isSuperset(of: [.needLibraries, .checkLibraries]) { return false }
        if checksLibraries && capabilities.isEmpty { return false }
        if flags.contains(.justInTime), isLibrary || checksLibraries { return false }
        if !grant.effective.isSubset(of: grant.permitted.union(grant.inheritable)) { return false }
        if grant.privileges.contains(.netlinkAudit) && !grant.privileges.contains(.netlink) { return false }
        return !grant.privileges.contains(.preInit)
    }

    private static func purpose(_ rule: Rule) -> [Finding] {
        var findings: [Finding] = []
        let isExecutable = rule.flags.contains(.executable)
        let isLibrary = rule.flags.contains(.library)
        if !isExecutable && !isLibrary {
            findings.append(
                Finding(field: 3, code: .inert, message: "neither e nor l: the entry has no effect", hint: nil))
        }
        if isExecutable && isLibrary {
            findings.append(
                Finding(
                    field: 3, code: .executableLibrary, message: "the file has both e and l",
                    hint: "few files are both; a library needs only l"))
        }
        if isLibrary && !isExecutable && !(rule.capabilities.isEmpty && rule.privileges.isEmpty) {
            findings.append(
                Finding(
                    field: 3, code: .libraryGrant, message: "a library is never granted anything",
                    hint: "write - in fields 4 to 7"))
        }
        if rule.flags.isSuperset(of: [.script, .interpreter]) {
            findings.append(
                Finding(
                    field: 3, code: .scriptInterpreter, message: "s and i exclude each other",
                    hint: "s is for a script, i for its interpreter"))
        }
        return findings
    }

    private static func libraryChecks(_ rule: Rule) -> [Finding] {
        var findings: [Finding] = []
        if rule.flags.isSuperset(of: [.needLibraries, .checkLibraries]) {
            findings.append(
                Finding(field: 3, code: .bothLibraryChecks, message: "N with L", hint: "L includes N"))
        }
        let checks: EntryFlags = [.needLibraries, .checkLibraries]
        if !rule.flags.isDisjoint(with: checks) && rule.capabilities.isEmpty {
            findings.append(
                Finding(
                    field: 3, code: .pointlessLibraryCheck,
                    message: "N and L only act on tasks that hold granted capabilities; this entry grants none",
                    hint: nil))
        }
        return findings
    }

    private static func exemption(_ rule: Rule) -> [Finding] {
        guard rule.flags.contains(.justInTime) else { return [] }
        if !rule.flags.contains(.executable) && rule.flags.contains(.library) {
            return [
                Finding(
                    field: 3, code: .pointlessExemption, message: "j has no effect on a library",
                    hint: "write it in the entry of the program that loads the library")
            ]
        }
        if !rule.flags.isDisjoint(with: [.needLibraries, .checkLibraries]) {
            return [
                Finding(
                    field: 3, code: .pointlessExemption,
                    message: "j conflicts with N and L: code made at run time is in no listed file",
                    hint: "remove one of them")
            ]
        }
        return []
    }

    private static func grants(_ rule: Rule) -> [Finding] {
        var findings: [Finding] = []
        let unreachable = rule.effective.subtracting(rule.permitted.union(rule.inheritable))
        if !unreachable.isEmpty {
            findings.append(
                Finding(
                    field: 4, code: .unreachableEffective,
                    message: "\(unreachable.text) is neither permitted nor inheritable and cannot become effective",
                    hint: "name it in field 5 or 6 as well"))
        }
        if rule.privileges.contains(.netlinkAudit) && !rule.privileges.contains(.netlink) {
            findings.append(
                Finding(
                    field: 7, code: .auditWithoutNetlink, message: "A has no effect without N", hint: "add N"))
        }
        if rule.privileges.contains(.preInit) {
            findings.append(
                Finding(field: 7, code: .neverGranted, message: "i is accepted but never granted", hint: nil))
        }
        return findings
    }
}
