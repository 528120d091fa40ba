#!/usr/bin/env bash
# A newcomer's way through the window, by mouse and keys, under Xvfb: it opens, shows a moving
# picture, takes a preset, freezes, goes black, comes back, shows its keys, and quits by Ctrl+Q.
# usage: window_journey.sh PROGRAM   (77: something it needs is absent)
set -u
program=$1
needed=xdotool
. "$(dirname "$0")/stage.sh"
# mean brightness 0..255 of a shot
brightness() { ffmpeg -v error -i "$work/$1.png" -vf scale=1:1 -f rawvideo -pix_fmt gray - | od -An -tu1 | tr -d ' \n'; }

"$program" play --input demo --stats "$work/stats.json" --duration 200 2>"$work/log" & player=$!
for i in $(seq 100); do [ -e "$work/stats.json" ] && [ "$(figure steps 2>/dev/null || echo 0)" -gt 2 ] && break; kill -0 $player 2>/dev/null || fail "the program ended"; sleep .5; done
window=$(xdotool search --onlyvisible --name '^Titanus$' | head -1)
[ -n "$window" ] || fail "no window called Titanus"
xdotool windowfocus "$window" 2>/dev/null
shot ui
[ "$(brightness ui)" -gt 5 ] || fail "the window is black at the start"

key() { xdotool key --window 0 "$1"; sleep 2.5; }
before=$(figure texts/prompt.1.text)
key 3
[ "$(figure texts/prompt.1.text)" != "$before" ] || fail "key 3 did not recall another preset"
key Tab; shot picture
[ "$(brightness picture)" -gt 5 ] || fail "no picture without the UI"
key b; shot black
[ "$(brightness black)" -le 2 ] || fail "blackout is not black: $(brightness black)"
key b; shot back
[ "$(brightness back)" -gt 5 ] || fail "the picture did not come back after blackout"
key space; shot frozen1; sleep 1; shot frozen2
cmp -s <(ffmpeg -v error -i "$work/frozen1.png" -f rawvideo -) <(ffmpeg -v error -i "$work/frozen2.png" -f rawvideo -) || fail "the frozen picture moves"
key space
key F1; shot keys
key F1; key Tab
kill -0 $player 2>/dev/null || fail "the program ended during the journey"
xdotool key --window 0 ctrl+q
for i in $(seq 40); do kill -0 $player 2>/dev/null || break; sleep .5; done
kill -0 $player 2>/dev/null && fail "Ctrl+Q did not end it"
wait $player; code=$?; player=
[ $code -eq 0 ] || fail "it ended with exit code $code"
[ -e "$XDG_STATE_HOME/titanus/session.toml" ] || fail "the session was not saved"
echo "the journey worked: $(figure frames) frames, $(figure fps/mean) fps, $(figure steps) steps"
