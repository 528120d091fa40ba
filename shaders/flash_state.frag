#version 410 core
// Each cell's history of opposing changes: when the last six were, and the extreme that the signal
// reached since. A seventh within a second is more than three flashes: the cell is alarmed.
// Light: relative luminance; counts from 0.08 on if the darker state is below 0.8 (the guideline
// says 0.1; finer here, because cells are means). Red: chroma towards red, from 0.17 on (guideline:
// 0.2 of CIE 1976 u'v' with one state a saturated red).
layout(location = 0) out vec4 light;     // ages of the last four changes, seconds, newest first
layout(location = 1) out vec4 lightRest; // ages of the fifth and sixth, extreme, +-(1 + alarm seconds)
layout(location = 2) out vec4 red;
layout(location = 3) out vec4 redRest;
uniform sampler2D uGrid, uLight, uLightRest, uRed, uRedRest;
uniform float uDt;
uniform int uAnew;

const float kWindow = 1.0, kHold = 1.2, kNever = 1000.0;

// Distance from white along the way to the red primary in CIE 1976 u'v'; dark colours have none.
float redness(vec3 c) {
    vec3 xyz = mat3(0.4124, 0.2126, 0.0193, 0.3576, 0.7152, 0.1192, 0.1805, 0.0722, 0.9505) * c;
    float d = xyz.x + 15.0 * xyz.y + 3.0 * xyz.z;
    vec2 white = vec2(0.1978, 0.4683), primary = vec2(0.4507, 0.5229);
    vec2 chroma = d > 1e-6 ? vec2(4.0 * xyz.x, 9.0 * xyz.y) / d : white;
    return dot(chroma - white, normalize(primary - white)) * smoothstep(0.004, 0.02, c.r + c.g + c.b);
}

void advance(float signal, float least, float brightest, inout vec4 recent, inout vec4 rest) {
    recent = min(recent + uDt, kNever);
    rest.xy = min(rest.xy + uDt, kNever);
    float direction = sign(rest.w), alarm = max(abs(rest.w) - 1.0 - uDt, 0.0), extreme = rest.z;
    float change = signal - extreme;
    if (direction * change > 0.0) {
        extreme = signal; // further the same way
    } else if (abs(change) >= least && min(signal, extreme) < brightest) {
        direction = sign(change);
        extreme = signal;
        if (rest.y <= kWindow) alarm = kHold; // with this one: seven within the window
        rest.xy = vec2(recent.w, rest.x);
        recent = vec4(0.0, recent.xyz);
    }
    rest.zw = vec2(extreme, direction * (1.0 + alarm));
}

void main() {
    ivec2 at = ivec2(gl_FragCoord.xy);
    vec4 grid = texelFetch(uGrid, at, 0);
    float toRed = redness(grid.rgb);
    if (uAnew == 1) {
        light = red = vec4(kNever);
        lightRest = vec4(kNever, kNever, grid.a, 0.0);
        redRest = vec4(kNever, kNever, toRed, 0.0);
        return;
    }
    light = texelFetch(uLight, at, 0);
    lightRest = texelFetch(uLightRest, at, 0);
    advance(grid.a, 0.08, 0.8, light, lightRest);
    red = texelFetch(uRed, at, 0);
    redRest = texelFetch(uRedRest, at, 0);
    advance(toRed, 0.17, 10.0, red, redRest);
}
