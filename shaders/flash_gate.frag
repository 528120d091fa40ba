#version 410 core
// One texel over all cells. r: 1 while more than a fifth of the picture is alarmed (the guideline
// allows a quarter), fading after; g, b: general and red flashes a second where more than a quarter
// flashes, else 0; a: share alarmed.
out vec4 gate;
uniform sampler2D uLight, uLightRest, uRed, uRedRest, uGate;
uniform ivec2 uCells;
uniform float uDt;
uniform int uAnew;

float rate(vec4 recent, vec4 rest) {
    if (rest.y <= 1.0) return 2.5 / max(rest.y - recent.x, 1e-3); // pairs among the last six changes
    vec4 inside = step(recent, vec4(1.0));
    return 0.5 * (dot(inside, vec4(1.0)) + step(rest.x, 1.0));
}

void main() {
    float alarmed = 0.0;
    vec2 flashing = vec2(0.0), rates = vec2(0.0);
    for (int y = 0; y < uCells.y; ++y)
        for (int x = 0; x < uCells.x; ++x) {
            ivec2 at = ivec2(x, y);
            vec4 lightRest = texelFetch(uLightRest, at, 0), redRest = texelFetch(uRedRest, at, 0);
            alarmed += max(abs(lightRest.w), abs(redRest.w)) > 1.0 ? 1.0 : 0.0;
            vec2 now = vec2(rate(texelFetch(uLight, at, 0), lightRest), rate(texelFetch(uRed, at, 0), redRest));
            vec2 counts = step(vec2(1.0), now);
            flashing += counts;
            rates += counts * now;
        }
    float all = float(uCells.x * uCells.y);
    vec2 shown = step(vec2(0.25 * all), flashing) * rates / max(flashing, vec2(1.0));
    float before = uAnew == 1 ? 0.0 : texelFetch(uGate, ivec2(0), 0).r;
    gate = vec4(alarmed > 0.2 * all ? 1.0 : max(0.0, before - 2.0 * uDt), shown, alarmed / all);
}
