"""A formula as a short ASCII comment beside the code: `1/(2 m) sum_i r_i^2`."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from gdsym.errors import shortened
from gdsym.writing.text import text
from gdsym.written import nodes as n
from gdsym.written.wholes import Inverted, OfMatrix

Name = Callable[[n.Node], str]  # the code name of a Sym or Base
Known = Callable[[n.Node], "str | None"]  # what a part is called in the code, if it has a name
IsSize = Callable[[n.Node], bool]  # is it a number of entries?
LONGEST = 300


def note(node: n.Node, name: Name, known: Known, is_size: IsSize) -> str:
    """One line of printable ASCII."""
    words = _Text(name, known, is_size).inner(node)[0]
    return re.sub(r"[^ -~]", "?", shortened(words, LONGEST))


class _Text:
    def __init__(self, name: Name, known: Known, is_size: IsSize) -> None:
        self.name, self.known, self.is_size = name, known, is_size

    def is_whole(self, low: n.Node, high: n.Node) -> bool:
        """Does a sum with these limits run over the whole of an axis?"""
        return low in (n.ONE, n.ZERO) and (isinstance(high, n.Num) or self.is_size(high))

    def write(self, node: n.Node, least: int) -> str:
        called = self.known(node)
        if called is not None:
            return called
        words, strength = self.inner(node)
        return words if strength >= least else f"({words})"

    def inner(self, node: n.Node) -> tuple[str, int]:
        """(text, how strongly it binds)."""
        for kind, write in WRITERS:
            if isinstance(node, kind):
                return write(self, node)
        return type(node).__name__.lower() + f"({self.listed(node.children)})", 9

    def listed(self, parts: tuple[n.Node, ...]) -> str:
        return ", ".join(self.write(p, 0) for p in parts)


def _sum(t: _Text, node: n.Node) -> tuple[str, int]:
    words = t.write(node.children[0], 1)
    for term in node.children[1:]:
        less = _taken_away(term)
        words += (" + " if less is None else " - ") + t.write(term if less is None else less, 2)
    return words, 1


def _taken_away(term: n.Node) -> n.Node | None:
    """What a term takes away."""
    if isinstance(term, n.Num) and term.value < 0:
        return n.Num(-term.value)
    return term.children[0] if isinstance(term, n.Neg) else None


def _bound(word: str) -> Callable[[_Text, n.Node], tuple[str, int]]:
    """The limits are written where it is over a part: sum_(j=1..i), prod_(l=1..j - 1)."""

    def write(t: _Text, node: n.Node) -> tuple[str, int]:
        body, index, low, high = node.children
        over = t.name(index) if t.is_whole(low, high) else f"({t.name(index)}={t.write(low, 1)}..{t.write(high, 1)})"
        return f"{word}_{over} {t.write(body, 2)}", 2

    return write


def _indexed(t: _Text, node: n.Node) -> tuple[str, int]:
    inside = [t.write(c, 0) for c in node.children[1:]]
    plain = all(len(s) == 1 for s in inside)
    base = _inverted(node.children[0]) or t.name(node.children[0])
    return (f"{base}_{''.join(inside)}" if plain else f"{base}[{', '.join(inside)}]"), 9


def _inverted(base: n.Node) -> str:
    return f"inv({text(base.matrix, ascii=True)})" if isinstance(base, Inverted) else ""


def _of_matrix(t: _Text, node: OfMatrix) -> tuple[str, int]:
    return text(node.paper, ascii=True).replace("Determinant(", "det("), 9


def _cases(t: _Text, node: n.Node) -> tuple[str, int]:
    pairs = zip(node.children[::2], node.children[1::2], strict=True)
    return "{" + "; ".join(_case(t, v, c) for v, c in pairs) + "}", 9


def _case(t: _Text, value: n.Node, condition: n.Node) -> str:
    always = isinstance(condition, n.Logic) and condition.op == "true"
    return f"else {t.write(value, 0)}" if always else f"{t.write(value, 0)} if {t.write(condition, 0)}"


def _root(t: _Text, node: n.Node) -> tuple[str, int]:
    square = node.children[1] == n.TWO
    return (f"sqrt({t.write(node.children[0], 0)})" if square else f"root({t.listed(node.children)})"), 9


def _relation(t: _Text, node: n.Rel) -> tuple[str, int]:
    return f"{t.write(node.children[0], 1)} {node.op} {t.write(node.children[1], 1)}", 0


def _logic(t: _Text, node: n.Logic) -> tuple[str, int]:
    if len(node.children) < 2:
        return f"{node.op} {t.listed(node.children)}".strip(), 0
    return f" {node.op} ".join(t.write(c, 1) for c in node.children), 0


WRITERS: tuple[tuple[type[n.Node], Callable[[_Text, Any], tuple[str, int]]], ...] = (
    (n.Num, lambda t, v: (str(v.value), 9 if v.value.denominator == 1 and v.value >= 0 else 1)),
    (n.Dec, lambda t, v: (repr(float(v.value)), 9)),
    (n.Const, lambda t, v: (str(v.value), 9)),
    (n.Sym, lambda t, v: (t.name(v), 9)),
    (n.Base, lambda t, v: (t.name(v), 9)),
    (n.Indexed, _indexed),
    (OfMatrix, _of_matrix),
    (n.Add, _sum),
    (n.Neg, lambda t, v: ("-" + t.write(v.children[0], 2), 1)),
    (n.Mul, lambda t, v: (" ".join([*(t.write(c, 3) for c in v.children[:-1]), t.write(v.children[-1], 2)]), 2)),
    (n.Div, lambda t, v: (f"{t.write(v.children[0], 3)}/{t.write(v.children[1], 4)}", 3)),
    (n.Pow, lambda t, v: (f"{t.write(v.children[0], 9)}^{t.write(v.children[1], 9)}", 4)),
    (n.Root, _root),
    (n.Fn, lambda t, v: (f"{v.func.__name__}({t.listed(v.children)})", 9)),
    (n.Sum, _bound("sum")),
    (n.Prod, _bound("prod")),
    (n.Cases, _cases),
    (n.Rel, _relation),
    (n.Logic, _logic),
)  # fmt: skip
