#!/usr/bin/python3-asks
# SPDX-License-Identifier: GPL-2.0-only
import sys

print(f"this is {sys.argv[0]}")
