#!/usr/bin/env python3
"""Drums alone whose beats and bars are known, for training the beat network: half are the drummers of mma's styles (make_bands.py)
without their bands, half are machine loops composed here, many of them with few kicks off the beat. Played by the kits of sound fonts
with FluidSynth and made worse as recordings are. Writes NAME.wav and NAME.beats. No recording goes in.
Use: make_drums.py OUT FIRST COUNT     Needs what make_bands.py needs."""
import os
import numpy as np
from make_bands import FONTS, SECONDS, Band, make_all, recorded, write_beats
from make_music import CLAP, COWBELL, CRASH, HAT, KICK, OPEN, PEDAL, RIDE, RIM, SHAKER, SNARE, TAMB, read, render, write

KITS = [0, 0, 8, 16, 24, 25, 25, 32, 40]
# Sixteenths of a bar of four.
KICKS = ['x...x...x...x...', 'x.......x.......', 'x.....x.x.......', 'x..x..x...x.....', 'x..x......x.....', 'x.........x.....', 'x.x.......x..x..',
         'x......xx.......', 'x..............x', 'x...............', 'x..x..x.x..x..x.', 'x.....x.....x...', '........x.......', 'x......x..x.....', 'x...x.....x.x...']
SNARES = ['....x.......x...'] * 8 + ['....x.......x..x', '....x..x.x..x...', '....x.....x.....', '...x..x....x..x.', '............x...', '................']
HATS = ['x.x.x.x.x.x.x.x.', 'xxxxxxxxxxxxxxxx', '..x...x...x...x.', 'x...x...x...x...', 'x..x..x..x..x...', 'x.xxx.xxx.xxx.xx', '................']
TEMPI = [(62, 90, 1), (80, 110, 3), (110, 132, 4), (125, 150, 3), (155, 182, 2)]  # slowest, fastest, chance


class Loop(Band):
    """A machine's bar, now and then changed, with fills and rests."""

    def __init__(self, seed):
        self.r = r = np.random.default_rng(seed)
        chance = np.array([t[2] for t in TEMPI], float)
        slow, fast, _ = TEMPI[r.choice(len(TEMPI), p=chance / chance.sum())]
        self.bpm, self.meter, self.danced, self.style, self.sung = slow * (fast / slow) ** r.random(), 4, None, 'loop', []
        if r.random() < .08:
            self.meter = 3
        self.compose_line()
        self.programs, self.notes = [(0, 9, int(r.choice(KITS)))], []
        triplets = r.random() < .1
        swing = r.uniform(.05, .3) if r.random() < .3 else 0
        steps = 4 * self.meter
        lines = [(r.choice([KICK, 35]), self.pattern(KICKS), 112), (r.choice([SNARE, 40, CLAP, RIM]), self.pattern(SNARES), 105),
                 (r.choice([HAT, HAT, HAT, RIDE, SHAKER, PEDAL, TAMB]), self.pattern(HATS), 80)]
        if r.random() < .35:
            lines.append((r.choice([OPEN, COWBELL, TAMB, SHAKER, 63, 64, 75, 50]), self.pattern(HATS + KICKS), 70))
        rests = set()
        for bar in range(len(self.beats) // self.meter + 1):
            if bar % 4 == 0:
                rests = {i for i in range(len(lines)) if r.random() < .08}
                if r.random() < .15:
                    i = int(r.integers(len(lines)))
                    lines[i] = lines[i][0], self.pattern([KICKS, SNARES, HATS, HATS][i]), lines[i][2]
            fill = bar % 4 == 3 and r.random() < .25
            for i, (key, pattern, loud) in enumerate(lines):
                for s in range(steps):
                    if pattern[s] == '.' or i in rests or (fill and s >= steps - 6 and i < 3) or r.random() < .02:
                        continue
                    place = s / 4 + (swing / 4 if s % 2 else 0)
                    if triplets and s % 4:  # x.xx of twelve for xxxx of sixteen
                        if s % 4 == 1:
                            continue
                        place = s // 4 + (s % 4 - 1) / 3
                    velocity = loud * (1 if s % 4 == 0 or i < 2 else .8) + 5 * r.normal()
                    self.notes.append((bar * self.meter + place, 9, int(key), int(np.clip(velocity, 20, 127)), .2))
            if fill:
                for s in range(steps - 6, steps):
                    if r.random() < .75:
                        self.notes.append((bar * self.meter + s / 4, 9, int(r.choice([SNARE, 45, 47, 50, 43])), 105, .2))
            if bar % 8 == 0 and r.random() < .3:
                self.notes.append((bar * self.meter, 9, CRASH, 100, 1))

    def pattern(self, known):
        """One of the known bars, often with strokes moved, put in or left out."""
        r = self.r
        bar = list(known[r.integers(len(known))])
        for _ in range(int(r.choice([0, 0, 1, 2, 3]))):
            s = int(r.choice(16, p=np.array([1, 1, 3, 1.5] * 4) / 26))
            bar[s] = '.' if bar[s] == 'x' else 'x'
        return ''.join(bar)


class Drummer(Band):
    def melodies(self):
        self.sung = []
        self.notes = [n for n in self.notes if n[1] == 9]
        if len(self.notes) < 40:
            raise ValueError(f'{self.style} has no drummer')

    def accompany(self, path, stem):
        self.danced = None  # a dance's drums are not softer without its band
        super().accompany(path, stem)


def make(out, seed):
    band = Loop(seed) if seed % 2 else Drummer(seed, out)
    r, rate = band.r, 44100
    name = f'{out}/{seed:05d}_{band.style}_{band.bpm:.0f}'
    band.midi(name + '.mid')
    render(FONTS[int(r.choice(3))], name + '.mid', name + '.wav', rate, gain=0.5, reverb=int(r.random() < .3))
    os.remove(name + '.mid')
    x = read(name + '.wav')
    begin = 0 if r.random() < .3 else r.uniform(0, 10)
    x = x[int(begin * rate):][:SECONDS * rate]
    write(name + '.wav', recorded(x, rate, r) if r.random() < .5 else .8 * x / (np.abs(x).max() + 1e-9), rate)
    write_beats(name, band, begin)


if __name__ == '__main__':
    make_all(make)
