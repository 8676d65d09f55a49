// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: digests of files
 */
#include "core/common.h"

#include <crypto/hash.h>
#include <linux/cleanup.h>
#include <linux/init.h>
#include <linux/math64.h>
#include <linux/resource.h>
#include <linux/sched/cputime.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/sizes.h>
#include <linux/time64.h>

#include "core/counters.h"
#include "digest/content.h"
#include "digest/fsverity.h"

/* Large enough to make a read cheap, and small enough for kmalloc(). */
#define CLIP_READ_SIZE	SZ_64K

struct clip_algorithm {
	const char *name;	/* name in the crypto API; NULL for fs-verity */
	u8 size;
	bool legacy;
	struct crypto_shash *tfm;
};

static struct clip_algorithm algorithms[] __ro_after_init = {
	[CLIP_ALGO_MD5] = { .name = "md5", .size = 16, .legacy = true },
	[CLIP_ALGO_SHA1] = { .name = "sha1", .size = 20, .legacy = true },
	[CLIP_ALGO_SHA256] = { .name = "sha256", .size = 32 },
	[CLIP_ALGO_SHA384] = { .name = "sha384", .size = 48 },
	[CLIP_ALGO_SHA512] = { .name = "sha512", .size = 64 },
	[CLIP_ALGO_FSVERITY_SHA256] = { .size = 32 },
	[CLIP_ALGO_FSVERITY_SHA512] = { .size = 64 },
};

/**
 * clip_digest_size - Get the size of a digest
 * @algorithm: CLIP_ALGO_*, or any other number
 *
 * Return: The size in bytes, or 0 for an unknown algorithm.
 */
u8 clip_digest_size(u16 algorithm)
{
	if (algorithm >= ARRAY_SIZE(algorithms))
		return 0;
	return algorithms[algorithm].size;
}

/**
 * clip_digest_usable - Does this kernel support an algorithm?
 * @algorithm: CLIP_ALGO_*, or any other number
 *
 * Return: True if it does, false otherwise.
 */
bool clip_digest_usable(u16 algorithm)
{
	if (clip_is_verity(algorithm))
		return IS_ENABLED(CONFIG_FS_VERITY);
	return clip_digest_size(algorithm) && algorithms[algorithm].tfm;
}

/**
 * clip_digest_usable_mask - Get the algorithms that this kernel supports
 *
 * Return: A mask with bit n set for algorithm number n.
 */
u64 clip_digest_usable_mask(void)
{
	u64 mask = 0;
	u16 i;

	for (i = 0; i < ARRAY_SIZE(algorithms); i++)
		if (clip_digest_usable(i))
			mask |= BIT_ULL(i);
	return mask;
}

/* Does the signal reach the current task, and end it or run its handler? */
static bool is_heard(int number)
{
	const struct k_sigaction *action;
	struct sighand_struct *sighand;
	bool heard;

	/* A task that runs has it. */
	rcu_read_lock();
	sighand = rcu_dereference(current->sighand);
	spin_lock_irq(&sighand->siglock);
	action = &sighand->action[number - 1];
	heard = !sigismember(&current->blocked, number) &&
		action->sa.sa_handler != SIG_IGN;
	spin_unlock_irq(&sighand->siglock);
	rcu_read_unlock();
	return heard;
}

/*
 * Has the process used up its CPU time? The kernel sends the signals for that
 * only when a task returns to user mode. SIGXCPU counts unless it is blocked or
 * ignored, and the hard limit always does.
 */
static bool cpu_time_is_up(void)
{
	const unsigned long soft = rlimit(RLIMIT_CPU);
	struct task_cputime used;
	u64 seconds;

	if (soft == RLIM_INFINITY)
		return false;
	thread_group_cputime(current, &used);
	seconds = div_u64(used.utime + used.stime, NSEC_PER_SEC);
	if (seconds < soft)
		return false;
	return seconds >= rlimit_max(RLIMIT_CPU) || is_heard(SIGXCPU);
}

static int hash_content(struct crypto_shash *tfm, struct file *file,
			u8 *digest)
{
	void *buffer __free(kvfree) = kvmalloc(CLIP_READ_SIZE, GFP_KERNEL);
	SHASH_DESC_ON_STACK(desc, tfm);
	loff_t pos = 0;
	ssize_t got;
	int err;

	if (!buffer)
		return -ENOMEM;
	desc->tfm = tfm;
	err = crypto_shash_init(desc);
	while (!err) {
		/*
		 * kernel_read() would wait for the permission of fanotify
		 * listeners, and any of them could block every exec.
		 */
		got = __kernel_read(file, buffer, CLIP_READ_SIZE, &pos);
		if (got < 0)
			return got;
		if (got == 0)
			return crypto_shash_final(desc, digest);
		clip_count_hashed(got);
		err = crypto_shash_update(desc, buffer, got);
		if (fatal_signal_pending(current) || cpu_time_is_up())
			return -EINTR;
		cond_resched();
	}
	return err;
}

/**
 * clip_digest_file - Hash the content of a file
 * @file: the file, open for reading; its position does not change
 * @algorithm: a supported algorithm
 * @digest: receives the digest; has room for %CLIP_DIGEST_MAX bytes
 *
 * Context: May sleep; must not be called with mmap_lock held.
 * Return: 0; -EINVAL if a read of the file could return other bytes than a
 * mapping; -ENODATA if the algorithm is one of fs-verity and the file has no
 * such digest; -EOPNOTSUPP; -ENOMEM; -EINTR if the task is being killed, or
 * has used up its CPU time; or the error of the read.
 */
int clip_digest_file(struct file *file, u16 algorithm, u8 *digest)
{
	if (!clip_digest_usable(algorithm))
		return -EOPNOTSUPP;
	/* O_DIRECT reads the medium, but exec and mmap use the page cache. */
	if ((file->f_flags & O_DIRECT) || !(file->f_mode & FMODE_READ))
		return -EINVAL;
	if (clip_is_verity(algorithm))
		return clip_verity_digest(file, algorithm, digest);
	return hash_content(algorithms[algorithm].tfm, file, digest);
}

/*
 * Cannot run earlier, because accelerated implementations register in
 * device_initcall(). Cannot run later, because an allocation at the first exec
 * could load a module, which is itself an exec.
 */
static int __init clip_digest_init(void)
{
	size_t i;

	if (!clip_initialized)
		return 0;
	for (i = 0; i < ARRAY_SIZE(algorithms); i++) {
		struct clip_algorithm *algo = &algorithms[i];
		struct crypto_shash *tfm;

		if (!algo->name ||
		    (algo->legacy &&
		     !IS_ENABLED(CONFIG_SECURITY_CLIP_LEGACY_DIGESTS)))
			continue;
		tfm = crypto_alloc_shash(algo->name, 0, 0);
		if (IS_ERR(tfm)) {
			pr_warn("no %s: %ld\n", algo->name, PTR_ERR(tfm));
			continue;
		}
		if (WARN_ON_ONCE(crypto_shash_digestsize(tfm) != algo->size)) {
			crypto_free_shash(tfm);
			continue;
		}
		algo->tfm = tfm;
	}
	return 0;
}
late_initcall(clip_digest_init);
