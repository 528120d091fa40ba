# Sourced by the tests that look at the window: a home of their own, an Xvfb that ends with them,
# shots and figures. Expects $program; sets $work, $xvfb, DISPLAY; $player is ended at the exit.
# Exit 77: something it needs is absent.
for tool in Xvfb ffmpeg python3 ${needed:-}; do
    command -v "$tool" >/dev/null || { echo "skipped: $tool is not installed"; exit 77; }
done
work=$(mktemp -d); export HOME=$work XDG_CONFIG_HOME=$work/config XDG_STATE_HOME=$work/state
mkfifo "$work/display"
Xvfb -displayfd 3 -screen 0 1280x720x24 -nolisten tcp 3>"$work/display" 2>/dev/null & xvfb=$!
player=
trap 'kill $player $xvfb 2>/dev/null; wait 2>/dev/null; rm -rf "$work"' EXIT
read -r number <"$work/display" || { echo "skipped: Xvfb does not start"; exit 77; }
export DISPLAY=:$number

fail() { echo "FAILED: $*"; tail -5 "$work/log"; cp "$work"/*.png "${TITANUS_TEST_SHOTS:-/nonexistent}" 2>/dev/null; exit 1; }
# A picture of the screen, kept as <test>-<name>.png where TITANUS_TEST_SHOTS says.
shot() {
    ffmpeg -v error -f x11grab -video_size 1280x720 -i "$DISPLAY" -frames:v 1 -y "$work/$1.png"
    [ -z "${TITANUS_TEST_SHOTS:-}" ] || cp "$work/$1.png" "$TITANUS_TEST_SHOTS/$(basename "$0" .sh)-$1.png"
}
# One value of the stats file: steps, fps/mean, texts/prompt.1.text
figure() {
    python3 - "$work/stats.json" "$1" 2>/dev/null <<'P'
import json, sys
value = json.load(open(sys.argv[1]))
for part in sys.argv[2].split("/"): value = value[part]
print(value)
P
}
