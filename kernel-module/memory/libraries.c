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
#include <linux/lsm_hooks.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/sched/signal.h>

#include "core/cred_blob.h"
#include "core/inode_blob.h"
#include "memory/libraries.h"
#include "memory/permission.h"
#include "memory/wx.h"
#include "report/log.h"
#include "store/allowlist.h"
#include "store/context.h"
#include "store/entry.h"
#include "store/filesystem.h"
#include "verify/verify.h"

#define CHECK_FLAGS	(CLIP_ENTRY_NEEDLIBS | CLIP_ENTRY_CHECKLIBS)

/* Not flags of entries: the whole context asks. */
#define CHECK_CONTEXT	CLIP_LEVEL_ENFORCE_LIB
#define CHECK_LEVELS	(CHECK_CONTEXT | CLIP_LEVEL_WX_MEMORY)

static_assert(!(CHECK_FLAGS & CHECK_LEVELS));

/* The flags the task runs by, and the level it is in, if they ask; else 0. */
static u32 checks_wanted(void)
{
	const struct clip_cred *blob = clip_cred(current_cred());
	const u32 level = blob->context ? READ_ONCE(blob->context->level) : 0;
	u32 wanted = blob->entry_flags & CHECK_FLAGS;

	if (level & CLIP_LEVEL_ACTIVE)
		wanted |= level & CHECK_LEVELS;
	return wanted;
}

/* The level, or the latch. */
static bool wx_wanted(u32 wanted)
{
	return (wanted & CLIP_LEVEL_WX_MEMORY) ||
	       clip_latched(CLIP_LATCH_WX_MEMORY);
}

/*
 * Taking one thread's credentials away would leave the others theirs, and the
 * process with an inconsistent idea of itself: it ends as a whole.
 */
static int refuse(struct file *file, const struct clip_entry *entry,
		  const struct clip_verdict *verdict, int err)
{
	clip_report_map(clip_cred(current_cred())->context, file, entry,
			verdict, err, true);
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
		(entry->flags & CHECK_FLAGS));
}

static struct clip_entry *find_entry(const struct file *file)
{
	struct clip_context *ctx = clip_cred(current_cred())->context;

	return ctx ? clip_store_lookup_inode(ctx, file_inode(file)) : NULL;
}

static bool file_can_be_checked(const struct file *file)
{
	return S_ISREG(file_inode(file)->i_mode) &&
	       clip_sb_trusted(file_inode(file)->i_sb);
}

/* Apart from the hook, whose way out for everybody else is a few loads. */
static noinline int check_mapping(struct file *file, unsigned long prot,
				  u32 wanted)
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
	const bool enforced = !clip_context_permits(ctx, err);

	clip_report_map(ctx, file, entry, verdict, err, enforced);
	return enforced ? err : 0;
}

/*
 * What every task of a context with ENFORCE_LIB is held to: a file that becomes
 * executable has an entry or an allow digest, and matches it. The task is not
 * raised, so it lives on. Memory without a file is not meant.
 */
static noinline int check_for_context(struct file *file, unsigned long prot)
{
	struct clip_context *ctx = clip_cred(current_cred())->context;
	struct clip_entry *entry __free(clip_entry_put) = NULL;
	struct clip_verdict verdict = {};
	int err = -EACCES;

	entry = clip_store_lookup_inode(ctx, file_inode(file));
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

/* With mmap_lock held nothing can be read: only what was found before counts. */
static noinline int check_protection_for_context(struct vm_area_struct *vma,
						 unsigned long prot)
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
	allowed = clip_allow_verdict(ctx);
	if (allowed && clip_inode_verified(inode, allowed))
		return 0;
	entry = clip_store_lookup_inode(ctx, file_inode(file));
	if (entry && clip_inode_verified(file_inode(file), entry->id))
		return 0;
	verdict.reason = CLIP_REASON_LIB_MISMATCH;
	return refuse_or_tell(ctx, file, entry, &verdict, -EACCES);
}

/* Whoever is asked nothing comes no further than to the hooks themselves. */
static noinline int ask_about_mapping(struct file *file, unsigned long prot,
				      u32 wanted)
{
	int err = clip_mapperm_mmap(file, prot);

	if (!err && (wanted & CHECK_FLAGS))
		err = check_mapping(file, prot, wanted);
	if (!err && file && (wanted & CHECK_CONTEXT))
		err = check_for_context(file, prot);
	if (!err && wx_wanted(wanted))
		err = clip_wxmem_mmap(file, prot);
	return err;
}

static int hook_mmap_file(struct file *file, unsigned long reqprot,
			  unsigned long prot, unsigned long flags)
{
	u32 wanted;

	if (!(prot & PROT_EXEC))
		return 0;
	wanted = checks_wanted();
	if (likely(!wanted && !clip_mapperm_asked()))
		return 0;
	return ask_about_mapping(file, prot, wanted);
}

static noinline int check_protection(struct vm_area_struct *vma,
				     unsigned long prot, u32 wanted)
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

static noinline int ask_about_protection(struct vm_area_struct *vma,
					 unsigned long prot, u32 wanted)
{
	int err = clip_mapperm_mprotect(vma, prot);

	if (!err && (wanted & CHECK_FLAGS))
		err = check_protection(vma, prot, wanted);
	if (!err && (wanted & CHECK_CONTEXT))
		err = check_protection_for_context(vma, prot);
	if (!err && wx_wanted(wanted))
		err = clip_wxmem_mprotect(vma, prot);
	return err;
}

static int hook_file_mprotect(struct vm_area_struct *vma,
			      unsigned long reqprot, unsigned long prot)
{
	u32 wanted;

	if (!(prot & PROT_EXEC))
		return 0;
	wanted = checks_wanted();
	if (likely(!wanted && !clip_mapperm_asked()))
		return 0;
	return ask_about_protection(vma, prot, wanted);
}

static struct security_hook_list clip_lib_hooks[] __ro_after_init = {
	LSM_HOOK_INIT(mmap_file, hook_mmap_file),
	LSM_HOOK_INIT(file_mprotect, hook_file_mprotect),
};

/**
 * clip_add_lib_hooks - register the hooks of this file
 */
void __init clip_add_lib_hooks(void)
{
	security_add_hooks(clip_lib_hooks, ARRAY_SIZE(clip_lib_hooks),
			   &clip_lsm_id);
}
