# SPDX-License-Identifier: GPL-2.0-only
"""What an administrator does, and what an attacker tries."""
import time

SERVICES = "nginx ssh cron"


def install(s):
    """Installed from a repository: nothing is enforced."""
    s.server.boot()
    s.do("apt-get -q update && apt-get -qy install verictl", 300, shown=4)
    s.ends_with(0, "apt installs verictl")
    s.do("verictl status | head -4")
    s.quietly("verictl status")
    s.ends_with(1, "no rules are in force")
    s.do("verictl doctor", shown=50)
    s.ends_with(1, "doctor names what is missing")
    s.quietly("systemctl is-enabled verictl-load verictl-lock")
    s.check("no unit is enabled", s.text.split() == ["disabled", "disabled"], s.text)
    service_in_a_jail(s)


def service_in_a_jail(s):
    s.comment("a service gets a context of its own by its unit, without any rule")
    s.quietly("mkdir -p /srv/web/bin /srv/web/proc /srv/web/dev /etc/jails && cp /bin/busybox /srv/web/bin && "
              "for library in $(ldd /bin/busybox | grep -o '/[^ ]*'); do cp -L --parents $library /srv/web; done && "
              "ln -s busybox /srv/web/bin/sh && ln -s busybox /srv/web/bin/sleep")
    s.quietly("printf '[Context]\\nNumber=2001\\nLevel=active\\n[Root]\\nPath=/srv/web\\nOptions=ro,nosuid,nodev,noatime\\n"
              "[Mounts]\\nMount=proc /proc ro,nosuid,nodev,noexec\\nDevices=/dev\\n"
              "[Program]\\nCommand=/bin/sh -c \"echo ready; exec sleep 1000\"\\nUser=1000\\nGroup=1000\\n' >/etc/jails/web.conf && "
              "cp /usr/share/doc/verictl/examples/vsctl/vsctl@.service /etc/systemd/system/")
    s.do("vsctl check web && systemctl daemon-reload && systemctl start vsctl@web && sleep 2 && systemctl is-active vsctl@web")
    s.ends_with(0, "the unit starts a jail")
    s.do("vsctl list; journalctl -b --no-pager -o cat -u vsctl@web")
    s.check("its program runs in the context", "2001" in s.text and "ready" in s.text, s.text)
    s.do("systemctl stop vsctl@web; vsctl list")
    s.check("the jail ends with the unit", "running" not in s.text, s.text)
    s.quietly("verictl context list | grep -c '^2001'")
    s.check("no context is left", s.text.strip() == "0", s.text)
    s.quietly("rm -r /srv/web /etc/jails/web.conf /etc/systemd/system/vsctl@.service && systemctl daemon-reload")


def learn(s):
    """Learning: the content of the packages is allowed, and what else the machine runs is recorded."""
    # What this server runs besides its packages.
    s.do("printf '#!/bin/sh\\nps -e >/dev/null && echo saved\\n' >/usr/local/bin/backup && chmod 755 /usr/local/bin/backup")
    s.do("verictl package sync", 600)
    s.ends_with(0, "the packages get rules")
    s.quietly("ls /var/lib/verictl.d | grep -c '^pkg-'")
    s.check("one file for each package", int(s.text or 0) > 150, s.text)
    s.do("grep -h '^/' /var/lib/verictl.d/*")
    s.says("/usr/sbin/verictl", "verictl gets the right to change rules")
    s.do("verictl learn start")
    s.ends_with(0, "learning starts")
    s.do(f"systemctl restart {SERVICES} && backup && su user -c 'python3 -c \"print(1 + 1)\"'")
    s.says("saved", "everything runs")
    s.do("python3 -c 'import urllib.request; print(urllib.request.urlopen(\"http://localhost/\").status)'")
    s.says("200", "nginx answers")
    s.do("verictl learn status")
    s.do("verictl suggest", shown=30)
    s.says("/usr/local/bin/backup", "the program of this server is proposed")
    s.check("and no more than it needs", " CAP_" not in s.text and "0 e" not in s.text, s.text)
    s.do("verictl suggest >/etc/verictl.d/learned && verictl load --all && verictl learn stop")
    s.ends_with(0, "the proposals are accepted")


def enforce(s):
    """Enforcing, from the first program after the initramfs on."""
    s.do("verictl enable --exec --lib --memory --check")
    s.ends_with(0, "the check before finds no obstacle")
    s.do("verictl enable --exec --lib --memory --boot")
    s.ends_with(0, "enforcing, now and at each boot")
    s.do("echo 'lock = mounts' >>/etc/verictl/boot.conf && systemctl enable verictl-load verictl-lock && update-initramfs -u -k 6.12", 300)
    s.ends_with(0, "the initramfs is made, enforced")
    s.comment("the machine is started anew")
    s.server.reboot()
    s.do("verictl status | head -4")
    s.says("enforcing", "rules are enforced after the reboot")
    s.do("verictl boot status")
    s.ends_with(0, "the state is what boot.conf asks for")
    s.do("journalctl -b --no-pager -o short-monotonic -u verictl-load -u verictl-lock", shown=20)
    s.says("already", "the rules were there before systemd was")
    s.quietly("systemctl is-system-running --wait", 300)
    s.check("nothing has failed", s.text == "running", s.quietly("systemctl --failed --no-pager"))
    s.quietly(f"systemctl is-active {SERVICES}")
    s.check("the services are up", s.text.split() == ["active"] * 3, s.text)
    s.do("cat /proc/sys/kernel/clip/mount")
    s.check("mounts and devices are locked", s.text.strip() == "0", s.text)
    s.do("backup")
    s.says("saved", "the program that was learned runs")


def attack(s):
    """Attacked: what was not allowed does not run, and the administrator learns why."""
    s.do("cp /usr/bin/hello /srv/dropped && echo >>/srv/dropped && /srv/dropped")
    s.ends_with(126, "a dropped program is refused")
    s.do("verictl explain /srv/dropped", shown=20)
    s.says("not", "explain says why")
    s.do("cp /usr/bin/hello /tmp/hello && /tmp/hello")
    s.comment("(the same content is allowed under any name; it gets no right by that)")
    s.ends_with(0, "a copy of an allowed program is allowed")
    s.do("cp /lib/x86_64-linux-gnu/libz.so.1 /tmp/ && echo >>/tmp/libz.so.1 && LD_LIBRARY_PATH=/tmp python3 -c 'import zlib'")
    s.check("a changed library is not mapped", s.status != 0, s.text)
    s.do("cp /usr/sbin/verictl /tmp/ && /tmp/verictl load --all")
    s.check("a copied verictl has no right to change rules", s.status == 4, f"{s.status}\n{s.text}")
    s.do("cp /usr/local/bin/backup /usr/local/bin/backup2 && echo 'echo more' >>/usr/local/bin/backup2 && backup2")
    s.ends_with(126, "a changed script is refused")
    s.do("mount -o remount,exec,suid /tmp 2>&1; mount -t tmpfs tmpfs /mnt && cp /usr/bin/hello /mnt && /mnt/hello")
    s.check("nothing new that can be written is executable", s.status != 0, s.text)
    s.do("verictl events --timeout 1; dmesg | grep 'clip: refused' | tail -3; dmesg | grep -c 'refused exec.*/srv/dropped'")
    s.says("\n1", "the log names the file")
    s.do("dmesg | grep 'clip: refused exec' | grep dropped | tail -1 | verictl explain -", shown=20)


def upgrade(s):
    """Upgraded by apt, while the upgraded programs run all the time."""
    s.quietly("sha256sum </usr/bin/hello | cut -c-64")
    old = s.text.strip()
    s.quietly("verictl show | grep -c " + old)
    s.check("the digest of the old hello is in force", s.text.strip() == "1", s.text)
    loop = ("while [ ! -e /run/stop ]; do for p in '/usr/bin/hello' '/usr/sbin/nginx -v' '/usr/bin/python3 -V' '/usr/bin/ldd --version'; "
            "do $p >/dev/null 2>/run/said || { echo \"$p: $?\" && cat /run/said; } >>/run/refused; echo $p >>/run/ran; done; done")
    s.quietly(f"rm -f /run/stop; : >/run/refused; : >/run/ran; ({loop}) >/dev/null 2>&1 &")
    s.do("cp /srv/upgrade/clip.sources /etc/apt/sources.list.d/upgrade.sources && apt-get -q update", 300, shown=3)
    s.do("apt-get -qy upgrade", 900, shown=8)
    s.ends_with(0, "apt upgrade")
    s.quietly("touch /run/stop; sleep 3; wc -l </run/ran; cat /run/refused")
    s.comment(f"programs that ran meanwhile: {s.text}")
    s.check("no program was refused meanwhile", s.text.strip().isdigit() and int(s.text) > 20, s.text)
    s.quietly("dpkg-query -W -f '${Version} ' hello nginx-common libc6")
    s.check("all is upgraded", s.text.count("next1") == 3, s.text)
    s.quietly("verictl show | grep -c " + old)
    s.check("the digest of the old hello is gone", s.text.strip() == "0", s.text)
    s.do("hello && systemctl restart nginx && systemctl is-active nginx")
    s.says("active", "the new ones run")
    s.do("cp /srv/upgrade/hello_*.deb bad.deb && printf X | dd of=bad.deb bs=1 seek=400 conv=notrunc status=none && dpkg -i bad.deb")
    s.check("a package that is not the one of the repository is refused", s.status != 0, s.text)
    s.quietly("dpkg-query -W -f '${db:Status-Abbrev}' hello; hello")
    s.check("before it is unpacked", s.text.startswith("ii ") and s.status == 0, s.text)
    s.do("apt-get -qy remove hello", 300, shown=3)
    s.ends_with(0, "apt remove")
    s.quietly("ls /var/lib/verictl.d/pkg-hello")
    s.ends_with(2, "its rules are gone")
    s.do("apt-get -qy install hello & sleep 1; until pgrep -x dpkg >/dev/null; do :; done; sleep 2; kill -9 $(pgrep -x apt-get) $(pgrep -x dpkg); wait", 300, shown=4)
    s.do("dpkg --configure -a; apt-get -qy -f install; apt-get -qy install hello", 300, shown=3)
    s.ends_with(0, "an installation that was killed is resumed")
    s.do("hello")
    s.ends_with(0, "and its program runs")
    s.do("verictl diff --stat")
    s.ends_with(0, "rules on the disk and in the kernel are the same")


def repair(s):
    """Broken by its administrator, and by a power cut."""
    s.do("echo '/usr/bin/hello 0 e NET_ADMN' >/etc/verictl.d/broken; systemctl restart verictl-load; systemctl is-failed verictl-load")
    s.says("failed", "the unit fails")
    s.do("journalctl -b --no-pager -o cat -u verictl-load | grep error")
    s.says("/etc/verictl.d/broken:1", "and names file and line")
    s.do("verictl status | head -1; hello")
    s.says("enforcing", "the last good rules stay in force")
    s.comment("the machine is started anew, with the broken file")
    s.server.reboot()
    s.do("verictl status | head -1; systemctl is-active nginx; systemctl is-failed verictl-load")
    s.says("enforcing", "the last good rules are in force")
    s.check("the services are up, and the failure is seen", "active" in s.text and "failed" in s.text, s.text)
    s.do("rm /etc/verictl.d/broken && systemctl restart verictl-load && systemctl is-active verictl-load")
    s.ends_with(0, "without the file all is well")
    s.quietly("(while :; do touch /etc/verictl.d/learned; verictl load --all; done) >/dev/null 2>&1 &")
    time.sleep(4)
    s.comment("(power cut while rules are written)")
    s.server.cut_power()
    s.server.boot()
    s.do("verictl status | head -1; verictl boot status; ls /var/lib/verictl")
    s.says("enforcing", "old rules or new ones, not none")


def go_back(s):
    """Back: the rules are off, the package is gone, and the kernel is the old one."""
    s.do("verictl disable --boot && systemctl disable verictl-load verictl-lock && update-initramfs -u -k 6.12 && apt-get -qy purge verictl", 300, shown=4)
    s.ends_with(0, "rules are switched off, and the package is removed")
    s.comment("the machine is started anew, with the kernel without clip")
    s.server.reboot(kernel="baseline")
    s.quietly("systemctl is-system-running --wait", 300)
    s.check("nothing has failed", s.text == "running", s.quietly("systemctl --failed --no-pager"))
    s.do("find / -xdev \\( -iname '*verictl*' -o -path '*/clip/*' \\) ! -path '/srv/*' ! -path '/var/lib/apt/*' ! -path '/etc/apt/*' ! -path '/var/cache/apt/*' ! -path '/var/log/*'")
    s.check("only the administrator's own rules are left", set(s.text.split()) <= {
        "/etc/verictl.d", "/etc/verictl.d/learned"}, s.text)
    s.do("/srv/dropped")
    s.ends_with(0, "and everything runs, as before")


STEPS = [install, learn, enforce, attack, upgrade, repair, go_back]
