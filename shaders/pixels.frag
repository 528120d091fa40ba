#version 410 core
// Squares: one pixel of a small picture is one square, crisp, with edges smoothed over one pixel of the
// painting. Between the middles of two squares the bilinear read is steepened so that the change
// happens within that one pixel.
in vec2 uv;
out vec4 color;
uniform sampler2D uImage; // the small picture, linear, clamped
uniform vec2 uSteep;      // pixels of the painting in a square

void main() {
    vec2 size = vec2(textureSize(uImage, 0));
    vec2 x = uv * size - 0.5, base = floor(x), part = clamp((x - base - 0.5) * uSteep + 0.5, 0.0, 1.0);
    color = texture(uImage, (base + part + 0.5) / size);
}
