#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# debian: python3 perl busybox
#
# execbits, and the ways around the interpreters that ask: what a caller can
# choose besides the file. Each has a twin without the bits. Prints TAP.
dir=/tmp/asks
python=/opt/bin/python3-asks
dash=/opt/bin/dash-asks
# shellcheck source=Tests/system/support/tap.sh
. /usr/lib/clip/tests/tap.sh
# shellcheck source=Tests/system/script/debian.sh
. /usr/lib/clip/tests/debian.sh

# shell TEXT: a shell that does not ask, in the context.
shell() { in_context /opt/drive/busybox sh -c "$1"; }
both="/opt/drive/execbits set --file --interactive --lock --"
here=$root/opt/v

# --- execbits
is "no bits are set" 1 "$(status execbits show)"
is "it says so" yes "$(says "file             not set" out)"
is "the kernel answers both questions" 2 "$(grep -c answered out)"
is "set, and run" 0 "$(status execbits set --file --interactive --lock -- execbits show)"
is "both are locked" 2 "$(grep -c 'set, locked' out)"
is "an ordinary user may, too" 0 "$(status as_user 'execbits set --file --interactive --lock -- execbits show')"
is "a second time is no failure" 0 "$(status as_user 'execbits set --file --lock -- execbits set --file --lock -- true')"
is "a user namespace does not lift them" 0 \
	"$(status execbits set --file --interactive --lock -- unshare -r execbits show)"
is "the command's status" 7 "$(status execbits set --file -- sh -c 'exit 7')"
is "no such command" 127 "$(status execbits set --file -- nonesuch)"
is "no bit" 2 "$(status execbits set -- true)"
is "no command" 2 "$(status execbits set --file)"
is "JSON" '{"schema":1,"file":{"set":true,"locked":false},"interactive":{"set":false,"locked":false},"execve_check":true,"mayexec":true,"securebits":256}' \
	"$(execbits set --file -- execbits show --json)"
is "nothing is set here" 1 "$(status execbits show)"

# --- an answer that is not the kernel's, or not of a kernel with the bits
filter=/usr/lib/clip/tests/prctl_filter
is "a kernel that does not take the bits" 5 "$(status $filter set EPERM execbits set --file -- touch ran)"
is "has a hint" yes "$(says "this kernel does not know them" err)"
is "a filter in place of the kernel" 4 "$(status $filter both 0 execbits set --file -- touch ran)"
is "is noticed" yes "$(says "system call filter" err)"
is "nothing was run" no "$(test -e ran && echo yes || echo no)"
for program in $python $dash; do
	is "${program##*/}: bits that cannot be read are set" 126 \
		"$(status in_context /opt/drive/prctl_filter get EPERM "$program" -c 'print("it ran")')"
	is "${program##*/}: and a listed program runs" "it ran" \
		"$(in_context /opt/drive/prctl_filter get EPERM "$program" "/opt/v/main-${program##*/}" 2>err)"
done

# --- a listed program, and what the caller adds
cat >$here/plain-python <<'END'
import sys
print("it ran to its end")
END
cat >$here/plain-dash <<'END'
set +x
echo "it ran to its end"
END
printf 'breakpoint()\n' >$here/breaks
printf '. /opt/u/library.sh\n' >$here/sources
# shellcheck disable=SC2016  # for the other shell
printf '/opt/u/bare\necho "status $?"\n' >$here/starts
{ echo 'exec </opt/u/bare' && yes : | head -n 9000; } >$here/replaces
cat >$here/loads <<'END'
import importlib.machinery, sys
loader = importlib.machinery.SourcelessFileLoader("other", sys.argv[1])
loader.load_module()
END
cat >$here/extends <<'END'
import importlib.machinery, sys
importlib.machinery.ExtensionFileLoader("_other", sys.argv[1]).create_module(
    importlib.machinery.ModuleSpec("_other", None, origin=sys.argv[1]))
END
cat >$here/drops <<'END'
import ctypes, importlib.util, sys
ctypes.CDLL(None).prctl(28, 0)
sys.path.insert(0, "/opt/u")
import module
END
printf 'echo "profile ran"\n' >$root/srv/.profile
printf 'print("startup ran")\n' >$root/srv/startup
printf 'echo "it ran"\n' >$root/opt/u/bare
cp $root/opt/u/sourceless.pyc $root/opt/u/other.dat
chmod 755 $here/* $root/opt/u/bare
{ allow -r --scripts $here && allow -r --scripts $root/usr/lib/python3.11/ctypes; } 2>err

is "a listed program runs" "it ran to its end" "$(secured $python /opt/v/plain-python 2>err)"
is "-i and PYTHONINSPECT open no prompt" "it ran to its end" \
	"$(shell "echo 'print(\"prompt ran\")' | PYTHONINSPECT=1 $both $python -i /opt/v/plain-python" 2>err)"
is "PYTHONSTARTUP is not read" "it ran to its end" \
	"$(shell "PYTHONSTARTUP=/srv/startup $both $python /opt/v/plain-python" 2>err)"
is "-m with commands" 126 "$(status secured $python -m timeit 'print("it ran")')"
is "runs none" 0 "$(grep -c 'it ran' out)"
is "-m of a module that the build allows" "it ran" "$(shell "cd /opt/v && $both /opt/bin/python3-allows -m module" 2>err)"
is "if it is listed" 1 "$(status shell "cd /opt/u && $both /opt/bin/python3-allows -m module")"
is "and of no other" 126 "$(status secured /opt/bin/python3-allows -m timeit 'print("it ran")')"
is "-m without the bit" 0 "$(status shell "cd /opt/v && /opt/drive/execbits set --file -- $python -m module")"
is "-m of a module that is not listed" 1 "$(status shell "cd /opt/u && /opt/drive/execbits set --file -- $python -m module")"
is "says so" yes "$(says "Permission" err)"
is "breakpoint()" 1 "$(status shell "echo 'print(\"it ran\")' | $both $python /opt/v/breaks")"
is "takes no commands" 0 "$(grep -c 'it ran' out)"
is "without the bits it does" 1 \
	"$(shell "echo 'print(\"it ran\")' | $python /opt/v/breaks" 2>err | grep -c 'it ran')"
for program in "$python plain-python" "$dash plain-dash"; do
	# shellcheck disable=SC2086  # two words
	set -- $program
	is "${1##*/}: input that begins later" 126 \
		"$(status shell "{ read -r line; exec $both $1; } </opt/v/$2")"
	is "${1##*/}: runs nothing" "" "$(cat out)"
	is "${1##*/}: without the bits it does" 0 "$(status shell "{ read -r line; exec $1; } </opt/v/$2")"
	is "${1##*/}: an argument that does not exist" 2 "$(status secured "$1" /opt/v/nonesuch)"
	is "${1##*/}: a directory" yes "$(secured "$1" /opt/v >out 2>&1 || echo yes)"
done
is "a compiled module of any name" 1 "$(status secured $python /opt/v/loads /opt/u/other.dat)"
is "is not run" 0 "$(grep -c 'it ran' out)"
is "without the bits it is" "it ran" "$(in_context $python /opt/v/loads /opt/u/other.dat 2>err)"
cat >$here/hands-over <<'END'
import warnings, sys
warnings.simplefilter("ignore")
import imp
imp.load_compiled("other", sys.argv[1], open(sys.argv[1], "rb"))
END
chmod 755 $here/hands-over && allow $here/hands-over 2>err
is "a compiled module that is open already" 1 "$(status secured $python /opt/v/hands-over /opt/u/other.dat)"
is "is not run" 0 "$(grep -c 'it ran' out)"
is "without the bits it is" "it ran" "$(in_context $python /opt/v/hands-over /opt/u/other.dat 2>err)"
mkdir -p $root/opt/u/first/encodings && cp $root/opt/u/sourceless.pyc $root/opt/u/first/encodings/__init__.pyc
is "a compiled module in the place of Python's first one" 1 \
	"$(status secured env PYTHONPATH=/opt/u/first $python /opt/v/plain-python)"
is "is not run" 0 "$(grep -c 'it ran' out)"
in_context env PYTHONPATH=/opt/u/first $python /opt/v/plain-python >out 2>err
is "without the bits it is, where nothing can be printed yet" yes "$(says 'File "sourceless.py", line 1' err)"
extension=$(cd $root && echo usr/lib/python3.11/lib-dynload/_json.*.so)
cp "$root/$extension" $root/opt/u/extension.so && printf x >>$root/opt/u/extension.so
is "an extension in C" 1 "$(status secured $python /opt/v/extends /opt/u/extension.so)"
is "is not loaded" yes "$(says PermissionError err)"
is "a bit that is cleared later still counts" 1 "$(status in_context /opt/drive/execbits set --file -- $python /opt/v/drops)"
is "and nothing is imported" 0 "$(grep -c 'it ran' out)"
is "without the bit it is" "it ran" "$(in_context $python /opt/v/drops 2>err)"
is "PYTHONPATH cannot add a module" 1 "$(status secured env PYTHONPATH=/opt/u $python /opt/v/imports-python3-asks /opt/u module)"

# --- dash
is "a listed script runs" "it ran to its end" "$(secured $dash /opt/v/plain-dash 2>err)"
is "a profile that is not listed is left out" "it ran to its end" \
	"$(secured env HOME=/srv $dash -l /opt/v/plain-dash 2>err)"
is "with a message" yes "$(says "/srv/.profile: left out" err)"
is "without the bits it is read" "profile ran" "$(in_context env HOME=/srv $dash -l /opt/v/plain-dash 2>err | head -n 1)"
for variable in ENV PS1 PS4; do
	is "commands in $variable" "it ran to its end" \
		"$(secured env "$variable=\$(echo it ran from $variable >&2)" $dash -i -x /opt/v/plain-dash 2>err)"
	is "are not run" 0 "$(grep -c "it ran from" err)"
done
is "without the bits they are" yes \
	"$(in_context env "PS4=\$(echo it ran from PS4 >&2)" $dash -x /opt/v/plain-dash >out 2>&1; says "it ran from PS4" out)"
is "-s reads no commands" 126 "$(status shell "echo 'echo it ran' | $both $dash -s word")"
is "another file in the place of its own" 126 "$(status shell "$both $dash </opt/v/replaces")"
is "is not run" "" "$(cat out)"
is "without the bits it is" "it ran" "$(shell "$dash </opt/v/replaces" 2>err)"
is "a library that is not listed ends the script" 126 "$(status secured $dash /opt/v/sources)"
is "a file without #! is run by the same shell" "status 126" "$(secured $dash /opt/v/starts 2>err)"
is "without the bits it runs" "it ran" "$(in_context $dash /opt/v/starts 2>err | head -n 1)"

# --- as a service would be started
verictl gen --context 7 --flags eR $root$python | verictl load -f - 2>err
is "flag R restricts the launcher" 126 "$(status in_context $python -c 'print("it ran")')"
is "and lets a listed program run" "it ran" "$(in_context $python /opt/v/main-python3-asks 2>err)"
is "refusals are counted" yes "$(test "$(value refused.not-allowed)" -gt 0 && echo yes)"
is "and logged" yes "$(dmesg | grep -q 'clip: refused check' && echo yes)"

finish
