// SPDX-License-Identifier: GPL-2.0-only
/*
 * Devices once the table is locked (D). hostile.sh gives /dev/loop6 the letter
 * "r" and /dev/loop7 none.
 */
#include "../hostile.h"

#include <linux/dm-ioctl.h>
#include <linux/fs.h>
#include <linux/loop.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

static int flags_of(const char *what)
{
	return *what == 'r' ? O_RDONLY : *what == 'w' ? O_WRONLY :
	       *what == 'b' ? O_RDWR : O_ACCMODE;
}

/* "r DEVICE", "w DEVICE", "b DEVICE", "n DEVICE" for neither. */
static int open_node(const char *what)
{
	return TRY_FD(openat, AT_FDCWD, T(what + 2), flags_of(what) |
		      O_CLOEXEC | O_NONBLOCK, 0);
}

static int open_own_node(const char *what)
{
	struct stat st;

	if (stat(what + 2, &st) ||
	    mknod(file("node"), S_IFBLK | 0600, st.st_rdev))
		return errno;
	return TRY_FD(openat, AT_FDCWD, T(file("node")), flags_of(what), 0);
}

static int open_linked_node(const char *what)
{
	unlink(DEV "other");
	return link(what + 2, DEV "other") ? errno :
	       TRY_FD(openat, AT_FDCWD, T(DEV "other"), flags_of(what), 0) |
	       (unlink(DEV "other") ? errno : 0);
}

static int open_by_procfs(const char *what)
{
	const int fd = open(what + 2, O_PATH | O_CLOEXEC);
	char path[64];

	snprintf(path, sizeof(path), PROC "self/fd/%d", fd);
	return TRY_FD(openat, AT_FDCWD, T(path), flags_of(what), 0);
}

static int request(const char *what)
{
	const int fd = open(DEV "loop6", O_RDONLY | O_CLOEXEC);
	const int zero = 0;

	return fd < 0 ? 1 + errno :
	       TRY(ioctl, fd, strtoul(what, NULL, 0), COPY(zero));
}

/*
 * A command for the hardware. Without the table the driver answers that it has
 * none such.
 */
static int command(const char *what)
{
	const int err = request(what);

	return err == ENOTTY || err == EINVAL || err == EOPNOTSUPP ? 0 : err;
}

/* By a descriptor from before the lock, which is open for writing. */
static int early_request(const char *what)
{
	const int zero = 0;

	return TRY(ioctl, EARLY_DISK, strtoul(what, NULL, 0), COPY(zero));
}

/* To a file that is not there, so that nothing changes where it is let through. */
static int change_file(const char *what)
{
	const int fd = open(DEV "loop0", O_RDONLY | O_CLOEXEC);
	int err;

	if (fd < 0)
		return 1;
	err = strcmp(what, "change") ?
	      TRY(ioctl, fd, LOOP_GET_STATUS64, (long)low(512)) :
	      TRY(ioctl, fd, LOOP_CHANGE_FD, -1);
	close(fd);
	return err == EBADF || err == EINVAL ? 0 : err;
}

/* Binds it anew to where it is bound. /dev/loop0 may be executed from. */
static int bind_anew(const char *what)
{
	const int fd = open(DEV "loop0", O_RDONLY | O_CLOEXEC);
	struct loop_info64 *info = low(sizeof(*info));
	int err;

	if (fd < 0)
		return 1 + errno;
	err = TRY(ioctl, fd, LOOP_GET_STATUS64, (long)info);
	if (!err && !strcmp(what, "set"))
		err = TRY(ioctl, fd, LOOP_SET_STATUS64, (long)info);
	close(fd);
	return err;
}

/*
 * Resumes a mapped device that runs; gives it a table without targets, or a
 * message that no target takes, which changes nothing; or asks for the version.
 */
static int resume(const char *what)
{
	const unsigned long command = !strcmp(what, "resume") ? DM_DEV_SUSPEND :
				      !strcmp(what, "load") ? DM_TABLE_LOAD :
				      !strcmp(what, "message") ? DM_TARGET_MSG :
				      DM_VERSION;
	const struct dm_ioctl args = {
		.version = { DM_VERSION_MAJOR, 0, 0 },
		.data_size = sizeof(args), .name = "hostile",
	};
	const int fd = open(DEV "mapper/control", O_RDWR | O_CLOEXEC);
	const int err = fd < 0 ? 1 + errno :
			TRY(ioctl, fd, command, COPY(args));

	close(fd);
	return err == EINVAL || err == ENXIO ? 0 : err;
}

/* The boot code of the filesystem changes places with what is in a file. */
static int swap_boot(const char *what)
{
	const int fd = open(file("data"), O_RDWR | O_CLOEXEC);
	const int err = TRY(ioctl, fd, strcmp(what, "swap") ? FS_IOC_GETFLAGS :
			    _IO('f', 17), (long)low(8));

	close(fd);
	/* Its own errors come after that of the right. */
	return err == EINVAL ? 0 : err;
}

static int open_device(const char *what)
{
	return TRY_FD(openat, AT_FDCWD, T(what), O_RDWR | O_CLOEXEC, 0);
}

/* An entry names a file of the filesystem. */
static int set_generation(const char *what)
{
	const int fd = open(file("data"), O_RDONLY | O_CLOEXEC);
	int *version = low(sizeof(*version));
	/* The requests are those of the kind of program. */
	const bool narrow = now.way == NARROW;
	int err = TRY(ioctl, fd, narrow ? FS_IOC32_GETVERSION :
		      FS_IOC_GETVERSION, (long)version);

	if (!err && !strcmp(what, "set"))
		err = TRY(ioctl, fd, narrow ? FS_IOC32_SETVERSION :
			  FS_IOC_SETVERSION, (long)version);
	close(fd);
	return err;
}

#define NODE(id, name, act, bad, good, filesystems) \
	{ id, name, CALL_openat, act, bad, good, NULL, EPERM, \
	  CLIP_REASON_DEVICE, filesystems, IN(HOST), 0, {} }

/* On the node that may be read; the twin is BLKROGET. */
#define REQUEST(id, name, act, number) \
	{ id, name, CALL_ioctl, act, number, "0x125e", NULL, EPERM, \
	  CLIP_REASON_DEVICE, NO_FS, IN(HOST), 0, {} }

const struct row device_rows[] = {
	NODE("D-01", "open_to_read", open_node, "r " DEV "loop7",
	     "r " DEV "loop6", NO_FS),
	NODE("D-01", "open_to_write", open_node, "w " DEV "loop6",
	     "r " DEV "loop6", NO_FS),
	NODE("D-01", "open_for_both", open_node, "b " DEV "loop6",
	     "r " DEV "loop6", NO_FS),
	NODE("D-01", "open_for_requests", open_node, "n " DEV "loop6",
	     "r " DEV "loop6", NO_FS),
	NODE("D-01", "open_by_procfs", open_by_procfs, "r " DEV "loop7",
	     "r " DEV "loop6", NO_FS),
	{ "D-02", "open_own_node", CALL_openat, open_own_node,
	  "r " DEV "loop7", "r " DEV "loop6", NULL, EPERM, CLIP_REASON_DEVICE,
	  WRITABLE & ~ON(FUSE), IN(HOST), PREPARES, {} },
	{ "D-02", "open_linked_node", CALL_openat, open_linked_node,
	  "r " DEV "loop7", "r " DEV "loop6", NULL, EPERM, CLIP_REASON_DEVICE,
	  NO_FS, IN(HOST), 0, {} },
	{ "D-09", "set_read_only", CALL_ioctl, request, "0x125d", "0x125e",
	  NULL, EPERM, CLIP_REASON_DEVICE, NO_FS, IN(HOST), 0, {} },
	NODE("T-13", "write_to_a_mounted_device", open_node, "w " DEV "loop2",
	     "r " DEV "loop2", NO_FS),
	REQUEST("D-09", "scsi_command", command, "0x2285" /* SG_IO */),
	REQUEST("D-09", "packet_command", command,
		"0x5393" /* CDROM_SEND_PACKET */),
	REQUEST("D-09", "ata_command", command, "0x031f" /* HDIO_DRIVE_CMD */),
	REQUEST("D-09", "ata_task", command, "0x031d" /* HDIO_DRIVE_TASKFILE */),
	REQUEST("D-09", "command_of_an_unknown_driver", command, "0xee01"),
	REQUEST("D-09", "partitions_read_again", command,
		"0x125f" /* BLKRRPART */),
	{ "D-14", "request_by_an_early_descriptor", CALL_ioctl, early_request,
	  "0x125d" /* BLKROSET */, "0x125e" /* BLKROGET */, NULL, EPERM,
	  CLIP_REASON_DEVICE, NO_FS, IN(HOST), 0, {} },
	{ "D-15", "memory_of_the_machine", CALL_openat, open_device, DEV "mem",
	  DEV "null", NULL, EPERM, CLIP_REASON_NO_PRIVILEGE, NO_FS, IN(HOST),
	  0, {} },
	{ "D-03", "change_the_file_of_a_loop_device", CALL_ioctl, change_file,
	  "change", "get", NULL, EPERM, CLIP_REASON_DEVICE, NO_FS, IN(HOST),
	  0, {} },
	{ "F-10", "load_a_table_of_a_mapped_device", CALL_ioctl, resume,
	  "load", "version", NULL, EPERM, CLIP_REASON_DEVICE, NO_FS, IN(HOST),
	  0, {} },
	{ "F-10", "message_to_a_mapped_device", CALL_ioctl, resume, "message",
	  "version", NULL, EPERM, CLIP_REASON_DEVICE, NO_FS, IN(HOST), 0, {} },
	/* 32-bit programs do not have it. */
	{ "T-09", "swap_boot_code", CALL_NONE, swap_boot, "swap", "get", NULL,
	  EPERM, CLIP_REASON_NONE, ON(EXT4) | ON(LOOP) | ON(MAPPER), IN(HOST),
	  0, {} },
	{ "D-03", "bind_a_loop_device_anew", CALL_ioctl, bind_anew, "set",
	  "get", NULL, EPERM, CLIP_REASON_DEVICE, NO_FS, IN(HOST), 0, {} },
	{ "F-10", "resume_a_mapped_device", CALL_ioctl, resume, "resume",
	  "version", NULL, EPERM, CLIP_REASON_DEVICE, NO_FS, IN(HOST), 0, {} },
	{ "F-9", "set_a_generation", CALL_ioctl, set_generation, "set", "get",
	  NULL, EPERM, CLIP_REASON_NONE, ON(EXT4) | ON(LOOP) | ON(MAPPER),
	  WRITERS & ~IN(USERNS), 0, {} },
	{},
};
