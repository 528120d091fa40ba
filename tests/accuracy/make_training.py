#!/usr/bin/env python3
"""Makes labelled sound for the drum classes: Groove MIDI performances on eight kits of a General MIDI
sound font, and random sequences of the CC0 strokes. Writes NAME.wav and NAME.lab (time, class) to OUT.
Use: make_training.py GROOVE_MIDI_FOLDER ONESHOTS_FOLDER OUT [SOUND_FONT]
Needs numpy, soundfile (or ffmpeg) and fluidsynth."""
import glob, os, subprocess, sys
import numpy as np

SNARE, HAT = {37, 38, 40}, {22, 26, 42, 44, 46, 49, 51, 52, 53, 55, 57, 59}
KITS = [0, 8, 16, 24, 25, 32, 40, 48]
ONESHOTS = {'kick': ['bd_808', 'bd_fat', 'bd_haus', 'bd_klub', 'bd_tek', 'bd_zum', 'drum_heavy_kick'],
            'snare': ['drum_snare_hard', 'drum_snare_soft', 'sn_dolf', 'sn_dub', 'sn_generic', 'sn_zome'],
            'hat': ['drum_cymbal_closed', 'drum_cymbal_open', 'drum_cymbal_pedal', 'hat_bdu', 'hat_cab', 'hat_psych',
                    'hat_raw', 'hat_snap', 'hat_zild', 'ride_tri'],
            'none': ['drum_tom_hi_hard', 'drum_tom_lo_hard', 'drum_tom_mid_hard', 'bass_dnb_f', 'bass_hit_c', 'elec_blip',
                     'tabla_ghe1', 'tabla_na', 'drum_cowbell']}


def variable(data, i):
    v = 0
    while True:
        c = data[i]
        i += 1
        v = v << 7 | c & 127
        if c < 128:
            return v, i


def remap(source, target, kit):
    """Notes the sound font lacks, and a kit, at the start of every track."""
    data = bytearray(open(source, 'rb').read())
    out, i, notes = bytearray(data[:14]), 14, {22: 42, 26: 46, 58: 43}
    while i < len(data):
        length = int.from_bytes(data[i + 4:i + 8], 'big')
        j, end, status = i + 8, i + 8 + length, 0
        while j < end:
            _, j = variable(data, j)
            if data[j] & 128:
                status = data[j]
                j += 1
            if status == 0xff:
                j += 1
                n, j = variable(data, j)
                j += n
            elif status in (0xf0, 0xf7):
                n, j = variable(data, j)
                j += n
            else:
                if status >> 4 in (8, 9, 10):
                    data[j] = notes.get(data[j], data[j])
                j += 1 if status >> 4 in (12, 13) else 2
        body = bytes([0, 0xc9, kit]) + bytes(data[i + 8:end])
        out += data[i:i + 4] + len(body).to_bytes(4, 'big') + body
        i = end
    open(target, 'wb').write(out)


def write_wav(path, samples):
    import wave
    with wave.open(path, 'wb') as f:
        f.setnchannels(1)
        f.setsampwidth(2)
        f.setframerate(44100)
        f.writeframes((np.clip(samples, -1, 1) * 32767).astype('<i2').tobytes())


def read_flac(path):
    raw = subprocess.run(['ffmpeg', '-v', 'error', '-i', path, '-ac', '1', '-ar', '44100', '-f', 'f32le', '-'], capture_output=True).stdout
    x = np.frombuffer(raw, '<f4').copy()
    first = np.argmax(np.abs(x) > 0.01 * np.abs(x).max())
    return x[first:] / np.abs(x).max()


def groove(folder, out, font):
    for n, mid in enumerate(sorted(glob.glob(folder + '/*.mid'))):
        for kit in (KITS[n % 8], KITS[(n + 3) % 8], 0):
            name = f'{out}/groove_{os.path.basename(mid)[:-4]}_{kit}'
            remap(mid, name + '.mid', kit)
            subprocess.run(['fluidsynth', '-ni', '-q', '-g', '0.7', '-R', '0', '-C', '0', '-r', '44100', '-F', name + '.wav', font, name + '.mid'],
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            with open(name + '.lab', 'w') as f:
                for line in open(mid[:-4] + '.notes.tsv'):
                    if line[0] == '#':
                        continue
                    t, note, velocity = line.split()
                    note = int(note)
                    kind = 'kick' if note == 36 else 'snare' if note in SNARE else 'hat' if note in HAT else 'none'
                    f.write(f'{float(t) + 0.003:.6f} {kind} {velocity}\n')


def sequences(folder, out, count):
    shots = {k: [read_flac(f'{folder}/{n}.flac') for n in names] for k, names in ONESHOTS.items()}
    for n in range(count):
        r = np.random.default_rng(n)
        step = 60 / r.uniform(75, 180) / 4
        kit = {k: shots[k][r.integers(len(shots[k]))] for k in shots}
        chance = {k: r.dirichlet(np.ones(16)) * {'kick': 4, 'snare': 3, 'hat': 8, 'none': r.choice([0, 0, 2])}[k] for k in shots}
        speed = {k: 2 ** r.uniform(-0.2, 0.2) for k in shots}
        level = {'kick': r.uniform(0.4, 0.9), 'snare': r.uniform(0.3, 0.8), 'hat': r.uniform(0.1, 0.5), 'none': r.uniform(0.2, 0.6)}
        sound = np.zeros(int(44100 * (96 * step + 2)))
        labels = []
        for i in range(96):
            for k in shots:
                if r.random() < chance[k][i % 16] * 1.2:
                    x = kit[k]
                    x = np.interp(np.arange(0, len(x) - 1, speed[k]), np.arange(len(x)), x) * level[k] * r.uniform(0.5, 1)
                    at = int((0.5 + i * step) * 44100)
                    x = x[:len(sound) - at]
                    sound[at:at + len(x)] += x
                    labels.append((at / 44100, k))
        if r.random() < 0.4:  # a held chord with a bass underneath
            t = np.arange(len(sound)) / 44100
            for hz in (r.uniform(45, 110), r.uniform(150, 400), r.uniform(200, 800)):
                for h in range(1, 8):
                    sound += 0.08 / h * np.sin(2 * np.pi * hz * h * t + r.uniform(0, 6)) * (1 if r.random() < .5 else 1 - 0.5 * ((t / (4 * step)) % 1))
        sound *= 0.9 / np.abs(sound).max()
        write_wav(f'{out}/seq_{n}.wav', sound)
        with open(f'{out}/seq_{n}.lab', 'w') as f:
            for t, k in sorted(labels):
                f.write(f'{t:.6f} {k} 100\n')


if __name__ == '__main__':
    os.makedirs(sys.argv[3], exist_ok=True)
    groove(sys.argv[1], sys.argv[3], sys.argv[4] if len(sys.argv) > 4 else '/usr/share/sounds/sf2/TimGM6mb.sf2')
    sequences(sys.argv[2], sys.argv[3], 160)
