// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Running the main program. Python's own functions for that open a compiled
 * program by its name again, and offer a prompt at the end; these do neither.
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <marshal.h>

#include "run.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* The header of a compiled module: magic number, flags, and eight bytes about the source. */
#define HEADER		16

static bool is_compiled(const struct source *source)
{
	const unsigned long magic = PyImport_GetMagicNumber();

	if (source->kind != SOURCE_FILE || source->length < HEADER)
		return false;
	for (int i = 0; i < 4; i++)
		if ((unsigned char)source->text[i] != (magic >> (8 * i) & 0xff))
			return false;
	return true;
}

static PyObject *compile(const struct source *source, PyObject *name)
{
	PyObject *code;

	if (!is_compiled(source)) {
		if (strlen(source->text) != source->length) {
			PyErr_SetString(PyExc_SyntaxError, "source code cannot contain null bytes");
			return NULL;
		}
		return Py_CompileStringObject(source->text, name, Py_file_input, NULL, -1);
	}
	code = PyMarshal_ReadObjectFromString(source->text + HEADER, source->length - HEADER);
	if (code && !PyCode_Check(code)) {
		Py_CLEAR(code);
		PyErr_SetString(PyExc_RuntimeError, "bad code object in a compiled file");
	}
	return code;
}

/* Names that a program expects in its module. Return: -1 with an exception. */
static int describe(PyObject *names, const struct source *source, PyObject *name)
{
	PyObject *machinery, *loader;
	int err;

	if (source->kind != SOURCE_FILE)
		return 0;
	machinery = PyImport_ImportModule("importlib.machinery");
	if (!machinery)
		return -1;
	loader = PyObject_CallMethod(machinery, is_compiled(source) ? "SourcelessFileLoader" : "SourceFileLoader",
				     "sO", "__main__", name);
	Py_DECREF(machinery);
	if (!loader)
		return -1;
	err = PyDict_SetItemString(names, "__file__", name) || PyDict_SetItemString(names, "__cached__", Py_None) ||
	      PyDict_SetItemString(names, "__loader__", loader);
	Py_DECREF(loader);
	return err ? -1 : 0;
}

static PyObject *run_text(const struct source *source, PyObject *name)
{
	PyObject *module = PyImport_AddModule("__main__"), *names, *code, *result;

	if (!module)
		return NULL;
	names = PyModule_GetDict(module);
	if (describe(names, source, name))
		return NULL;
	code = compile(source, name);
	if (!code)
		return NULL;
	result = PyEval_EvalCode(code, names, names);
	Py_DECREF(code);
	return result;
}

static PyObject *run_module(const char *module, bool replaces_argument)
{
	PyObject *runpy = PyImport_ImportModule("runpy"), *result;

	if (!runpy)
		return NULL;
	result = PyObject_CallMethod(runpy, "_run_module_as_main", "sO", module,
				     replaces_argument ? Py_True : Py_False);
	Py_DECREF(runpy);
	return result;
}

/* Puts a directory or an archive at the head of sys.path. Return: -1 with an exception. */
static int prepend(PyObject *place)
{
	PyObject *path = PySys_GetObject("path");

	return path && place ? PyList_Insert(path, 0, place) : -1;
}

/* Where a program looks for its modules first: beside itself, or in the working directory. */
static int prepend_own(const struct source *source)
{
	char *real = source->kind == SOURCE_FILE ? realpath(source->name, NULL) : NULL, *slash;
	const char *place = "";
	PyObject *object;
	int err;

	if (source->kind == SOURCE_MODULE)
		real = realpath(".", NULL);
	if (real) {
		slash = strrchr(real, '/');
		if (source->kind == SOURCE_FILE && slash)
			*(slash == real ? slash + 1 : slash) = '\0';
		place = real;
	}
	object = PyUnicode_DecodeFSDefault(place);
	free(real);
	err = prepend(object);
	Py_XDECREF(object);
	return err;
}

/* Is it a directory or an archive with a module __main__? */
static bool is_package(const struct source *source, PyObject *name)
{
	PyObject *importer;
	bool found;

	if (source->kind != SOURCE_FILE && source->kind != SOURCE_DIRECTORY)
		return false;
	importer = PyImport_GetImporter(name);
	if (!importer)
		PyErr_Clear();
	found = importer && importer != Py_None;
	Py_XDECREF(importer);
	return found;
}

static PyObject *run_named(const struct source *source, PyObject *name, bool safe_path)
{
	if (is_package(source, name))
		return prepend(name) ? NULL : run_module("__main__", false);
	if (!safe_path && prepend_own(source))
		return NULL;
	if (source->kind == SOURCE_MODULE)
		return run_module(source->module, true);
	if (source->kind == SOURCE_DIRECTORY) {
		PyErr_Format(PyExc_ImportError, "can't find '__main__' module in %R", name);
		return NULL;
	}
	return run_text(source, name);
}

/**
 * run - Run the main program
 * @source: the program
 * @safe_path: leave its own directory out of sys.path
 *
 * Return: an exit status; -1 if the program was interrupted.
 */
int run(const struct source *source, bool safe_path)
{
	const char *shown = source->kind != SOURCE_TEXT ? source->name :
			    strcmp(source->name, "-c") ? "<stdin>" : "<string>";
	PyObject *name = PyUnicode_DecodeFSDefault(shown), *result = NULL;
	int status = 1;

	if (name)
		result = run_named(source, name, safe_path);
	Py_XDECREF(name);
	if (result) {
		Py_DECREF(result);
		return 0;
	}
	if (PyErr_ExceptionMatches(PyExc_KeyboardInterrupt))
		status = -1;
	/* Ends the process for SystemExit. */
	PyErr_Print();
	return status;
}
