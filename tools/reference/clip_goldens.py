#!/usr/bin/env python3
"""Numbers of an independent CLIP for tests/guidance/clip_torch_test.cpp.

Tiny checkpoints whose tensors come from a formula (the same in C++), run through Hugging Face's
CLIPModel (vision transformer, text) and open_clip's ModifiedResNet.
Needs: torch, transformers, open-clip-torch. Downloads nothing.
    python tools/reference/clip_goldens.py > tests/data/clip/goldens.json
"""
import json
import math

import numpy as np
import torch

U64 = np.uint64


def uniform(name, count):
    h = 0xCBF29CE484222325
    for byte in name.encode():
        h = ((h ^ byte) * 0x100000001B3) % 2**64
    with np.errstate(over="ignore"):
        z = U64(h) + (np.arange(count, dtype=U64) + U64(1)) * U64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> U64(30))) * U64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> U64(27))) * U64(0x94D049BB133111EB)
        z = z ^ (z >> U64(31))
    return (z >> U64(40)).astype(np.float64) * 2.0**-24


def tensor(name, shape):
    """Value of a tensor by its name in OpenAI's naming."""
    count = math.prod(shape)
    norm = any(p in name for p in (".ln_", "ln_final", ".bn", "downsample.1."))
    if name == "logit_scale":
        return torch.tensor(math.log(100.0))
    if (norm and name.endswith(".weight")) or name.endswith("running_var"):
        base, amp = 1.0, 0.1
    elif name.endswith("bias") or name.endswith("running_mean"):
        base, amp = 0.0, 0.1
    elif "embedding" in name:
        base, amp = 0.0, 0.5
    else:
        base, amp = 0.0, math.sqrt(3.0 * shape[0] / count)
    values = base + amp * (2 * uniform(name, count) - 1)
    return torch.from_numpy(values.astype(np.float32).reshape(shape))


def picture(side):
    return torch.from_numpy(uniform("image", 3 * side * side).astype(np.float32).reshape(1, 3, side, side))


MEAN = torch.tensor([0.48145466, 0.4578275, 0.40821073]).view(1, 3, 1, 1)
STD = torch.tensor([0.26862954, 0.26130258, 0.27577711]).view(1, 3, 1, 1)
TEXTS = {"lower newer low": [518, 517, 515, 516, 513, 519], "lolow": [518, 512, 513, 519]}


def hf_value(name, shape):
    """A Hugging Face parameter, from the OpenAI tensors it corresponds to."""
    fixed = {
        "vision_model.embeddings.class_embedding": "visual.class_embedding",
        "vision_model.embeddings.patch_embedding.weight": "visual.conv1.weight",
        "vision_model.embeddings.position_embedding.weight": "visual.positional_embedding",
        "text_model.embeddings.token_embedding.weight": "token_embedding.weight",
        "text_model.embeddings.position_embedding.weight": "positional_embedding",
        "logit_scale": "logit_scale",
    }
    if name in fixed:
        return tensor(fixed[name], shape)
    if name == "visual_projection.weight":
        return tensor("visual.proj", shape[::-1]).T
    if name == "text_projection.weight":
        return tensor("text_projection", shape[::-1]).T
    part, leaf = name.rsplit(".", 1)
    ends = {"vision_model.pre_layrnorm": "visual.ln_pre", "vision_model.post_layernorm": "visual.ln_post",
            "text_model.final_layer_norm": "ln_final"}
    if part in ends:
        return tensor(f"{ends[part]}.{leaf}", shape)
    tower, _, _, index, *rest = part.split(".")
    block = ("visual." if tower == "vision_model" else "") + f"transformer.resblocks.{index}."
    rest = ".".join(rest)
    if rest in ("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"):
        whole = tensor(f"{block}attn.in_proj_{leaf}", [3 * shape[0], *shape[1:]])
        return whole.chunk(3)["qkv".index(rest[10])]
    names = {"self_attn.out_proj": "attn.out_proj", "layer_norm1": "ln_1", "layer_norm2": "ln_2",
             "mlp.fc1": "mlp.c_fc", "mlp.fc2": "mlp.c_proj"}
    return tensor(f"{block}{names[rest]}.{leaf}", shape)


def numbers(t):
    return [float(f"{v:.8g}") for v in t.detach().flatten().tolist()]


def gradient_samples(g):
    flat = g.flatten()
    return {str(i): float(f"{flat[i].item():.8g}") for i in range(0, flat.numel(), flat.numel() // 16)}


def image_golden(encode, side):
    image = picture(side).requires_grad_(True)
    raw = encode((image - MEAN) / STD)
    e = raw / raw.norm()
    weights = torch.from_numpy(2 * uniform("direction", e.numel()).astype(np.float32) - 1)
    (e[0] * weights).sum().backward()
    return {"embedding": numbers(e), "gradientNorm": float(image.grad.norm()), "gradient": gradient_samples(image.grad)}


def vit(embed, text_width, act):
    from transformers import CLIPConfig, CLIPModel
    vision = dict(hidden_size=128, intermediate_size=512, num_hidden_layers=2, num_attention_heads=2, image_size=48,
                  patch_size=16, hidden_act=act, projection_dim=embed, layer_norm_eps=1e-5)
    text = dict(hidden_size=text_width, intermediate_size=4 * text_width, num_hidden_layers=3, num_attention_heads=text_width // 64,
                max_position_embeddings=16, vocab_size=520, hidden_act=act, projection_dim=embed, eos_token_id=519,
                bos_token_id=518, layer_norm_eps=1e-5)
    model = CLIPModel(CLIPConfig(text_config=text, vision_config=vision, projection_dim=embed)).eval()
    with torch.no_grad():
        for name, p in model.named_parameters():
            p.copy_(hf_value(name, list(p.shape)))

    def image(x):
        out = model.vision_model(pixel_values=x, interpolate_pos_encoding=x.shape[2] != 48).pooler_output
        return model.visual_projection(out)

    result = {"images": {str(side): image_golden(image, side) for side in (48, 64)}, "texts": {}}
    for words, ids in TEXTS.items():
        padded = torch.tensor([ids + [519] * (16 - len(ids))])
        e = model.text_projection(model.text_model(input_ids=padded).pooler_output)
        result["texts"][words] = numbers(e / e.norm())
    return result


def modified_resnet_class():
    """open_clip's module alone: the package as a whole also wants a torchvision fitting torch."""
    import importlib.util
    import pathlib
    import sys
    import types
    folder = pathlib.Path(importlib.util.find_spec("open_clip").origin).parent
    package, utils = types.ModuleType("open_clip_part"), types.ModuleType("open_clip_part.utils")
    utils.freeze_batch_norm_2d = lambda module, *_, **__: module
    utils.__getattr__ = lambda name: None
    package.__path__ = [str(folder)]
    sys.modules.update({"open_clip_part": package, "open_clip_part.utils": utils})
    import importlib
    return importlib.import_module("open_clip_part.modified_resnet").ModifiedResNet


def resnet():
    ModifiedResNet = modified_resnet_class()
    model = ModifiedResNet(layers=[2, 1, 1, 1], output_dim=80, heads=8, image_size=64, width=16).eval()
    with torch.no_grad():
        for name, p in list(model.named_parameters()) + list(model.named_buffers()):
            if not name.endswith("num_batches_tracked"):
                p.copy_(tensor("visual." + name, list(p.shape)))
    return {"images": {"64": image_golden(model, 64)}}


if __name__ == "__main__":
    torch.set_num_threads(1)
    print(json.dumps({"note": "tools/reference/clip_goldens.py; gradient of the dot product with the tensor 'direction'",
                      "A.quick_gelu": vit(80, 192, "quick_gelu"), "A.gelu": vit(80, 192, "gelu"),
                      "B.quick_gelu": vit(128, 128, "quick_gelu"), "C": resnet()}))
