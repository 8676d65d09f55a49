// SPDX-License-Identifier: LGPL-2.1-or-later

package import Device
import Loading

/// What a reason means, and what an administrator can do about it.
package struct ReasonAdvice: Sendable {
    /// Without a full stop.
    package let meaning: String
    /// A command, or what to do, without a full stop. Words in capital letters
    /// stand for what an event says: FILE, PROGRAM, CONTEXT, ALGORITHM,
    /// PRIVILEGES, PID.
    let step: String

    /// nil for a reason that is newer than this tool.
    package static func of(_ reason: Reason) -> ReasonAdvice? {
        steps[reason].flatMap { step in
            (reason.meaning ?? sentences[reason]).map { ReasonAdvice(meaning: $0, step: step) }
        }
    }

    private static let sentences: [Reason: String] = [
        .none: "nothing was refused",
        .noEntry: "no entry is in force for the file",
        .unsafeTask: "the process is traced, or shares its memory, files or credentials with another process",
        .notKernelThread: "the entry applies only to programs that the kernel starts (flag k)",
        .noFile: "the file of the rule does not exist",
        .notRegular: "the path of the rule leads to something else than a regular file",
        .badPath: "the path of the rule is not absolute, is too long, or is not text",
        .badFlags: "the flags of the rule contradict each other, or are unknown to this kernel",
        .badPrivileges: "the rule has privileges that are unknown to this kernel, or that its flags exclude",
        .badCapabilities: "the rule has capabilities that are unknown to this kernel, or that its flags exclude",
        .badDigest: "the digest of the rule does not have the size of its algorithm",
        .unsupportedFlags: "this kernel does not have the effect of a flag of the rule",
        .exists: "another rule is in force for the file",
        .duplicate: "two rules of one load are for the same file",
        .badImage: "the compiled rules do not have the form that the kernel reads",
        .checksum: "the compiled rules are damaged",
        .script: "the file is a script, and its interpreter is refused or has no entry for scripts",
        .wxMemory: "memory that can be written, or was written, must not be executed",
        .libraryNotListed: "the program takes only listed libraries (flag N or L), and this one is not listed",
        .libraryMismatch: "the program takes only verified libraries (flag L), and this one does not match its entry",
    ]

    private static let update =
        "if the content is expected: verictl gen --algo ALGORITHM --context CONTEXT FILE, with the grants of the "
        + "present rule, in place of that rule; then verictl load --all"
    private static let allow =
        "verictl gen --allow --context CONTEXT FILE >>/etc/verictl.d/local; then verictl load --all"
    private static let review = "verictl check names the file, the line and the field"
    private static let grant =
        "if the program is meant to do this, its entry needs the privilege: verictl gen --context CONTEXT --privs "
        + "PRIVILEGES PROGRAM >>/etc/verictl.d/local; then verictl load --all"

    private static let steps: [Reason: String] = [
        .none: "nothing is to be done",
        .noEntry: allow,
        .digestMismatch: update,
        .notRoot: "run the program as root, or remove the flag r from its rule; then verictl load --all",
        .nosuidMount: "mount the filesystem without nosuid, or move the file to another one: findmnt -T FILE",
        .unsafeTask: "stop tracing the process; if it must run so, give its rule the flag u; then verictl load --all",
        .ioError: "read the file and look at the kernel's log: sha256sum FILE; dmesg",
        .noMemory: "free memory, or raise the limit of the control group, and try again: free; dmesg",
        .beingWritten: "end the program that has the file open for writing: fuser -v FILE",
        .untrustedFilesystem: "move the file to a filesystem such as ext4, xfs or tmpfs: findmnt -T FILE",
        .userNamespace: "start the program outside of the user namespace: lsns -t user -p PID",
        .notKernelThread: "remove the flag k from the rule of FILE, if a process may start it; then verictl load --all",
        .interpreter: "list the script with the flag s, so that it grants: verictl gen --context CONTEXT --flags es "
            + "SCRIPT; or ask: verictl explain FILE",
        .contextInactive: "verictl enable",
        .noContext: "verictl context list; then verictl context create NUMBER",
        .noFile: "install the file, or load with --skip-missing: verictl load --all",
        .notRegular: "name the file itself, and not a directory, link or device: ls -lL FILE",
        .badPath: review,
        .badFlags: review,
        .badPrivileges: review,
        .badCapabilities: review,
        .badDigest: review,
        .unsupportedFlags: "verictl features lists the flags of this kernel",
        .unsupportedAlgorithm: "verictl features lists the algorithms of this kernel; verictl gen --algo sha256 FILE",
        .exists: "remove the old rule first, or load with --beside or --all: verictl load --all",
        .duplicate: review,
        .badImage: "compile the rules with the verictl of this kernel: verictl compile -o IMAGE",
        .checksum: "compile the rules again: verictl compile -o IMAGE",
        .permission: "run the command as root in context 0, with a verictl that has the privilege V: verictl status",
        .script: "verictl explain FILE names the interpreter",
        .wxMemory: "if the program makes code as it runs, its entry needs the flag j: verictl gen --context CONTEXT "
            + "--flags ej PROGRAM >>/etc/verictl.d/local; then verictl load --all",
        .libraryNotListed:
            "verictl gen --context CONTEXT --flags l FILE >>/etc/verictl.d/local; then verictl load --all",
        .libraryMismatch: update,
        .noFsverity: "fsverity enable FILE",
        .notAllowed: allow,
        .otherContext: "run the command in the context that it is about, or in context 0: verictl context list",
        .immutable: "verictl level shows the words of the level; what they forbid is possible after a reboot",
        .readOnly: "mount -o remount,rw the filesystem, or load the rules before it becomes read-only: findmnt -T FILE",
        .overBound: "verictl context show prints the bounds; take the rest out of the rule",
        .badLevel: "verictl features lists the words of this kernel",
        .noPrivilege: grant,
        .notAlone: "enter the context from a process with one thread that shares nothing: verictl context enter "
            + "NUMBER -- COMMAND",
        .openFile: "close the file before entering the context: ls -l /proc/PID/fd",
        .noExecPermission: "chmod a+x FILE, if the file is meant to be mapped as code",
        .badDevice: "devctl check names the line of the rule",
        .deviceTie: "devctl check names the two rules; give one of them another priority",
        .device:
            "devctl show prints the table; a rule with the missing letter is loaded by devctl load before the lock",
        .mount: "verictl mounts lists the mounts; mount with the flags that the lock requires",
        .untrustedPath: "chown root FILE and its directories, and take the right to write from others: namei -l FILE",
        .hiddenTail: "copy the file, which drops the bytes beyond its end: cp FILE FILE.new && mv FILE.new FILE",
        .inUse: "end the programs that use the file, or replace it by renaming a new one: fuser -v FILE",
        .indirect: "run the script itself instead of naming the interpreter, or take the flag O from the interpreter's "
            + "rule; then verictl load --all",
        .signature: "load an image that is signed with a key that the kernel trusts: verictl sign, then verictl load "
            + "--compiled FILE --require-signature",
        .oldVersion: "compile the rules with a higher number (verictl compile --policy-version), and sign the image",
        .address: "give the context the address with --address when it is made, or let the program use one that it has",
        .noNetwork: "give the context an address of this family with --address when it is made",
        .clearTraffic: "bring up the tunnel: an IPsec policy or a WireGuard device has to carry what leaves the context",
        .received: "open the file in the context that uses it, or pass a file of a kind that contexts may exchange",
        .tooMany: "give the context fewer addresses; one with a shorter prefix stands for a whole range",
        .entered: "delete the context and make it again; then set it up before anything is started in it",
        .confidentiality: "give both contexts the same level, or make the exchange through a neutral one (level 0)",
        .baseUserNamespace: "start the program from the user namespace of the first one that entered the context",
    ]
}
