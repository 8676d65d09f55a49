# SPDX-License-Identifier: GPL-2.0-only
"""Import as many modules of Python's library as there are, and say how many."""
import sys
import warnings

warnings.simplefilter("ignore")
# They print, or open a browser; they need packages that are not installed.
LEFT_OUT = {"antigravity", "this", "idlelib", "tkinter", "_tkinter", "turtle", "turtledemo", "lib2to3"}
for name in sorted(sys.stdlib_module_names - LEFT_OUT):
    try:
        __import__(name)
    except ImportError:
        pass
if len(sys.argv) > 1:
    print(f"modules={len(sys.modules)}")
