#!/usr/bin/env python3
"""L21: the clean picture is borderless on the second display, by number and by name, the controls
stay on the first; a button shows the number of the display on it for a moment; the display that goes
away ends nothing.   usage: two_displays.py PROGRAM WHERE"""
import sys, time
from show import *

program, where = sys.argv[1:3]
two_displays()
FIRST, SECOND = (0, 0, 1280, 720), (1280, 0, 1024, 576)


def looks(name):
    """Brightness of the two displays."""
    whole = picture(2304, 720, name=name)
    rows = [whole[y * 6912:(y + 1) * 6912] for y in range(720)]
    return brightness(b"".join(r[:3840] for r in rows)), brightness(b"".join(r[3840:] for r in rows[:576]))


def expect(what, look, good, seconds=40):
    """Fails with what was seen last."""
    end = time.monotonic() + seconds
    while not good(seen := look()):
        if time.monotonic() > end:
            fail(f"{what}: {seen}")
        time.sleep(0.2)


names = output(program, "devices")
for name in ("DUMMY0 1280x720 at 0,0", "DUMMY1 1024x576 at 1280,0"):
    check(name in names, f"`titanus devices` does not name {name}:\n{names}")

for wanted in ("2", "DUMMY1"):  # as people count, and by a part of the name
    show = Program(program, "--input", "demo", "--output-display", wanted, "--set", "look.flash=0").ready()
    # A busy server places a window some time after it is there.
    expect(f"--output-display {wanted}: the output is not on its display {SECOND}", windows, lambda w: w.get("Titanus output") == SECOND)
    expect(f"the controls are not at {FIRST}", windows, lambda w: w.get("Titanus") == FIRST)
    until("no picture on the second display", 40, lambda: looks("displays-two")[1] > 5)
    key("b")  # the clean picture obeys; the controls stay lit
    until("blackout does not reach the second display", 40, lambda: looks("displays-blackout")[1] <= 1)
    check(looks("displays-blackout")[0] > 5, "the controls went black with the output")
    key("b")
    if wanted == "DUMMY1":
        spot = lambda id, *clicked: [[int(n) for n in l.split()[1:]] for l in output(where, 1280, 720, "tune", *clicked).splitlines() if l.split()[0] == id][0]
        middle = lambda box: (box[0] + box[2] / 2, box[1] + box[3] / 2)
        key("b", "ctrl+3")  # a number on black is seen best
        until("blackout does not reach the second display", 40, lambda: looks("displays-black")[1] <= 1)
        time.sleep(1)  # the work space comes a frame after the black
        click(*middle(spot("tune.Output")))
        time.sleep(1)
        click(*middle(spot("output.identify", "tune.Output")))
        until("the number of the display is not shown on it", 20, lambda: looks("displays-number")[1] > 5, every=0.05)
        until("the number of the display does not go", 40, lambda: looks("displays-black")[1] <= 1)
        key("b")
    if wanted == "2":
        check(show.end()["frames"] > 0, "no frames")

# The plug is pulled: the show goes on, the output is where it can be seen, and it is said.
plug(False)
before = until("no figures", 40, lambda: show.stats().get("frames"))
until("the show stands still after the display went", 40, lambda: show.stats().get("frames", 0) > before + 20)
until("it is not said that the display went", 40, lambda: any("isplay" in p["text"] for p in show.stats().get("problems", [])))
expect("the output is gone, or stays where nobody sees it", windows,
       lambda w: "Titanus output" in w and w["Titanus output"][0] < 1280 and w["Titanus output"][1] < 720)
# ... and back: the picture is on its display again, without a hand.
plug(True)
until("the output does not come back to its display", 40, lambda: windows().get("Titanus output") == SECOND)
check(show.end()["frames"] > before, "no frames")
print("output on the second display by number and by name; lost and found again")
