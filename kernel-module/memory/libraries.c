// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: checked libraries
 *
 * These checks apply to a task that runs by an entry with NEEDLIBS or
 * CHECKLIBS. Everything that becomes executable in it must be a listed file;
 * with CHECKLIBS the content of the file must match as well. The ELF loader
 * maps the program and its interpreter with the new credentials, so exec needs
 * no hook of its own here.
 *
 * A file that passed is sealed: it cannot be opened for writing any more, see
 * clip_judge(). The hash is computed in mmap_file, where no lock is held;
 * mprotect holds mmap_lock and can only use earlier results.
 */
#include "core/common.h"

#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/sched/signal.h>

#include "core/cred_blob.h"
#include "core/reason.h"
#include "exec/chain.h"
#include "memory/libraries.h"
#include "report/events.h"
#include "report/report.h"
#include "store/context.h"
#include "store/entry.h"
#include "store/filesystem.h"
#include "verify/code.h"
#include "verify/judge.h"
#include "verify/unlisted.h"
#include "verify/verdict.h"

/*
 * Taking the credentials from one thread would leave the others theirs, and the
 * process in an inconsistent state. The whole process ends instead, unless the
 * file is only being written at the moment.
 */
static int refuse(struct file *file, const struct clip_entry *entry,
		  const struct clip_verdict *verdict, int err)
{
	if (err == -EINTR)
		return err;
	clip_report_verdict(CLIP_REPORT_MAP,
			    clip_cred(current_cred())->context, file, entry,
			    verdict, err, false);
	if (err != -ETXTBSY)
		send_sig(SIGKILL, current, 1);
	return err;
}

static int refuse_reason(struct file *file, enum clip_reason reason)
{
	const struct clip_verdict verdict = { .reason = reason };

	return refuse(file, NULL, &verdict, -EACCES);
}

/*
 * LB-04: a library may be mapped, and a program that is subject to these checks
 * itself: the main program is mapped that way.
 */
static bool may_be_mapped(const struct clip_entry *entry)
{
	return (entry->flags & CLIP_ENTRY_LIB) ||
	       ((entry->flags & CLIP_ENTRY_EXE) &&
		(entry->flags & CLIP_LIBS_FLAGS));
}

/* A file can have two entries, in no order, see CLIP_COMMIT_BESIDE. */
static bool any_may_be_mapped(const struct clip_judgement *judgement,
			      struct clip_context *ctx, const struct file *file)
{
	struct clip_entry *other;
	bool may;

	if (!judgement->entry || may_be_mapped(judgement->entry))
		return judgement->entry;
	other = clip_store_lookup_other(&ctx->table, file_inode(file),
					judgement->entry);
	may = other && may_be_mapped(other);
	clip_entry_put(other);
	return may;
}

static bool file_can_be_checked(const struct file *file)
{
	return S_ISREG(file_inode(file)->i_mode) &&
	       clip_sb_trusted(file_inode(file)->i_sb);
}

/**
 * struct request - A request to make memory executable
 * @file: the mapped file, or NULL
 * @vma: the mapping that changes; NULL for a new one
 * @prot: the new PROT_*, with PROT_EXEC
 */
struct request {
	struct file *file;
	const struct vm_area_struct *vma;
	unsigned long prot;
};

/*
 * For a mapping that changes, mmap_lock is held and nothing can be read: only
 * earlier results count.
 */
static unsigned int how_to_judge(const struct request *request)
{
	return CLIP_JUDGE_SEAL | (request->vma ? CLIP_JUDGE_KNOWN : 0);
}

/*
 * LB-08: refers to pages that can be written, or that were, are or will be
 * anonymous.
 */
static bool is_or_was_writable(const struct request *request)
{
	return (request->prot & PROT_WRITE) ||
	       (request->vma && request->vma->anon_vma);
}

/* Such a mapping was checked when it became executable. */
static bool is_code_already(const struct request *request)
{
	return request->vma && (request->vma->vm_flags & VM_EXEC);
}

/*
 * LB-02, as intended: with both flags, the stricter one counts. LB-09: the file
 * is sealed with either flag.
 */
static int judge_listed(struct clip_judgement *judgement,
			struct clip_context *ctx, const struct request *request,
			u32 wanted)
{
	if (wanted & CLIP_ENTRY_CHECKLIBS)
		return clip_judge(judgement, ctx, request->file,
				  how_to_judge(request) | CLIP_JUDGE_LISTED);
	if (!clip_inode_deny_writers(judgement->inode)) {
		judgement->verdict.reason = CLIP_REASON_BEING_WRITTEN;
		return -ETXTBSY;
	}
	clip_inode_seal(judgement->inode);
	clip_inode_allow_writers(judgement->inode);
	return 0;
}

/* Checks a task that runs by an entry with NEEDLIBS or CHECKLIBS. */
static int check_task(const struct request *request, u32 wanted)
{
	struct clip_context *ctx = clip_cred(current_cred())->context;
	struct file *file = request->file;
	struct clip_judgement judgement __uninitialized;
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
	if (!any_may_be_mapped(&judgement, ctx, file)) {
		clip_judge_end(&judgement);
		return refuse_reason(file, CLIP_REASON_LIB_NOT_LISTED);
	}
	err = judge_listed(&judgement, ctx, request, wanted);
	err = err ?: clip_judge_hold(&judgement, file);
	/* The content may match the other entry. */
	if (!err && (wanted & CLIP_ENTRY_CHECKLIBS) &&
	    !may_be_mapped(judgement.entry))
		err = refuse_reason(file, CLIP_REASON_LIB_NOT_LISTED);
	else if (err && !clip_is_interrupted(err))
		refuse(file, judgement.entry, &judgement.verdict, err);
	clip_judge_end(&judgement);
	return err;
}

/* Checks any task of a context with ENFORCE_LIB. */
static int check_context(const struct request *request)
{
	struct clip_context *ctx = clip_cred(current_cred())->context;
	struct file *file = request->file;
	struct clip_judgement judgement __uninitialized;
	int err = -EACCES;

	if (!file || (is_code_already(request) &&
		      !(request->prot & PROT_WRITE)))
		return 0;
	clip_judge_begin(&judgement, ctx, file);
	if (is_or_was_writable(request))
		judgement.verdict.reason = CLIP_REASON_WX_MEMORY;
	else
		err = clip_judge(&judgement, ctx, file, how_to_judge(request)) ?:
		      clip_judge_hold(&judgement, file);
	if (err && !clip_is_interrupted(err)) {
		const bool permitted =
			clip_context_permits(ctx, err) ||
			clip_unlisted_permits(ctx, &judgement, err);

		/* With a mapping that changes, mmap_lock is held. */
		if (permitted && !request->vma)
			clip_events_add_digest(CLIP_REPORT_MAP, ctx, file,
					       judgement.entry,
					       &judgement.verdict);
		clip_report_verdict(CLIP_REPORT_MAP, ctx, file, judgement.entry,
				    &judgement.verdict, err, permitted);
		err = permitted ? 0 : err;
	}
	clip_judge_end(&judgement);
	return err;
}

static int judge_program(struct clip_judgement *judgement,
			 struct clip_context *ctx, const struct request *request,
			 bool enforced)
{
	int err = enforced ? clip_judge_hold(judgement, request->file) : 0;

	return err ?: clip_judge(judgement, ctx, request->file,
				 request->vma ? CLIP_JUDGE_KNOWN : 0);
}

/*
 * The loader of a program that is executed from an overlay. Exec judges the
 * program only, and the hook for the file of the layer, which cannot read it,
 * takes no file that was not judged.
 */
static bool is_loader_on_overlay(const struct request *request,
				 const struct clip_judgement *judgement,
				 const struct clip_context *ctx)
{
	return current->in_execve && !request->vma &&
	       judgement->inode != file_inode(request->file) &&
	       (READ_ONCE(ctx->level) & CLIP_LEVEL_ENFORCE_EXEC);
}

/*
 * The program that is being executed, under a pre-content watch. Exec keeps
 * writers off it by a task work, and waits for requests of io_uring before it maps
 * anything, which runs the task works.
 */
static bool is_watched_program(const struct request *request)
{
	return !request->vma && FMODE_FSNOTIFY_HSM(request->file->f_mode) &&
	       clip_code_of_exec(request->file);
}

/*
 * The same conditions as in exec: what counted there may not count for the
 * credentials of the program.
 */
static bool watched_must_match(const struct clip_judgement *judgement,
			       const struct clip_context *ctx)
{
	return (READ_ONCE(ctx->level) & CLIP_LEVEL_ENFORCE_EXEC) ||
	       (judgement->entry && clip_cred(current_cred())->entry_flags);
}

static bool is_granted(const struct request *request)
{
	return is_watched_program(request) &&
	       clip_cred(current_cred())->entry_flags;
}

/* Does the content of the file count, although it is only mapped? */
static bool must_match(const struct request *request,
		       const struct clip_judgement *judgement,
		       const struct clip_context *ctx)
{
	const struct clip_entry *entry = judgement->entry;

	if (unlikely(is_watched_program(request)) &&
	    watched_must_match(judgement, ctx))
		return true;
	return entry ? clip_entry_unmet(entry) == CLIP_REASON_NONE :
		       is_loader_on_overlay(request, judgement, ctx);
}

/*
 * A listed program that is mapped and not executed: by an ELF loader that was
 * started by hand, or as the interpreter of another program.
 */
static int check_program(const struct request *request)
{
	struct clip_context *ctx = clip_cred(current_cred())->context;
	const u32 enforcing = CLIP_LEVEL_ENFORCE_EXEC | CLIP_LEVEL_ENFORCE_LIB;
	/* What an entry grants is enforced at every level. */
	const bool enforced = (READ_ONCE(ctx->level) & enforcing) ||
			      is_watched_program(request);
	struct clip_judgement judgement __uninitialized;
	bool permitted;
	int err = 0;

	if (is_code_already(request) || clip_libs_exempt(request->file))
		return 0;
	clip_judge_begin(&judgement, ctx, request->file);
	if (must_match(request, &judgement, ctx))
		err = judge_program(&judgement, ctx, request, enforced);
	if (err && err != -EINTR) {
		/* Exec has granted by now what only a match may get. */
		permitted = !is_granted(request) &&
			    (!enforced || clip_context_permits(ctx, err) ||
			     clip_unlisted_permits(ctx, &judgement, err));
		clip_report_verdict(CLIP_REPORT_MAP, ctx, request->file,
				    judgement.entry, &judgement.verdict, err,
				    permitted);
		err = permitted ? 0 : err;
	}
	clip_judge_end(&judgement);
	return err;
}

/**
 * clip_libs_check_program_mmap - Check a mapping of a listed program
 * @file: the file
 *
 * Applies to every task of an active context. The program must match its entry
 * if that counts for the task, as in exec. This is enforced with ENFORCE_EXEC
 * and ENFORCE_LIB, and reported otherwise. On an overlay, the loader of a
 * program must be allowed where exec is enforced.
 *
 * Context: may sleep.
 * Return: 0, or a negative errno value after a report.
 */
int clip_libs_check_program_mmap(struct file *file)
{
	return check_program(&(struct request) { .file = file });
}

/**
 * clip_libs_check_program_mprotect - Check mprotect of a listed program
 * @vma: the present mapping, of a file
 *
 * Context: mmap_lock is held for writing.
 * Return: as clip_libs_check_program_mmap().
 */
int clip_libs_check_program_mprotect(const struct vm_area_struct *vma)
{
	return check_program(&(struct request) {
		.file = vma->vm_file, .vma = vma,
	});
}

/**
 * clip_libs_check_mmap - Check a mapping of a task with checked libraries
 * @file: the file, or NULL
 * @prot: PROT_*, with PROT_EXEC
 * @wanted: CLIP_ENTRY_* of %CLIP_LIBS_FLAGS that the task runs by
 *
 * Context: may sleep.
 * Return: 0; -ETXTBSY after a report if a task has the file open for writing;
 * or a negative errno value after a report, and the process ends.
 */
int clip_libs_check_mmap(struct file *file, unsigned long prot, u32 wanted)
{
	return check_task(&(struct request) { .file = file, .prot = prot },
			  wanted);
}

/**
 * clip_libs_check_context_mmap - Check a mapping in a context with ENFORCE_LIB
 * @file: the file
 * @prot: PROT_*, with PROT_EXEC
 *
 * Applies to every task of such a context: a file that becomes executable must
 * have an entry or an allow digest, and match it. The task is not raised, so it
 * lives on after a refusal. Memory without a file is not subject to this check.
 *
 * Context: may sleep.
 * Return: 0; or a negative errno value after a report, -ETXTBSY if a task has
 * the file open for writing.
 */
int clip_libs_check_context_mmap(struct file *file, unsigned long prot)
{
	return check_context(&(struct request) { .file = file, .prot = prot });
}

/**
 * clip_libs_check_mprotect - Check mprotect of a task with checked libraries
 * @vma: the present mapping
 * @prot: the new PROT_*, with PROT_EXEC
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
 * clip_libs_check_context_mprotect - Check mprotect in an ENFORCE_LIB context
 * @vma: the present mapping
 * @prot: the new PROT_*, with PROT_EXEC
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

static bool has_entry(struct clip_context *ctx, struct file *file)
{
	struct clip_judgement judgement;
	bool found;

	clip_judge_begin(&judgement, ctx, file);
	found = judgement.entry;
	clip_judge_end(&judgement);
	return found;
}

/**
 * clip_libs_check_backing - Check the file that is in fact mapped executable
 * @ctx: the task's context, where the level requires good content
 * @file: a file of a layer of overlayfs, or one that a filesystem in user space
 *	passes through
 *
 * The judge has read the file that the name referred to at that moment. A
 * descriptor that was opened before a copy-up, or a copy-up since, leads to the
 * other one, whose content was not read: so only a verdict of this very
 * inode counts. It is kept from writers while it is mapped.
 *
 * Context: may sleep; mmap_lock is held for writing.
 * Return: 0, or a negative errno value after a report.
 */
int clip_libs_check_backing(struct clip_context *ctx, struct file *file)
{
	struct clip_verdict verdict = { .reason = CLIP_REASON_LIB_MISMATCH };
	int err = -EACCES;
	bool permitted;

	if (clip_inode_being_written(file_inode(file))) {
		verdict.reason = CLIP_REASON_BEING_WRITTEN;
		err = -ETXTBSY;
	} else if (clip_judge_allowed(ctx, file_inode(file))) {
		return clip_code_hold_longer(file);
	}
	/* What has an entry is not without a rule, whatever leads to it. */
	permitted = clip_context_permits(ctx, err) ||
		    (err == -EACCES && !has_entry(ctx, file) &&
		     clip_unlisted_marked(current, ctx));
	clip_report_verdict(CLIP_REPORT_MAP, ctx, file, NULL, &verdict, err,
			    permitted);
	return permitted ? 0 : err;
}
