" SPDX-License-Identifier: GPL-2.0-only
" Rules of verictl: nine fields, blanks between them, # begins a comment.
if exists("b:current_syntax")
	finish
endif

syntax case match
syntax match verictlError /\S.*/
syntax match verictlPath /^\s*\/[^#[:blank:]]*/ nextgroup=verictlContext skipwhite contains=verictlEscape
syntax match verictlAllow /^\s*\*\ze\s/ nextgroup=verictlContext skipwhite
syntax match verictlEscape /\\[0-3][0-7][0-7]/ contained
syntax match verictlContext /-1\>\|0x\x\+\>\|\d\+\>/ contained nextgroup=verictlFlags skipwhite
syntax match verictlFlags /[A-Za-z,|]\+\|-/ contained nextgroup=verictlEffective skipwhite
syntax match verictlEffective /[A-Z_|]\+\|-/ contained nextgroup=verictlPermitted skipwhite
syntax match verictlPermitted /[A-Z_|]\+\|-/ contained nextgroup=verictlInheritable skipwhite
syntax match verictlInheritable /[A-Z_|]\+\|-/ contained nextgroup=verictlPrivileges skipwhite
syntax match verictlPrivileges /[A-Za-z_,|]\+\|-/ contained nextgroup=verictlAlgorithm skipwhite
syntax match verictlAlgorithm /\%(fsverity-\)\?sha\%(1\|256\|384\|512\)\|md5/ contained
	\ nextgroup=verictlDigest skipwhite
syntax match verictlDigest /[0-9a-f]\{32,128\}\ze\%(\s\|#\|$\)/ contained
syntax match verictlComment /#.*/

highlight default link verictlError Error
highlight default link verictlPath Identifier
highlight default link verictlAllow Special
highlight default link verictlEscape SpecialChar
highlight default link verictlContext Number
highlight default link verictlFlags Type
highlight default link verictlEffective Constant
highlight default link verictlPermitted Constant
highlight default link verictlInheritable Constant
highlight default link verictlPrivileges Statement
highlight default link verictlAlgorithm Keyword
highlight default link verictlDigest String
highlight default link verictlComment Comment

let b:current_syntax = "verictl"
