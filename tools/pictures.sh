#!/usr/bin/env bash
# Makes the README's pictures anew: the work spaces, as the tests of the UI draw them, and one frame of each
# preset. (Sheets of prompts are painter_lab's, see docs/QUALITY.md.) Needs a built tree (./test), a display
# or xvfb-run, and ffmpeg; minutes without a GPU. Use: tools/pictures.sh [spaces] [presets]; nothing: both.
set -euo pipefail
cd "$(dirname "$0")/.."
titanus=build/release/titanus
out=docs/pictures
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
jpeg() { ffmpeg -v error -y -i "$1" -frames:v 1 -q:v 3 "$out/$2.jpg"; }
# The last frame of a preset after a while of the demo track.
frame() {
    "$titanus" render --preset "$1" --seconds 12 --fps 10 --steps-per-frame 3 --size 640x360 -o "$2.mp4" > "$work/log" 2>&1 || { tail -3 "$work/log"; exit 1; }
    ffmpeg -v error -y -sseof -0.3 -i "$2.mp4" -update 1 -frames:v 1 "$2.png"
}

spaces() {
    frame 1 "$work/reef"
    TITANUS_TEST_SHOTS="$work" TITANUS_TEST_PICTURE="$work/reef.png" build/release/tests/ui/test_ui_gl > "$work/log" || { tail -5 "$work/log"; exit 1; }
    for space in perform map tune scenes stars; do jpeg "$work/$space.png" "$space"; done
}

presets() {
    local n=0 preset
    for preset in presets/*.toml; do
        n=$((n + 1))
        frame "$preset" "$work/preset$(printf %02d $n)"
    done
    local columns=5
    ffmpeg -v error -y -framerate 1 -i "$work/preset%02d.png" -vf "scale=400:-1,tile=${columns}x$(((n + columns - 1) / columns)):padding=6" -frames:v 1 -q:v 4 "$out/presets.jpg"
}

[ $# -gt 0 ] || set -- spaces presets
for what in "$@"; do $what; done
