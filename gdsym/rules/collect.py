"""The last tidy step: a rational expression in a shorter form, if there is one: factored, or as one fraction.

Everything that is no `+ - * /` or whole power is a letter here, so that nothing is evaluated and no sum is entered.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from operator import is_
from typing import Any

import sympy

from gdsym.rules import polynomials as poly
from gdsym.rules.brackets import factored_out, powers_out
from gdsym.rules.decimals import exact, in_decimals
from gdsym.rules.dropping import drop
from gdsym.rules.forms import by_deltas, forms
from gdsym.rules.fractions import cancel, split
from gdsym.rules.polynomials import Polynomials, Ratio
from gdsym.rules.shapes import logistic_exponential
from gdsym.rules.signs import in_one_letter, led
from gdsym.rules.tidy import calculate
from gdsym.written.matrices import FACTORS
from gdsym.written.nodes import (
    ONE,
    Add,
    Base,
    Bound,
    Cases,
    Const,
    Dec,
    Delta,
    Div,
    Fn,
    Mul,
    Neg,
    Node,
    Num,
    Pow,
    Root,
    Sym,
    kinds_of,
    replace,
    rewrite,
    walk,
)

FUNCTIONS = kinds_of(Fn)
DECIMALS, SUMS = kinds_of(Dec), kinds_of(Add)
COMPOSED = ~kinds_of(Num, Dec, Const, Sym, Base, Add, Mul, Neg, Div)  # letters, or powers that may be one

NONE: dict[Node, Node] = {}  # never written to
LONGEST = 5000  # terms of what is multiplied out
LARGEST = 80  # nodes: polynomials are quick below, and above nobody reads the result


class Known:
    """What was found out about formulas: their shorter forms by parameters, and which letters of the polynomials get shorter."""

    def __init__(self) -> None:
        self.forms: dict[tuple[frozenset[Node], Node], Node] = {}
        self.letters: dict[tuple[frozenset[Node], Node], dict[Node, Node]] = {}


def collect(node: Node, params: frozenset[Node], known: Known | None = None) -> Node:
    """Every rational part of the formula in its shorter form: expanded and factored, or as it is. `known` remembers."""
    return _inside(node, params, known or Known())


def _inside(node: Node, params: frozenset[Node], known: Known) -> Node:
    """Parts below the rational top are changed first."""
    found = known.forms.get((params, node))
    if found is None:
        letters = _letters(node, params, known)
        found = known.forms[params, node] = _shorter(replace(node, letters) if letters else node, params)
    return found


def _letters(node: Node, params: frozenset[Node], known: Known) -> dict[Node, Node]:
    """What is a letter to the polynomials and gets shorter inside."""
    if not node.kinds & COMPOSED:
        return NONE
    found = known.letters.get((params, node))
    if found is None:
        found = {}
        if _rational(node):
            for part in node.children[: 1 if isinstance(node, Pow) else None]:
                found.update(_letters(part, params, known))
        elif (new := _children(node, params, known)) != node:
            found[node] = new
        known.letters[params, node] = found
    return found


def _children(atom: Node, params: frozenset[Node], known: Known) -> Node:
    parts = tuple([_inside(child, params, known) for child in atom.children])
    return atom if all(map(is_, parts, atom.children)) else atom.with_children(parts)


def _rational(node: Node) -> bool:
    if logistic_exponential(node) is not None:
        return False  # a letter: s (1 - s) is what people want to read
    return isinstance(node, (Add, Mul, Neg, Div)) or (isinstance(node, Pow) and _whole(node.exponent) is not None)


def _whole(exponent: Node) -> int | None:
    """The whole number that an exponent is, with its sign."""
    if isinstance(exponent, Neg):
        size = _whole(exponent.arg)
        return None if size is None else -size
    return int(exponent.value) if isinstance(exponent, Num) and exponent.value.denominator == 1 else None


def _atoms(node: Node) -> list[Node]:
    """What is a letter to the polynomials, in the order in which it stands."""
    found: dict[Node, None] = {}
    todo = [node]
    while todo:
        part = todo.pop()
        if isinstance(part, (Num, Dec)):
            continue
        if _rational(part):
            todo.extend(reversed(part.children[: 1 if isinstance(part, Pow) else None]))
        else:
            found[part] = None
    return list(found)


def size(node: Node) -> int:
    """How much there is to read: nodes, without the parts of entries x_i and the minus signs."""
    return sum(1 for part in walk(node) if not isinstance(part, Neg))


def _large(node: Node) -> bool:
    """Will the polynomials have too many nodes? A part that is a letter to them counts once."""
    count, todo = 0, [node]
    while todo and count <= LARGEST:
        part = todo.pop()
        count += 1
        todo.extend(part.children if _rational(part) else ())
    return count > LARGEST


def _shorter(node: Node, params: frozenset[Node]) -> Node:
    """Its shortest form; new brackets do not begin with a minus if they need not."""
    if not isinstance(node, (Add, Mul, Div, Neg)) or _large(node):
        return node
    found = _shortest(node, params)
    powers = (part.base for part in _regions(node) if isinstance(part, Pow) and isinstance(part.base, Add))
    held = dict.fromkeys(base for base in powers if not base.has(FUNCTIONS))  # 1 + e^z is looked into
    if 0 < len(held) < 4:
        found = min(found, _with_brackets(node, tuple(held), params), key=size)
    if found == node:
        return node
    stood = {part for part in walk(node) if isinstance(part, Add)}
    return rewrite(found, lambda part: part if part in stood else led(part))


def _with_brackets(node: Node, held: Sequence[Node], params: frozenset[Node]) -> Node:
    """The shortest form if these brackets stay closed: (x - a)^4 - 3 b^2 (x - a)^2 = (x - a)^2 ((x - a)^2 - 3 b^2)."""
    letters: dict[Node, Node] = {part: Sym(sympy.Symbol(f"bracket_{j}", real=True)) for j, part in enumerate(held)}
    found = replace(_shortest(replace(node, letters), params), {letter: part for part, letter in letters.items()})
    return rewrite(found, lambda part: calculate(drop(part)))


def _shortest(node: Node, params: frozenset[Node]) -> Node:
    if not isinstance(node, (Add, Mul, Div, Neg)) or _large(node) or size(node) <= 5:
        return node
    if node.has(DECIMALS):
        return _shortest_of_decimals(node, params)
    atoms = _atoms(node)
    if len(atoms) > 10:
        return node
    if _high_power(node):
        less = powers_out(node)
        return min(node, less, key=size) if _high_power(less) else _shortest(less, params)
    if max(poly.expansion(node, _rational)) > LONGEST:
        return node
    if not node.has(SUMS) or in_one_letter(node):
        return node
    if _joins_sums(node):
        return factored_out(node)
    polynomials = Polynomials(atoms)
    ratio = polynomials.ratio(node)
    best = factored_out(node)
    if ratio is None:
        return best
    letters = [sympy.Dummy(f"a{j}", real=True) for j in range(len(atoms))]
    standing = [polynomials.above(part) for part in _regions(node) if isinstance(part, Add)]
    deltas = [at for at, atom in enumerate(atoms) if isinstance(atom, Delta)]
    candidates = (
        *by_deltas(ratio, deltas, letters),
        *forms(ratio, _without_roots(ratio, atoms, polynomials), letters, standing),
    )
    for least, form in candidates:
        if least < size(best):
            found = _back(form(), node, dict(zip(atoms, letters, strict=True)), params)
            best = found if size(found) < size(best) else best
    return best


def _shortest_of_decimals(node: Node, params: frozenset[Node]) -> Node:
    """0.3 (3 x + 1) - 0.9 x = 0.3; brackets with decimals stay as they stand."""
    found = in_decimals(_shortest(exact(node), params))
    stood = {part for part in walk(node) if isinstance(part, Add)}
    new = any(isinstance(part, Add) and part not in stood for part in walk(found))
    held = any(
        isinstance(term, Dec) or bracket != _outer(node) for bracket in stood for term in _decimal_terms(bracket)
    )
    return node if size(found) >= size(node) or (new and held) else found


def _outer(node: Node) -> Node:
    """The sum that the formula is, or the sum above its bar."""
    return _outer(node.children[0]) if isinstance(node, (Neg, Div)) else node


def _decimal_terms(node: Node) -> Iterator[Node]:
    """The terms with decimals."""
    terms = (term.arg if isinstance(term, Neg) else term for term in node.children)
    return (term for term in terms if term.has(DECIMALS))


def _without_roots(ratio: Ratio, atoms: Sequence[Node], polynomials: Polynomials) -> Ratio:
    """Powers of a root put in as what is below it: r^3 - x^2 r is u r - x^2 r where r = sqrt(u)."""
    for atom in atoms:
        if isinstance(atom, Root) and isinstance(atom.degree, Num) and not set(_atoms(atom.arg)) - set(atoms):
            ratio = polynomials.without_root(ratio, atom, int(atom.degree.value), atom.arg)
        square = _square_of(atom)
        if square is not None and not set(_atoms(square)) - set(atoms):
            found = polynomials.without_root(ratio, atom, 2, square)
            ratio = found if len(found[0]) < len(ratio[0]) else ratio
    return ratio


def _square_of(atom: Node) -> Node | None:
    """Its square by Pythagoras: sin^2 u = 1 - cos^2 u, sinh^2 u = cosh^2 u - 1."""
    if not isinstance(atom, Fn) or atom.func not in (sympy.sin, sympy.sinh):
        return None
    other = Pow(Fn(sympy.cos if atom.func is sympy.sin else sympy.cosh, *atom.children), Num(2))
    return Add(ONE, Neg(other)) if atom.func is sympy.sin else Add(other, Neg(ONE))


def _joins_sums(node: Node) -> bool:
    """Sums and case distinctions stay terms of their own: a common denominator would bury them; common factors leave."""
    terms = [term for part in _regions(node) if isinstance(part, Add) for term in part.children]
    return any(
        isinstance(f, (Bound, Cases, *FACTORS))
        for term in terms
        for f in split(term.arg if isinstance(term, Neg) else term)[0]
    )


def _high_power(node: Node) -> bool:
    """An expanded (a + b)^20 has 21 terms: left alone."""
    return any(
        isinstance(p, Pow) and isinstance(p.exponent, Num) and p.exponent.value > 4 and isinstance(p.base, Add)
        for p in walk(node)
    )


def _value(node: Node, letters: dict[Node, Any]) -> Any:
    if node in letters:
        return letters[node]
    if isinstance(node, Num):
        return sympy.Rational(node.value.numerator, node.value.denominator)
    parts = [_value(child, letters) for child in node.children]
    if isinstance(node, Add):
        return sympy.Add(*parts)
    if isinstance(node, Mul):
        return sympy.Mul(*parts)
    if isinstance(node, Neg):
        return -parts[0]
    return parts[0] / parts[1] if isinstance(node, Div) else parts[0] ** parts[1]


def _regions(node: Node) -> Iterator[Node]:
    """The rational parts of a rational formula."""
    if _rational(node):
        yield node
        for part in node.children[: 1 if isinstance(node, Pow) else None]:
            yield from _regions(part)


def _back(value: Any, node: Node, letters: dict[Node, Any], params: frozenset[Node]) -> Node:
    """Written again in paper order, brackets in it that stood there before as they stood."""
    from gdsym.written.from_sympy import Writer

    writer = Writer(params)
    writer.done.update(
        {_value(part, letters): part for part in _regions(node) if isinstance(part, Add) and part != node}
    )
    writer.done.update({letter: atom for atom, letter in letters.items()})
    return rewrite(writer.write(value), lambda part: cancel(calculate(drop(part))))
