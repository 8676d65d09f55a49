// SPDX-License-Identifier: LGPL-2.1-or-later

import Bytes
import Loading
import Packages
import SystemIO
import Tool

/// Where the commands about packages read and write.
struct PackagePlaces {
    let root: BytePath
    let store: PackageStore
    let settingsFile: BytePath

    init(_ surroundings: Surroundings) throws(Failure) {
        do throws(Errno) {
            root = try Files.realPath(surroundings.systemRoot)
        } catch {
            throw Failure(status: .io, message: "\(surroundings.systemRoot): \(error)")
        }
        store = PackageStore(Self.inside(root, Surroundings.madeRulesDirectory))
        settingsFile = Self.inside(root, PackageSettings.file)
    }

    private static func inside(_ root: BytePath, _ path: BytePath) -> BytePath {
        root.appending(Array(path.bytes.dropFirst()))
    }

    /// Turns an error about the store into a failure.
    func io<Result>(_ body: () throws(Errno) -> Result) throws(Failure) -> Result {
        do throws(Errno) {
            return try body()
        } catch {
            throw Failure(status: .io, message: "\(store.directory): \(error)")
        }
    }
}
