// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: what is known of the content of an inode
 *
 * The digests that were computed are kept with the inode, whether they matched
 * or not. A later verdict, of this context or of another one, compares them and
 * reads nothing. So is the interpreter of a program whose headers ask for no
 * memory that is written and executed.
 */
#include "core/common.h"

#include <linux/atomic.h>
#include <linux/bitops.h>
#include <linux/cleanup.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/unaligned.h>

#include "core/inode_blob.h"
#include "digest/content.h"
#include "report/report.h"
#include "store/filesystem.h"
#include "store/lookup.h"
#include "verify/verdict.h"

/* In the place of an algorithm: the interpreter that the headers name. */
#define HEADERS		U16_MAX

/**
 * struct clip_known - One digest of the content of an inode
 * @next: the digest by another algorithm, or NULL
 * @algorithm: CLIP_ALGO_*, or %HEADERS
 * @size: bytes in @digest
 * @digest: the digest; or the name of the interpreter, which is empty if the
 *	headers name none
 */
struct clip_known {
	struct clip_known *next;
	u16 algorithm;
	u16 size;
	u8 digest[] __counted_by(size);
};

static void free_all(struct clip_known *known)
{
	while (known) {
		struct clip_known *next = known->next;

		kfree(known);
		known = next;
	}
}

static struct clip_known *find(struct clip_known *known, u16 algorithm)
{
	while (known && known->algorithm != algorithm)
		known = known->next;
	return known;
}

/* Digests are no secrets, so that the time may tell where they differ. */
static bool is_same_digest(const struct clip_known *known, const u8 *digest)
{
	const u64 *a = (const u64 *)known->digest, *b = (const u64 *)digest;

	if (known->size != 32)
		return !memcmp(known->digest, digest, known->size);
	return !((get_unaligned(a) ^ get_unaligned(b)) |
		 (get_unaligned(a + 1) ^ get_unaligned(b + 1)) |
		 (get_unaligned(a + 2) ^ get_unaligned(b + 2)) |
		 (get_unaligned(a + 3) ^ get_unaligned(b + 3)));
}

/* Nothing is known of content that can have been written since. */
static struct clip_known *find_valid(struct clip_inode *blob, u16 algorithm)
{
	lockdep_assert_held(&blob->lock);
	if (blob->known_writes != (u64)atomic64_read(&blob->writes))
		return NULL;
	return find(blob->known, algorithm);
}

/**
 * clip_verdict_known - Get a digest of the content that is known already
 * @inode: the inode, from which the caller excludes writers
 * @algorithm: CLIP_ALGO_*
 * @digest: receives the digest; has room for %CLIP_DIGEST_MAX bytes
 *
 * Only content that was read once is known, and only if it cannot have been
 * written since.
 *
 * Return: True if it is known, false otherwise.
 */
bool clip_verdict_known(const struct inode *inode, u16 algorithm, u8 *digest)
{
	struct clip_inode *blob = clip_inode(inode);
	const struct clip_known *known;

	spin_lock(&blob->lock);
	known = find_valid(blob, algorithm);
	if (known)
		memcpy(digest, known->digest, known->size);
	spin_unlock(&blob->lock);
	return known;
}

/**
 * clip_verdict_is - Is a digest of the content known, and is it this one?
 * @inode: the inode, from which the caller excludes writers
 * @algorithm: CLIP_ALGO_*
 * @digest: the digest
 *
 * Context: Any; does not sleep.
 * Return: True if it is, false otherwise.
 */
bool clip_verdict_is(const struct inode *inode, u16 algorithm,
		     const u8 *digest)
{
	struct clip_inode *blob = clip_inode(inode);
	const struct clip_known *known;
	bool same;

	spin_lock(&blob->lock);
	known = find_valid(blob, algorithm);
	same = known && is_same_digest(known, digest);
	spin_unlock(&blob->lock);
	return same;
}

/**
 * clip_headers_known - Get the interpreter of a program with good headers
 * @inode: the inode of the program, or of an interpreter
 * @name: receives the name of the interpreter, or an empty one
 * @room: size of @name in bytes
 *
 * Return: True if the headers are known to ask for no memory that is written
 * and executed, and the name fits; false otherwise.
 */
bool clip_headers_known(const struct inode *inode, char *name, size_t room)
{
	struct clip_inode *blob = clip_inode(inode);
	const struct clip_known *known;
	bool fits;

	spin_lock(&blob->lock);
	known = find_valid(blob, HEADERS);
	fits = known && known->size < room;
	if (fits) {
		memcpy(name, known->digest, known->size);
		name[known->size] = '\0';
	}
	spin_unlock(&blob->lock);
	return fits;
}

/**
 * clip_verdict_forget - Free what is known of the content of an inode
 * @inode: the inode, which is being freed
 */
void clip_verdict_forget(const struct inode *inode)
{
	free_all(clip_inode(inode)->known);
	clip_inode(inode)->known = NULL;
}

/**
 * clip_inode_being_written - Is a file open for writing?
 * @inode: the file
 *
 * Return: True if it is, false otherwise.
 */
bool clip_inode_being_written(const struct inode *inode)
{
	return atomic_read(&inode->i_writecount) > 0;
}

/**
 * clip_verdict_begin - Prepare to read the content of a file
 * @inode: the file
 * @writes: receives a value for clip_verdict_commit()
 *
 * A verdict is valid if there was no writer at one moment between the two reads
 * of @writes, here and in clip_verdict_commit(), and if no writer has come
 * since, not even one that has already left:
 *
 *   verifier                               opener for writing
 *
 *   begin: watch, read @writes             i_writecount++ (full barrier)
 *   barrier, no writer now?                watched? @writes++
 *   ... the content is read
 *   commit: barrier, no writer now?
 *   and @writes as before?
 *
 * The first check sees an opener that came before it, unless that opener has
 * already left. An opener that came later finds the inode watched, and has
 * incremented @writes, or the second check still sees it.
 *
 * Return: True if the content may be read, false if the file is open for
 * writing.
 */
bool clip_verdict_begin(struct inode *inode, u64 *writes)
{
	clip_inode_watch(inode);
	*writes = atomic64_read(&clip_inode(inode)->writes);
	/* The first barrier in the left column above. */
	smp_mb();
	return !clip_inode_being_written(inode);
}

static struct clip_known *make_known(u16 algorithm, const u8 *digest, u16 size)
{
	struct clip_known *known;

	known = kmalloc(struct_size(known, digest, size), GFP_KERNEL_ACCOUNT);
	if (!known)
		return NULL;
	known->next = NULL;
	known->algorithm = algorithm;
	known->size = size;
	memcpy(known->digest, digest, size);
	return known;
}

/* Returns what is to be freed. */
static struct clip_known *remember(struct clip_inode *blob, u64 writes,
				   struct clip_known *known)
{
	struct clip_known *old = NULL;

	lockdep_assert_held(&blob->lock);
	if (blob->known_writes != writes) {
		old = blob->known;
		blob->known = NULL;
		blob->known_writes = writes;
	}
	/* Another task may have hashed the file at the same time. */
	if (find(blob->known, known->algorithm))
		return known;
	known->next = blob->known;
	blob->known = known;
	return old;
}

/* Consumes @known, which may be NULL. */
static int commit(const struct inode *inode, u64 writes,
		  struct clip_known *known)
{
	struct clip_inode *blob = clip_inode(inode);
	int err = 0;

	/* Pairs with the increment of i_writecount, which is a full barrier. */
	smp_mb();
	spin_lock(&blob->lock);
	if (clip_inode_being_written(inode) ||
	    (u64)atomic64_read(&blob->writes) != writes)
		err = -ETXTBSY;
	else if (known)
		known = remember(blob, writes, known);
	spin_unlock(&blob->lock);
	free_all(known);
	return err;
}

/**
 * clip_verdict_commit - Conclude what was read
 * @inode: the file
 * @writes: the value from clip_verdict_begin()
 * @algorithm: CLIP_ALGO_* of @digest
 * @digest: what was computed
 * @keep: remember the digest with the inode
 *
 * Context: May sleep.
 * Return: 0 if the verdict is valid; -ETXTBSY if the file could have been
 * written meanwhile; -ENOMEM.
 */
int clip_verdict_commit(const struct inode *inode, u64 writes, u16 algorithm,
			const u8 *digest, bool keep)
{
	const u8 size = clip_digest_size(algorithm);
	struct clip_known *known = NULL;
	int err;

	if (keep)
		known = make_known(algorithm, digest, size);
	err = commit(inode, writes, known);
	return err ?: (keep && !known ? -ENOMEM : 0);
}

/**
 * clip_headers_commit - Remember that the headers of a program are good
 * @inode: the program
 * @writes: the value from clip_verdict_begin()
 * @name: the name of its interpreter; empty if it has none
 * @length: length of @name in bytes
 *
 * Nothing is remembered if the file could have been written meanwhile, or
 * memory is exhausted.
 *
 * Context: May sleep.
 */
void clip_headers_commit(const struct inode *inode, u64 writes,
			 const char *name, u16 length)
{
	commit(inode, writes, make_known(HEADERS, (const u8 *)name, length));
}

/**
 * clip_inode_deny_writers - Exclude writers from a file temporarily
 * @inode: the file
 *
 * Does what exec does, but for any inode: that of an open file on an overlay is
 * not the one that is read.
 *
 * Return: True if writers are excluded, false if the file is open for writing.
 */
bool clip_inode_deny_writers(struct inode *inode)
{
	return atomic_dec_unless_positive(&inode->i_writecount);
}

/**
 * clip_inode_allow_writers - Allow writers again
 * @inode: the file, after clip_inode_deny_writers()
 */
void clip_inode_allow_writers(struct inode *inode)
{
	/* An opener that succeeds afterwards sees the seal, if it was set. */
	smp_mb__before_atomic();
	atomic_inc(&inode->i_writecount);
}

/**
 * clip_inode_seal - Exclude writers from a file from now on
 * @inode: the file, from which the caller excludes writers
 *
 * The seal persists as long as the inode is in memory and an entry refers to
 * it, and while it is mapped executable.
 */
void clip_inode_seal(struct inode *inode)
{
	clip_inode_watch(inode);
	set_bit(CLIP_INODE_SEALED, &clip_inode(inode)->guards);
}

/* Does any context allow a digest that the file had when it was read last? */
static bool is_allowed_anywhere(const struct inode *inode)
{
	struct clip_inode *blob = clip_inode(inode);
	const struct clip_known *known;
	bool allowed = false;

	spin_lock(&blob->lock);
	for (known = blob->known; known && !allowed; known = known->next)
		allowed = known->algorithm != HEADERS &&
			  clip_allow_anywhere(known->algorithm, known->digest);
	spin_unlock(&blob->lock);
	return allowed;
}

/**
 * clip_inode_check_seal - Check whether a sealed file may be written
 * @inode: the file
 *
 * A file is no longer in use as a library if no entry refers to it any more,
 * and no digest that it last matched is allowed. The first task that opens it
 * for writing then removes its seal.
 *
 * Return: 0, or -ETXTBSY.
 */
int clip_inode_check_seal(const struct inode *inode)
{
	if (clip_store_names(inode) || is_allowed_anywhere(inode))
		return -ETXTBSY;
	clear_bit(CLIP_INODE_SEALED, &clip_inode(inode)->guards);
	return 0;
}

/**
 * clip_verdict_check_identity - May the generation of an inode be changed?
 * @file: an open file of the filesystem
 *
 * On some filesystems the owner of a file may do this by ioctl. A listed file
 * would become unlisted and lose its seal, or another file would become the
 * listed one. It is refused for all files of a filesystem that an entry refers
 * to, or has ever referred to, so that nothing depends on a lookup.
 *
 * Return: 0, or -EPERM after a report.
 */
int clip_verdict_check_identity(const struct file *file)
{
	if (!clip_sb_is_named(file_inode(file)->i_sb))
		return 0;
	clip_report_task("inode generation", NULL);
	return -EPERM;
}
