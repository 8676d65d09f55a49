// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * python3-asks: Python that asks the kernel before it interprets a file.
 *
 * It is a library that Debian's own program python3.11 needs besides: a copy of
 * that program names it first, by an absolute path. The library takes the place
 * of the program's main function. Linked with libpython3.11 instead, a program
 * that imports Python's library takes 1.2 times the instructions (1.06 times with
 * the archive of it), because Debian compiles only the program as a whole.
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "hooks.h"
#include "run.h"
#include "source.h"

#include <dlfcn.h>
#include <getopt.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define STATUS_USAGE	2

static const char usage[] =
	"usage: python3-asks [OPTION]... [-c COMMAND | -m MODULE | FILE | -] [ARGUMENT]...\n";

static const char help[] =
	"\n"
	"Python 3.11 of Debian, which asks the kernel before it interprets a file. The\n"
	"securebits say whether it obeys (execbits show): with EXEC_RESTRICT_FILE it\n"
	"interprets a program, a module or an archive only if the kernel allows it, and\n"
	"with EXEC_DENY_INTERACTIVE it refuses -c, -m and a standard input that is no\n"
	"allowed file. There is no prompt: a terminal is read to its end.\n"
	"\n"
	"  -B      write no compiled modules        -q      no effect\n"
	"  -b      warn of str(bytes)               -s      no site directory of the user\n"
	"  -E      ignore PYTHON* variables         -S      do not import site\n"
	"  -I      isolated: -E, -P and -s          -u      unbuffered output\n"
	"  -i      no effect                        -v      tell of each import\n"
	"  -O      optimise; -OO without docstrings -W ARG  control warnings\n"
	"  -P      no directory of the program      -X OPT  an option of the implementation\n"
	"  -V, --version, -h, --help\n"
	"\n"
	"PYTHONSTARTUP, PYTHONINSPECT and PYTHONBREAKPOINT have no effect. A program that\n"
	"is refused ends with status 126. Standard input counts as an allowed file only\n"
	"from its beginning.\n";

struct options {
	PyPreConfig pre;
	PyConfig config;
	const char *command;
	const char *module;
};

static void isolate(PyConfig *config)
{
	config->isolated = 1;
	config->use_environment = 0;
	config->user_site_directory = 0;
	config->safe_path = 1;
}

static void append(PyWideStringList *list, const char *text)
{
	wchar_t *wide = Py_DecodeLocale(text, NULL);
	const PyStatus status = wide ? PyWideStringList_Append(list, wide) : PyStatus_NoMemory();

	PyMem_RawFree(wide);
	if (PyStatus_Exception(status))
		Py_ExitStatusException(status);
}

static void set_option(PyConfig *config, int letter)
{
	switch (letter) {
	case 'B': config->write_bytecode = 0; break;
	case 'b': config->bytes_warning++; break;
	case 'E': config->use_environment = 0; break;
	case 'I': isolate(config); break;
	case 'O': config->optimization_level++; break;
	case 'P': config->safe_path = 1; break;
	case 's': config->user_site_directory = 0; break;
	case 'S': config->site_import = 0; break;
	case 'u': config->buffered_stdio = 0; break;
	case 'v': config->verbose++; break;
	case 'W': append(&config->warnoptions, optarg); break;
	case 'X': append(&config->xoptions, optarg); break;
	}
}

/* What has to be known before Python decodes its first text. */
static void set_early_option(PyPreConfig *pre, int letter)
{
	switch (letter) {
	case 'I':
		pre->isolated = 1;
		pre->use_environment = 0;
		break;
	case 'E': pre->use_environment = 0; break;
	case 'X':
		if (!strcmp(optarg, "utf8") || !strcmp(optarg, "utf8=1"))
			pre->utf8_mode = 1;
		break;
	}
}

static void leave(FILE *stream, const char *more, int status)
{
	fputs(usage, stream);
	fputs(more, stream);
	exit(status);
}

/*
 * Reads the options; they end with the program. Called twice: @early, before
 * Python can take any.
 */
static void parse(struct options *options, int argc, char **argv, bool early)
{
	static const struct option names[] = {
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ NULL, 0, NULL, 0 },
	};
	int letter;

	options->command = options->module = NULL;
	optind = 0;
	while (!options->command && !options->module) {
		letter = getopt_long(argc, argv, "+BbEIOPqsSuviVhc:m:W:X:", names, NULL);
		switch (letter) {
		case -1: return;
		case '?': leave(stderr, "", STATUS_USAGE); break;
		case 'h': leave(stdout, help, 0); break;
		case 'V':
			printf("Python %s (python3-asks)\n", PY_VERSION);
			exit(0);
		case 'c': options->command = optarg; break;
		case 'm': options->module = optarg; break;
		default:
			if (early)
				set_early_option(&options->pre, letter);
			else
				set_option(&options->config, letter);
		}
	}
}

/* Takes the program, whose name then is the first of its arguments. */
static int take(struct source *source, const struct options *options, const char *name)
{
	if (options->command)
		return source_from_command(source, options->command);
	if (options->module)
		return source_from_module(source, options->module);
	if (!name || !strcmp(name, "-"))
		return source_from_input(source, name ?: "");
	return source_from_file(source, name);
}

static void check(PyStatus status, PyConfig *config)
{
	if (!PyStatus_Exception(status))
		return;
	PyConfig_Clear(config);
	Py_ExitStatusException(status);
}

static void initialise(struct options *options, const char *program, Py_ssize_t count, char **arguments)
{
	PyConfig *config = &options->config;

	if (hooks_install()) {
		fputs("python3-asks: the hooks cannot be set\n", stderr);
		exit(1);
	}
	check(PyConfig_SetBytesString(config, &config->program_name, program), config);
	check(PyConfig_SetBytesArgv(config, count, arguments), config);
	/* In two steps: the first imports no file. */
	config->_init_main = 0;
	check(Py_InitializeFromConfig(config), config);
	if (hooks_complete()) {
		PyErr_Print();
		exit(1);
	}
	check(_Py_InitializeMain(), config);
}

static int main_asking(int argc, char **argv, char **unused)
{
	struct options options = {};
	char *empty[] = { "", NULL };
	struct source source;
	bool safe_path;
	int status;

	/* They lead to a prompt, or to what else the caller likes. */
	unsetenv("PYTHONSTARTUP");
	unsetenv("PYTHONINSPECT");
	unsetenv("PYTHONBREAKPOINT");
	PyPreConfig_InitPythonConfig(&options.pre);
	options.pre.parse_argv = 0;
	PyConfig_InitPythonConfig(&options.config);
	options.config.parse_argv = 0;
	parse(&options, argc, argv, true);
	status = take(&source, &options, argv[optind]);
	if (status)
		return status;
	check(Py_PreInitialize(&options.pre), &options.config);
	parse(&options, argc, argv, false);
	if (options.command || options.module)
		argv[--optind] = (char *)source.name;
	initialise(&options, argv[0], optind < argc ? argc - optind : 1, optind < argc ? argv + optind : empty);
	safe_path = options.config.safe_path;
	PyConfig_Clear(&options.config);
	status = run(&source, safe_path);
	free(source.text);
	if (Py_FinalizeEx() < 0)
		status = 120;
	if (status < 0) {
		signal(SIGINT, SIG_DFL);
		kill(getpid(), SIGINT);
	}
	return status < 0 ? 128 + SIGINT : status;
}

typedef int main_function(int argc, char **argv, char **envp);
typedef int start_function(main_function *program, int argc, char **argv, void (*init)(void), void (*fini)(void),
			   void (*rtld_fini)(void), void *stack);

/*
 * Called by the first instructions of the program, with its main function, in
 * the place of the C library's function of this name.
 */
__attribute__((visibility("default")))
int __libc_start_main(main_function *program, int argc, char **argv, void (*init)(void), void (*fini)(void),
		      void (*rtld_fini)(void), void *stack)
{
	start_function *start = (start_function *)dlsym(RTLD_NEXT, "__libc_start_main");

	/* The C library is not ready to print. */
	if (!start)
		__builtin_trap();
	return start(main_asking, argc, argv, init, fini, rtld_fini, stack);
}
