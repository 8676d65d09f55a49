#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# verictl against the real device, in the guest. Prints TAP. Every step leaves
# the store as it found it, or says why not.
# Not /tmp: that is mounted nosuid, where nothing is granted.
dir=/opt/verictl
tests=/usr/lib/clip/tests
number=0
failed=0

# is WHAT WANTED GOT
is() {
	number=$((number + 1))
	if [ "$2" = "$3" ]; then
		echo "ok $number $1"
	else
		failed=$((failed + 1))
		echo "# wanted: $2"
		echo "# got:    $3"
		sed 's/^/# /' "$dir/err" 2>/dev/null
		echo "not ok $number $1"
	fi
}

# status COMMAND...: its exit status; what it said is in out and err.
status() {
	"$@" >"$dir/out" 2>"$dir/err"
	echo $?
}

says() { if grep -qF -- "$1" "$2"; then echo yes; else cat "$2"; fi; }
as_user() { su -s /bin/sh user -c "$1"; }
value() { sed -n "s/^$1 //p" /sys/kernel/security/clip/status; }

mkdir -p "$dir" && chmod 755 "$dir" && cd "$dir" || exit 1
echo "TAP version 13"
cp "$tests/probe" probe && chmod 755 probe

# --- what was loaded at boot
is "rules are in force after boot" 0 "$(status verictl status)"
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
	--caps-perm NET_BIND_SERVICE --privs cS -o rules "$dir/probe")"
is "gen writes nine fields" 9 "$(grep -v '^#' rules | awk '{ print NF }')"
is "gen and sha256sum agree" "$(sha256sum probe | cut -c1-64)" \
	"$(grep -v '^#' rules | awk '{ print $9 }')"
is "check" 0 "$(status verictl check rules)"
is "load" 0 "$(status verictl load -f rules)"
is "load says what is not enforced" yes "$(says SIGUSR err)"
is "one entry more" $((before + 1)) "$(value entries)"
is "load again is no failure" 0 "$(status verictl load -f rules)"
is "and adds nothing" $((before + 1)) "$(value entries)"
is "the grant is there" bound=0 "$(as_user ./probe | grep -o 'bound=0$')"
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
is "explain as an ordinary user" 4 "$(status as_user "verictl explain $dir/probe")"
is "show" 0 "$(status verictl show)"
is "show prints the rule as it was" "$(grep -v '^#' rules)" "$(grep -F "$dir/probe" out)"
is "show knows where it came from, in JSON" yes \
	"$(verictl show --json >out 2>err; says "rules" out)"
is "dry run of unload" 0 "$(status verictl unload -n -f rules)"
is "changes nothing" $((before + 1)) "$(value entries)"
is "unload" 0 "$(status verictl unload -f rules)"
is "entry gone" "$before" "$(value entries)"
is "unload of what is not there is no failure" 0 "$(status verictl unload -f rules)"
is "the grant is gone" bound=13 "$(as_user ./probe | grep -o 'bound=13$')"

# --- one transaction
generation=$(value generation)
{ cat rules; sed 's/probe/missing/' rules; } >two
is "a missing file refuses the load" 4 "$(status verictl load -f two)"
is "and is named with its rule" yes "$(says "two:2: " err)"
is "with its reason" yes "$(says no-file err)"
is "nothing was loaded" "$before" "$(value entries)"
is "no generation passed" "$generation" "$(value generation)"
is "--skip-missing loads the rest" 0 "$(status verictl load --skip-missing -f two)"
is "and says what it skipped" yes "$(says missing err)"
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
is "a context request says that it cannot be done" 1 \
	"$(status verictl -x -c '611 active KILL c')"

# --- all of it, and back
verictl show >all 2>err
is "unload --all" 0 "$(status verictl unload --all)"
is "empties the store" 0 "$(value entries)"
is "status says no" 1 "$(status verictl status)"
is "what show printed loads" 0 "$(status verictl load -f all)"
is "as many entries as before" "$before" "$(value entries)"
verictl show >again 2>err
is "and the same ones" "$(grep -v '^#' all | sort)" "$(grep -v '^#' again | sort)"
is "load --all replaces everything" 0 \
	"$(status verictl load --all --skip-missing --skip-contexts)"
is "with what is in /etc/verictl.d" "$before" "$(value entries)"

# --- many
"$tests/many" /tmp/many 100000 >many
is "100,000 entries load in one commit" 0 "$(status verictl load -f many)"
is "all of them" $((before + 100000)) "$(value entries)"
bytes=$((($(value entry_bytes) + $(value table_bytes)) / $(value entries)))
is "an entry takes at most 160 bytes ($bytes)" yes \
	"$([ "$bytes" -le 160 ] && [ "$bytes" -ge 128 ] && echo yes)"
is "the first of them is there" yes "$(verictl show >out 2>err; says program-000000 out)"
is "the last of them is there" yes "$(says program-099999 out)"
is "show prints them all" $((before + 100000)) "$(grep -vc '^#' out)"
is "unload of all of them" 0 "$(status verictl unload -f many)"
is "leaves the others" "$before" "$(value entries)"

echo "1..$number"
exit $((failed > 0))
