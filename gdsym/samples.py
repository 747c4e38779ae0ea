"""Samples: the cost of one, and the cost of a batch, whose mean over all batches is the cost of all.

Every sum over the m samples becomes (m/B) times the sum over the B samples of the batch; m elsewhere stays m. So 1/m
becomes 1/B, and terms without the sample index stay as they are.
"""

from __future__ import annotations

import math
from typing import Any

import sympy

from gdsym.arguments import odd
from gdsym.closing import tidy
from gdsym.door import all_names, variable
from gdsym.errors import CostError
from gdsym.problem import Problem, replace_problem, sample_sum
from gdsym.record import record
from gdsym.written.nodes import (
    Add,
    Base,
    Bound,
    Div,
    Indexed,
    Mul,
    Neg,
    Node,
    Num,
    Prod,
    Sum,
    Sym,
    is_num,
    mul,
    replace,
    rewrite,
    walk,
)

BATCH = Sym(sympy.Dummy("B", integer=True, positive=True))


def sample_letter(p: Problem, letter: Any) -> Sym:
    """The letter that names one sample: a symbol, or its name, that means nothing else in the cost."""
    if not isinstance(letter, (str, sympy.Basic, Node)):
        raise odd(letter, "The letter of a sample", "give a symbol or its name, such as 'i'")
    var = variable(letter, all_names(p.expanded))
    if not isinstance(var, Sym):
        raise CostError(f"A sample is named by a plain symbol such as i, not by {str(letter)[:60]}.")
    taken = {name.name for name in p.expanded.free if isinstance(name, (Sym, Base))}
    if var.name in taken:
        raise CostError(f"{var.name[:60]} stands in the cost already; name the sample by another symbol, such as i.")
    return var


@record
class Samples:
    """Which sums run over the samples: their limits, and the axis of each data array that counts samples."""

    lower: Node
    upper: Node
    axes: dict[Base, int]

    @property
    def count(self) -> Node:
        """How many samples there are."""
        if is_num(self.lower, 1):
            return self.upper
        lower, upper = self.lower, self.upper
        plain = Add(upper, Neg(lower), Num(1)).to_sympy()
        return Sym(plain) if isinstance(plain, sympy.Symbol) else Add(upper, Neg(lower), Num(1))

    def is_sum(self, node: Node) -> bool:
        """Is it a sum over all samples?"""
        return isinstance(node, Sum) and (node.lower, node.upper) == (self.lower, self.upper)


def samples(p: Problem, *, drawn: bool = False) -> Samples:
    """The samples of a cost; refused where they cannot be taken one by one, or (`drawn`) not put in another order."""
    top = sample_sum(p)
    found = Samples(top.lower, top.upper, {})
    _Axes(p, found, drawn).note(p.expanded)
    if _powers(p.expanded, found) > 1:
        raise CostError(
            "The cost is no plain sum over the samples (a sum over them stands inside a function, a power, a product or "
            "another sum), so the mean over batches is not the cost. Use the full gradient, without batch."
        )
    if any(isinstance(part, Prod) and (part.lower, part.upper) == (top.lower, top.upper) for part in walk(p.expanded)):
        raise CostError(
            "The cost multiplies over the samples; a product cannot be drawn in batches. Take its logarithm: a sum."
        )
    return found


def _powers(node: Node, s: Samples) -> float:
    """How often sums over the samples are multiplied: 0, 1, or infinite where one stands inside anything else."""
    if s.is_sum(node):
        return 1 if _powers(node.children[0], s) == 0 else math.inf
    parts = [_powers(child, s) for child in node.children]
    if isinstance(node, (Add, Neg)):
        return max(parts)
    if isinstance(node, Mul):
        return sum(parts)
    if isinstance(node, Div):
        return parts[0] if parts[1] == 0 else math.inf
    if isinstance(node, Sum):
        return parts[0] if parts[2] == parts[3] == 0 else math.inf
    return math.inf if any(parts) else 0


class _Axes:
    """Notes which axis of which array counts samples, and refuses what would be another number for drawn samples."""

    def __init__(self, p: Problem, s: Samples, drawn: bool) -> None:
        self.params, self.s, self.drawn = p.params, s, drawn
        self.others: dict[Base, Indexed] = {}  # entries that are the same for all samples

    def note(self, formula: Node) -> None:
        self._visit(formula, None)
        for base in self.others.keys() & self.s.axes.keys() if self.drawn else ():
            raise CostError(
                f"{self.others[base].to_sympy()} is one entry of the samples, which a batch draws: give it to the data under "
                "a name of its own, or use the full gradient."
            )

    def _visit(self, node: Node, index: Node | None) -> None:
        if self.s.is_sum(node):
            assert isinstance(node, Sum)
            self._visit(node.body, node.index)
        elif isinstance(node, Indexed):
            self._entry(node, index)
        elif node == index and self.drawn:
            raise CostError(
                f"The cost computes with the index {node.to_sympy()} itself, which a batch counts anew. Give these numbers as "
                f"data, e.g. t[{node.to_sympy()}], or use the full gradient."
            )
        else:
            inner = None if isinstance(node, Bound) and node.index == index else index
            for child in node.children:
                self._visit(child, inner)

    def _entry(self, entry: Indexed, index: Node | None) -> None:
        bare = [axis for axis, i in enumerate(entry.indices) if index is not None and _holds(i, index)]
        for axis, i in enumerate(entry.indices):
            if axis not in bare:
                self._visit(i, index)
        if not bare:
            self.others.setdefault(entry.base, entry)
            return
        if entry.base in self.params:
            raise CostError(
                f"{entry.to_sympy()} is a parameter of its own for each sample; such a cost has no batches. Use the full gradient."
            )
        twice = len(bare) > 1 or self.s.axes.setdefault(entry.base, bare[0]) != bare[0]
        if any(entry.indices[axis] != index for axis in bare) or (twice and self.drawn):
            raise CostError(
                f"{entry.to_sympy()} ties samples to their neighbours or to each other, so they cannot be drawn one by one. Use the full gradient."
            )


def _holds(node: Node, index: Node) -> bool:
    """Does the index stand in it, not only as the index of another array?"""
    return node == index or (not isinstance(node, Indexed) and any(_holds(c, index) for c in node.children))


def of_batch(node: Node, s: Samples) -> Node:
    """The formula over a batch of B samples: each sum over the samples is scaled by m/B."""

    def change(part: Node) -> Node:
        if not s.is_sum(part):
            return part
        assert isinstance(part, Bound)
        last = BATCH if is_num(s.lower, 1) else Add(BATCH, s.lower, Neg(Num(1)))
        return mul(Div(s.count, BATCH), Sum(part.body, part.index, s.lower, last))

    return rewrite(node, change)


def one_sample(p: Problem, letter: Any) -> Problem:
    """The cost of the sample `letter`, tidied."""
    var = sample_letter(p, letter)
    return replace_problem(p, lambda node: tidy(of_one(node, samples(p), var), p.params))


def of_one(node: Node, s: Samples, letter: Sym) -> Node:
    """The formula of the one sample `letter`: each sum over the samples is m times its term."""

    def change(part: Node) -> Node:
        if not s.is_sum(part):
            return part
        assert isinstance(part, Bound)
        return mul(s.count, replace(part.body, {part.index: letter}))

    return rewrite(node, change)
