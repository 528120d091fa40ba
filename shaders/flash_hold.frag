#version 410 core
// The previous picture, to be blended over the new one. The weight is dithered: what an 8-bit
// picture would round away arrives on average.
in vec2 uv;
out vec4 color;
uniform sampler2D uPrevious, uWeight, uNoise;
uniform ivec2 uNoiseOffset;

void main() {
    float keep = texture(uWeight, uv).r;
    float noise = texelFetch(uNoise, (ivec2(gl_FragCoord.xy) + uNoiseOffset) & 255, 0).x;
    color = vec4(texture(uPrevious, uv).rgb, 1.0 - (1.0 - keep) * 2.0 * noise);
}
