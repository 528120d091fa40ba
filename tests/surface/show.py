"""The running program under a robot's hands: displays, a sound server, OSC, MIDI, keys and mouse.

Used by the tests beside it, each a script: exit 0 good, 1 a law is broken, 77 something it needs
is not installed (the line says what). Every server and folder is private and goes at the end."""
import atexit, json, os, pathlib, shutil, signal, subprocess, sys, tempfile, time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
from osc import Osc, free_port

WORK = pathlib.Path(tempfile.mkdtemp(prefix="titanus-surface-"))
_children = []


def skip(why):
    print("skipped:", why)
    sys.exit(77)


def fail(why):
    print("FAILED:", why)
    log = WORK / "log"
    if log.exists():
        print("\n".join(log.read_text(errors="replace").splitlines()[-8:]))
    sys.exit(1)


def check(good, why):
    if not good:
        fail(why)


def need(*tools):
    for tool in tools:
        if not shutil.which(tool):
            skip(tool + " is not installed")


@atexit.register
def _end():
    for child in reversed(_children):
        if child.poll() is None:
            child.terminate()
    for child in reversed(_children):
        try:
            child.wait(10)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
    if "TITANUS_TEST_SHOTS" in os.environ:
        for picture in WORK.glob("*.png"):
            shutil.copy(picture, os.environ["TITANUS_TEST_SHOTS"])
    shutil.rmtree(WORK, ignore_errors=True)


def start(*command, **more):
    child = subprocess.Popen([str(c) for c in command], **more)
    _children.append(child)
    return child


def waited(seconds, condition, every=0.1):
    """The condition's first true value within so many seconds, otherwise its last."""
    end = time.monotonic() + seconds
    while not (value := condition()) and time.monotonic() < end:
        time.sleep(every)
    return value


def until(what, seconds, condition, every=0.1):
    """The condition's first true value; fails with `what` after so many seconds."""
    return waited(seconds, condition, every) or fail(what)


def output(*command):
    return subprocess.run([str(c) for c in command], capture_output=True, text=True).stdout


# ---- displays ---------------------------------------------------------------------------------------

def _server(name, *command):
    read, write = os.pipe()
    server = start(*command, "-displayfd", str(write), pass_fds=[write], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.close(write)
    with os.fdopen(read) as number:
        line = number.readline().strip()
    if not line:
        skip(name + " does not start")
    os.environ["DISPLAY"] = ":" + line
    return server


def one_display(width=1280, height=720):
    need("Xvfb", "xdotool")
    return _server("Xvfb", "Xvfb", "-screen", "0", f"{width}x{height}x24", "-nolisten", "tcp")


_XORG = """
Section "ServerFlags"
Option "AutoAddDevices" "false"
Option "AutoAddGPU" "false"
EndSection
Section "Device"
Identifier "d"
Driver "dummy"
VideoRam 256000
EndSection
Section "Monitor"
Identifier "m"
HorizSync 5.0-1000.0
VertRefresh 5.0-200.0
Modeline "1280x720" 74.50 1280 1344 1472 1664 720 723 728 748 -hsync +vsync
EndSection
Section "Screen"
Identifier "s"
Device "d"
Monitor "m"
DefaultDepth 24
SubSection "Display"
Depth 24
Virtual 4096 2160
Modes "1280x720"
EndSubSection
EndSection
"""


def two_displays():
    """1280x720 named DUMMY0 at 0,0 and 1024x576 named DUMMY1 to its right."""
    need("Xorg", "xdotool", "xrandr")
    (WORK / "xorg.conf").write_text(_XORG)
    server = _server("Xorg with its dummy driver (xserver-xorg-video-dummy)", "Xorg", "-config", WORK / "xorg.conf", "-logfile", WORK / "Xorg.log",
                     "-noreset", "-nolisten", "tcp", "-novtswitch", "-sharevts")
    until("Xorg answers no xrandr", 10, lambda: "DUMMY0" in output("xrandr"))
    if "DUMMY1" not in output("xrandr"):
        skip("this Xorg's dummy driver has one display only")
    for line in ("--newmode small 46.5 1024 1064 1160 1296 576 579 584 599", "--addmode DUMMY1 small"):
        output("xrandr", *line.split())
    plug(True)
    return server


def plug(there):
    """The second display comes or goes."""
    def done():
        output("xrandr", "--output", "DUMMY1", *(("--mode", "small", "--right-of", "DUMMY0") if there else ("--off",)))
        return ("DUMMY1 connected 1024x576+1280+0" in output("xrandr")) == there
    until("xrandr does not switch the second display", 15, done, every=0.5)


def windows():
    """{title: (x, y, width, height)} of the program's windows."""
    out = {}
    for number in output("xdotool", "search", "--name", "^Titanus").split():
        lines = dict(l.split("=") for l in output("xdotool", "getwindowgeometry", "--shell", number).split())
        if "HEIGHT" in lines:  # it may have gone since
            out[output("xdotool", "getwindowname", number).strip()] = tuple(int(lines[k]) for k in ("X", "Y", "WIDTH", "HEIGHT"))
    return out


def picture(width, height, x=0, y=0, name=None):
    """RGB bytes of a part of the screen; with a name kept as PNG for TITANUS_TEST_SHOTS."""
    need("ffmpeg")
    grab = ["ffmpeg", "-v", "error", "-f", "x11grab", "-video_size", f"{width}x{height}", "-i", f"{os.environ['DISPLAY']}+{x},{y}", "-frames:v", "1"]
    if name:
        subprocess.run(grab + ["-y", str(WORK / (name + ".png"))])
    return subprocess.run(grab + ["-f", "rawvideo", "-pix_fmt", "rgb24", "-"], capture_output=True).stdout


def brightness(pixels):
    return sum(pixels) / max(1, len(pixels))


# ---- hands ------------------------------------------------------------------------------------------

def key(*chords):
    output("xdotool", "key", "--window", "0", *chords)


def drag(x, y, dx, dy=0, steps=8):
    output("xdotool", "mousemove", int(x), int(y), "mousedown", "1")
    for i in range(1, steps + 1):
        output("xdotool", "mousemove", int(x + dx * i / steps), int(y + dy * i / steps))
        time.sleep(0.03)
    output("xdotool", "mouseup", "1")


def click(x, y):
    output("xdotool", "mousemove", int(x), int(y))
    time.sleep(0.4)  # longer than a slow frame
    output("xdotool", "mousedown", "1")
    time.sleep(0.4)
    output("xdotool", "mouseup", "1")


class Sound:
    """A private JACK server, for MIDI. `Sound.controller(name)` is a device with a fader."""

    def __init__(self):
        need("jackd", "jack_wait")
        os.environ["JACK_DEFAULT_SERVER"] = f"titanus-surface-{os.getpid()}"
        os.environ["JACK_NO_START_SERVER"] = "1"
        start("jackd", "--no-realtime", "-n", os.environ["JACK_DEFAULT_SERVER"], "-d", "dummy", "-r", "48000", "-p", "256",
              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if subprocess.run(["jack_wait", "-w", "-t", "8"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode:
            skip("jackd does not start")

    @staticmethod
    def controller(name):
        try:
            import rtmidi
        except ImportError:
            skip("python3-rtmidi is not installed")
        device = rtmidi.MidiOut(rtapi=rtmidi.API_UNIX_JACK, name=name)
        device.open_virtual_port("out")
        return device


# ---- the program ------------------------------------------------------------------------------------

class Program:
    def __init__(self, program, *arguments, home="home", command="play"):
        self.stats_file = WORK / "stats.json"
        self.stats_file.unlink(missing_ok=True)
        home = WORK / home
        home.mkdir(exist_ok=True)
        self.state = home / "state" / "titanus"
        self.environment = dict(os.environ, HOME=str(home), XDG_STATE_HOME=str(home / "state"), XDG_CONFIG_HOME=str(home / "config"),
                                XDG_DATA_HOME=str(home / "data"), LP_NUM_THREADS="1")
        self.process = start(program, *command.split(), *arguments, "--stats", self.stats_file, env=self.environment,
                             stdout=subprocess.DEVNULL, stderr=open(WORK / "log", "a"))

    def stats(self):
        check(self.process.poll() is None, f"the program ended with {self.process.returncode}")
        try:
            return json.loads(self.stats_file.read_text())
        except (OSError, ValueError):
            return {}

    def ready(self, seconds=60):
        until("no picture was painted", seconds, lambda: self.stats().get("steps", 0) > 2)
        return self

    def value(self, id):
        return self.stats().get("parameters", {}).get(id)

    def resident(self):
        """MB"""
        return int(pathlib.Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE") / 1e6

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def end(self, seconds=30):
        self.process.send_signal(signal.SIGINT)
        try:
            code = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            fail("it does not end")
        check(code == 0, f"it ended with exit code {code}")
        return json.loads(self.stats_file.read_text())


def log():
    return (WORK / "log").read_text(errors="replace")
