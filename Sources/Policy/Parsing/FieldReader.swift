// SPDX-License-Identifier: LGPL-2.1-or-later

/// A reader of consecutive fields. It continues after a faulty field, so that
/// all faults of a line are reported at once.
protocol FieldReader {
    mutating func report(_ severity: Diagnostic.Severity, _ fault: SyntaxError, at start: Int, field: Int?)
}

extension FieldReader {
    /// The value of a field, numbered from 1; nil if it has a fault, which is
    /// then reported.
    mutating func value<Value>(
        _ number: Int, _ fields: [ArraySlice<UInt8>],
        read: (ArraySlice<UInt8>) throws(SyntaxError) -> (Value, FieldSyntax.Warnings)
    ) -> Value? {
        let text = fields[number - 1]
        do throws(SyntaxError) {
            let (value, warnings) = try read(text)
            for warning in warnings { report(.warning, warning, at: text.startIndex, field: number) }
            return value
        } catch {
            report(.error, error, at: text.startIndex, field: number)
            return nil
        }
    }
}
