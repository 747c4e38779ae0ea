"""A form that the polynomials found, written in paper order, with the brackets of the formula as they stood there."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cached_property
from typing import Any

import sympy

from gdsym.rules.dropping import drop
from gdsym.rules.fractions import cancel
from gdsym.rules.regions import regions, value
from gdsym.rules.tidy import calculate
from gdsym.written.nodes import Add, Neg, Node, rewrite


class Standing:
    """The brackets of a formula, by what they are in the letters of the polynomials, as they stand and multiplied out."""

    def __init__(self, node: Node, letters: dict[Node, Any], params: frozenset[Node]) -> None:
        self._node, self._letters, self._params = node, letters, params

    @cached_property
    def _sums(self) -> dict[Any, Node]:
        sums = (part for part in regions(self._node) if isinstance(part, Add) and part != self._node)
        return {value(part, self._letters): part for part in sums}

    @cached_property
    def _opened(self) -> dict[Any, Node]:
        """Those that do not get much shorter multiplied out."""
        both = ((form, _multiplied_out(form), part) for form, part in self._sums.items())
        return {opened: part for form, opened, part in both if 3 * _parts(opened) > 2 * _parts(form)}

    @cached_property
    def _held(self) -> dict[Any, Any]:
        """A letter for each of these with three terms or more."""
        long = (bracket for bracket in self._opened if len(bracket.args) > 2)
        return {sympy.Dummy(f"s{at}", real=True): bracket for at, bracket in enumerate(long)}

    def written(self, form: Any) -> Node:
        """The form in paper order, brackets in it that stood in the formula as they stood."""
        from gdsym.written.from_sympy import Writer

        writer = Writer(self._params)
        writer.done.update(self._opened | self._sums)
        writer.done.update({letter: atom for atom, letter in self._letters.items()})
        writer.done.update({letter: self._opened[bracket] for letter, bracket in self._held.items()})
        new = writer.write(_with_sums(form, self._held))
        return rewrite(new, lambda part: cancel(calculate(drop(_led_by(part, self._opened.values())))))


def _multiplied_out(form: Any) -> Any:
    """A sum without sums in its terms is; SymPy takes long to find that out."""
    inner = (part for term in form.args for part in sympy.preorder_traversal(term))
    return sympy.expand(form) if any(part.is_Add for part in inner) else form


def _parts(form: Any) -> int:
    return sum(1 for _ in sympy.preorder_traversal(form))


def _with_sums(form: Any, held: Mapping[Any, Any]) -> Any:
    """Letters for sums all of whose terms stand in a longer one: of a + b + c - d, where a + b + c is below the bar."""
    for part in (p for p in sympy.preorder_traversal(form) if p.is_Add) if held else ():
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
