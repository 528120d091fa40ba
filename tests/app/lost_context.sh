#!/usr/bin/env bash
# The graphics card is reset in the middle of a show that is being recorded: the picture, the
# controls and the recording come back by themselves, and it is said once.
# usage: lost_context.sh PROGRAM SHIM   (77: something it needs is absent)
set -u
program=$1 shim=$2
for tool in Xvfb ffmpeg ffprobe python3; do
    command -v $tool >/dev/null || { echo "skipped: $tool is not installed"; exit 77; }
done
work=$(mktemp -d); export HOME=$work XDG_CONFIG_HOME=$work/config XDG_STATE_HOME=$work/state
mkfifo "$work/display"
Xvfb -displayfd 3 -screen 0 1280x720x24 -nolisten tcp 3>"$work/display" 2>/dev/null & xvfb=$!
player=
trap 'kill $player $xvfb 2>/dev/null; wait 2>/dev/null; rm -rf "$work"' EXIT
read -r number <"$work/display" || { echo "skipped: Xvfb does not start"; exit 77; }
export DISPLAY=:$number
fail() { echo "FAILED: $*"; tail -5 "$work/log"; exit 1; }
shot() { ffmpeg -v error -f x11grab -video_size 1280x720 -i "$DISPLAY" -frames:v 1 -y "$work/$1.png"; [ -z "${TITANUS_TEST_SHOTS:-}" ] || cp "$work/$1.png" "$TITANUS_TEST_SHOTS/lost-context-$1.png"; }
figure() { python3 -c 'import json,sys; v=json.load(open(sys.argv[1]))
for part in sys.argv[2].split("/"): v=v[part]
print(json.dumps(v))' "$work/stats.json" "$1" 2>/dev/null; }

env LD_PRELOAD="$shim" "$program" play --input demo --record "$work/set.mkv" --stats "$work/stats.json" --duration 300 2>"$work/log" & player=$!
for i in $(seq 200); do
    [[ "$(figure problems)" == *"graphics card was reset"* ]] && break
    kill -0 $player 2>/dev/null || fail "the program ended"
    sleep .5
done
[[ "$(figure problems)" == *"graphics card was reset"* ]] || fail "the reset was not noticed"
frames=$(figure frames); sleep 4; shot after
[ "$(figure frames)" -gt "$frames" ] || fail "no frame was drawn after the reset"
# The controls are back: an area of the window where only they draw is neither black nor one colour.
colours=$(ffmpeg -v error -i "$work/after.png" -vf crop=1280:80:0:0 -f rawvideo -pix_fmt rgb24 - | python3 -c 'import sys; d=sys.stdin.buffer.read(); print(len({d[i:i+3] for i in range(0,len(d),3)}))')
[ "$colours" -gt 50 ] || fail "the controls did not come back: $colours colours"
kill -INT $player; wait $player; code=$?; player=
[ $code -eq 0 ] || fail "it ended with exit code $code"
length=$(ffprobe -v error -show_entries format=duration -of csv=p=0 "$work/set.mkv")
python3 -c "import sys; sys.exit(0 if float('$length') > 4 else 1)" || fail "the recording ended at the reset: $length s"
echo "one reset: $(figure frames) frames, recording of $length s"
