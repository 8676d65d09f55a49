// SPDX-License-Identifier: LGPL-2.1-or-later

/// Signals by their names; the numbers are those of x86 and arm.
enum SignalName {
    private static let numbers: [String: Int32] = [
        "HUP": 1, "INT": 2, "QUIT": 3, "ABRT": 6, "KILL": 9, "USR1": 10, "USR2": 12, "ALRM": 14, "TERM": 15,
        "CONT": 18, "STOP": 19, "TSTP": 20, "WINCH": 28,
    ]

    /// `TERM`, `SIGTERM` or `15`; nil for an unknown one.
    static func number(_ text: String) -> Int32? {
        if let number = Int32(text) { return (1...64).contains(number) ? number : nil }
        return numbers[text.hasPrefix("SIG") ? String(text.dropFirst(3)) : text]
    }
}
