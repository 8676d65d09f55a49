// swift-tools-version: 6.2
// SPDX-License-Identifier: LGPL-2.1-or-later

import PackageDescription

// Dependencies point one way. Bytes, Policy and Image only compute: they may
// import neither Glibc nor a C target, which their lists below enforce.
let strict: [SwiftSetting] = [
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("ExistentialAny"),
    .treatAllWarnings(as: .error),
]

/// Modules of the programs do not use regular expressions, whose library would be a
/// tenth of a small program.
let withoutRegex: SwiftSetting = .unsafeFlags(["-Xfrontend", "-disable-implicit-string-processing-module-import"])

func module(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict + [withoutRegex])
}

/// A module whose size counts and not its speed: it runs once for a command, and not once
/// for a rule, a file or a byte.
func smallModule(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(
        name: name, dependencies: dependencies,
        swiftSettings: strict + [withoutRegex, .unsafeFlags(["-Osize"], .when(configuration: .release))])
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies, swiftSettings: strict)
}

/// Options for linking an installed program.
func forRelease(_ options: [String]) -> LinkerSetting {
    .unsafeFlags(options, .when(configuration: .release))
}

let package = Package(
    name: "verictl",
    products: [
        .executable(name: "verictl", targets: ["verictl"]),
        .executable(name: "verictl-events", targets: ["verictl-events"]),
        .executable(name: "verictl-sign", targets: ["verictl-sign"]),
        .executable(name: "devctl", targets: ["devctl"]),
        .executable(name: "hardenctl", targets: ["hardenctl"]),
        .executable(name: "execbits", targets: ["execbits"]),
        .executable(name: "vsctl", targets: ["vsctl"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
    ],
    targets: [
        // The kernel's header reaches Swift through an ordinary C target: a
        // system-library target kept stale struct sizes in incremental builds.
        .target(name: "CClip"),
        .target(name: "CSystem"),
        // libclip, which is also a library of its own.
        .target(name: "CContainer"),
        .systemLibrary(name: "CElf", pkgConfig: "libelf", providers: [.apt(["libelf-dev"])]),
        .systemLibrary(name: "CMnl", pkgConfig: "libmnl", providers: [.apt(["libmnl-dev"])]),
        .systemLibrary(name: "CArchive", pkgConfig: "libarchive", providers: [.apt(["libarchive-dev"])]),
        .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),

        module("Bytes"),
        module("Policy", ["Bytes"]),
        module("Image", ["Bytes", "Policy"]),
        module("SystemIO", ["Bytes", "CSystem"]),
        module("Crypto", ["Bytes", "Policy", "SystemIO", "CCrypto"]),
        // What verictl asks verictl-sign, and the answers.
        smallModule("SignatureExchange", ["Bytes"]),
        // Signatures take a large part of libcrypto, which is then only in verictl-sign.
        smallModule("Signatures", ["SignatureExchange", "CCrypto"]),
        module("ELF", ["Bytes", "SystemIO", "CElf"]),
        // The common part of the tools: exit status, failures, messages, output.
        module("Tool", ["Bytes", "Policy", "SystemIO"]),
        // How a command line becomes a command, where swift-argument-parser reads it.
        smallModule(
            "Arguments",
            ["Bytes", "Policy", "Tool", .product(name: "ArgumentParser", package: "swift-argument-parser")]),
        smallModule("Device", ["Bytes", "Policy", "DevicePolicy", "SystemIO", "CClip"]),
        smallModule("DevicePolicy", ["Bytes", "Policy"]),
        smallModule("Mounts", ["Bytes", "Policy", "DevicePolicy", "SystemIO", "Device", "Tool"]),
        // From files to rules.
        module("Generation", ["Bytes", "Policy", "SystemIO", "Crypto", "ELF", "Tool"]),
        // From packages of Debian, and dpkg's database, to rules.
        smallModule("Packages", ["Bytes", "Policy", "SystemIO", "Crypto", "Generation", "Tool", "CArchive"]),
        // From rules to the kernel, and the kernel's answers in words.
        module(
            "Loading",
            [
                "Bytes", "Policy", "Image", "SystemIO", "Crypto", "ELF", "Device", "Mounts", "SignatureExchange",
                "Tool",
            ]),
        // What the kernel reports, as text and as a record; without netlink, so that
        // static programs can read it.
        smallModule("EventRecord", ["Bytes", "Policy", "Device", "SystemIO", "CClip"]),
        // From a record of refusals to rules, and from a refusal to words.
        smallModule(
            "Learning",
            [
                "Bytes", "Policy", "SystemIO", "Crypto", "Device", "Tool", "Generation", "Loading", "EventRecord",
            ]),
        // From what is known about a machine to a page. It only computes.
        smallModule("ReportPage", ["Bytes"]),
        // What a jail is, its files, and what is planned and checked. It only computes.
        smallModule("Jails", ["Bytes", "Policy"]),
        // Jails on this machine: where their files are, and the way into them.
        smallModule("Containers", ["Bytes", "Policy", "Jails", "SystemIO", "Tool", "CContainer"]),
        // The configuration of a kernel. It only computes.
        smallModule("KernelConfiguration", ["Bytes"]),
        // Sets of kernel options, and what they are compared with. It only computes.
        smallModule("Hardening", ["Bytes", "Policy", "KernelConfiguration"]),
        smallModule(
            "HardenctlCommands",
            [
                "Bytes", "Policy", "Hardening", "KernelConfiguration", "SystemIO", "Mounts", "Tool", "Arguments",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),
        smallModule(
            "DevctlCommands",
            [
                "Bytes", "Policy", "DevicePolicy", "SystemIO", "Device", "Mounts", "Tool", "Arguments",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),
        smallModule(
            "ExecbitsCommands",
            [
                "Bytes", "SystemIO", "Tool", "Arguments",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),
        smallModule(
            "VsctlCommands",
            [
                "Bytes", "Policy", "Jails", "Containers", "SystemIO", "Tool", "Arguments",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),
        smallModule(
            "Events",
            [
                "Bytes", "Policy", "Device", "SystemIO", "Tool", "Arguments", "EventRecord", "CClip", "CMnl",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),
        smallModule(
            "VerictlCommands",
            [
                "Bytes", "Policy", "Image", "SystemIO", "Crypto", "Device", "Mounts", "KernelConfiguration", "Tool",
                "Arguments", "Generation", "Loading", "Packages", "EventRecord", "Learning", "ReportPage",
                "SignatureExchange",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),
        // Without shared libraries: it runs from an initramfs, and it is the only file
        // that has to be listed before it can list the others. Position
        // independent; the tests' debug build need not be. Functions of the same code
        // are there once: nothing in it compares their addresses.
        .executableTarget(
            name: "verictl", dependencies: ["VerictlCommands"], swiftSettings: strict,
            linkerSettings: [forRelease(["-Xclang-linker", "-static-pie", "-Xlinker", "--icf=all"])]),
        // Static for the same reason: the table is loaded before everything else.
        .executableTarget(
            name: "devctl", dependencies: ["DevctlCommands"], swiftSettings: strict,
            linkerSettings: [forRelease(["-Xclang-linker", "-static-pie"])]),
        // Static, so that it can be copied to the machine that it checks.
        .executableTarget(
            name: "hardenctl", dependencies: ["HardenctlCommands"], swiftSettings: strict,
            linkerSettings: [forRelease(["-Xclang-linker", "-static-pie"])]),
        // Static, so that no library of the service is loaded before the bits are set.
        .executableTarget(
            name: "execbits", dependencies: ["ExecbitsCommands"], swiftSettings: strict,
            linkerSettings: [forRelease(["-Xclang-linker", "-static-pie"])]),
        // Static, so that nothing of the host's libraries is in a process of a jail.
        .executableTarget(
            name: "vsctl", dependencies: ["VsctlCommands"], swiftSettings: strict,
            linkerSettings: [forRelease(["-Xclang-linker", "-static-pie"])]),
        // Static for the same reason as verictl, which executes it.
        .executableTarget(
            name: "verictl-sign", dependencies: ["SignatureExchange", "Signatures", "SystemIO"], swiftSettings: strict,
            linkerSettings: [forRelease(["-Xclang-linker", "-static-pie"])]),
        // A separate program, because there is no static libmnl. The C++ library is
        // in the runtime's list of libraries, which no option changes, so
        // tools/swift-build puts only its static form into build/link.
        .executableTarget(
            name: "verictl-events", dependencies: ["Events"], swiftSettings: strict,
            linkerSettings: [forRelease(["-L", "build/link", "-Xclang-linker", "-static-libgcc"])]),

        // Twins and helpers for the tests; no product contains it.
        module(
            "TestSupport",
            [
                "Bytes", "Policy", "Crypto", "Device", "Mounts", "SignatureExchange", "Signatures", "SystemIO",
                "Tool", "Loading", "VerictlCommands",
            ]),
        // What is fuzzed. It sees what its modules keep to themselves, as tests do.
        .target(
            name: "FuzzTargets",
            dependencies: [
                "Bytes", "Containers", "Crypto", "DevctlCommands", "Device", "DevicePolicy", "ELF", "EventRecord",
                "Events", "Generation", "Hardening", "Image", "Jails", "KernelConfiguration", "Loading", "Mounts",
                "Packages", "Policy", "SignatureExchange", "Signatures", "SystemIO", "TestSupport", "Tool",
                "VerictlCommands", "VsctlCommands",
            ],
            path: "Tests/fuzz/targets", swiftSettings: strict),
        tests("FuzzSeedsTests", ["Bytes", "SystemIO", "FuzzTargets"]),
        tests("BytesTests", ["Bytes"]),
        tests("ReportPageTests", ["Bytes", "ReportPage"]),
        tests("PolicyTests", ["Bytes", "Policy", "TestSupport"]),
        tests("ImageTests", ["Bytes", "Policy", "Image", "CClip", "TestSupport"]),
        tests("SystemIOTests", ["Bytes", "SystemIO", "TestSupport"]),
        tests("ELFTests", ["Bytes", "ELF", "SystemIO", "TestSupport"]),
        tests("CryptoTests", ["Bytes", "Policy", "Crypto", "SystemIO", "TestSupport"]),
        tests("SignaturesTests", ["SignatureExchange", "Signatures"]),
        tests("ToolTests", ["Bytes", "Policy", "SystemIO", "Tool", "TestSupport"]),
        tests("GenerationTests", ["Bytes", "Policy", "SystemIO", "Generation", "TestSupport"]),
        tests("PackagesTests", ["Bytes", "Policy", "Crypto", "SystemIO", "Packages", "Tool", "TestSupport"]),
        tests(
            "LoadingTests",
            [
                "Bytes", "Policy", "Image", "Device", "SignatureExchange", "SystemIO", "Loading", "Tool", "TestSupport",
            ]),
        tests("DeviceTests", ["Bytes", "Policy", "Device", "SystemIO", "CClip", "TestSupport"]),
        tests(
            "DevctlTests",
            [
                "Bytes", "Policy", "DevicePolicy", "DevctlCommands", "Device", "Mounts", "SystemIO", "Tool", "CClip",
                "TestSupport",
            ]),
        tests(
            "HardeningTests",
            [
                "Bytes", "Policy", "Hardening", "HardenctlCommands", "KernelConfiguration", "Mounts", "SystemIO",
                "Tool",
                "TestSupport",
            ]),
        tests(
            "MountsTests",
            ["Bytes", "Policy", "DevicePolicy", "Device", "Mounts", "SystemIO", "Tool", "CClip", "TestSupport"]),
        tests(
            "EventsTests",
            [
                "Bytes", "Policy", "Device", "EventRecord", "Events", "SystemIO", "Tool", "CClip", "TestSupport",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),
        tests("EventRecordTests", ["Bytes", "Policy", "Device", "EventRecord", "SystemIO", "CClip", "TestSupport"]),
        tests(
            "LearningTests",
            [
                "Bytes", "Policy", "Device", "Loading", "EventRecord", "Learning", "SystemIO", "Tool", "CClip",
                "TestSupport",
            ]),
        tests("JailsTests", ["Bytes", "Policy", "Jails"]),
        tests(
            "VsctlTests",
            ["Bytes", "Policy", "Jails", "Containers", "VsctlCommands", "SystemIO", "Tool", "TestSupport"]),
        tests("ExecbitsTests", ["Bytes", "ExecbitsCommands", "SystemIO", "Tool", "TestSupport"]),
        tests(
            "VerictlCommandsTests",
            [
                "Bytes", "Policy", "Image", "Device", "ELF", "SystemIO", "Tool", "Generation", "Loading",
                "Crypto", "Packages", "VerictlCommands", "EventRecord", "CClip", "TestSupport",
            ]),
    ],
    swiftLanguageModes: [.v6]
)

// The readers for libFuzzer, which tools/fuzz builds; the library has the main function.
if Context.environment["CLIP_FUZZ"] != nil {
    package.targets.append(
        .executableTarget(
            name: "FuzzTools", dependencies: ["FuzzTargets"], path: "Tests/fuzz/tools",
            swiftSettings: strict + [.unsafeFlags(["-parse-as-library"])]))
}
