#version 410 core
// Painting to finished picture, at the output's resolution: edges made crisp, the grain of the
// brush, light on the paint, ink, bloom, grade, film grain, dither.
#include "common.glsl"
in vec2 uv;
out vec4 color;
uniform sampler2D uPaint, uTensor, uBristle, uHeight, uLines, uBloom, uScene;
uniform vec2 uPaintTexel, uBristleTexel, uHeightTexel;
uniform float uAspect, uSeconds;
uniform uint uFrame, uSeed;
uniform int uFine;        // 1: more reads for smoother edges
uniform int uInk;         // 1: lines and paper
uniform float uCrisp;     // 0..1 how steep edges become
uniform float uHeightRelief; // light on the height map of marks, 0: there is none
uniform float uBristleRelief, uEdgeRelief, uStreaks, uSharpen;
uniform float uLineSharpness, uLineLevel;
uniform float uBloomAmount, uAberration, uExposure, uContrast, uPosterise, uInvert, uFlash;
uniform mat3 uColor;      // hue, saturation, warmth
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

void main() {
    vec2 centred = (uv * 2.0 - 1.0) * vec2(uAspect, 1.0);
    vec4 shape = shapeOf(texture(uTensor, uv).xyz);
    vec2 along = shape.xy * uPaintTexel, across = vec2(-shape.y, shape.x) * uPaintTexel;
    float clear = shape.z * smoothstep(0.004, 0.02, shape.w);

    vec3 c = texture(uPaint, uv).rgb;
    if (uFine == 1) // anti-aliases the steps of the smaller painting along the edge
        c = mix(c, 0.5 * (texture(uPaint, uv + 0.8 * along).rgb + texture(uPaint, uv - 0.8 * along).rgb), 0.5 * clear);
    vec3 left = texture(uPaint, uv - 1.2 * across).rgb, right = texture(uPaint, uv + 1.2 * across).rgb;
    vec3 soft = 0.5 * (left + right);
    vec3 sharp = clamp(c + uSharpen * (c - soft), min(left, right) - 0.04, max(left, right) + 0.04);
    c = steep(mix(c, sharp, uSharpen > 0.0 ? 1.0 : 0.0), left, right, uCrisp * clear);
    if (uAberration > 0.0) {
        vec2 shift = (uv - 0.5) * dot(centred, centred) * 0.02 * uAberration;
        c.r = mix(c.r, texture(uPaint, uv - shift).r, 1.0);
        c.b = mix(c.b, texture(uPaint, uv + shift).b, 1.0);
    }

    // Height of the paint: its slope is what light falls on.
    vec2 slope = vec2(-shape.y, shape.x) * luma(right - left) * uEdgeRelief * clear;
    if (uStreaks + uBristleRelief > 0.0) {
        float h = texture(uBristle, uv).r;
        float hx = texture(uBristle, uv + vec2(uBristleTexel.x, 0.0)).r;
        float hy = texture(uBristle, uv + vec2(0.0, uBristleTexel.y)).r;
        slope += uBristleRelief * vec2(hx - h, hy - h);
        float l = luma(c);
        c *= 1.0 + uStreaks * (h - 0.5) * (1.2 - l);
    }
    if (uHeightRelief > 0.0) {
        float h = texture(uHeight, uv).r;
        float hx = texture(uHeight, uv + vec2(uHeightTexel.x, 0.0)).r;
        float hy = texture(uHeight, uv + vec2(0.0, uHeightTexel.y)).r;
        slope += uHeightRelief * vec2(hx - h, hy - h);
    }
    if (uInk == 1) {
        float grain = texture(uBristle, uv).r - 0.5;
        // The threshold falls on a smooth field, at the output's resolution: a line has no steps.
        float line = smoothstep(-uLineLevel - uLineSharpness, -uLineLevel + uLineSharpness,
                                texture(uLines, uv).r + 0.004 * grain);
        float l = luma(c);
        float tones = 4.0, tone = (floor(l * tones) + smoothstep(0.42, 0.58, fract(l * tones))) / tones;
        vec3 wash = clamp(c * (tone + 0.12) / (l + 0.12), 0.0, 1.0);
        wash = mix(vec3(0.96, 0.94, 0.89), wash, 0.82 - 0.5 * l * l);
        float hatch = smoothstep(0.30, 0.05, l) * smoothstep(0.47, 0.53, texture(uBristle, uv).r);
        wash *= 1.0 + 0.5 * grain - 0.25 * hatch;
        vec3 ink = c * 0.18 * vec3(0.9, 0.95, 1.2);
        c = mix(ink, wash, line);
    }
    vec3 normal = normalize(vec3(-slope, 1.0));
    const vec3 light = normalize(vec3(-0.45, 0.65, 0.75));
    float lit = dot(normal, light) / light.z;
    float gloss = max(0.0, dot(normal, normalize(light + vec3(0.0, 0.0, 1.0))));
    gloss = gloss * gloss; gloss = gloss * gloss; gloss = gloss * gloss; gloss = gloss * gloss;
    const float flatGloss = 0.237; // the same of a level surface
    c = c * mix(1.0, clamp(lit, 0.35, 1.8), 0.85) + max(gloss - flatGloss, 0.0) * 0.22 * (0.25 + c);

    // Light: linear, by the square as encoding.
    if (uBloomAmount > 0.0 || uExposure != 1.0) {
        vec3 linear = clamp(c, 0.0, 1.0);
        linear = linear * linear + uBloomAmount * texture(uBloom, uv).rgb;
        linear *= uExposure;
        vec3 over = max(linear - 0.7, 0.0);
        c = sqrt(min(linear, 0.7) + over / (1.0 + over * 2.0));
    }
    c = uColor * c;
    c = (c - 0.5) * uContrast + 0.5;
    c = clamp(c, 0.0, 1.0);
    if (uTint > 0.0) c = mix(c, mix(uTintDark, uTintLight, smoothstep(0.0, 1.0, luma(c))), uTint);
    if (uPosterise > 0.0) {
        float levels = mix(14.0, 2.0, sqrt(uPosterise)), l = luma(c);
        float step_ = l * levels, edge = clamp((fract(step_) - 0.5) / max(fwidth(step_), 1e-3) + 0.5, 0.0, 1.0);
        c = clamp(c * ((floor(step_) + edge) / levels + 0.02) / (l + 0.02), 0.0, 1.0);
    }
    c = mix(c, 1.0 - c, uInvert);
    c = mix(c, vec3(1.0), uFlash);
    float radius = length(uv * 2.0 - 1.0);
    c *= 1.0 - uVignette * 0.85 * smoothstep(0.45, 1.5, radius);
    uvec2 pixel = uvec2(gl_FragCoord.xy);
    uint noise = pcg(pixel.x + pcg(pixel.y + pcg(uFrame + uSeed * 9176u)));
    if (uGrain > 0.0) {
        float film = unit(noise) + unit(pcg(noise)) - 1.0, l = luma(c);
        c += uGrain * 0.16 * film * (0.35 + l * (1.0 - l) * 2.6);
    }
    c = clamp(c, 0.0, 1.0);
    if (uGamma != 1.0) c = pow(c, vec3(1.0 / uGamma));
    c *= uBrightness;
    c += (unit(noise ^ 0x9e3779b9u) - 0.5) / 255.0;
    color = vec4(c, 1.0);
}
