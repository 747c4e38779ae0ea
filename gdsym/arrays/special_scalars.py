"""The helper functions around `scipy.special` for one number: they branch, where those over arrays choose."""

from __future__ import annotations

from typing import Final

FRACTION: Final = (
    "    d = u + n + 160\n    for k in range(80, 0, -1):\n        d = u + n + 2*(k - 1) - k*(n + k - 1)/d\n"
)
LOG_I0: Final = (
    "def log_i0(u, s):  # log I_0(u), where s is its scaled value: by its power series near 0\n"
    "    a = abs(u)\n"
    "    if a >= 0.5:\n"
    "        return a + math.log(s)\n"
    "    x, total = a*a/4, 0.0\n"
    "    for k in range(7, 0, -1):\n"
    "        total = (total + 1.0)*x/(k*k)\n"
    "    return math.log1p(total)"
)
GAMMAINC: Final = (
    "def gammainc(a, u):  # the lower incomplete gamma function over gamma(a); for u < 0 it is real if a is whole\n"
    "    if u >= 0:\n"
    "        return special.gammainc(a, u)\n"
    "    if a != math.floor(a):\n"
    "        return math.nan\n"
    "    return (1.0 if a % 2 == 0 else -1.0)*abs(u)**a/math.gamma(a + 1)*special.hyp1f1(a, a + 1, -u)"
)
GAMMAUPPER: Final = (
    "def gammaupper_e(a, u):  # exp(u) times the integral of t^(a - 1) exp(-t) from u on: a continued fraction far out\n"
    "    if u < 0:\n"
    "        return math.exp(u)*(1 - gammainc(a, u))*math.gamma(a)\n"
    "    if u < 1 or u < a:\n"
    "        return math.exp(u)*special.gammaincc(a, u)*math.gamma(a)\n"
    "    n = 1 - a\n" + FRACTION + "    return u**a/d"
)
LOG_UPPER_SHARE: Final = (
    "def log_upper_share(a, u):  # the log of Gamma(a, u)/Gamma(a): by what it lacks of 1, or far out by the continued fraction\n"
    "    if u < a:\n"
    "        return math.log1p(-gammainc(a, u))\n"
    "    share = special.gammaincc(a, u)\n"
    "    if share >= 1e-280:\n"
    "        return math.log(share)\n"
    "    n = 1 - a\n" + FRACTION + "    return a*math.log(u) - u - math.lgamma(a) - math.log(d)"
)
LOG_LOWER_SHARE: Final = (
    "def log_lower_share(a, u):  # the log of 1 less that: by what it lacks of 1, or near 0 by u^a\n"
    "    if u >= a:\n"
    "        return math.log1p(-special.gammaincc(a, u))\n"
    "    share = gammainc(a, u)\n"
    "    if share >= 1e-280 or share < 0 or u < 0:\n"
    "        return math.log(share)\n"
    "    return a*math.log(u) - u - math.lgamma(a + 1) + math.log(special.hyp1f1(1.0, a + 1, u))"
)
EXPN: Final = (
    "def expn_e(n, u):  # exp(u) times the integral of exp(-u t)/t^n from 1 on, n = 1, 2, ...: a continued fraction far out\n"
    "    if not u >= 1:\n"
    "        return math.exp(u)*special.expn(n, u)\n" + FRACTION + "    return 1/d"
)
ELLIPTIC_F: Final = (
    "def elliptic_f(u, m):  # by Carlson's integral beyond m = 1, where SciPy's own has no value\n"
    "    s, c = math.sin(u), math.cos(u)\n"
    "    square, rest = c*c, 1 - m*s*s\n"
    "    if m <= 1 or abs(u) > math.pi/2:\n"
    "        return special.ellipkinc(u, m)\n"
    "    return s*special.elliprf(square, rest, 1.0)"
)
ELLIPTIC_E: Final = (
    "def elliptic_e(u, m):  # by Carlson's integrals beyond m = 1, where SciPy's own has no value\n"
    "    s, c = math.sin(u), math.cos(u)\n"
    "    square, rest = c*c, 1 - m*s*s\n"
    "    if m <= 1 or abs(u) > math.pi/2:\n"
    "        return special.ellipeinc(u, m)\n"
    "    return s*special.elliprf(square, rest, 1.0) - m*s**3/3*special.elliprd(square, rest, 1.0)"
)
ELLIPTIC_PI: Final = (
    "def elliptic_pi(n, u, m):  # by Carlson's integrals, in the period around 0; NaN where it is not real\n"
    "    turns = math.floor(u/math.pi + 0.5)\n"
    "    s, c = math.sin(u - math.pi*turns), math.cos(u)\n"
    "    square, rest, other = c*c, 1 - m*s*s, 1 - n*s*s\n"
    "    if other <= 0 or (turns != 0 and n >= 1):\n"
    "        return math.nan\n"
    "    part = s*special.elliprf(square, rest, 1.0) + n*s**3/3*special.elliprj(square, rest, 1.0, other)\n"
    "    if turns == 0:\n"
    "        return part\n"
    "    rest, other = 1 - m, 1 - n\n"
    "    return part + 2*turns*(special.elliprf(0.0, rest, 1.0) + n/3*special.elliprj(0.0, rest, 1.0, other))"
)
ELLIPD: Final = (
    "def ellipd(m):  # (K(m) - E(m))/m, by Carlson's integral\n"
    "    rest = 1 - m\n"
    "    return special.elliprd(0.0, rest, 1.0)/3"
)
LAMBERT_RATIO: Final = "def lambert_ratio(w, u, start):  # W(u e^z)/u for w = W(u e^z), at u = 0 it is e^z\n    return w/u if u != 0 else start"
LAMBERT_EXP: Final = (
    "def lambert_exp(q, z):  # W(q e^z), where e^z is beyond the floats omega(z + log q)\n"
    "    if q > 0 and abs(z) > 700:\n"
    "        total = z + math.log(q)\n"
    "        return special.wrightomega(total)\n"
    "    return lambertw(q*math.exp(z), 0)"
)
LAMBERTW: Final = (
    "def lambertw(u, branch):  # by Halley's steps; NaN where it is not real\n"
    "    near = math.e*u + 1.0\n"
    "    if u == 0.0 or u == math.inf:\n"
    "        return u if branch == 0 else -math.inf if u == 0.0 else math.nan\n"
    "    if near < 0.0 or (branch != 0 and u > 0.0):\n"
    "        return math.nan\n"
    "    if near < 0.5:\n"
    "        p = math.sqrt(2.0*near) if branch == 0 else -math.sqrt(2.0*near)\n"
    "        w = -1.0 + p*(1.0 + p*(-1.0/3.0 + p*11.0/72.0))\n"
    "    elif abs(u) < 3.0 and branch == 0:\n"
    "        w = math.log1p(u)\n"
    "    else:\n"
    "        w = math.log(abs(u))\n"
    "        w -= math.log(abs(w))\n"
    "    for step in range(20):\n"
    "        e = math.exp(w)\n"
    "        over, more = w*e - u, w + 1.0\n"
    "        if more == 0.0:\n"
    "            return w\n"
    "        change = over/(e*more - (w + 2.0)/(2.0*more)*over)\n"
    "        w -= change\n"
    "        if abs(change) <= 1e-15*abs(w):\n"
    "            return w\n"
    "    return w"
)

OF_ONE: Final[dict[str, str]] = {
    "log_i0": LOG_I0,
    "gammainc": GAMMAINC,
    "gammaupper_e": GAMMAUPPER,
    "log_upper_share": LOG_UPPER_SHARE,
    "log_lower_share": LOG_LOWER_SHARE,
    "expn_e": EXPN,
    "elliptic_f": ELLIPTIC_F,
    "elliptic_e": ELLIPTIC_E,
    "elliptic_pi": ELLIPTIC_PI,
    "ellipd": ELLIPD,
    "lambert_ratio": LAMBERT_RATIO,
    "lambert_exp": LAMBERT_EXP,
}
