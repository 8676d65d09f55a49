// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * How Python is made to ask before it loads code.
 *
 * The open-code hook (PEP 578) opens packages in archives and files with code
 * lines (.pth), and returns the very descriptor that the kernel has judged. The
 * loaders of modules read them by a function that does the same. Debian's 3.11
 * passes the hook by for compiled modules without a source, and every version
 * does for modules in C and for the debugger. These functions are changed before
 * the first file is imported.
 *
 * An audit hook would see all of them, and could not be taken off again. But
 * Python then builds the arguments of an event for each piece of code that it
 * loads. Code that takes the functions off has been allowed already, and could
 * as well execute what it reads.
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "hooks.h"

#include "ask.h"

#include <errno.h>
#include <sys/stat.h>
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

/* io.open, which must not be looked for at each import. */
static PyObject *open_file;

static PyObject *open_code(PyObject *path, void *unused)
{
	const int fd = open_asking(path);
	PyObject *file;

	if (fd < 0)
		return NULL;
	file = PyObject_CallFunction(open_file, "is", fd, "rb");
	if (!file)
		close(fd);
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

/* The rest of a file, as bytes. */
static PyObject *read_all(int fd)
{
	struct stat status;
	Py_ssize_t length = 0, size = 0;
	PyObject *data = NULL;
	ssize_t got = -1;

	if (!fstat(fd, &status) && status.st_size < PY_SSIZE_T_MAX) {
		/* One byte more, to see the end without another round. */
		size = status.st_size + 1;
		data = PyBytes_FromStringAndSize(NULL, size);
	}
	while (data) {
		Py_BEGIN_ALLOW_THREADS
		got = read(fd, PyBytes_AS_STRING(data) + length, size - length);
		Py_END_ALLOW_THREADS
		if (got < 0 && errno == EINTR && !PyErr_CheckSignals())
			continue;
		if (got <= 0)
			break;
		length += got;
		/* It has grown. */
		if (length == size) {
			size *= 2;
			_PyBytes_Resize(&data, size);
		}
	}
	if (got < 0) {
		Py_CLEAR(data);
		return PyErr_Occurred() ? NULL : PyErr_SetFromErrno(PyExc_OSError);
	}
	_PyBytes_Resize(&data, length);
	return data;
}

/* ask(path): returns, or raises an exception. */
static PyObject *ask_for(PyObject *unused, PyObject *path)
{
	/* An object that has the name of a file becomes one. */
	return ask_about(path) ? NULL : Py_NewRef(Py_None);
}

/* create_dynamic(spec, file=None), which loads a module in C. */
static PyObject *create_dynamic(PyObject *original, PyObject *args)
{
	PyObject *origin = NULL;
	int err;

	if (PyTuple_GET_SIZE(args) > 0)
		origin = PyObject_GetAttrString(PyTuple_GET_ITEM(args, 0), "origin");
	else
		PyErr_SetString(PyExc_TypeError, "a module in C needs a spec");
	if (!origin)
		return NULL;
	err = ask_about(origin);
	Py_DECREF(origin);
	return err ? NULL : PyObject_CallObject(original, args);
}

/* A debugger takes commands from the terminal, or from whatever is there instead. */
static PyObject *breakpoint(PyObject *original, PyObject *args, PyObject *names)
{
	if (!ask_denies_interactive())
		return PyObject_Call(original, args, names);
	PyErr_SetString(PyExc_PermissionError, "breakpoint: commands must not be interpreted here");
	return NULL;
}

/**
 * hooks_install - Set the hook for opening code
 *
 * To be called before Python is initialised.
 *
 * Return: 0, or -1.
 */
int hooks_install(void)
{
	return PyFile_SetOpenCodeHook(open_code, NULL) ? -1 : 0;
}

/* get_data(path) of loaders: the content of a file. */
static PyObject *get_data(PyObject *self, PyObject *path)
{
	const int fd = open_asking(path);
	PyObject *data;

	if (fd < 0)
		return NULL;
	data = read_all(fd);
	close(fd);
	return data;
}

/* Takes the loaders' get_data, and what reads compiled modules of another class by itself. */
static const char loaders[] =
	"import _frozen_importlib_external as external\n"
	"loader = external.SourcelessFileLoader\n"
	"load = loader.get_code\n"
	"def get_code(self, name):\n"
	"    if type(self).get_data is not external.FileLoader.get_data:\n"
	"        ask(self.get_filename(name))\n"
	"    return load(self, name)\n"
	"loader.get_code = get_code\n";

/* Puts a function of ours in the place of one of Python's, which it is given. Return: 0, or -1. */
static int wrap(const char *module, const char *name, PyMethodDef *method)
{
	PyObject *owner = PyImport_ImportModule(module), *original = NULL, *function = NULL;
	int err = -1;

	if (owner)
		original = PyObject_GetAttrString(owner, name);
	if (original)
		function = PyCFunction_New(method, original);
	if (function)
		err = PyObject_SetAttrString(owner, name, function);
	Py_XDECREF(function);
	Py_XDECREF(original);
	Py_XDECREF(owner);
	return err;
}

/* Gives all loaders of files our get_data. Return: 0, or -1. */
static int change_get_data(void)
{
	static PyMethodDef method = { "get_data", get_data, METH_O, NULL };
	PyObject *external = PyImport_ImportModule("_frozen_importlib_external"), *loader = NULL, *function = NULL;
	int err = -1;

	if (external)
		loader = PyObject_GetAttrString(external, "FileLoader");
	if (loader)
		function = PyDescr_NewMethod((PyTypeObject *)loader, &method);
	if (function)
		err = PyObject_SetAttrString(loader, "get_data", function);
	Py_XDECREF(function);
	Py_XDECREF(loader);
	Py_XDECREF(external);
	return err;
}

static int change_loaders(void)
{
	static PyMethodDef method = { "ask", ask_for, METH_O, NULL };
	PyObject *names = PyDict_New(), *ask = PyCFunction_New(&method, NULL), *result = NULL;

	if (names && ask && !PyDict_SetItemString(names, "__builtins__", PyEval_GetBuiltins()) &&
	    !PyDict_SetItemString(names, "ask", ask))
		result = PyRun_String(loaders, Py_file_input, names, names);
	Py_XDECREF(ask);
	Py_XDECREF(names);
	Py_XDECREF(result);
	return result ? change_get_data() : -1;
}

/**
 * hooks_complete - Change the functions of Python that pass the open-code hook by
 *
 * To be called when Python can run code and has not yet imported a file.
 *
 * Return: 0, or -1 with an exception.
 */
int hooks_complete(void)
{
	static PyMethodDef dynamic = { "create_dynamic", create_dynamic, METH_VARARGS, NULL };
	static PyMethodDef debugger = {
		"breakpoint", (PyCFunction)(void (*)(void))breakpoint, METH_VARARGS | METH_KEYWORDS, NULL,
	};
	PyObject *io = PyImport_ImportModule("_io");

	if (!io)
		return -1;
	open_file = PyObject_GetAttrString(io, "open");
	Py_DECREF(io);
	if (!open_file || change_loaders() || wrap("_imp", "create_dynamic", &dynamic))
		return -1;
	return wrap("builtins", "breakpoint", &debugger);
}
