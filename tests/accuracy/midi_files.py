"""MIDI files: events in seconds to a file, and performances with the notes that the sound fonts have. Needs mido."""
import mido

MISSING = {22: 42, 26: 46, 58: 43}  # Groove's hats at the edge and a tom, for those that General MIDI has; as in sets.cpp


def save(events, path):
    """events: seconds, order among those of one instant, bytes."""
    song = mido.MidiFile(type=0, ticks_per_beat=960)
    track = mido.MidiTrack()
    song.tracks.append(track)
    last = 0
    for at, _, data in sorted(events, key=lambda e: e[:2]):
        tick = max(last, round(at * 1920))  # 120 beats a minute
        track.append(mido.Message.from_bytes(data, time=tick - last))
        last = tick
    song.save(path)


def remap(source, target, kit=None):
    """`source` with the notes that fonts have, on a kit."""
    song = mido.MidiFile(source)
    for track in song.tracks:
        for m in track:
            if m.type in ('note_on', 'note_off', 'polytouch'):
                m.note = MISSING.get(m.note, m.note)
        if kit is not None:
            track.insert(0, mido.Message('program_change', channel=9, program=kit))
    song.save(target)
