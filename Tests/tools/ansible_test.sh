#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# usage: Tests/tools/ansible_test.sh
#
# The role of packaging/ansible, as TAP: its syntax, what it refuses, and the
# boot.conf that it writes, which verictl must understand. Nothing is installed.
# shellcheck disable=SC2317 # functions are called through check
set -uo pipefail

case ${1-} in
-h | --help) awk 'NR > 2 { if (!/^#/) exit; sub(/^# ?/, ""); print }' "$0"; exit ;;
esac

root=$(cd -- "$(dirname -- "$0")/../.." && pwd -P)
role=$root/packaging/ansible/roles/verictl
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
# shellcheck source=Tests/tools/check.sh
. "$root/Tests/tools/check.sh"
export ANSIBLE_HOME=$work/home ANSIBLE_LOCAL_TEMP=$work/home ANSIBLE_NOCOWS=1 LC_ALL=C.UTF-8
cd "$work" || exit

syntax() { ANSIBLE_ROLES_PATH=$root/packaging/ansible/roles ansible-playbook --syntax-check -i localhost, "$1"; }

# play TASKS VARIABLE...: run tasks of the role on this machine, with variables.
play() {
	local tasks=$1
	shift
	python3 - "$role" "$tasks" >play.yml <<-'END'
		import json, sys, yaml
		role, wanted = sys.argv[1:]
		with open(role + "/tasks/main.yml", encoding="utf-8") as file:
		    tasks = [task for task in yaml.safe_load(file) if task["name"].startswith(wanted)]
		for task in tasks:
		    task.pop("notify", None)
		    if "ansible.builtin.template" in task:
		        template = task["ansible.builtin.template"]
		        template.update(src=role + "/templates/" + template["src"], dest="boot.conf")
		        for key in ("owner", "group"):
		            template.pop(key)
		with open(role + "/defaults/main.yml", encoding="utf-8") as file:
		    defaults = yaml.safe_load(file)
		assert tasks, wanted
		print(json.dumps([{"hosts": "localhost", "gather_facts": False, "vars": defaults, "tasks": tasks}]))
	END
	ansible-playbook -i localhost, -c local "${@/#/-e}" play.yml
}

refused() { ! "$@"; }

# writes LINE VARIABLE...: boot.conf has the line, and verictl reads it.
writes() {
	local line=$1
	shift
	play "Say what" "$@" verictl_enforce=true && grep -qx -- "$line" boot.conf && understood
}

# In a namespace, where the file of this machine is hidden.
understood() {
	# shellcheck disable=SC2016 # for the other shell
	unshare --mount --map-root-user --user sh -c 'mount -t tmpfs tmpfs /etc && mkdir /etc/verictl &&
		cp boot.conf /etc/verictl && ! "$1" boot status 2>&1 | grep "boot.conf:[0-9]"' - "$root/build/bin/verictl"
}

echo "TAP version 13"
check "the example is well-formed" syntax "$root/packaging/ansible/fleet.yml"
sed 's/role: verictl/role: other/' "$root/packaging/ansible/fleet.yml" >other.yml
check "... and one with another role is not" refused syntax other.yml
check "the defaults are accepted" play "Check what"
check "an invalid mode is refused" refused play "Check what" verictl_mode=strict
check "signatures without a certificate are refused" refused play "Check what" '{"verictl_enforce":true}'
check "... and with one are not" play "Check what" '{"verictl_enforce":true,"verictl_certificate":"fleet.pem"}'
check "boot.conf demands signatures" writes "signature = required"
check "... has the mode" writes "mode = enforcing" verictl_mode=enforcing
check "... and the latches" writes "latches = signed" verictl_latches=signed
check "a boot.conf with an error is noticed" refused writes "lock = nothing" verictl_lock=nothing
echo "1..$count"
exit $((failed > 0))
