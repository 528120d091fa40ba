#!/usr/bin/env python3
"""Composes pieces whose beats and bars are known, for training the beat network: dances (waltz to samba),
rock, house, hip-hop, drum and bass, swing, songs without drums, chorales and metronomes, rendered by
FluidSynth with General MIDI sound fonts and made worse as recordings are (filters, noise, saturation).
Writes NAME.wav and NAME.beats (time, position in the bar) to OUT. No recording goes in.
Use: make_music.py OUT FIRST COUNT     Needs numpy, mido, fluidsynth, the fonts named below."""
import os, subprocess, sys, wave
import numpy as np
from midi_files import save

FONTS = ['/usr/share/sounds/sf2/FluidR3_GM.sf2', '/usr/share/sounds/sf2/TimGM6mb.sf2']  # Debian: fluid-soundfont-gm, timgm6mb-soundfont
SECONDS = 26
BALLS = 1000  # pieces numbered from here: dances and songs, mostly with soft drums or none
DANCES = {'waltz': 5, 'viennese': 5, 'tango': 3, 'foxtrot': 4, 'quickstep': 5, 'jive': 3, 'chacha': 3, 'rumba': 4, 'samba': 3, 'ballad': 2, 'song34': 2,
          'march': 1, 'waltz_jazz': 1, 'shuffle': 1, 'chorale': 1, 'rock': 1, 'funk': 1, 'house': 1, 'hiphop': 1}
KICK, SNARE, RIM, CLAP, HAT, PEDAL, OPEN, RIDE, CRASH = 36, 38, 37, 39, 42, 44, 46, 51, 49
TAMB, SHAKER, CLAVES, WOOD, BONGO, CONGA, COWBELL, MARACAS, TRI, GUIRO, TIMB = 54, 82, 75, 76, 60, 63, 56, 70, 81, 73, 65
# name: beats in a bar, slowest, fastest, steps per beat, chance. Drum lines are written per bar, one letter per step:
# X always and loud, x always, o often, . never.
STYLES = {
    'waltz': (3, 76, 100, 2, 3), 'viennese': (3, 150, 190, 2, 3), 'waltz_jazz': (3, 100, 190, 3, 1), 'tango': (4, 110, 136, 4, 2),
    'foxtrot': (4, 104, 132, 3, 2), 'quickstep': (4, 184, 216, 3, 3), 'jive': (4, 140, 184, 3, 2), 'chacha': (4, 108, 134, 4, 3),
    'rumba': (4, 90, 112, 4, 3), 'samba': (4, 88, 112, 4, 3), 'rock': (4, 70, 170, 4, 4), 'punk': (4, 150, 215, 2, 1),
    'shuffle': (4, 80, 150, 3, 2), 'funk': (4, 85, 125, 4, 2), 'house': (4, 115, 150, 4, 3), 'hiphop': (4, 70, 105, 4, 2),
    'dnb': (4, 155, 182, 4, 2), 'ballad': (4, 60, 90, 4, 2), 'chorale': (4, 66, 120, 2, 1), 'song34': (3, 80, 140, 2, 1),
    'reggae': (4, 66, 92, 4, 1), 'metronome': (4, 48, 210, 1, 1), 'march': (4, 100, 130, 4, 1), 'techno_line': (4, 120, 182, 4, 1)}
DRUMS = {
    'waltz': [(KICK, 'x.....'), (SNARE, '..o.o.'), (HAT, '..x.x.'), (RIDE, 'x.o.o.'), (PEDAL, '..x.x.')],
    'viennese': [(KICK, 'X.....'), (SNARE, '..x.x.'), (HAT, '..o.o.'), (TRI, '..x.x.')],
    'waltz_jazz': [(KICK, 'x........'), (RIDE, 'x..x.ox..'), (PEDAL, '...x.....'), (SNARE, '.....o..o')],
    'tango': [(KICK, 'x...x...x...x...'), (SNARE, 'o...o...x...o.xx'), (SNARE, 'x...x...x...x.x.'), (HAT, 'x...x...x...x...')],
    'foxtrot': [(KICK, 'x..o..x..o..'), (SNARE, '...x.....x..'), (RIDE, 'x..x.xx..x.x'), (PEDAL, '...x.....x..'), (HAT, 'x..x.xx..x.x')],
    'quickstep': [(KICK, 'x.....x.....'), (SNARE, '...x.....x..'), (RIDE, 'x..x.xx..x.x'), (PEDAL, '...x.....x..'), (HAT, '...x.....x..'), (KICK, 'x..x..x..x..')],
    'jive': [(KICK, 'x..o..x..o..'), (SNARE, '...X.....X..'), (RIDE, 'x..x.xx..x.x'), (HAT, 'x.xx.xx.xx.x')],
    'chacha': [(KICK, 'x.......x.....o.'), (COWBELL, 'X...x...x...x...'), (GUIRO, 'x...x.x.x...x.x.'), (CONGA, '....o...x.....xx'), (HAT, 'x.x.x.x.x.x.x.x.'), (SNARE, '............x.x.'), (CLAP, '....x.......x...'), (KICK, 'x...x...x...x...')],
    'rumba': [(KICK, 'x.......x.......'), (CLAVES, 'x..x..x...x.x...'), (MARACAS, 'x.x.x.x.x.x.x.x.'), (BONGO, 'x.xxx.x.x.xxx.x.'), (CONGA, '......o.....x.xx'), (RIM, '....x.......x...'), (KICK, 'x.....x.x.....x.')],
    'samba': [(KICK, 'x..xx..xx..xx..x'), (KICK, 'x...x..xx...x..x'), (SHAKER, 'XxxXXxxXXxxXXxxX'), (TAMB, 'x.xxx.xxx.xxx.xx'), (SNARE, 'x..x..x.x..x.x..'), (TIMB, '....X.......X...'), (HAT, '..x...x...x...x.')],
    'rock': [(KICK, 'x.......x.......'), (KICK, 'x......ox.o.....'), (KICK, 'x.....o.xo....o.'), (SNARE, '....X.......X...'), (HAT, 'x.x.x.x.x.x.x.x.'), (HAT, 'XxxxXxxxXxxxXxxx'), (RIDE, 'x...x...x...x...'), (OPEN, '..............o.')],
    'punk': [(KICK, 'x..ox...'), (KICK, 'x...x...'), (SNARE, '..X...X.'), (SNARE, '.x.x.x.x'), (HAT, 'xxxxxxxx'), (CRASH, 'x...o...')],
    'shuffle': [(KICK, 'x.....x.....'), (KICK, 'x....ox.o..o'), (SNARE, '...X.....X..'), (HAT, 'x.xx.xx.xx.x'), (RIDE, 'x.xx.xx.xx.x')],
    'funk': [(KICK, 'x..o..o...x..o..'), (KICK, 'x.x....o.ox.....'), (SNARE, '....X..o.o..X..o'), (HAT, 'XxxxXxxxXxxxXxxx'), (OPEN, '......o.......o.'), (CONGA, '..o..oo...o..oo.')],
    'house': [(KICK, 'X...X...X...X...'), (CLAP, '....x.......x...'), (OPEN, '..x...x...x...x.'), (HAT, 'xxxxxxxxxxxxxxxx'), (SHAKER, '..xx..xx..xx..xx'), (COWBELL, '...o..o....o..o.'), (RIDE, '..x...x...x...x.')],
    'hiphop': [(KICK, 'x.....ox..x....o'), (KICK, 'x..o....o.x.....'), (SNARE, '....X.......X...'), (HAT, 'x.x.x.x.x.x.x.x.'), (HAT, 'xxxxxxoxxxxxxxox'), (OPEN, '......o.......o.')],
    'dnb': [(KICK, 'X.........x.....'), (KICK, 'X.....o...x..o..'), (SNARE, '....X.......X...'), (SNARE, '....X..o.o..X..o'), (HAT, 'x.x.x.x.x.x.x.x.'), (RIDE, 'x.x.x.x.x.x.x.x.')],
    'ballad': [(KICK, 'x.......x.o.....'), (RIM, '....x.......x...'), (SNARE, '....x.......x...'), (HAT, 'x.x.x.x.x.x.x.x.')],
    'reggae': [(KICK, '........x.......'), (KICK, 'x.......x.......'), (RIM, '........x.......'), (HAT, '..x...x...x...x.'), (HAT, 'x.x.x.x.x.x.x.x.')],
    'march': [(KICK, 'x...o...x...o...'), (SNARE, '..x.x.xx..x.x.xx'), (SNARE, 'x.xxx.x.x.xxx.x.'), (CRASH, 'x.......o.......')],
    'song34': [(KICK, 'x.....'), (SNARE, '....x.'), (HAT, 'x.x.x.')], 'chorale': [], 'metronome': [], 'techno_line': []}
MAJOR, MINOR = [0, 2, 4, 5, 7, 9, 11], [0, 2, 3, 5, 7, 8, 10]
PROGRESSIONS = [[0, 3, 4, 0], [0, 5, 3, 4], [5, 3, 0, 4], [0, 4, 5, 3], [0, 0, 3, 4], [1, 4, 0, 0], [0, 5, 1, 4], [0, 3, 0, 4], [0, 6, 5, 4],
                [0, 0, 0, 0], [0, 0, 4, 4], [4, 0, 4, 0], [0, 0, 3, 3, 0, 0, 4, 4], [0, 0, 4, 4, 4, 4, 0, 0], [2, 5, 1, 4]]
ROLES = {'pad': [48, 49, 50, 51, 52, 88, 89, 91, 16, 19, 21, 61, 60], 'comp': [0, 1, 4, 5, 24, 25, 26, 27, 16, 21, 46, 6, 11, 61, 48, 62],
         'bass': [32, 33, 34, 35, 38, 39, 43, 58], 'lead': [0, 11, 22, 40, 41, 56, 57, 59, 60, 64, 65, 66, 68, 71, 73, 75, 80, 81, 52, 53, 21, 26, 48, 105, 110],
         'arp': [0, 24, 46, 11, 12, 80, 81, 45, 6, 25]}


class Piece:
    def __init__(self, seed, rate):
        self.r = r = np.random.default_rng(seed)
        names = list(STYLES)
        self.ball = seed >= BALLS
        weight = np.array([DANCES.get(n, 0) if self.ball else STYLES[n][4] for n in names], float)
        self.style = names[r.choice(len(names), p=weight / weight.sum())]
        self.meter, slow, fast, self.per, _ = STYLES[self.style]
        self.bpm = slow * (fast / slow) ** r.random()
        if r.random() < 0.12:
            self.bpm = np.clip(self.bpm * r.uniform(0.8, 1.25), 50, 216)
        self.notes = []  # seconds, channel, key, velocity, seconds long
        self.programs = {}
        # Beat times: drift as people play, some strictly by machine.
        machine = self.style in ('house', 'dnb', 'techno_line', 'metronome') or r.random() < 0.35
        drift = 0 if machine else r.choice([0.002, 0.005, 0.012 if self.meter == 3 else 0.006])
        self.jitter = 0.0005 if machine else r.uniform(0.003, 0.012)
        period, lean = 60 / self.bpm, 0.0
        t, beats = r.uniform(0.0, 1.5), []
        while t < SECONDS:
            beats.append(t)
            lean = 0.9 * lean + drift * r.normal()
            t += period * (1 + lean)
        self.beats = np.array(beats + [t])
        self.first = int(r.integers(self.meter)) if r.random() < 0.25 else 0  # pickup: position of the first beat
        # Sixteenths or eighths pushed late.
        self.swing = r.uniform(0.0, 0.16) if self.per in (2, 4) and self.style in ('hiphop', 'funk', 'house', 'samba', 'rumba') and r.random() < 0.5 else 0

    def time(self, step):
        """Seconds of a step counted from the first beat; steps may be fractional."""
        beat = step / self.per
        if self.swing and int(round(step)) % 2 == 1:
            beat += self.swing / self.per
        return float(np.interp(beat, np.arange(len(self.beats)), self.beats))

    def add(self, step, channel, key, velocity, steps, loose=1.0):
        at = self.time(step) + self.r.normal() * self.jitter * loose
        end = self.time(step + steps)
        if at < 0 or at >= SECONDS or not 0 < key < 127:
            return
        self.notes.append((at, channel, int(key), int(np.clip(velocity + self.r.normal() * 6, 12, 127)), max(0.04, end - at)))

    def compose(self):
        r = self.r
        steps_bar = self.meter * self.per
        bars = int(np.ceil((len(self.beats) - 1 + self.first) / self.meter))
        if self.style == 'metronome':
            key, other = [(KICK, KICK), (RIM, RIM), (HAT, HAT), (WOOD, 77), (KICK, SNARE), (COWBELL, COWBELL)][r.integers(6)]
            for b in range(len(self.beats) - 1):
                self.add(b, 9, key if (b + self.first) % self.meter == 0 or key == other else other, 105, 0.5)
            if r.random() < 0.4:  # eighths between
                for b in range(len(self.beats) - 1):
                    self.add(b + 0.5, 9, HAT, 60, 0.3)
            self.programs[9] = int(r.choice([0, 8, 16, 24, 25, 32]))
            return
        scale = MAJOR if r.random() < 0.55 else MINOR
        tonic = int(r.integers(12))
        chords = PROGRESSIONS[r.integers(len(PROGRESSIONS))]
        rhythm = r.choice([1, 1, 1, 2, 0.5]) if self.meter == 4 else r.choice([1, 1, 2])  # chords last so many bars
        if self.style in ('house', 'dnb', 'techno_line') and r.random() < 0.5:
            rhythm = 4

        def chord(bar, step):
            n = int((bar + step / steps_bar) / rhythm) % len(chords)
            root = chords[n]
            return [tonic + scale[(root + i) % 7] + 12 * ((root + i) // 7) for i in (0, 2, 4)]

        drums = r.random() < {'waltz': .55, 'viennese': .5, 'ballad': .6, 'tango': .5, 'rumba': .8, 'song34': .4}.get(self.style, .88)
        alone = drums and r.random() < 0.12  # drums only
        self.programs[9] = int(r.choice([0, 0, 8, 16, 24, 25, 32, 40]))
        lines = [l for l in DRUMS[self.style] if r.random() < 0.75] if drums else []
        if drums and not lines:
            lines = DRUMS[self.style]
        soft = r.uniform(0.35, 1.0)  # of the drums against the rest
        if self.ball:
            drums = drums and r.random() < 0.75
            lines = lines if drums else []
            alone = False
            soft = r.uniform(0.2, 0.8)
        bass = not alone and r.random() < 0.85
        comp = not alone and r.random() < 0.8
        pad = not alone and r.random() < 0.45
        lead = not alone and r.random() < 0.75
        arp = not alone and r.random() < 0.25
        if self.style == 'chorale':
            bass, comp, pad, lead, arp = False, False, True, r.random() < 0.5, False
        if self.style == 'techno_line':
            bass, comp, pad, lead, arp = r.random() < 0.5, False, r.random() < 0.3, False, True
            lines = [(KICK, 'X...X...X...X...')] if r.random() < 0.5 else []
        if not (bass or comp or pad or lead or arp or lines):
            comp = bass = True
        for channel, role in enumerate(('bass', 'comp', 'pad', 'lead', 'arp')):
            self.programs[channel] = int(r.choice(ROLES[role]))
        oct_bass, oct_comp, oct_lead = 36 + 12 * (r.random() < 0.3) - 12 * 0, 60 + 12 * int(r.integers(-1, 1)), 60 + 12 * int(r.integers(0, 2))
        bass_kind = r.integers(4)
        comp_kind = r.integers(5)
        if self.ball:  # bass and off-beat chords, as bands for dancers play
            bass, comp, pad, lead = bass or r.random() < 0.7, comp or r.random() < 0.6, r.random() < 0.6, r.random() < 0.9
            if r.random() < 0.6:
                bass_kind, comp_kind = r.choice([0, 1, 1, 2]), 1
        fifth = r.random() < 0.7
        off_bass = self.style in ('house',) and r.random() < 0.5
        comp_late = steps_bar > 8 and r.random() < 0.5
        syncopated = [int(s) for s in sorted(r.choice(steps_bar, size=max(2, steps_bar // 4), replace=False))]
        melody_rhythm = [[int(s) for s in range(steps_bar) if r.random() < (0.8 if s % self.per == 0 else 0.22 if s % max(1, self.per // 2) == 0 else 0.08)] for _ in range(4)]
        pitch = 7
        level = {k: r.uniform(60, 112) for k in ('bass', 'comp', 'pad', 'lead', 'arp')}
        active = {k: True for k in ('drums', 'bass', 'comp', 'pad', 'lead', 'arp')}
        for bar in range(bars + 1):
            if bar % 4 == 0 and bar:  # parts pause
                for k in active:
                    active[k] = r.random() < 0.86
                if not any(active.values()):
                    active = {k: True for k in active}
            base = bar * steps_bar - self.first * self.per
            fill = bar % 4 == 3 and r.random() < 0.3
            c = chord(bar, 0)
            if lines and active['drums']:
                for key, pattern in lines:
                    for s in range(steps_bar):
                        p = pattern[s % len(pattern)]
                        if p == '.' or (p == 'o' and r.random() < 0.55) or (p == 'x' and r.random() < 0.03):
                            continue
                        if fill and s >= steps_bar // 2 and key in (KICK, SNARE, HAT):
                            continue
                        loud = {'X': 118, 'x': 96 if s % self.per == 0 else 82, 'o': 62}[p]
                        self.add(base + s, 9, key, loud * soft, 0.5)
                if fill:
                    for s in range(steps_bar // 2, steps_bar):
                        if r.random() < 0.75:
                            self.add(base + s, 9, int(r.choice([SNARE, 45, 47, 50, 43])), 105 * soft, 0.5)
                if bar % 8 == 0 and r.random() < 0.5:
                    self.add(base, 9, CRASH, 100 * soft, 1)
            for s in range(steps_bar):
                c = chord(bar, s)
                beat, on = s // self.per, s % self.per == 0
                if bass and active['bass']:
                    key = c[0] % 12 + oct_bass
                    if off_bass:
                        if s % self.per == self.per // 2:
                            self.add(base + s, 0, key, level['bass'], 1)
                    elif bass_kind == 0 and s == 0 or bass_kind == 1 and on and (beat == 0 or self.meter == 4 and beat == 2):
                        self.add(base + s, 0, key + (7 if fifth and beat == 2 and r.random() < 0.7 else 0), level['bass'] + 8 * (beat == 0), self.per * (self.meter if bass_kind == 0 else 1.6))
                    elif bass_kind == 2 and on:
                        self.add(base + s, 0, key + int(r.choice([0, 3 if scale is MINOR else 4, 7, 12])) * (beat > 0), level['bass'] + 8 * (beat == 0), self.per * 0.9)
                    elif bass_kind == 3 and (s == 0 or s in syncopated):
                        self.add(base + s, 0, key + int(r.choice([0, 0, 7, 12])), level['bass'], self.per * 0.5)
                if comp and active['comp']:
                    hit, length, strong = False, self.per * 0.5, 0
                    if comp_kind == 0:
                        hit, length = s == 0, steps_bar * 0.95
                    elif comp_kind == 1:
                        hit = on and (beat > 0 if self.meter == 3 else beat % 2 == 1)
                    elif comp_kind == 2:
                        hit, strong = on, 8 * (beat == 0)
                    elif comp_kind == 3:
                        hit = s in syncopated
                    elif comp_kind == 4:
                        hit = (s % self.per == self.per // 2) if comp_late else s % max(1, self.per // 2) == 0
                        strong = 6 * on
                    if hit:
                        for n in c:
                            self.add(base + s, 1, n % 12 + oct_comp, level['comp'] + strong, length, 0.7)
                if pad and active['pad']:
                    change = s == 0 or (rhythm == 0.5 and s == steps_bar // 2) or (self.style == 'chorale' and on and r.random() < 0.75)
                    if change:
                        n = c if self.style != 'chorale' else [x + int(r.choice([0, 0, 2])) for x in c]
                        for k in n:
                            self.add(base + s, 2, k % 12 + 60, level['pad'], steps_bar * 0.98 if self.style != 'chorale' else self.per * r.choice([1, 2]))
                if lead and active['lead'] and s in melody_rhythm[bar % 4 if r.random() < 0.9 else 0]:
                    pitch = int(np.clip(pitch + r.choice([-2, -1, -1, 0, 1, 1, 2]), 0, 14))
                    k = tonic + scale[pitch % 7] + 12 * (pitch // 7)
                    if on and r.random() < 0.6:
                        k = c[r.integers(3)] % 12 + 12 * (pitch // 7)
                    later = [x for x in melody_rhythm[bar % 4] if x > s] + [steps_bar]
                    self.add(base + s, 3, k + oct_lead, level['lead'] + 6 * on, (later[0] - s) * r.uniform(0.6, 1.0), 1.6)
                if arp and active['arp'] and (self.per != 4 or s % 2 == 0 or self.style == 'techno_line'):
                    k = c[(s * 2 + bar) % 3] % 12 + 60 + 12 * ((s // 3) % 2)
                    self.add(base + s, 4, k - (24 if self.style == 'techno_line' else 0), level['arp'] + 12 * (s == 0), 0.9)

    def midi(self, path):
        events = []
        for channel, program in self.programs.items():
            events.append((0, 0, bytes([0xc0 | channel, program])))
            events.append((0, 1, bytes([0xb0 | channel, 7, int(self.r.uniform(70, 120))])))
            events.append((0, 1, bytes([0xb0 | channel, 91, int(self.r.choice([0, 20, 60]))])))
        for at, channel, key, velocity, length in self.notes:
            events.append((at, 3, bytes([0x90 | channel, key, velocity])))
            events.append((at + length, 2, bytes([0x80 | channel, key, 0])))
        save(events, path)


def read(path):
    with wave.open(path) as f:
        return np.frombuffer(f.readframes(f.getnframes()), '<i2').astype(np.float32).reshape(-1, f.getnchannels()).mean(1) / 32768


def write(path, x, rate):
    with wave.open(path, 'wb') as f:
        f.setnchannels(1)
        f.setsampwidth(2)
        f.setframerate(rate)
        f.writeframes((np.clip(x, -1, 1) * 32767).astype('<i2').tobytes())


def render(font, midi, wav, rate, gain, reverb=0):
    subprocess.run(['fluidsynth', '-ni', '-q', '-g', str(gain), '-R', str(reverb), '-C', '0', '-r', str(rate), '-F', wav, font, midi],
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def worse(x, rate, r):
    """As recordings are: tilted, narrowed, squashed, noisy."""
    count = len(x)
    size = 1 << (count - 1).bit_length()
    spectrum = np.fft.rfft(x, size)
    hz = np.fft.rfftfreq(size, 1 / rate)
    octaves = np.log2(np.maximum(hz, 20) / 640)
    db = r.normal() * 1.5 * octaves + np.interp(octaves, np.linspace(-5, 5, 7), r.normal(size=7) * 4)
    top = r.choice([0, 0, 5500, 8000, 10500, 11000, 16000])
    if top:
        db = db - 60 * np.clip(np.log2(np.maximum(hz, 1) / top) * 3, 0, 1.5)
    if r.random() < 0.2:
        low = r.uniform(50, 160)
        db = db - 24 * np.clip(np.log2(low / np.maximum(hz, 5)), 0, 3)
    x = np.fft.irfft(spectrum * 10 ** (db / 20), size)[:count]
    x = x / (np.abs(x).max() + 1e-9)
    if r.random() < 0.45:
        drive = r.uniform(1, 6)
        x = np.tanh(drive * x / (3 * x.std() + 1e-6) * 0.5)
    if r.random() < 0.4:
        x = x + r.normal(size=len(x)) * x.std() * 10 ** (-r.uniform(20, 45) / 20)
    return 0.8 * x / (np.abs(x).max() + 1e-9)


def make(out, n):
    rate = 48000 if n % 4 == 3 else 44100
    piece = Piece(n, rate)
    piece.compose()
    name = f'{out}/{n:04d}_{piece.style}_{piece.bpm:.0f}'
    r = piece.r
    piece.midi(name + '.mid')
    font = FONTS[int(r.choice([0, 0, 1]))]
    reverb = int(r.random() < 0.5)
    render(font, name + '.mid', name + '.wav', rate, gain=0.6, reverb=reverb)
    x = worse(read(name + '.wav')[:SECONDS * rate], rate, r)
    write(name + '.wav', x, rate)
    os.remove(name + '.mid')
    with open(name + '.beats', 'w') as f:
        for i, t in enumerate(piece.beats[:-1]):
            f.write(f'{t + 0.003:.4f}\t{(i + piece.first) % piece.meter + 1}\n')


if __name__ == '__main__':
    os.makedirs(sys.argv[1], exist_ok=True)
    for n in range(int(sys.argv[2]), int(sys.argv[2]) + int(sys.argv[3])):
        make(sys.argv[1], n)
