"""The closed table of functions: how each is written over plain floats (`math`) and over arrays (NumPy)."""

from __future__ import annotations

from typing import Any, Final

import sympy

from gdsym.arrays.chord_kernels import COUNTS
from gdsym.arrays.chord_kernels import OF_ARRAYS as CHORDS_OF_ARRAYS
from gdsym.arrays.chord_kernels import OF_ONE as CHORDS_OF_ONE
from gdsym.arrays.clips import BENT, CLIPPED
from gdsym.arrays.gamma_kernels import OF_ARRAYS as GAMMAS_OF_ARRAYS
from gdsym.arrays.gamma_kernels import OF_ONE as GAMMAS_OF_ONE
from gdsym.arrays.kernels import OF_ARRAYS as KERNELS_OF_ARRAYS
from gdsym.arrays.kernels import OF_ONE as KERNELS_OF_ONE
from gdsym.arrays.normal_kernels import OF_ARRAYS as NORMALS_OF_ARRAYS
from gdsym.arrays.normal_kernels import OF_ONE as NORMALS_OF_ONE
from gdsym.arrays.polygamma import POLYGAMMA, POLYGAMMAS
from gdsym.arrays.quick import OF_ARRAYS
from gdsym.arrays.scaled import GAUSS, SCALED_ERFC
from gdsym.arrays.specials import HELPERS as SPECIAL_HELPERS
from gdsym.arrays.specials import WRITTEN as SPECIAL_WRITTEN
from gdsym.arrays.top_sums import LOG_TOTAL, LOG_TOTALS
from gdsym.arrays.whole_texts import OF_MATRICES

# SymPy class -> kind of operation, for functions that need no rewriting
KINDS: Final[dict[Any, str]] = {
    sympy.sin: "sin",      sympy.cos: "cos",      sympy.tan: "tan",
    sympy.asin: "asin",    sympy.acos: "acos",    sympy.atan: "atan",
    sympy.sinh: "sinh",    sympy.cosh: "cosh",    sympy.tanh: "tanh",
    sympy.asinh: "asinh",  sympy.acosh: "acosh",  sympy.atanh: "atanh",
    sympy.floor: "floor",  sympy.ceiling: "ceil", sympy.sign: "sign",
    sympy.erf: "erf",      sympy.erfc: "erfc",    sympy.gamma: "gamma",
    sympy.loggamma: "lgamma", sympy.atan2: "atan2", sympy.Mod: "mod", sympy.sinc: "sinc",
}  # fmt: skip

RECIPROCALS: Final[dict[Any, Any]] = {
    sympy.sec: sympy.cos,   sympy.csc: sympy.sin,   sympy.cot: sympy.tan,
    sympy.sech: sympy.cosh, sympy.csch: sympy.sinh, sympy.coth: sympy.tanh,
}  # fmt: skip

# kind -> (over floats, over arrays); {} are the arguments
WRITTEN: Final[dict[str, tuple[str, str]]] = {
    "exp":   ("math.exp({})",   "np.exp({})"),
    "expm1": ("math.expm1({})", "np.expm1({})"),
    "log":   ("math.log({})",   "np.log({})"),
    "log1p": ("math.log1p({})", "np.log1p({})"),
    "sqrt":  ("math.sqrt({})",  "np.sqrt({})"),
    "hypot": ("math.hypot({}, {})", "np.hypot({}, {})"),
    "cbrt":  ("math.cbrt({})",  "np.cbrt({})"),
    "sin":   ("math.sin({})",   "np.sin({})"),
    "cos":   ("math.cos({})",   "np.cos({})"),
    "tan":   ("math.tan({})",   "np.tan({})"),
    "asin":  ("math.asin({})",  "np.arcsin({})"),
    "acos":  ("math.acos({})",  "np.arccos({})"),
    "atan":  ("math.atan({})",  "np.arctan({})"),
    "sinh":  ("math.sinh({})",  "np.sinh({})"),
    "cosh":  ("math.cosh({})",  "np.cosh({})"),
    "tanh":  ("math.tanh({})",  "np.tanh({})"),
    "asinh": ("math.asinh({})", "np.arcsinh({})"),
    "acosh": ("math.acosh({})", "np.arccosh({})"),
    "atanh": ("math.atanh({})", "np.arctanh({})"),
    "floor": ("math.floor({})", "np.floor({})"),
    "ceil":  ("math.ceil({})",  "np.ceil({})"),
    "abs":   ("abs({})",        "np.abs({})"),
    "sign":  ("sign({})",       "np.sign({})"),
    "erf":   ("math.erf({})",   "erf({})"),
    "erfc":  ("math.erfc({})",  "erfc({})"),
    "gamma": ("math.gamma({})", "gamma_function({})"),
    "lgamma": ("math.lgamma({})", "lgamma({})"),
    "logcosh": ("logcosh({}, {})", "logcosh({}, {})"),
    "mills": ("mills({})",      "mills({})"),
    "sinc":  ("sinc({})",       "sinc({})"),
    **{kind: (f"{kind}({{}})",) * 2 for kind in NORMALS_OF_ONE},
    **{kind: (f"{kind}({', '.join(['{}'] * count)})",) * 2 for kind, count in COUNTS.items()},
    "log1p_ratio": ("log1p_ratio({}, {})", "log1p_ratio({}, {})"),
    "log_excess": ("log_excess({}, {})", "log_excess({}, {})"),
    "bell":  ("bell({}, {})",   "bell({}, {})"),
    **{kind: (f"{kind}({{}}, {{}}, {{}})",) * 2 for kind in GAMMAS_OF_ONE},
    "scaled_erfc": ("scaled_erfc({})",) * 2,
    "gauss": ("gauss({})",) * 2,
    "clipped": ("clipped({}, {})",) * 2,
    "bent": ("squares_and_lines({}, {}, {})",) * 2,
    "atan2": ("math.atan2({}, {})", "np.arctan2({}, {})"),
    "maximum": ("max({}, {})",  "np.maximum({}, {})"),
    "minimum": ("min({}, {})",  "np.minimum({}, {})"),
    "heaviside": ("heaviside({}, {})", "np.heaviside({}, {})"),
    **SPECIAL_WRITTEN,
}  # fmt: skip

OF_TABLES: Final = (KERNELS_OF_ARRAYS, GAMMAS_OF_ARRAYS, NORMALS_OF_ARRAYS, CHORDS_OF_ARRAYS)
OF_NUMBERS: Final = (KERNELS_OF_ONE, GAMMAS_OF_ONE, NORMALS_OF_ONE, CHORDS_OF_ONE)
# helper functions of generated code, by (kind, over arrays?)
HELPERS: Final[dict[tuple[str, bool], str]] = {
    ("scatter", True): (
        "def added_by_label(k, v, n):  # row i of v is added to row k[i] of n rows of zeros\n"
        "    columns = v.reshape(k.size, -1).T\n"
        "    return np.stack([np.bincount(k.ravel(), c, n) for c in columns], axis=-1).reshape(n, *v.shape[k.ndim:])"
    ),
    ("spread", True): (
        "def added_by_place(k, v, n):  # entry (i, j) of v is added to place k[i, j] of n rows of zeros, one after the other\n"
        "    width = v.shape[-1]\n"
        "    return np.bincount(k.ravel(), v.ravel(), n*width).reshape(n, width)"
    ),
    ("sign", False): "def sign(u):\n    return float((u > 0) - (u < 0))",
    ("heaviside", False): "def heaviside(u, at_zero):\n    return at_zero if u == 0 else float(u > 0)",
    ("logcosh", False): (
        "def logcosh(u, t):  # log cosh u where t = tanh(u): -log(1 - t^2)/2, but in the tails, where t is rounded to 1\n"
        "    a = abs(u)\n"
        "    return -0.5*math.log1p(-t*t) if abs(t) <= 0.75 else a + math.log1p(math.exp(-2*a)) - math.log(2)"
    ),
    ("logcosh", True): (
        "def logcosh(u, t):  # log cosh u where t = tanh(u): -log(1 - t^2)/2, but in the tails, where t is rounded to 1\n"
        "    near = np.abs(t) <= 0.75\n"
        "    s = -0.5*np.log1p(-t*t*near)\n"
        "    if not near.all():\n"
        "        far = ~near\n"
        "        a = np.abs(u[far])\n"
        "        s[far] = a + np.log1p(np.exp(-2*a)) - math.log(2)\n"
        "    return s"
    ),
    ("bell", True): (
        "def bell(u, t):  # 1/cosh(u)^2 where t = tanh(u): 1 - t^2, but in the tails, where t is rounded to 1\n"
        "    s = 1 - t*t\n"
        "    if s.min() < 0.02:\n"
        "        far = s < 0.02\n"
        "        e = np.exp(-2*np.abs(u[far]))\n"
        "        s[far] = 4*e/(1 + e)**2\n"
        "    return s"
    ),
    ("polygamma", False): POLYGAMMA,
    ("polygamma", True): POLYGAMMAS,
    ("scan", True): (
        "def running_sum(terms, top):  # of w exp(z), where terms = w exp(z - top): exp(-top) times the sum so far\n"
        "    if terms.size <= 64*len(terms) and (top[:1] == top[-1:]).all():  # one stair\n"
        "        return np.cumsum(terms, axis=0)\n"
        "    steps = (top[1:] != top[:-1]).any(axis=tuple(range(1, top.ndim)))\n"
        "    if terms.size > 64*len(terms):  # long rows are added one after the other\n"
        "        total = np.array(terms, order='C')\n"
        "        for at in range(1, len(total)):\n"
        "            total[at] += total[at - 1]*np.exp(top[at - 1] - top[at]) if steps[at - 1] else total[at - 1]\n"
        "        return total\n"
        "    total = np.cumsum(terms, axis=0)\n"
        "    ends = [*(np.flatnonzero(steps) + 1), len(total)]\n"
        "    for at, end in zip(ends, ends[1:]):  # a new stair\n"
        "        before = total[at - 1]*np.exp(top[at - 1] - top[at])\n"
        "        total[at:end] = before + np.cumsum(terms[at:end], axis=0)\n"
        "    return total"
    ),
    ("decay", True): (
        "def decaying_sum(a, rate):  # s_i = rate s_(i-1) + a_i for all i, by doubling: no division by powers of the rate\n"
        "    a, step = a.copy(), 1\n"
        "    while step < len(a) and rate:\n"
        "        a[step:] += rate*a[:-step]\n"
        "        rate, step = rate*rate, 2*step\n"
        "    return a"
    ),
    ("moving_max", True): (
        "def moving_max(a, width):  # the largest of so many neighbours\n"
        "    count = len(a) - width + 1\n"
        "    size = 1\n"
        "    while 2*size <= width:\n"
        "        a, size = np.maximum(a[:-size], a[size:]), 2*size\n"
        "    return np.maximum(a[:count], a[width - size:width - size + count])"
    ),
    ("moving_exp", True): (
        "def moving_exp(w, z, top):  # sums of w exp(z - top) over the neighbours that each top is for\n"
        "    lags = range(len(z) - len(top) + 1)\n"
        "    return sum(w[at:at + len(top)]*np.exp(z[at:at + len(top)] - top) for at in lags)"
    ),
    ("moving", True): (
        "def moving_sum(a, width):  # of so many neighbours, by doubling: no differences of large sums\n"
        "    count, at, size, total = len(a) - width + 1, 0, 1, None\n"
        "    step = max(8192*len(a)//max(a.size, 1), 4*width)\n"
        "    if count > step:\n"
        "        whole = np.empty((count, *a.shape[1:]))\n"
        "        for at in range(0, count, step):  # what is made in between stays in the cache\n"
        "            whole[at:at + step] = moving_sum(a[at:at + step + width - 1], width)\n"
        "        return whole\n"
        "    while width:\n"
        "        if width & 1:\n"
        "            part = a[at:at + count]\n"
        "            total, at = part if total is None else total + part, at + size\n"
        "        width >>= 1\n"
        "        if width:\n"
        "            a, size = a[:-size] + a[size:], 2*size\n"
        "    return total"
    ),
    ("clipped", True): CLIPPED,
    ("scaled_erfc", True): SCALED_ERFC,
    **dict.fromkeys((("log_total", True), ("log_total", False)), LOG_TOTAL),
    ("log_totals", True): LOG_TOTALS,
    ("gauss", True): GAUSS,
    **dict.fromkeys((("bent", True), ("bent", False)), BENT),
    **OF_ARRAYS,
    **{(kind, kind in ("inverse", "solved")): code for kind, code in OF_MATRICES.items()},
    ("far_rows", True): (
        "def far_rows(s, top, most):  # where s is small, or top + log(s) nearly 0: a shift of their own keeps the digits\n"
        "    width = max(abs(top)/16, 1/64)\n"
        "    low, high = np.exp(np.minimum((-top - width, width - top), 700))\n"
        "    return np.flatnonzero(~((s > 1e-12*most) & ((s < low) | (s > high))))"
    ),
    ("row_tops", True): (
        "def row_tops(M, z, far, top):  # top; in the rows far, the largest z that M does not leave out\n"
        "    tops = np.full(len(M), top)\n"
        "    for rows in np.array_split(far, far.size*z.size//65536 + 1) if far.size else ():\n"
        "        tops[rows] = (z - 1e308*(M[rows] == 0)).max(axis=1)\n"
        "    return tops"
    ),
    ("row_sums", True): (
        "def row_sums(M, z, s, far, tops):  # of M exp(z - tops), which is s but for the rows far\n"
        "    s = s.copy() if far.size else s\n"
        "    for rows in np.array_split(far, far.size*z.size//65536 + 1) if far.size else ():\n"
        "        s[rows] = (M[rows]*np.exp(np.minimum(z - tops[rows, None], 0))).sum(axis=1)\n"
        "    return s"
    ),
    ("row_shares", True): (
        "def row_shares(r, M, z, e, far, tops):  # r @ (M exp(z - tops)), where e = exp(z - tops) but for the rows far\n"
        "    if not far.size:\n"
        "        return r @ M*e\n"
        "    near = r.copy()\n"
        "    near[far] = 0\n"
        "    total = near @ M*e\n"
        "    for rows in np.array_split(far, far.size*z.size//65536 + 1):\n"
        "        total += r[rows] @ (M[rows]*np.exp(np.minimum(z - tops[rows, None], 0)))\n"
        "    return total"
    ),
    **{(kind, True): code for part in OF_TABLES for kind, code in part.items()},
    **{(kind, False): code for part in OF_NUMBERS for kind, code in part.items()},
    **SPECIAL_HELPERS,
    ("gamma", True): "gamma_function = np.vectorize(math.gamma, otypes=[float])",
}

# helper functions -> those that they call
CALLED: Final = {
    "gammaupper_e": ("gammainc",),
    "log_upper_share": ("gammainc",),
    "log_lower_share": ("gammainc",),
    "lambert_exp": ("lambertw",),
    "erf": ("erfc",),
    **dict.fromkeys(GAMMAS_OF_ONE, ("polygamma",)),
    "lgamma_step": ("lgamma",),
    "covered": ("correlated",),
    "where": ("where_rows",),
}

# names that generated code may define
OTHERWISE: Final = "gamma scan decay fade rise moving scatter spread max sum cumsum cummax einsum placed shifted where where_rows maximum minimum bent".split()
OURS: Final = (
    "J",
    "special",
    *sorted({kind for kind, _ in HELPERS}.difference(OTHERWISE)),
    *"running_sum decaying_sum fading_sum largest_exponent moving_sum added_along added_at added_by_label".split(),
    *"gamma_function added_by_place row_max by_rows dotted sum_along one_of one_of_rows at_least at_most squares_and_lines".split(),
)

# where an argument outside the domain would raise or warn, and a value that is always inside
RISKY: Final[dict[str, int]] = {
    "exp": 0, "log": 1, "log1p": 1, "sqrt": 1, "asin": 0, "acos": 0, "acosh": 2, "atanh": 0, "gamma": 1, "lgamma": 1, "polygamma": 1,
    "tan": 0, "sinh": 0, "cosh": 0, "expm1": 0,
}  # fmt: skip
