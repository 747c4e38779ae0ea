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
    **_table("Abs sign floor ceiling frac erf erfc"),
    **_table("atan2 Mod", 2),
    **_table("Heaviside LambertW", 1, 2),
    **_table("Max Min", 1, MANY),
}
SPECIAL = {
    **_table("factorial factorial2 subfactorial gamma loggamma digamma trigamma dirichlet_eta"),
    **_table("harmonic zeta elliptic_e", 1, 2),
    **_table("elliptic_pi", 2, 3),
    **_table("erfi erfinv erfcinv Ei Li li Si Ci Shi Chi fresnels fresnelc airyai airybi airyaiprime airybiprime"),
    **_table("elliptic_k DiracDelta"),
    **_table("erf2 erf2inv binomial RisingFactorial FallingFactorial polygamma expint polylog beta lowergamma", 2),
    **_table("uppergamma besselj bessely besseli besselk jn yn elliptic_f legendre hermite laguerre", 2),
    **_table("chebyshevt chebyshevu hermite_prob", 2),
    **_table("gegenbauer assoc_legendre assoc_laguerre lerchphi marcumq", 3),
    **_table("mathieus mathieuc mathieusprime mathieucprime SingularityFunction", 3),
    **_table("jacobi betainc betainc_regularized", 4),
    **_table("catalan"),
    **_table("appellf1", 6),
}
FUNCTIONS = ELEMENTARY | SPECIAL

ALIASES = {
    "abs": "Abs", "max": "Max", "min": "Min", "ln": "log", "arcsin": "asin", "arccos": "acos", "arctan": "atan",
    "arctan2": "atan2", "arsinh": "asinh", "arcosh": "acosh", "artanh": "atanh", "arcsinh": "asinh", "arccosh": "acosh",
    "arctanh": "atanh", "sgn": "sign", "ceil": "ceiling", "rf": "RisingFactorial", "ff": "FallingFactorial",
    "psi": "digamma", "Gamma": "gamma", "fabs": "Abs", "absolute": "Abs", "maximum": "Max", "minimum": "Min", "sinus": "sin", "sine": "sin",
    "exponential": "exp", "sqroot": "sqrt", "loge": "log", "cosinus": "cos", "cosine": "cos", "tangent": "tan", "cosec": "csc", "sen": "sin", "tg": "tan", "ctg": "cot",
    "cotg": "cot", "cotan": "cot", "senh": "sinh", "tgh": "tanh", "arcsen": "asin", "arctg": "atan", "arcctg": "acot",
    "arccot": "acot", "arcsec": "asec", "arccsc": "acsc", "heaviside": "Heaviside", "mod": "Mod",
}  # fmt: skip
WRITTEN = {  # what has one meaning, and is written out as soon as it is read
    "sigmoid": "1/(1 + exp(-u))", "logistic": "1/(1 + exp(-u))", "expit": "1/(1 + exp(-u))", "relu": "Max(0, u)",
    "softplus": "log(1 + exp(u))", "logit": "log(u/(1 - u))", "swish": "u/(1 + exp(-u))", "silu": "u/(1 + exp(-u))",
    "log10": "log(u, 10)", "log2": "log(u, 2)", "log1p": "log(1 + u)", "expm1": "exp(u) - 1", "exp2": "2**u",
    "square": "u**2", "power": "u**v", "pow": "u**v", "hypot": "sqrt(u**2 + v**2)", "clip": "Min(Max(u, v), w)",
    "reciprocal": "1/u",
}  # fmt: skip

GREEK = frozenset({"beta", "gamma", "zeta", "psi"})  # functions whose names are letters, too
PLAIN_LETTERS = frozenset(
    {"\u03b2", "\u03b3"}
)  # of which these glyphs are no functions on paper: those are written B and \u0393

CONSTANTS = {name: getattr(sympy, name) for name in "pi E EulerGamma GoldenRatio Catalan".split()}

COMPLEX = frozenset(
    "I re im conjugate arg adjoint transpose polar_lift periodic_argument hankel1 hankel2 hn1 hn2 Ynm Znm".split()
)
NOT_NUMBERS = frozenset("zoo nan NaN inf Inf infinity Infinity".split())
RESERVED = frozenset(
    "Sum Product Integral Derivative Piecewise KroneckerDelta sqrt cbrt root real_root log "
    "Eq Ne Lt Le Gt Ge And Or Not True False oo".split()
)

INSTEAD = {
    "softmax": "exp(z[i])/Sum(exp(z[j]), (j, 1, n))", "lg": "log(u, 10), or log(u, 2)", "leaky_relu": "Max(0.01*u, u)",
    "gelu": "u*(1 + erf(u/sqrt(2)))/2", "elu": "Piecewise((u, u > 0), (exp(u) - 1, True))",
    "huber": "Piecewise((u**2/2, Abs(u) <= d), (d*(Abs(u) - d/2), True))", "hinge": "Max(0, 1 - y*u)",
    "mish": "u*tanh(log(1 + exp(u)))", "logcosh": "log(cosh(u))", "logsumexp": "log(Sum(exp(z[k]), (k, 1, K)))",
    "sh": "sinh(u)", "ch": "cosh(u)", "th": "tanh(u)",
    "round": "floor(u + 1/2)", "int": "floor(u)", "trunc": "sign(u)*floor(Abs(u))",
    "dot": "Sum(a[j]*b[j], (j, 1, n))", "norm": "sqrt(Sum(a[j]**2, (j, 1, n)))", "mean": "Sum(x[i], (i, 1, m))/m",
    "sum": "Sum(body, (i, 1, m))", "Sigma": "Sum(body, (i, 1, m))", "summation": "Sum(body, (i, 1, m))",
    "prod": "Product(body, (i, 1, m))", "diff": "Derivative(f(x), x)", "integrate": "Integral(body, (t, a, b))",
    "where": "Piecewise((value, condition), (other, True))", "if": "Piecewise((value, condition), (other, True))",
    "Indicator": "KroneckerDelta(i, j)", "DiracDelta": "Heaviside(u)",
}  # fmt: skip
INSTEAD = {name: text for name, text in INSTEAD.items() if name not in FUNCTIONS}

_BY_LOWER = {name.lower(): name for name in (*FUNCTIONS, *RESERVED, *ALIASES, *WRITTEN)}
MEANT = {"sigma": "sigmoid"}  # names that people give to a function of the table
COMMON = "sin cos tan exp log sqrt abs max min asin acos atan arcsin arccos arctan floor gamma sigmoid relu".split()


def polygamma_order(name: str) -> int | None:
    """The k of psi_k, which is the k-th derivative of digamma."""
    head, _, order = name.partition("_")
    return int(order) if head == "psi" and order.isascii() and order.isdigit() and len(order) <= 2 else None


def spelling_of(name: str) -> str | None:
    """The table's function that `name` seems to mean, if it looks like a slip of the pen: `Sin`, `Gama`."""
    from difflib import get_close_matches

    lower = name.lower()
    if lower in _BY_LOWER:
        return _BY_LOWER[lower]
    close = get_close_matches(lower, _BY_LOWER, n=1, cutoff=0.88) if len(name) >= 5 else []
    return _BY_LOWER[close[0]] if close else None


def looks_like(name: str) -> str | None:
    """The common function that an undefined one may have been meant for, one slip of the pen away: `sqt`, `epx`, `sinn`.

    A letter too many counts only if it doubles its neighbour: `cost` and `maxi` are names of their own.
    """
    if name in MEANT:
        return MEANT[name]
    lower = name.lower()
    slips = {lower[:j] + lower[j + 1 :] for j in range(1, len(lower)) if lower[j] == lower[j - 1]}
    slips |= {lower[:j] + lower[j + 1] + lower[j] + lower[j + 2 :] for j in range(len(lower) - 1)}
    for known in COMMON if len(name) > 2 else ():
        changed = len(known) == len(lower) and sum(a != b for a, b in zip(known, lower, strict=True)) == 1
        missing = any(known[:j] + known[j + 1 :] == lower for j in range(len(known)))
        if known in slips or missing or (changed and len(lower) > 3):
            return known
    return None
