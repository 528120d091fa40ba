#!/usr/bin/env python3
"""L21: the clean picture is borderless on the second display, by number and by name, the controls
stay on the first; the display that goes away ends nothing.   usage: two_displays.py PROGRAM"""
import sys, time
from show import *

program = sys.argv[1]
two_displays()
FIRST, SECOND = (0, 0, 1280, 720), (1280, 0, 1024, 576)


def looks(name):
    """Brightness of the two displays."""
    whole = picture(2304, 720, name=name)
    rows = [whole[y * 6912:(y + 1) * 6912] for y in range(720)]
    return brightness(b"".join(r[:3840] for r in rows)), brightness(b"".join(r[3840:] for r in rows[:576]))


names = output(program, "devices")
for name in ("DUMMY0 1280x720 at 0,0", "DUMMY1 1024x576 at 1280,0"):
    check(name in names, f"`titanus devices` does not name {name}:\n{names}")

for wanted in ("2", "DUMMY1"):  # as people count, and by a part of the name
    show = Program(program, "--input", "demo", "--output-display", wanted, "--set", "look.flash=0").ready()
    both = until("no output window", 20, lambda: windows() if "Titanus output" in windows() else None)
    check(both["Titanus output"] == SECOND, f"--output-display {wanted}: the output is at {both['Titanus output']}, the display at {SECOND}")
    check(both["Titanus"] == FIRST, f"the controls are at {both['Titanus']}")
    until("no picture on the second display", 20, lambda: looks("displays-two")[1] > 5)
    key("b")  # the clean picture obeys; the controls stay lit
    until("blackout does not reach the second display", 20, lambda: looks("displays-blackout")[1] <= 1)
    check(looks("displays-blackout")[0] > 5, "the controls went black with the output")
    key("b")
    if wanted == "2":
        check(show.end()["frames"] > 0, "no frames")

# The plug is pulled: the show goes on, the output is where it can be seen, and it is said.
plug(False)
before = show.stats()["frames"]
until("the show stands still after the display went", 20, lambda: show.stats().get("frames", 0) > before + 20)
until("it is not said that the display went", 20, lambda: any("isplay" in p["text"] for p in show.stats().get("problems", [])))
x, y, width, height = until("the output window is gone", 5, lambda: windows().get("Titanus output"))
check(x < 1280 and y < 720, f"the output stays where nobody sees it: {x},{y}")
# ... and back: the picture is on its display again, without a hand.
plug(True)
until("the output does not come back to its display", 20, lambda: windows().get("Titanus output") == SECOND)
check(show.end()["frames"] > before, "no frames")
print("output on the second display by number and by name; lost and found again")
