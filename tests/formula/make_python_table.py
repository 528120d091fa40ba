#!/usr/bin/env python3
"""Writes python_table.txt: formulas and what Python's eval makes of them, as PyTTI would.

Each line: formula, a tab, the value (repr) or "error" where Python raises or gives a complex
number. Names: t, bass, low_mid and their _prev. Run again after adding lines:
    python3 tests/formula/make_python_table.py > tests/formula/python_table.txt
"""
import math
import random

NAMES = {"t": 2.75, "bass": 0.625, "low_mid": -1.5, "t_prev": 2.5, "bass_prev": 0.25, "low_mid_prev": 3.0}


class Np:  # np.f is read as f; only what a show uses
    sin, cos, tan, exp, sqrt, floor, pi = math.sin, math.cos, math.tan, math.exp, math.sqrt, math.floor, math.pi
    arctan2, absolute, sign = math.atan2, abs, lambda x: (x > 0) - (x < 0)
    clip = lambda x, a, b: min(max(x, a), b)
    mod = lambda a, b: a % b


SPACE = {k: getattr(math, k) for k in dir(math) if not k.startswith("_")}
SPACE.update({"abs": abs, "max": max, "min": min, "pow": math.pow, "round": round, "math": math, "np": Np,
              "__builtins__": {}})
SPACE.update(NAMES)

FORMULAS = """
1
.5
5.
1e3
1_000
-2**2
(-2)**2
2**-1
2**3**2
-2**-2
2*3+4
2+3*4
7/2
7//2
-7//2
7//-2
-7.5//2
7%3
-7%3
7%-3
-7.5%2
5.5%-2
-4%2
1/3
1/0
1//0
1%0
0**-1
(-8)**(1/3)
0**0
10.0**400
1 - 2 - 3
2 / 2 / 2
- - 3
+3
--t
not 1
not 0
not t > 2
1 < 2 < 3
1 < 3 < 2
3 > 2 >= 2
1 == 1 == 1
1 != 2
2 < 1 == 0
(2 < 1) == 0
1 and 2
0 and 1/0
0 or 3
2 or 1/0
0 or 0
1 if t > 2 else 2
1 if t > 3 else 2
1 if 0 else 2 if 0 else 3
1/0 if 0 else 4
(1 if bass else 2) + 1
not 1 == 2
not 0 and 1
1 + (2 > 1)
t
bass
low_mid
t_prev
bass - bass_prev
t*2 + bass/low_mid
3*sin(t)**2
fabs(low_mid)
abs(-3)
max(1, 2)
max(bass, low_mid, t)
min(3, 1, 2)
min(nan, 1)
max(1, nan)
max(bass-.25,0)*200
round(2.5)
round(3.5)
round(-2.5)
round(0.5)
round(2.675, 2)
round(0.15, 1)
round(0.25, 1)
round(1234.5678, 2)
round(1250, -2)
round(1350, -2)
round(t)
pow(2, 10)
pow(2, .5)
pow(0, -1)
pow(-8, 1/3)
sin(pi/6)
cos(pi/3)
tan(pi/4)
asin(1)
asin(2)
acos(.5)
acos(-1.01)
atan(1)
atan2(1, -1)
atan2(-0.0, -1)
sinh(1)
cosh(1)
cosh(1000)
tanh(2)
asinh(2)
acosh(2)
acosh(.5)
atanh(.5)
atanh(1)
exp(1)
exp(1000)
exp(-1000)
expm1(1e-10)
log(e)
log(8, 2)
log(0)
log(-1)
log(10, 1)
log10(1000)
log2(8)
log1p(1e-10)
log1p(-1)
sqrt(2)
sqrt(-1)
isqrt(17)
hypot(3, 4)
hypot(1, 2, 3)
degrees(pi)
radians(180)
copysign(3, -0.0)
ceil(1.2)
ceil(-1.2)
floor(-1.2)
floor(1e300)
trunc(-1.7)
floor(inf)
erf(.5)
erfc(.5)
gamma(5)
gamma(.5)
gamma(0)
gamma(-1)
gamma(200)
lgamma(10)
lgamma(-1)
factorial(5)
factorial(-1)
comb(5, 2)
comb(50, 25)
comb(2, 5)
perm(5, 2)
perm(5)
gcd(12, 18)
gcd(0, 7)
fmod(-7, 3)
fmod(7, 0)
remainder(7, 4)
remainder(6, 4)
ldexp(1.5, 3)
isclose(1, 1 + 1e-10)
isclose(1, 1.1)
isfinite(1)
isfinite(inf)
isinf(-inf)
isnan(nan)
inf
-inf
inf - inf
tau/4
math.sin(1)
math.pi
np.sin(t)
np.clip(t, 0, 1)
np.mod(-7, 3)
np.sign(low_mid)
-1700*sin(radians(1.5))
(50+10*t)*sin(t*pi/10)**2
max(bass-.25,0)*150*sin(t/4)+.5
10*bass/(bass+t)
1e308*10
1if t else 2
True + True
False or 5
bass**2**.5
2**-bass
-t**2
-t%2
-(t%2)
t//.5%3
1 < t
1 < t > 2 != 3
t if t else 1/0
(((((1)))))
cos(sin(cos(sin(t))))
""".strip().splitlines()


def random_formula(rng, depth):
    if depth == 0:
        return rng.choice(["t", "bass", "low_mid", "t_prev", "1", "2", "0", ".5", "-3", "7.25"])
    a, b = random_formula(rng, depth - 1), random_formula(rng, rng.randrange(depth))
    kind = rng.randrange(12)
    if kind < 6:
        return f"{a} {rng.choice(['+', '-', '*', '/', '//', '%'])} {b}"
    if kind == 6:
        return f"({a}) ** {rng.choice(['2', '.5', '-1', '3'])}"
    if kind == 7:
        return f"({a} if {b} {rng.choice(['<', '>', '<=', '>=', '==', '!='])} {random_formula(rng, 0)} else {random_formula(rng, depth - 1)})"
    if kind == 8:
        return f"{a} {rng.choice(['and', 'or'])} {b}"
    if kind == 9:
        return f"-({a}) {rng.choice(['%', '//', '*'])} ({b})"
    if kind == 10:
        return f"{rng.choice(['sin', 'cos', 'abs', 'floor', 'exp', 'sqrt', 'round'])}({a})"
    return f"{rng.choice(['min', 'max'])}({a}, {b})"


def value(formula):
    try:
        result = eval(formula, dict(SPACE))
        return "error" if isinstance(result, complex) else repr(float(result))
    except (ArithmeticError, ValueError, TypeError):
        return "error"


if __name__ == "__main__":
    rng = random.Random(5)
    for formula in FORMULAS + [random_formula(rng, 3) for _ in range(400)]:
        print(f"{formula}\t{value(formula)}")
