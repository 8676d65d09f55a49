# SPDX-License-Identifier: GPL-2.0-only
"""What an administrator does, and what an attacker tries."""


def install(s):
    """Installed: nothing is enforced."""
    s.server.boot()
    s.do("apt-get -q update && apt-get -qy install verictl", 300, shown=6)
    s.ends_with(0, "apt installs verictl")
    s.do("verictl status")
    s.ends_with(1, "no rules are in force")
    s.do("verictl doctor", shown=40)
    s.ends_with(1, "doctor names what is missing")


STEPS = [install]
