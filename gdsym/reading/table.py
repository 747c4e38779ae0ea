"""The closed table: which names are functions or constants, how many arguments they take, what is refused and why."""

from __future__ import annotations

from typing import Any, NamedTuple

import sympy


class Entry(NamedTuple):
    """A SymPy function and how many arguments it takes."""

    func: Any
    fewest: int
    most: int


MANY = 32  # arguments of Max and Min: SymPy compares them pair by pair


def _table(names: str, fewest: int = 1, most: int | None = None) -> dict[str, Entry]:
    most = fewest if most is None else most
    return {name: Entry(getattr(sympy, name), fewest, most) for name in names.split()}


ELEMENTARY = {
    **_table("exp sin cos tan cot sec csc asin acos atan acot asec acsc sinc"),
    **_table("sinh cosh tanh coth sech csch asinh acosh atanh acoth asech acsch"),
    **_table("Abs sign floor ceiling frac erf erfc LambertW"),
    **_table("atan2 Mod", 2),
    **_table("Heaviside", 1, 2),
    **_table("Max Min", 1, MANY),
}
SPECIAL = {
    **_table("factorial factorial2 subfactorial gamma loggamma digamma trigamma harmonic zeta dirichlet_eta"),
    **_table("erfi erfinv erfcinv Ei Li li Si Ci Shi Chi fresnels fresnelc airyai airybi airyaiprime airybiprime"),
    **_table("elliptic_k elliptic_e DiracDelta"),
    **_table("erf2 erf2inv binomial RisingFactorial FallingFactorial polygamma expint polylog beta lowergamma", 2),
    **_table("uppergamma besselj bessely besseli besselk jn yn elliptic_f legendre hermite laguerre", 2),
    **_table("chebyshevt chebyshevu", 2),
    **_table("gegenbauer assoc_legendre assoc_laguerre", 3),
    **_table("jacobi", 4),
}
FUNCTIONS = ELEMENTARY | SPECIAL

ALIASES = {
    "abs": "Abs", "max": "Max", "min": "Min", "ln": "log", "arcsin": "asin", "arccos": "acos", "arctan": "atan",
    "arctan2": "atan2", "arsinh": "asinh", "arcosh": "acosh", "artanh": "atanh", "arcsinh": "asinh", "arccosh": "acosh",
    "arctanh": "atanh", "sgn": "sign", "ceil": "ceiling", "rf": "RisingFactorial", "ff": "FallingFactorial",
    "psi": "digamma",
}  # fmt: skip

CONSTANTS = {name: getattr(sympy, name) for name in "pi E EulerGamma GoldenRatio Catalan".split()}

COMPLEX = frozenset("I re im conjugate arg adjoint transpose polar_lift periodic_argument".split())
NOT_NUMBERS = frozenset("zoo nan NaN inf Inf infinity Infinity".split())
RESERVED = frozenset(
    "Sum Product Integral Derivative Piecewise KroneckerDelta sqrt cbrt root log "
    "Eq Ne Lt Le Gt Ge And Or Not True False oo".split()
)

INSTEAD = {
    "sigmoid": "1/(1 + exp(-u))", "logistic": "1/(1 + exp(-u))", "expit": "1/(1 + exp(-u))", "relu": "Max(0, u)",
    "softplus": "log(1 + exp(u))", "softmax": "exp(z[i])/Sum(exp(z[j]), (j, 1, n))", "log10": "log(u, 10)",
    "log2": "log(u, 2)", "log1p": "log(1 + u)", "expm1": "exp(u) - 1", "square": "u**2", "power": "u**n", "pow": "u**n",
    "dot": "Sum(a[j]*b[j], (j, 1, n))", "norm": "sqrt(Sum(a[j]**2, (j, 1, n)))", "mean": "Sum(x[i], (i, 1, m))/m",
    "sum": "Sum(body, (i, 1, m))", "Sigma": "Sum(body, (i, 1, m))", "summation": "Sum(body, (i, 1, m))",
    "prod": "Product(body, (i, 1, m))", "diff": "Derivative(f(x), x)", "integrate": "Integral(body, (t, a, b))",
    "where": "Piecewise((value, condition), (other, True))", "if": "Piecewise((value, condition), (other, True))",
    "Indicator": "KroneckerDelta(i, j)", "DiracDelta": "Heaviside(u)", "mod": "Mod(a, b)", "fabs": "Abs(u)",
}  # fmt: skip
INSTEAD = {name: text for name, text in INSTEAD.items() if name not in FUNCTIONS}

_BY_LOWER = {name.lower(): name for name in (*FUNCTIONS, *RESERVED, *ALIASES)}


def spelling_of(name: str) -> str | None:
    """The table's function that `name` seems to mean, if it looks like a slip of the pen: `Sin`, `Gama`."""
    from difflib import get_close_matches

    lower = name.lower()
    if lower in _BY_LOWER:
        return _BY_LOWER[lower]
    close = get_close_matches(lower, _BY_LOWER, n=1, cutoff=0.88) if len(name) >= 5 else []
    return _BY_LOWER[close[0]] if close else None
