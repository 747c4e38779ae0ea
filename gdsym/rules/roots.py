"""Powers of one root as whole powers of one letter: x^(3/2) - sqrt(x) = r^3 - r, and back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from math import lcm
from typing import Any, Final

import sympy

from gdsym.rules.dropping import drop
from gdsym.rules.polynomials import Polynomials, Ratio
from gdsym.rules.powers import number_of, raised
from gdsym.rules.regions import letters_of, rational, size
from gdsym.rules.tidy import calculate
from gdsym.written.nodes import ONE, TWO, Add, Div, Fn, Mul, Neg, Node, Num, Pow, Root, Sym, add, is_num, rewrite

MOST = 12  # the largest degree of a root
PYTHAGORAS: Final[dict[Any, tuple[Any, bool]]] = {  # f^2 = g^2 - 1, or 1 - g^2
    sympy.sin: (sympy.cos, True), sympy.tan: (sympy.sec, False), sympy.cot: (sympy.csc, False),
    sympy.sinh: (sympy.cosh, False), sympy.tanh: (sympy.sech, True),
}  # fmt: skip

PARTNERS: Final = {partner: (func, minus) for func, (partner, minus) in PYTHAGORAS.items()}


def beyond_root(node: Node) -> Iterator[Node]:
    """B - a^2 for each term of a + sqrt(b): where that is above 0 the root is larger than |a|, so the sum is positive."""
    if isinstance(node, Add):
        for at, term in enumerate(node.children):
            if isinstance(term, Root) and is_num(term.degree, 2):
                others = add(*node.children[:at], *node.children[at + 1 :])
                yield Add(term.arg, Neg(Pow(others, TWO)))


def by_roots(node: Node, shortest: Callable[[Node], Node]) -> list[Node]:
    """What `shortest` makes of the formula if each root in it is a letter, and what is below the root a power of it.

    (cos u / 2 - sin u / (2 sqrt(x)))/x = (sqrt(x) cos u - sin u)/(2 x^(3/2)). Below a root of a sum the sum stays as
    well: 3 x^2 sqrt(x^2 + 1) - (x^2 + 1)^(3/2) = (2 x^2 - 1) sqrt(x^2 + 1). Nothing if there is no such root.
    """
    degrees = _degrees(node, {})
    if not degrees or max(degrees.values()) > MOST:
        return []
    letters = {base: Sym(sympy.Symbol(f"root_{j}", real=True)) for j, base in enumerate(degrees)}
    bases: dict[Node, Node] = {letter: base for base, letter in letters.items()}
    signs = _has_root(node)

    def back(part: Node) -> Node:
        base, power = (part.base, number_of(part.exponent)) if isinstance(part, Pow) else (part, Fraction(1))
        if base not in bases or power is None:
            return part
        own = bases[base]
        power /= degrees[own]
        if isinstance(own, Num) and power > 1 and power.denominator > 1:
            return Mul(Num(own.value ** int(power)), raised(own, power % 1))  # 2^(3/2) is 2 sqrt(2)
        return raised(own, power) if signs or power.denominator == 1 else Pow(own, Num(power))

    found = [_outermost(shortest(_in_letters(node, letters, degrees)), back)]
    opened = rewrite(node, _opened) if any(isinstance(base, Add) for base in degrees) else node
    return found if opened == node else [*found, rewrite(shortest(opened), lambda part: calculate(drop(part)))]


def with_letters_below(letters: list[Node], most: int) -> list[Node]:
    """And what stands below roots alone, as far as there is room: a in sqrt(a^2 - x^2) - x^2/sqrt(a^2 - x^2)."""
    below = [part for root in letters if isinstance(root, Root) for part in letters_of(root.arg, most)]
    found = list(dict.fromkeys([*letters, *below]))
    return found if len(found) <= most else letters


def _opened(node: Node) -> Node:
    """(u + v)^(3/2) = (u + v) sqrt(u + v)."""
    if not isinstance(node, Pow) or not isinstance(node.exponent, Num) or not isinstance(node.base, Add):
        return node
    whole, rest = divmod(node.exponent.value, 1)
    return Mul(raised(node.base, Fraction(whole)), raised(node.base, rest)) if whole > 0 < rest else node


def _degrees(node: Node, found: dict[Node, int]) -> dict[Node, int]:
    """Of each base of a root in the rational part: the least degree by which all its powers are whole."""
    split = _power_of(node)
    if split is not None and split[1].denominator > 1:
        base, power = split
        found[base] = lcm(found.get(base, 1), power.denominator)
    elif rational(node):
        for part in node.children[: 1 if isinstance(node, Pow) else None]:
            _degrees(part, found)
    return found


def _power_of(node: Node) -> tuple[Node, Fraction] | None:
    """Base and exponent of a root, or of a power with a number."""
    if isinstance(node, Root):
        return (node.arg, 1 / node.degree.value) if isinstance(node.degree, Num) and node.degree.value > 0 else None
    power = number_of(node.exponent) if isinstance(node, Pow) else None
    return None if power is None else (node.children[0], power)


def _in_letters(node: Node, letters: dict[Node, Sym], degrees: dict[Node, int]) -> Node:
    base, power = _power_of(node) or (node, Fraction(1))
    if base in letters:
        whole = int(power * degrees[base])
        root = Pow(letters[base], Num(abs(whole))) if abs(whole) != 1 else letters[base]
        return root if whole > 0 else Div(ONE, root)
    if not rational(node):
        return node
    if isinstance(node, Pow):
        return Pow(_in_letters(node.base, letters, degrees), node.exponent)
    return node.with_children(tuple(_in_letters(part, letters, degrees) for part in node.children))


def _outermost(node: Node, back: Callable[[Node], Node]) -> Node:
    """`back` applied to the powers of the letters, then to what is left of the letters."""
    new = back(node)
    if new is not node or not node.children:
        return new
    return node.with_children(tuple(_outermost(part, back) for part in node.children))


def _has_root(node: Node) -> bool:
    """Are there root signs in it, or none: then powers are written as x^(1/2)?"""
    if isinstance(node, Root):
        return True
    return rational(node) and any(map(_has_root, node.children[: 1 if isinstance(node, Pow) else None]))


def trouble(node: Node) -> int:
    """How hard it is to read: its size, and more for fractions in fractions and for negative powers."""
    return size(node) + 2 * _bars_within(node, inside=False)


def _bars_within(node: Node, *, inside: bool) -> int:
    bar = isinstance(node, Div)
    power = number_of(node.exponent) if isinstance(node, Pow) else None
    own = (bar and inside) + (power is not None and power < 0)
    return own + sum(_bars_within(part, inside=inside or bar) for part in node.children)


def without_roots(ratio: Ratio, atoms: Sequence[Node], polynomials: Polynomials) -> Ratio:
    """Powers of a root put in as what is below it: r^3 - x^2 r is u r - x^2 r where r = sqrt(u)."""
    for atom in atoms:
        if isinstance(atom, Root) and isinstance(atom.degree, Num) and not set(letters_of(atom.arg)) - set(atoms):
            ratio = polynomials.without_root(ratio, atom, int(atom.degree.value), atom.arg)
        square = _square_of(atom) or _square_of_partner(atom)
        if square is not None and not set(letters_of(square)) - set(atoms):
            if _square_of(atom) is not None:
                found = polynomials.without_root(ratio, atom, 2, square)
                ratio = found if len(found[0]) < len(ratio[0]) else ratio
            ratio = _with_square_below(ratio, atom, square, polynomials)
    return ratio


def _with_square_below(ratio: Ratio, atom: Node, square: Node, polynomials: Polynomials) -> Ratio:
    """Cos u/(1 - sin^2 u) = cos u/cos^2 u, where no sum is left below the bar."""
    if ratio[0].is_zero() or len(ratio[1]) == 1:
        return ratio
    below, above = polynomials.without_root(ratio[::-1], atom, 2, square)
    return (above, below) if len(below) == 1 < len(ratio[1]) and len(above) <= len(ratio[0]) else ratio


def _square_of(atom: Node) -> Node | None:
    """Its square by Pythagoras: sin^2 u = 1 - cos^2 u, sinh^2 u = cosh^2 u - 1, tan^2 u = sec^2 u - 1."""
    if not isinstance(atom, Fn) or atom.func not in PYTHAGORAS:
        return None
    partner, minus = PYTHAGORAS[atom.func]
    other = Pow(Fn(partner, *atom.children), Num(2))
    return Add(ONE, Neg(other)) if minus else Add(other, Neg(ONE))


def _square_of_partner(atom: Node) -> Node | None:
    """The same from the other side: cos^2 u = 1 - sin^2 u, cosh^2 u = 1 + sinh^2 u, sec^2 u = 1 + tan^2 u."""
    if not isinstance(atom, Fn) or atom.func not in PARTNERS:
        return None
    func, minus = PARTNERS[atom.func]
    other = Pow(Fn(func, *atom.children), Num(2))
    return Add(ONE, Neg(other) if minus else other)
