#!/usr/bin/env python3
"""Hours in minutes: the real program without a window, on a small canvas, so that steps are many. Memory
and how the picture holds up are sampled; the result is JSON on stdout, kept in docs/endurance.json for the
run that docs/RELIABILITY.md quotes.
usage: tools/endurance.py [--seconds S] [--steps N] [--preset NAME] [--set ID=VALUE ...] [PROGRAM]
--steps ends it earlier, when so many are done. Exit code 0: it ran to its end, memory did not grow beyond
what noise explains, and the canvas was in the collapse guard's band for nine tenths of the time."""
import argparse, json, os, signal, statistics, subprocess, sys, tempfile, time

parser = argparse.ArgumentParser()
parser.add_argument("--seconds", type=float, default=600)
parser.add_argument("--steps", type=int, default=0)
parser.add_argument("--preset", default="Coral reef")
parser.add_argument("--set", action="append", default=[])
parser.add_argument("program", nargs="?", default=os.path.join(os.path.dirname(__file__), "../build/release/titanus"))
o = parser.parse_args()
# Small and fast: what could leak or drift is done as often as in hours of a large canvas.
settings = ["canvas.side=64", "guide.crops=1"] + o.set
home = tempfile.mkdtemp(prefix="titanus-endurance-")
stats = os.path.join(home, "stats.json")
command = [o.program, "play", "--headless", "--preset", o.preset, "--input", "demo", "--duration", str(o.seconds), "--stats", stats]
for one in settings: command += ["--set", one]
environment = dict(os.environ, HOME=home, XDG_STATE_HOME=home + "/state", XDG_CONFIG_HOME=home + "/config")
begun = time.time()
program = subprocess.Popen(command, env=environment, stderr=open(os.path.join(home, "log"), "w"))


def resident():
    with open(f"/proc/{program.pid}/statm") as f: return int(f.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


# As src/guidance/collapse_guard.cpp judges.
def in_band(c): return c["contrast"] >= 0.06 and c["extremes"] <= 0.6 and 0.004 <= c["fineness"] <= 0.35


samples, health = [], []
while program.poll() is None:
    time.sleep(5)
    try:
        with open(stats) as f: now = json.load(f)
        samples.append((now["steps"], resident(), max(now["presence"].values(), default=0)))
        health.append(now["collapse"])
    except (OSError, ValueError, IndexError): continue
    if o.steps and now["steps"] >= o.steps: program.send_signal(signal.SIGINT)
if program.returncode != 0 or len(samples) < 12:
    print(f"endurance: exit code {program.returncode}, {len(samples)} samples; log in {home}/log", file=sys.stderr)
    sys.exit(1)
# The first sixth is warming up: caches of texts, the allocator's arenas.
kept = samples[len(samples) // 6:]
third = max(len(kept) // 3, 1)
early, late = ([m for _, m, _ in part] for part in (kept[:third], kept[-third:]))
grown = statistics.median(late) - statistics.median(early)
with open(stats) as f: end = json.load(f)
measures = {key: {"least": round(min(h[key] for h in health), 4), "median": round(statistics.median(h[key] for h in health), 4),
                  "most": round(max(h[key] for h in health), 4)} for key in ("contrast", "extremes", "fineness")}
share = statistics.mean(in_band(h) for h in health)
result = {"command": " ".join(command[1:]), "date": time.strftime("%Y-%m-%d"), "seconds": round(time.time() - begun), "steps": end["steps"],
          "residentMB": {"early": round(statistics.median(early), 1), "late": round(statistics.median(late), 1), "most": round(max(m for _, m, _ in kept), 1)},
          "grownMB": round(grown, 1), "presence": {"early": round(statistics.median([p for _, _, p in kept[:third]]), 3),
                                                    "late": round(statistics.median([p for _, _, p in kept[-third:]]), 3)},
          "collapse": {"inBand": round(share, 4), "nudges": end["collapse"]["nudges"], **measures},
          "problems": [p["text"] for p in end["problems"]]}
print(json.dumps(result, indent=1))
# A step that kept one byte of each canvas float would show as tens of MB after 10 000 steps.
sys.exit(0 if grown < 8 and share >= 0.9 else 1)
