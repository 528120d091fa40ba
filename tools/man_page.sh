#!/usr/bin/env bash
# man_page.sh PROGRAM VERSION OUT: the manual page, made of what the program's --help says.
set -eu
program=$1 version=$2 out=$3

escape() { sed -e 's/\\/\\e/g' -e "s/^\\([.']\\)/\\\\\&\\1/" -e 's/-/\\-/g'; }
section() { # verbatim help of one command
    printf '.SS titanus %s\n.nf\n' "$1"
    # shellcheck disable=SC2086
    OMP_WAIT_POLICY=PASSIVE "$program" $1 --help | escape
    printf '.fi\n'
}

{
    printf '.TH TITANUS 1 "" "titanus %s" "User Commands"\n' "$version"
    printf '.SH NAME\ntitanus \\- an instrument for live visuals\n'
    printf '.SH SYNOPSIS\n.B titanus\n[\\fIcommand\\fR] [\\fIoptions\\fR]\n'
    printf '.SH DESCRIPTION\nWithout a command it plays. Data goes to standard output, messages to standard error. '
    printf 'Exit code 0: good, 1: failed, 2: wrong use; a failure is one line that says what to do.\n.SH COMMANDS\n'
    commands=$(OMP_WAIT_POLICY=PASSIVE "$program" --help | sed -n '/^Subcommands:/,$p' | sed -n 's/^  \([a-z]\{2,\}\) .*/\1/p')
    [ -n "$commands" ] || { echo "man_page.sh: no commands in the help of $program" >&2; exit 1; }
    for command in $commands; do section "$command"; done
    printf '.SH FILES\n~/.config/titanus: presets, MIDI bindings, keys\n.br\n~/.local/state/titanus: session, scenes, logs of sets\n'
    printf '.SH ENVIRONMENT\nTITANUS_DATA: folder with presets, shaders and models, in place of the installed one\n'
} >"$out.tmp"
mv "$out.tmp" "$out"
