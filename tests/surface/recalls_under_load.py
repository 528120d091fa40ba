#!/usr/bin/env python3
"""L14, L29: two hundred recalls a minute while it paints, records, and hears a controller and a tablet in
motion: no more frames dropped in a row than the same run drops without recalls, or two more; memory does
not grow; and after kill -9 in the middle of recalls and stores every pad holds its old or its new scene with
a whole canvas, and plays it; the session, the recording and the log of the set are there.

What is judged is a count within one run, for a machine may draw at any rate: a part without recalls,
then two with. The log of the set has a record of each frame with its time; a gap of n usual frames
(the median of the calm part) has swallowed n - 1. TITANUS_RECALL_SECONDS: length of a part (default
6; 60 for a whole minute of recalls).
usage: recalls_under_load.py PROGRAM"""
import math, random, statistics, struct, sys, time, tomllib, zlib
from show import *

program = sys.argv[1]
seconds = float(os.environ.get("TITANUS_RECALL_SECONDS", "6"))
need("ffprobe")
one_display()
Sound()
port = free_port()
film = WORK / "film.mkv"
show = Program(program, "--osc-listen", f"127.0.0.1:{port}", "--osc-send", f"127.0.0.1:{free_port()}", "--record", film).ready()
controller, osc = Sound.controller("nanoKONTROL2"), Osc(port)
hands = random.Random(7)
kSliders = 8  # of the ready-made map: weights of prompts


def traffic(t):
    """A controller and a tablet in motion, four messages: nothing that tells the scenes apart."""
    for i in range(2):
        controller.send_message([0xB0, hands.randrange(kSliders), int(63 + 60 * math.sin(t * 3 + i))])
        osc.send("/titanus/travel/" + hands.choice(["look.bloom", "look.relief", "camera.pan_x", "canvas.smoothing"]), hands.random())


# Sixteen scenes with their canvases.
for pad in range(1, 17):
    osc.send("/titanus/preset", (pad - 1) % 8 + 1)
    osc.send("/titanus/look.hue", float(pad))
    until("a hue is not taken", 40, lambda: show.value("look.hue") == pad)
    osc.send("/titanus/scene_store", pad)
scenes = show.state / "scenes"
until("sixteen scenes were not stored with their pictures", 30, lambda: len(list(scenes.glob("*.toml"))) >= 16 and len(list(scenes.glob("*.png"))) >= 16)


def part(recalls):
    """Recalls asked for, from and until when by the show's clock, steps painted."""
    begun, before = time.monotonic(), show.stats()
    asked = 0
    while (now := time.monotonic() - begun) < seconds:
        if recalls and asked <= now * 200 / 60:
            osc.send("/titanus/scene", hands.randrange(1, 17))
            asked += 1
        traffic(now)
        time.sleep(0.02)
    time.sleep(1.2)  # a last reading
    after = show.stats()
    return asked, before["seconds"], after["seconds"], after["steps"] - before["steps"]


calm = part(False)
memory = [show.resident()]
loud = part(True)
memory.append(show.resident())
loud2 = part(True)
memory.append(show.resident())
check(calm[3] > 0 and loud[3] > 0, "guidance stood still")

# ---- kill -9, in the middle of recalls and stores ----
def bank():
    """{pad: (its scene, the bytes of its canvas)}, everything read to its end."""
    out = {}
    for file in scenes.glob("*.toml"):
        scene = tomllib.loads(file.read_text())
        if "scene" not in scene:
            continue
        canvas = (scenes / scene["scene"]["canvas"]).read_bytes() if "canvas" in scene["scene"] else b""
        check(scene["scene"]["pad"] not in out, f"two scenes on pad {scene['scene']['pad']}")
        out[scene["scene"]["pad"]] = (scene, canvas)
    return out


def whole(png):
    """Every chunk of the PNG is there and has its checksum."""
    at = 8
    while at < len(png):
        size, = struct.unpack_from(">I", png, at)
        if at + 12 + size > len(png) or struct.unpack_from(">I", png, at + 8 + size)[0] != zlib.crc32(png[at + 4:at + 8 + size]):
            return False
        if png[at + 4:at + 8] == b"IEND":
            return at + 12 + size == len(png)
        at += 12 + size
    return False


hue = lambda scene: scene.get("values", {}).get("look", {}).get("hue", 0)
waited(20, lambda: not list(scenes.glob("*.tmp*")))  # what the recalls left to be written
time.sleep(1)
before = {pad: hue(scene) for pad, (scene, canvas) in bank().items()}
check(all(before.get(pad) == pad for pad in range(1, 17)), f"the scenes were not those that were stored: {before}")
stored = {}  # pad: hues that may stand on it now
recalled = set(range(1, 17))
for i in range(20):
    osc.send("/titanus/scene", hands.randrange(1, 17))
    pad = hands.randrange(1, 17)
    osc.send("/titanus/scene_store", pad)
    stored[pad] = recalled
    traffic(i)
    time.sleep(0.03)
log_file = max((show.state / "sets").glob("*.tlog"), key=lambda p: p.stat().st_mtime)
show.kill()
tomllib.loads((show.state / "session.toml").read_text())
after = bank()
check(set(after) >= set(range(1, 17)), f"scenes were lost: {sorted(set(range(1, 17)) - set(after))}")
changed = 0
for pad in range(1, 17):
    scene, canvas = after[pad]
    check(hue(scene) == before[pad] or (pad in stored and hue(scene) in stored[pad]), f"pad {pad} holds {hue(scene)}, held {before[pad]}")
    check(whole(canvas), f"the canvas of pad {pad} is torn or missing")
    changed += hue(scene) != before[pad]
probe = output("ffprobe", "-v", "error", "-count_packets", "-select_streams", "v", "-show_entries", "stream=nb_read_packets", "-of", "csv=p=0", film)
check(probe.strip().isdigit() and int(probe) > 10, f"the recording that was cut off does not play: {probe}")

# The log reads to its last whole second: frames with their times, recalls among them.
raw = log_file.read_bytes()
at, frames, recalls = 8, [], 0
while at < len(raw):
    kind, at = raw[at], at + 1
    size = shift = 0
    while at < len(raw):
        size |= (raw[at] & 127) << shift
        shift, at = shift + 7, at + 1
        if raw[at - 1] < 128:
            break
    if at + size + 2 > len(raw):
        break
    if kind == 11:
        frames.append(struct.unpack_from("<d", raw, at)[0])
    recalls += kind == 10
    at += size + 2
times = lambda h: [b - a for a, b in zip(frames, frames[1:]) if h[1] <= a <= h[2]]
wanted = loud[0] + loud2[0]
calm_times, loud_times = times(calm), times(loud) + times(loud2)
check(len(calm_times) > 10 and len(loud_times) > 20, "too few frames to judge")
# Of two that are asked for within one frame the later one counts.
check(recalls >= min(0.9 * wanted, 0.4 * len(loud_times)), f"{recalls} recalls in the log, {wanted} were asked for, {len(loud_times)} frames were drawn")
usual = statistics.median(calm_times)
in_a_row = lambda ts: max(round(t / usual) - 1 for t in ts)  # frames that one gap swallowed
most, mean = in_a_row(loud_times), statistics.mean(loud_times) / statistics.mean(calm_times)
print(f"{changed} of {len(stored)} pads that were stored before the kill hold the new scene, the others the old one; {probe.strip()} pictures recorded; "
      f"{usual * 1000:.0f} ms a frame; dropped in a row: {in_a_row(calm_times)} without recalls, {most} with {wanted} in {2 * seconds:.0f} s; "
      f"mean frame {mean:.2f} times as long; resident {memory[0]:.0f}, {memory[1]:.0f}, {memory[2]:.0f} MB")
check(most <= in_a_row(calm_times) + 2, "recalls drop more than two frames in a row")
check(memory[2] - memory[1] < 24, "memory grows with recalls")  # scenes keep canvases: the first part fills them

show = Program(program, "--osc-listen", f"127.0.0.1:{port}").ready()
until("the show is not that of before the kill", 20, lambda: show.value("look.hue") is not None)
check(show.value("look.hue") in [float(p) for p in range(1, 17)], f"look.hue came back as {show.value('look.hue')}")
for pad in hands.sample(range(1, 17), 16 if seconds >= 60 else 4):
    osc.send("/titanus/scene", pad)
    until(f"pad {pad} does not play what its file holds", 20, lambda: show.value("look.hue") == hue(after[pad][0]))
check(show.stats()["problems"] == [] or all("MIDI" in p["text"] for p in show.stats()["problems"]), f"problems after the kill: {show.stats()['problems']}")
show.end()
