#pragma once
// Catalogue rows: prompts, guidance, canvas.
#include "params/rows_sound.h"

namespace titanus::params::rows {

inline constexpr std::array<std::string_view, 4> kCanvasModels{"pyramid", "rgb", "palette", "fourier"};
inline constexpr std::array<std::string_view, 4> kBorders{"mirror", "wrap", "black", "smear"};
inline constexpr std::array<std::string_view, 5> kSymmetries{"none", "left-right", "top-bottom", "quad", "rotate"};

inline constexpr std::array<std::string_view, 3> kSourceModes{"off", "hold", "paint over"};

#define TITANUS_PROMPT_ROWS(n, start)                                                              \
    Param{"prompt." n ".weight", "Prompt " n, Float, Unit::None, -1, 1, start, Curve::Linear,      \
          kModulatable | kSaved, {}, "Fader of prompt " n ": multiplies the weights in its text; below 0 it repels."}, \
    Param{"prompt." n ".target", "Prompt " n " target presence", Float, Unit::None, 0, 1, 0, Curve::Linear, \
          kModulatable | kSaved, {}, "0 off; else the presence a controller holds by moving the weight of prompt " n "."}

inline constexpr std::array kPainter{
    TITANUS_PROMPT_ROWS("1", 1), TITANUS_PROMPT_ROWS("2", 0), TITANUS_PROMPT_ROWS("3", 0),
    TITANUS_PROMPT_ROWS("4", 0), TITANUS_PROMPT_ROWS("5", 0), TITANUS_PROMPT_ROWS("6", 0),
    TITANUS_PROMPT_ROWS("7", 0), TITANUS_PROMPT_ROWS("8", 0),
    Param{"guide.rate", "Learning rate", Float, Unit::None, 0.002f, 0.3f, 0.06f, Curve::Exponential, kModulatable | kSaved, {},
          "How far the canvas moves in a step: low is calm, high is restless."},
    Param{"guide.crops", "Crops", Int, Unit::None, 1, 32, 8, Curve::Linear, kSaved, {},
          "Views of the canvas that the guide judges in each step: more is steadier and slower."},
    Param{"guide.crop_min", "Smallest crop", Float, Unit::None, 0.2f, 1.2f, 0.45f, Curve::Linear, kModulatable | kSaved, {},
          "Side of the smallest crop as a share of the shorter canvas side: small crops paint detail."},
    Param{"guide.crop_max", "Largest crop", Float, Unit::None, 0.3f, 1.4f, 1.05f, Curve::Linear, kModulatable | kSaved, {},
          "Side of the largest crop: large crops paint composition."},
    Param{"guide.temperature", "Temperature", Float, Unit::None, 0, 2, 0.7f, Curve::Linear, kModulatable | kSaved, {},
          "Strength of the rotation, flip and noise put on the crops: high gives bold shapes, 0 a faithful but fragile likeness."},
    Param{"guide.smoothing", "Smoothing", Float, Unit::None, 0, 3, 0.3f, Curve::Linear, kModulatable | kSaved, {},
          "Total-variation weight: takes the noise out of the painting."},
    Param{"guide.steps_max", "Steps per second limit", Float, Unit::PerSecond, 1, 240, 60, Curve::Exponential, kMachine, {},
          "Guidance rests when it is faster than this."},
    Param{"guide.reseed_level", "Reseed depth", Float, Unit::None, 0, 1, 1, Curve::Linear, kSaved, {},
          "Share of the canvas that the action reseed replaces by noise."},
    Param{"canvas.model", "Canvas", Choice, Unit::None, 0, 3, 0, Curve::Linear, kSaved, kCanvasModels,
          "What is painted on: a pyramid of scales, plain pixels, limited palettes or waves."},
    Param{"canvas.side", "Canvas side", Int, Unit::Pixels, 64, 512, 144, Curve::Linear, kSaved, {},
          "Shorter side of the canvas; the longer follows the output's shape."},
    Param{"canvas.colour", "Natural colours", Float, Unit::None, 0, 2, 1.3f, Curve::Linear, kModulatable | kSaved, {},
          "Strength of the colour correlation: 0 gives neon, 1.3 natural colours."},
    Param{"canvas.contrast", "Canvas contrast", Float, Unit::None, 0.3f, 3, 1, Curve::Linear, kModulatable | kSaved, {},
          "Steepness of the canvas's colour curve."},
    Param{"canvas.noise", "Noise", Float, Unit::PerSecond, 0, 2, 0, Curve::Linear, kModulatable | kSaved, {},
          "Noise stirred into the whole canvas: keeps it alive."},
    Param{"canvas.coarse_gain", "Coarse gain", Float, Unit::None, 0, 3, 1, Curve::Linear, kModulatable | kSaved, {},
          "Visible strength of the coarse levels: let the bass breathe here."},
    Param{"canvas.middle_gain", "Middle gain", Float, Unit::None, 0, 3, 1, Curve::Linear, kModulatable | kSaved, {},
          "Visible strength of the middle levels."},
    Param{"canvas.fine_gain", "Fine gain", Float, Unit::None, 0, 3, 1, Curve::Linear, kModulatable | kSaved, {},
          "Visible strength of the fine levels: hats glitter here."},
    Param{"canvas.coarse_noise", "Coarse noise", Float, Unit::PerSecond, 0, 4, 0, Curve::Linear, kModulatable | kSaved, {},
          "Noise stirred into the coarse levels: large shapes change."},
    Param{"canvas.fine_noise", "Fine noise", Float, Unit::PerSecond, 0, 4, 0, Curve::Linear, kModulatable | kSaved, {},
          "Noise stirred into the fine levels: surfaces shimmer."},
    Param{"canvas.coarse_rate", "Coarse rate", Float, Unit::None, 0, 3, 1, Curve::Linear, kModulatable | kSaved, {},
          "Multiplies the learning rate of the coarse levels."},
    Param{"canvas.fine_rate", "Fine rate", Float, Unit::None, 0, 1, 0.35f, Curve::Linear, kModulatable | kSaved, {},
          "Learning rate of the finest level as a share of the coarsest: high gives texture."},
    Param{"canvas.forget", "Forget", Float, Unit::PerSecond, 0, 2, 0.05f, Curve::Linear, kModulatable | kSaved, {},
          "Rate at which the canvas fades to grey and makes room for new shapes."},
    Param{"canvas.symmetry", "Symmetry", Choice, Unit::None, 0, 4, 0, Curve::Linear, kSaved, kSymmetries,
          "Mirrors the painting while it is made."},
    Param{"palette.count", "Palettes", Int, Unit::None, 1, 30, 9, Curve::Linear, kSaved, {},
          "Canvas palette: number of palettes."},
    Param{"palette.size", "Palette levels", Int, Unit::Levels, 2, 16, 6, Curve::Linear, kSaved, {},
          "Canvas palette: brightness levels in each palette."},
    Param{"palette.gamma", "Palette gamma", Float, Unit::None, 0.2f, 4, 1, Curve::Linear, kSaved, {},
          "Canvas palette: exponent of the brightness ramp; higher is darker with more contrast."},
    Param{"palette.lock", "Lock palette", Bool, Unit::None, 0, 1, 0, Curve::Linear, kSaved, {},
          "Canvas palette: keeps the colours as they are now."},
    Param{"palette.hdr", "Palette range", Float, Unit::None, 0, 1, 0.01f, Curve::Linear, kSaved, {},
          "Canvas palette: how strongly brightness is kept within what the palettes can show."},
    Param{"palette.normalise", "Palette spread", Float, Unit::None, 0, 1, 0.2f, Curve::Linear, kSaved, {},
          "Canvas palette: pushes the palettes to share the picture instead of one taking all."},
    Param{"canvas.middle_noise", "Middle noise", Float, Unit::PerSecond, 0, 4, 0, Curve::Linear, kModulatable | kSaved, {},
          "Noise stirred into the middle levels: snares break shapes up."},
    Param{"canvas.middle_rate", "Middle rate", Float, Unit::None, 0, 3, 1, Curve::Linear, kModulatable | kSaved, {},
          "Multiplies the learning rate of the middle levels."},
    Param{"canvas.average", "Averaging", Float, Unit::None, 0, 0.98f, 0, Curve::Linear, kModulatable | kSaved, {},
          "Shows the mean of the last steps instead of the last one: calmer, slower."},
    Param{"hold.direct", "Hold picture", Float, Unit::None, 0, 2, 0, Curve::Linear, kModulatable | kSaved, {},
          "Keeps the colours where they were a moment ago, moved on by the camera."},
    Param{"hold.edge", "Hold edges", Float, Unit::None, 0, 2, 0, Curve::Linear, kModulatable | kSaved, {},
          "Keeps the outlines where they were a moment ago, moved on by the camera."},
    Param{"hold.semantic", "Hold meaning", Float, Unit::None, 0, 2, 0, Curve::Linear, kModulatable | kSaved, {},
          "Keeps what the guide sees in the picture as it was a moment ago."},
    Param{"hold.age", "Hold age", Float, Unit::Seconds, 0.05f, 10, 0.5f, Curve::Exponential, kSaved, {},
          "How old the picture is that the holds keep to."},
    Param{"hold.image_weight", "Image weight", Float, Unit::None, -2, 2, 0, Curve::Linear, kModulatable | kSaved, {},
          "Pull of the picture hold.image on the colours of the canvas."},
    Param{"source.mode", "Video source", Choice, Unit::None, 0, 2, 0, Curve::Linear, kSaved, kSourceModes,
          "Paint on a video: hold keeps the canvas near it, paint over starts each frame from it."},
    Param{"source.weight", "Video weight", Float, Unit::None, 0, 2, 1, Curve::Linear, kModulatable | kSaved, {},
          "How strongly the video shows through the painting."},
    Param{"source.speed", "Video speed", Float, Unit::None, 0, 4, 1, Curve::Linear, kModulatable | kSaved, {},
          "Speed of the video; 1 is as filmed."},
    Param{"constellation.amount", "Constellation", Float, Unit::None, 0, 1, 0, Curve::Linear, kModulatable | kSaved, {},
          "How far the puck among the prompts' stars sets their weights; 0 leaves the faders alone."},
    Param{"constellation.x", "Puck x", Float, Unit::None, -1, 1, 0, Curve::Linear, kModulatable | kSaved, {},
          "Place of the puck among the stars, left to right."},
    Param{"constellation.y", "Puck y", Float, Unit::None, -1, 1, 0, Curve::Linear, kModulatable | kSaved, {},
          "Place of the puck among the stars, bottom to top."},
};
#undef TITANUS_PROMPT_ROWS

} // namespace titanus::params::rows
