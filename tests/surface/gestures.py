#!/usr/bin/env python3
"""L20, A10: what hands do to the running program, by MIDI, OSC, keys, mouse and typing, with morphs,
scenes, blends, undo and panic among it, is logged, and `titanus replay` goes through the same values bit by
bit, frame by frame (the log carries a hash of all values of each frame).
TITANUS_GESTURE_SECONDS makes it longer; ten minutes of it: docs/RELIABILITY.md.
usage: gestures.py PROGRAM WHERE"""
import random, re, sys, time
from show import *

program, where = sys.argv[1:3]
seconds = float(os.environ.get("TITANUS_GESTURE_SECONDS", "9"))
one_display()
Sound()
spots = {}
for line in output(where, 1280, 720, "perform").splitlines():
    id, x, y, w, h = line.split()
    spots[id] = (int(x) + int(w) / 2, int(y) + int(h) / 2, int(w))
rows = {}  # id: (least, most), of those that a tablet would move
for line in output(program, "params").splitlines():
    found = re.match(r"(look|camera|canvas|prompt)\.(\S+)", line)
    if found and not found[2].endswith("text"):
        rows[found[0]] = line
check(len(rows) > 20, "`titanus params` lists no parameters")
rows = sorted(rows)

port = free_port()
log = WORK / "set.tlog"
show = Program(program, "--log", log, "--osc-listen", f"127.0.0.1:{port}", "--set", "morph.seconds=0.7").ready()
controller, osc = Sound.controller("nanoKONTROL2"), Osc(port)
time.sleep(2.5)
click(*spots["first.ok"][:2])
hands = random.Random(2026)
count = dict(midi=0, osc=0, key=0, mouse=0, recall=0)
faders = [0] * 24
end = time.monotonic() + seconds
while time.monotonic() < end:
    for _ in range(hands.randrange(8)):
        cc = hands.choice([0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19])
        faders[cc] = min(127, max(0, faders[cc] + hands.randrange(-20, 21)))
        controller.send_message([0xB0, cc, faders[cc]])
        count["midi"] += 1
    for _ in range(hands.randrange(6)):
        if hands.random() < 0.3:
            osc.send("/titanus/" + hands.choice(rows), hands.choice("+-"), hands.random() * 0.1)
        else:
            osc.send("/titanus/travel/" + hands.choice(rows), hands.random())
        count["osc"] += 1
    turn = hands.random()
    if turn < 0.07:
        osc.send("/titanus/scene", hands.randrange(1, 10))
        count["recall"] += 1
    elif turn < 0.10:
        osc.send("/titanus/scene_blend", hands.randrange(1, 10))
        osc.send("/titanus/scene.blend", hands.random())
    elif turn < 0.16:
        osc.send("/titanus/preset", hands.randrange(1, 9))
        count["recall"] += 1
    elif turn < 0.19:
        osc.send("/titanus/prompt.4.text", "a storm over " + "hills " * hands.randrange(20))
    elif turn < 0.21:
        osc.send("/titanus/panic")
    elif turn < 0.55:
        key(hands.choice(["ctrl+z", "ctrl+shift+z", "t", "r", "1", "4", "6", "n", "b", "b", "a"]))
        count["key"] += 1
    else:
        id = hands.choice(["output.brightness", "route.amount", "macro.1", "macro.2", "prompt.1.weight", "prompt.3.weight", "prompt.5.weight"])
        x, y, w = spots[id]
        drag(x, y, hands.uniform(-0.4, 0.4) * w)
        count["mouse"] += 1
    time.sleep(0.05)
osc.send("/titanus/autopilot", 0)
osc.send("/titanus/blackout", 0)
time.sleep(1.5)  # the last morph ends
# Two pads: the fader stands between both scenes, and one step back takes it all away again.
for pad, hue in ((20, 100.0), (21, 40.0)):
    stored = lambda: len(list((show.state / "scenes").glob("*.toml")))
    before = stored()
    osc.send("/titanus/look.hue", hue)
    osc.send("/titanus/scene_store", pad)
    until("a scene is not stored", 40, lambda: stored() > before)
    until("a hue is not taken", 40, lambda: show.value("look.hue") == hue)  # figures are those of the last second
osc.send("/titanus/scene_blend", 20, 21)
until("the first of two pads is not recalled", 40, lambda: show.value("look.hue") == 100)
time.sleep(1)  # its morph ends
osc.send("/titanus/scene.blend", 0.5)
until("the blend does not follow its fader", 40, lambda: abs(show.value("look.hue") - 70) < 0.01)
osc.send("/titanus/scene_blend", 0)
osc.send("/titanus/scene.blend", 1.0)  # let go: it moves nothing any more
until("the fader is not moved", 40, lambda: show.value("scene.blend") == 1)
check(abs(show.value("look.hue") - 70) < 0.01, "the blend goes on after it was let go")
key("ctrl+z")
until("a blend is not undone in one step", 40, lambda: show.value("look.hue") == 100)
x, y, w = spots["prompt.1.weight"]
typed = lambda: any("whale" in text for text in show.stats().get("texts", {}).values())
for _ in range(3):  # a frame of a busy machine may swallow a click; a hand would do it again
    click(x - 250, y)  # the text beside it
    time.sleep(1.5)
    output("xdotool", "type", "--delay", "80", "a whale in the sky")
    time.sleep(1.5)
    picture(1280, 720, name="gestures-typed")
    key("Return")
    if waited(10, typed):
        break
    key("Escape")
check(typed(), "the typed text did not arrive")
key("ctrl+s")  # what panic goes back to from here on
time.sleep(0.5)
osc.send("/titanus/look.bloom", 0.77)
osc.send("/titanus/panic")
time.sleep(1.5)
live = show.end()
for kind, number in count.items():
    check(number >= seconds / 10, f"too few events by {kind}: {count}")

before = (show.state / "session.toml").read_bytes()
again = Program(program, log, "--headless", command="replay")
# A check that could not fail would prove nothing: the log's first part, with a value that was not so.
part = WORK / "part.tlog"
part.write_bytes(log.read_bytes()[:log.stat().st_size // 5])
other = subprocess.run([program, "replay", part, "--headless", "--set", "look.hue=33"], env=dict(again.environment, HOME=str(WORK / "other"),
                       XDG_STATE_HOME=str(WORK / "other")), capture_output=True, text=True, timeout=seconds * 3 + 60)
check("differs from then" in other.stderr, "a replay that differs is not noticed: " + other.stderr)
check(again.process.wait(seconds * 3 + 60) == 0, "the replay failed")
said = [line for line in (WORK / "log").read_text().splitlines() if "replay:" in line]
check(said and "bit by bit" in said[-1], "the replay is another set: " + " ".join(said))
frames = int(re.search(r"all values of (\d+) frames", said[-1])[1])
check(frames > 10 * seconds / 10, "hardly any frame was checked")
after = json.loads(again.stats_file.read_text())
for id, value in live["parameters"].items():
    check(after["parameters"][id] == value, f"{id} is {after['parameters'][id]}, was {value}")
check((show.state / "session.toml").read_bytes() == before, "the replay wrote over the session of now")
print(f"{seconds:.0f} s of hands, {count}: {frames} frames the same, bit by bit")
