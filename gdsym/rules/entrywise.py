"""The slope of a function of one letter, for functions that are applied to every entry of a matrix."""

from __future__ import annotations

from gdsym.step import Reason
from gdsym.written.nodes import D, Node, Sym


def slope_of_letter(body: Node, letter: Sym) -> tuple[Node, Reason]:
    """g'(t) in its shortest form, by the rules for numbers, and what is to be said of its kinks."""
    from gdsym.closing import tidy
    from gdsym.rules import RULES
    from gdsym.solve import Solver, Work

    work = Solver(letter, RULES, {}).solve(D(body, letter))

    def notes(part: Work) -> list[Reason]:
        return ([part.move.note] if part.move.note else []) + [note for p in part.parts for note in notes(p)]

    return tidy(work.value, [letter]), next(iter(notes(work)), ())
