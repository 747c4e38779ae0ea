"""Helper functions of generated code around `scipy.special`: tails on a scale of their own, real branches, whole degrees."""

from __future__ import annotations

from typing import Final

LOG_I0: Final = (
    "def log_i0(u, s):  # log I_0(u), where s is its scaled value: by its power series near 0\n"
    "    a = np.abs(u)\n"
    "    x, total = np.minimum(a, 0.5)**2/4, 0.0\n"
    "    for k in range(7, 0, -1):\n"
    "        total = (total + 1)*x/(k*k)\n"
    "    return np.where(a < 0.5, np.log1p(total), a + np.log(s))[()]"
)
FRACTION: Final = (
    "d = far + n + {last}\n    for k in range(80, 0, -1):\n        d = far + n + 2*(k - 1) - k*(n + k - 1)/d\n"
)
GAMMAINC: Final = (
    "def gammainc(a, u):  # the lower incomplete gamma function over gamma(a); for u < 0 it is real if a is whole\n"
    "    below = np.power(np.minimum(u, 0.0), a)/special.gamma(a + 1)*special.hyp1f1(a, a + 1, np.maximum(-u, 0.0))\n"
    "    return np.where(np.less(u, 0), np.where(a == np.rint(a), below, np.nan), special.gammainc(a, u))[()]"
)
GAMMAUPPER: Final = (
    "def gammaupper_e(a, u):  # exp(u) times the integral of t^(a - 1) exp(-t) from u on: a continued fraction far out\n"
    "    n, far = 1 - a, np.maximum(u, np.maximum(1.0, a))\n"
    "    "
    + FRACTION.format(last=160)
    + "    share = np.where(np.less(u, 0), 1 - gammainc(a, u), special.gammaincc(a, u))\n"
    "    near = np.exp(np.minimum(u, far))*share*special.gamma(a)\n"
    "    return np.where(np.less(u, far), near, far**a/d)[()]"
)
LOG_UPPER_SHARE: Final = (
    "def log_upper_share(a, u):  # the log of Gamma(a, u)/Gamma(a): by what it lacks of 1, or far out by the continued fraction\n"
    "    share = special.gammaincc(a, u)\n"
    "    n, far = 1 - a, np.maximum(u, np.maximum(1.0, a))\n"
    "    " + FRACTION.format(last=160) + "    log = a*np.log(far) - far - special.gammaln(a) - np.log(d)\n"
    "    near = np.where(np.less(u, a), np.log1p(-gammainc(a, u)), np.log(share))\n"
    "    return np.where(np.less(share, 1e-280), log, near)[()]"
)
LOG_LOWER_SHARE: Final = (
    "def log_lower_share(a, u):  # the log of 1 less that: by what it lacks of 1, or near 0 by u^a\n"
    "    share = gammainc(a, u)\n"
    "    far = a*np.log(np.abs(u)) - u - special.gammaln(a + 1) + np.log(special.hyp1f1(1, a + 1, np.minimum(u, a)))\n"
    "    near = np.where(np.less(u, a), np.log(share), np.log1p(-special.gammaincc(a, u)))\n"
    "    return np.where((share >= 0) & (share < 1e-280), far, near)[()]"
)
EXPN: Final = (
    "def expn_e(n, u):  # exp(u) times the integral of exp(-u t)/t^n from 1 on, n = 1, 2, ...: a continued fraction far out\n"
    "    far = np.maximum(u, 1.0)\n"
    "    "
    + FRACTION.format(last=160)
    + "    return np.where(np.less(u, 1), np.exp(np.minimum(u, 1))*special.expn(int(n), u), 1/d)[()]"
)
EXPINT: Final = (
    "def expint_e(n, u):  # exp(u) times the integral of exp(-u t)/t^n from 1 on: a continued fraction far out\n"
    "    n, u = np.broadcast_arrays(np.asarray(n, dtype=float), np.asarray(u, dtype=float))\n"
    "    far, steps = np.maximum(u, 1.0), np.maximum(np.floor(n), 0)\n"
    "    "
    + FRACTION.format(last=160)
    + "    part = n - steps  # below 1: an incomplete gamma function; upwards by the recurrence\n"
    "    near = u**(part - 1)*special.gammaincc(1 - part, u)*special.gamma(1 - part)\n"
    "    for k in range(int(np.max(np.where(u < 1, steps, 0), initial=0))):\n"
    "        near = np.where(k < steps, (np.exp(-u) - u*near)/(part + k), near)\n"
    "    whole = (n == steps) & (n > 0)\n"
    "    near = np.where(whole, special.expn(np.where(whole, n, 1).astype(int), u), near)\n"
    "    return np.where(u < 1, np.exp(np.minimum(u, 1))*near, 1/d)[()]"
)
LAMBERTW: Final = (
    "def lambertw(u, branch):  # NaN where it is not real\n"
    "    w = special.lambertw(u, branch)\n"
    "    return np.where(w.imag == 0, w.real, np.nan)[()]"
)
LAMBERT_RATIO: Final = (
    "def lambert_ratio(w, u, start):  # W(u e^z)/u for w = W(u e^z), at u = 0 it is e^z\n"
    "    return np.where(np.equal(u, 0), start, w/np.where(np.equal(u, 0), 1, u))[()]"
)
LAMBERT_EXP: Final = (
    "def lambert_exp(q, z):  # W(q e^z), where e^z is beyond the floats omega(z + log q)\n"
    "    far = np.greater(q, 0) & (np.abs(z) > 700)\n"
    "    whole = special.wrightomega(z + np.log(np.where(far, q, 1)))\n"
    "    return np.where(far, whole, lambertw(q*np.exp(np.where(far, 0, z)), 0))[()]"
)
CI: Final = (
    "def cosine_integral(u):  # real for u > 0\n    return np.where(np.less(u, 0), np.nan, special.sici(u)[1])[()]"
)
CHI: Final = (
    "def cosh_integral(u):  # real for u > 0\n    return np.where(np.less(u, 0), np.nan, special.shichi(u)[1])[()]"
)
ELLIPD: Final = "def ellipd(m):  # (K(m) - E(m))/m, by Carlson's integral\n    return special.elliprd(0, 1 - m, 1)/3"
ELLIPTIC_F: Final = (
    "def elliptic_f(u, m):  # by Carlson's integral beyond m = 1, where SciPy's own has no value\n"
    "    s, c = np.sin(u), np.cos(u)\n"
    "    inside = (np.less_equal(m, 1)) | (np.abs(u) > np.pi/2)\n"
    "    beyond = s*special.elliprf(c*c, np.where(inside, 1, 1 - m*s*s), 1)\n"
    "    return np.where(inside, special.ellipkinc(u, m), beyond)[()]"
)
ELLIPTIC_E: Final = (
    "def elliptic_e(u, m):  # by Carlson's integrals beyond m = 1, where SciPy's own has no value\n"
    "    s, c = np.sin(u), np.cos(u)\n"
    "    inside = (np.less_equal(m, 1)) | (np.abs(u) > np.pi/2)\n"
    "    rest = np.where(inside, 1, 1 - m*s*s)\n"
    "    beyond = s*special.elliprf(c*c, rest, 1) - m*s**3/3*special.elliprd(c*c, rest, 1)\n"
    "    return np.where(inside, special.ellipeinc(u, m), beyond)[()]"
)
ELLIPTIC_PI: Final = (
    "def elliptic_pi(n, u, m):  # by Carlson's integrals, in the period around 0; NaN where it is not real\n"
    "    turns = np.rint(u/np.pi)\n"
    "    s, c = np.sin(u - np.pi*turns), np.cos(u)\n"
    "    part = s*special.elliprf(c*c, 1 - m*s*s, 1) + n*s**3/3*special.elliprj(c*c, 1 - m*s*s, 1, 1 - n*s*s)\n"
    "    whole = special.elliprf(0, 1 - m, 1) + n/3*special.elliprj(0, 1 - m, 1, 1 - n)\n"
    "    total = np.where(turns == 0, part, part + 2*turns*np.where(np.less(n, 1), whole, np.nan))\n"
    "    return np.where(n*s*s < 1, total, np.nan)[()]"
)


def _polynomial(name: str, more: str = "", below: str = "") -> str:
    """One of a whole degree; of those whose derivatives ask for a negative degree, times 0, that is 0."""
    value = f"special.{name}({'np.maximum(k, 0)' if below else 'k'}, {more}u)"
    known = f"np.where(k < 0, 0.0, {value})" if below else value
    return (
        f"def {name}(n, {more}u):  # of a whole degree{below}\n"
        "    k = np.rint(n).astype(int)\n"
        f"    return np.where(k == n, {known}, np.nan)[()]"
    )


BELOW: Final = ", 0 below degree 0"
# by NumPy: where no entry is far out, SciPy's own function is the quicker one
QUICK: Final = {
    "gammainc": "    if not np.any(np.less(u, 0)):\n        return special.gammainc(a, u)\n",
    "gammaupper_e": (
        "    share = special.gammaincc(a, u)\n"
        "    if not np.any((share < 1e-280) | np.less(u, 0)):\n"
        "        return np.exp(u)*share*special.gamma(a)\n"
    ),
    "expn_e": "    if not np.any(np.greater(u, 600)):\n        return np.exp(u)*special.expn(int(n), u)\n",
    "log_upper_share": (
        "    share = special.gammaincc(a, u)\n"
        "    if not np.any(share < 1e-280):\n"
        "        return np.where(np.less(u, a), np.log1p(-gammainc(a, u)), np.log(share))[()]\n"
    ),
}
TRACED: Final[dict[str, str]] = {
    "log_i0": LOG_I0,
    "gammainc": GAMMAINC,
    "lambert_ratio": LAMBERT_RATIO,
    "lambert_exp": LAMBERT_EXP,
    "gammaupper_e": GAMMAUPPER,
    "log_upper_share": LOG_UPPER_SHARE,
    "log_lower_share": LOG_LOWER_SHARE,
    "expn_e": EXPN,
    "expint_e": EXPINT,
    "lambertw": LAMBERTW,
    "cosine_integral": CI,
    "cosh_integral": CHI,
    "ellipd": ELLIPD,
    "elliptic_f": ELLIPTIC_F,
    "elliptic_e": ELLIPTIC_E,
    "elliptic_pi": ELLIPTIC_PI,
    **{name: _polynomial(name) for name in ("eval_legendre", "eval_chebyt", "eval_chebyu")},
    **{name: _polynomial(name, "", BELOW) for name in ("eval_hermite", "eval_laguerre")},
    **{name: _polynomial(name, "a, ", BELOW) for name in ("eval_genlaguerre", "eval_gegenbauer")},
    "eval_jacobi": _polynomial("eval_jacobi", "a, b, ", BELOW),
}
OF_ARRAYS: Final = {kind: text.replace("\n", f"\n{QUICK.get(kind, '')}", 1) for kind, text in TRACED.items()}
