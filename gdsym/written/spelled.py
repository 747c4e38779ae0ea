"""What SymPy calls by a name of its own and everybody else writes out: expm1(u) is exp(u) - 1, <u - a>^0 a step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import sympy as s

WHERE = "sympy.codegen."
MEANING: Mapping[str, Callable[..., Any]] = {
    "expm1": lambda u: s.exp(u) - 1,
    "exp2": lambda u: 2**u,
    "log1p": lambda u: s.log(1 + u),
    "log2": lambda u: s.log(u) / s.log(2),
    "log10": lambda u: s.log(u) / s.log(10),
    "cosm1": lambda u: s.cos(u) - 1,
    "powm1": lambda u, v: u**v - 1,
    "Sqrt": s.sqrt,
    "Cbrt": s.cbrt,
    "hypot": lambda u, v: s.sqrt(u**2 + v**2),
    "fma": lambda u, v, w: u * v + w,
    "logaddexp": lambda u, v: s.log(s.exp(u) + s.exp(v)),
    "logaddexp2": lambda u, v: s.log(2**u + 2**v) / s.log(2),
    "minimum": s.Min,
    "maximum": s.Max,
}


def spelled_out(e: Any) -> Any:
    """The formula that a step or a function of SymPy's code generation stands for; any other function as it is."""
    if e.func is s.SingularityFunction and e.args[2] == 0:
        return s.Heaviside(e.args[0] - e.args[1], 1)
    if not str(e.func.__module__).startswith(WHERE):
        return e
    meaning = MEANING.get(e.func.__name__)
    return meaning(*e.args) if meaning else e
