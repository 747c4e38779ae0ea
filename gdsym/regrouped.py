"""What is said where only numbers moved between a bracket and what stands beside it, or terms were put together."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from gdsym.changes import Change, Pairs
from gdsym.rules.terms import counted, number
from gdsym.step import Reason
from gdsym.written.nodes import ONE, Add, Div, Mul, Neg, Node, Num, kinds_of, larger, mul, walk

SUMS = kinds_of(Add)
Terms = dict[Node, Fraction]  # what stands behind the number of each term, and that number
Term = tuple[Node, Fraction]


def numbers_moved(pairs: Pairs) -> Reason:
    """`2 is a common factor and cancels`, `-4 is multiplied into the bracket`; nothing where more than that was done."""
    if len(pairs) != 1:
        return ()
    before, after = map(_brackets, pairs[0])
    if any(value.denominator > 1 for terms in before for value in terms.values()):
        return ()  # over a common denominator
    stood = {frozenset(terms.items()) for terms in before}
    shapes: dict[frozenset[Term], Fraction] = {}
    for terms in before:
        if all(terms.values()):
            shapes.setdefault(*_shape(terms))
    ratios = [_ratio(new, shapes) for new in after if frozenset(new.items()) not in stood]
    first = ratios[0] if ratios else None
    if first is None or None in ratios or len(before) != len(after) or _number_beside(pairs[0][1]):
        return ()
    if abs(first) > 1:
        return number(first), " is multiplied into the bracket"
    cancels = abs(first) < 1 and first.numerator in (1, -1) and any(isinstance(part, Div) for part in walk(pairs[0][0]))
    return (Num(1 / abs(first)), " is a common factor and cancels") if cancels else ()


def first_changed(pairs: Pairs, rule: Change, most: int) -> Reason:
    """`|2 x| = 2 |x|`, the first short part that the rule alone changes; or nothing."""
    parts = (part for before, _ in pairs for part in walk(before) if not larger(part, most))
    return next(((part, " = ", new) for part in parts if (new := rule(part)) is not part), ())


def _number_beside(node: Node) -> bool:
    """Does a number stand beside a bracket, or above it?"""
    beside = (part for part in walk(node) if isinstance(part, (Mul, Div)))
    return any(isinstance(part.children[0], Num) and part.children[0] != ONE for part in beside if part.has(SUMS))


def _brackets(node: Node) -> list[Terms]:
    return [{rest: value for value, rest in map(counted, p.children)} for p in walk(node) if isinstance(p, Add)]


def _shape(terms: Terms) -> tuple[frozenset[Term], Fraction]:
    """The bracket divided by the number of one of its terms, whichever, and that number."""
    lead = terms[max(terms, key=hash)]
    return frozenset((rest, value / lead) for rest, value in terms.items()), lead


def _ratio(new: Terms, shapes: Mapping[frozenset[Term], Fraction]) -> Fraction | None:
    """What the new bracket is times one of the others."""
    if not all(new.values()):
        return None
    shape, lead = _shape(new)
    return lead / shapes[shape] if shape in shapes else None


def together(pairs: Pairs) -> Reason:
    """`terms with cos x are put together`, where a bracket stands beside it now; or nothing."""
    return next(filter(None, (_together(*pair) for pair in pairs)), ())


def _together(before: Node, after: Node) -> Reason:
    stood = {part for part in walk(before) if isinstance(part, Add)}
    terms = after.children if isinstance(after, Add) else ()
    cores = [term.arg if isinstance(term, Neg) else term for term in terms]
    products = [
        c for c in cores if isinstance(c, Mul) and any(isinstance(f, Add) and f not in stood for f in c.children)
    ]
    rest = [f for c in products for f in c.children if not isinstance(f, Add)]
    if len(products) != 1 or not rest:
        return ()
    opened = any(isinstance(part, Neg) and isinstance(part.arg, Add) for part in walk(before))
    ahead = "the bracket behind the minus is opened, and " if opened else ""
    return f"{ahead}terms with ", mul(*rest), " are put together"
