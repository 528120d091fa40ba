"""The same work as `titanus bench guidance`, done the way PyTTI does it: a plain PyTorch loop with
one resize per crop, torch.optim.Adam, autograd through every layer and a host read each step.
Same guide weights, prompt, number of crops and canvas size. Needs torch only.

    python tools/reference/pytti_loop.py [--crops 8] [--seconds 10] [--threads 1]
                                         [--against build/release/titanus] [--rounds 3]

Prints JSON: median ms of a step. With --against, `titanus bench guidance` runs in the same sitting,
in turns with this loop and with the threads that it chose; `ratio` is the loop's step over its step,
the median of the rounds (docs/PERFORMANCE.md).
"""
import argparse
import json
import math
import pathlib
import random
import statistics
import struct
import subprocess
import time

import torch
import torch.nn.functional as F

MODEL = pathlib.Path(__file__).resolve().parents[2] / "models" / "titanus-guide"
PROMPT = "a photo of a jellyfish"


def read_safetensors(path):
    data = path.read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    kinds = {"F16": torch.float16, "F32": torch.float32}
    out = {}
    for key, row in header.items():
        if key != "__metadata__":
            first, last = row["data_offsets"]
            raw = bytearray(data[8 + length + first : 8 + length + last])
            out[key] = torch.frombuffer(raw, dtype=kinds[row["dtype"]]).float().reshape(row["shape"])
    return out


class Tower(torch.nn.Module):
    """The image tower of the guide's README, layer by layer."""

    def __init__(self, weights, config):
        super().__init__()
        self.w, self.c = weights, config
        self.mean = torch.tensor(config["mean"]).view(1, 3, 1, 1)
        self.std = torch.tensor(config["std"]).view(1, 3, 1, 1)

    def conv(self, x, key, kernel, stride=1, groups=1, relu=True):
        total = max((math.ceil(x.shape[-1] / stride) - 1) * stride + kernel - x.shape[-1], 0)
        x = F.pad(x, (total // 2, total - total // 2) * 2)
        x = F.conv2d(x, self.w[key + ".weight"], self.w[key + ".bias"], stride, 0, 1, groups)
        return F.relu6(x) if relu else x

    def forward(self, images):
        x = self.conv((images - self.mean) / self.std, "image.stem", 3, 2)
        for n, b in enumerate(self.c["blocks"]):
            key, y, wide = f"image.blocks.{n}", x, b["in"] * b["expand"]
            if b["expand"] != 1:
                y = self.conv(y, key + ".expand", 1)
            y = self.conv(y, key + ".depthwise", b["kernel"], b["stride"], wide)
            y = self.conv(y, key + ".project", 1, relu=False)
            x = x + y if b["stride"] == 1 and b["in"] == b["out"] else y
        x = self.conv(x, "image.head", 1).mean((2, 3))
        return F.normalize(x @ self.w["image.projection.weight"].t(), dim=-1)


def crops_of(picture, count, size):
    """PyTTI's law: one slice and one adaptive pooling per crop, then augmentation of the batch."""
    _, _, h, w = picture.shape
    padded = F.pad(picture, (w // 4, w // 4, h // 4, h // 4), mode="reflect")
    cuts = []
    for _ in range(count):
        side = int(min(w, h) * min(max(random.gauss(0.8, 0.3), 0.35), 1) ** 1.0)
        x = random.randint(0, padded.shape[3] - side)
        y = random.randint(0, padded.shape[2] - side)
        cuts.append(F.adaptive_avg_pool2d(padded[:, :, y : y + side, x : x + side], size))
    batch = torch.cat(cuts)
    if random.random() < 0.3:
        batch = batch.flip(3)
    angle = (torch.rand(count) - 0.5) * 0.5
    theta = torch.zeros(count, 2, 3)
    theta[:, 0, 0] = theta[:, 1, 1] = angle.cos()
    theta[:, 0, 1], theta[:, 1, 0] = -angle.sin(), angle.sin()
    batch = F.grid_sample(batch, F.affine_grid(theta, batch.shape, align_corners=False), padding_mode="border", align_corners=False)
    return batch + torch.randn_like(batch) * torch.rand(count, 1, 1, 1) * 0.1


class Loop:
    """PyTTI's step: crops, tower, distance and total variation under autograd, Adam, clamp, a host read."""

    def __init__(self, crops):
        torch.manual_seed(1)
        random.seed(1)
        config = json.loads((MODEL / "config.json").read_text())["image"]
        self.tower = Tower(read_safetensors(MODEL / "model.safetensors"), config)
        self.text = F.normalize(torch.tensor(json.loads((MODEL / "goldens.json").read_text())["text"][PROMPT]), dim=-1)
        self.size, self.crops = config.get("size", 96), crops
        self.canvas = torch.rand(1, 3, 144, 256, requires_grad=True)
        self.optimiser = torch.optim.Adam([self.canvas], lr=0.02)
        self.losses = []

    def step(self):
        canvas = self.canvas
        e = self.tower(crops_of(canvas, self.crops, self.size))
        d = (e - self.text).norm(dim=-1).div(2).arcsin().square().mul(2)
        dx, dy = canvas[..., 1:] - canvas[..., :-1], canvas[..., 1:, :] - canvas[..., :-1, :]
        loss = d.mean() + 0.02 * (dx.square().mean() + dy.square().mean())
        self.optimiser.zero_grad()
        loss.backward()
        self.optimiser.step()
        with torch.no_grad():
            canvas.clamp_(0, 1)
        self.losses.append(loss.item())

    def measure(self, seconds):
        times, began = [], time.perf_counter()
        while len(times) < 8 or time.perf_counter() - began < seconds:
            start = time.perf_counter()
            self.step()
            times.append(time.perf_counter() - start)
        return 1000 * statistics.median(times[3:])


def main():
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--crops", type=int, default=8)
    ask.add_argument("--seconds", type=float, default=10)
    ask.add_argument("--threads", type=int, default=1)
    ask.add_argument("--against", help="the program to compare with")
    ask.add_argument("--rounds", type=int, default=3)
    args = ask.parse_args()
    torch.set_num_threads(args.threads)
    loop = Loop(args.crops)
    out = {"crops": args.crops}
    if not args.against:
        out["stepMs"] = loop.measure(args.seconds)
    else:
        rounds = []
        for _ in range(args.rounds):
            printed = subprocess.run([args.against, "bench", "guidance", "--seconds", str(args.seconds)], check=True, capture_output=True, text=True)
            bench = json.loads(printed.stdout)
            torch.set_num_threads(bench["threads"])
            ours, theirs = bench["stepMs"], loop.measure(args.seconds)
            rounds.append({"threads": bench["threads"], "loopMs": theirs, "titanusMs": ours, "ratio": theirs / ours})
        out["rounds"], out["ratio"] = rounds, statistics.median(r["ratio"] for r in rounds)
    out["threads"] = torch.get_num_threads()
    out["firstLoss"], out["lastLoss"] = loop.losses[0], loop.losses[-1]
    print(json.dumps(out))


if __name__ == "__main__":
    main()
