#!/usr/bin/env python3
"""L16: one cue list on the stage and in `titanus render`: played live, GO begins it, its timed cue comes by
itself, the next by hand, and back again; rendered, its cue changes the picture from its frame on, and not
before.   usage: cues.py PROGRAM"""
import sys
from show import *

program = sys.argv[1]
(WORK / "cues.toml").write_text('schema = 1\nname = "Two"\n[[cue]]\nat = "0:00"\npreset = "Coral reef"\n[[cue]]\nat = 1\npreset = "Galaxy"\n'
                                 '[[cue]]\npreset = "Volcano"\n')
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
# ---- live ----
port = free_port()
show = Program(program, "--headless", "--input", "silence", "--preset", "Jungle", "--cues", WORK / "cues.toml", "--osc-listen", f"127.0.0.1:{port}").ready()
osc = Osc(port)
plays = lambda word: lambda: word in show.stats().get("texts", {}).get("prompt.1.text", "")
check(not waited(2.5, plays("coral")), "the list begins without a hand")
osc.send("/titanus/cue_go")
until("the timed cue does not come by itself", 20, plays("galaxy"))
check(not waited(2.5, plays("volcano")), "the cue that waits for a hand came without one")
osc.send("/titanus/cue_go")
until("GO brings no cue", 20, plays("volcano"))
osc.send("/titanus/cue_back")
until("there is no way back", 20, plays("galaxy"))
show.end()
print("GO, time and back act live; the cue acts from its frame on")
