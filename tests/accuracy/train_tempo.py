#!/usr/bin/env python3
"""Trains the network of TempoComb, which tells at which tempo people count. Use: train_tempo.py FOLDER OUT.h [EPOCHS] [SEED], FOLDER
from make_bands.py or make_music.py with X.wav.tempo beside each X.wav (training_inputs FOLDER); several folders joined by commas.
Every tenth piece is kept for checking. Needs numpy and torch."""
import glob, sys
import numpy as np
import torch
from torch import nn
from train_beats import header, matrix

UNITS, BATCH, NEAR = 32, 128, .04
NOISE = .05  # on the inputs
CENTRE, BELLS, WIDE = .75, np.linspace(-1.3, 1.3, 9), .25  # as in tempo_comb.cpp


def load(path):
    """Inputs per judgement and tempo, the tempi's periods in seconds, and the true period, 0 where there is none."""
    raw = np.fromfile(path, '<f4')
    frame, shortest, count, width = float(raw[0]), int(raw[1]), int(raw[2]), int(raw[3])
    rows = raw[4:].reshape(-1, 1 + count * width)
    beats = np.loadtxt(path.replace('.wav.tempo', '.beats'), ndmin=2)[:, 0]
    truth = np.zeros(len(rows))
    for i, t in enumerate(rows[:, 0]):
        n = np.searchsorted(beats, t - .1)  # the beats just heard
        if 2 <= n < len(beats):
            first = max(0, n - 4)
            truth[i] = (beats[n] - beats[first]) / (n - first)
    periods = (shortest + np.arange(count)) * frame
    return rows[:, 1:].reshape(-1, count, width).astype(np.float16), periods, truth


class Net(nn.Module):
    def __init__(self, inputs):
        super().__init__()
        self.first, self.second, self.out = nn.Linear(inputs + len(BELLS), UNITS), nn.Linear(UNITS, UNITS), nn.Linear(UNITS, 1)

    def forward(self, x, periods):
        octaves = torch.log2(periods / CENTRE)[..., None]
        bells = torch.exp(-((octaves - torch.tensor(BELLS, dtype=torch.float32)) / WIDE) ** 2)
        h = torch.relu(self.first(torch.cat([x, bells], -1)))
        return self.out(torch.relu(self.second(h)))[..., 0]


def batches(pieces):
    """Judgements with a true tempo in range, by the number of tempi, which depends on the rate."""
    kinds = {}
    for x, periods, truth in pieces:
        right = np.abs(periods[None] / np.maximum(truth, 1e-3)[:, None] - 1) < NEAR
        use = right.any(1)
        k = kinds.setdefault(len(periods), (torch.tensor(periods, dtype=torch.float32), [], []))
        k[1].append(x[use])
        k[2].append(right[use])
    return [(p, torch.tensor(np.concatenate(x)), torch.tensor(np.concatenate(r))) for p, x, r in kinds.values()]


def quality(net, kinds):
    """Mean loss and the share of judgements whose most probable tempo is right."""
    loss = hits = total = 0
    with torch.no_grad():
        for periods, x, right in kinds:
            for i in range(0, len(x), 512):
                odds = torch.log_softmax(net(x[i:i + 512].float(), periods.expand(len(x[i:i + 512]), -1)), 1)
                r = right[i:i + 512]
                loss -= float(torch.logsumexp(odds.masked_fill(~r, -1e9), 1).sum())
                hits += int(r[torch.arange(len(r)), odds.argmax(1)].sum())
                total += len(r)
    return loss / total, hits / total


def write(net, path):
    out = header('tempo_weights', "TempoComb's network", 'make_bands.py, make_music.py, training_inputs.cpp and train_tempo.py', ['from pieces composed for it; no recording went in.'])
    for name, layer in (('First', net.first), ('Second', net.second), ('Out', net.out)):
        matrix(out, name, layer.weight.detach().numpy(), layer.bias.detach().numpy())
    out.append('} // namespace titanus::analysis::tempo_weights')
    open(path, 'w').write('\n'.join(out) + '\n')


def main():
    epochs = int(sys.argv[3]) if len(sys.argv) > 3 else 6
    seed = int(sys.argv[4]) if len(sys.argv) > 4 else 1
    torch.manual_seed(seed)
    pick = np.random.default_rng(seed)
    pieces = [load(f) for folder in sys.argv[1].split(',') for f in sorted(glob.glob(folder + '/*.wav.tempo'))]
    check, train = batches(pieces[::10]), batches([p for i, p in enumerate(pieces) if i % 10])
    net = Net(train[0][1].shape[2])
    optimiser = torch.optim.Adam(net.parameters(), weight_decay=1e-5)
    for epoch in range(epochs):
        for group in optimiser.param_groups:
            group['lr'] = 3e-3 * (.5 + .5 * np.cos(np.pi * epoch / epochs)) + 2e-5
        parts = [(k, part) for k, kind in enumerate(train) for part in np.array_split(pick.permutation(len(kind[1])), max(1, len(kind[1]) // BATCH))]
        total = 0
        for n in pick.permutation(len(parts)):
            k, part = parts[n]
            periods, x, right = train[k][0], train[k][1][part].float(), train[k][2][part]
            odds = torch.log_softmax(net(x + NOISE * torch.randn_like(x), periods.expand(len(part), -1)), 1)
            loss = -torch.logsumexp(odds.masked_fill(~right, -1e9), 1).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            total += float(loss.detach())
        print(f'epoch {epoch}: loss {total / len(parts):.3f}, check %.3f, right at once %.3f' % quality(net, check), flush=True)
        write(net, sys.argv[2])


if __name__ == '__main__':
    main()
