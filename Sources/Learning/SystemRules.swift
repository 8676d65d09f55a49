// SPDX-License-Identifier: LGPL-2.1-or-later

package import Bytes
import Device
package import EventRecord
package import Loading
package import Policy
import SystemIO

/// A rule with the name that stands behind it as a comment.
package struct NamedRule: Equatable {
    package var rule: Rule
    package var name: [UInt8]?
}

/// The rules in the directories of the system, as far as they can be read.
package struct SystemRules {
    private var byPath: [BytePath: [Rule]] = [:]
    private var byDigest: [[UInt8]: [Rule]] = [:]
    /// The context of this process, for which a rule may write -1.
    private let own: ContextID

    package init(_ surroundings: Surroundings, own: ContextID = ContextID(0)) {
        var sources = RuleSources(surroundings)
        sources.addStandardDirectories()
        self.init(sources.collected().rules, own: own)
    }

    /// The rules of one file, which need not exist.
    package init(file: BytePath) {
        let text = (try? Files.read(file)) ?? []
        self.init(RuleParser(source: file.bytes).parse(text).rules)
    }

    init(_ rules: [Rule], own: ContextID = ContextID(0)) {
        self.own = own
        for rule in rules {
            if let path = rule.path { byPath[path, default: []].append(rule) }
            byDigest[rule.digest, default: []].append(rule)
        }
    }

    private func number(_ context: ContextID?) -> ContextID {
        guard let context, context != .own else { return own }
        return context
    }

    package func rule(for path: BytePath, context: ContextID?) -> Rule? {
        byPath[path]?.first { number($0.context) == number(context) }
    }

    /// A rule by which a file with this digest may run, if it is for any file or
    /// names the path.
    package func rule(digest: [UInt8], path: BytePath?, context: ContextID?) -> NamedRule? {
        byDigest[digest]?.first { rule in
            number(rule.context) == number(context) && (rule.isAllowDigest || path == nil || rule.path == path)
        }.map { NamedRule(rule: $0, name: name($0)) }
    }

    /// What is known about the rules of an event.
    package func rules(of event: Event) -> EventExplanation.RulesOfEvent {
        var rules = EventExplanation.RulesOfEvent()
        rules.rule = event.path.flatMap { rule(for: $0, context: event.context)?.origin }
        rules.withFound = event.found.flatMap { rule(digest: $0, path: event.path, context: event.context) }
        rules.wantedName = event.wanted.flatMap { digest in byDigest[digest]?.lazy.compactMap(name).first }
        return rules
    }

    /// The path of the rule, or the name beside a rule that is for any file.
    private func name(_ rule: Rule) -> [UInt8]? { (rule.path ?? rule.name)?.bytes }
}
