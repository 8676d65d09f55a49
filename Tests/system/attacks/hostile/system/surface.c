// SPDX-License-Identifier: GPL-2.0-only
/*
 * What most programs never do, once kernel.clip.require demands a privilege for
 * it, and the kernel's log (Z, K). The twin is the same act by a program that
 * has the privilege.
 */
#include "../hostile.h"

#include <linux/bpf.h>
#include <linux/kexec.h>
#include <linux/perf_event.h>

#define READ_ALL	3	/* of syslog(2) */

/* What is not loaded because it is not what it should be was let through. */
static int let_through(int err, int harmless)
{
	return err == harmless ? 0 : err;
}

static int make_map(const char *what)
{
	const union bpf_attr attr = {
		.map_type = BPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = 4,
		.max_entries = 1,
	};

	return TRY_FD(bpf, BPF_MAP_CREATE, COPY(attr), sizeof(attr));
}

static int count(const char *what)
{
	const struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE, .size = sizeof(attr),
		.config = PERF_COUNT_SW_TASK_CLOCK, .exclude_kernel = 1,
		.exclude_hv = 1,
	};

	return TRY_FD(perf_event_open, COPY(attr), 0, -1, -1, 0);
}

static int watch_memory(const char *what)
{
	return TRY_FD(userfaultfd, O_CLOEXEC);
}

static int unload_kernel(const char *what)
{
	return TRY(kexec_load, 0, 0, 0, KEXEC_ARCH_X86_64);
}

static int load_module(const char *what)
{
	return let_through(TRY(init_module, (long)low(8192), 8192, T("")),
			   ENOEXEC);
}

static int load_module_file(const char *what)
{
	const int fd = open(PLAIN, O_RDONLY | O_CLOEXEC);
	const int err = TRY(finit_module, fd, T(""), 0);

	close(fd);
	return let_through(err, ENOEXEC);
}

/* Attributes of a program of BPF that says nothing, and of a name. */
static int load_program(const char *what)
{
	const union bpf_attr attr = { .prog_type = BPF_PROG_TYPE_KPROBE };

	return let_through(TRY(bpf, BPF_PROG_LOAD, COPY(attr), sizeof(attr)),
			   E2BIG);
}

static int get_object(const char *what)
{
	const union bpf_attr attr = { .pathname = T("none") };

	return let_through(TRY(bpf, BPF_OBJ_GET, COPY(attr), sizeof(attr)),
			   ENOENT);
}

static int unload_module(const char *what)
{
	return let_through(TRY(delete_module, T("none"), 0), ENOENT);
}

static int read_log(const char *what)
{
	return TRY(syslog, READ_ALL, (long)low(64), 64);
}

static int open_log(const char *what)
{
	return TRY_FD(openat, AT_FDCWD, T(DEV "kmsg"), O_RDONLY, 0);
}

#define RARE(id, name, call, act, places) \
	{ id, name, CALL_##call, act, NULL, NULL, NULL, EPERM, \
	  CLIP_REASON_NO_PRIVILEGE, NO_FS, places, HELD, {} }

const struct row surface_rows[] = {
	RARE("Z-05", "bpf_map", bpf, make_map, IN(HOST) | IN(CONTEXT)),
	RARE("X-21", "perf_event", perf_event_open, count,
	     EVERYWHERE & ~IN(WATCH)),
	RARE("F-8a", "userfaultfd", userfaultfd, watch_memory,
	     EVERYWHERE & ~IN(USERNS)),
	RARE("Z-03", "kexec", kexec_load, unload_kernel,
	     IN(HOST) | IN(CONTEXT)),
	RARE("Z-02", "init_module", init_module, load_module,
	     IN(HOST) | IN(CONTEXT)),
	RARE("Z-02", "finit_module", finit_module, load_module_file,
	     IN(HOST) | IN(CONTEXT)),
	RARE("Z-05", "bpf_program", bpf, load_program,
	     IN(HOST) | IN(CONTEXT)),
	RARE("Z-05", "bpf_object", bpf, get_object, IN(HOST) | IN(CONTEXT)),
	RARE("Z-02", "delete_module", delete_module, unload_module,
	     IN(HOST) | IN(CONTEXT)),
	RARE("X-06", "syslog", syslog, read_log, IN(HOST) | IN(CHROOT)),
	RARE("X-06", "kernel_log", openat, open_log, IN(HOST) | IN(CHROOT)),
	{},
};
