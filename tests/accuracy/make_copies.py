#!/usr/bin/env python3
"""Copies of training pieces at another speed (.86 to .96 or 1.04 to 1.16, pitch with it) with other bass and treble, and their beats.
Every tenth piece, which train_beats.py keeps for checking, is left out. Use: make_copies.py OUT FOLDER[,FOLDER...] [SEED]; then
training_inputs OUT. Needs numpy and, from Debian, sox."""
import glob, os, subprocess, sys
import numpy as np


def main():
    r = np.random.default_rng(int(sys.argv[3]) if len(sys.argv) > 3 else 5)
    os.makedirs(sys.argv[1], exist_ok=True)
    files = sorted(f for folder in sys.argv[2].split(',') for f in glob.glob(folder + '/*.wav'))
    for i, f in enumerate(files):
        speed, bass, treble = r.choice([r.uniform(.86, .96), r.uniform(1.04, 1.16)]), r.uniform(-6, 6), r.uniform(-6, 6)
        if i % 10 == 0:
            continue
        copy = f'{sys.argv[1]}/copy_{os.path.basename(f)}'
        subprocess.run(['sox', '-D', '-v', '.7', f, copy, 'speed', f'{speed:.4f}', 'bass', f'{bass:.1f}', 'treble', f'{treble:.1f}'],
                       check=True, stderr=subprocess.DEVNULL)
        beats = np.loadtxt(f[:-4] + '.beats', ndmin=2)
        beats[:, 0] /= float(f'{speed:.4f}')
        np.savetxt(copy[:-4] + '.beats', beats, fmt=['%.5f', '%d'], delimiter='\t')


if __name__ == '__main__':
    main()
