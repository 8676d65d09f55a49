// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * How Python is made to ask before it loads code (PEP 578).
 *
 * The open-code hook opens modules, packages in archives, and files with code
 * lines (.pth). It returns the very descriptor that the kernel has judged.
 * Compiled modules without a source pass it by in Python 3.11; their loader is
 * changed to use it, and the event of their opening is looked at as well.
 * Code in Python cannot remove hooks that were set in C before it started.
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "hooks.h"

#include "ask.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

static PyObject *refuse(int err, PyObject *path)
{
	errno = err;
	return PyErr_SetFromErrnoWithFilenameObject(PyExc_OSError, path);
}

/* Returns a descriptor, or -1 with an exception. */
static int open_asking(PyObject *path)
{
	PyObject *bytes;
	int fd;

	if (!PyUnicode_FSConverter(path, &bytes))
		return -1;
	Py_BEGIN_ALLOW_THREADS
	fd = ask_open_code(PyBytes_AS_STRING(bytes));
	Py_END_ALLOW_THREADS
	Py_DECREF(bytes);
	if (fd >= 0)
		return fd;
	refuse(-fd, path);
	return -1;
}

static PyObject *open_code(PyObject *path, void *unused)
{
	PyObject *io = PyImport_ImportModule("_io"), *file = NULL;
	int fd;

	if (!io)
		return NULL;
	fd = open_asking(path);
	if (fd >= 0) {
		file = PyObject_CallMethod(io, "open", "is", fd, "rb");
		if (!file)
			close(fd);
	}
	Py_DECREF(io);
	return file;
}

/* Asks about a file that Python opens by itself. Return: 0, or -1 with an exception. */
static int ask_about(PyObject *path)
{
	const int fd = open_asking(path);

	if (fd < 0)
		return -1;
	close(fd);
	return 0;
}

static bool is_compiled(PyObject *path)
{
	PyObject *bytes;
	bool found = false;

	/* An open file, by its number. */
	if (PyLong_Check(path) || !ask_restricts_files())
		return false;
	if (!PyUnicode_FSConverter(path, &bytes)) {
		PyErr_Clear();
		return false;
	}
	if (PyBytes_GET_SIZE(bytes) > 4)
		found = !strcmp(PyBytes_AS_STRING(bytes) + PyBytes_GET_SIZE(bytes) - 4, ".pyc");
	Py_DECREF(bytes);
	return found;
}

/* The event "open": path, mode, flags. */
static int check_open(PyObject *args)
{
	PyObject *path, *mode;
	int flags;

	if (!PyArg_ParseTuple(args, "OOi", &path, &mode, &flags)) {
		PyErr_Clear();
		return 0;
	}
	/* An import that stores what it has compiled. */
	if ((flags & O_ACCMODE) == O_WRONLY || !is_compiled(path))
		return 0;
	return ask_about(path);
}

/* The event "import": name, file, and three more. There is a file for an extension in C. */
static int check_import(PyObject *args)
{
	PyObject *name, *file;

	if (PyTuple_GET_SIZE(args) < 2)
		return 0;
	name = PyTuple_GET_ITEM(args, 0);
	file = PyTuple_GET_ITEM(args, 1);
	if (PyUnicode_Check(name) && PyUnicode_CompareWithASCIIString(name, "site") == 0)
		return hooks_complete();
	return file == Py_None ? 0 : ask_about(file);
}

/* A debugger takes commands from the terminal, or from whatever is there instead. */
static int check_interactive(const char *event)
{
	if (!ask_denies_interactive())
		return 0;
	PyErr_Format(PyExc_PermissionError, "%s: commands must not be interpreted here", event);
	return -1;
}

static int audit(const char *event, PyObject *args, void *unused)
{
	if (!strcmp(event, "open"))
		return check_open(args);
	if (!strcmp(event, "import"))
		return check_import(args);
	if (!strncmp(event, "cpython.run_", strlen("cpython.run_")) || !strcmp(event, "builtins.breakpoint"))
		return check_interactive(event);
	return 0;
}

/**
 * hooks_install - Set the hooks
 *
 * To be called before Python is initialised.
 *
 * Return: 0, or -1.
 */
int hooks_install(void)
{
	return PyFile_SetOpenCodeHook(open_code, NULL) || PySys_AddAuditHook(audit, NULL) ? -1 : 0;
}

static const char sourceless[] =
	"import _frozen_importlib_external as external, _io\n"
	"def get_data(self, path):\n"
	"    with _io.open_code(str(path)) as file:\n"
	"        return file.read()\n"
	"external.SourcelessFileLoader.get_data = get_data\n";

/**
 * hooks_complete - Let the loader of compiled modules use the open-code hook
 *
 * Called when Python knows how to import files, and has not yet looked into the
 * directories of its user.
 *
 * Return: 0, or -1 with an exception.
 */
int hooks_complete(void)
{
	static bool done;
	PyObject *names, *result;

	if (done)
		return 0;
	done = true;
	names = PyDict_New();
	if (!names)
		return -1;
	PyDict_SetItemString(names, "__builtins__", PyEval_GetBuiltins());
	result = PyRun_String(sourceless, Py_file_input, names, names);
	Py_DECREF(names);
	Py_XDECREF(result);
	return result ? 0 : -1;
}
