// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Jails
import Policy
import SystemIO
import Tool

/// A program of the host that vsctl runs and waits for.
enum HostProgram {
    /// Runs a program, whose output goes to a file. That it fails is a failure, with
    /// the last line that it has printed.
    static func run(
        _ arguments: [[UInt8]], as name: String, environment: [String], output: BytePath
    ) throws(Failure) {
        let status: Int32
        do throws(Errno) {
            status = try Process.run(arguments, environment: environment, output: output)
        } catch {
            throw Failure(status: .io, message: "\(name): \(error)")
        }
        guard status == 0 else {
            let printed = (try? Files.read(output)) ?? []
            let last = printed.split(separator: ASCII.newline).last.map { ": \(DisplayText.of($0, limit: 200))" }
            throw Failure(status: .refused, message: "\(name) ended with status \(status)\(last ?? "")")
        }
    }
}

/// The network device of the host that is connected with one of a jail. A program of
/// its own makes it, because there is no static libmnl.
enum HostDevice {
    private static let name = "vsctl-veth"

    /// Makes the device of a jail, if it has one, and that of its process.
    static func make(for jail: Jail, _ process: Int32, _ places: RunPlaces) throws(Failure) {
        let network = jail.network
        guard let pair = network.pair else { return }
        // It is removed by this name, even if this process is killed now.
        try places.writeDevice(pair.host, jail.name)
        let lists = [
            ("host", network.hostAddresses), ("inside", network.deviceAddresses), ("gateway", network.gateways),
        ]
        let words = lists.flatMap { word, addresses in addresses.map { "\(word)=\($0.text)" } }
        try run(
            [Array("make".utf8), Array(jail.name.utf8), pair.host, pair.inside, Array("\(process)".utf8)]
                + words.map { Array($0.utf8) },
            places.setupOutput(jail.name))
    }

    /// Removes the device that was made for a jail, if there is one.
    static func remove(of jail: String, _ places: RunPlaces) throws(Failure) {
        guard let device = places.readDevice(jail), !device.isEmpty else { return }
        try run([Array("remove".utf8), Array(jail.utf8), device], places.setupOutput(jail))
    }

    private static func run(_ arguments: [[UInt8]], _ output: BytePath) throws(Failure) {
        let directories = [Process.isPrivileged ? nil : Process.executable?.parent, "/usr/libexec/clip"]
        let programs = directories.compactMap { $0?.appending(Array(name.utf8)) }
        guard let program = programs.first(where: { (try? Files.status($0)) != nil }) else {
            throw Failure(status: .io, message: "\(name) is not there; it belongs into /usr/libexec/clip")
        }
        try HostProgram.run([program.bytes] + arguments, as: name, environment: [], output: output)
    }
}
