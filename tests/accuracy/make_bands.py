#!/usr/bin/env python3
"""Arranges pieces for dance bands whose beats and bars are known, for training the beat network. The program mma (Musical
MIDI Accompaniment) plays one of its some 250 styles (waltz, quickstep, samba, jive, tango, bossa nova, swing, rock, polka
...) over chords composed here; melodies, voices and tempo are added here, FluidSynth renders it with one of
several sound fonts, and it is made worse as recordings are (halls, compressors, filters, low bit rates, noise). The
pieces that are danced have softer drums, three in ten of them none. Writes NAME.wav and NAME.beats (time, position in the bar). No recording goes in.
Use: make_bands.py OUT FIRST COUNT
Needs numpy, mido and, from Debian: mma fluidsynth ffmpeg fluid-soundfont-gm timgm6mb-soundfont musescore-general-soundfont-lossless"""
import glob, os, re, subprocess, sys
import mido
import numpy as np
from midi_files import save
from make_music import read, render, worse, write

SECONDS = 30
LIBRARY = '/usr/share/mma/lib/'
FONTS = ['/usr/share/sounds/sf2/FluidR3_GM.sf2', '/usr/share/sounds/sf2/MuseScore_General_Full.sf2', '/usr/share/sounds/sf2/TimGM6mb.sf2']
# What a style's file is called: slowest and fastest beat, units of mma's beat in one of ours, beats in a bar, chance.
# Tempi are those the dances are danced at; samba and its kin are counted in twos.
STYLES = [
    (r'metronome|none|54|count|intro|ending|blues34|zoom/blues68|ballad68', 0, 0, 1, 4, 0), (r'68march', 100, 126, 1, 2, 1), (r'arpeggio68|blues68|68swing|68ballad', 56, 84, 3, 2, 2),
    (r'stdlib/(viene|fastwaltz|frenchwaltz)', 148, 190, 1, 3, 14), (r'jazzwaltz|JazzWaltz', 96, 190, 1, 3, 4), (r'afro-cuban', 100, 160, 1, 3, 2),
    (r'waltz', 76, 112, 1, 3, 8), (r'(34)\.mma', 80, 140, 1, 3, 2), (r'quickstep', 186, 216, 1, 4, 18), (r'polkafox|polka|march|zydeco', 100, 132, 1, 4, 3),
    (r'foxtrot', 104, 136, 1, 4, 9), (r'jive|boggie|twist|50srock|60srock|K50s', 140, 188, 1, 4, 6), (r'charleston|dixie|ragtime', 160, 224, 1, 4, 3),
    (r'samba', 92, 108, 2, 4, 16), (r'chacha', 108, 132, 1, 4, 16), (r'rhumba|beguine|bolero|cubanguitar', 88, 120, 1, 4, 8), (r'tango', 112, 138, 1, 4, 14),
    (r'mambo|salsa|son\.|merengue|calypso', 76, 104, 2, 4, 3), (r'bossa|quando|latin|afro', 104, 150, 1, 4, 2), (r'ska|punk|bluegrass|fastblues|fastswing', 130, 210, 1, 4, 2),
    (r'house|techno|trance|rave|dance|disco|boneym', 114, 148, 1, 4, 3), (r'dnb', 160, 182, 1, 4, 4), (r'hip-?hop|trip|reggae|dsoul', 70, 100, 1, 4, 2),
    (r'ballad|slow|hymn|lullaby|oldie|bald|serenade|ambient', 58, 92, 1, 4, 3), (r'swing|jazz|bigband|bebop|showtune|broadway|softshoe', 100, 216, 1, 4, 5),
    (r'', 76, 150, 1, 4, 6)]
DANCED = r'waltz|quickstep|foxtrot|polka|samba|chacha|rhumba|beguine|bolero|tango|mambo|jive|march'  # with soft drums or none
MAJOR = {1: (0, ''), 2: (2, 'm'), 3: (4, 'm'), 4: (5, ''), 5: (7, '7'), 6: (9, 'm'), 7: (10, ''), 8: (2, '7'), 9: (9, '7'), 10: (5, 'm')}
MINOR = {1: (0, 'm'), 2: (2, 'm7'), 3: (3, ''), 4: (5, 'm'), 5: (7, '7'), 6: (8, ''), 7: (10, ''), 8: (3, 'maj7'), 9: (0, '7'), 10: (1, '')}
TURNS = ['1145', '1645', '1625', '1155', '5511', '1441', '1415', '6415', '1111', '1155', '5151', '4411', '1951', '1825', '1365', '2511', '1455', '1716', '4521']
NAMES = ['C', 'C#', 'D', 'Eb', 'E', 'F', 'F#', 'G', 'Ab', 'A', 'Bb', 'B']
PADS, CHORDS, BASSES = [48, 49, 50, 51, 52, 16, 19, 21, 61, 89], [0, 1, 4, 5, 6, 21, 24, 25, 26, 27, 46, 48, 61, 62, 66], [32, 33, 34, 35, 36, 38, 43, 58, 42]
LEADS = [40, 41, 42, 48, 48, 49, 22, 23, 21, 56, 57, 59, 60, 61, 64, 65, 66, 67, 68, 70, 71, 72, 73, 75, 0, 11, 12, 26, 27, 52, 53, 80, 81, 105]
# Of melody: onsets in beats, length in beats, how often.
CELLS = [((0,), 1, 10), ((0, .5), 1, 8), ((.5,), 1, 2), ((), 1, 3), ((0, .75), 1, 2), ((0, .25, .5, .75), 1, 1), ((0, .333, .667), 1, 1), ((0, .5, .75), 1, 1), ((0,), 2, 7),
         ((0, 1.5), 2, 5), ((0, .5, 1.5), 2, 3), ((.5, 1.5), 2, 2), ((), 2, 2), ((0, .667, 1.333), 2, 1), ((0,), 3, 3), ((0, .75, 1.5), 2, 2), ((0,), 4, 2)]


def style_of(path):
    for pattern, *rest in STYLES:
        if re.search(pattern, path):
            return rest


def files():
    known = [(f, style_of(f[len(LIBRARY):])) for f in sorted(glob.glob(LIBRARY + '*/*.mma'))]
    return [(f, s) for f, s in known if s[4]]


class Band:
    def __init__(self, seed, out):
        self.r = r = np.random.default_rng(seed)
        known = files()
        # Dance styles are few files among many: a style's chance is that of all its files together.
        kin = {}
        for f, s in known:
            kin[tuple(s)] = kin.get(tuple(s), 0) + 1
        weight = np.array([s[4] / kin[tuple(s)] * min(kin[tuple(s)], 12) ** .5 for _, s in known])
        path, (slow, fast, self.unit, self.meter, _) = known[r.choice(len(known), p=weight / weight.sum())]
        self.style = os.path.basename(path)[:-4]
        self.danced = re.search(DANCED, self.style)
        self.bpm = slow * (fast / slow) ** r.random()
        if r.random() < .1:
            self.bpm *= r.uniform(.85, 1.18)
        self.compose_line()
        self.accompany(path, f'{out}/{seed:05d}')
        self.melodies()

    def compose_line(self):
        """Times of the beats: by machine, by people, swaying, with a held note or a jump."""
        r = self.r
        machine = r.random() < .3
        drift = 0 if machine else r.choice([.002, .004, .008])
        sway = 0 if machine or r.random() < .7 else r.uniform(.01, .05)
        span, turn = self.meter * r.choice([2, 4, 8]), r.uniform(0, 6.28)
        held = int(r.integers(8, 40)) if self.danced and not machine and r.random() < .12 else -1
        jump, by = (int(r.integers(12, 60)), r.uniform(.88, 1.13)) if r.random() < .05 else (-1, 1)
        t, lean, beats, n, period = 0.0, 0.0, [], 0, 60 / self.bpm
        while t < SECONDS + 14:
            beats.append(t)
            lean = .9 * lean + drift * r.normal()
            if n == jump:
                period *= by
            step = period * (1 + lean + sway * np.sin(turn + 6.283 * n / span))
            if held - 3 <= n <= held:  # slower, then a pause
                step *= {3: 1.12, 2: 1.25, 1: 1.45, 0: r.uniform(1.6, 3.2)}[held - n]
            t, n = t + step, n + 1
        self.beats = np.array(beats)
        self.jitter = .001 if machine else r.uniform(.003, .010)

    def chords(self, bars):
        r = self.r
        scale = self.scale = MAJOR if r.random() < .6 else MINOR
        self.tonic = int(r.integers(12))
        parts = [TURNS[r.integers(len(TURNS))] for _ in range(3)]
        form = [0, 0, 1, 0] if r.random() < .5 else [0, 1, 0, 2]
        length = r.choice([1, 1, 1, 2, .5])  # bars of a chord
        degrees = [int(d) for part in form for d in parts[part]]
        self.chord = []
        for bar in range(bars):
            here = []
            for half in (0, 1) if length == .5 else (0,):
                root, kind = scale[degrees[int((bar + half / 2) / length) % len(degrees)]]
                if r.random() < .1 and kind in ('', 'm'):
                    kind += '7' if kind == 'm' else r.choice(['6', 'maj7'])
                here.append(((root + self.tonic) % 12, kind))
            self.chord.append(here)
        return self.chord

    def accompany(self, path, stem):
        r = self.r
        text = open(path, errors='ignore').read()
        grooves = [g for g in re.findall(r'^DefGroove\s+(\S+)', text, re.M) if not re.search(r'(?i)end|\d?bar$|stop|break$', g)]
        intros = [g for g in grooves if re.search('(?i)intro', g)]
        fills = [g for g in grooves if re.search('(?i)fill', g)]
        mains = [g for g in grooves if g not in intros and g not in fills] or grooves
        units = self.unit * (self.meter // (2 if self.unit == 2 else 1))  # of mma's beats in one of its bars
        bars = int(len(self.beats) * self.unit / units) + 2
        lines, main = ['RndSeed ' + os.path.basename(stem), 'Tempo 120', 'Seqrnd Off'], mains[r.integers(len(mains))]
        for bar, chord in enumerate(self.chords(bars)):
            if bar == 0 and intros and r.random() < .35:
                lines.append('Groove ' + intros[r.integers(len(intros))])
            elif bar == 4 or bar % 8 == 0:
                if bar % 8 == 0 and r.random() < .6:
                    main = mains[r.integers(len(mains))]
                lines.append('Groove ' + main)
            elif bar % 8 == 7 and fills and r.random() < .4:
                lines.append('Groove ' + fills[r.integers(len(fills))])
            names = [NAMES[root] + kind for root, kind in chord]
            if len(names) == 2:
                names = [names[0]] + ['/'] * (int(units + 1) // 2 - 1) + [names[1]]
            lines.append(f'{bar + 1} ' + ' '.join(names))
        open(stem + '.mma', 'w').write('\n'.join(lines) + '\n')
        subprocess.run(['mma', '-f', stem + '.mid', stem + '.mma'], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=60)
        song = mido.MidiFile(stem + '.mid')
        os.remove(stem + '.mid')
        os.remove(stem + '.mma')
        self.notes, self.programs = [], []  # beat, channel, key, velocity, beats; beat, channel, program
        for track in song.tracks:
            tick, sounding = 0, {}
            for m in track:
                tick += m.time
                at = tick / song.ticks_per_beat / self.unit
                if m.type == 'note_on' and m.velocity:
                    sounding[m.channel, m.note] = at, m.velocity
                elif m.type in ('note_off', 'note_on') and (m.channel, m.note) in sounding:
                    start, velocity = sounding.pop((m.channel, m.note))
                    self.notes.append((start, m.channel, m.note, velocity, max(.02, at - start)))
                elif m.type == 'program_change':
                    self.programs.append((at, m.channel, m.program))
        if not self.notes:
            raise ValueError('mma played nothing')
        # Which parts play, on what, how loud; they pause for four bars now and then.
        gain = {c: r.uniform(.6, 1.1) for c in range(16)}
        if self.danced:
            gain[9] *= 0 if r.random() < .3 else r.uniform(.25, 1)
        elif r.random() < .12:
            gain = {c: g if c == 9 else 0 for c, g in gain.items()}
        for c in range(16):
            if c != 9 and r.random() < .1:
                gain[c] = 0
        block = self.meter * 4
        pause = {(c, b) for c in range(16) for b in range(1, 40) if r.random() < .07}
        kept = [(s, c, k, int(np.clip(v * gain[c], 1, 127)), d) for s, c, k, v, d in self.notes if gain[c] and (c, int(s // block)) not in pause]
        if len(kept) > 12:
            self.notes = kept
        if r.random() < .4:  # other instruments
            swap = {c: int(r.choice(CHORDS if r.random() < .7 else PADS)) for c in range(16) if c != 9 and r.random() < .5}
            self.programs = [(b, c, swap.get(c, p) if 32 > p or p > 39 else int(r.choice(BASSES))) for b, c, p in self.programs]
        self.programs.append((0, 9, int(r.choice([0, 0, 0, 8, 16, 24, 25, 32, 40, 48]))))

    def melodies(self):
        r = self.r
        self.sung = []
        used = {c for _, c, *_ in self.notes}
        free = [c for c in range(15, -1, -1) if c != 9 and c not in used]
        count = r.choice([0, 1, 1, 1, 2]) if len(used) > 1 else r.choice([0, 1])
        weights = np.array([c[2] for c in CELLS], float)
        for voice in range(min(count, len(free))):
            bank = []
            for _ in range(4):
                onsets, at, busy = [], 0, r.uniform(.3, 1)
                while at < self.meter:
                    cell, long, _ = CELLS[r.choice(len(CELLS), p=weights / weights.sum())]
                    if at + long > self.meter or len(cell) > 2 and r.random() > busy:
                        continue
                    onsets += [at + o for o in cell]
                    at += long
                bank.append(onsets)
            octave, loud, lag = r.choice([60, 60, 72, 48]), r.uniform(70, 115), r.uniform(0, .025)
            early = .5 if r.random() < .15 else 0
            rests = r.uniform(0, .4)
            degree, scale = 3, [0, 2, 4, 5, 7, 9, 11] if self.scale is MAJOR else [0, 2, 3, 5, 7, 8, 10]
            line = []
            for bar in range(int(len(self.beats) / self.meter)):
                if bar % 4 == 3 and r.random() < .6:
                    onsets = [0]
                elif bar % 2 == 0 and r.random() < rests:
                    continue
                else:
                    onsets = bank[(bar // 2 % 2) * 2 + bar % 2] if r.random() < .85 else bank[r.integers(4)]
                for o in onsets:
                    degree = int(np.clip(degree + r.choice([-3, -2, -1, -1, 0, 1, 1, 2, 3]), -3, 11))
                    key = self.tonic + scale[degree % 7] + 12 * (degree // 7)
                    if o == 0 and r.random() < .7:
                        root = self.chord[min(bar * (2 if self.unit == 2 else 1), len(self.chord) - 1)][0][0]
                        key = root + int(r.choice([0, 4 if self.scale is MAJOR else 3, 7])) + 12 * (degree // 7)
                    line.append((bar * self.meter + o - early, key + octave))
            ends = [l[0] for l in line[1:]] + [len(self.beats)]
            legato = r.uniform(.55, 1.05)
            sing = voice == 0 and r.random() < .3
            harmony = r.random() < .2
            for (at, key), end in zip(line, ends):
                long = min(4, (end - at)) * legato
                v = int(np.clip(loud + 7 * (at % 1 == 0) + 8 * r.normal(), 20, 127))
                loose = lag + .012 * r.normal()
                if sing:
                    self.sung.append((at, key - 12, v / 127, long, loose))
                    continue
                self.notes.append((at, free[voice], key, v, long, loose))
                if harmony:
                    self.notes.append((at, free[voice], key - int(r.choice([3, 4])), int(v * .8), long, loose))
            if not sing:
                self.programs.append((0, free[voice], int(r.choice(LEADS))))

    def time(self, beat):
        return float(np.interp(beat, np.arange(len(self.beats)), self.beats))

    def midi(self, path):
        r = self.r
        events = [(self.time(max(0, b)), 0, bytes([0xc0 | c, p])) for b, c, p in self.programs]
        for c in {n[1] for n in self.notes}:
            events += [(0, 1, bytes([0xb0 | c, 7, int(r.uniform(70, 120))])), (0, 1, bytes([0xb0 | c, 91, int(r.choice([0, 20, 60, 100]))]))]
        for at, c, key, velocity, long, *loose in self.notes:
            start = self.time(at) + (loose[0] if loose else 0) + r.normal() * self.jitter
            if at < -.2 or not 0 < key < 127:
                continue
            events += [(max(0, start), 3, bytes([0x90 | c, key, velocity])), (max(start + .03, self.time(at + long)), 2, bytes([0x80 | c, key, 0]))]
        save(events, path)

    def voice(self, rate, count):
        """A wordless voice: it slides into its notes, trembles, and changes its vowel; consonants come before the beat."""
        r, x = self.r, np.zeros(count, np.float32)
        for at, key, loud, long, loose in self.sung:
            begin = self.time(at) + loose - r.uniform(.01, .05)
            n = int((self.time(at + long) - begin) * rate)
            first = int(begin * rate)
            if first < 0 or n < 400 or first + n > count:
                continue
            t = np.arange(n) / rate
            glide = r.choice([0, -1, -2, 1]) * np.exp(-t / r.uniform(.02, .07))
            tremble = .3 * np.sin(6.283 * r.uniform(4.8, 6.2) * t) * np.clip(t / .4 - .4, 0, 1)
            hz = 440 * 2 ** ((key - 69 + glide + tremble) / 12)
            phase = np.cumsum(hz) / rate * 6.283
            vowel = [(700, 1200), (400, 2000), (300, 2300), (500, 900), (350, 800)][r.integers(5)]
            y = np.zeros(n)
            for k in range(1, max(2, min(24, int(5000 / hz.mean())))):
                f = k * hz.mean()
                y += sum(np.exp(-.5 * ((f - v) / 180) ** 2) for v in vowel) * np.sin(k * phase) + .15 / k * np.sin(k * phase)
            y *= np.minimum(1, t / r.uniform(.02, .09)) * np.minimum(1, (t[-1] - t) / .05)
            if r.random() < .4:
                c = min(n, int(rate * r.uniform(.03, .09)))
                y[:c] += r.normal(size=c) * np.hanning(c) * r.uniform(.1, .5)
            x[first:first + n] += (y * loud).astype(np.float32)
        return x


def recorded(x, rate, r):
    """A hall, a compressor, an old or narrow medium."""
    if r.random() < .5:
        long = r.uniform(.2, 1.6)
        n = int(long * rate)
        ring = r.normal(size=n) * 10 ** (-3 * np.arange(n) / n)
        soft = np.exp(-np.arange(12) / r.uniform(1, 6))
        ring = np.convolve(ring, soft / soft.sum(), 'same')
        size = 1 << (len(x) + n - 1).bit_length()
        wet = np.fft.irfft(np.fft.rfft(x, size) * np.fft.rfft(ring, size), size)[:len(x)]
        x = x + wet * r.uniform(.1, .7) * x.std() / (wet.std() + 1e-9)
    if r.random() < .5:
        size = int(rate * .01)
        level = np.sqrt(np.convolve(x * x, np.ones(size) / size, 'same') + 1e-9)[::size]
        held = level.copy()
        fall = np.exp(-.01 / r.uniform(.08, .5))
        for i in range(1, len(held)):
            held[i] = max(held[i], held[i - 1] * fall)
        gain = np.repeat((held / held.mean()) ** -r.uniform(.3, .8), size)[:len(x)]
        x = x[:len(gain)] * np.minimum(gain, 8)
    return worse(x, rate, r)


def write_beats(name, band, begin):
    with open(name + '.beats', 'w') as f:
        for i, t in enumerate(band.beats):
            if begin <= t < begin + SECONDS:
                f.write(f'{t - begin + .003:.4f}\t{i % band.meter + 1}\n')


def make_all(make):
    """The pieces that the command line asks for and that are not there."""
    os.makedirs(sys.argv[1], exist_ok=True)
    for n in range(int(sys.argv[2]), int(sys.argv[2]) + int(sys.argv[3])):
        if glob.glob(f'{sys.argv[1]}/{n:05d}_*.beats'):
            continue
        try:
            make(sys.argv[1], n)
        except Exception as e:
            print(n, repr(e), file=sys.stderr, flush=True)


def make(out, seed):
    band = Band(seed, out)
    r, rate = band.r, 44100
    name = f'{out}/{seed:05d}_{band.style}_{band.bpm:.0f}'
    band.midi(name + '.mid')
    reverb = int(r.random() < .5)
    render(FONTS[int(r.choice(3, p=[.4, .4, .2]))], name + '.mid', name + '.wav', rate, gain=0.5, reverb=reverb)
    os.remove(name + '.mid')
    x = read(name + '.wav')
    if band.sung:
        v = band.voice(rate, len(x))
        x = x + v * r.uniform(.4, 1.2) * (x.std() + 1e-4) / (v.std() + 1e-9)
    begin = 0 if r.random() < .3 else r.uniform(0, 10)  # as cut out of a song
    first = int(begin * rate)
    x = recorded(x[first:first + SECONDS * rate], rate, r)
    if r.random() < .5:
        narrow = int(r.choice([22050, 22050, 32000, 44100]))
        write(name + '.wav', x, rate)
        subprocess.run(['ffmpeg', '-v', 'error', '-y', '-i', name + '.wav', '-ar', str(narrow), '-c:a', 'libvorbis', '-q:a', str(int(r.choice([-1, 0, 1, 3]))), name + '.ogg'], check=True)
        subprocess.run(['ffmpeg', '-v', 'error', '-y', '-i', name + '.ogg', '-ar', '44100', name + '.wav'], check=True)
        os.remove(name + '.ogg')
    else:
        write(name + '.wav', x, rate)
    write_beats(name, band, begin)


if __name__ == '__main__':
    make_all(make)
