#!/usr/bin/env python3
"""A short show with all hands at work, for a program built with a sanitizer: sound, parameters, presets,
scenes, prompts and clocks by OSC, log and journal; then the log is replayed, then a picture is drawn and
recorded where there is OpenGL. usage: played_show.py PROGRAM [SECONDS]
Exit code 0: every run ended with 0 and no sanitizer said a word."""
import json, os, pathlib, random, re, shutil, subprocess, sys, tempfile, time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from osc import Osc, free_port

program, seconds = os.path.abspath(sys.argv[1]), float(sys.argv[2]) if len(sys.argv) > 2 else 20
folder = pathlib.Path(tempfile.mkdtemp(prefix="titanus-show-"))
environment = dict(os.environ, HOME=str(folder), XDG_RUNTIME_DIR=str(folder), XDG_STATE_HOME=str(folder / "state"), XDG_CONFIG_HOME=str(folder / "config"),
                   LC_ALL="C.UTF-8", JACK_NO_START_SERVER="1", SDL_VIDEODRIVER="offscreen", LP_NUM_THREADS="0")
failed = 0


def play(name, arguments, hands=None):
    global failed
    log = folder / (name + ".log")
    with open(log, "w") as out:
        process = subprocess.Popen([program, *arguments], env=environment, stdout=out, stderr=out, cwd=folder)
        if hands: hands(process)
        try: code = process.wait(timeout=40 * seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            code = "none: it does not end"
    said = log.read_text(errors="replace")
    bad = code != 0 or "Sanitizer" in said or "runtime error" in said
    print(f"{name}: exit code {code}{', found something' if bad else ''}")
    if bad:
        print(said[-6000:])
        failed = 1


def busy_hands(port):
    def work(process):
        osc, chance = Osc(port), random.Random(1)
        end = time.monotonic() + 8 * seconds
        stats = folder / "stats.json"
        while process.poll() is None and time.monotonic() < end:
            osc.send("/titanus/camera.zoom", chance.random())
            osc.send("/titanus/canvas.side", 32 + 32 * chance.randrange(3))
            kind = chance.randrange(9)
            if kind == 0: osc.send("/titanus/preset", chance.randrange(1, 9))
            elif kind == 1: osc.send("/titanus/scene_store", chance.randrange(1, 8))
            elif kind == 2: osc.send("/titanus/scene", chance.randrange(1, 8))
            elif kind == 3: osc.send("/titanus/prompt.1.text", chance.choice(["a reef", "fog over water", "a castle"]))
            elif kind == 4: osc.send("/titanus/action.tap")
            elif kind == 5: osc.send("/titanus/action.still")
            elif kind == 6: osc.send("/titanus/action.reseed")
            elif kind == 7: osc.send("/titanus/scene_prepare", chance.randrange(1, 8))
            else: osc.send("/titanus/action.undo")
            time.sleep(0.05)
    return work


def common(port): return ["--input", "demo", "--duration", str(seconds), "--size", "160x96", "--osc-listen", f"127.0.0.1:{port}", "--set", "canvas.side=64"]


port = free_port()
play("hands", ["play", "--headless", *common(port), "--log", "set.tlog", "--stats", "stats.json"], busy_hands(port))
steps = json.loads((folder / "stats.json").read_text())["steps"] if (folder / "stats.json").exists() else 0
if steps < 3:
    print(f"hands: only {steps} steps were painted")
    failed = 1
play("replayed", ["replay", "set.tlog", "--headless"])
port = free_port()
play("drawn", ["play", *common(port), "--record", "set.mkv"], busy_hands(port))
if not failed: shutil.rmtree(folder, ignore_errors=True)
sys.exit(failed)
