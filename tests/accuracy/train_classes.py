#!/usr/bin/env python3
"""Fits the weights of DrumClassifier. Use: train_classes.py FOLDER OUT.h [CHECK_FOLDER], FOLDER from make_training.py
with X.wav.cand beside each X.wav (training_inputs FOLDER): per judged attack its time and DrumClassifier's inputs.
CHECK_FOLDER: labelled sound that is only scored. Needs numpy (pip install numpy)."""
import glob, os, sys
import numpy as np

CLASSES, INPUTS, UNITS, NETS, EPOCHS = ('kick', 'snare', 'hat'), 112, 32, 3, 24 # the mean of several small nets errs less
HIDDEN = UNITS * NETS
GROUPS, SHORT = 13, 15 # inputs: rise and level of GROUPS, then of SHORT; all that at two moments
NEAREST, DOUBTFUL = 0.03, 0.05 # seconds between an attack and its stroke
SHARES = {'seq': 4.0, 'inv': 0.75, 'font': 2.0, 'evenseq': 0.8, 'eveninv': 0.3, 'evenfont': 0.5} # of what a kind of sound weighs
rng = np.random.default_rng(0)


def load(path):
    """Inputs, truth and weight of every judged attack. Strokes hardly struck say nothing."""
    x = np.fromfile(path, '<f4').reshape(-1, 1 + INPUTS)
    times, x = x[:, 0].astype(float), x[:, 1:].astype(float)
    y, w = np.zeros((len(times), 3)), np.ones((len(times), 3))
    strokes = [line.split() for line in open(path.replace('.wav.cand', '.lab'))]
    for k, name in enumerate(CLASSES):
        for t in (float(s[0]) for s in strokes if s[1] == name and int(s[2]) > 8):
            if len(times) == 0:
                break
            apart = np.abs(times - t)
            nearest = apart.argmin()
            close = np.where(apart < DOUBTFUL)[0]
            w[close, k] *= np.where(y[close, k] > 0, 1, 0.3)
            if apart[nearest] < NEAREST:
                y[nearest, k], w[nearest, k] = 1, 1
    name = os.path.basename(path)
    share = SHARES.get(name.split('_')[0], 1.0)
    return x, y, w * share


def together(folder):
    parts = [load(f) for f in sorted(glob.glob(folder + '/*.wav.cand'))]
    return [np.concatenate([p[i] for p in parts]) for i in range(3)]


x, y, weight = together(sys.argv[1])
check = together(sys.argv[3]) if len(sys.argv) > 3 else None
print(x.shape, y.mean(0))
mean, spread = x.mean(0), x.std(0) + 1e-3


def forward(net, x):
    h = np.maximum(0, x @ net[0] + net[1])
    return h, h @ net[2] + net[3]


def score(nets, x, y):
    said = sum(forward(net, (x - mean) / spread)[1] for net in nets) > 0
    hit = (said & (y > 0)).sum(0)
    return ' '.join('%.3f' % v for v in 2 * hit / np.maximum(1, said.sum(0) + y.sum(0)))


def other(x, level=0.7, rise=0.5, noise=0.25):
    """The same strokes on other kits in other rooms: another colour of what stands, another rise."""
    x = x.copy()
    n, at = len(x), 0
    loud = np.exp(rng.normal(0, rise, (n, 1)))
    knots = rng.normal(0, level, (n, 4)) # one colour for both kinds of window
    for count in (GROUPS, SHORT, GROUPS, SHORT):
        place = np.linspace(0, 3, count)
        low = np.minimum(place.astype(int), 2)
        part = place - low
        x[:, at:at + count] *= loud * np.exp(rng.normal(0, rise / 2, (n, count)))
        x[:, at + count:at + 2 * count] += knots[:, low] * (1 - part) + knots[:, low + 1] * part + rng.normal(0, level / 3, (n, count))
        at += 2 * count
    return (x - mean) / spread + noise * rng.normal(size=x.shape)


def fit():
    net = [rng.normal(0, .25, (INPUTS, UNITS)), np.zeros(UNITS), rng.normal(0, .25, (UNITS, 3)), np.zeros(3)]
    first, second, step = [np.zeros_like(p) for p in net], [np.zeros_like(p) for p in net], 0
    for epoch in range(EPOCHS):
        rate, order = 4e-3 * 0.85 ** epoch, rng.permutation(len(x))
        for i in range(0, len(x), 256):
            j = order[i:i + 256]
            seen = other(x[j])
            h, o = forward(net, seen)
            d = (1 / (1 + np.exp(-o)) - y[j]) * weight[j] / len(j)
            dh = (d @ net[2].T) * (h > 0)
            step += 1
            for p, g, u, v in zip(net, (seen.T @ dh, dh.sum(0), h.T @ d, d.sum(0)), first, second):
                g = g + 1e-5 * p
                u *= .9
                u += .1 * g
                v *= .999
                v += .001 * g * g
                p -= rate * (u / (1 - .9 ** step)) / (np.sqrt(v / (1 - .999 ** step)) + 1e-8)
    return net


nets = []
for _ in range(NETS):
    nets.append(fit())
    print(f'{len(nets)} nets: F of kick, snare, hat {score(nets, x, y)}', 'check ' + score(nets, *check[:2]) if check else '', flush=True)
parameters = [np.concatenate([n[0] for n in nets], 1), np.concatenate([n[1] for n in nets]),
              np.concatenate([n[2] for n in nets]) / NETS, sum(n[3] for n in nets) / NETS]


def array(name, size, values):
    number = lambda v: '%.4gf' % v if any(c in '%.4g' % v for c in '.e') else '%.4g.f' % v
    values = [number(v) for v in values.ravel()]
    rows = ',\n'.join('    ' + ', '.join(values[i:i + 10]) for i in range(0, len(values), 10))
    return f'inline constexpr std::array<float, {size}> {name}{{\n{rows}}};\n'


hidden = (parameters[0] / spread[:, None]).T
open(sys.argv[2], 'w').write(f'''#pragma once
// Weights of DrumClassifier: {INPUTS} inputs, {HIDDEN} hidden units (ReLU), log odds of kick, snare, hat. Made by
// tests/accuracy/make_training.py and train_classes.py from Groove MIDI performances (Gillick et al.
// 2019, CC BY 4.0) on the kits of three sound fonts and random sequences of CC0 strokes, of
// single strokes of those kits and of computed ones.
#include <array>

namespace titanus::analysis::drum_weights {{

''' + array('kHiddenWeights', f'{HIDDEN} * {INPUTS}', hidden) + array('kHiddenBias', HIDDEN, parameters[1] - hidden @ mean) +
    array('kOutWeights', f'3 * {HIDDEN}', parameters[2].T) + array('kOutBias', 3, parameters[3]) + '''
} // namespace titanus::analysis::drum_weights
''')
