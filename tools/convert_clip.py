#!/usr/bin/env python3
"""Turns a PyTorch checkpoint (.pt, .bin) of a CLIP model into .safetensors.

Only tensors are read (weights_only), so that a checkpoint cannot run code.
    .venv/bin/python tools/convert_clip.py pytorch_model.bin model.safetensors
"""
import ctypes
import json
import struct
import sys

import torch

KINDS = {torch.float32: "F32", torch.float16: "F16", torch.bfloat16: "BF16", torch.int64: "I64"}


def main(source, target):
    state = torch.load(source, map_location="cpu", weights_only=True)
    for wrapper in ("state_dict", "model"):
        if isinstance(state.get(wrapper), dict):
            state = state[wrapper]
    tensors = {k: v.detach().contiguous() for k, v in state.items() if torch.is_tensor(v) and v.dtype in KINDS}
    header, at = {}, 0
    for name, t in tensors.items():
        size = t.numel() * t.element_size()
        header[name] = {"dtype": KINDS[t.dtype], "shape": list(t.shape), "data_offsets": [at, at + size]}
        at += size
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(target, "wb") as out:
        out.write(struct.pack("<Q", len(text)) + text)
        for t in tensors.values():
            out.write(ctypes.string_at(t.data_ptr(), t.numel() * t.element_size()) if t.numel() else b"")  # without numpy
    print(f"{target}: {len(tensors)} tensors, {at / 1e6:.1f} MB")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
