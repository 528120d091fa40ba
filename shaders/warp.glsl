// The camera, formula for formula as modulation/camera.cpp; a test compares the two.
// Coordinates: centre 0,0; y up; unit = half the picture's height.
uniform int uDepthField;     // 0 flat, 1 plane, 2 tunnel, 3 sphere, 4 luminance
uniform float uSpaceRelief;
uniform float uPerspective;  // 0 true, 1 as 1 / depth squared
uniform float uAspect;
uniform vec3 uInverseX;      // inverse of the motion's affine view, rows: a, b, tx
uniform vec3 uInverseY;      // c, d, ty
uniform vec3 uTravel;        // dolly, truck x, truck y
uniform vec2 uTurn;          // tan(yaw), tan(pitch)

float depthAt(vec2 p, float luminance) {
#ifdef FLAT_SPACE // software GL would compute every branch
    return 1.0;
#endif
    float relief = uSpaceRelief, radius = length(p), depth = 1.0;
    if (uDepthField == 1) depth = 1.0 / (1.0 + relief * clamp(1.2 * -p.y, -0.6, 1.2));
    else if (uDepthField == 2) depth = 1.0 / (0.45 + relief * 0.75 * radius + (1.0 - relief) * 0.55);
    else if (uDepthField == 3) depth = 1.0 - relief * 0.6 * (exp(-1.2 * radius * radius) - 0.4);
    else if (uDepthField == 4) depth = 1.0 - relief * 1.2 * (luminance - 0.5);
    return clamp(depth, 0.25, 4.0);
}

vec2 sourceOf(vec2 p, float luminance) {
    float depth = depthAt(p, luminance);
    float pull = 1.0 + uPerspective * (1.0 / depth - 1.0);
    float grow = max(depth - uTravel.x * pull, 0.2 * depth) / depth;
    vec3 q = vec3(p * grow + uTravel.yz / depth + uTurn, 1.0);
    return vec2(dot(uInverseX, q), dot(uInverseY, q));
}

vec2 pointAt(vec2 uv) { return (uv * 2.0 - 1.0) * vec2(uAspect, 1.0); }
vec2 uvAt(vec2 p) { return p / vec2(uAspect, 1.0) * 0.5 + 0.5; }
// The border, folded by hand: software GL reads a clamped texture several times faster than a
// mirrored one.
uniform int uBorder;         // 0 mirror, 1 wrap, 2 black, 3 smear
vec2 folded(vec2 uv) {
    if (uBorder == 0) return 1.0 - abs(1.0 - mod(uv, 2.0));
    if (uBorder == 1) return fract(uv);
    return uv;
}
