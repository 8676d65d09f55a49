// SPDX-License-Identifier: LGPL-2.1-or-later

package import Device

extension Reason {
    /// The meaning of the reason, as a sentence without a full stop; nil if the
    /// word of the reason says it all.
    package var meaning: String? { Self.meanings.first { $0.key == self }?.value }

    private static let meanings: KeyValuePairs<Reason, String> = [
        .digestMismatch: "the content of the file does not match the rule",
        .notRoot: "the rule applies only to root",
        .nosuidMount: "the file is on a mount with nosuid",
        .ioError: "the file cannot be read",
        .noMemory: "the kernel is short of memory",
        .beingWritten: "the file is open for writing",
        .untrustedFilesystem: "the filesystem is not known to preserve the identity of files",
        .userNamespace: "the process is in another user namespace",
        .interpreter: "an interpreter is granted nothing without its script",
        .contextInactive: "the context is not active",
        .noContext: "there is no such context",
        .noFsverity: "fs-verity is not enabled on the file",
        .unsupportedAlgorithm: "this kernel cannot compute the digest",
        .permission: "this requires root in context 0 and, if that is active, a verictl listed with the privilege V",
        .notAllowed: "the file is neither listed nor allowed",
        .otherContext: "this belongs to another context",
        .immutable: "the level of the context forbids this, or it was possible only once until reboot",
        .readOnly: "the file is on a read-only mount, and enforce_mntro forbids changing its entry",
        .overBound: "this exceeds the bounds of the context or of context 0",
        .badLevel: "this kernel does not support every word of the level",
        .noPrivilege: "this program was not granted the required privilege",
        .notAlone: "the process has other threads, shares something with another, or is traced",
        .openFile: "the process holds an open file that leads out of the context",
        .noExecPermission: "the file has no execute permission, so it cannot be mapped executable",
        .badDevice: "a rule for devices has numbers that do not exist",
        .deviceTie: "two rules for devices overlap with equal priority",
        .device: "the device table does not allow this",
        .mount: "mounts are locked, and this would remove flags that they must have",
        .untrustedPath: "a user other than root could have created or changed the file",
        .indirect: "the interpreter runs only to interpret a verified script that names it (flag O)",
        .signature: "the kernel takes only rules that are signed with a key that it trusts",
        .oldVersion: "the policy has a lower number than one that was in force since the machine was started",
        .address: "the context does not have this network address",
        .noNetwork: "the context has no address of this family, so it has no such sockets",
        .clearTraffic: "nothing leaves the context but through IPsec or WireGuard",
        .received: "the file that another context has opened leads out of the context that would receive it",
        .tooMany: "the context has as many addresses as it can have",
        .entered: "a task has entered the context already, and this is decided before",
        .confidentiality: "the two contexts have different levels of confidentiality, and exchange nothing",
        .baseUserNamespace: "tasks enter this context from another user namespace than the caller's",
        .hiddenTail: "the last page of the file holds bytes beyond its end, which no digest covers",
        .inUse: "the file is in use as code, so it cannot be written",
    ]
}
