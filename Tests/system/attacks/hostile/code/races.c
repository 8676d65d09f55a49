// SPDX-License-Identifier: GPL-2.0-only
/*
 * Races on two processors, for a bounded time each: one task changes what a
 * name or a file stands for, another one executes or maps it. Where nothing is
 * enforced, what is not allowed runs in between; that is the control. Where it
 * is enforced, it never does.
 */
#include "../hostile.h"

#include "files.h"

#include <linux/falloc.h>
#include <linux/mount.h>
#include <sched.h>
#include <signal.h>
#include <sys/fanotify.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

#define SECONDS		1
#define PATIENCE	30	/* s, until both sides have had their turns */
#define TURNS		20
#define PAGE		4096

static char good[65536], evil[65536];
static ssize_t good_size, evil_size;

static ssize_t read_all(const char *name, char *bytes)
{
	const int fd = open(file(name), O_RDONLY | O_CLOEXEC);
	const ssize_t size = read(fd, bytes, sizeof(good));

	close(fd);
	return size;
}

/* ------------------------------------------------- what the one task changes */

static void write_whole(const char *bytes, ssize_t size)
{
	const int fd = open(file("good"), O_RDWR | O_CLOEXEC);

	/* It may be executed or mapped just now. */
	if (fd < 0)
		return;
	if (pwrite(fd, bytes, size, 0) == size && ftruncate(fd, size))
		perror("ftruncate");
	close(fd);
}

static void write_in_turn(void)
{
	write_whole(evil, evil_size);
	write_whole(good, good_size);
}

/* With such a group on the filesystem, Linux no longer keeps writers off. */
static void write_under_a_watch(void)
{
	static int group = -1;

	if (group < 0) {
		group = fanotify_init(FAN_CLASS_PRE_CONTENT | FAN_CLOEXEC,
				      O_RDONLY);
		fanotify_mark(group, FAN_MARK_ADD, FAN_CLOSE_WRITE, AT_FDCWD,
			      file("dir"));
	}
	write_in_turn();
}

static void write_by_mapping(void)
{
	const int fd = open(file("good"), O_RDWR | O_CLOEXEC);
	char *at;

	if (fd < 0)
		return;
	if (ftruncate(fd, evil_size > good_size ? evil_size : good_size))
		perror("ftruncate");
	at = mmap(NULL, evil_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (at == MAP_FAILED)
		return;
	memcpy(at, evil, evil_size);
	sched_yield();
	memcpy(at, good, good_size);
	munmap(at, evil_size);
	write_whole(good, good_size);
}

static void punch(void)
{
	const int fd = open(file("good"), O_RDWR | O_CLOEXEC);

	if (fd < 0)
		return;
	fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, PAGE);
	close(fd);
	write_whole(good, good_size);
}

static void exchange(void)
{
	renameat2(AT_FDCWD, file("good"), AT_FDCWD, file("evil"),
		  RENAME_EXCHANGE);
}

static void rename_over(void)
{
	if (!link(file("evil"), file("new")))
		rename(file("new"), file("good"));
	if (!put_file(file("new"), good, good_size))
		rename(file("new"), file("good"));
}

static void turn_link(void)
{
	unlink(file("new"));
	if (!symlink("evil", file("new")))
		rename(file("new"), file("link"));
	if (!symlink("good", file("new")))
		rename(file("new"), file("link"));
}

static void mount_over(void)
{
	if (!mount(file("evil"), file("good"), NULL, MS_BIND, NULL))
		umount2(file("good"), MNT_DETACH);
}

/* A copy of a mount with all flags, attached below the directory of the cell. */
static void attach_copy(void)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "alias/%s", fs_names[now.filesystem]);
	fd = syscall(SYS_open_tree, AT_FDCWD, path,
		     OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
	if (fd < 0)
		return;
	syscall(SYS_move_mount, fd, "", AT_FDCWD, file("dir"),
		MOVE_MOUNT_F_EMPTY_PATH);
	close(fd);
	sched_yield();
	umount2(file("dir"), MNT_DETACH);
}

/* --------------------------------------------------- what the other one does */

enum outcome { AS_ALLOWED, WRONG, REFUSED, OTHER, OUTCOMES };

static int judge(int answer)
{
	if (answer == 0)
		return AS_ALLOWED;
	if (answer == EACCES || answer == ETXTBSY)
		return REFUSED;
	/* Evil ran, or a mixture of both was executed and crashed. */
	return answer == EVIL || answer > 200 ? WRONG : OTHER;
}

/*
 * What was executed or mapped where libraries are enforced is not written any
 * more, so that the next turn has another file.
 */
static void renew(int outcome)
{
	if (outcome == AS_ALLOWED &&
	    !put_file(file("fresh"), good, good_size))
		rename(file("fresh"), file("good"));
}

static int execute_name(const char *name)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		char *const argv[] = { (char *)name, NULL };

		execve(file(name), argv, argv + 1);
		_exit(errno);
	}
	waitpid(pid, &status, 0);
	return judge(WIFSIGNALED(status) ? 200 + WTERMSIG(status) :
					   WEXITSTATUS(status));
}

static int execute(void)
{
	return execute_name("good");
}

static int execute_anew(void)
{
	const int outcome = execute();

	renew(outcome);
	return outcome;
}

static int execute_link(void)
{
	return execute_name("link");
}

/* What is mapped executable is what is allowed, as long as it is mapped. */
static int compare(char *at, int err)
{
	int outcome = AS_ALLOWED;

	if (err)
		return judge(err);
	for (int i = 0; i < 20 && outcome == AS_ALLOWED; i++) {
		if (memcmp(at, good, good_size < PAGE ? good_size : PAGE))
			outcome = WRONG;
		sched_yield();
	}
	return outcome;
}

static int map_code(void)
{
	const int fd = open(file("good"), O_RDONLY | O_CLOEXEC);
	char *at = mmap(NULL, PAGE, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);
	const int outcome =
		compare(at, at == MAP_FAILED ? errno : 0);

	close(fd);
	if (at != MAP_FAILED)
		munmap(at, PAGE);
	renew(outcome);
	return outcome;
}

static int protect_code(void)
{
	const int fd = open(file("good"), O_RDONLY | O_CLOEXEC);
	char *at = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, 0);
	int outcome;

	/* Where libraries are enforced, it has been verified before. */
	munmap(mmap(NULL, PAGE, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0),
	       PAGE);
	close(fd);
	if (at == MAP_FAILED)
		return OTHER;
	outcome = compare(at, mprotect(at, PAGE, PROT_READ | PROT_EXEC) ?
			  errno : 0);
	munmap(at, PAGE);
	renew(outcome);
	return outcome;
}

/* Has the copy lost the flag that it was attached with? */
static bool copy_is_executable(void)
{
	FILE *mounts = fopen(PROC "self/mountinfo", "r");
	char line[512], at[96];
	bool lost = false;

	snprintf(at, sizeof(at), "/%s ", file("dir"));
	while (mounts && fgets(line, sizeof(line), mounts))
		lost |= strstr(line, at) && !strstr(line, "noexec");
	if (mounts)
		fclose(mounts);
	return lost;
}

/* The tree of mounts is the mount at the directory alone, or has a copy below. */
static int change_tree(void)
{
	const struct mount_attr attr = { .attr_clr = MOUNT_ATTR_NOEXEC };

	if (syscall(SYS_mount_setattr, AT_FDCWD, file(""), AT_RECURSIVE, &attr,
		    sizeof(attr)))
		return errno == EPERM ? REFUSED : OTHER;
	return copy_is_executable() ? WRONG : AS_ALLOWED;
}

/* -------------------------------------------------------------------- races */

static double seconds(void)
{
	struct timespec at;

	clock_gettime(CLOCK_MONOTONIC, &at);
	return at.tv_sec + at.tv_nsec / 1e9;
}

/* A control is over once something went wrong, which it is to show. */
static bool is_over(double begin, unsigned int turns, unsigned int uses,
		    bool enforced, bool wrong, bool allowed)
{
	const double passed = seconds() - begin;

	return passed > PATIENCE ||
	       (turns >= TURNS && uses >= TURNS &&
		(enforced ? passed > SECONDS && allowed : wrong));
}

/* A namespace of mounts, in which the directory of the cell is a mount. */
static int leave_mounts(int *home)
{
	*home = open(PROC "self/ns/mnt", O_RDONLY | O_CLOEXEC);
	return *home < 0 || own_mounts() ||
	       mount(file(""), file(""), NULL, MS_BIND, NULL);
}

static void return_home(int home)
{
	if (setns(home, CLONE_NEWNS) || chdir(TOP))
		exit(2);
	close(home);
}

const char *run_race(const struct race *race, bool enforced)
{
	static char text[160];
	volatile unsigned int *turns = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
					    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	unsigned int outcomes[OUTCOMES] = {}, all = 0;
	const double begin = seconds();
	int home = -1;
	pid_t pid;

	if (race->flags & OWN_MOUNTS && leave_mounts(&home))
		return "no namespace of mounts";
	good_size = read_all("good", good);
	evil_size = read_all("evil", evil);
	turn_link();
	*turns = 0;
	pid = fork();
	if (pid == 0) {
		for (;; (*turns)++)
			race->change();
	}
	while (!is_over(begin, *turns, all, enforced, outcomes[WRONG],
			outcomes[AS_ALLOWED])) {
		outcomes[race->use()]++;
		all++;
	}
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	while (!umount2(file("good"), MNT_DETACH))
		;
	if (home >= 0)
		return_home(home);
	snprintf(text, sizeof(text), "%u turns; %u as allowed, %u wrong, %u refused, %u others",
		 *turns, outcomes[AS_ALLOWED], outcomes[WRONG],
		 outcomes[REFUSED], outcomes[OTHER]);
	munmap((void *)turns, PAGE);
	if (!enforced)
		return outcomes[WRONG] ? NULL : text;
	return all < TURNS || !outcomes[AS_ALLOWED] || outcomes[WRONG] ? text :
	       NULL;
}

/* No file of FUSE is executed where it is enforced. */
#define RACED	(WRITABLE & ~ON(FUSE))
#define DISKS	(ON(EXT4) | ON(TMPFS) | ON(LOOP) | ON(MAPPER))

const struct race races[] = {
	/* Linux keeps writers off what is executed, and not off what is mapped. */
	{ "T-33", "exec_and_write", write_in_turn, execute_anew, RACED, 0 },
	{ "T-33", "exec_and_write_by_mapping", write_by_mapping, execute_anew,
	  RACED, ALWAYS },
	{ "T-05", "exec_and_write_under_a_watch", write_under_a_watch,
	  execute_anew, RACED, 0 },
	{ "T-33", "map_and_write", write_in_turn, map_code, RACED, 0 },
	{ "T-33", "map_and_write_by_mapping", write_by_mapping, map_code, RACED,
	  0 },
	{ "T-33", "mprotect_and_write", write_in_turn, protect_code, RACED,
	  0 },
	{ "T-33", "map_and_punch", punch, map_code, DISKS, 0 },
	{ "E-08", "exec_and_exchange", exchange, execute, RACED, 0 },
	{ "E-08", "exec_and_rename", rename_over, execute, RACED, 0 },
	{ "E-08", "exec_and_symbolic_link", turn_link, execute_link, RACED,
	  0 },
	{ "N-10", "exec_and_mount", mount_over, execute, RACED | ON(SQUASHFS),
	  0 },
	{ "F-17", "attach_and_change", attach_copy, change_tree, EVERY_FS,
	  OWN_MOUNTS },
	{},
};
