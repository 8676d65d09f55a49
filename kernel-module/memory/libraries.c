// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: what a task that asks for checked libraries may map executable
 *
 * A task runs by an entry with NEEDLIBS or CHECKLIBS. Whatever becomes
 * executable in it must then be a listed file; with CHECKLIBS its content must
 * match as well. The ELF loader maps the program and its interpreter with the
 * new credentials, so that exec needs no hook of its own here.
 *
 * A file that passed is sealed: nobody can open it for writing any more, see
 * clip_inode_seal(). The hash is computed in mmap_file, where no lock is held;
 * mprotect holds mmap_lock and can only look at what was found before.
 */
#include "core/common.h"

#include <linux/dcache.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/sched/signal.h>

#include "core/cred_blob.h"
#include "core/reason.h"
#include "memory/libraries.h"
#include "report/report.h"
#include "store/allowlist.h"
#include "store/context.h"
#include "store/entry.h"
#include "store/lookup.h"
#include "store/filesystem.h"
#include "verify/verdict.h"
#include "verify/verify.h"

/*
 * Taking one thread's credentials away would leave the others theirs, and the
 * process with an inconsistent idea of itself: it ends as a whole.
 */
static int refuse(struct file *file, const struct clip_entry *entry,
		  const struct clip_verdict *verdict, int err)
{
	clip_report_verdict(CLIP_REPORT_MAP,
			    clip_cred(current_cred())->context, file, entry,
			    verdict, err, false);
	send_sig(SIGKILL, current, 1);
	return err;
}

static int refuse_reason(struct file *file, enum clip_reason reason)
{
	const struct clip_verdict verdict = { .reason = reason };

	return refuse(file, NULL, &verdict, -EACCES);
}

/*
 * LB-04: a library, or a program that is subject to these checks itself: that
 * is how the main program gets mapped.
 */
static bool may_be_mapped(const struct clip_entry *entry)
{
	return (entry->flags & CLIP_ENTRY_LIB) ||
	       ((entry->flags & CLIP_ENTRY_EXE) &&
		(entry->flags & CLIP_LIBS_FLAGS));
}

static struct clip_entry *find_entry(const struct file *file)
{
	struct clip_context *ctx = clip_cred(current_cred())->context;

	return ctx ? clip_store_lookup_inode(&ctx->table, file_inode(file)) : NULL;
}

static bool file_can_be_checked(const struct file *file)
{
	return S_ISREG(file_inode(file)->i_mode) &&
	       clip_sb_trusted(file_inode(file)->i_sb);
}

/**
 * clip_libs_mmap - may a task that asks for checked libraries map this?
 * @file: the file, or NULL
 * @prot: PROT_*, with PROT_EXEC
 * @wanted: CLIP_ENTRY_* of %CLIP_LIBS_FLAGS that the task runs by
 *
 * Context: may sleep.
 * Return: 0; -ETXTBSY if somebody has the file open for writing; or a negative
 * errno value after a report, and the process ends.
 */
int clip_libs_mmap(struct file *file, unsigned long prot, u32 wanted)
{
	struct clip_entry *entry __free(clip_entry_put) = NULL;
	struct clip_verdict verdict;
	int err;

	/* LB-08; and pages that can be written are anonymous sooner or later. */
	if (!file || (prot & PROT_WRITE))
		return refuse_reason(file, CLIP_REASON_WX_MEMORY);
	if (!file_can_be_checked(file))
		return refuse_reason(file, CLIP_REASON_UNTRUSTED_FS);
	entry = find_entry(file);
	if (!entry || !may_be_mapped(entry))
		return refuse_reason(file, CLIP_REASON_LIB_NOT_LISTED);
	/* LB-09: before looking, so that no writer can come in unseen. */
	if (!clip_inode_seal(file_inode(file)))
		return -ETXTBSY;
	/* LB-02, Intent: asked for both, the stricter one counts. */
	if (!(wanted & CLIP_ENTRY_CHECKLIBS))
		return 0;
	err = clip_verify(file, entry, &verdict);
	if (err == -ETXTBSY)
		return err;
	return err ? refuse(file, entry, &verdict, err) : 0;
}

static int refuse_or_tell(struct clip_context *ctx, struct file *file,
			  const struct clip_entry *entry,
			  const struct clip_verdict *verdict, int err)
{
	const bool permitted = clip_context_permits(ctx, err);

	clip_report_verdict(CLIP_REPORT_MAP, ctx, file, entry, verdict, err,
			    permitted);
	return permitted ? 0 : err;
}

/**
 * clip_libs_context_mmap - may a task of a context with ENFORCE_LIB map this?
 * @file: the file
 * @prot: PROT_*, with PROT_EXEC
 *
 * What every such task is held to: a file that becomes executable has an entry
 * or an allow digest, and matches it. The task is not raised, so it lives on.
 * Memory without a file is not meant.
 *
 * Context: may sleep.
 * Return: 0; -ETXTBSY if somebody has the file open for writing; or a negative
 * errno value after a report.
 */
int clip_libs_context_mmap(struct file *file, unsigned long prot)
{
	struct clip_context *ctx = clip_cred(current_cred())->context;
	struct clip_entry *entry __free(clip_entry_put) = NULL;
	struct clip_verdict verdict = {};
	int err = -EACCES;

	entry = clip_store_lookup_inode(&ctx->table, file_inode(file));
	if (prot & PROT_WRITE) {
		verdict.reason = CLIP_REASON_WX_MEMORY;
		return refuse_or_tell(ctx, file, entry, &verdict, err);
	}
	if (!clip_inode_seal(d_real_inode(file->f_path.dentry)))
		return -ETXTBSY;
	if (entry)
		err = clip_verify_either(ctx, file, &entry, &verdict);
	if (err)
		err = clip_verify_allowed(file, ctx, &verdict);
	if (!err || err == -ETXTBSY)
		return err;
	return refuse_or_tell(ctx, file, entry, &verdict, err);
}

/**
 * clip_libs_context_mprotect - may this become executable, with ENFORCE_LIB?
 * @vma: the mapping, as it is
 * @prot: PROT_* as it will be, with PROT_EXEC
 *
 * With mmap_lock held nothing can be read: only what was found before counts.
 *
 * Return: as clip_libs_context_mmap().
 */
int clip_libs_context_mprotect(struct vm_area_struct *vma, unsigned long prot)
{
	struct clip_context *ctx = clip_cred(current_cred())->context;
	struct clip_entry *entry __free(clip_entry_put) = NULL;
	struct file *file = vma->vm_file;
	struct clip_verdict verdict = {};
	const struct inode *inode;
	u64 allowed;

	if (!file || (vma->vm_flags & VM_EXEC))
		return 0;
	inode = d_real_inode(file->f_path.dentry);
	if ((prot & PROT_WRITE) || vma->anon_vma) {
		verdict.reason = CLIP_REASON_WX_MEMORY;
		return refuse_or_tell(ctx, file, NULL, &verdict, -EACCES);
	}
	if (!clip_inode_seal(inode))
		return -ETXTBSY;
	allowed = clip_allow_verdict(&ctx->allow);
	if (allowed && clip_inode_verified(inode, allowed))
		return 0;
	entry = clip_store_lookup_inode(&ctx->table, file_inode(file));
	if (entry && clip_inode_verified(file_inode(file), entry->id))
		return 0;
	verdict.reason = CLIP_REASON_LIB_MISMATCH;
	return refuse_or_tell(ctx, file, entry, &verdict, -EACCES);
}

/**
 * clip_libs_mprotect - may this become executable in a task that asks for checks?
 * @vma: the mapping, as it is
 * @prot: PROT_* as it will be, with PROT_EXEC
 * @wanted: CLIP_ENTRY_* of %CLIP_LIBS_FLAGS that the task runs by
 *
 * Context: mmap_lock is held for writing.
 * Return: as clip_libs_mmap().
 */
int clip_libs_mprotect(struct vm_area_struct *vma, unsigned long prot,
		       u32 wanted)
{
	struct clip_entry *entry __free(clip_entry_put) = NULL;
	struct file *file = vma->vm_file;

	/* Pages of its own, written or about to be, never become code. */
	if (!file || vma->anon_vma || (prot & PROT_WRITE))
		return refuse_reason(file, CLIP_REASON_WX_MEMORY);
	/* Executable already: it was checked when it became so. */
	if (vma->vm_flags & VM_EXEC)
		return 0;
	if (!file_can_be_checked(file))
		return refuse_reason(file, CLIP_REASON_UNTRUSTED_FS);
	entry = find_entry(file);
	if (!entry || !may_be_mapped(entry))
		return refuse_reason(file, CLIP_REASON_LIB_NOT_LISTED);
	if (!clip_inode_seal(file_inode(file)))
		return -ETXTBSY;
	/* mmap_lock is held: no reading here, only what is known already. */
	if ((wanted & CLIP_ENTRY_CHECKLIBS) &&
	    !clip_inode_verified(file_inode(file), entry->id))
		return refuse_reason(file, CLIP_REASON_LIB_MISMATCH);
	return 0;
}
