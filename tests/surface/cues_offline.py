#!/usr/bin/env python3
"""L16: the cue list of the stage drives `titanus render`: its cue changes the picture from its frame on,
and not before.   usage: cues_offline.py PROGRAM"""
import sys
from show import *

program = sys.argv[1]
(WORK / "cues.toml").write_text('schema = 1\nname = "Two"\n[[cue]]\nat = "0:00"\npreset = "Coral reef"\n[[cue]]\nat = 1\npreset = "Galaxy"\n')
(WORK / "one.toml").write_text('schema = 1\nname = "One"\n[[cue]]\nat = "0:00"\npreset = "Coral reef"\n')
os.environ.update(HOME=str(WORK), XDG_STATE_HOME=str(WORK / "s"), XDG_CONFIG_HOME=str(WORK / "c"))
for name in ("cues", "one"):
    # Without steps of the painting: the look alone tells which scene plays.
    run = subprocess.run([program, "render", "--track", "demo", "--cues", WORK / (name + ".toml"), "--seconds", "2", "--fps", "5", "--size", "96x64",
                          "--steps-per-frame", "0", "-o", WORK / name], capture_output=True, text=True)
    if "OpenGL 4.1 is not available" in run.stderr:
        skip("no OpenGL here")
    check(run.returncode == 0, run.stderr)
pictures = lambda name: [p.read_bytes() for p in sorted((WORK / name).glob("*.png"))]
two, one = pictures("cues"), pictures("one")
check(len(two) == len(one) == 10, f"{len(two)} and {len(one)} frames")
same = [a == b for a, b in zip(two, one)]
check(all(same[:5]), f"the picture changes before the cue: {same}")
check(not any(same[6:]), f"the cue does nothing: {same}")
print("the cue acts from its frame on")
