"""The last lines of derivations as the compiler takes them: the program of a cost *is* its derivations."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from gdsym.arrays import Program, compile_program
from gdsym.arrays.program import Slope
from gdsym.derivation import Derivation
from gdsym.index_form import slope_in_index_form
from gdsym.index_whole import has_wholes
from gdsym.named import put_in
from gdsym.problem import Problem
from gdsym.written.nodes import Base, Indexed, Node, Sym

Partial: TypeAlias = Callable[[Node], Derivation]


def program_of_cost(problem: Problem, partial: Partial, asked: Problem, in_matrices: Partial) -> Program:
    """Value and all partial derivatives as one program, from a cost in index form.

    One that was asked with inverses or determinants is derived as it was asked: the index form has no rules for those.
    """
    if has_wholes(asked.expanded):
        lines = ((p, in_matrices(p)) for p in asked.params)
        slopes = [slope_in_index_form(asked, p, put_in(d.written, d.where)) for p, d in lines]
    else:
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
