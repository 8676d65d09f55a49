// SPDX-License-Identifier: LGPL-2.1-or-later

package import Device
package import Policy
package import SystemIO

/// A device that records its requests and gives prepared answers.
package final class RecordingDevice: VeriexecDevice {
    package struct Commit: Equatable {
        package var image: [UInt8]
        package var entries: Int
        package var mode: CommitMode
        package var options: CommitOptions
        package var signature: [UInt8] = []
    }

    package var knowledge: KernelInfo
    package var infoError: Errno?
    /// Answers to the commits in their order; the last one is repeated, and
    /// without any everything is accepted.
    package var outcomes: [CommitOutcome] = []
    package private(set) var commits: [Commit] = []
    /// The error of a commit that does not reach the store.
    package var commitError: Errno?

    /// Answers to the queries in their order; the last one is repeated.
    package var verdicts: [FileVerdict] = [FileVerdict()]
    package var queryError: Errno?
    package private(set) var queries: [(context: ContextID, verifying: Bool)] = []

    /// A request about contexts.
    package enum ContextRequest: Equatable {
        case create(ContextEntry)
        case open(ContextID)
        case get(ContextID)
        case narrow(ContextEntry)
        case delete(ContextID)
        case setLevel(ContextLevel, ContextID)
        case setUpdate(ContextID)
        case enter(ContextID)
        case add(NetworkAddress, ContextID)
    }

    package private(set) var contextRequests: [ContextRequest] = []
    /// The refusal of requests after the first `acceptedContextRequests`.
    package var contextRefusal: ContextRefusal?
    package var acceptedContextRequests = 0
    /// The refusal of creating a context.
    package var createRefusal: ContextRefusal?
    /// Words that this kernel adds to every level.
    package var addedLevel: ContextLevel = []
    /// The contexts that this kernel has; levels and bounds are kept.
    package var contexts: [ContextID: ContextState] = [:]
    package private(set) var addresses: [ContextID: [NetworkAddress]] = [:]

    package init(knowledge: KernelInfo = RecordingDevice.fullKnowledge) {
        self.knowledge = knowledge
    }

    /// A kernel that knows and enforces everything.
    package static var fullKnowledge: KernelInfo {
        var info = KernelInfo()
        info.abiVersion = KernelInfo.supportedABI
        info.imageVersion = 2
        info.features = 7
        info.algorithms = 0b1111_1000
        info.flagsKnown = .all
        info.flagsEnforced = .all
        info.privilegesKnown = .all
        info.privilegesEnforced = .all
        info.capabilities = .all
        info.levelsEnforced = .all
        return info
    }

    package func info() throws(Errno) -> KernelInfo {
        if let infoError { throw infoError }
        return knowledge
    }

    package func query(
        _ file: borrowing Descriptor, context: ContextID, verifying: Bool
    ) throws(Errno) -> FileVerdict {
        queries.append((context, verifying))
        if let queryError { throw queryError }
        return verdicts[min(queries.count, verdicts.count) - 1]
    }

    package func commit(
        _ image: [UInt8], entries: Int, results: Int, mode: CommitMode, options: CommitOptions, signature: [UInt8]
    ) throws(Errno) -> CommitOutcome {
        commits.append(Commit(image: image, entries: entries, mode: mode, options: options, signature: signature))
        if let commitError { throw commitError }
        if outcomes.isEmpty {
            var outcome = CommitOutcome()
            outcome.generation = UInt64(commits.count)
            outcome.added = entries
            return outcome
        }
        return outcomes[min(commits.count, outcomes.count) - 1]
    }

    // MARK: Contexts

    private func record(_ request: ContextRequest) throws(ContextRefusal) {
        contextRequests.append(request)
        if let contextRefusal, contextRequests.count > acceptedContextRequests { throw contextRefusal }
    }

    private func number(_ context: ContextID) -> ContextID { context == .own ? knowledge.context : context }

    private func existing(_ context: ContextID) throws(ContextRefusal) -> ContextState {
        guard let state = contexts[number(context)] else {
            throw ContextRefusal(error: .noEntry, reason: .noContext)
        }
        return state
    }

    package func createContext(_ wanted: ContextEntry) throws(ContextRefusal) -> any ContextHandle {
        try record(.create(wanted))
        if let createRefusal { throw createRefusal }
        var state = ContextState(context: wanted.context)
        state.level = wanted.level
        state.capabilities = wanted.capabilities
        state.privileges = wanted.privileges
        contexts[wanted.context] = state
        return RecordingContext(device: self, context: wanted.context)
    }

    package func openContext(_ context: ContextID) throws(ContextRefusal) -> any ContextHandle {
        try record(.open(context))
        return RecordingContext(device: self, context: try existing(context).context)
    }

    package func context(_ context: ContextID) throws(ContextRefusal) -> ContextState {
        try record(.get(context))
        return try existing(context)
    }

    package func narrowContext(_ wanted: ContextEntry) throws(ContextRefusal) {
        try record(.narrow(wanted))
        var state = try existing(wanted.context)
        state.capabilities.formIntersection(wanted.capabilities)
        state.privileges.formIntersection(wanted.privileges)
        contexts[state.context] = state
    }

    package func deleteContext(_ context: ContextID) throws(ContextRefusal) {
        try record(.delete(context))
        contexts[try existing(context).context] = nil
    }

    /// Like the kernel: with lvl_immutable a level only becomes stricter.
    package func setLevel(_ level: ContextLevel, of context: ContextID) throws(ContextRefusal) {
        try record(.setLevel(level, context))
        var state = try existing(context)
        let isFixed = state.level.contains(.levelImmutable)
        let isPermissive = state.level.union(isFixed ? [] : level).contains(.permissive)
        state.level = (isFixed ? state.level.union(level) : level).subtracting(.permissive).union(addedLevel)
        if isPermissive && level.contains(.permissive) { state.level.insert(.permissive) }
        contexts[state.context] = state
    }

    /// An exception that was made, or ended with 0 seconds.
    package struct Exception: Equatable {
        package var digest: [UInt8]
        package var context: ContextID
        package var seconds: UInt32

        package init(digest: [UInt8], context: ContextID, seconds: UInt32) {
            (self.digest, self.context, self.seconds) = (digest, context, seconds)
        }
    }

    package private(set) var exceptions: [Exception] = []
    package var exceptionRefusal: ContextRefusal?

    package func except(
        _ digest: [UInt8], _ algorithm: DigestAlgorithm, in context: ContextID, seconds: UInt32
    ) throws(ContextRefusal) {
        if let exceptionRefusal { throw exceptionRefusal }
        exceptions.append(Exception(digest: digest, context: context, seconds: seconds))
    }

    package private(set) var permissivePeriods: [UInt32] = []

    package func setPermissive(_ context: ContextID, seconds: UInt32) throws(ContextRefusal) {
        var state = try existing(context)
        guard !state.level.contains(.levelImmutable) else {
            throw ContextRefusal(error: .notPermitted, reason: .immutable)
        }
        permissivePeriods.append(seconds)
        state.level.subtract(.permissive)
        if seconds > 0 { state.level.insert(.permissive) }
        contexts[state.context] = state
    }

    package private(set) var runPeriods: [UInt32] = []
    package var runRefusal: ContextRefusal?

    package func runAllowed(seconds: UInt32) throws(ContextRefusal) {
        if let runRefusal { throw runRefusal }
        runPeriods.append(seconds)
    }

    package func setUpdateContext(_ context: ContextID) throws(ContextRefusal) {
        try record(.setUpdate(context))
    }

    fileprivate func enter(_ context: ContextID) throws(ContextRefusal) {
        try record(.enter(context))
    }

    fileprivate func add(_ address: NetworkAddress, to context: ContextID) throws(ContextRefusal) {
        try record(.add(address, context))
        addresses[context, default: []].append(address)
    }
}

private final class RecordingContext: ContextHandle {
    private let device: RecordingDevice
    private let context: ContextID

    init(device: RecordingDevice, context: ContextID) {
        self.device = device
        self.context = context
    }

    func enter() throws(ContextRefusal) {
        try device.enter(context)
    }

    func add(_ address: NetworkAddress) throws(ContextRefusal) {
        try device.add(address, to: context)
    }

    func addresses() throws(ContextRefusal) -> [NetworkAddress] {
        device.addresses[context] ?? []
    }
}
