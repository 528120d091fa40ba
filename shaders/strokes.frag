#version 410 core
// A stroke of the brush from the atlas of brush tips. Colour with the height of the paint as its
// fourth channel; the coverage of both is the second source of the blend.
in vec2 local;
flat in vec3 paint;
flat in float random;
layout(location = 0, index = 0) out vec4 color;
layout(location = 0, index = 1) out vec4 coverage;
uniform sampler2D uTips; // four tips, one above the other: coverage, height

void main() {
    float tip = floor(random * 4.0);
    vec2 at = local * vec2(fract(random * 8.0) < 0.5 ? 1.0 : -1.0, 0.96) * 0.5 + 0.5;
    vec2 brush = texture(uTips, vec2(at.x, (tip + at.y) * 0.25)).rg;
    color = vec4(paint * (0.93 + 0.14 * brush.g), brush.g);
    coverage = vec4(brush.r);
}
