"""Derivatives that stand in SymPy's formulas: of undefined functions names, of anything else pending; and what Subs puts in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sympy
from sympy.core.function import AppliedUndef

from gdsym.errors import Unsupported
from gdsym.written import nodes as n

if TYPE_CHECKING:
    from gdsym.written.from_sympy import Writer


def derivative(w: Writer, e: Any) -> n.Node:
    """A derivative of an undefined function at its own symbols is a name; any other is pending."""
    inner = e.expr
    for letter, count in e.variable_count:
        if not count.is_Integer:
            raise Unsupported(
                f"{sympy.sstr(e)[:120]}: how often is derived by {letter}? A whole number is needed, not {count}."
            )
    if (
        isinstance(inner, AppliedUndef)
        and all(x in inner.args for x in e.variables)
        and len(set(inner.args)) == len(inner.args)
    ):
        counts = dict(e.variable_count)
        return n.Partial(inner.func, tuple(int(counts.get(a, 0)) for a in inner.args), *w.all(inner.args))
    node = w.write(inner)
    for x in e.variables:
        node = n.D(node, w.write(x))
    return node


def put_in_place(w: Writer, e: Any) -> n.Node:
    """A formula with others in the place of its letters; none of them that a pending derivative is taken by."""
    new = {w.write(old): w.write(value) for old, value in zip(e.variables, e.point, strict=True)}
    inner = w.write(e.expr)
    again = (value.free & {*list(new)[at + 1 :]} for at, value in enumerate(new.values()))
    if any(again) and not isinstance(inner, n.Partial):  # at once or one after the other: SymPy does both
        raise Unsupported(f"{sympy.sstr(e)[:120]} puts in letters that are replaced, too. Use others, or .doit().")
    if any(isinstance(part, n.D) and part.var in new for part in n.walk(inner)):
        raise Unsupported(f"{sympy.sstr(e)[:120]}: derive first, then put in; .doit() does so.")
    return n.replace(inner, new)
