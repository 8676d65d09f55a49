/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Scripts and their interpreters. The probe plays the interpreter.
 */
#ifndef CLIP_TESTS_SCRIPT_H
#define CLIP_TESTS_SCRIPT_H

#include "device.h"
#include "image.h"
#include "process.h"

#define DIR	"/tmp/script"
#define A	DIR "/a"		/* the interpreter */
#define S	DIR "/s"		/* the script */
#define MID	DIR "/mid"		/* a script that interprets scripts */
#define SIDE	DIR "/side"		/* another filesystem or directory */
#define MISC	"/proc/sys/fs/binfmt_misc"

#define BOTH	(BIND | KILL)

/* Runs without a grant, and the kernel counts that it left the grant out. */
#define EXPECT_STRIPPED(path, uid) do { \
	const long long counted = status_value("ungranted"); \
	\
	EXPECT_PLAIN(probe_run(path, uid)); \
	EXPECT_EQ(counted + 1, status_value("ungranted")); \
} while (0)

#define EXPECT_GRANTED_TO(path, uid) EXPECT_GRANTED(probe_run(path, uid))

#endif /* CLIP_TESTS_SCRIPT_H */
