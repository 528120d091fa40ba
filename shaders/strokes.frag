#version 410 core
// A stroke of the brush: coverage and height of paint from the atlas of brush tips.
in vec2 local;
flat in vec3 paint;
flat in float random;
layout(location = 0) out vec4 color;
layout(location = 1) out vec4 height;
uniform sampler2D uTips; // four tips, one above the other: coverage, height

void main() {
    float tip = floor(random * 4.0);
    vec2 at = local * vec2(fract(random * 8.0) < 0.5 ? 1.0 : -1.0, 0.96) * 0.5 + 0.5;
    vec2 brush = texture(uTips, vec2(at.x, (tip + at.y) * 0.25)).rg;
    if (brush.r < 0.02) discard;
    color = vec4(paint * (0.93 + 0.14 * brush.g), brush.r);
    height = vec4(brush.g, 0.0, 0.0, brush.r);
}
