#!/usr/bin/env bash
# Hours in minutes: the real program without a window, on a small canvas, so that steps are many.
# Memory and the collapse guard's business (how the picture holds up) are sampled; the result is
# JSON on stdout, kept in docs/endurance.json for the run that docs/RELIABILITY.md quotes.
#   tools/endurance.sh [--seconds S] [--preset NAME] [--set ID=VALUE ...] [PROGRAM]
# Exit code 0: it ran to its end and memory did not grow beyond what noise explains.
set -eu
cd "$(dirname "$0")/.."
exec python3 -B tools/endurance.py "$@"
