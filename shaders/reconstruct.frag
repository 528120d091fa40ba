#version 410 core
// The canvas as this frame's camera sees it, at painting resolution: mirror segments and waves,
// momentary motion of the display, residual motion of the camera, then a cubic B-spline; or, for the
// painting "pixels", the mean of a block of the canvas's pixels as they are.
// Without these blocks where nothing needs them: software GL runs both sides of every branch.
#ifndef FEATURES
#define FEATURES 7
#endif
#include "common.glsl"
#include "warp.glsl"
in vec2 uv;
out vec4 color;
uniform sampler2D uCanvas;
uniform vec3 uDisplayX, uDisplayY; // inverse of bump, tilt and shake: rows a, b, t
uniform int uSegments;             // kaleidoscope, 0 off
uniform float uRipple, uSeconds;
uniform float uBlock;              // side of a block in pixels of the canvas; 0: B-spline

// Cubic B-spline by four bilinear reads (Sigg and Hadwiger, GPU Gems 2, chapter 20).
vec3 cubic(vec2 at) {
    vec2 size = vec2(textureSize(uCanvas, 0));
    vec2 x = at * size - 0.5, f = fract(x), base = x - f + 0.5;
    vec2 g = 1.0 - f, f2 = f * f, g2 = g * g;
    vec2 w0 = g2 * g / 6.0, w3 = f2 * f / 6.0;
    vec2 w1 = 2.0 / 3.0 - 0.5 * f2 * (2.0 - f), w2 = 1.0 - w0 - w1 - w3;
    vec2 low = w0 + w1, high = w2 + w3;
    vec2 a = (base - 1.0 + w1 / low) / size, b = (base + 1.0 + w3 / high) / size;
    vec3 bottom = mix(texture(uCanvas, vec2(b.x, a.y)).rgb, texture(uCanvas, a).rgb, low.x);
    vec3 top = mix(texture(uCanvas, b).rgb, texture(uCanvas, vec2(a.x, b.y)).rgb, low.x);
    return mix(top, bottom, low.y);
}

// A pixel of the canvas as it was painted: sharpen.frag taken back (the inverse of its kernel, short).
vec3 painted(ivec2 at) {
    const float kBack[3] = float[3](0.7349, 0.11496, 0.01757);
    ivec2 last = textureSize(uCanvas, 0) - 1;
    vec3 sum = vec3(0.0);
    for (int j = -2; j <= 2; ++j)
        for (int i = -2; i <= 2; ++i)
            sum += kBack[abs(i)] * kBack[abs(j)] * texelFetch(uCanvas, clamp(at + ivec2(i, j), ivec2(0), last), 0).rgb;
    return sum;
}

// The mean around the place of whole pixels: nothing is mixed that the block does not hold.
vec3 block(vec2 at) {
    vec2 size = vec2(textureSize(uCanvas, 0));
    int reads = int(ceil(uBlock));
    vec3 sum = vec3(0.0);
    for (int j = 0; j < reads; ++j)
        for (int i = 0; i < reads; ++i) {
            vec2 shift = ((vec2(i, j) + 0.5) / float(reads) - 0.5) * uBlock / size;
            sum += painted(ivec2(clamp(floor(folded(at + shift) * size), vec2(0.0), size - 1.0)));
        }
    return sum / float(reads * reads);
}

void main() {
    vec2 p = pointAt(uv);
#if (FEATURES & 1) != 0
    if (uSegments > 0) {
        float radius = length(p), wedge = kPi / float(uSegments);
        float angle = atan(p.y, p.x) + 0.04 * uSeconds;
        angle = abs(mod(angle, 2.0 * wedge) - wedge);
        p = radius * vec2(cos(angle), sin(angle));
    }
#endif
#if (FEATURES & 2) != 0
    if (uRipple > 0.0) {
        float radius = length(p);
        vec2 out_ = p / max(radius, 1e-4);
        float ring = sin(14.0 * radius - 5.0 * uSeconds) * smoothstep(0.0, 0.25, radius);
        float roll = sin(5.0 * p.y + 1.7 * uSeconds) + sin(7.0 * p.x - 2.3 * uSeconds);
        p += uRipple * (0.045 * ring * out_ + 0.012 * roll);
    }
#endif
    p = vec2(dot(uDisplayX, vec3(p, 1.0)), dot(uDisplayY, vec3(p, 1.0)));
#ifdef FLAT_SPACE
    float luminance = 0.5;
#else
    float luminance = uDepthField == 4 ? luma(texture(uCanvas, folded(uvAt(p))).rgb) : 0.5;
#endif
    vec2 at = uvAt(sourceOf(p, luminance));
#if (FEATURES & 4) != 0
    vec3 c = uBlock > 0.0 ? block(at) : cubic(folded(at));
#else
    vec3 c = cubic(folded(at));
#endif
    if (uBorder == 2) {
        vec2 inside = smoothstep(vec2(0.0), vec2(0.01), at) * smoothstep(vec2(0.0), vec2(0.01), 1.0 - at);
        c *= inside.x * inside.y;
    }
    color = vec4(clamp(c, 0.0, 1.0), 1.0);
}
