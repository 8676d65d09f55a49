// SPDX-License-Identifier: LGPL-2.1-or-later

package import Bytes
package import SystemIO

/// The process around a tool. Tests use their own environment.
package struct Environment {
    /// The name of the tool, which begins its messages.
    package var program: String
    package var output: any OutputSink
    package var readStandardInput: () throws(Errno) -> [UInt8]
    /// Reads the next line of standard input, without its end; nil at the end of
    /// the input.
    package var readLine: () throws(Errno) -> [UInt8]? = { () throws(Errno) in try Files.readLine() }
    package var inputFromTerminal = false
    /// A variable of the environment; nil if it is not set.
    package var variable: (String) -> [UInt8]? = { Process.environment($0) }
    /// Turns the process into a program; returns only the error of a failure.
    package var become: ([[UInt8]]) -> Errno
    /// The directories of the helper programs.
    package var helperDirectories: [BytePath]
    package var resultsToTerminal: Bool
    package var messagesToTerminal: Bool
    package var usesColour: Bool

    package init(
        program: String, output: any OutputSink,
        readStandardInput: @escaping () throws(Errno) -> [UInt8],
        become: @escaping ([[UInt8]]) -> Errno = { Process.become($0) },
        helperDirectories: [BytePath] = [],
        resultsToTerminal: Bool = false, messagesToTerminal: Bool = false, usesColour: Bool = false
    ) {
        self.program = program
        self.output = output
        self.readStandardInput = readStandardInput
        self.become = become
        self.helperDirectories = helperDirectories
        self.resultsToTerminal = resultsToTerminal
        self.messagesToTerminal = messagesToTerminal
        self.usesColour = usesColour
    }

    /// The environment of this process.
    package static func system(program: String) -> Environment {
        let messagesToTerminal = Process.isTerminal(2)
        // no-color.org: set and not empty, whatever the value.
        let colourAllowed = (Process.environment("NO_COLOR") ?? []).isEmpty
        var environment = Environment(
            program: program, output: StandardOutput(),
            readStandardInput: { () throws(Errno) in try Files.readStandardInput() },
            helperDirectories: systemHelperDirectories(),
            resultsToTerminal: Process.isTerminal(1), messagesToTerminal: messagesToTerminal,
            usesColour: messagesToTerminal && colourAllowed && Process.environment("TERM") != Array("dumb".utf8))
        environment.inputFromTerminal = Process.isTerminal(0)
        return environment
    }

    private static func systemHelperDirectories() -> [BytePath] {
        let own = Process.isPrivileged ? nil : Process.executable?.parent
        return [own, installedHelpers].compactMap(\.self)
    }

    /// Where the package installs programs that only others start.
    package static var installedHelpers: BytePath { "/usr/libexec/clip" }
}
