// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Device
import Loading
import Policy
import SystemIO
import Tool

/// Whether the rules of this process's context can still be changed, and by
/// which files.
struct Administrators {
    private enum Answer {
        /// The context is not active, so that no privilege is required.
        case anyRoot
        /// A word of the level forbids it.
        case forbidden(String)
        /// Files with the privilege; none if the list is empty.
        case files([BytePath])
    }

    private let answer: Answer

    /// nil if this process may not ask the kernel: only root in context 0 can
    /// open the device.
    static func find(_ surroundings: Surroundings) -> Administrators? {
        guard let device = try? surroundings.openDevice(), let info = try? device.info(),
            let level = try? device.context(.own).level
        else { return nil }
        let final = ContextLevel.seal.rawValue | ContextLevel.selfImmutable.rawValue
        if let word = ContextLevel(rawValue: level.rawValue & final).names.first {
            return Administrators(answer: .forbidden(word))
        }
        guard level.contains(.active) else { return Administrators(answer: .anyRoot) }
        let tool = surroundings.essentials.toolPath
        var files: [BytePath] = []
        if let found = try? Preflight.runForTool(level, device, surroundings.essentials), found.canAdminister {
            files.append(tool)
        }
        let entries = (try? DeviceAccess(surroundings).entries()) ?? []
        for entry in entries where entry.context == info.context && entry.privileges.contains(.administer) {
            // Another file under the name of the entry has no right.
            guard entry.flags.contains(.executable),
                let path = surroundings.presentName(entry).path(listedAs: entry.path), entry.isNamed(by: path),
                !entry.isNamed(by: tool), !files.contains(path)
            else { continue }
            files.append(path)
        }
        return Administrators(answer: .files(files))
    }

    var text: String {
        switch answer {
        case .anyRoot: "can be changed by root, because the context is not active"
        case .forbidden(let word): "cannot be changed until reboot, because of \(word)"
        case .files([]): "cannot be changed until reboot: no file is listed with the privilege V (VERICTL)"
        case .files(let files): "can be changed by \(files.map(\.description).joined(by: ", "))"
        }
    }

    var canChange: Bool {
        switch answer {
        case .anyRoot: true
        case .forbidden: false
        case .files(let files): !files.isEmpty
        }
    }

    /// Members of the JSON object of the status.
    var members: [(String, JSONValue)] {
        let files =
            switch answer {
            case .anyRoot, .forbidden: [] as [BytePath]
            case .files(let found): found
            }
        return [
            ("rules_can_change", .bool(canChange)),
            ("administrators", .array(files.map { .string($0.description) })),
        ]
    }
}
