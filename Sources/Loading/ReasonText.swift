// SPDX-License-Identifier: LGPL-2.1-or-later

package import Device

extension Reason {
    /// What the reason means, as a sentence without its end; nil for one that
    /// says nothing more than its word.
    package var meaning: String? { Self.meanings[self] }

    private static let meanings: [Reason: String] = [
        .digestMismatch: "the file is not the one that the rule describes",
        .notRoot: "the rule only counts for root",
        .nosuidMount: "the file is on a mount with nosuid",
        .ioError: "the file cannot be read",
        .noMemory: "the kernel is short of memory",
        .beingWritten: "somebody has the file open for writing",
        .untrustedFilesystem: "the file's filesystem is not known to keep the identity of files",
        .userNamespace: "this is another user namespace",
        .interpreter: "an interpreter is granted nothing alone",
        .contextInactive: "the context is not active",
        .noContext: "there is no such context",
        .noFsverity: "fs-verity is not enabled on the file",
        .unsupportedAlgorithm: "this kernel cannot compute the digest",
        .permission: "this takes root in context 0; if that is active, verictl listed with the privilege V",
        .notAllowed: "the file is neither listed nor allowed",
        .otherContext: "this belongs to another context",
        .immutable: "the level of the context keeps this as it is",
        .readOnly: "the file is on a read-only mount, and with enforce_mntro its entry stays as it is",
        .overBound: "the bounds of the context, or of context 0, do not allow so much",
        .badLevel: "this kernel does not know every word of the level",
        .noPrivilege: "this program was not granted the privilege for it",
        .notAlone: "the process has other threads, shares something with another, or is traced",
        .openFile: "the process holds an open file that leads out of the context",
        .noExecPermission: "nobody may execute the file, so nobody may map it executable",
        .badDevice: "a rule for devices has numbers that do not exist",
        .deviceTie: "two rules for devices overlap with equal priority",
        .device: "the device table does not allow it",
        .mount: "mounts are locked, and this would take away what they must have",
        .untrustedPath: "somebody else than root could have put the file there, or changed it",
    ]
}
