#version 410 core
// Structure tensor of the colours (Di Zenzo 1986): E, F, G of Scharr derivatives.
in vec2 uv;
out vec4 color;
uniform sampler2D uImage;
uniform vec2 uStep; // distance of two taps, in uv

vec3 at(float x, float y) { return texture(uImage, uv + vec2(x, y) * uStep).rgb; }

void main() {
    vec3 nw = at(-1.0, 1.0), n = at(0.0, 1.0), ne = at(1.0, 1.0), w = at(-1.0, 0.0),
         e = at(1.0, 0.0), sw = at(-1.0, -1.0), s = at(0.0, -1.0), se = at(1.0, -1.0);
    vec3 dx = (3.0 * (ne + se - nw - sw) + 10.0 * (e - w)) / 32.0;
    vec3 dy = (3.0 * (nw + ne - sw - se) + 10.0 * (n - s)) / 32.0;
    color = vec4(dot(dx, dx), dot(dx, dy), dot(dy, dy), 1.0);
}
