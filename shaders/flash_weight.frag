#version 410 core
// How much of the previous picture a cell keeps. Alarmed: so much that a strobe above 3 Hz of full
// contrast changes by less than a tenth (a time constant of 1.1 s: tanh(1 / (4 * 3 * 1.1)) = 0.08).
// Cells next to an alarmed one too, since cells are interpolated. Nothing to keep: no fragment.
out vec4 color;
uniform sampler2D uLightRest, uRedRest, uGate;
uniform ivec2 uCells;
uniform float uDt;

void main() {
    float alarm = 0.0;
    ivec2 at = ivec2(gl_FragCoord.xy);
    for (int y = -1; y <= 1; ++y)
        for (int x = -1; x <= 1; ++x) {
            ivec2 from = clamp(at + ivec2(x, y), ivec2(0), uCells - 1);
            alarm = max(alarm, max(abs(texelFetch(uLightRest, from, 0).w), abs(texelFetch(uRedRest, from, 0).w)) - 1.0);
        }
    float firm = texelFetch(uGate, ivec2(0), 0).r * smoothstep(0.0, 0.4, alarm);
    if (firm < 0.01) discard;
    color = vec4(exp(-uDt / (1.1 * firm)));
}
