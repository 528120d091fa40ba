#version 410 core
// The picture as cells of mean linear light: what the flash guard judges. Sixteen bilinear reads a
// cell. rgb: linear; a: relative luminance (WCAG 2.2, sRGB).
in vec2 uv;
out vec4 color;
uniform sampler2D uImage;
uniform vec2 uCell; // size of a cell in uv

vec3 linear(vec3 c) { return mix(pow((c + 0.055) / 1.055, vec3(2.4)), c / 12.92, step(c, vec3(0.04045))); }

void main() {
    vec3 sum = vec3(0.0);
    for (int y = 0; y < 4; ++y)
        for (int x = 0; x < 4; ++x)
            sum += linear(texture(uImage, uv + (vec2(x, y) - 1.5) * 0.25 * uCell).rgb);
    sum /= 16.0;
    color = vec4(sum, dot(sum, vec3(0.2126, 0.7152, 0.0722)));
}
