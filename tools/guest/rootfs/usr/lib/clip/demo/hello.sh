#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
echo "hello from a listed script"
