r"""Reads special functions in the notation of handbooks, `J_{a}(x)`, `E(\phi\mid m)`: a part of the reader of printed LaTeX.

One row a notation: its head, what stands below and above it, and how many arguments each list in its brackets has.
"""

from __future__ import annotations

from typing import Any

import sympy as sp

# (head, `op:` for an upright word; is there a subscript, kind of superscript, arguments between the bars and semicolons) -> the function of all of them
TABLE: dict[tuple[str, bool, str, tuple[int, ...]], Any] = {
    (r"\Gamma", False, "", (1,)): sp.gamma, (r"\Gamma", False, "", (2,)): sp.uppergamma, (r"\gamma", False, "", (2,)): sp.lowergamma,
    (r"\psi", False, "", (1,)): sp.digamma, (r"\psi", False, "()", (1,)): sp.polygamma, (r"\mathrm{B}", False, "", (2,)): sp.beta,
    (r"\zeta", False, "", (1,)): sp.zeta, (r"\zeta", False, "", (2,)): sp.zeta, (r"\eta", False, "", (1,)): sp.dirichlet_eta,
    ("op:Li", True, "", (1,)): sp.polylog, ("op:Li", False, "", (1,)): sp.Li, (r"\Phi", False, "", (3,)): sp.lerchphi, ("E", True, "", (1,)): sp.expint,
    ("op:W", True, "", (1,)): lambda k, x: sp.LambertW(x, k), ("op:erf", False, "-1", (1,)): sp.erfinv, ("op:erfc", False, "-1", (1,)): sp.erfcinv,
    ("S", False, "", (1,)): sp.fresnels, ("C", False, "", (1,)): sp.fresnelc, ("op:Ai", False, "", (1,)): sp.airyai, ("op:Bi", False, "", (1,)): sp.airybi,
    ("op:Ai", False, "'", (1,)): sp.airyaiprime, ("op:Bi", False, "'", (1,)): sp.airybiprime,
    ("J", True, "", (1,)): sp.besselj, ("Y", True, "", (1,)): sp.bessely, ("I", True, "", (1,)): sp.besseli, ("K", True, "", (1,)): sp.besselk,
    ("j", True, "", (1,)): sp.jn, ("y", True, "", (1,)): sp.yn, ("K", False, "", (1,)): sp.elliptic_k, ("E", False, "", (1,)): sp.elliptic_e,
    ("E", False, "", (1, 1)): sp.elliptic_e, ("F", False, "", (1, 1)): sp.elliptic_f, (r"\Pi", False, "", (1, 1)): sp.elliptic_pi,
    (r"\Pi", False, "", (1, 1, 1)): sp.elliptic_pi, ("P", True, "", (1,)): sp.legendre, ("P", True, "m", (1,)): sp.assoc_legendre,
    ("T", True, "", (1,)): sp.chebyshevt, ("U", True, "", (1,)): sp.chebyshevu, ("H", True, "", (1,)): sp.hermite, ("op:He", True, "", (1,)): sp.hermite_prob,
    ("H", True, "", ()): sp.harmonic, ("H", True, "()", ()): sp.harmonic, ("L", True, "", (1,)): sp.laguerre, ("L", True, "()", (1,)): sp.assoc_laguerre,
    ("C", True, "()", (1,)): sp.gegenbauer, ("P", True, "(,)", (1,)): sp.jacobi,
}  # fmt: skip
HEADS = frozenset(head for head, *_ in TABLE) | {r"\log"}


def read(reader: Any) -> Any | None:
    """The special function that begins here, or None."""
    start, head = reader.at, _head(reader)
    if head not in HEADS or head in reader.names or (head == r"\gamma" and reader.peek() not in ("(", r"\left(")):
        reader.at = start
        return None
    if head == r"\log":
        return log_gamma(reader, start)
    below = [_group(reader)] if _next(reader, "_") else []
    above, kind = _above(reader)
    lists = _lists(reader) if reader.peek() in ("(", r"\left(") else []
    shape = tuple(len(part) for part in lists)
    found = TABLE.get((head, bool(below), kind, shape))
    if found is None and kind == "primes":
        return sp.polygamma(above[0], *lists[0]) if head == r"\psi" else TABLE[head, False, "'", shape](*lists[0])
    if found is None:
        reader.at = start
        return None
    return found(*below, *above, *(arg for part in lists for arg in part))


def log_gamma(reader: Any, start: int) -> Any | None:
    r"""`\log\Gamma(x)`; any other logarithm is read elsewhere."""
    if not _next(reader, r"\Gamma"):
        reader.at = start
        return None
    ((x,),) = _lists(reader)
    return sp.loggamma(x)


def marked(reader: Any, value: Any) -> Any:
    r"""`(x)_{n}` and `(x)!!`, behind the bracket."""
    if _next(reader, "_"):
        return sp.RisingFactorial(value, _group(reader))
    if reader.peek(2) == r"\underline":
        for token in ("^", "{", r"\underline"):
            reader.take(token)
        value = sp.FallingFactorial(value, _group(reader))
        reader.take("}")
    if reader.peek() == "!" and reader.peek(1) == "!":
        reader.take()
        reader.take()
        return sp.factorial2(value)
    return value


def hypergeometric(reader: Any) -> Any:
    r"""`{}_{2}F_{1}(a, b; c; z)`, from its empty group."""
    for token in ("{", "}", "_"):
        reader.take(token)
    above = int(_group(reader))
    reader.take("F")
    reader.take("_")
    below = int(_group(reader))
    first, second, (z,) = _lists(reader)
    if (len(first), len(second)) != (above, below):
        raise reader.unreadable("lists of other lengths")
    return sp.hyper(first, second, z)


def _head(reader: Any) -> str:
    token = reader.take()
    if token not in (r"\operatorname", r"\mathrm"):
        return str(token)
    reader.take("{")
    word = ""
    while reader.peek() != "}":
        word += reader.take()
    reader.take("}")
    return f"op:{word}" if token == r"\operatorname" else f"{token}{{{word}}}"


def _next(reader: Any, token: str) -> bool:
    if reader.peek() != token:
        return False
    reader.take()
    return True


def _group(reader: Any) -> Any:
    reader.take("{")
    value = reader.sum()
    reader.take("}")
    return value


def _above(reader: Any) -> tuple[list[Any], str]:
    """What stands above, and its kind: `m`, `(n)`, `(a, b)`, `-1`, primes."""
    primes = 0
    while _next(reader, "'"):
        primes += 1
    if primes:
        return [primes], "primes"
    if not _next(reader, "^"):
        return [], ""
    reader.take("{")
    if _next(reader, "("):
        args = [reader.sum()]
        if _next(reader, ","):
            args.append(reader.sum())
        reader.take(")")
        reader.take("}")
        return args, "()" if len(args) == 1 else "(,)"
    value = reader.sum()
    reader.take("}")
    return ([], "-1") if value == -1 else ([value], "m")


def _lists(reader: Any) -> list[list[Any]]:
    """`(a, b; c \\mid z)`: the lists between semicolons and bars."""
    left = reader.take()
    lists: list[list[Any]] = [[]]
    while reader.peek() not in (")", r"\right)"):
        if reader.peek() in (";", r"\mid"):
            reader.take()
            lists.append([])
        elif not _next(reader, ","):
            lists[-1].append(reader.sum())
    reader.take(")" if left == "(" else r"\right)")
    return lists
