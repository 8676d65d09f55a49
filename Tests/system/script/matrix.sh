# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# The files of the matrix, and one cell of it. Run in a whole Debian below $root:
# "matrix.sh files" makes the files, "matrix.sh cells" reads lines "INTERPRETER INPUT
# PLACE", and prints each with "ran" or "refused".
#
# SECURE, in the environment, has other options of execbits than those of the table.
#
# There are three places: in v the files are listed by an allow digest, in u they
# are not, and w is a mount with noexec, with the listed content.
bits=${SECURE---file --interactive --lock}
place_of() {
	case $1 in
	v) echo /opt/v ;;
	u) echo /opt/u ;;
	w) echo /srv/w ;;
	esac
}

# --- files

# make_files DIRECTORY COMMENT
make_files() {
	mkdir -p "$1" && cd "$1" || exit 1
	for name in python3 python3-asks; do
		printf '#!%s\n# %s\nprint("it " + "ran")\n' "$(path_of $name)" "$2" >main-$name
		printf '#!%s\n# %s\nimport runpy, sys\nrunpy.run_path(sys.argv[1])\n' "$(path_of $name)" "$2" >runs-$name
		printf '#!%s\n# %s\nimport sys\nsys.path.insert(0, sys.argv[1])\n__import__(sys.argv[2])\n' \
			"$(path_of $name)" "$2" >imports-$name
	done
	for name in dash dash-asks bash busybox; do
		printf '#!%s\n# %s\necho "it" "ran"\n' "$(path_of $name)" "$2" >main-$name
		# shellcheck disable=SC2016  # for the other shell
		printf '#!%s\n# %s\n. "$1/$2"\n' "$(path_of $name)" "$2" >imports-$name
	done
	printf '#!%s\n# %s\nprint "it " . "ran\\n";\n' "$(path_of perl)" "$2" >main-perl
	# shellcheck disable=SC2016
	printf '#!%s\n# %s\nrequire "$ARGV[0]/$ARGV[1]";\n' "$(path_of perl)" "$2" >imports-perl
	chmod 755 main-* runs-* imports-*
	printf '# %s\nprint("it " + "ran")\n' "$2" >module.py
	printf '# %s\necho "it" "ran"\n' "$2" >library.sh
	printf '# %s\nprint "it " . "ran\\n"; 1;\n' "$2" >library.pl
	printf 'print("it " + "ran")\nname = "%s"\n' "$2" >sourceless.py
	/usr/bin/python3 -c 'if True:
		import py_compile, zipfile
		py_compile.compile("sourceless.py", "sourceless.pyc", doraise=True)
		with zipfile.ZipFile("app.zip", "w") as archive: archive.write("module.py", "__main__.py")'
	rm sourceless.py
	chmod 755 app.zip
}

path_of() {
	case $1 in
	*-asks) echo "/opt/bin/$1" ;;
	busybox) echo "/usr/bin/busybox sh" ;;
	*) echo "/usr/bin/$1" ;;
	esac
}

# --- cells

library_of() {
	case $1 in
	python*) echo module ;;
	perl) echo library.pl ;;
	*) echo library.sh ;;
	esac
}

command_of() {
	case $1 in
	python*) echo '-c "print(\"it \" + \"ran\")"' ;;
	perl) echo "-e 'print \"it \" . \"ran\"'" ;;
	*) echo "-c 'echo \"it\" \"ran\"'" ;;
	esac
}

# line INTERPRETER INPUT PLACE: the command, for a shell.
line() {
	program=$(path_of "$1")
	at=$(place_of "$3")
	case $2 in
	file) echo "$program $at/main-$1" ;;
	exec) echo "$at/main-$1" ;;
	command) echo "$program $(command_of "$1")" ;;
	pipe) echo "cat $at/main-$1 | $program" ;;
	stdin) echo "$program <$at/main-$1" ;;
	stream) echo "cat $at/main-$1 | $program /proc/self/fd/0" ;;
	import) echo "/opt/v/imports-$1 $at $(library_of "$1")" ;;
	compiled) echo "/opt/v/imports-$1 $at sourceless" ;;
	archive) echo "$program $at/app.zip" ;;
	runpy) echo "/opt/v/runs-$1 $at/main-$1" ;;
	memory) echo "/opt/drive/memfd $at/main-$1 $program" ;;
	descriptor) echo "$program /proc/self/fd/3 3<$at/main-$1" ;;
	esac
}

# cell INTERPRETER INPUT PLACE
cell() {
	line "$@" >/tmp/line
	# shellcheck disable=SC2086  # several words
	${bits:+/opt/drive/execbits set $bits --} /opt/drive/busybox sh /tmp/line >/tmp/out 2>/tmp/err </dev/null
	status=$?
	if grep -q "it ran" /tmp/out; then
		echo "$* ran"
	elif [ $status -eq 0 ]; then
		echo "$* neither: $(cat /tmp/out /tmp/err | tail -n 1)"
	else
		echo "$* refused"
	fi
}

case $1 in
files)
	make_files /opt/v "listed" && make_files /opt/u "not listed" && mkdir /srv/w && cp /opt/v/* /srv/w
	;;
cells)
	export PYTHONDONTWRITEBYTECODE=1
	while read -r interpreter input place; do
		cell "$interpreter" "$input" "$place"
	done
	;;
esac
