"""Formulas that are wrong in one place: sign, factor, dropped term, exponent, variable, function, index, limit, switch, matrix.

Whether a mutant that the judge accepts changes anything is decided by numbers that gdsym had no part in.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import numpy as np
import sympy as sp
from corpus import Case
from matrix_numbers import number
from oracle import BOXES, NoValue, World, close, value

import gdsym as gd
from gdsym.named import put_in
from gdsym.verify import agree
from gdsym.written import matrices as mat
from gdsym.written import matrix_algebra as mat_algebra
from gdsym.written import nodes as n
from gdsym.written.from_sympy import from_sympy
from gdsym.written.nodes import Add, Mul, Neg, Node, Num

SIZES = {"m": 3, "n": 3, "N": 3, "K": 3, "H": 3, "a_0": 1}
SWAPS = {
    sp.sin: sp.cos, sp.cos: sp.sin, sp.exp: sp.cosh, sp.log: sp.atan, sp.tanh: sp.sin, sp.Abs: sp.sign, sp.sign: sp.Abs, sp.Max: sp.Min, sp.Min: sp.Max,
    sp.cosh: sp.sinh, sp.sinh: sp.cosh, sp.atan: sp.tanh, sp.tan: sp.sin,
}  # fmt: skip
TURNED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "==": "!=", "!=": "=="}
STRICT = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}
NAMES = (n.Base, n.Rel, n.Logic, mat.Constant, mat.Differential)

Mutant = tuple[str, Node]  # what was done, and the formula


def mutants(node: Node) -> Iterator[Mutant]:
    """Everything that differs from `node` in one place."""
    yield from _everywhere(node, _index_letters(node))


def _index_letters(node: Node) -> tuple[Node, ...]:
    found = (s for part in n.walk(node) if isinstance(part, (n.Indexed, n.Bound)) for s in part.children[1:])
    return tuple(dict.fromkeys(s for s in found if isinstance(s, n.Sym)))


def _everywhere(node: Node, letters: tuple[Node, ...]) -> Iterator[Mutant]:
    yield from _changed(node, letters)
    matrices = isinstance(node, n.D) and mat.has_matrices(node)
    for place, child in enumerate(() if matrices else node.children):
        if not (isinstance(node, (n.Bound, n.D)) and place == 1) and not isinstance(node, mat.Differential):
            for kind, mutant in _everywhere(child, letters):
                yield kind, node.with_children((*node.children[:place], mutant, *node.children[place + 1 :]))


def _changed(node: Node, letters: tuple[Node, ...]) -> Iterator[Mutant]:
    for kinds, change in CHANGES:
        if isinstance(node, kinds):
            yield from change(node, letters)
    if isinstance(node, n.Neg):
        yield "sign", node.arg
    elif (isinstance(node, mat.MatSym) or not isinstance(node, NAMES)) and node != Num(0):
        yield "sign", Neg(node)


def _num(node: Num, letters: Any) -> Iterator[Mutant]:
    yield "number", Num(node.value + 1)
    yield "factor", Mul(Num(2), node) if node.value else Num(-1)


def _row(node: Node, letters: Any) -> Iterator[Mutant]:
    for place in range(len(node.children) if len(node.children) > 1 else 0):
        rest = (*node.children[:place], *node.children[place + 1 :])
        yield "dropped", rest[0] if len(rest) == 1 else type(node)(*rest)
    if isinstance(node, (Add, Mul)) and len(node.children) > 1:
        yield "operation", (Mul if isinstance(node, Add) else Add)(*node.children)


def _div(node: n.Div, letters: Any) -> Iterator[Mutant]:
    yield "upside down", n.Div(node.den, node.num)


def _pow(node: n.Pow, letters: Any) -> Iterator[Mutant]:
    yield "exponent", n.Pow(node.base, Add(node.exponent, Num(1)))
    yield "exponent", n.Pow(node.base, Add(node.exponent, Num(-1)))
    yield "upside down", n.Pow(node.exponent, node.base)


def _function(node: n.Fn, letters: Any) -> Iterator[Mutant]:
    if node.func in SWAPS:
        yield "function", n.Fn(SWAPS[node.func], *node.children)


def _comparison(node: n.Rel, letters: Any) -> Iterator[Mutant]:
    yield "comparison", n.Rel(TURNED[node.op], *node.children)
    if node.op in STRICT:
        yield "value at a switch", n.Rel(STRICT[node.op], *node.children)


def _cases(node: n.Cases, letters: Any) -> Iterator[Mutant]:
    first, condition, second, *rest = node.children
    yield "branches", n.Cases(second, condition, first, *rest)


def _indexed(node: n.Indexed, letters: tuple[Node, ...]) -> Iterator[Mutant]:
    yield "variable", n.Indexed(n.Base(sp.IndexedBase("other")), *node.indices)
    for place, index in enumerate(node.indices):
        others = [Add(index, Num(1)), Add(index, Num(-1)), *(s for s in letters if s != index)]
        for kind, other in zip(["shift", "shift", *["index"] * len(letters)], others, strict=False):
            yield kind, n.Indexed(node.base, *node.indices[:place], other, *node.indices[place + 1 :])
    if len(node.indices) > 1:
        yield "indices swapped", n.Indexed(node.base, *node.indices[::-1])


def _bound(node: n.Bound, letters: tuple[Node, ...]) -> Iterator[Mutant]:
    kind, (body, index, lower, upper) = type(node), node.children
    yield "limit", kind(body, index, lower, Add(upper, Num(-1)))
    yield "limit", kind(body, index, Add(lower, Num(1)), upper)
    if not isinstance(node, n.Integral):
        for other in letters:
            if other != index:
                yield "bound index", kind(body, other, lower, upper)


def _delta(node: n.Delta, letters: Any) -> Iterator[Mutant]:
    left, right = node.children
    yield "shift", n.Delta(left, Add(right, Num(1)))


def _symbol(node: n.Sym, letters: Any) -> Iterator[Mutant]:
    yield "variable", n.Sym(sp.Symbol("other", integer=node.symbol.is_integer))


def _matrix(node: mat.MatSym, letters: Any) -> Iterator[Mutant]:
    yield "transpose", mat.Transpose(node)
    yield "variable", mat.MatSym(sp.MatrixSymbol("other", *node.matrix.shape), node.rows, node.cols)


def _unwrapped(kind: str) -> Any:
    return lambda node, letters: iter([(kind, node.children[0])])


def _matmul(node: mat.MatMul, letters: Any) -> Iterator[Mutant]:
    for at in range(len(node.children) - 1):
        first, second = node.children[at : at + 2]
        yield "order", mat.MatMul(*node.children[:at], second, first, *node.children[at + 2 :])
    if len(node.children) > 2:
        yield from _row(node, letters)


CHANGES: tuple[tuple[Any, Any], ...] = (
    (Num, _num), ((Add, Mul), _row), (n.Div, _div), (n.Pow, _pow), (n.Fn, _function), (n.Rel, _comparison), (n.Cases, _cases), (n.Indexed, _indexed),
    (n.Bound, _bound), (n.Delta, _delta), (n.Sym, _symbol), (mat.MatSym, _matrix), (mat.Transpose, _unwrapped("transpose")), (mat.MatMul, _matmul),
    (mat.Inverse, _unwrapped("function")), (mat.Trace, lambda node, letters: iter([("function", mat.Det(node.arg))])),
    (mat.Det, lambda node, letters: iter([("function", mat.Trace(node.arg))])),
)  # fmt: skip


def worlds(*parts: Any, case: Case, boxes: tuple[str, ...] = tuple(BOXES)[:4], points: int = 2) -> Iterator[World]:
    free = {
        s for e in parts for s in e.atoms(sp.Symbol) if s.is_integer
    }  # SymPy's Derivative hides what it is taken by
    names = sorted(s.name for s in free if s.name not in SIZES)
    for box, point in product(boxes, range(points)):
        letters = {name: 1 + (point + at * (1 + point)) % 3 for at, name in enumerate(names)}
        yield World(point, box, {**SIZES, **letters}, where=case.where or {}, labels=case.labels)


def equivalent(case: Case, right: Node, mutant: Node, given: Any, partly: bool) -> bool:
    """Do the two have the same value wherever the right one has one and the condition holds? Also where arguments tie.

    Evidence that holds where the right side is defined says nothing of the places at which it is not: `partly` leaves them out.
    """
    if mat.has_matrices(right) or mat.has_matrices(mutant):
        return _same_matrices(right, mutant)
    parts = {from_sympy(key): from_sympy(meaning) for key, meaning in (case.where or {}).items()}
    a, b = put_in(right, parts).to_sympy(), put_in(mutant, parts).to_sympy()
    ties = () if a.has(sp.Derivative) else ("tied",)  # a difference quotient over a jump is no derivative
    several = (*tuple(BOXES)[:4], *ties)
    for world in worlds(a, b, sp.sympify(given), case=case, points=4, boxes=several):
        try:
            if given is not sp.true and not world.value(given):
                continue
            truth = value(a, world)
        except (NoValue, ArithmeticError):
            continue
        try:
            if not close(truth, value(b, world)):
                return False
        except NoValue:
            if not partly:
                return False
    return True


def _same_matrices(right: Node, mutant: Node) -> bool:
    """By NumPy, with a random matrix for each name (for `dW` and for each pending derivative too)."""
    right, mutant = (n.rewrite(side, _constant_is_zero) for side in (right, mutant))
    for seed in range(3):
        rng = np.random.default_rng(seed)
        a, b = right.to_sympy(), mutant.to_sympy()
        matrices = a.atoms(sp.MatrixSymbol) | b.atoms(sp.MatrixSymbol)
        names = sorted(
            (
                a.free_symbols
                | b.free_symbols
                | {s for x in matrices for size in x.shape for s in sp.sympify(size).free_symbols}
            )
            - matrices,
            key=str,
        )
        sizes = {s: 2 + at % 3 for at, s in enumerate(s for s in names if s.is_integer)}
        env = {**sizes, **{s: rng.uniform(0.5, 2) for s in names if s not in sizes}}
        for s in sorted(matrices, key=str):
            env[s] = rng.normal(size=[int(sp.sympify(size).subs(sizes)) for size in s.shape])
        try:
            if not np.allclose(number(a, env), number(b, env), rtol=1e-9):
                return False
        except (ValueError, KeyError, np.linalg.LinAlgError):
            return False
    return True


def _constant_is_zero(node: Node) -> Node:
    if not isinstance(node, n.D) or not isinstance(node.var, mat.Differential) or node.var.of in node.body.free:
        return node
    shape = mat_algebra.shape(node.body)
    return n.ZERO if shape is None else mat.Zeros(*shape)


@dataclass
class Tally:
    """Mutants by kind: how many were made, how many change nothing, and those that were wrongly accepted."""

    made: Counter[str] = field(default_factory=Counter)
    same: Counter[str] = field(default_factory=Counter)
    accepted: list[str] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        self.made += other.made
        self.same += other.same
        self.accepted += other.accepted


def steps_of(steps: tuple[gd.Step, ...]) -> Iterator[gd.Step]:
    for step in steps:
        yield step
        yield from steps_of(step.substeps)


def judged(case: Case, rng: random.Random, per_step: int) -> Tally:
    """Some mutants of every step of a derivation, before the judge."""
    d = gd.derive(case.expr, case.wrt, where=case.where, detail="full")
    tally = Tally()
    for step in {(s.lhs, s.rhs, s.compared): s for s in (*steps_of(d.steps), *d.steps)}.values():
        found = [m for m in dict.fromkeys(mutants(step.rhs)) if m[1] != step.rhs]
        for kind, mutant in _spread(found, rng, per_step):
            tally.made[kind] += 1
            if check := agree(step.lhs, mutant, given=step.compared, where=d.where, room=False):
                if equivalent(case, step.rhs, mutant, step.compared, partly="the right side is defined" in check.note):
                    tally.same[kind] += 1
                else:
                    tally.accepted.append(f"{kind}: {step.lhs} = {mutant} for {step.rhs} ({step.rule.name}, {case})")
    return tally


def _spread(found: list[Mutant], rng: random.Random, count: int) -> list[Mutant]:
    """As many kinds as there can be, in an order by chance."""
    by_kind: dict[str, list[Mutant]] = {}
    for mutant in rng.sample(found, len(found)):
        by_kind.setdefault(mutant[0], []).append(mutant)
    rows = list(by_kind.values())
    rng.shuffle(rows)
    turns = [row[at] for at in range(max(map(len, rows), default=0)) for row in rows if at < len(row)]
    return turns[:count]
