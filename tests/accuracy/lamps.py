#!/usr/bin/env python3
"""A lamp per class against the waveform: what a dancer's eye gets to see of a groove. Draws SECONDS of SOUND with a row
of flashes for kick, snare, hat and the beats below it, and the annotated strokes as ticks over each row where TRUTH
(Groove's .notes.tsv) is given. Use: lamps.py TITANUS SOUND OUT.png [TRUTH] [FROM] [SECONDS]
SOUND must be WAV, FLAC or OGG; the waveform is read from a WAV made by ffmpeg. Needs numpy, PIL, ffmpeg."""
import json, subprocess, sys
import numpy as np
from PIL import Image, ImageDraw

titanus, sound, out = sys.argv[1:4]
truth = sys.argv[4] if len(sys.argv) > 4 and sys.argv[4] != '-' else None
start = float(sys.argv[5]) if len(sys.argv) > 5 else 0
seconds = float(sys.argv[6]) if len(sys.argv) > 6 else 30
RATE, ROWS, WIDE, LINE = 8000, 5, 1800, 210  # the time runs over ROWS lines
raw = subprocess.run(['ffmpeg', '-v', 'error', '-i', sound, '-ac', '1', '-ar', str(RATE), '-f', 'f32le', '-'], capture_output=True, check=True).stdout
wave = np.frombuffer(raw, '<f4')
heard = json.loads(subprocess.run([titanus, 'analyse', sound], capture_output=True, check=True).stdout)
GM = {36: 'kick', **{n: 'snare' for n in (37, 38, 40)}, **{n: 'hat' for n in (22, 26, 42, 44, 46, 49, 51, 52, 53, 55, 57, 59)}}
strokes = []
if truth:
    for line in open(truth):
        if line.strip() and not line.startswith('#'):
            t, note = line.split()[:2]
            strokes.append((float(t) + 0.003, GM.get(int(note))))  # the sound font starts 3 ms late
lamps = {'kick': ((255, 90, 60), 0.12), 'snare': ((255, 210, 80), 0.09), 'hat': ((110, 200, 255), 0.05)}
image = Image.new('RGB', (WIDE + 60, ROWS * LINE), (12, 12, 16))
draw = ImageDraw.Draw(image)
per = seconds / ROWS
for row in range(ROWS):
    begin, top = start + row * per, row * LINE
    x = lambda t: 50 + (t - begin) / per * WIDE
    shown = lambda t: begin <= t < begin + per
    piece = wave[int(begin * RATE):int((begin + per) * RATE)]
    for i in range(WIDE):
        part = piece[int(i * len(piece) / WIDE):int((i + 1) * len(piece) / WIDE)]
        if len(part):
            draw.line((50 + i, top + 45 - 40 * float(part.max()), 50 + i, top + 45 - 40 * float(part.min())), fill=(150, 150, 160))
    draw.text((4, top + 40), f'{begin:.0f} s', fill=(200, 200, 200))
    for n, (kind, (colour, fall)) in enumerate(lamps.items()):
        y = top + 95 + n * 32
        draw.text((4, y + 6), kind, fill=colour)
        for onset in heard['onsets']:
            if onset['kind'] == kind and shown(onset['time']):
                # Lit from the instant of the decision, dying away as a lamp does.
                for step in range(int(fall / per * WIDE * 2)):
                    light = np.exp(-step / (fall / per * WIDE))
                    draw.line((x(onset['decided']) + step, y + 6, x(onset['decided']) + step, y + 24), fill=tuple(int(c * light) for c in colour))
        for t, label in strokes:
            if label == kind and shown(t):
                draw.line((x(t), y, x(t), y + 5), fill=(255, 255, 255))
    for beat in heard['beats']:
        if shown(beat['time']):
            height = 14 if beat['bar'] == 1 else 8
            draw.line((x(beat['time']), top + 195, x(beat['time']), top + 195 + height), fill=(120, 255, 140), width=2)
image.save(out)
