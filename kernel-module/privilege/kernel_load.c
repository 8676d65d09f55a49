// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: the privileges for loading kernel modules or another kernel
 *
 * A module is loaded either from a file, which can have an entry, or from
 * memory. The kernel also requests modules itself, on behalf of a task that
 * mounts a filesystem or creates a socket. Such a request is checked against
 * that task. The program that the kernel executes to load the module is checked
 * when it loads it.
 */
#include "core/common.h"

#include <linux/capability.h>
#include <linux/cleanup.h>
#include <linux/fs.h>
#include <linux/kernel_read_file.h>
#include <linux/lsm_hooks.h>

#include "core/cred_blob.h"
#include "core/latch.h"
#include "core/reason.h"
#include "core/syscall.h"
#include "privilege/kernel_load.h"
#include "privilege/require.h"
#include "report/report.h"
#include "store/context.h"
#include "store/entry.h"
#include "store/filesystem.h"
#include "verify/judge.h"

/* Reported as a map event: loading a module makes its file executable. */
static int refuse(struct file *file, const struct clip_entry *entry,
		  const struct clip_verdict *verdict, int err)
{
	clip_report_verdict(CLIP_REPORT_MAP,
			    clip_cred(current_cred())->context, file, entry,
			    verdict, err, false);
	return err;
}

static int refuse_reason(struct file *file, enum clip_reason reason)
{
	const struct clip_verdict verdict = { .reason = reason };

	return refuse(file, NULL, &verdict, -EACCES);
}

/*
 * The caller denies writers from before this check until the file has been
 * read. On a filesystem that is not trusted, this does not guarantee that the
 * content read later is the content that was verified.
 */
static int check_listed(struct file *file)
{
	const bool must = clip_latched(CLIP_LATCH_LISTED_MODULES);
	struct clip_context *ctx = clip_cred(current_cred())->context;
	struct clip_judgement judgement;
	int err = 0;

	if (must && !clip_sb_trusted(file_inode(file)->i_sb))
		return refuse_reason(file, CLIP_REASON_UNTRUSTED_FS);
	if (!ctx)
		return must ? refuse_reason(file, CLIP_REASON_NO_CONTEXT) : 0;
	clip_judge_begin(&judgement, ctx, file);
	if (judgement.entry || must)
		err = clip_judge(&judgement, ctx, file, 0);
	if (err && err != -EINTR)
		refuse(file, judgement.entry, &judgement.verdict, err);
	clip_judge_end(&judgement);
	return err;
}

static int judge_module(struct file *file)
{
	const bool must = clip_latched(CLIP_LATCH_LISTED_MODULES);
	int err;

	if (likely(!must && !clip_required(CLIP_PRIV_MODULE)))
		return 0;
	err = clip_require_latched("module", CLIP_PRIV_MODULE);
	if (err)
		return err;
	if (file)
		return check_listed(file);
	return must ? refuse_reason(NULL, CLIP_REASON_NO_ENTRY) : 0;
}

/* init_module(2), kexec_load(2) */
static int hook_kernel_load_data(enum kernel_load_data_id id, bool contents)
{
	switch (id) {
	case LOADING_MODULE:
		return judge_module(NULL);
	case LOADING_KEXEC_IMAGE:
	case LOADING_KEXEC_INITRAMFS:
		return clip_require_latched("kexec", CLIP_PRIV_KEXEC);
	default:
		return 0;
	}
}

/* finit_module(2), kexec_file_load(2) */
static int hook_kernel_read_file(struct file *file,
				 enum kernel_read_file_id id, bool contents)
{
	switch (id) {
	case READING_MODULE:
		return judge_module(file);
	case READING_KEXEC_IMAGE:
	case READING_KEXEC_INITRAMFS:
		return clip_require_latched("kexec", CLIP_PRIV_KEXEC);
	default:
		return 0;
	}
}

/*
 * modprobe runs in context 0, with all capabilities. A context that may not
 * load a module itself may not have the kernel load one for it either.
 */
static int hook_kernel_module_request(char *name)
{
	const struct clip_context *ctx = clip_cred(current_cred())->context;

	if (unlikely(ctx && ctx != &clip_admin_context) &&
	    !(READ_ONCE(ctx->cap_bound) & BIT_ULL(CAP_SYS_MODULE))) {
		clip_report_admin("module request", ctx->xid,
				  CLIP_REASON_OVER_BOUND);
		return -EPERM;
	}
	return clip_require_latched("module-request", CLIP_PRIV_MODULE);
}

/**
 * clip_module_capable - Check the removal of a module
 * @cred: the credential that the kernel checks for CAP_SYS_MODULE
 *
 * The capable hook is the only one that delete_module(2) calls.
 *
 * Return: 0, or -EPERM after a report.
 */
int clip_module_capable(const struct cred *cred)
{
	if (cred != current_cred() ||
	    clip_current_call() != CLIP_CALL_DELETE_MODULE)
		return 0;
	return clip_require_latched("module", CLIP_PRIV_MODULE);
}

static struct security_hook_list clip_kernel_load_hooks[] __ro_after_init = {
	LSM_HOOK_INIT(kernel_load_data, hook_kernel_load_data),
	LSM_HOOK_INIT(kernel_read_file, hook_kernel_read_file),
	LSM_HOOK_INIT(kernel_module_request, hook_kernel_module_request),
};

/**
 * clip_add_kernel_load_hooks - Register the hooks of this file
 */
void __init clip_add_kernel_load_hooks(void)
{
	security_add_hooks(clip_kernel_load_hooks, ARRAY_SIZE(clip_kernel_load_hooks),
			   &clip_lsm_id);
}
