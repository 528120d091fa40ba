#!/usr/bin/env python3
"""L15, L14: what is asked for within one frame happens in its order. A fader moved after a pad moves the
pad's scene; the fader of a blend that has just begun counts; an undo after a recall takes that back.
One bundle is one packet, so one frame.   usage: in_order.py PROGRAM"""
import sys
from show import *

program = sys.argv[1]
port = free_port()
show = Program(program, "--headless", "--osc-listen", f"127.0.0.1:{port}", "--input", "silence").ready()
osc = Osc(port)
scenes = show.state / "scenes"


def becomes(what, **wanted):
    """Figures are those of the last second: a value that never comes is what fails."""
    values = {id.replace("__", "."): value for id, value in wanted.items()}
    if not waited(8, lambda: all(abs(show.value(id) - value) < 0.01 for id, value in values.items())):
        fail(f"{what}: " + ", ".join(f"{id} is {show.value(id)}, not {value}" for id, value in values.items()))


for pad, hue in ((20, 100.0), (21, 40.0)):
    osc.bundle(("/titanus/preset", 1), ("/titanus/look.hue", hue), ("/titanus/scene_store", pad))
    becomes("a value set after a preset was asked for", look__hue=hue)
osc.bundle(("/titanus/scene", 20), ("/titanus/look.bloom", 0.77))
becomes("a value set after a scene was asked for", look__hue=100, look__bloom=0.77)
osc.bundle(("/titanus/scene", 20), ("/titanus/look.hue", "+", 5.0))
becomes("a move by so much after a scene was asked for", look__hue=105)
osc.bundle(("/titanus/scene", 20), ("/titanus/scene_blend", 20, 21), ("/titanus/scene.blend", 0.5))
becomes("the fader of a blend that begins", scene__blend=0.5, look__hue=70)
osc.bundle(("/titanus/scene", 21), ("/titanus/look.bloom", 0.6), ("/titanus/scene", 20))
becomes("a scene asked for last", look__hue=100)
check(abs(show.value("look.bloom") - 0.6) > 0.01, "a scene asked for after a fader leaves the fader's value")
osc.bundle(("/titanus/look.hue", 12.0), ("/titanus/scene", 21), ("/titanus/undo",))
becomes("an undo after a scene was asked for", look__hue=12)
show.end()
print("in the order of asking")
