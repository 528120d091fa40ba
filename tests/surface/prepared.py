#!/usr/bin/env python3
"""N5: a scene that was never played is painted out of sight while another one plays; when it is recalled its
picture is there.   usage: prepared.py PROGRAM"""
import sys
from show import *

program = sys.argv[1]
port = free_port()
show = Program(program, "--headless", "--osc-listen", f"127.0.0.1:{port}", "--input", "silence", "--set", "canvas.side=96", "--set", "scene.prepare=0.5").ready()
osc = Osc(port)
scenes = show.state / "scenes"
until("the first bank holds the presets", 20, lambda: len(list(scenes.glob("*.toml"))) >= 10)
check(not list(scenes.glob("*.png")), "a scene that was never played has a picture")
before = set(show.stats().get("presence", {}))

osc.send("/titanus/scene_prepare", 5)
until("no picture of the scene was painted", 120, lambda: list(scenes.glob("*.png")))
check(set(show.stats()["presence"]) == before, "the scene on show has changed")

osc.send("/titanus/scene", 5)
at_once = until("the scene did not come", 10, lambda: {text: presence for text, presence in show.stats().get("presence", {}).items() if text not in before})
first = max(at_once, key=at_once.get)
time.sleep(12)
later = show.stats()["presence"][first]
check(later > 0.2, f"the scene is not painted at all: {later:.2f} of {first}")
check(at_once[first] > 0.6 * later, f"'{first}' was not there when it came: {at_once[first]:.2f}, later {later:.2f}")
show.end()
print(f"'{first}': presence {at_once[first]:.2f} in the first figures, {later:.2f} twelve seconds on")
