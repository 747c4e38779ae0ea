"""A form that the polynomials found, written in paper order, with the brackets of the formula as they stood there."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import sympy

from gdsym.rules.dropping import drop
from gdsym.rules.fractions import cancel
from gdsym.rules.regions import regions, value
from gdsym.rules.tidy import calculate
from gdsym.written.nodes import Add, Neg, Node, rewrite


def as_standing(form: Any, node: Node, letters: dict[Node, Any], params: frozenset[Node]) -> Node:
    """Written again in paper order, brackets in it that stood there before as they stood."""
    from gdsym.written.from_sympy import Writer

    writer = Writer(params)
    sums = {value(part, letters): part for part in regions(node) if isinstance(part, Add) and part != node}
    opened = {new: part for form, part in sums.items() if 3 * _parts(new := sympy.expand(form)) > 2 * _parts(form)}
    writer.done.update(opened | sums)
    writer.done.update({letter: atom for atom, letter in letters.items()})
    held = {sympy.Dummy(f"s{j}", real=True): bracket for j, bracket in enumerate(opened) if len(bracket.args) > 2}
    writer.done.update({letter: opened[bracket] for letter, bracket in held.items()})
    new = writer.write(_with_sums(form, held))
    return rewrite(new, lambda part: cancel(calculate(drop(_led_by(part, opened.values())))))


def _parts(form: Any) -> int:
    return sum(1 for _ in sympy.preorder_traversal(form))


def _with_sums(form: Any, held: Mapping[Any, Any]) -> Any:
    """Letters for sums all of whose terms stand in a longer one: of a + b + c - d, where a + b + c is below the bar."""
    for part in form.atoms(sympy.Add) if held else ():
        terms = set(part.args)
        for letter, bracket in held.items():
            for sign, own in ((1, set(bracket.args)), (-1, set((-bracket).args))):
                if own < terms:
                    return _with_sums(form.xreplace({part: sympy.Add(sign * letter, *(terms - own))}), held)
    return form


def _led_by(node: Node, sums: Collection[Node]) -> Node:
    """A sum with one of these brackets as a term: its terms first, as they stand there, or last if the bracket has a minus."""
    for at, term in enumerate(node.children) if isinstance(node, Add) else ():
        rest = [*node.children[:at], *node.children[at + 1 :]]
        if term in sums:
            return Add(*term.children, *rest)
        if isinstance(term, Neg) and term.arg in sums:
            return Add(*rest, *map(Neg, term.arg.children))
    return node
