#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# kernel: together
# packages: apparmor openssl
# All other security modules of the kernel are on, and each of them restricts
# something. clip acts as it does alone, each of the others still refuses what it
# refuses, and a refusal of one is not counted by the other. The argument is the
# place of clip in "lsm=", first or last: nothing else differs. Prints TAP. The end
# cannot be undone.
dir=/opt/together
tests=/usr/lib/clip/tests
security=/sys/kernel/security
# shellcheck source=Tests/system/support/tap.sh
. /usr/lib/clip/tests/tap.sh

# grants PROGRAM...: what the probe says about its capabilities and port 80.
grants() { "$@" 2>err | sed -n 's/^error=0 \(effective=[0-9a-f]*\) .*\( bound=[0-9]*\) .*/\1\2/p'; }
granted="effective=400 bound=0"

# refusals: all that clip has refused. The number of checks is no part of it.
refusals() { grep '^refused' $security/clip/status; }

# counted REASON COMMAND...: how much the counter of REASON has grown, and the status.
counted() {
	reason=$1
	shift
	before=$(value "refused.$reason")
	got=$(status "$@")
	echo "$(($(value "refused.$reason") - before)) $got"
}

# put TEXT FILE: writes it there.
put() { printf '%s\n' "$1" >"$2"; }

mkdir -p $dir/inner $dir/outer $dir/owned $dir/confined && chmod 755 $dir $dir/* && cd $dir || exit 1
{
	for place in inner outer owned; do cp $tests/probe $place/probe; done
	cp $tests/memory_actor actor && cp $tests/memory_actor jit
	cp /bin/busybox confined/busybox
	verictl gen --context 0 --flags er --privs V -o rules /usr/sbin/verictl
	verictl gen --context 0 --caps-eff NET_BIND_SERVICE --caps-perm NET_BIND_SERVICE \
		$dir/inner/probe $dir/outer/probe $dir/owned/probe >>rules
	verictl gen --context 0 --flags ej $dir/jit >>rules
	verictl load -f rules && verictl enable
} >err 2>&1 || { cat err; exit 1; }

# --- which modules, and in which order
modules=$(cat $security/lsm)
case $1 in
first) is "clip is before the others" capability,clip,landlock "$(echo "$modules" | cut -d, -f1-3)" ;;
last) is "clip is behind the others" bpf,clip "$(echo "$modules" | sed 's/.*,\(bpf,clip\).*/\1/')" ;;
*) echo "Bail out! first or last?" && exit 1 ;;
esac
for module in landlock lockdown yama apparmor ipe bpf ima; do
	is "$module is on" yes "$(case ,$modules, in *,$module,*) echo yes ;; *) echo "$modules" ;; esac)"
done

# --- each of them restricts something
cat >profile <<END
profile together $dir/confined/busybox flags=(attach_disconnected) {
	file,
	capability,
	network,
	deny $dir/outer/probe x,
}
END
printf 'policy_name=together policy_version=0.0.1\nDEFAULT action=ALLOW\n' >policy
openssl smime -sign -binary -in policy -signer $tests/trusted.pem -inkey $tests/trusted.key \
	-noattr -nodetach -nosmimecap -outform der -out policy.p7b 2>err
is "AppArmor takes a profile" 0 "$(status apparmor_parser --add --skip-cache profile)"
is "IPE takes a policy" 0 "$(status cp policy.p7b $security/ipe/new_policy)"
is "... and uses it" 0 "$(status put 1 $security/ipe/policies/together/active)"
is "IMA takes rules" 0 "$(status put "measure func=BPRM_CHECK
measure func=MMAP_CHECK mask=MAY_EXEC
appraise func=BPRM_CHECK fowner=4242" $security/ima/policy)"
is "Yama restricts tracing" 0 "$(status put 1 /proc/sys/kernel/yama/ptrace_scope)"
is "Lockdown is on" 0 "$(status put integrity $security/lockdown)"

# --- exec
is "a listed program has its grant" "$granted" "$(grants as_user $dir/outer/probe)"
is "... and is measured by IMA" yes "$(grep -q " $dir/outer/probe$" $security/ima/ascii_runtime_measurements && echo yes)"
cp outer/probe saved
echo x >>outer/probe
is "changed, it does not run" "1 126" "$(counted digest-mismatch as_user $dir/outer/probe)"
is "... nor as root" "1 126" "$(counted digest-mismatch ./outer/probe)"
cp saved outer/probe
is "restored, it has its grant" "$granted" "$(grants as_user $dir/outer/probe)"
is "a copy has none" "effective=0 bound=13" "$(cp saved copy && grants as_user $dir/copy)"

# --- the others refuse a listed program, which clip does not count
before=$(refusals)
is "Landlock: in the domain" "$granted" "$(grants $tests/landlocked /usr $dir/inner -- /bin/su -s /bin/sh user -c $dir/inner/probe)"
is "Landlock: outside" 126 "$(status $tests/landlocked /usr $dir/inner -- $dir/outer/probe)"
is "AppArmor: what the profile permits" "$granted" "$(grants as_user "$dir/confined/busybox sh -c $dir/inner/probe")"
is "AppArmor: what it denies" 126 "$(status as_user "$dir/confined/busybox sh -c $dir/outer/probe")"
is "AppArmor: without the profile" "$granted" "$(grants as_user "/bin/busybox sh -c $dir/outer/probe")"
is "IMA: another owner" "$granted" "$(grants as_user $dir/owned/probe)"
chown 4242 owned/probe
is "IMA: without the digest that it wants" 126 "$(status as_user $dir/owned/probe)"
is "Lockdown: memory of the machine" "Operation not permitted" \
	"$(dd if=/dev/mem of=/dev/null count=1 2>&1 | sed -n 's/.*: \(Operation not permitted\)$/\1/p')"
as_user 'echo $$ >/tmp/sleeper; exec sleep 100' &
while ! [ -s /tmp/sleeper ]; do sleep 0.1; done
sleeper=$(cat /tmp/sleeper)
is "Yama: memory of a process that is no child" "Permission denied" \
	"$(as_user "exec 3</proc/$sleeper/mem" 2>&1 | sed 's/.*: //')"
echo 0 >/proc/sys/kernel/yama/ptrace_scope
is "... which it permits without the restriction" 0 "$(status as_user "exec 3</proc/$sleeper/mem")"
echo 1 >/proc/sys/kernel/yama/ptrace_scope
kill "$sleeper"
is "clip counts none of that" "$before" "$(refusals)"

# --- a file that two modules refuse is refused once
printf x >>owned/probe
is "refused by IMA and by clip" 126 "$(status as_user $dir/owned/probe)"

# --- contexts
cp $tests/probe allowed
is "a context that runs allowed files only" 0 "$(status verictl context create 503 --level active:enforce_exec)"
verictl gen --allow --context 503 /bin/busybox $dir/allowed >allow-rules 2>err
is "... which are named" 0 "$(status verictl load -f allow-rules)"
is "one of them runs" 0 "$(status verictl context enter 503 -- ./allowed)"
is "another one does not" "1 126" "$(counted not-allowed verictl context enter 503 -- ./actor anon -)"
is "... which runs in context 0" 0 "$(status ./actor anon -)"
sleep 100 &
outside=$!
is "a process outside cannot be signalled" yes \
	"$(verictl context enter 503 -- busybox kill $outside >out 2>&1; kill -0 $outside && echo yes)"
is "... and can be from context 0" 0 "$(status kill $outside)"
is "a process inside cannot enter another context" 4 "$(status verictl context enter 503 -- busybox true 9<>/dev/veriexec)"
is "the context goes" 0 "$(status verictl context delete 503)"

# --- writable or executable
is "before: memory is executable" "anon=0/1 anonprot=0/1 " "$(./actor anon - anonprot -)"
echo 1 >/proc/sys/kernel/clip/wx_memory
is "the latch is set" 1 "$(cat /proc/sys/kernel/clip/wx_memory)"
before=$(value refused.wx-memory)
is "memory is not executable" "anon=13/0 anonprot=13/0 " "$(./actor anon - anonprot -)"
is "... which clip counts" 2 "$(($(value refused.wx-memory) - before))"
is "with j it is" "anon=0/1 anonprot=0/1 " "$(./jit anon - anonprot -)"
is "programs run as usual" 0 "$(status busybox true)"
is "a listed program has its grant" "$granted" "$(grants as_user $dir/outer/probe)"
finish
