#!/usr/bin/env python3
"""Makes labelled sound for the drum classes: Groove MIDI performances on the kits of three General MIDI
sound fonts, random sequences of CC0 strokes, of single strokes of three sound fonts' kits and of computed ones (no two kits
alike), of all also such in which every stroke comes alone as often as together; half of the
recorded and rendered ones made worse as recordings are. Writes NAME.wav and NAME.lab (time, class, velocity) to OUT.
Use: make_training.py GROOVE_MIDI_FOLDER ONESHOTS_FOLDER OUT
Needs what make_bands.py needs."""
import glob, os, subprocess, sys
import numpy as np
from make_music import read, render, worse, write
from make_bands import FONTS
from midi_files import remap, save

SNARE, HAT = {37, 38, 40}, {22, 26, 42, 44, 46, 49, 51, 52, 53, 55, 57, 59}
KITS = [0, 8, 16, 24, 25, 32, 40, 48]
ONESHOTS = {'kick': ['bd_808', 'bd_fat', 'bd_haus', 'bd_klub', 'bd_tek', 'bd_zum', 'drum_heavy_kick'],
            'snare': ['drum_snare_hard', 'drum_snare_soft', 'sn_dolf', 'sn_dub', 'sn_generic', 'sn_zome'],
            'hat': ['drum_cymbal_closed', 'drum_cymbal_open', 'drum_cymbal_pedal', 'hat_bdu', 'hat_cab', 'hat_psych',
                    'hat_raw', 'hat_snap', 'hat_zild', 'ride_tri'],
            'none': ['drum_tom_hi_hard', 'drum_tom_lo_hard', 'drum_tom_mid_hard', 'bass_dnb_f', 'bass_hit_c', 'elec_blip',
                     'tabla_ghe1', 'tabla_na', 'drum_cowbell']}

TOGETHER = [('kick',), ('kick',), ('snare',), ('hat',), ('kick', 'hat'), ('snare', 'hat'), ('kick', 'snare'), ('none',)]


def read_flac(path):
    raw = subprocess.run(['ffmpeg', '-v', 'error', '-i', path, '-ac', '1', '-ar', '44100', '-f', 'f32le', '-'], capture_output=True).stdout
    x = np.frombuffer(raw, '<f4').copy()
    first = np.argmax(np.abs(x) > 0.01 * np.abs(x).max())
    return x[first:] / np.abs(x).max()


def groove(folder, out):
    for n, mid in enumerate(sorted(glob.glob(folder + '/*.mid'))):
        r = np.random.default_rng(n)
        for turn, kit in enumerate((KITS[n % 8], KITS[(n + 3) % 8], KITS[(n + 6) % 8], 0)):
            name = f'{out}/groove_{os.path.basename(mid)[:-4]}_{turn}_{kit}'
            remap(mid, name + '.mid', kit)
            render(FONTS[(0, 2, 1, 2)[turn]], name + '.mid', name + '.wav', 44100, gain=0.7, reverb=int(turn == 2))
            os.remove(name + '.mid')
            if turn > 1:
                write(name + '.wav', worse(read(name + '.wav'), 44100, r), 44100)
            with open(name + '.lab', 'w') as f:
                for line in open(mid[:-4] + '.notes.tsv'):
                    if line[0] == '#':
                        continue
                    t, note, velocity = line.split()
                    f.write(f'{float(t) + 0.003:.6f} {kind_of(int(note))} {velocity}\n')


def kind_of(note):
    return 'kick' if note in (35, 36) else 'snare' if note in SNARE else 'hat' if note in HAT else 'none'


def noise(r, count, low, high):
    """White noise between two frequencies, with soft edges."""
    spectrum = np.fft.rfft(r.normal(size=count))
    hz = np.fft.rfftfreq(count, 1 / 44100)
    spectrum *= 1 / (1 + (low / np.maximum(hz, 1)) ** 4) / (1 + (hz / high) ** 4)
    x = np.fft.irfft(spectrum, count)
    return x / (np.abs(x).max() + 1e-9)


def invented(kind, r):
    """A stroke nobody recorded: bodies that fall in pitch, wires, metal, clicks, each drawn anew."""
    count = int(44100 * {'kick': r.uniform(0.15, 0.6), 'snare': r.uniform(0.12, 0.4), 'hat': r.choice([r.uniform(0.04, 0.15), r.uniform(0.3, 1.2)]), 'none': r.uniform(0.1, 0.5)}[kind])
    t = np.arange(count) / 44100
    fall = lambda seconds: np.exp(-t / seconds)
    rise = np.minimum(1, t / r.uniform(0.0002, 0.002))

    def body(hz, above, bend, seconds, drive):
        x = np.sin(2 * np.pi * (hz * t + hz * above * bend * (1 - np.exp(-t / bend))) + r.uniform(0, 1.5)) * fall(seconds)
        return np.tanh(drive * x) / np.tanh(drive)

    if kind == 'kick':
        x = body(r.uniform(38, 75), r.uniform(0.5, 5), r.uniform(0.008, 0.05), r.uniform(0.06, 0.3), r.uniform(0.3, 4))
        x += r.uniform(0, 0.5) * noise(r, count, r.uniform(300, 2500), r.uniform(3000, 12000)) * fall(r.uniform(0.002, 0.012))
        x += r.uniform(0, 0.3) * body(r.uniform(120, 300), r.uniform(0, 2), 0.01, r.uniform(0.01, 0.04), 1)
    elif kind == 'snare':
        hz = r.uniform(150, 260)
        clap = r.random() < 0.15
        x = (0 if clap else r.uniform(0.2, 0.9)) * (body(hz, r.uniform(0, 0.6), 0.02, r.uniform(0.03, 0.12), 1) + r.uniform(0, 0.7) * body(hz * r.uniform(1.5, 1.9), 0.1, 0.02, r.uniform(0.02, 0.08), 1))
        x = x + r.uniform(0.4, 1) * noise(r, count, r.uniform(300, 2500), r.uniform(5000, 16000)) * fall(r.uniform(0.03, 0.16))
        x += r.uniform(0, 0.5) * noise(r, count, 1500, 15000) * fall(0.004)
        if clap:
            for k in (1, 2, 3):
                late = int(k * r.uniform(0.008, 0.012) * 44100)
                x[late:] += x[:-late] * 0.5
    elif kind == 'hat':
        root = r.uniform(250, 600)
        metal = sum(np.sign(np.sin(2 * np.pi * root * m * t + r.uniform(0, 6))) for m in r.uniform(1, 12, size=6))
        spectrum = np.fft.rfft(metal)
        hz = np.fft.rfftfreq(count, 1 / 44100)
        spectrum *= 1 / (1 + (r.uniform(3500, 8000) / np.maximum(hz, 1)) ** 6)
        metal = np.fft.irfft(spectrum, count)
        mix = r.random()
        x = (mix * metal / (np.abs(metal).max() + 1e-9) + (1 - mix) * noise(r, count, r.uniform(3000, 8000), 20000)) * fall(count / 44100 / r.uniform(3, 6))
    else:
        which = r.integers(4)
        if which == 0:  # tom, conga
            x = body(r.uniform(80, 320), r.uniform(0.1, 0.8), r.uniform(0.02, 0.08), r.uniform(0.06, 0.25), r.uniform(0.3, 2)) + r.uniform(0, 0.15) * noise(r, count, 800, 6000) * fall(0.006)
        elif which == 1:  # plucked bass or string
            hz = r.choice([r.uniform(40, 120), r.uniform(120, 900)])
            x = sum(np.sin(2 * np.pi * hz * h * t + r.uniform(0, 6)) / h ** r.uniform(0.7, 2) * fall(r.uniform(0.05, 0.4)) for h in range(1, 12))
        elif which == 2:  # blip, wood, bell
            x = body(r.uniform(500, 2500), r.uniform(0, 0.3), 0.01, r.uniform(0.01, 0.15), 1)
        else:  # a vowel or brass that sets in softly
            hz = r.uniform(100, 500)
            x = sum(np.sin(2 * np.pi * hz * h * t) * np.exp(-((hz * h - r.uniform(400, 1500)) / 700) ** 2) for h in range(1, 20)) * np.minimum(1, t / 0.02)
    x = x * rise * np.minimum(1, (count - np.arange(count)) / 200)
    return x / (np.abs(x).max() + 1e-9)


def shots_of_files(folder):
    return {k: [read_flac(f'{folder}/{n}.flac') for n in names] for k, names in ONESHOTS.items()}


def shots_of_fonts(out):
    """Every drum of every kit of the sound fonts by itself, struck softly and hard."""
    notes = {'kick': [35, 36], 'snare': [37, 38, 39, 40], 'hat': [42, 44, 46, 49, 51, 53, 54, 55, 57, 59, 70, 82], 'none': [41, 43, 45, 47, 48, 50, 56, 60, 61, 62, 64, 65, 67, 75, 76]}
    shots, apart = {k: [] for k in notes}, 1.5
    for font in FONTS:
        for kit in KITS:
            struck = [(kind, key, velocity) for kind, keys in notes.items() for key in keys for velocity in (60, 115)]
            save([(0, 0, bytes([0xc9, kit]))] + [(i * apart + late, 1, bytes([on, key, velocity * (on == 0x99)])) for i, (_, key, velocity) in enumerate(struck)
                                                 for late, on in ((0, 0x99), (.5, 0x89))] + [(len(struck) * apart, 1, bytes([0x89, 1, 0]))], out + '/font.mid')
            render(font, out + '/font.mid', out + '/font.wav', 44100, gain=0.7)
            x = read(out + '/font.wav')
            for i, (kind, _, _) in enumerate(struck):
                shot = x[int(i * apart * 44100):int((i + 1) * apart * 44100) - 441]
                if len(shot) and np.abs(shot).max() > 0.003:
                    first = np.argmax(np.abs(shot) > 0.01 * np.abs(shot).max())
                    shots[kind].append(shot[first:] / np.abs(shot).max())
            os.remove(out + '/font.mid')
            os.remove(out + '/font.wav')
    return shots


def sequences(shots, out, count, name, seed, even=False):
    """shots: strokes to choose from; none: computed ones. even: every stroke alone as often as together with others."""
    for n in range(count):
        r = np.random.default_rng(seed + n * (1 if shots else 2) + (500000 if even else 0))
        step = 60 / r.uniform(75, 180) / 4
        kit = {k: shots[k][r.integers(len(shots[k]))] if shots else invented(k, r) for k in ONESHOTS}
        chance = {k: r.dirichlet(np.ones(16)) * {'kick': 4, 'snare': 3, 'hat': 8, 'none': r.choice([0, 0, 2])}[k] for k in kit}
        speed = {k: 2 ** r.uniform(-0.2, 0.2) for k in kit}
        level = {'kick': r.uniform(0.4, 0.9), 'snare': r.uniform(0.3, 0.8), 'hat': r.uniform(0.1, 0.5), 'none': r.uniform(0.2, 0.6)}
        sound = np.zeros(int(44100 * (96 * step + 2)))
        labels = []
        every = r.integers(1, 4) if even else 1
        for i in range(96):
            struck = () if i % every else TOGETHER[r.integers(len(TOGETHER))]
            for k in kit:
                if k in struck if even else r.random() < chance[k][i % 16] * 1.2:
                    x = kit[k]
                    loud = r.uniform(0.5, 1)
                    x = np.interp(np.arange(0, len(x) - 1, speed[k]), np.arange(len(x)), x) * level[k] * loud
                    at = int((0.5 + i * step + r.normal() * 0.002) * 44100)
                    x = x[:len(sound) - at]
                    sound[at:at + len(x)] += x
                    labels.append((at / 44100, k))
        if r.random() < 0.4:  # a held chord with a bass underneath
            t = np.arange(len(sound)) / 44100
            for hz in (r.uniform(45, 110), r.uniform(150, 400), r.uniform(200, 800)):
                for h in range(1, 8):
                    sound += 0.08 / h * np.sin(2 * np.pi * hz * h * t + r.uniform(0, 6)) * (1 if r.random() < .5 else 1 - 0.5 * ((t / (4 * step)) % 1))
        sound *= 0.9 / np.abs(sound).max()
        if shots and n % 2:
            sound = worse(sound, 44100, r)
        write(f'{out}/{name}_{n}.wav', sound, 44100)
        with open(f'{out}/{name}_{n}.lab', 'w') as f:
            for t, k in sorted(labels):
                f.write(f'{t:.6f} {k} 100\n')


if __name__ == '__main__':
    os.makedirs(sys.argv[3], exist_ok=True)
    groove(sys.argv[1], sys.argv[3])
    for name, shots, seed, count in (('seq', shots_of_files(sys.argv[2]), 0, 160), ('inv', None, 100000, 120), ('font', shots_of_fonts(sys.argv[3]), 200000, 200)):
        sequences(shots, sys.argv[3], count, name, seed)
        sequences(shots, sys.argv[3], max(count, 160), 'even' + name, seed, even=True)
