# SPDX-License-Identifier: GPL-2.0-only
"""A virtual machine with a disk of its own and a console."""
import os
import pathlib
import re
import select
import shutil
import signal
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BUILD = ROOT / "build"
SERVER = BUILD / "server"
KERNEL_VERSION = "6.12"
# An emulated processor on a loaded host.
BOOT_SECONDS = 300


class Silent(Exception):
    """The machine did not answer in time, or died."""


class Machine:
    def __init__(self):
        self.disk = SERVER / "disk.ext4"
        self.initrd = SERVER / "initrd.current"
        self.process = None
        self.output = b""
        self.commands = 0
        self.log = open(SERVER / "console.log", "wb")

    def __enter__(self):
        subprocess.run(["cp", "--sparse=always", SERVER / "root.ext4", self.disk], check=True)
        shutil.copyfile(SERVER / "initrd", self.initrd)
        return self

    def __exit__(self, *_):
        self.cut_power()
        self.log.close()
        self.disk.unlink(missing_ok=True)

    # --- power ------------------------------------------------------------

    def boot(self, kernel="test", append=""):
        """Start the machine, and wait for a shell of root on the console."""
        line = f"console=ttyS0 quiet loglevel=1 panic=-1 reboot=t root=/dev/vda rw tsc=nowatchdog no_timer_check {append}"
        self.output = b""
        self.process = subprocess.Popen(
            [
                "qemu-system-x86_64", "-M", "microvm,acpi=off,rtc=on,pit=on,pic=on", "-m", "1024",
                "-accel", "tcg,thread=single", "-cpu", "max", "-smp", "2",
                "-kernel", BUILD / "kernel" / kernel / "vmlinux", "-initrd", self.initrd, "-append", line,
                "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot",
                "-chardev", "stdio,id=console,signal=off", "-serial", "chardev:console",
                "-device", "virtio-serial-device", "-global", "virtio-mmio.ioeventfd=off",
                "-device", "virtio-rng-device",
                "-drive", f"if=none,id=disk,format=raw,file={self.disk}", "-device", "virtio-blk-device,drive=disk",
            ],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )
        self.wait_for(rb"root@server:[^\n]*# ", BOOT_SECONDS, "a shell on the console")
        # Without a line editor, a prompt, or an echo of what is typed.
        self.type("exec env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/srv TERM=dumb LC_ALL=C.UTF-8 sh\n")
        self.type("stty -echo; set +m; PS1= PS2=; cd /srv\n")
        self.run("true")

    def reboot(self, **options):
        self.type("systemctl reboot\n")
        self.wait_for_end(120)
        self.take_initrd()
        self.boot(**options)

    def cut_power(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
        self.process = None

    def take_initrd(self):
        """Take the initramfs from the disk, as a boot loader does."""
        new = SERVER / "initrd.new"
        new.unlink(missing_ok=True)
        subprocess.run(
            ["debugfs", "-R", f"dump /boot/initrd.img-{KERNEL_VERSION} {new}", self.disk],
            check=True, capture_output=True)
        if new.stat().st_size:
            new.replace(self.initrd)

    # --- the console ------------------------------------------------------

    def type(self, text):
        self.process.stdin.write(text.encode())
        self.process.stdin.flush()

    def run(self, command, seconds=120):
        """Run a command in the shell; return its status and what it printed."""
        self.commands += 1
        end = f"@@{self.commands}@@"
        self.output = b""
        # The word is put together by the shell, so that no echo of the line matches.
        self.type(f"{{ {command}\n}} 2>&1; s=$?; echo; echo '@''@{self.commands}@@'$s\n")
        found = self.wait_for(rb"\n" + end.encode() + rb"(\d+)\r?\n", seconds, f"the end of: {command}")
        text = found.string[: found.start()].decode(errors="replace").removesuffix("\r")
        # The last state of a line that was written over.
        text = re.sub(r"[^\n]*\r(?!\n)", "", text.replace("\r\n", "\n"))
        return int(found.group(1)), text.removesuffix("\n")

    def wait_for(self, pattern, seconds, what):
        deadline = time.monotonic() + seconds
        while True:
            found = re.search(pattern, self.output)
            if found:
                return found
            if time.monotonic() > deadline:
                raise Silent(f"no answer within {seconds} s: {what}")
            if not self.read(1) and self.process.poll() is not None:
                raise Silent(f"the machine ended, before {what}")

    def read(self, seconds):
        ready, _, _ = select.select([self.process.stdout], [], [], seconds)
        if not ready:
            return b""
        data = os.read(self.process.stdout.fileno(), 65536)
        self.log.write(data)
        self.log.flush()
        self.output += data
        return data

    def wait_for_end(self, seconds):
        deadline = time.monotonic() + seconds
        while self.process.poll() is None:
            if time.monotonic() > deadline:
                raise Silent(f"the machine did not end within {seconds} s")
            self.read(0.5)
        self.process = None

    def hand_over(self):
        """Connect this terminal to the console, until Ctrl-] is typed."""
        if not sys.stdin.isatty():
            return
        subprocess.run(["stty", "raw", "-echo"], check=True)
        try:
            self.type("stty echo; exec bash\n")
            while self.process.poll() is None:
                ready, _, _ = select.select([sys.stdin, self.process.stdout], [], [])
                if sys.stdin in ready:
                    data = os.read(sys.stdin.fileno(), 1024)
                    if b"\x1d" in data:
                        return
                    self.process.stdin.write(data)
                    self.process.stdin.flush()
                else:
                    os.write(sys.stdout.fileno(), self.read(0))
        finally:
            subprocess.run(["stty", "sane"], check=True)
