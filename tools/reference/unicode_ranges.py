#!/usr/bin/env python3
"""Writes src/guidance/unicode_ranges.inc: code point ranges of letters, numbers and lower-case
counterparts, from Python's Unicode data. Run from the project's root."""
import sys
import unicodedata


def ranges(major):
    out, start = [], None
    for c in range(0x110000):
        inside = unicodedata.category(chr(c))[0] == major
        if inside and start is None:
            start = c
        if not inside and start is not None:
            out.append((start, c - 1))
            start = None
    return out


with open("src/guidance/unicode_ranges.inc", "w") as f:
    f.write(f"// Made by tools/reference/unicode_ranges.py from Unicode {unicodedata.unidata_version}.\n")
    for name, major in (("kLetterRanges", "L"), ("kNumberRanges", "N")):
        rows = ranges(major)
        f.write(f"constexpr CodeRange {name}[] = {{ // {len(rows)}\n")
        for i in range(0, len(rows), 6):
            f.write("    " + " ".join(f"{{0x{a:X}, 0x{b:X}}}," for a, b in rows[i:i + 6]) + "\n")
        f.write("};\n")
    lower = [(c, ord(chr(c).lower())) for c in range(0x110000) if len(chr(c).lower()) == 1 and chr(c).lower() != chr(c)]
    f.write(f"constexpr CodePair kLowerCase[] = {{ // {len(lower)}\n")
    for i in range(0, len(lower), 6):
        f.write("    " + " ".join(f"{{0x{a:X}, 0x{b:X}}}," for a, b in lower[i:i + 6]) + "\n")
    f.write("};\n")
print("ok", file=sys.stderr)
