"""Powers of one base whose exponents move: x^(a - 1) is x x^(a - 2), so that x^(a - 2) can stand in front of the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction

import sympy

from gdsym.rules.powers import number_of, raised
from gdsym.rules.regions import letters_of, regions, size
from gdsym.rules.tidy import calculate
from gdsym.written.nodes import Add, Mul, Neg, Node, Pow, Sym, replace


def by_common_powers(node: Node, shortest: Callable[[Node, Callable[[Node], int]], Node]) -> Iterator[Node]:
    """The form in which the powers of a base are multiples of the least of them that stands there, the shortest by a measure."""
    powers: dict[Node, list[Node]] = {}
    letters = letters_of(node)
    for atom in letters:
        if isinstance(atom, Pow):
            powers.setdefault(atom.base, []).append(atom.exponent)
    brackets = [part for part in regions(node) if isinstance(part, Add)]
    multiples: dict[Node, Node] = {}
    back: dict[Node, Node] = {}
    for base, exponents in powers.items():
        least = _least(exponents)
        if least is not None and (len(exponents) > 1 or base in letters or base in brackets):
            letter = Sym(sympy.Symbol(f"power_{len(back)}", real=True))
            back[letter] = Pow(base, least)
            multiples |= {Pow(base, e): _times(letter, base, _more(e, least)) for e in exponents}
            multiples[Pow(base, least)] = letter
    if back:
        yield replace(shortest(replace(node, multiples), lambda part: size(replace(part, back))), back)


def _least(exponents: Sequence[Node]) -> Node | None:
    """The exponent that no other is less than, as far as one can see: k - 2 of k - 2, k - 1 and 2 k - 2."""
    found = (e for e in exponents if not any(_is_less(_more(other, e)) for other in exponents if other != e))
    return next(found, None)


def _more(exponent: Node, least: Node) -> Node:
    """The difference, like terms put together."""
    terms, less = (e.children if isinstance(e, Add) else (e,) for e in (exponent, least))
    return calculate(Add(*terms, *(calculate(Neg(term)) for term in less)))


def _is_less(more: Node) -> bool:
    number = number_of(more)
    return isinstance(more, Neg) if number is None else number < 0


def _times(letter: Node, base: Node, more: Node) -> Node:
    number = number_of(more)
    return Mul(letter, Pow(base, more) if number is None else raised(base, Fraction(number)))
