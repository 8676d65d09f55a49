# SPDX-License-Identifier: GPL-2.0-only
# Run by the guest's init before the command: what a boot script of a real
# system does. Examples name files and contexts that the guest does not have.
for file in /etc/sysctl.d/*.conf; do
	[ -f "$file" ] || continue
	# The form of sysctl.d(5): with a minus sign in front, the key may be absent.
	while read -r key equals value; do
		case $key in '' | '#'*) continue ;; esac
		path=/proc/sys/$(echo "${key#-}" | tr . /)
		case $key in -*) [ -e "$path" ] || continue ;; esac
		[ "$equals" = = ] && echo "$value" >"$path"
	done <"$file"
done
[ -c /dev/veriexec ] || exit 0
[ -x /usr/sbin/verictl ] || exit 0
exec /usr/sbin/verictl load --all --skip-missing --skip-contexts
