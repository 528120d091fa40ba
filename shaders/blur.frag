#version 410 core
// One direction of a Gaussian, sigma 2 texels: nine taps in five reads.
in vec2 uv;
out vec4 color;
uniform sampler2D uImage;
uniform vec2 uStep;

void main() {
    vec4 sum = texture(uImage, uv) * 0.2042;
    sum += (texture(uImage, uv + 1.4074 * uStep) + texture(uImage, uv - 1.4074 * uStep)) * 0.3042;
    sum += (texture(uImage, uv + 3.2942 * uStep) + texture(uImage, uv - 3.2942 * uStep)) * 0.0937;
    color = sum;
}
