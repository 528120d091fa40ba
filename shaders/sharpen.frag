#version 410 core
// A published canvas made ready: turned bottom row first, and sharpened so that the cubic B-spline
// of reconstruct.frag restores it instead of blurring it (a short approximation of the B-spline's
// inverse: 1 at rest, 1.9 instead of 3 at the finest detail).
in vec2 uv;
out vec4 color;
uniform sampler2D uImage; // top row first

void main() {
    vec4 sum = vec4(0.0);
    ivec2 size = textureSize(uImage, 0);
    ivec2 at = ivec2(gl_FragCoord.x, float(size.y) - gl_FragCoord.y);
    for (int y = -1; y <= 1; ++y)
        for (int x = -1; x <= 1; ++x) {
            float weight = (x == 0 ? 1.44 : -0.22) * (y == 0 ? 1.44 : -0.22);
            sum += weight * texelFetch(uImage, clamp(at + ivec2(x, y), ivec2(0), size - 1), 0);
        }
    color = vec4(sum.rgb, 1.0);
}
