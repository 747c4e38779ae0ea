"""The closed table of functions: how each is written over plain floats (`math`) and over arrays (NumPy)."""

from __future__ import annotations

from typing import Any, Final

import sympy

# SymPy class -> kind of operation, for functions that need no rewriting
KINDS: Final[dict[Any, str]] = {
    sympy.sin: "sin",      sympy.cos: "cos",      sympy.tan: "tan",
    sympy.asin: "asin",    sympy.acos: "acos",    sympy.atan: "atan",
    sympy.sinh: "sinh",    sympy.cosh: "cosh",    sympy.tanh: "tanh",
    sympy.asinh: "asinh",  sympy.acosh: "acosh",  sympy.atanh: "atanh",
    sympy.floor: "floor",  sympy.ceiling: "ceil", sympy.sign: "sign",
    sympy.erf: "erf",      sympy.erfc: "erfc",    sympy.gamma: "gamma",
    sympy.loggamma: "lgamma", sympy.atan2: "atan2", sympy.Mod: "mod",
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
    "gamma": ("math.gamma({})", "gamma({})"),
    "lgamma": ("math.lgamma({})", "lgamma({})"),
    "logcosh": ("logcosh({})",  "logcosh({})"),
    "atan2": ("math.atan2({}, {})", "np.arctan2({}, {})"),
    "maximum": ("max({}, {})",  "np.maximum({}, {})"),
    "minimum": ("min({}, {})",  "np.minimum({}, {})"),
    "heaviside": ("heaviside({}, {})", "np.heaviside({}, {})"),
    "indicator": ("float({})",  "({}).astype(float)"),
}  # fmt: skip

# helper functions of generated code, by (kind, over arrays?)
HELPERS: Final[dict[tuple[str, bool], str]] = {
    ("sign", False): "def sign(u):\n    return float((u > 0) - (u < 0))",
    ("heaviside", False): "def heaviside(u, at_zero):\n    return at_zero if u == 0 else float(u > 0)",
    ("logcosh", False): (
        "def logcosh(u):  # log cosh u without overflow or cancellation\n"
        "    a = abs(u)\n"
        "    return 0.5*math.log1p(math.sinh(a)**2) if a < 1 else a + math.log1p(math.exp(-2*a)) - math.log(2)"
    ),
    ("logcosh", True): (
        "def logcosh(u):  # log cosh u without overflow or cancellation\n"
        "    a = np.abs(u)\n"
        "    s = np.sinh(np.minimum(a, 1))\n"
        "    return np.where(a < 1, 0.5*np.log1p(s*s), a + np.log1p(np.exp(-2*a)) - math.log(2))"
    ),
    **{(f, True): f"{f} = np.vectorize(math.{f}, otypes=[float])" for f in ("erf", "erfc", "gamma", "lgamma")},
}

# where an argument outside the domain would raise or warn, and a value that is always inside
RISKY: Final[dict[str, int]] = {
    "exp": 0, "log": 1, "log1p": 1, "sqrt": 1, "asin": 0, "acos": 0, "acosh": 2, "atanh": 0, "gamma": 1, "lgamma": 1,
    "tan": 0, "sinh": 0, "cosh": 0, "expm1": 0,
}  # fmt: skip
