#!/usr/bin/env python3
"""L10: as a new user: from nothing to a fader that moves a prompt, by the steps of
docs/FIRST_TWO_MINUTES.md, with a controller the program has never seen; and it is still bound after
the controller was pulled and after a restart.   usage: first_two_minutes.py PROGRAM WHERE"""
import sys, time
from show import *

program, where = sys.argv[1:3]
one_display()
Sound()
spots = {}
for line in output(where, 1280, 720, "perform").splitlines():
    id, x, y, w, h = line.split()
    spots[id] = (int(x) + int(w) / 2, int(y) + int(h) / 2)


def shot(name):
    picture(1280, 720, name="first-" + name)


def on(id, **how):
    click(*spots[id])


def move(controller, *values, number=21):
    for value in values:
        controller.send_message([0xB0, number, value])
        time.sleep(0.05)


# 1. It starts, with the demo's sound, and paints. No argument is given but the test's own.
begun = time.monotonic()
show = Program(program).ready()
shot("1-started")
check(show.stats()["onsets"]["kick"] >= 0 and show.stats()["audio"]["device"] == "demo", "the demo does not play")

# 2. The controller is plugged in while it runs.
controller = Sound.controller("Fader Box")
time.sleep(2.5)  # found within this
# 3. L, the second prompt's weight, the fader.
weight = show.value("prompt.2.weight")
key("l")
time.sleep(1)
shot("2-learn")
on("prompt.2.weight")
time.sleep(1)
shot("3-armed")
move(controller, 40, 44)
map_file = until("the fader was not bound", 20, lambda: [f for f in (WORK / "home").rglob("*.toml") if "Fader Box" in f.read_text()])
shot("4-bound")
key("l")
# 4. The whole way of the fader moves the weight over its whole range, and never jumps on the way.
move(controller, *range(44, 128, 3), 127)
until("the fader does not reach the top", 20, lambda: show.value("prompt.2.weight") == 1)
took = time.monotonic() - begun
shot("5-moved")
move(controller, *range(127, 0, -3), 0)
until("the fader does not reach the bottom", 20, lambda: show.value("prompt.2.weight") == -1)

# Pulled and plugged in again: bound as before.
controller.delete()  # the cable is pulled
time.sleep(2.5)
controller = Sound.controller("Fader Box")
time.sleep(3)
move(controller, *range(0, 70, 3))
until("not bound after a replug", 20, lambda: show.value("prompt.2.weight") > 0)
# And after a restart: the fader stands away from the value, so it waits until it meets it.
stands = show.value("prompt.2.weight")
show.end()
show = Program(program).ready()
until("the weight of before is not back", 20, lambda: show.value("prompt.2.weight") == stands)
time.sleep(2.5)
move(controller, *range(0, 128, 3), 127)
until("not bound after a restart", 20, lambda: show.value("prompt.2.weight") == 1)
show.end()
print(f"from nothing to a mapped fader in {took:.0f} s of a robot's time; bound in {map_file[0].name}")
