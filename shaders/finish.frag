#version 410 core
// Painting to finished picture, at the output's resolution: edges made crisp, the grain of the
// brush, light on the paint, ink, bloom, grade, film grain, dither.
#include "common.glsl"
// Which blocks are compiled, bits as FinishFeature of render/shader_set.h.
#ifndef FEATURES
#define FEATURES 63
#endif
#define HAS_FINE ((FEATURES & 1) != 0)
#define HAS_INK ((FEATURES & 2) != 0)
#define HAS_SURFACE ((FEATURES & 4) != 0)
#define HAS_BLOOM ((FEATURES & 8) != 0)
#define HAS_ABERRATION ((FEATURES & 16) != 0)
#define HAS_TONE ((FEATURES & 32) != 0)
in vec2 uv;
out vec4 color;
uniform sampler2D uPaint, uTensor, uSurface, uBloom, uNoise;
uniform vec2 uAcross, uAlong; // reach of the reads across and along an edge, in uv
uniform ivec2 uNoiseOffset;
uniform float uAspect;
uniform int uFine;           // 1: more reads for smoother edges
uniform int uInk;            // 1: lines and paper
uniform float uCrisp;        // 0..1 how steep edges become
uniform float uSlopeRelief, uEdgeRelief, uStreaks, uSharpen;
uniform float uLineSharpness, uLineLevel;
uniform float uBloomAmount, uAberration, uGain, uContrast, uPosterise, uInvert, uFlash;
uniform mat3 uColor;         // hue, saturation, warmth
uniform float uTint;
uniform vec3 uTintDark, uTintLight;
uniform float uVignette, uGrain, uBrightness, uGamma;

// A colour between a and b, pushed towards whichever it is nearer to: an edge as sharp as the
// output's pixels, whatever the size of the painting.
vec3 steep(vec3 c, vec3 a, vec3 b, float amount) {
    vec3 across = b - a;
    float t = clamp(dot(c - a, across) / (dot(across, across) + 1e-5), 0.0, 1.0);
    float half_ = mix(0.5, 0.16, amount);
    float s = smoothstep(0.5 - half_, 0.5 + half_, t);
    return c + across * (s - t) * smoothstep(0.02, 0.12, length(across)) * amount;
}

// Colours beyond what a screen shows lose saturation, not hue.
vec3 inGamut(vec3 c) {
    float l = clamp(luma(c), 0.0, 1.0);
    float top = max(c.r, max(c.g, c.b)), bottom = min(c.r, min(c.g, c.b));
    float room = min(1.0, min((1.0 - l) / max(top - l, 1e-4), l / max(l - bottom, 1e-4)));
    return clamp(l + (c - l) * room, 0.0, 1.0);
}

// Slope `amount` at middle grey; black and white are approached, never cut.
vec3 contrasted(vec3 c, float amount) {
    if (amount <= 1.0) return 0.5 + (c - 0.5) * amount;
    // Between x and its square: the same slope as the power of it, without a logarithm a channel.
    vec3 x = 2.0 * min(c, 1.0 - c), fromEnd = 0.5 * mix(x, x * x, min(amount, 2.0) - 1.0);
    return mix(fromEnd, 1.0 - fromEnd, step(0.5, c));
}

void main() {
    vec2 centred = (uv * 2.0 - 1.0) * vec2(uAspect, 1.0);
    vec4 shape = shapeOf(texture(uTensor, uv).xyz);
    vec2 along = shape.xy * uAlong, across = vec2(-shape.y, shape.x) * uAcross;
    float clear = shape.z * smoothstep(0.004, 0.02, shape.w);

    vec3 c = texture(uPaint, uv).rgb;
#if HAS_FINE
    if (uFine == 1) // anti-aliases the steps of the smaller painting along the edge
        c = mix(c, 0.5 * (texture(uPaint, uv + along).rgb + texture(uPaint, uv - along).rgb), 0.5 * clear);
#endif
    vec3 left = texture(uPaint, uv - across).rgb, right = texture(uPaint, uv + across).rgb;
    vec3 soft = 0.5 * (left + right);
    // Sharper, but no further than the neighbours: no halos.
    vec3 low = min(c, min(left, right)) - 0.03, high = max(c, max(left, right)) + 0.03;
    c = steep(clamp(c + uSharpen * (c - soft), low, high), left, right, uCrisp * clear);
#if HAS_ABERRATION
    if (uAberration > 0.0) {
        vec2 shift = (uv - 0.5) * dot(centred, centred) * 0.02 * uAberration;
        c.r = mix(c.r, texture(uPaint, uv - shift).r, 1.0);
        c.b = mix(c.b, texture(uPaint, uv + shift).b, 1.0);
    }
#endif

    // Slope of the paint: what light falls on.
    vec2 slope = vec2(-shape.y, shape.x) * luma(right - left) * uEdgeRelief * clear;
#if HAS_SURFACE
    vec4 surface = texture(uSurface, uv); // streaks, slope x and y, lines: each 0.5 at rest
    slope += uSlopeRelief * (surface.yz - 0.5);
    c *= 1.0 + uStreaks * (surface.x - 0.5) * (1.2 - luma(c));
#endif
#if HAS_INK
    if (uInk == 1) {
        float paper = surface.x - 0.5, l = luma(c);
        // The threshold falls on a smooth field, at the output's resolution: a line has no steps.
        float line = smoothstep(-uLineLevel - uLineSharpness, -uLineLevel + uLineSharpness,
                                (surface.w - 0.5) / 6.0 + 0.003 * paper);
        float tones = l * 4.0, tone = (floor(tones) + smoothstep(0.4, 0.6, fract(tones))) / 4.0;
        vec3 wash = clamp(c * (tone + 0.12) / (l + 0.12), 0.0, 1.0);
        wash = mix(vec3(0.96, 0.94, 0.89), wash, 0.85 - 0.45 * l * l);
        float hatch = smoothstep(0.32, 0.06, l) * smoothstep(0.5, 0.6, surface.x);
        wash *= 1.0 + 0.28 * paper - 0.3 * hatch;
        c = mix(c * 0.2 * vec3(0.85, 0.95, 1.25), wash, line);
    }
#endif
    vec3 normal = normalize(vec3(-slope, 1.0));
    const vec3 light = normalize(vec3(-0.45, 0.65, 0.75));
    float lit = dot(normal, light) / light.z;
    float gloss = max(0.0, dot(normal, normalize(light + vec3(0.0, 0.0, 1.0))));
    gloss *= gloss; gloss *= gloss; gloss *= gloss; gloss *= gloss;
    const float flatGloss = 0.237; // the same of a level surface
    c = c * mix(1.0, clamp(lit, 0.35, 1.8), 0.85) + max(gloss - flatGloss, 0.0) * 0.22 * (0.25 + c);

    // Exposure in linear light with the square as encoding is a gain of its root; what goes
    // beyond white is rolled off instead of cut.
    c = clamp(c, 0.0, 1.0) * uGain;
    vec3 over = max(c - 0.8, 0.0) * step(1.001, uGain);
    c += over / (1.0 + 2.5 * over) - over;
#if HAS_BLOOM
    vec3 bloom = clamp(uBloomAmount * texture(uBloom, uv).rgb, 0.0, 1.0);
    c += bloom * max(1.0 - c, 0.0);
#endif
    c = uColor * c;
    c = contrasted(inGamut(c), uContrast);
#if HAS_TONE
    c = mix(c, mix(uTintDark, uTintLight, smoothstep(0.0, 1.0, luma(c))), uTint);
    if (uPosterise > 0.0) {
        float levels = mix(14.0, 2.0, sqrt(uPosterise)), l = luma(c);
        float step_ = l * levels, edge = clamp((fract(step_) - 0.5) / max(fwidth(step_), 1e-3) + 0.5, 0.0, 1.0);
        c = clamp(c * ((floor(step_) + edge) / levels + 0.02) / (l + 0.02), 0.0, 1.0);
    }
    c = mix(c, 1.0 - c, uInvert);
#endif
    c = mix(c, vec3(1.0), uFlash);
    vec2 corner = uv * 2.0 - 1.0;
    float radius = dot(corner, corner);
    c *= 1.0 - uVignette * 0.85 * smoothstep(0.25, 2.2, radius);
    vec4 noise = texelFetch(uNoise, (ivec2(gl_FragCoord.xy) + uNoiseOffset) & 255, 0);
    float film = noise.x + noise.y - 1.0, tone = luma(c);
    c = clamp(c + uGrain * 0.16 * film * (0.35 + tone * (1.0 - tone) * 2.6), 0.0, 1.0);
#if HAS_TONE
    c = pow(c, vec3(1.0 / uGamma));
#endif
    c = c * uBrightness + (noise.z - 0.5) * (0.99 / 255.0);
    color = vec4(c, 1.0);
}
