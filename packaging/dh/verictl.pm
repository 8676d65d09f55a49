# SPDX-License-Identifier: GPL-2.0-only
# The addon "verictl" of dh: see dh_verictl(1).
use warnings;
use strict;
use Debian::Debhelper::Dh_Lib;

# The content of programs is final after dh_strip, and dh_md5sums counts all files.
insert_before('dh_md5sums', 'dh_verictl');

1;
