"""The generalized hypergeometric function as a function of numbers: pFq of a_1 .. a_p, b_1 .. b_q and z."""

from __future__ import annotations

from typing import Any

import sympy

from gdsym.errors import Unsupported
from gdsym.record import record
from gdsym.written import nodes as n


@record(slots=True)
class Hypergeometric:
    """`Hypergeometric(2, 1)(a, b, c, z)` is SymPy's `hyper((a, b), (c,), z)`."""

    above: int
    below: int

    @property
    def __name__(self) -> str:  # as every function of SymPy has one
        return "hyper"

    @property
    def nargs(self) -> frozenset[int]:
        return frozenset({self.above + self.below + 1})

    def __call__(self, *args: Any) -> Any:
        return sympy.hyper(args[: self.above], args[self.above : -1], args[-1])

    def fdiff(self, args: tuple[Any, ...], j: int) -> Any:
        """a_1 .. a_p/(b_1 .. b_q) pFq(a + 1; b + 1; z), the derivative by z; by a parameter there is no closed form."""
        return self(*args).fdiff(3) if j == self.above + self.below else None

    def lists(self, args: tuple[Any, ...]) -> tuple[tuple[Any, ...], tuple[Any, ...], tuple[Any, ...]]:
        """The numbers above, those below, and z alone."""
        return args[: self.above], args[self.above : -1], args[-1:]


def refuse_meijer(w: Any, e: Any) -> n.Node:
    """Lists within lists are no numbers."""
    raise Unsupported(
        f"{sympy.sstr(e)[:120]} cannot be derived: a Meijer G-function is one of lists of parameters. Many are a hyper: try sympy.hyperexpand."
    )


def from_hyper(w: Any, e: Any) -> n.Node:
    """`hyper((a, b), (c,), z)` in the written form."""
    above, below, z = e.args
    return n.Fn(Hypergeometric(len(above), len(below)), *w.all((*above, *below, z)))
