"""The last lines of derivations as the compiler takes them: the program of a cost *is* its derivations."""

from __future__ import annotations

from collections.abc import Callable

from gdsym.arrays import Program, compile_program
from gdsym.arrays.program import Slope
from gdsym.derivation import Derivation
from gdsym.named import put_in
from gdsym.problem import Problem
from gdsym.written.nodes import Base, Indexed, Node, Sym


def program_of_cost(problem: Problem, partial: Callable[[Node], Derivation]) -> Program:
    """Value and all partial derivatives as one program."""
    slopes = [slope_of(partial(p), p) for p in problem.params]
    return compile_program(problem.expanded, problem.params, slopes)


def slope_of(d: Derivation, param: Node) -> Slope:
    """The last line of a derivation as the compiler takes it."""
    node = put_in(d.written, d.where)
    if isinstance(param, Sym):
        return node
    (var,) = d.variables
    assert isinstance(var, Indexed) and isinstance(param, Base)
    return tuple(i for i in var.indices if isinstance(i, Sym)), node
