"""Sums of plain numbers with fewer operations: (a + b - c) + (d + b - e) for a + 2b + d - c - e, (u + v)/4 for u/4 + v/4.

Where both parentheses are computed anyway (as residuals mostly are) the longer sum costs one addition.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from gdsym.arrays.graph import Graph, Op

POLYNOMIAL = ("leaf", "number", "size", "add", "mul", "neg", "div", "slice")
Terms = dict[Op, Fraction]


def regrouped(g: Graph, outputs: Sequence[Op]) -> tuple[list[Op], dict[Op, Op]]:
    """The outputs with their plain sums regrouped; what became of each operation."""
    done: dict[Op, Op] = {}
    plain = _polynomials(outputs)
    known: dict[Op, list[tuple[Op, Terms]]] = {}  # by their first terms
    for op in plain:
        if op.kind == "add":
            parts = _terms(g, op)
            known.setdefault(next(iter(parts)), []).append((op, parts))

    def visit(op: Op) -> Op:
        if op not in done:
            done[op] = _sum(op) if op.kind == "add" and op.ndim == 0 else _with(op)
        return done[op]

    def _with(op: Op) -> Op:
        args = tuple(map(visit, op.args))
        return g.remade(op, args)

    def _sum(op: Op) -> Op:
        terms = before = _terms(g, op)
        if op in plain:
            terms = _of_sums(terms, [s for t in terms for s in known.get(t, ()) if s[0] is not op])
        changed = terms is not before or _common(terms) is not None
        return _written(g, {visit(t): c for t, c in terms.items()}) if changed else _with(op)

    return [visit(op) for op in outputs], done


def _terms(g: Graph, op: Op) -> Terms:
    """The terms of a sum with their numbers."""
    found: Terms = {}
    for sign, arg in zip(op.attr, op.args, strict=True):
        number, term = _split(g, arg)
        found[term] = found.get(term, Fraction(0)) + sign * number
    return found


def _split(g: Graph, op: Op) -> tuple[Fraction, Op]:
    """A number and the rest."""
    if op.kind == "neg":
        number, rest = _split(g, op.args[0])
        return -number, rest
    if op.kind == "mul" and _is_exact(op.args[0]):
        _, *others = op.args
        return Fraction(op.args[0].attr), others[0] if len(others) == 1 else g.make("mul", *others)
    if op.kind == "div" and _is_exact(op.args[1]) and op.args[1].attr:
        number, rest = _split(g, op.args[0])
        return number / Fraction(op.args[1].attr), rest
    return Fraction(1), op


def _is_exact(op: Op) -> bool:
    return op.kind == "number" and isinstance(op.attr, (int, Fraction))


def _polynomials(outputs: Sequence[Op]) -> dict[Op, None]:
    """Plain numbers made without functions: what has functions may have been put together so that nothing is lost."""
    found: dict[Op, None] = {}
    seen: set[Op] = set()

    def visit(op: Op) -> None:
        if op in seen:
            return
        seen.add(op)
        for a in op.args:
            visit(a)
        if op.kind == "leaf" or (op.kind in POLYNOMIAL and op.ndim == 0 and all(a in found for a in op.args)):
            found[op] = None

    for op in outputs:
        visit(op)
    return found


def _of_sums(terms: Terms, known: Sequence[tuple[Op, Terms]]) -> Terms:
    """The terms, with what is a known sum taken together, if there are fewer then."""
    rest, whole = dict(terms), Terms()
    for op, parts in sorted(known, key=lambda s: -len(s[1])):
        for sign in (1, -1):
            while all(_holds(rest.get(t, Fraction(0)), sign * c) for t, c in parts.items()):
                for t, c in parts.items():
                    rest[t] -= sign * c
                whole[op] = whole.get(op, Fraction(0)) + sign
    rest = {t: c for t, c in rest.items() if c}
    new = {**whole, **rest}
    return new if _operations(new) < _operations(terms) else terms


def _holds(have: Fraction, part: Fraction) -> bool:
    return have * part > 0 and abs(have) >= abs(part)


def _operations(terms: Mapping[Op, Fraction]) -> int:
    return len(terms) + sum(abs(c) != 1 for c in terms.values())


def _common(terms: Mapping[Op, Fraction]) -> Fraction | None:
    """The number that all terms have, but for its sign; None if that is 1."""
    numbers = {abs(c) for c in terms.values()}
    return numbers.pop() if len(numbers) == 1 and len(terms) > 1 and numbers != {1} else None


def _written(g: Graph, terms: Mapping[Op, Fraction]) -> Op:
    common = _common(terms) or Fraction(1)
    total = g.add(tuple((1 if c > 0 else -1, _times(g, abs(c) / common, t)) for t, c in terms.items()))
    return _times(g, common, total)


def _times(g: Graph, number: Fraction, op: Op) -> Op:
    top = op if number.numerator == 1 else g.make("mul", g.number(number.numerator), op)
    return top if number.denominator == 1 else g.make("div", top, g.number(number.denominator))


__all__ = ["regrouped"]
