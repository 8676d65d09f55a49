#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# verictl against the real device, in the guest. Prints TAP. Each step
# leaves the store unchanged, or says why not.
# Not /tmp: that is mounted nosuid, where nothing is granted.
dir=/opt/verictl
tests=/usr/lib/clip/tests
# shellcheck source=Tests/system/support/tap.sh
. /usr/lib/clip/tests/tap.sh

mkdir -p "$dir" && chmod 755 "$dir" && cd "$dir" || exit 1
cp "$tests/probe" probe && chmod 755 probe

# --- what was loaded at boot counts when the context is active
is "rules are loaded after boot, and do not count yet" 1 "$(status verictl status)"
is "status says so" yes "$(says inactive out)"
is "the level in words" inactive "$(verictl level)"
is "enable takes verictl in the list" 1 "$(status verictl enable)"
is "and says why" yes "$(says "privilege V (VERICTL)" err)"
is "the level is as it was" 0 "$(verictl -p)"
verictl gen --context 0 --flags er --privs V -o /etc/verictl.d/tool /usr/sbin/verictl
is "verictl is listed" 0 "$(status verictl load -f /etc/verictl.d/tool)"
is "enable --check" 0 "$(status verictl enable --check)"
is "changes nothing" inactive "$(verictl level)"
cp /usr/sbin/verictl unlisted
is "enable" 0 "$(status verictl enable)"
is "a verictl that is not listed can change nothing" 4 "$(status ./unlisted unload --all)"
is "and names the privilege" yes "$(says "privilege V" err)"
is "nor the level" 4 "$(status ./unlisted level inactive)"
is "the level is set" active "$(verictl level)"
is "enable again is no failure" 0 "$(status verictl enable)"
is "rules are in force" 0 "$(status verictl status)"
is "status as an ordinary user" 0 "$(status as_user 'verictl status --json')"
is "status --json names the entries" yes "$(says "\"entries\":$(value entries)" out)"
is "features as an ordinary user" 0 "$(status as_user 'verictl features')"
is "features knows the checking of exec" yes "$(says exec out)"
is "the listed script runs" "hello from a listed script" \
	"$(as_user /usr/lib/clip/demo/hello.sh)"
cp /usr/lib/clip/demo/hello.sh saved
echo "# changed" >>/usr/lib/clip/demo/hello.sh
is "changed, it does not" 126 "$(status as_user /usr/lib/clip/demo/hello.sh)"
cat saved >/usr/lib/clip/demo/hello.sh
is "restored, it does" 0 "$(status as_user /usr/lib/clip/demo/hello.sh)"

# --- gen, load, show, unload
before=$(value entries)
is "gen" 0 "$(status verictl gen --context 0 --caps-eff NET_BIND_SERVICE \
	--caps-perm NET_BIND_SERVICE --privs ci -o rules "$dir/probe")"
is "gen writes nine fields" 9 "$(grep -v '^#' rules | awk '{ print NF }')"
is "gen and sha256sum agree" "$(sha256sum probe | cut -c1-64)" \
	"$(grep -v '^#' rules | awk '{ print $9 }')"
is "check" 0 "$(status verictl check rules)"
is "load" 0 "$(status verictl load -f rules)"
is "load warns of a privilege that is not enforced" yes "$(says PREINIT err)"
is "one entry more" $((before + 1)) "$(value entries)"
is "load again is no failure" 0 "$(status verictl load -f rules)"
is "and adds nothing" $((before + 1)) "$(value entries)"
is "the grant is there" bound=0 "$(as_user ./probe | sed -n 's,.*\(bound=[0-9]*\).*,\1,p')"
is "explain of a listed file" 0 "$(status verictl explain "$dir/probe")"
is "says that it was verified" yes "$(says "listed and verified" out)"
is "and where its rule is" yes "$(says "rules:1" out)"
is "explain of another file" 1 "$(status verictl explain /bin/sh "$dir/probe")"
is "says that it is not listed" yes "$(says "not listed" out)"
cp probe saved && echo x >>probe
is "explain of a changed file" 1 "$(status verictl explain --json probe)"
is "names the reason" yes "$(says '"reason":"digest-mismatch","error":"EACCES"' out)"
is "explain finds the digest of sha256sum" yes "$(says "$(sha256sum probe | cut -c1-64)" out)"
cat saved >probe
is "restored, it is verified" 0 "$(status verictl explain --context 0 probe)"
is "explain of no file" 6 "$(status verictl explain /nonexistent)"
is "explain in no context" 4 "$(status verictl explain --context 1002 probe)"
is "explain as an ordinary user" 0 "$(status as_user "verictl explain $dir/probe")"
is "show" 0 "$(status verictl show)"
is "show prints the rule as it was" "$(grep -v '^#' rules)" "$(grep -F "$dir/probe" out)"
is "show knows where it came from, in JSON" yes \
	"$(verictl show --json >out 2>err; says "rules" out)"
# Fault 26: the kernel keeps the name under which a file was listed.
cp probe fresh.new
is "a file is listed under a temporary name" 0 \
	"$(verictl gen --context 0 "$dir/fresh.new" >fresh.rule; status verictl load -f fresh.rule)"
mv fresh.new fresh
is "show prints its present name" yes "$(verictl show >out; says "$dir/fresh 0 e" out)"
is "and no longer the former one" "" "$(grep -F fresh.new out)"
cp probe fresh.new
is "explain of another file under that name" 1 "$(status verictl explain fresh.new)"
is "says that the path was listed" yes "$(says "another file lies there now" out)"
is "what show prints unloads it" 0 \
	"$(verictl show | grep -F "$dir/fresh " >fresh.rule; status verictl unload -f fresh.rule)"
is "the renamed file is not listed" $((before + 1)) "$(value entries)"
rm fresh fresh.new
is "dry run of unload" 0 "$(status verictl unload -n -f rules)"
is "changes nothing" $((before + 1)) "$(value entries)"
is "unload" 0 "$(status verictl unload -f rules)"
is "entry gone" "$before" "$(value entries)"
is "unloading an absent entry is not a failure" 0 "$(status verictl unload -f rules)"
is "the grant is gone" bound=13 "$(as_user ./probe | sed -n 's,.*\(bound=[0-9]*\).*,\1,p')"

# --- one transaction
generation=$(value generation)
{ cat rules; sed 's/probe/missing/' rules; } >two
is "a missing file refuses the load" 4 "$(status verictl load -f two)"
is "and is named with its rule" yes "$(says "two:2: " err)"
is "with its reason" yes "$(says no-file err)"
is "nothing was loaded" "$before" "$(value entries)"
is "no generation passed" "$generation" "$(value generation)"
is "--skip-missing loads the rest" 0 "$(status verictl load --skip-missing -f two)"
is "and names the skipped file" yes "$(says missing err)"
is "one entry more than before" $((before + 1)) "$(value entries)"
is "unload" 0 "$(status verictl unload -f rules)"
sed 's/ 0 e / 1002 e /' rules >ctx
is "an unknown context refuses the load" 4 "$(status verictl load -f ctx)"
is "and is named" yes "$(says 1002 err)"
is "--skip-contexts leaves it out" 0 "$(status verictl load --skip-contexts -f ctx)"
is "and says so" yes "$(says 1002 err)"
sed 's/sha256 [0-9a-f]*/md5 775057b5a4a88c4ac1091f147177875c/' rules >md5
is "MD5 is refused by this kernel" 4 "$(status verictl load -f md5)"
is "with its reason" yes "$(says unsupported-algorithm err)"
is "the store is as it was" "$before" "$(value entries)"

# --- texts that do not parse
echo "$dir/probe 0 e - - - c sha256" >bad
is "a broken rule" 3 "$(status verictl load -f bad)"
is "is named by file and line" yes "$(says "bad:1:" err)"
is "and nothing was sent" "$before" "$(value entries)"
is "no such rule file" 6 "$(status verictl load -f nowhere)"
is "usage" 2 "$(status verictl load --no-such-option)"
is "an ordinary user cannot load" 4 "$(status as_user "verictl load -f $dir/rules")"

# --- compiled images
is "compile" 0 "$(status verictl compile -o image rules)"
is "the image is current" 0 "$(status verictl compile --check -o image rules)"
is "load --compiled" 0 "$(status verictl load --compiled image)"
is "one entry more" $((before + 1)) "$(value entries)"
is "unload" 0 "$(status verictl unload -f rules)"
printf X | dd of=image bs=1 seek=100 conv=notrunc 2>/dev/null
is "a damaged image is refused" yes \
	"$(case $(status verictl load --compiled image) in [1-6]) echo yes ;; *) echo no ;; esac)"
is "and nothing was loaded" "$before" "$(value entries)"

# --- the old command lines
is "-l -f" 0 "$(status verictl -l -f rules)"
is "loads" $((before + 1)) "$(value entries)"
is "-u -f" 0 "$(status verictl -u -f rules)"
is "unloads" "$before" "$(value entries)"
is "-l -f - reads standard input" 0 "$(verictl -l -f - <rules >out 2>err; echo $?)"
is "loads" $((before + 1)) "$(value entries)"
is "-uf bundled, with a dummy fingerprint" 0 \
	"$(sed 's/sha256 .*/sha256 dummy/' rules | verictl -uf - >out 2>err; echo $?)"
is "unloads" "$before" "$(value entries)"
is "-l -c" 0 "$(status verictl -l -c "$(grep -v '^#' rules)")"
is "-u -c" 0 "$(status verictl -u -c "$(grep -v '^#' rules)")"
is "-D opens no device" 0 "$(status as_user "verictl -D -l -f $dir/rules")"
is "one refused entry fails the load" 1 "$(status verictl -l -f two)"
is "and loads nothing" "$before" "$(value entries)"
is "two actions are an error" 1 "$(status verictl -l -u -f rules)"
is "-m counts the entries" "$before entries" "$(verictl -m)"
is "-v" 0 "$(status verictl -v)"
is "-h" 0 "$(status verictl -h)"
is "-x makes a context" 0 "$(status verictl -x -c '611 active KILL|CHOWN cs')"
is "with level and bounds" yes "$(says '"level":["active"],"capabilities":["CHOWN","KILL"],"privileges":"cs","privilege_names":["NETCLIENT","NETSERVER"]' \
	"$(verictl context show --json 611 >out 2>err; echo out)")"
is "-x again fails" 1 "$(status verictl -x -c '611 active KILL|CHOWN cs')"
is "with its reason" yes "$(says "(exists)" err)"
is "-L sets its level" 0 "$(status verictl -L 611-active:enforce_exec:permissive)"
is "to the requested words" active:enforce_exec:permissive "$(verictl level --context 611)"
is "-L of an unknown word" 1 "$(status verictl -L 611-bogus)"
is "-y narrows it" 0 "$(status verictl -y -c '611 - KILL s')"
is "to the common part" yes "$(says '"capabilities":["KILL"],"privileges":"s"' \
	"$(verictl context show --json 611 >out 2>err; echo out)")"
is "-X deletes it" 0 "$(status verictl -X -c '611 - - -')"
is "-X again fails" 1 "$(status verictl -X -c '611 - - -')"
is "-p is a number" 1 "$(verictl -p)"
is "-e" 0 "$(status verictl -e)"
is "-U" 0 "$(status verictl -U 4001)"
is "another update context is refused" 1 "$(status verictl -U 4002)"
is "-U 0" 1 "$(status verictl -U 0)"
is "status names the update context" yes "$(verictl status >out 2>err; says "4001" out)"
is "-D of a context opens no device" 0 "$(status as_user "verictl -D -x -c '611 active KILL c'")"

# --- contexts
is "context create" 0 "$(status verictl context create 501 --caps KILL --privs c)"
is "the same one again is no failure" 0 "$(status verictl context create 501 --caps KILL --privs c)"
is "another one is" 4 "$(status verictl context create 501 --caps CHOWN)"
is "context list" yes "$(verictl context list >out 2>err; says "501  inactive, 0 entries" out)"
is "an ordinary user may not make one" 4 "$(status as_user "verictl context create 502")"
is "enter, and the command's status" 3 "$(status verictl context enter 501 -- sh -c 'exit 3')"
is "inside there is one context" 1 "$(verictl context enter 501 -- grep -c '^context\..*serial' \
	/sys/kernel/security/clip/status)"
is "its own" yes "$(verictl context enter 501 -- cat /sys/kernel/security/clip/status >out 2>err
	says "context.501.level 0" out)"
is "no such command" 127 "$(status verictl context enter 501 -- /nonexistent)"
is "no program" 126 "$(status verictl context enter 501 -- /etc/passwd)"
is "no such context" 4 "$(status verictl context enter 502 -- true)"
is "with the device open" 4 "$(verictl context enter 501 -- true 9<>/dev/veriexec >out 2>err; echo $?)"
is "a hint names the likely cause" yes "$(says "inherited an open file" err)"
is "context delete" 0 "$(status verictl context delete 501)"
is "again is no failure" 0 "$(status verictl context delete 501)"

# --- allow digests
is "a context that runs allowed files only" 0 \
	"$(status verictl context create 503 --level active:enforce_exec)"
verictl gen --allow --context 503 -o allowed /bin/busybox /bin/sh
is "gen --allow writes a digest once" "* 503 - - - - - sha256 $(sha256sum /bin/busybox | cut -c1-64):$(stat -c %s /bin/busybox) # /usr/bin/busybox" \
	"$(cat allowed)"
is "nothing runs yet" 126 "$(status verictl context enter 503 -- busybox true)"
is "load of a digest" 0 "$(status verictl load -f allowed)"
is "is one digest more" 1 "$(value context.503.digests)"
is "load again is no failure" 0 "$(status verictl load -f allowed)"
is "show prints it as it was" "$(sed 's/ #.*//' allowed)" "$(verictl show --context 503)"
is "an allowed file runs" 0 "$(status verictl context enter 503 -- busybox true)"
is "explain says allowed" 0 "$(status verictl explain --context 503 /bin/busybox)"
is "in these words" yes "$(says "not listed, but its digest is allowed" out)"
is "another file does not" 126 "$(status verictl context enter 503 -- ./probe)"
is "explain says why" 1 "$(status verictl explain --context 503 ./probe)"
is "with the reason" yes "$(says "neither listed nor allowed (not-allowed)" out)"
is "a permissive level" 0 "$(status verictl level --context 503 active:enforce_exec:permissive)"
is "lets it run" 0 "$(status verictl context enter 503 -- ./probe)"
is "and counts it" yes "$([ "$(value permitted)" -ge 1 ] && echo yes)"
is "explain says that it is only reported" yes "$(verictl explain --context 503 ./probe >out 2>err
	says "because the context is permissive" out)"
is "unload of a digest" 0 "$(status verictl unload -f allowed)"
is "none is left" 0 "$(value context.503.digests)"
is "unloading an absent entry is not a failure" 0 "$(status verictl unload -f allowed)"
is "an allow digest that grants is refused" 3 \
	"$(status verictl load --entry "$(sed 's/ - / e /' allowed)")"
is "context delete" 0 "$(status verictl context delete 503)"

# --- a file that is overwritten
cp probe over && cp probe next && echo x >>next
verictl gen --context 0 -o old "$dir/over"
sed "s/[0-9a-f]*$/$(sha256sum next | cut -c1-64)/" old >new
is "the present content is listed" 0 "$(status verictl load -f old)"
is "the next one beside it is refused" 4 "$(status verictl load -f new)"
is "with a hint" yes "$(says "or use --beside" err)"
is "load --beside" 0 "$(status verictl load --beside -f new)"
is "a third one is refused" 4 "$(status verictl load --beside --entry "$(sed 's/.$/0/;s/.\(.\)$/1\1/' old)")"
is "before it is written over, it runs" 0 "$(status verictl explain over)"
cat next >over
is "and after that" 0 "$(status verictl explain over)"
is "unload --beside takes one of the two" 0 "$(status verictl unload --beside -f old)"
is "the other is still there" 0 "$(status verictl explain over)"
is "the old content" yes "$(cat probe >over; verictl explain over >out 2>err; says digest-mismatch out)"
is "unload" 0 "$(status verictl unload -f new)"
is "the store is as it was" "$before" "$(value entries)"

# --- enforcing, for the whole system
is "enable --exec is refused" 1 "$(status verictl enable --exec)"
is "init is named" yes "$(says "init /init: neither listed nor allowed" err)"
is "and the shell" yes "$(says "shell /usr/bin/busybox: neither listed nor allowed" err)"
is "nothing was changed" active "$(verictl level)"
is "enable --exec --permissive is not" 0 "$(status verictl enable --exec --permissive)"
is "and warns" yes "$(says "warning: init /init: neither listed nor allowed" err)"
is "the level is set" active:enforce_exec:permissive "$(verictl level)"
verictl gen --allow --context 0 -o allowed /init /bin/busybox
is "the necessary files are allowed" 0 "$(status verictl load -f allowed)"
is "enable --exec" 0 "$(status verictl enable --exec)"
is "the level is no longer permissive" active:enforce_exec "$(verictl level)"
is "a file that is not listed does not run" 126 "$(status ./probe)"
is "an allowed file does" 0 "$(status /bin/busybox true)"
is "a listed file does, with its grant" "hello from a listed script" \
	"$(as_user /usr/lib/clip/demo/hello.sh)"
is "disable" 0 "$(status verictl disable)"
is "everything runs again" 0 "$(status ./probe)"
is "the level is gone" inactive "$(verictl level)"
is "unload" 0 "$(status verictl unload -f allowed)"

# --- all of it, and back
verictl show >all 2>err
is "unload --all" 0 "$(status verictl unload --all)"
is "empties the store" 0 "$(value entries)"
is "status says no" 1 "$(status verictl status)"
is "the output of show can be loaded" 0 "$(status verictl load -f all)"
is "as many entries as before" "$before" "$(value entries)"
verictl show >again 2>err
is "and the same ones" "$(grep -v '^#' all | sort)" "$(grep -v '^#' again | sort)"
is "load --all replaces everything" 0 \
	"$(status verictl load --all --skip-missing --skip-contexts)"
is "with the rules of /etc/verictl.d" "$before" "$(value entries)"

# --- many
"$tests/many" /tmp/many 100000 >many
is "100,000 entries load in one commit" 0 "$(status verictl load -f many)"
is "all of them" $((before + 100000)) "$(value entries)"
bytes=$((($(value entry_bytes) + $(value table_bytes)) / $(value entries)))
is "an entry takes at most 104 bytes ($bytes)" yes \
	"$([ "$bytes" -le 104 ] && [ "$bytes" -ge 80 ] && echo yes)"
is "the first of them is there" yes "$(verictl show >out 2>err; says program-000000 out)"
is "the last of them is there" yes "$(says program-099999 out)"
is "show prints them all" $((before + 100000)) "$(grep -vc '^#' out)"
is "unload of all of them" 0 "$(status verictl unload -f many)"
is "leaves the others" "$before" "$(value entries)"

finish
