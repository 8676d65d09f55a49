" SPDX-License-Identifier: GPL-2.0-only
autocmd BufNewFile,BufRead /etc/verictl.d/*,*/lib/verictl.d/*,/run/verictl.d/* setfiletype verictl
