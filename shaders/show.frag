#version 410 core
// A finished picture into a window: placed, pinned to four corners, balanced for the wall.
in vec2 uv;
out vec4 color;
uniform sampler2D uImage;
uniform mat3 uPin;            // viewport to unpinned output, perspective
uniform vec4 uShown;          // of the output: left, bottom, width, height of the picture; black around
uniform vec2 uScale, uOffset; // place on the shown part to uv of the picture
uniform vec3 uGain;

void main() {
    vec3 p = uPin * vec3(uv, 1.0);
    vec2 at = (p.xy / p.z - uShown.xy) / uShown.zw;
    vec2 edge = clamp(min(at, 1.0 - at) / max(fwidth(at), vec2(1e-6)) + 0.5, 0.0, 1.0);
    float inside = p.z > 0.0 ? edge.x * edge.y : 0.0;
    color = vec4(texture(uImage, at * uScale + uOffset).rgb * uGain * inside, 1.0);
}
