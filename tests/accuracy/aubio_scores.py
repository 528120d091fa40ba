#!/usr/bin/env python3
"""Scores aubio on the sets that `accuracy` scores, by the same rules, so that its figures are numbers of ours to compare
with and no test needs aubio. Prints the table that is kept as aubio_scores.tsv; `accuracy` reads its floors there.
Use: aubio_scores.py SHARED > aubio_scores.tsv     SHARED: the folder of all sets; the committed ones are found by themselves
Needs, from Debian: python3-aubio python3-mido fluidsynth timgm6mb-soundfont. aubio (GPL) is run here only, no part of Titanus uses it.
The scorer is scorer.cpp's and is held against mir_eval's fixtures at every start; the sets are those of sets.cpp."""
import datetime, json, pathlib, subprocess, sys, tempfile
import aubio
import numpy as np
from midi_files import remap

DATA = pathlib.Path(__file__).resolve().parent.parent / 'data'
FONT = '/usr/share/sounds/sf2/TimGM6mb.sf2'
FLUID_DELAY = 0.003  # sound starts this long after the MIDI time


# --- scorer

def merged(times, seconds=0.03):
    kept = []
    for t in times:
        if not kept or t - kept[-1] >= seconds:
            kept.append(t)
    return kept


def match_greedy(wanted, found, window=0.025):
    w = d = 0
    pairs = []
    while w < len(wanted) and d < len(found):
        delta = found[d] - wanted[w]
        if abs(delta) <= window:
            pairs.append((w, d))
            w, d = w + 1, d + 1
        elif delta < 0:
            d += 1
        else:
            w += 1
    return pairs


def match_best(wanted, found, window):
    owner = [-1] * len(found)

    def place(w, seen):
        for d in range(len(found)):
            if d in seen or abs(found[d] - wanted[w]) > window:
                continue
            seen.add(d)
            if owner[d] < 0 or place(owner[d], seen):
                owner[d] = w
                return True
        return False

    return sum(place(w, set()) for w in range(len(wanted)))


def f_of(right, found, wanted):
    return 2 * right / (found + wanted) if found + wanted else 0.0


def continuity(wanted, found):
    if len(wanted) < 2 or len(found) < 2:
        return 0.0
    wanted, used, right = np.array(wanted), set(), 0
    for m, t in enumerate(found):
        nearest = int(np.argmin(np.abs(wanted - t)))
        first = m == 0 or nearest == 0
        reference = nearest + 1 if first else nearest
        if nearest in used or reference >= len(wanted):
            continue
        step = max(sys.float_info.min, wanted[reference] - wanted[reference - 1])
        ours = found[m + 1] - t if first and m + 1 < len(found) else t - found[m - 1]
        if abs(t - wanted[nearest]) / step < 0.175 and abs(1 - ours / step) < 0.175:
            used.add(nearest)
            right += 1
    return right / max(len(wanted), len(found))


def score_beats(wanted, found, trim):
    """F, CMLt, AMLt"""
    wanted, found = [t for t in wanted if t >= trim], [t for t in found if t >= trim]
    if not wanted or not found:
        return 0.0, 0.0, 0.0
    f = f_of(match_best(wanted, found, 0.07), len(found), len(wanted))
    cml = continuity(wanted, found)
    between = [(a + b) / 2 for a, b in zip(wanted, wanted[1:])]
    levels = [between, sorted(wanted + between), wanted[::2], wanted[1::2]]
    return f, cml, max([cml] + [continuity(v, found) for v in levels])


def check_scorer():
    def near(got, want):
        assert abs(got - want) < 1e-6, (got, want)

    for i in range(10):
        ref, est = (read_times(DATA / f'mir_eval/onset/{s}{i:02}.txt')[0] for s in ('ref', 'est'))
        want = json.loads((DATA / f'mir_eval/onset/output{i:02}.json').read_text())
        near(f_of(match_best(ref, est, 0.05), len(est), len(ref)), want['F-measure'])
        ref, est = (read_times(DATA / f'mir_eval/beat/{s}{i:02}.txt')[0] for s in ('ref', 'est'))
        want = json.loads((DATA / f'mir_eval/beat/output{i:02}.json').read_text())
        for got, name in zip(score_beats(ref, est, 5), ('F-measure', 'Correct Metric Level Total', 'Any Metric Level Total')):
            near(got, want[name])


# --- sets

def read_times(path):
    rows = [line.split() for line in path.read_text().splitlines() if line.strip() and not line.startswith('#')]
    return [float(r[0]) for r in rows], [r[1] if len(r) > 1 else '' for r in rows]


def read_sound(path):
    source = aubio.source(str(path), 0, 4096)  # mono, at its own rate
    parts = []
    while True:
        block, count = source()
        parts.append(block[:count].copy())
        if count < 4096:
            return np.concatenate(parts), source.samplerate


def groove_sound(notes, scratch):
    made = pathlib.Path(str(notes).replace('.notes.tsv', '.ogg'))
    if made.exists():
        return made
    name = made.stem
    remap(made.with_suffix('.mid'), scratch / (name + '.mid'))
    wav = scratch / (name + '.wav')
    subprocess.run(['fluidsynth', '-ni', '-q', '-g', '0.7', '-R', '0', '-C', '0', '-r', '44100', '-F', wav, FONT, scratch / (name + '.mid')],
                   check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return wav


def clip(path, onsets=(), second=(), beats=(), span=(0, 1e9), cut_beats=False):
    sound, rate = read_sound(path)
    if cut_beats:  # a performance, scored from its first stroke to its last
        onsets = [t + FLUID_DELAY for t in onsets if t + FLUID_DELAY <= len(sound) / rate - 0.05]
        span = onsets[0] - 0.1, onsets[-1] + 0.1
        beats = [t for t in beats if span[0] <= t <= span[1]]
    return dict(sound=sound, rate=rate, onsets=merged(onsets), second=merged(second), beats=list(beats), span=span, cut_beats=cut_beats)


def groove(folder, scratch):
    beside = lambda notes: pathlib.Path(str(notes).replace('.notes.tsv', '.beats'))
    return [clip(groove_sound(n, scratch), read_times(n)[0], beats=read_times(beside(n))[0], cut_beats=True)
            for n in sorted(folder.glob('*.notes.tsv'))]


def mdb(folder, ending):
    beside = lambda path, other: read_times(pathlib.Path(str(path).replace(ending, other)))[0]
    return [clip(p, beside(p, '.onsets') if ending == '_Drum.ogg' else (), beats=beside(p, '.beats')) for p in sorted(folder.glob('*' + ending))]


def ballroom(folder):
    clips = []
    for p in sorted(folder.glob('*.ogg')):
        part, onsets, span = p.with_suffix('.1.9-11.9.onsets'), [], (0, 1e9)
        if part.exists():
            onsets = read_times(part)[0]
            span = onsets[0] - 0.025, onsets[-1] + 0.025
        clips.append(clip(p, onsets, beats=read_times(p.with_suffix('.beats'))[0], span=span))
    return clips


def vocadito(folder):
    labels = lambda p, a: read_times(p.with_suffix(f'.{a}.onsets'))[0]
    return [clip(p, labels(p, 'A1'), labels(p, 'A2')) for p in sorted(folder.glob('*.flac'))]


# --- aubio

def listen(detector, hop, c, gain=1.0):
    """Times as aubio gives them, and how much sound it had been given by then."""
    sound, rate = (c['sound'] * np.float32(gain)).astype(np.float32), c['rate']
    sound = np.concatenate([sound, np.zeros(-len(sound) % hop, np.float32)])
    events = []
    for i in range(len(sound) // hop):
        if detector(sound[i * hop:(i + 1) * hop])[0] > 0:
            events.append((detector.get_last_s(), (i + 1) * hop / rate))
    return events


def onsets_of(c, gain=1.0):
    events = listen(aubio.onset('default', 512, 256, c['rate']), 256, c, gain)
    return [e for e in events if c['span'][0] <= e[0] <= c['span'][1]]


def row(name, clips, quantity, unit, value):
    print(f'{name}\t{clips}\t{quantity}\t{unit}\t{value:.4f}' if unit == '1' else f'{name}\t{clips}\t{quantity}\t{unit}\t{value:.2f}', flush=True)


def onset_rows(name, clips, gain_db=0):
    counts, late = np.zeros(3, int), []
    for c in clips:
        if not c['onsets']:
            continue
        events = onsets_of(c, 10 ** (gain_db / 20))
        pairs = match_greedy(c['onsets'], [e[0] for e in events])
        counts += len(pairs), len(events), len(c['onsets'])
        late += [1e3 * (events[d][1] - c['onsets'][w]) for w, d in pairs]
    at = f' at {gain_db} dB' if gain_db else ''
    row(name, len(clips), 'onsets F strict' + at, '1', f_of(*counts))
    row(name, len(clips), 'onsets P strict' + at, '1', counts[0] / counts[1])
    row(name, len(clips), 'onsets R strict' + at, '1', counts[0] / counts[2])
    row(name, len(clips), 'onset latency median' + at, 'ms', np.percentile(late, 50))
    row(name, len(clips), 'onset latency 90th percentile' + at, 'ms', np.percentile(late, 90))


def lenient_rows(name, clips):
    for key, who in (('onsets', 'first'), ('second', 'second')):
        scored = [(c[key], [e[0] for e in onsets_of(c)]) for c in clips if c[key]]
        if scored:
            row(name, len(clips), f'onsets F lenient, {who} annotator', '1',
                np.mean([f_of(match_best(w, f, 0.05), len(f), len(w)) for w, f in scored]))


def beat_rows(name, clips):
    scores = {5: [], 0: []}
    for c in clips:
        found = [e[0] for e in listen(aubio.tempo('default', 1024, 512, c['rate']), 512, c)]
        start = max(0, c['span'][0]) if c['cut_beats'] else 0
        if c['cut_beats']:
            found = [t for t in found if c['span'][0] <= t <= c['span'][1]]
        for trim in scores:
            scores[trim].append(score_beats([t - start for t in c['beats']], [t - start for t in found], trim))
    for trim, text in ((5, 'after 5 s'), (0, 'from 0 s')):
        for measure, value in zip(('F', 'CMLt', 'AMLt'), np.mean(scores[trim], axis=0)):
            row(name, len(clips), f'beats {measure} {text}', '1', value)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    check_scorer()
    shared, own = pathlib.Path(sys.argv[1]), DATA / 'audio'
    print(f'# aubio {aubio.version}, {datetime.date.today()}: onset("default", 512, 256) and tempo("default", 1024, 512), mono, each file at its own rate')
    print('# /usr/bin/python3 tests/accuracy/aubio_scores.py ../shared/data/audio > tests/accuracy/aubio_scores.tsv')
    print('# strict: +-25 ms, F of summed counts; lenient: +-50 ms, mean over files; latency: end of the hop - label; beats: mean over files')
    print('# clips: of the set; of ballroom only one has onsets')
    print('set\tclips\tquantity\tunit\tvalue')
    with tempfile.TemporaryDirectory() as scratch:
        for folder in (own, shared):
            clips = groove(folder / 'groove-midi', pathlib.Path(scratch))
            onset_rows('groove', clips)
            beat_rows('groove', clips)
    clips = mdb(shared / 'mdb-drums', '_Drum.ogg')
    for gain_db in (0, -20, -40):
        onset_rows('mdb-drums', clips, gain_db)
    beat_rows('mdb-drums', clips)
    beat_rows('mdb-mix', mdb(shared / 'mdb-drums', '_MIX.ogg'))
    clips = ballroom(shared / 'ballroom')
    onset_rows('ballroom', clips)
    lenient_rows('ballroom', clips)
    beat_rows('ballroom', clips)
    lenient_rows('vocadito', vocadito(own / 'vocadito'))


if __name__ == '__main__':
    main()
