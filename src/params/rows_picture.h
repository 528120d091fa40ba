#pragma once
// Catalogue rows: camera, look, output.
#include "params/rows_painter.h"

namespace titanus::params::rows {

inline constexpr std::array<std::string_view, 5> kDepths{"flat", "plane", "tunnel", "sphere", "luminance"};
inline constexpr std::array<std::string_view, 6> kPaintings{"smooth", "oil", "strokes", "ink", "crystal", "pixels"};
inline constexpr std::array<std::string_view, 3> kSamplings{"nearest", "linear", "cubic"};
inline constexpr std::array<std::string_view, 4> kFits{"fill", "fit", "stretch", "pixel"};

inline constexpr std::array<std::string_view, 4> kFlips{"none", "left-right", "top-bottom", "both"};
inline constexpr std::array<std::string_view, 3> kCodecs{"h264", "ffv1", "hap"};

#define TITANUS_CORNER_ROWS(id, name)                                                              \
    Param{"output." id "_x", name " corner x", Float, Unit::None, -0.5f, 0.5f, 0, Curve::Linear, kMachine, {}, \
          "Moves the corner of the output sideways, as a share of its width."},                    \
    Param{"output." id "_y", name " corner y", Float, Unit::None, -0.5f, 0.5f, 0, Curve::Linear, kMachine, {}, \
          "Moves the corner of the output up, as a share of its height."}
#define TITANUS_CROP_ROW(id)                                                                 \
    Param{"output.crop_" id, "Crop " id, Float, Unit::None, 0, 0.45f, 0, Curve::Linear, kMachine, {}, \
          "Share of the picture that is cut off there before it fills the output."}
#define TITANUS_PRIMARY_ROW(id)                                                              \
    Param{"output." id, "Output " id, Float, Unit::None, 0, 1, 1, Curve::Linear, kMachine, {},     \
          "Share of this primary colour on the wall: evens out a projector's white."}

inline constexpr std::array kPicture{
    Param{"camera.zoom", "Zoom", Float, Unit::PerSecond, -2, 2, 0, Curve::Linear, kModulatable | kSaved, {},
          "Growth of the picture towards the viewer: 0.1 is 10 % a second."},
    Param{"camera.pan_x", "Pan x", Float, Unit::PerSecond, -2, 2, 0, Curve::Linear, kModulatable | kSaved, {},
          "Speed of the picture to the right, in picture heights a second."},
    Param{"camera.pan_y", "Pan y", Float, Unit::PerSecond, -2, 2, 0, Curve::Linear, kModulatable | kSaved, {},
          "Speed of the picture upwards, in picture heights a second."},
    Param{"camera.roll", "Roll", Float, Unit::DegreesPerSecond, -180, 180, 0, Curve::Linear, kModulatable | kSaved, {},
          "Rotation of the picture, counter-clockwise."},
    Param{"camera.shear", "Shear", Float, Unit::PerSecond, -1, 1, 0, Curve::Linear, kModulatable | kSaved, {},
          "Sideways lean that grows with height."},
    Param{"camera.dolly", "Dolly", Float, Unit::PerSecond, -3, 3, 0, Curve::Linear, kModulatable | kSaved, {},
          "Speed forwards through the depth field."},
    Param{"camera.truck_x", "Truck x", Float, Unit::PerSecond, -3, 3, 0, Curve::Linear, kModulatable | kSaved, {},
          "Speed of the camera to the right: near things move more."},
    Param{"camera.truck_y", "Truck y", Float, Unit::PerSecond, -3, 3, 0, Curve::Linear, kModulatable | kSaved, {},
          "Speed of the camera upwards: near things move more."},
    Param{"camera.yaw", "Yaw", Float, Unit::DegreesPerSecond, -90, 90, 0, Curve::Linear, kModulatable | kSaved, {},
          "Turn of the camera to the right."},
    Param{"camera.pitch", "Pitch", Float, Unit::DegreesPerSecond, -90, 90, 0, Curve::Linear, kModulatable | kSaved, {},
          "Turn of the camera upwards."},
    Param{"camera.depth", "Depth field", Choice, Unit::None, 0, 4, 0, Curve::Linear, kSaved, kDepths,
          "Shape of the space that dolly and truck move through."},
    Param{"camera.relief", "Relief", Float, Unit::None, 0, 1, 0.7f, Curve::Linear, kModulatable | kSaved, {},
          "How much depth differs over the picture."},
    Param{"camera.border", "Border", Choice, Unit::None, 0, 3, 0, Curve::Linear, kSaved, kBorders,
          "What comes in from outside the canvas."},
    Param{"camera.lock", "Lock camera", Bool, Unit::None, 0, 1, 0, Curve::Linear, kSaved, {},
          "Takes back what dolly, truck, yaw and pitch move on the whole: only the differences in depth remain."},
    Param{"camera.perspective", "Perspective", Float, Unit::None, 0, 1, 0, Curve::Linear, kModulatable | kSaved, {},
          "How dolly sees depth: 0 true perspective; 1 as PyTTI, speed falls with the square of the distance."},
    Param{"camera.sampling", "Sampling", Choice, Unit::None, 0, 2, 2, Curve::Linear, kSaved, kSamplings,
          "How the canvas is read when the camera moves it: nearest keeps hard pixels, linear blurs, cubic keeps edges."},
    Param{"camera.bump", "Bump", Float, Unit::None, -0.3f, 0.3f, 0, Curve::Linear, kModulatable | kSaved, {},
          "Momentary zoom of the display alone: route a kick here and the picture breathes."},
    Param{"camera.tilt", "Tilt", Float, Unit::Degrees, -45, 45, 0, Curve::Linear, kModulatable | kSaved, {},
          "Momentary roll of the display alone."},
    Param{"camera.shake", "Shake", Float, Unit::None, 0, 1, 0, Curve::Linear, kModulatable | kSaved, {},
          "Momentary random shift of the display alone."},
    Param{"look.painting", "Painting", Choice, Unit::None, 0, 5, 1, Curve::Linear, kSaved, kPaintings,
          "How the canvas becomes a picture."},
    Param{"look.pixel_size", "Pixel size", Float, Unit::None, 1, 16, 1, Curve::Linear, kModulatable | kSaved, {},
          "Painting pixels: side of a square, in pixels of the canvas."},
    Param{"look.brush", "Brush size", Float, Unit::None, 0, 1, 0.4f, Curve::Linear, kModulatable | kSaved, {},
          "Size of the brush marks of the painting."},
    Param{"look.detail", "Detail", Float, Unit::None, 0, 1, 0.5f, Curve::Linear, kModulatable | kSaved, {},
          "Sharpening and procedural surface detail along the shapes."},
    Param{"look.coherence", "Clean lines", Float, Unit::None, 0, 2, 1, Curve::Linear, kModulatable | kSaved, {},
          "Smooths the canvas along its lines, so that chains of dots become strokes; 0 shows it as it is painted."},
    Param{"look.relief", "Paint relief", Float, Unit::None, 0, 1, 0.25f, Curve::Linear, kModulatable | kSaved, {},
          "Light that falls on the brush marks as on thick paint."},
    Param{"look.exposure", "Exposure", Float, Unit::None, -3, 3, 0, Curve::Linear, kModulatable | kSaved, {},
          "Brightness in photographic stops."},
    Param{"look.contrast", "Contrast", Float, Unit::None, 0, 2, 1.1f, Curve::Linear, kModulatable | kSaved, {},
          "Contrast about middle grey."},
    Param{"look.saturation", "Saturation", Float, Unit::None, 0, 2, 1.15f, Curve::Linear, kModulatable | kSaved, {},
          "Strength of colour; 0 is black and white."},
    Param{"look.hue", "Hue", Float, Unit::Degrees, -180, 180, 0, Curve::Linear, kModulatable | kSaved, {},
          "Turns all colours around the wheel."},
    Param{"look.warmth", "Warmth", Float, Unit::None, -1, 1, 0, Curve::Linear, kModulatable | kSaved, {},
          "White balance: below 0 cold, above 0 warm."},
    Param{"look.tint", "Duotone", Float, Unit::None, 0, 1, 0, Curve::Linear, kModulatable | kSaved, {},
          "Mixes in two colours instead of all: shadows in tint hue, lights in its complement."},
    Param{"look.tint_hue", "Duotone hue", Float, Unit::Degrees, 0, 360, 220, Curve::Linear, kModulatable | kSaved, {},
          "Hue of the duotone's shadows."},
    Param{"look.posterise", "Posterise", Float, Unit::None, 0, 1, 0, Curve::Linear, kModulatable | kSaved, {},
          "Reduces brightness to a few flat levels."},
    Param{"look.invert", "Invert", Float, Unit::None, 0, 1, 0, Curve::Linear, kModulatable | kSaved, {},
          "Mixes towards the negative."},
    Param{"look.bloom", "Bloom", Float, Unit::None, 0, 1, 0.2f, Curve::Linear, kModulatable | kSaved, {},
          "Glow around bright places."},
    Param{"look.trails", "Trails", Float, Unit::None, 0, 1, 0, Curve::Linear, kModulatable | kSaved, {},
          "How long earlier frames remain, moved on by the camera."},
    Param{"look.trail_zoom", "Trail zoom", Float, Unit::None, -1, 1, 0.1f, Curve::Linear, kModulatable | kSaved, {},
          "Growth of the trails."},
    Param{"look.kaleidoscope", "Kaleidoscope", Int, Unit::None, 0, 12, 0, Curve::Linear, kSaved, {},
          "Number of mirror segments; 0 is off."},
    Param{"look.aberration", "Aberration", Float, Unit::None, 0, 1, 0, Curve::Linear, kModulatable | kSaved, {},
          "Splits red and blue towards the edges."},
    Param{"look.ripple", "Ripple", Float, Unit::None, 0, 1, 0, Curve::Linear, kModulatable | kSaved, {},
          "Waves that run over the picture."},
    Param{"look.flash", "Flash", Float, Unit::None, 0, 1, 0, Curve::Linear, kModulatable | kSaved, {},
          "Momentary brightening towards white; use with care."},
    Param{"look.grain", "Grain", Float, Unit::None, 0, 1, 0.15f, Curve::Linear, kModulatable | kSaved, {},
          "Film grain, at the output's resolution."},
    Param{"look.vignette", "Vignette", Float, Unit::None, 0, 1, 0.3f, Curve::Linear, kModulatable | kSaved, {},
          "Darkens the corners."},
    Param{"output.brightness", "Output brightness", Float, Unit::None, 0, 1, 1, Curve::Linear, kMachine, {},
          "Master fader of the output."},
    Param{"output.gamma", "Output gamma", Float, Unit::None, 0.5f, 2, 1, Curve::Linear, kMachine, {},
          "Corrects projector or wall."},
    Param{"output.fit", "Fit", Choice, Unit::None, 0, 3, 0, Curve::Linear, kMachine, kFits,
          "How the picture fills a window of another shape."},
    Param{"output.fade_seconds", "Blackout fade", Float, Unit::Seconds, 0, 5, 0, Curve::Linear, kMachine, {},
          "Duration of the fade into and out of blackout."},
    Param{"output.fps", "Frame rate", Float, Unit::Hertz, 15, 144, 60, Curve::Linear, kMachine, {},
          "Frame rate of the display where the screen does not set it."},
    Param{"output.flip", "Flip", Choice, Unit::None, 0, 3, 0, Curve::Linear, kMachine, kFlips,
          "Mirrors the output: rear projection, hanging projectors."},
    TITANUS_CROP_ROW("left"), TITANUS_CROP_ROW("right"), TITANUS_CROP_ROW("top"), TITANUS_CROP_ROW("bottom"),
    TITANUS_CORNER_ROWS("top_left", "Top left"), TITANUS_CORNER_ROWS("top_right", "Top right"),
    TITANUS_CORNER_ROWS("bottom_left", "Bottom left"), TITANUS_CORNER_ROWS("bottom_right", "Bottom right"),
    TITANUS_PRIMARY_ROW("red"), TITANUS_PRIMARY_ROW("green"), TITANUS_PRIMARY_ROW("blue"),
    Param{"output.test_card", "Test card", Bool, Unit::None, 0, 1, 0, Curve::Linear, kMachine, {},
          "Grid, circle, ramps and the display's name instead of the picture: to set up a projector."},
    Param{"guard.flash", "Flash guard", Bool, Unit::None, 0, 1, 1, Curve::Linear, kMachine, {},
          "Lowers the contrast of fast flashes to what photosensitive viewers are advised to bear; no medical guarantee."},
    Param{"guard.collapse", "Collapse guard", Float, Unit::None, 0, 1, 0.5f, Curve::Linear, kMachine, {},
          "How firmly a picture that goes grey, garish, noisy or stale is nudged back to life."},
    Param{"guard.fps_floor", "Frame-rate floor", Float, Unit::Hertz, 5, 60, 10, Curve::Linear, kMachine, {},
          "Below this frame rate painting detail, crops and canvas are traded for speed, and given back later."},
    Param{"record.codec", "Recording format", Choice, Unit::None, 0, 2, 0, Curve::Linear, kMachine, kCodecs,
          "h264 for sharing, ffv1 without loss, hap for other show programs."},
};
#undef TITANUS_CORNER_ROWS
#undef TITANUS_CROP_ROW
#undef TITANUS_PRIMARY_ROW

} // namespace titanus::params::rows
