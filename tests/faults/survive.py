#!/usr/bin/env python3
"""The world outside fails in the middle of a show of the real program, and the show goes on.
usage: survive.py PROGRAM FAULT_SHIM SOURCE [SCENARIO...]   (77: something it needs is absent)
Each scenario says which calls fail (see fault_shim.cpp) and from when. The law for all of them: frames
and steps go on counting, one problem line names the thing, exit code 0 at the end of --duration, and
what was there before is still there, whole."""
import json, os, pathlib, shutil, signal, subprocess, sys, tempfile, time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
from osc import Osc, free_port

PROGRAM, SHIM, SOURCE = (str(pathlib.Path(a).resolve()) for a in sys.argv[1:4])
LIBRARIES = subprocess.run(["ldd", PROGRAM], capture_output=True, text=True).stdout
HAS_TORCH = "libtorch" in LIBRARIES
SLOWER = float(os.environ.get("TITANUS_TEST_SLOWER", "1"))  # sanitizers take their time


class Show:
    """One run of the program in a home of its own."""

    def __init__(self, faults="", armed_at_start=False, drawn=True, seconds=14, arguments=(), environment=None, home=None):
        self.dir = home or pathlib.Path(tempfile.mkdtemp(prefix="titanus-faults-"))
        self.home = self.dir / "home"
        self.home.mkdir(exist_ok=True)
        self.switch, self.failed = self.dir / "armed", self.dir / "failed"
        self.switch.unlink(missing_ok=True)
        if armed_at_start:
            self.switch.touch()
        self.port = free_port()
        self.osc = Osc(self.port)
        env = {"PATH": os.environ["PATH"], "HOME": str(self.home), "LC_ALL": "C.UTF-8", "SDL_VIDEODRIVER": "offscreen",
               "LP_NUM_THREADS": "1", "XDG_RUNTIME_DIR": str(self.dir), "TITANUS_FAULTS": faults.format(d=self.dir, source=SOURCE),
               "TITANUS_FAULTS_ARMED": str(self.switch), "TITANUS_FAULTS_LOG": str(self.failed), "OMP_WAIT_POLICY": "PASSIVE",
               "LD_PRELOAD": SHIM, "JACK_NO_START_SERVER": "1", **(environment or {})}
        for line in LIBRARIES.splitlines():  # a sanitizer wants to be the first
            if "libasan" in line or "libtsan" in line:
                env["LD_PRELOAD"] = line.split()[2] + ":" + SHIM
                env["ASAN_OPTIONS"] = "detect_leaks=0"
        given = {"--input": "demo", "--stats": str(self.dir / "stats.json")}
        given.update(zip(arguments[::2], arguments[1::2]))
        command = [PROGRAM, "play", *(part for pair in given.items() for part in pair), "--size", "160x96", "--duration", str(seconds * SLOWER),
                   "--set", "canvas.side=64", "--osc-listen", f"127.0.0.1:{self.port}"] + ([] if drawn else ["--headless"])
        self.log = open(self.dir / "log", "w")
        self.process = subprocess.Popen([str(a).format(d=self.dir) for a in command], env=env, stdout=self.log, stderr=self.log, cwd=self.dir)

    def stats(self):
        try:
            return json.loads((self.dir / "stats.json").read_text())
        except (OSError, ValueError):
            return {}

    def until(self, what, test, seconds=40):
        end = time.monotonic() + seconds * SLOWER
        while time.monotonic() < end:
            if test(self.stats()):
                return
            assert self.process.poll() is None, f"it ended with {self.process.returncode}: {self.text()[-600:]}"
            time.sleep(0.1)
        raise AssertionError(f"{what} did not happen: {self.text()[-600:]} {json.dumps(self.stats().get('problems'))}")

    def playing(self):
        self.until("playing", lambda s: s.get("frames", 0) > 2 and s.get("steps", 0) > 2)

    def arm(self):
        self.switch.touch()

    def disarm(self):
        self.switch.unlink(missing_ok=True)

    def send(self, address, *values):
        self.osc.send("/titanus/" + address, *values)

    def text(self):
        return (self.dir / "log").read_text()

    def goes_on(self, steps=True):
        before = self.stats()
        self.until("another second of frames", lambda s: s.get("frames", 0) > before["frames"] and s.get("seconds", 0) > before["seconds"])
        if steps:
            self.until("another step", lambda s: s.get("steps", 0) > before["steps"])

    def said_once(self, *words):
        lines = [l for l in self.text().splitlines() if all(w.format(d=self.dir) in l for w in words)]
        assert len(lines) == 1, f"{len(lines)} lines with {words}: {self.text()[-1500:]}"
        assert "(" in lines[0], lines[0]  # and says what to do

    def faulted(self, *calls):
        seen = self.failed.read_text() if self.failed.exists() else ""
        for call in calls:
            assert any(l.startswith(call.format(d=self.dir)) for l in seen.splitlines()), f"no call {call} failed, so nothing was tested: {seen[-300:]}"

    def ends_well(self):
        code = self.process.wait(timeout=90 * SLOWER)
        assert code == 0, f"exit code {code}: {self.text()[-600:]}"
        self.remove()

    def remove(self):
        if os.environ.get("TITANUS_TEST_SAY"):
            print(self.text())
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.log.close()
        shutil.rmtree(self.dir, ignore_errors=True)


def state(show):
    return show.home / ".local/state/titanus"


def full_disk():
    """Recording, control log and journal on a disk that fills up."""
    show = Show("write:.mkv:ENOSPC;write:.tlog:ENOSPC;write:state/titanus:ENOSPC", arguments=["--record", "{d}/set.mkv", "--log", "{d}/set.tlog"])
    show.playing()
    show.until("a journal", lambda s: (state(show) / "session.toml").exists())
    time.sleep(1.5)  # something of the recording has reached the disk
    before = (state(show) / "session.toml").read_bytes()
    show.arm()
    show.send("camera.zoom", 0.125)  # something to write down
    show.until("three problems", lambda s: all(any("cannot be written" in p["text"] and part in p["text"] for p in s.get("problems", []))
                                               for part in ("set.mkv", "set.tlog", "session.toml")))
    show.goes_on()
    show.faulted("write {d}/set.mkv", "write {d}/set.tlog", "write {d}/home/.local/state")
    for thing in ("set.mkv", "set.tlog", "session.toml"):
        show.said_once("cannot be written", thing)
    assert (state(show) / "session.toml").read_bytes() == before, "the older session was touched"
    assert (show.dir / "set.tlog").stat().st_size > 0
    if shutil.which("ffprobe"):
        probe = subprocess.run(["ffprobe", "-v", "error", "-count_packets", "-select_streams", "v", "-show_entries", "stream=nb_read_packets", "-of", "csv=p=0",
                                str(show.dir / "set.mkv")], capture_output=True, text=True)
        assert int(probe.stdout.strip().strip(",") or 0) > 5, f"the recording before is gone: {probe.stdout} {probe.stderr}"
    show.ends_well()


def full_disk_of_pictures():
    """A still, a scene and the journal's canvas on a full disk, then with room again: a name is said when its file is there."""
    show = Show("write:Pictures/titanus:ENOSPC;write:scene-:ENOSPC;write:canvas.png:ENOSPC")
    stills = show.home / "Pictures/titanus"
    announced = lambda: [pathlib.Path(l.split("still: ")[1].strip()) for l in show.text().splitlines() if "still: " in l]
    show.playing()
    show.arm()
    show.send("action.still")
    show.send("scene_store", 3)
    show.until("two problems", lambda s: all(any("cannot be written" in p["text"] and part in p["text"] for p in s.get("problems", [])) for part in ("Pictures/titanus", "scene-")))
    show.until("a canvas that cannot be kept", lambda s: "canvas.png" in show.failed.read_text())
    show.faulted("write {d}/home/Pictures/titanus")
    assert not announced(), f"announced, and not there: {announced()}"
    assert not list(stills.iterdir()), f"half a still: {list(stills.iterdir())}"
    show.disarm()
    show.send("action.still")
    show.send("action.still")  # of the same second: two names
    show.until("two stills", lambda s: len(announced()) == 2)
    for still in announced():
        data = still.read_bytes()
        assert data.startswith(b"\x89PNG") and data.endswith(b"IEND\xaeB`\x82"), f"{still}: announced, and not whole ({len(data)} bytes)"
    assert len(set(announced())) == 2, announced()
    show.ends_well()


def failing_journal():
    """fsync and rename of the state fail for a while; afterwards it is written again."""
    show = Show("fsync:state/titanus:EIO;rename:state/titanus:EIO", drawn=False)
    show.playing()
    show.until("a journal", lambda s: (state(show) / "session.toml").exists())
    before = (state(show) / "session.toml").read_bytes()
    show.arm()
    show.send("camera.zoom", 0.125)
    show.until("a problem", lambda s: any("session.toml" in p["text"] for p in s.get("problems", [])))
    show.goes_on()
    show.faulted("fsync")
    show.said_once("cannot be written", "session.toml")
    assert (state(show) / "session.toml").read_bytes() == before, "the older session was touched"
    show.disarm()
    show.send("camera.zoom", 0.25)
    show.until("the journal again", lambda s: (state(show) / "session.toml").read_bytes() != before)
    # One may be there for a moment, while the journal is written; none stays.
    left = {f.name for f in state(show).glob("*.tmp*")}
    show.until("the temporary files to go", lambda s: not left & {f.name for f in state(show).glob("*.tmp*")})
    show.ends_well()


def read_only_home():
    """Nothing can be written at home from the start."""
    show = Show("mkdir:{d}/home:EROFS;open:{d}/home:EROFS;write:{d}/home:EROFS;rename:{d}/home:EROFS", armed_at_start=True, drawn=False, seconds=8)
    show.playing()
    show.goes_on()
    assert not [p for p in show.home.rglob("*") if p.is_file()], "it wrote all the same"
    assert any("home" in p["text"] for p in show.stats()["problems"]), f"nothing was said: {show.stats()['problems']}"
    for problem in show.stats()["problems"]:
        assert show.text().count(problem["text"]) == 1, problem
    show.ends_well()


def no_descriptors():
    """Every opening of a file fails for some seconds: scenes, presets, still and recording are asked for meanwhile."""
    show = Show("open::EMFILE")
    show.playing()
    show.arm()
    for address, *values in (("preset", 2), ("scene_store", 3), ("action.still",), ("action.record",)):
        show.send(address, *values)
    time.sleep(3)
    show.disarm()  # the figures could not be written meanwhile either
    show.faulted("open")
    show.goes_on()
    assert show.stats()["problems"], "nothing was said"
    show.send("preset", 3)
    show.goes_on()
    show.ends_well()


def lost_shaders():
    """A shader is changed on a stick that is then pulled: the last good one stays."""
    data = pathlib.Path(tempfile.mkdtemp(prefix="titanus-faults-data-"))
    for folder in ("presets", "shaders", "models", "third_party/fonts"):
        shutil.copytree(f"{SOURCE}/{folder}", data / folder)
    show = Show("read:/shaders/:EIO;open:/shaders/:EIO", environment={"TITANUS_DATA": str(data)})
    show.playing()
    show.arm()
    for shader in (data / "shaders").glob("*.glsl"):
        os.utime(shader)
    show.until("a problem", lambda s: any("shaders" in p["text"] or "shader" in p["text"] for p in s.get("problems", [])))
    show.faulted("open")
    show.goes_on()
    shutil.rmtree(data / "shaders")  # the stick is gone for good, the model and the presets as well
    shutil.rmtree(data / "models")
    shutil.rmtree(data / "presets")
    show.goes_on()
    show.ends_well()
    shutil.rmtree(data, ignore_errors=True)


def unwritable_figures():
    """The figures' file cannot be written: said once, the show is played."""
    show = Show(drawn=False, seconds=4, arguments=["--stats", "/dev/full/stats.json"])
    code = show.process.wait(timeout=60 * SLOWER)
    assert code == 0, show.text()
    show.said_once("/dev/full")
    show.remove()


def out_of_memory():
    """A tensor cannot be allocated, four times: the engine begins again with fewer crops."""
    if not HAS_TORCH:
        return "built without torch"
    show = Show("memory:libc10:ENOMEM:1:4", drawn=False, seconds=20)
    show.playing()
    show.arm()
    show.until("the problem", lambda s: any("out of memory" in p["text"] for p in s.get("problems", [])))
    show.faulted("memory")
    show.goes_on()
    show.said_once("out of memory")
    show.ends_well()


def hung_guidance():
    """A step of the painter never ends: picture and controls go on at once, a new painter after half a minute."""
    if not HAS_TORCH:
        return "built without torch"
    show = Show("memory:libc10:HANG:1:1", drawn=False, seconds=110)
    show.playing()
    show.arm()
    show.until("the hanging", lambda s: show.failed.exists())
    show.goes_on(steps=False)
    show.send("camera.zoom", 0.125)
    show.until("a control", lambda s: abs(s["parameters"]["camera.zoom"] - 0.125) < 1e-6)
    steps = show.stats()["steps"]
    show.until("a new painter", lambda s: s["steps"] > steps, seconds=100)
    show.said_once("left behind")
    show.ends_well()


def lost_sound_device():
    """The sound server is killed in the middle of the show."""
    if not shutil.which("jackd"):
        return "jackd is not installed"
    # One of a few names: JACK keeps a place for a server that was killed, eight in all, and gives it back to its name alone.
    name = f"titanusfault{os.getpid() % 3}"
    runtime = pathlib.Path(tempfile.mkdtemp(prefix="titanus-faults-jack-"))
    jack_env = {"PATH": os.environ["PATH"], "HOME": str(runtime), "XDG_RUNTIME_DIR": str(runtime), "JACK_DEFAULT_SERVER": name, "JACK_NO_START_SERVER": "1"}

    def server():
        jack = subprocess.Popen(["jackd", "--no-realtime", "-n", name, "-d", "dummy", "-r", "48000", "-p", "512"], env=jack_env,
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if subprocess.run(["jack_wait", "-w", "-t", "10"], env=jack_env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode or jack.poll() is not None:
            jack.kill()
            return None
        return jack

    jack = server()
    if not jack:
        shutil.rmtree(runtime)
        return "jackd does not start here"
    try:
        show = Show(drawn=False, seconds=15, arguments=["--input", "device:system"], environment={**jack_env, "HOME": str(runtime)})
        show.playing()
        jack.kill()
        jack.wait()
        show.until("the loss", lambda s: any("went away" in p["text"] for p in s.get("problems", [])))
        show.goes_on()
        show.said_once("audio device went away")
        show.ends_well()
    finally:
        jack.kill()
        jack.wait()
        shutil.rmtree(runtime, ignore_errors=True)


SCENARIOS = [full_disk, full_disk_of_pictures, failing_journal, read_only_home, no_descriptors, lost_shaders, unwritable_figures, out_of_memory, hung_guidance, lost_sound_device]

if __name__ == "__main__":
    chosen = sys.argv[4:] or [s.__name__ for s in SCENARIOS]
    skipped = failed = 0
    for scenario in SCENARIOS:
        if scenario.__name__ not in chosen:
            continue
        began = time.monotonic()
        try:
            reason = scenario()
        except AssertionError as e:
            failed += 1
            print(f"FAILED {scenario.__name__}: {e}")
            continue
        if reason:
            skipped += 1
            print(f"skipped {scenario.__name__}: {reason}")
        else:
            print(f"ok {scenario.__name__}: {scenario.__doc__.splitlines()[0]} ({time.monotonic() - began:.0f} s)")
    sys.exit(1 if failed else 77 if skipped == len(chosen) else 0)
