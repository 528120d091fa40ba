#version 410 core
// All that the last pass needs to know of the surface of the paint, in one read: streaks of the
// brush, slope, ink lines. Each 0.5 at rest.
in vec2 uv;
out vec4 color;
uniform sampler2D uBristle, uMarks, uLines;
uniform vec2 uTexel, uMarkTexel;
uniform float uBristleSlope, uMarkSlope, uLineGain; // 0 where there is none
uniform float uContrast;
uniform float uLead; // 1: dark lines in the valleys between facets

void main() {
    float h = texture(uBristle, uv).r;
    vec2 slope = uBristleSlope * vec2(texture(uBristle, uv + vec2(uTexel.x, 0.0)).r - h,
                                      texture(uBristle, uv + vec2(0.0, uTexel.y)).r - h);
    float m = texture(uMarks, uv).a;
    slope += uMarkSlope * vec2(texture(uMarks, uv + vec2(uMarkTexel.x, 0.0)).a - m,
                               texture(uMarks, uv + vec2(0.0, uMarkTexel.y)).a - m);
    if (uLead > 0.0) {
        // Heights rise on both sides of the seam between two facets.
        vec2 r = 2.0 * uMarkTexel;
        float bend = texture(uMarks, uv + vec2(r.x, 0.0)).a + texture(uMarks, uv - vec2(r.x, 0.0)).a +
                     texture(uMarks, uv + vec2(0.0, r.y)).a + texture(uMarks, uv - vec2(0.0, r.y)).a - 4.0 * m;
        h = mix(0.5, 0.5 - 0.5 * smoothstep(0.015, 0.07, bend), uLead);
    }
    color = vec4((h - 0.5) * uContrast + 0.5, slope * 0.25 + 0.5,
                 texture(uLines, uv).r * uLineGain + 0.5);
}
