"""The same work as `titanus bench guidance`, done the way PyTTI does it: a plain PyTorch loop with
one resize per crop, torch.optim.Adam, autograd through every layer and a host read each step.
Same guide weights, prompt, number of crops and canvas size. Needs torch only.

    python tools/reference/pytti_loop.py [--crops 8] [--seconds 10] [--threads 1]

Prints JSON: median ms of a step. Divide by `stepMs` of `titanus bench guidance`, run in the same
sitting with the same number of threads, to get the ratio of docs/PERFORMANCE.md.
"""
import argparse
import json
import math
import pathlib
import random
import statistics
import struct
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


def main():
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--crops", type=int, default=8)
    ask.add_argument("--seconds", type=float, default=10)
    ask.add_argument("--threads", type=int, default=1)
    args = ask.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(1)
    random.seed(1)
    config = json.loads((MODEL / "config.json").read_text())["image"]
    tower = Tower(read_safetensors(MODEL / "model.safetensors"), config)
    text = F.normalize(torch.tensor(json.loads((MODEL / "goldens.json").read_text())["text"][PROMPT]), dim=-1)
    size = config.get("size", 96)
    canvas = torch.rand(1, 3, 144, 256, requires_grad=True)
    optimiser = torch.optim.Adam([canvas], lr=0.02)
    times, losses, began = [], [], time.perf_counter()
    while len(times) < 8 or time.perf_counter() - began < args.seconds:
        start = time.perf_counter()
        e = tower(crops_of(canvas, args.crops, size))
        d = (e - text).norm(dim=-1).div(2).arcsin().square().mul(2)
        dx, dy = canvas[..., 1:] - canvas[..., :-1], canvas[..., 1:, :] - canvas[..., :-1, :]
        loss = d.mean() + 0.02 * (dx.square().mean() + dy.square().mean())
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        with torch.no_grad():
            canvas.clamp_(0, 1)
        losses.append(loss.item())
        times.append(time.perf_counter() - start)
    print(json.dumps({"stepMs": 1000 * statistics.median(times[3:]), "steps": len(times), "crops": args.crops,
                      "threads": args.threads, "firstLoss": losses[0], "lastLoss": losses[-1]}))


if __name__ == "__main__":
    main()
