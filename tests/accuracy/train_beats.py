#!/usr/bin/env python3
"""Trains BeatNet. Use: train_beats.py FOLDER OUT.h [MINUTES] [SEED] [START.h], FOLDER from make_bands.py or make_music.py with X.wav.frames
beside each X.wav (training_inputs FOLDER); several folders joined by commas. Every tenth piece is kept for checking, but none of a
folder behind a plus sign (/tmp/a,/tmp/b+/tmp/c). Besides beats and ones the network is asked at every frame where in the beat and
in the bar it is and how long the beat: so it learns earlier what a meter is (F of beats at the eighth epoch .816 for .796). These
answers are not kept. A third of what it hears are joins: one piece cut off by another, as a DJ or a player skips to the next track.
START.h: weights to go on from. Needs numpy and torch. The seed fixes data order and start; sums in another order on
other machines give slightly other weights."""
import copy, glob, re, sys, time
from concurrent.futures import ThreadPoolExecutor
import numpy as np
import torch
from torch import nn

DENSE, UNITS, DELAY, LENGTH, BATCH = 64, 128, 7, 900, 64
METER_SHARE = .15  # of the loss
JOINS = .35
pick = np.random.default_rng(1)


def load(path):
    raw = np.fromfile(path, '<f4')
    frame, width = float(raw[0]), int(raw[1])
    x = raw[2:].reshape(-1, width)
    labels = np.loadtxt(path.replace('.wav.frames', '.beats'), ndmin=2)
    y = np.zeros((len(x), 2), np.float32)
    w = np.ones((len(x), 1), np.float32)
    for t, bar in labels:
        n = int(round(t / frame - 1)) + DELAY  # frame n ends at (n + 1) * frame
        for d, share in ((0, 1.0), (-1, 0.5), (1, 0.5)):
            if 0 <= n + d < len(x):
                y[n + d, 0] = max(y[n + d, 0], share)
                if bar == 1:
                    y[n + d, 1] = max(y[n + d, 1], share)
    first = int(labels[0, 0] / frame)
    w[:max(0, first - 10)] = 0.3
    return x.astype(np.float16), np.concatenate([y, meter((np.arange(len(x)) + 1 - DELAY) * frame, labels)], 1), w


def meter(times, labels):
    """Cosine and sine of the place in the beat and in the bar, length of the beat (octaves from .5 s), and whether they are known."""
    beats, places = labels[:, 0], labels[:, 1]
    in_bar, last = np.full(len(beats), 4.0), 4.0
    for k in range(len(beats) - 2, -1, -1):
        last = places[k] if places[k + 1] == 1 else last
        in_bar[k] = max(2, last)
    n = np.searchsorted(beats, times, side='right') - 1
    known = (n >= 0) & (n < len(beats) - 1)
    n = np.clip(n, 0, len(beats) - 2)
    length = beats[n + 1] - beats[n]
    beat = 2 * np.pi * (times - beats[n]) / length
    bar = (2 * np.pi * (places[n] - 1) + beat) / in_bar[n]
    return np.stack([np.cos(beat), np.sin(beat), np.cos(bar), np.sin(bar), np.log2(length / .5), known], 1).astype(np.float32)


class Net(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.dense = nn.Linear(width, DENSE)
        self.a = nn.GRU(DENSE, UNITS, batch_first=True)
        self.b = nn.GRU(UNITS, UNITS, batch_first=True)
        self.out = nn.Linear(UNITS, 2)
        self.meter = nn.Linear(UNITS, 5)

    def forward(self, x, state=None):
        h = torch.relu(self.dense(x))
        h, s0 = self.a(h, None if state is None else state[0])
        h, s1 = self.b(nn.functional.dropout(h, 0.1, self.training), None if state is None else state[1])
        return self.out(h), self.meter(h), (s0.detach(), s1.detach())


def quality(net, pieces, mean, spread):
    """F of peaks over 0.15 that are the largest of 70 ms, within 70 ms of a beat or one."""
    net.eval()
    counts = np.zeros((2, 3))
    loss = 0
    with torch.no_grad():
        for x, y, w in pieces:
            o = net(torch.tensor((x.astype(np.float32) - mean) / spread)[None])[0][0]
            loss += float(nn.functional.binary_cross_entropy_with_logits(o, torch.tensor(y[:, :2])))
            p = torch.sigmoid(o).numpy()
            for k in range(2):
                v = p[:, k]
                peaks = [n for n in range(6, len(v) - 6) if v[n] > 0.15 and v[n] == v[n - 6:n + 7].max()]
                wanted = np.where(y[:, k] == 1)[0]
                hit = sum(1 for n in wanted if any(abs(n - q) <= 6 for q in peaks))
                counts[k] += hit, len(peaks), len(wanted)
    return loss / len(pieces), 2 * counts[:, 0] / (counts[:, 1] + counts[:, 2])


def header(namespace, network, makers, sources):
    """First lines of a header of weights."""
    return ['#pragma once', f'// Weights of {network}, 8 bits each with a scale per row; rows are outputs. Made by {makers}',
            '// in tests/accuracy ' + sources[0]] + ['// ' + s for s in sources[1:]] + ['#include <array>', '', f'namespace titanus::analysis::{namespace} {{', '']


def matrix(out, name, weight, bias):
    def numbers(values, form):
        lines, values = [], [form % v for v in values]
        for i in range(0, len(values), 24):
            lines.append('    ' + ','.join(values[i:i + 24]) + ',')
        return '\n'.join(lines).rstrip(',')

    weight, bias = weight.astype(np.float64), bias.astype(np.float64)
    scale = np.abs(weight).max(1) / 127 + 1e-12
    q = np.round(weight / scale[:, None]).astype(int)
    out.extend([f'inline constexpr std::array<signed char, {q.size}> k{name}Weights{{', numbers(q.ravel(), '%d') + '};',
                f'inline constexpr std::array<float, {len(scale)}> k{name}Scale{{', numbers(scale, '%.6ef') + '};',
                f'inline constexpr std::array<float, {len(bias)}> k{name}Bias{{', numbers(bias, '%.6ef') + '};', ''])


def write(net, mean, spread, path):
    out = header('beat_weights', 'BeatNet', 'make_bands.py, make_music.py, training_inputs.cpp and train_beats.py', ['from pieces composed for it; no recording went in.'])
    get = lambda p: p.detach().numpy().astype(np.float64)
    w = get(net.dense.weight) / spread[None, :]
    matrix(out, 'Dense', w, get(net.dense.bias) - w @ mean)
    for i, layer in enumerate((net.a, net.b)):
        matrix(out, f'Input{i}', get(layer.weight_ih_l0), get(layer.bias_ih_l0))
        matrix(out, f'State{i}', get(layer.weight_hh_l0), get(layer.bias_hh_l0))
    matrix(out, 'Out', get(net.out.weight), get(net.out.bias))
    out.append('} // namespace titanus::analysis::beat_weights')
    open(path, 'w').write('\n'.join(out) + '\n')


def resume(net, mean, spread, path):
    """The weights of an older header into the network; the first layer's are kept with their scaling folded in."""
    arrays = {n: np.array([float(v.rstrip('f')) for v in body.replace('\n', '').split(',') if v.strip()])
              for n, body in re.findall(r'k(\w+)\{(.*?)\};', open(path).read(), re.S)}

    def matrix(name, weight, bias, fold=False):
        w = arrays[name + 'Weights'].reshape(weight.shape) * arrays[name + 'Scale'][:, None]
        b = arrays[name + 'Bias']
        if fold:
            b = b + w @ mean
            w = w * spread[None, :]
        with torch.no_grad():
            weight.copy_(torch.tensor(w))
            bias.copy_(torch.tensor(b))

    matrix('Dense', net.dense.weight, net.dense.bias, True)
    for i, layer in enumerate((net.a, net.b)):
        matrix(f'Input{i}', layer.weight_ih_l0, layer.bias_ih_l0)
        matrix(f'State{i}', layer.weight_hh_l0, layer.bias_hh_l0)
    matrix('Out', net.out.weight, net.out.bias)


def cut(piece, length):
    """From anywhere in it, more often than not."""
    at = int(pick.integers(0, max(1, len(piece[0]) - length + 1))) if pick.random() < 0.7 else 0
    return [a[at:at + length] for a in piece]


def example(train, n, mean, spread):
    """Two lengths of a piece, or of one piece and then of another, perhaps louder."""
    if pick.random() < JOINS:
        first = int(pick.integers(300, 2 * LENGTH - 500))
        a, b = cut(train[pick.integers(len(train))], first), cut(train[n], 2 * LENGTH - first)
        x, y, w = (np.concatenate(p) for p in zip(a, b))
    else:
        x, y, w = cut(train[n], 2 * LENGTH)
    short = 2 * LENGTH - len(x)
    if short > 0:
        x, y = (np.pad(a, ((0, short), (0, 0)), mode='edge') for a in (x, y * 1))
        w = np.pad(w, ((0, short), (0, 0)))
        y[-short:, -1] = 0
    x = (x.astype(np.float32) - mean) / spread
    # Another loudness, another colour, other noise.
    x = x + 0.25 * pick.normal(size=(1, x.shape[1])).astype(np.float32) + 0.1 * pick.normal(size=x.shape).astype(np.float32)
    return x * np.float32(pick.uniform(0.85, 1.15)), y, w


def learn(net, x, y, w, part, state):
    """One half of the batch, one half of its time; on one core."""
    torch.set_num_threads(1)
    piece = slice(part * LENGTH, (part + 1) * LENGTH)
    o, told, state = net(x[:, piece], state)
    wanted, weight = y[:, piece], w[:, piece]
    loss = nn.functional.binary_cross_entropy_with_logits(o, wanted[..., :2], weight=weight.expand(-1, -1, 2))
    apart = (told - wanted[..., 2:7]) ** 2 * wanted[..., 7:] * (weight > 0.5)
    (loss + METER_SHARE * (apart * torch.tensor([1, 1, 1, 1, 0.5])).mean()).backward()
    return float(loss.detach()), state


def main():
    torch.manual_seed(int(sys.argv[4]) if len(sys.argv) > 4 else 1)
    checked, _, extra = sys.argv[1].partition('+')
    pieces, more = ([load(f) for f in sorted(f for folder in folders.split(',') if folder for f in glob.glob(folder + '/*.wav.frames'))] for folders in (checked, extra))
    check = pieces[::10]
    train = [p for i, p in enumerate(pieces) if i % 10] + more
    sample = np.concatenate([p[0][::7] for p in train]).astype(np.float64)
    mean, spread = sample.mean(0), sample.std(0) + 0.02
    mean32, spread32 = mean.astype(np.float32), spread.astype(np.float32)
    net = Net(pieces[0][0].shape[1])
    with torch.no_grad():
        net.out.bias.copy_(torch.tensor([-2.5, -3.5]))
    if len(sys.argv) > 5:
        resume(net, mean, spread, sys.argv[5])
        print('start: check %.4f, F %s' % quality(net, check, mean32, spread32), flush=True)
    fastest = 1.2e-3 if len(sys.argv) > 5 else 2.5e-3
    optimiser = torch.optim.Adam(net.parameters())
    nets, pool = (net, copy.deepcopy(net)), ThreadPoolExecutor(2)  # two small networks learn faster than one on two cores
    for p, q in zip(*(n.parameters() for n in nets)):
        q.data = p.data
    minutes = float(sys.argv[3]) if len(sys.argv) > 3 else 20
    begin, epoch = time.time(), 0
    if minutes == 0:
        write(net, mean, spread, sys.argv[2])
    while time.time() - begin < 60 * minutes:
        done = (time.time() - begin) / (60 * minutes)
        for group in optimiser.param_groups:
            group['lr'] = fastest * min(1, 0.2 + epoch / 3) * (0.5 + 0.5 * np.cos(np.pi * min(1, done))) + 3e-5
        for n in nets:
            n.train()
        order, total = pick.permutation(len(train)), 0
        for i in range(0, len(order) - BATCH + 1, BATCH):
            heard = [example(train, n, mean32, spread32) for n in order[i:i + BATCH]]
            halves = [tuple(torch.tensor(np.stack(a)) for a in zip(*heard[k::2])) for k in range(2)]
            states = [None, None]
            for part in range(2):
                for n in nets:
                    n.zero_grad()
                for k, (loss, state) in enumerate(pool.map(lambda k: learn(nets[k], *halves[k], part, states[k]), range(2))):
                    total += loss / 2
                    states[k] = state
                for p, q in zip(net.parameters(), nets[1].parameters()):
                    p.grad = (p.grad + q.grad) / 2
                nn.utils.clip_grad_norm_(net.parameters(), 1.0)
                optimiser.step()
        epoch += 1
        loss, f = quality(net, check, mean32, spread32)
        print(f'{(time.time() - begin) / 60:.1f} min, epoch {epoch}: loss {total / max(1, 2 * (len(order) // BATCH)):.4f}, check {loss:.4f}, '
              f'F of beats {f[0]:.3f}, of ones {f[1]:.3f}', flush=True)
        write(net, mean, spread, sys.argv[2])


if __name__ == '__main__':
    main()
