"""The error function and log-gamma over arrays, for generated code: some dozens of passes instead of a call for each entry."""

from __future__ import annotations

from typing import Final

# (1 + 2 a) e^(a^2) erfc(a) as a polynomial in t = (a - 15/4)/(a + 15/4), highest power first: its interpolation at the
# zeros of a Chebyshev polynomial, to 17 digits for all a >= 0; it is 1 at a = 0.
SCALED: Final = (
    4.2514714447963895e-10, 3.1114333809799254e-10, -5.1739902140113095e-09, -3.744210080962018e-09, 3.8675334242222354e-08,
    2.3263508708859124e-08, -2.5866850716155884e-07, -5.7218230603224086e-08, 1.751637648849062e-06, -9.73559896736775e-07,
    -1.1444146237700524e-05, 2.238423915508223e-05, 5.164909889268241e-05, -0.0002901540805408417, 0.0002937136655913448,
    0.0017556258528952954, -0.009746579558029276, 0.028362277418956406, -0.05869339858963677, 0.09230432116037748,
    -0.10880393014174886, 0.0822767384901452, 0.0035854154854644293, -0.14024059858554697, 1.2375126308378277,
)  # fmt: skip
# log Gamma(y)/((y - 1) (y - 2)) for y from 1 to 2 as a polynomial in 2 y - 3, made in the same way
BETWEEN: Final = (
    1.1586115295157278e-11, -3.53647433811882e-11, 5.0258222095609345e-11, -1.6381596734648426e-10, 6.566403819263112e-10,
    -2.0735267758524892e-09, 6.430260727636965e-09, -2.057734525447198e-08, 6.623878077265301e-08, -2.1388452890262906e-07,
    6.948428064186312e-07, -2.2742409034140543e-06, 7.511391855641883e-06, -2.5094329864078195e-05, 8.510090373499432e-05,
    -0.00029455070139898493, 0.0010498186644547402, -0.003913560937631769, 0.015727850268641094, -0.07297994795715297,
    0.4831289505409809,
)  # fmt: skip


def rows(numbers: tuple[float, ...]) -> str:
    """A tuple in rows of five, as it stands in a function."""
    rows = [", ".join(map(repr, numbers[at : at + 5])) for at in range(0, len(numbers), 5)]
    return "(\n" + "".join(f"        {row},\n" for row in rows) + "    )"


ERFC: Final = (
    "def erfc(u):  # for a = |u|: exp(-a^2)/(1 + 2 a) times a polynomial in (a - 15/4)/(a + 15/4)\n"
    "    a = np.minimum(np.abs(u), 30.0)\n"
    "    t = (a - 3.75)/(a + 3.75)\n"
    "    total = np.zeros_like(t)\n"
    f"    for c in {rows(SCALED)}:\n"
    "        total *= t\n"
    "        total += c\n"
    "    h = np.floor(16*a)/16  # its square is exact\n"
    "    total *= np.exp(-h*h)*np.exp((h - a)*(h + a))/(1 + 2*a)\n"
    "    return np.where(np.less(u, 0), 2 - total, total)"
)
ERF: Final = (
    "def erf(u):  # its power series near 0, else 1 - erfc |u|\n"
    "    a = np.abs(u)\n"
    "    x = np.minimum(a, 0.5)**2\n"
    "    total = np.zeros_like(x)\n"
    "    for k in range(12, -1, -1):\n"
    "        total *= -x\n"
    "        total += 2/math.sqrt(math.pi)/math.factorial(k)/(2*k + 1)\n"
    "    return np.where(a < 0.5, u*total, np.copysign(1 - erfc(a), u))"
)
MILLS: Final = (
    "def mills(u):  # exp(-u^2)/erfc(u), far out as well, by the same polynomial\n"
    "    a = np.minimum(np.abs(u), 1e300)\n"
    "    t = (a - 3.75)/(a + 3.75)\n"
    "    total = np.zeros_like(t)\n"
    f"    for c in {rows(SCALED)}:\n"
    "        total *= t\n"
    "        total += c\n"
    "    bell = np.exp(-np.minimum(a, 30.0)**2)\n"
    "    return np.where(u < 0, bell/(2 - bell*total/(1 + 2*a)), (1 + 2*a)/total)"
)
SINC: Final = "def sinc(u):  # sin(u)/u, 1 at 0\n    at_0 = np.equal(u, 0)\n    return np.where(at_0, 1.0, np.sin(u)/np.where(at_0, 1, u))"
SINC_OF_ONE: Final = "def sinc(u):  # sin(u)/u, 1 at 0\n    return math.sin(u)/u if u != 0 else 1.0"
LOG1P_RATIO: Final = (
    "def log1p_ratio(u, v):  # log(1 + u/v) for u >= 0, also where u/v is above the largest float\n"
    "    ratio = u/v\n"
    "    total, known = np.log1p(ratio), ratio < np.inf\n"
    "    return total if np.all(known) else np.where(known, total, np.log(u) - np.log(v))"
)
LOG1P_RATIO_OF_ONE: Final = (
    "def log1p_ratio(u, v):  # log(1 + u/v) for u >= 0, also where u/v is above the largest float\n"
    "    ratio = u/v\n"
    "    return math.log1p(ratio) if ratio < math.inf else math.log(u) - math.log(v)"
)
MILLS_OF_ONE: Final = (
    "def mills(u):  # exp(-u^2)/erfc(u), far out as well\n"
    "    if u < 0:\n"
    "        return math.exp(-u*u)/math.erfc(u)\n"
    "    a = min(u, 1e300)\n"
    "    t = (a - 3.75)/(a + 3.75)\n"
    "    total = 0.0\n"
    f"    for c in {rows(SCALED)}:\n"
    "        total = total*t + c\n"
    "    return (1 + 2*a)/total"
)
LOG_EXCESS: Final = (
    "def log_excess(r, x):  # r - log x for x = 1 + r: near 0 that is r s - 2 (s^3/3 + s^5/5 + ...) with s = r/(2 + r)\n"
    "    if r.size > 16384:  # in pieces that stay in the cache\n"
    "        pieces = zip(*(np.array_split(u.ravel(), r.size//8192 + 1) for u in (r, x)))\n"
    "        return np.concatenate([log_excess(*piece) for piece in pieces]).reshape(r.shape)\n"
    "    total = r - np.log(x)\n"
    "    near = (r < 0.25) & (r > -0.25)\n"
    "    if near.any():\n"
    "        r = r[near]\n"
    "        s = r/(r + 2)\n"
    "        square, rest = s*s, 0.0\n"
    "        for k in range(19, 1, -2):\n"
    "            rest = rest*square + 2/k\n"
    "        total[near] = s*(r - square*rest)\n"
    "    return total"
)
LOG_EXCESS_OF_ONE: Final = (
    "def log_excess(r, x):  # r - log x for x = 1 + r: near 0 that is r s - 2 (s^3/3 + s^5/5 + ...) with s = r/(2 + r)\n"
    "    if not abs(r) < 0.25:\n"
    "        return r - math.log(x)\n"
    "    s = r/(r + 2)\n"
    "    square, rest = s*s, 0.0\n"
    "    for k in range(19, 1, -2):\n"
    "        rest = rest*square + 2/k\n"
    "    return s*(r - square*rest)"
)
LGAMMA: Final = (
    "def lgamma(u):  # between 1 and 2 by a polynomial, up to 8 by the recurrence, then Stirling's series; below 0 by reflection\n"
    "    x = np.where(np.less(u, 0), 1.0 - u, u)\n"
    "    steps = np.floor(np.minimum(x, 8)) - 1\n"
    "    y = np.minimum(x, 8) - steps\n"
    "    near = np.zeros_like(y)\n"
    f"    for c in {rows(BETWEEN)}:\n"
    "        near *= 2*y - 3\n"
    "        near += c\n"
    "    factor = 1/np.where(steps < 0, np.abs(x), 1)\n"
    "    for k in range(7):\n"
    "        factor = factor*np.where(k < steps, y + k, 1)\n"
    "    near = near*(y - 1)*(y - 2) + np.log(factor)\n"
    "    far = np.maximum(x, 8)\n"
    "    rest = 0.0\n"
    "    for b in (-3617/122400, 1/156, -691/360360, 1/1188, -1/1680, 1/1260, -1/360, 1/12):\n"
    "        rest = rest/(far*far) + b\n"
    "    stirling = (far - 0.5)*(np.log(far) - 1) + (math.log(2*math.pi) - 1)/2 + rest/far\n"
    "    value = np.where(x < 8, near, stirling)\n"
    "    if not np.any(np.less(u, 0)):\n"
    "        return value\n"
    "    turned = np.log(np.pi/np.abs(np.sin(np.pi*(u - np.rint(u))))) - value\n"
    "    return np.where(np.isinf(u), np.inf, np.where(np.less(u, 0), turned, value))"
)

OF_ARRAYS: Final = {
    "erfc": ERFC, "erf": ERF, "lgamma": LGAMMA, "mills": MILLS, "log1p_ratio": LOG1P_RATIO, "log_excess": LOG_EXCESS,
    "sinc": SINC,
}  # fmt: skip
OF_ONE: Final = {
    "log1p_ratio": LOG1P_RATIO_OF_ONE, "log_excess": LOG_EXCESS_OF_ONE, "mills": MILLS_OF_ONE, "sinc": SINC_OF_ONE,
}  # fmt: skip
