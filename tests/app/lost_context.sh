#!/usr/bin/env bash
# The graphics card is reset in the middle of a show that is being recorded: the picture, the
# controls and the recording come back by themselves, and it is said once.
# usage: lost_context.sh PROGRAM SHIM   (77: something it needs is absent)
set -u
program=$1 shim=$2
needed=ffprobe
. "$(dirname "$0")/stage.sh"

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
