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
 * clip_judge(). The hash is computed in mmap_file, where no lock is held;
 * mprotect holds mmap_lock and can only look at what was found before.
 */
#include "core/common.h"

#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/sched/signal.h>

#include "core/cred_blob.h"
#include "core/reason.h"
#include "memory/libraries.h"
#include "report/report.h"
#include "store/context.h"
#include "store/entry.h"
#include "store/filesystem.h"
#include "verify/judge.h"
#include "verify/verdict.h"

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

static bool file_can_be_checked(const struct file *file)
{
	return S_ISREG(file_inode(file)->i_mode) &&
	       clip_sb_trusted(file_inode(file)->i_sb);
}

/**
 * struct request - memory that is to become executable
 * @file: what is mapped, or NULL
 * @vma: the mapping that changes; NULL if a new one is made
 * @prot: PROT_* as it will be, with PROT_EXEC
 */
struct request {
	struct file *file;
	const struct vm_area_struct *vma;
	unsigned long prot;
};

/*
 * With mmap_lock held, for a mapping that changes, nothing can be read: only
 * what was found before counts.
 */
static unsigned int how_to_judge(const struct request *request)
{
	return CLIP_JUDGE_SEAL | (request->vma ? CLIP_JUDGE_KNOWN : 0);
}

/* LB-08: pages that can be written, or were, are or will be anonymous. */
static bool is_or_was_writable(const struct request *request)
{
	return (request->prot & PROT_WRITE) ||
	       (request->vma && request->vma->anon_vma);
}

/* It was checked when it became executable. */
static bool is_code_already(const struct request *request)
{
	return request->vma && (request->vma->vm_flags & VM_EXEC);
}

/*
 * LB-02, Intent: asked for both, the stricter flag counts. LB-09: whichever it
 * is, the file is sealed.
 */
static int judge_listed(struct clip_judgement *judgement,
			struct clip_context *ctx, const struct request *request,
			u32 wanted)
{
	if (wanted & CLIP_ENTRY_CHECKLIBS)
		return clip_judge(judgement, ctx, request->file,
				  how_to_judge(request) | CLIP_JUDGE_LISTED);
	if (!clip_inode_deny_writers(judgement->inode))
		return -ETXTBSY;
	clip_inode_seal(judgement->inode);
	clip_inode_allow_writers(judgement->inode);
	return 0;
}

/* For a task that runs by an entry with NEEDLIBS or CHECKLIBS. */
static int check_task(const struct request *request, u32 wanted)
{
	struct clip_context *ctx = clip_cred(current_cred())->context;
	struct file *file = request->file;
	struct clip_judgement judgement;
	int err;

	if (!file || is_or_was_writable(request))
		return refuse_reason(file, CLIP_REASON_WX_MEMORY);
	if (is_code_already(request))
		return 0;
	if (!file_can_be_checked(file))
		return refuse_reason(file, CLIP_REASON_UNTRUSTED_FS);
	if (!ctx)
		return refuse_reason(file, CLIP_REASON_LIB_NOT_LISTED);
	clip_judge_begin(&judgement, ctx, file);
	if (!judgement.entry || !may_be_mapped(judgement.entry)) {
		clip_judge_end(&judgement);
		return refuse_reason(file, CLIP_REASON_LIB_NOT_LISTED);
	}
	err = judge_listed(&judgement, ctx, request, wanted);
	/* Of two entries it may be the other one that the content matches. */
	if (!err && !may_be_mapped(judgement.entry))
		err = refuse_reason(file, CLIP_REASON_LIB_NOT_LISTED);
	else if (err && err != -ETXTBSY && err != -EINTR)
		refuse(file, judgement.entry, &judgement.verdict, err);
	clip_judge_end(&judgement);
	return err;
}

/* For every task of a context with ENFORCE_LIB. */
static int check_context(const struct request *request)
{
	struct clip_context *ctx = clip_cred(current_cred())->context;
	struct file *file = request->file;
	struct clip_judgement judgement;
	int err = -EACCES;

	if (!file || (is_code_already(request) &&
		      !(request->prot & PROT_WRITE)))
		return 0;
	clip_judge_begin(&judgement, ctx, file);
	if (is_or_was_writable(request))
		judgement.verdict.reason = CLIP_REASON_WX_MEMORY;
	else
		err = clip_judge(&judgement, ctx, file, how_to_judge(request));
	if (err && err != -ETXTBSY && err != -EINTR) {
		const bool permitted = clip_context_permits(ctx, err);

		clip_report_verdict(CLIP_REPORT_MAP, ctx, file, judgement.entry,
				    &judgement.verdict, err, permitted);
		err = permitted ? 0 : err;
	}
	clip_judge_end(&judgement);
	return err;
}

/**
 * clip_libs_check_mmap - may a task that asks for checked libraries map this?
 * @file: the file, or NULL
 * @prot: PROT_*, with PROT_EXEC
 * @wanted: CLIP_ENTRY_* of %CLIP_LIBS_FLAGS that the task runs by
 *
 * Context: may sleep.
 * Return: 0; -ETXTBSY if somebody has the file open for writing; or a negative
 * errno value after a report, and the process ends.
 */
int clip_libs_check_mmap(struct file *file, unsigned long prot, u32 wanted)
{
	return check_task(&(struct request) { .file = file, .prot = prot },
			  wanted);
}

/**
 * clip_libs_check_context_mmap - may a task of a context with ENFORCE_LIB map this?
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
int clip_libs_check_context_mmap(struct file *file, unsigned long prot)
{
	return check_context(&(struct request) { .file = file, .prot = prot });
}

/**
 * clip_libs_check_mprotect - may this become executable in a task that asks for checks?
 * @vma: the mapping, as it is
 * @prot: PROT_* as it will be, with PROT_EXEC
 * @wanted: CLIP_ENTRY_* of %CLIP_LIBS_FLAGS that the task runs by
 *
 * Context: mmap_lock is held for writing.
 * Return: as clip_libs_check_mmap().
 */
int clip_libs_check_mprotect(const struct vm_area_struct *vma, unsigned long prot,
			     u32 wanted)
{
	return check_task(&(struct request) {
		.file = vma->vm_file, .vma = vma, .prot = prot,
	}, wanted);
}

/**
 * clip_libs_check_context_mprotect - may this become executable, with ENFORCE_LIB?
 * @vma: the mapping, as it is
 * @prot: PROT_* as it will be, with PROT_EXEC
 *
 * Context: mmap_lock is held for writing.
 * Return: as clip_libs_check_context_mmap().
 */
int clip_libs_check_context_mprotect(const struct vm_area_struct *vma,
				     unsigned long prot)
{
	return check_context(&(struct request) {
		.file = vma->vm_file, .vma = vma, .prot = prot,
	});
}
