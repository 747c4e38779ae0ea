"""Costs compiled by hand, for tests of the descent alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sympy

from gdsym.descent import Asked, Descent, Known, descend
from gdsym.written.nodes import Base, Node, Sym

w, b, m = sympy.symbols("w b m")
x, y, v, X = (sympy.IndexedBase(letter) for letter in "xyvX")


@dataclass(frozen=True)
class Input:
    name: str
    node: Node
    kind: str


@dataclass(frozen=True)
class Program:
    inputs: tuple[Input, ...]
    once: tuple[str, ...]
    each: tuple[str, ...]
    value: str
    gradients: tuple[str, ...]
    needs: tuple[str, ...] = ()


W, B, V = Input("w", Sym(w), "param"), Input("b", Sym(b), "param"), Input("v", Base(v), "param")
DATA = (Input("x", Base(x), "data"), Input("y", Base(y), "data"), Input("m", Sym(m), "size"))


def scalar(value: str, gradient: str) -> Program:
    return Program((W,), (), (), value, (gradient,))


PARABOLA = scalar("(w - 3.0)*(w - 3.0)", "2.0*(w - 3.0)")
TWO_VALLEYS = scalar("(w - 1.0)**2*(w - 5.0)**2", "2.0*(w - 1.0)*(w - 5.0)*(2.0*w - 6.0)")
SADDLE = Program((W, B), (), (), "w*w - b*b", ("2.0*w", "-2.0*b"))
LINE = Program((W, B, *DATA), ("v0 = 1.0/m",), ("r = w*x + b - y",), "0.5*v0*(r @ r)", ("v0*(r @ x)", "v0*r.sum()"))
SUM_LINE = Program(
    (W, B, *DATA), (), ("r = w*x + b - y",), "r @ r + 0.5*w*w", ("2.0*(r @ x) + w", "2.0*r.sum()")
)  # a sum that is not divided by m, and a term without data
MAE = Program(
    (W, *DATA), (), ("r = w*x - y", "s = np.sign(r)"), "abs(r).sum()/m", ("(s @ x)/m",), ("import numpy as np",)
)
VECTOR = Program(
    (V, B, Input("X", Base(X), "data"), DATA[1], DATA[2]),
    (),
    ("r = X @ v + b - y",),
    "(r @ r)/(2.0*m)",
    ("(X.T @ r)/m", "r.sum()/m"),
)


def descended(program: Any, start: Any, data: Any, **how: Any) -> Descent:
    """`descend` with the names of both records as keywords."""
    known = Known(**{name: how.pop(name) for name in Known.__match_args__ if name in how})  # type: ignore[attr-defined]
    return descend(program, start, data, Asked(**how), known)
