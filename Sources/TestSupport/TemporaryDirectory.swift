// SPDX-License-Identifier: LGPL-2.1-or-later

package import Bytes
import Glibc
import SystemIO

/// A new directory that is removed with its owner.
package final class TemporaryDirectory {
    package let path: BytePath

    package init() {
        var template = Array("/tmp/verictl-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { fatalError("mkdtemp: \(Errno(errno))") }
        path = BytePath(template.dropLast().map { UInt8(bitPattern: $0) })
    }

    deinit {
        Self.removeTree(path)
    }

    /// Writes a file, and returns its path.
    @discardableResult
    package func write(_ name: BytePath, _ content: some Sequence<UInt8>, mode: UInt32 = 0o644) -> BytePath {
        let file = path.appending(name.bytes)
        do {
            try Files.write(Array(content), to: file, permissions: FilePermissions(rawValue: mode))
            _ = try file.withCString { name throws(Errno) in try sys { chmod(name, mode) } }
        } catch {
            fatalError("\(file): \(error)")
        }
        return file
    }

    @discardableResult
    package func write(_ name: BytePath, _ text: String, mode: UInt32 = 0o644) -> BytePath {
        write(name, Array(text.utf8), mode: mode)
    }

    @discardableResult
    package func makeDirectory(_ name: BytePath) -> BytePath {
        call(name) { mkdir($0, 0o755) }
    }

    @discardableResult
    package func makeLink(_ name: BytePath, to target: BytePath) -> BytePath {
        call(name) { link in (try? target.withCString { name throws(Errno) in symlink(name, link) }) ?? -1 }
    }

    @discardableResult
    package func makeHardLink(_ name: BytePath, to target: BytePath) -> BytePath {
        let old = path.appending(target.bytes)
        return call(name) { link in (try? old.withCString { name throws(Errno) in Glibc.link(name, link) }) ?? -1 }
    }

    @discardableResult
    package func makeFifo(_ name: BytePath) -> BytePath {
        call(name) { mkfifo($0, 0o644) }
    }

    /// False if this process or the file system cannot have the attribute.
    package func setAttribute(_ name: String, of file: BytePath, _ value: [UInt8]) -> Bool {
        do throws(Errno) {
            try Files.setAttribute(name, of: path.appending(file.bytes), to: value)
            return true
        } catch {
            return false
        }
    }

    private func call(_ name: BytePath, _ body: (UnsafePointer<CChar>) -> Int32) -> BytePath {
        let file = path.appending(name.bytes)
        do {
            _ = try file.withCString { name throws(Errno) in try sys { body(name) } }
        } catch {
            fatalError("\(file): \(error)")
        }
        return file
    }

    private static func removeTree(_ path: BytePath) {
        for entry in (try? Files.list(path)) ?? [] {
            let inner = path.appending(entry.name)
            if (try? Files.status(inner, followLinks: false).kind) == .directory {
                removeTree(inner)
            } else {
                try? Files.remove(inner)
            }
        }
        _ = try? path.withCString { name throws(Errno) in rmdir(name) }
    }
}
