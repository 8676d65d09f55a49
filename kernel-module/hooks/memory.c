// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: the hooks for memory that becomes executable
 *
 * All concerns that restrict such memory are called here, in this order, and
 * nowhere else. The first refusal wins.
 */
#include "core/common.h"

#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/lsm_hooks.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/sched.h>
#include <linux/security.h>

#include "core/asleep.h"
#include "core/cred_blob.h"
#include "core/latch.h"
#include "exec/tpe.h"
#include "memory/libraries.h"
#include "memory/permission.h"
#include "memory/wx.h"
#include "store/context.h"
#include "store/filesystem.h"
#include "verify/code.h"

/*
 * These are not flags of entries: the level requires them for the whole
 * context.
 */
#define CHECK_CONTEXT	CLIP_LEVEL_ENFORCE_LIB
#define CHECK_PROGRAMS	CLIP_LEVEL_ACTIVE
#define CHECK_LEVELS	(CHECK_CONTEXT | CHECK_PROGRAMS | CLIP_LEVEL_WX_MEMORY)

static_assert(!(CLIP_LIBS_FLAGS & CHECK_LEVELS));

/*
 * Returns the flags of the task's entry and of its level that require checks,
 * or 0 for a task without checks.
 */
static u32 checks_wanted(void)
{
	const struct clip_cred *blob = clip_cred(current_cred());
	const u32 level = blob->context ? READ_ONCE(blob->context->level) : 0;
	u32 wanted = blob->entry_flags & CLIP_LIBS_FLAGS;

	if (likely(level & CLIP_LEVEL_ACTIVE))
		wanted |= level & CHECK_LEVELS;
	return wanted;
}

/* One of CLIP_LATCHES_OF_CODE is set, or will be in a moment. */
static DEFINE_STATIC_KEY_FALSE(latched);

static __always_inline bool permission_applies(void)
{
	return static_branch_unlikely(&latched) && clip_permission_applies();
}

/* Either the level or the latch can require this check. */
static bool wx_wanted(u32 wanted)
{
	return (wanted & CLIP_LEVEL_WX_MEMORY) ||
	       clip_latched(CLIP_LATCH_WX_MEMORY);
}

/* Out of line: a task without any check leaves the hook after a few loads. */
static noinline int check_mapping(struct file *file, unsigned long prot,
				  u32 wanted)
{
	int err = clip_permission_check_mmap(file, prot);

	if (!err && (wanted & CLIP_LIBS_FLAGS))
		err = clip_libs_check_mmap(file, prot, wanted);
	if (!err && file && (wanted & CHECK_CONTEXT))
		err = clip_libs_check_context_mmap(file, prot);
	else if (!err && file && (wanted & CHECK_PROGRAMS))
		err = clip_libs_check_program_mmap(file);
	if (!err && wx_wanted(wanted))
		err = clip_wx_check_mmap(file, prot);
	return err;
}

/*
 * Does nothing but the rule about writable memory restrict what @file is mapped
 * for? No entry refers to a file of its filesystem, as in clip_libs_exempt().
 */
static __always_inline bool only_wx(const struct file *file, u32 wanted)
{
	return !(wanted & ~(CHECK_PROGRAMS | CLIP_LEVEL_WX_MEMORY)) &&
	       (READ_ONCE(clip_latches) & CLIP_LATCHES_OF_CODE) ==
	       BIT(CLIP_LATCH_WX_MEMORY) &&
	       file && !clip_sb_is_named(file_inode(file)->i_sb);
}

/* Each library takes this path, so that it is short. */
static __always_inline bool is_kept_mmap(struct file *file, unsigned long prot,
					 u32 wanted)
{
	return only_wx(file, wanted) && !(prot & PROT_WRITE) &&
	       clip_code_possible(file_inode(file)) && clip_wx_holds_own(file);
}

static int hook_mmap_file(struct file *file, unsigned long reqprot,
			  unsigned long prot, unsigned long flags)
{
	u32 wanted;

	if (!(prot & PROT_EXEC))
		return 0;
	wanted = checks_wanted();
	if (permission_applies())
		return is_kept_mmap(file, prot, wanted) ?
		       0 : check_mapping(file, prot, wanted);
	if (likely(!wanted) || (wanted == CHECK_PROGRAMS &&
				(!file || clip_libs_exempt(file))))
		return 0;
	return check_mapping(file, prot, wanted);
}

static noinline int check_protection(struct vm_area_struct *vma,
				     unsigned long prot, u32 wanted)
{
	int err = clip_permission_check_mprotect(vma, prot);

	if (!err && (wanted & CLIP_LIBS_FLAGS))
		err = clip_libs_check_mprotect(vma, prot, wanted);
	if (!err && (wanted & CHECK_CONTEXT))
		err = clip_libs_check_context_mprotect(vma, prot);
	else if (!err && vma->vm_file && (wanted & CHECK_PROGRAMS))
		err = clip_libs_check_program_mprotect(vma);
	if (!err && wx_wanted(wanted))
		err = clip_wx_check_mprotect(vma, prot);
	return err;
}

static __always_inline bool is_kept_mprotect(struct vm_area_struct *vma,
					     unsigned long prot, u32 wanted)
{
	/* What is code already is not held. */
	return only_wx(vma->vm_file, wanted) && !(prot & PROT_WRITE) &&
	       !(vma->vm_flags & VM_EXEC) && clip_wx_may_become_code(vma) &&
	       clip_wx_holds_own(vma->vm_file);
}

static int hook_file_mprotect(struct vm_area_struct *vma,
			      unsigned long reqprot, unsigned long prot)
{
	u32 wanted;

	if (!(prot & PROT_EXEC))
		return 0;
	wanted = checks_wanted();
	if (permission_applies())
		return is_kept_mprotect(vma, prot, wanted) ?
		       0 : check_protection(vma, prot, wanted);
	if (likely(!wanted) || (wanted == CHECK_PROGRAMS &&
				(!vma->vm_file || (vma->vm_flags & VM_EXEC) ||
				 clip_libs_exempt(vma->vm_file))))
		return 0;
	return check_protection(vma, prot, wanted);
}

/* Does the level of the context require good content of what is mapped? */
static bool content_applies(const struct clip_context *ctx)
{
	const u32 level = ctx ? READ_ONCE(ctx->level) : 0;

	if (!(level & CLIP_LEVEL_ACTIVE))
		return false;
	/* With ENFORCE_EXEC, of the program and its interpreter. */
	return (level & CLIP_LEVEL_ENFORCE_LIB) ||
	       ((level & CLIP_LEVEL_ENFORCE_EXEC) && current->in_execve);
}

/* Not current_cred(): overlayfs maps with the credentials of its mounter. */
static noinline int check_backing(struct file *backing_file)
{
	const struct clip_cred *blob = clip_cred(current_real_cred());
	int err = 0;

	if (clip_latched(CLIP_LATCH_TPE))
		err = clip_tpe_check_backing(backing_file);
	if (!err && content_applies(blob->context))
		err = clip_libs_check_backing(blob->context, backing_file);
	if (!err && clip_wx_applies(blob))
		err = clip_wx_check_backing(backing_file);
	return err;
}

static int hook_mmap_backing_file(struct vm_area_struct *vma,
				  struct file *backing_file,
				  struct file *user_file)
{
	return vma->vm_flags & VM_EXEC ? check_backing(backing_file) : 0;
}

static void hook_mmap_done(void)
{
	clip_code_end_hold();
}

/*
 * cap_mmap_addr() calls cap_capable() directly and never reaches the hook for
 * capabilities, so a scoped CAP_SYS_RAWIO would allow mapping page zero.
 */
static int hook_mmap_addr(unsigned long addr)
{
	if (likely(addr >= dac_mmap_min_addr))
		return 0;
	if (clip_scoped(current_cred()) & BIT_ULL(CAP_SYS_RAWIO))
		return -EPERM;
	return clip_wx_check_low();
}

/*
 * cap_vm_enough_memory() calls cap_capable() directly and never reaches the
 * hook for capabilities, so a scoped CAP_SYS_ADMIN would unlock the admin
 * reserve.
 */
static int hook_vm_enough_memory(struct mm_struct *mm, long pages)
{
	if (likely(!clip_cred(current_cred())->scoped))
		return 0;
	return clip_scoped(current_cred()) & BIT_ULL(CAP_SYS_ADMIN) ?
	       -EPERM : 0;
}

static struct security_hook_list clip_memory_hooks[] __ro_after_init = {
	LSM_HOOK_INIT(mmap_file, hook_mmap_file),
	LSM_HOOK_INIT(file_mprotect, hook_file_mprotect),
	LSM_HOOK_INIT(mmap_backing_file, hook_mmap_backing_file),
};

static struct security_hook_list clip_done_hooks[] __ro_after_init = {
	LSM_HOOK_INIT(mmap_done, hook_mmap_done),
};

static struct security_hook_list clip_address_hooks[] __ro_after_init = {
	LSM_HOOK_INIT(mmap_addr, hook_mmap_addr),
};

static struct security_hook_list clip_reserve_hooks[] __ro_after_init = {
	LSM_HOOK_INIT(vm_enough_memory, hook_vm_enough_memory),
};

/**
 * clip_add_memory_hooks - Register the hooks of this file
 */
void __init clip_add_memory_hooks(void)
{
	clip_add_sleeping_hooks(clip_memory_hooks, ARRAY_SIZE(clip_memory_hooks),
				CLIP_WAKE_CODE);
	clip_add_sleeping_key(&latched, CLIP_WAKE_CODE_LATCH);
	clip_add_sleeping_hooks(clip_done_hooks, ARRAY_SIZE(clip_done_hooks),
				CLIP_WAKE_WX | CLIP_WAKE_HELD_CODE);
	/* After the hook is called, so that it ends whatever relies on it. */
	clip_add_sleeping_key(&clip_code_ends_told,
			      CLIP_WAKE_WX | CLIP_WAKE_HELD_CODE);
	clip_add_sleeping_hooks(clip_address_hooks,
				ARRAY_SIZE(clip_address_hooks),
				CLIP_WAKE_WX | CLIP_WAKE_SCOPED);
	clip_add_sleeping_hooks(clip_reserve_hooks,
				ARRAY_SIZE(clip_reserve_hooks),
				CLIP_WAKE_SCOPED);
}
