"""What kinds of arithmetic lie between two forms of a formula, in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from gdsym.changes import Pairs
from gdsym.plainly import LIKE_TERMS, factors
from gdsym.regrouped import together
from gdsym.rules.dropping import left_out
from gdsym.rules.fractions import split
from gdsym.rules.orders import TURNS, mirrored
from gdsym.rules.roots import PYTHAGORAS
from gdsym.rules.shapes import logistic_exponential
from gdsym.rules.tidy import calculate
from gdsym.step import Reason
from gdsym.written.nodes import ONE, ZERO, Add, Bound, Div, Fn, Mul, Neg, Node, Num, Pow, Sum, walk

TWO = Num(2)
UNLIKE = "products and powers are worked out"  # said where arithmetic of several kinds was done
SHORTER = "a shorter form"  # said where a formula was factored, opened or put together in parts


def kinds(pairs: Pairs) -> Iterator[str]:
    """What kinds of arithmetic were done."""
    powers = any(count(Pow, after) > count(Pow, before) for before, after in pairs)
    numbers = _number_factors if powers else lambda node: count(Num, node)
    fewer = any(numbers(after) < numbers(before) for before, after in pairs)
    terms = any(map(terms_meet, pairs))
    if fewer and any(_has_zero(before) for before, _ in pairs):
        yield left_out(part for before, _ in pairs for part in walk(before))
    elif fewer and all(
        _ones(before) - _ones(after) >= count(Num, before) - count(Num, after) for before, after in pairs
    ):
        yield "the factor 1 is left out"
    elif terms:
        yield LIKE_TERMS
    elif fewer:
        yield "numbers are multiplied" if all(map(_same_factors, pairs)) else "numbers are worked out"
    if powers:
        yield "like factors are put together"
    if any(_doubled_signs(before) and not _doubled_signs(after) for before, after in pairs):
        yield "minus times minus is plus"
    elif any(inner_signs(before) for before, _ in pairs):
        yield "signs are put in front"
    elif not fewer and not powers and not terms:
        yield moved(pairs)


def moved(pairs: Pairs) -> str:
    """What is said where nothing but the order, or the place of the signs, changed; or neither."""
    if all(reordered(*pair) for pair in pairs):
        return "factors in their usual order"
    same = all(_without_brackets(before) == _without_brackets(after) for before, after in pairs)
    fewer = all(count(Neg, before) > count(Neg, after) for before, after in pairs)
    return "signs are put in front" if same and fewer else UNLIKE


def _without_brackets(node: Node) -> Counter[Node | type[Node]]:
    """What the formula is made of, whatever brackets are opened."""
    found = parts(node)
    found.pop(Add, None)
    return found


def _same_factors(pair: tuple[Node, Node]) -> bool:
    """Are both sides products with the same powers of the same parts?"""
    one, other = map(factors, pair)
    return not isinstance(pair[0], Add) and one.monomial() == other.monomial() and not one.cancels


def terms_meet(pair: tuple[Node, Node]) -> bool:
    """Has a sum fewer terms than it had, zeros aside?"""
    before, after = ([t for t in (side.children if isinstance(side, Add) else (side,)) if t != ZERO] for side in pair)
    return isinstance(pair[0], Add) and len(after) < len(before)


def reordered(before: Node, after: Node) -> bool:
    """Do the same letters, numbers and functions stand on both sides, with as many signs?"""
    return parts(before) == parts(after) and count(Neg, before) == count(Neg, after)


def _has_zero(node: Node) -> bool:
    """Is 0 a factor or a term?"""
    return any(
        ZERO in part.children or Neg(ZERO) in part.children for part in walk(node) if isinstance(part, (Add, Mul))
    )


def _number_factors(node: Node) -> int:
    return sum(isinstance(f, Num) for part in walk(node) if isinstance(part, Mul) for f in part.children)


def _doubled_signs(node: Node) -> bool:
    """Is a factor of a product with a minus in front one with a minus, or are two factors, or is what is squared?"""
    for part in walk(node):
        if isinstance(part, Pow) and part.exponent == TWO and isinstance(part.base, Neg):
            return True
        if isinstance(part, Neg) and isinstance(part.arg, Neg):
            return True
        core = part.arg if isinstance(part, Neg) else part
        if isinstance(core, (Mul, Div)):
            signs = sum(isinstance(f, Neg) for side in split(core) for f in side) + isinstance(part, Neg)
            if signs > 1:
                return True
    return False


def _ones(node: Node) -> int:
    """How often 1 is a factor, or what is divided by."""
    factors = (f for part in walk(node) if isinstance(part, Mul) for f in part.children)
    return sum(f == ONE for f in factors)


def count(kind: type[Node], node: Node) -> int:
    """How many nodes of the kind stand in the formula."""
    return sum(times for part, times in _standing(node).items() if isinstance(part, kind))


def _standing(node: Node) -> dict[Node, int]:
    """Every part, and how often it stands in the formula: parents first, each taken apart once."""
    order: list[Node] = []
    _parts_first(node, order, set())
    found = dict.fromkeys(reversed(order), 0)
    found[node] = 1
    for part, times in found.items():
        for child in part.children:
            found[child] += times
    return found


def _parts_first(node: Node, order: list[Node], seen: set[Node]) -> None:
    if node not in seen:
        seen.add(node)
        for child in node.children:
            _parts_first(child, order, seen)
        order.append(node)


def inner_signs(node: Node) -> bool:
    """Has a factor, or what a sum or an integral is taken of, a minus?"""
    whole = (f for part in walk(node) if isinstance(part, Mul) for f in part.children)
    return any(isinstance(f, Neg) for f in (*whole, *(p.children[0] for p in walk(node) if isinstance(p, Bound))))


def parts(node: Node) -> Counter[Node | type[Node]]:
    """What the formula is made of, products and signs left aside: letters, numbers, kinds of the rest."""
    found: Counter[Node | type[Node]] = Counter()
    for part, times in _standing(node).items():
        if not isinstance(part, (Mul, Neg)):
            found[type(part) if part.children else part] += times
    return found


def in_general(pairs: Pairs) -> Reason:
    """What was done to make a formula shorter, in the order in which one would do it."""
    law = next(_pythagoras(pairs), None)
    words = _words(pairs)
    if law:
        return (*law, ", " + words if words else "")
    return (words,) if words else together(pairs) or (SHORTER,)


def _words(pairs: Pairs) -> str:
    before, after = (tuple(pair[side] for pair in pairs) for side in (0, 1))
    left = any(isinstance(part, (Div, Num)) for node in after for part in (node, *node.children))
    fractions = any(map(_adds_fractions, before)) and not all(map(_adds_fractions, after)) and left
    brackets = {part for node in before for part in walk(node) if isinstance(part, Add)}
    new = [part for node in after for part in walk(node) if isinstance(part, Add) and part not in brackets]
    gone = any(count(Add, b) > count(Add, a) or _terms(b) > _terms(a) for b, a in pairs)
    sums = any(isinstance(b, Add) and count(Sum, b) > count(Sum, a) > 0 for b, a in pairs)
    opened = "multiplied out, and like terms put together" if any(map(_has_bracket, before)) else LIKE_TERMS
    words = [
        *("over a common denominator" for _ in range(fractions)),
        *("sums over the same range are put together" for _ in range(sums)),
        *(opened for _ in range(gone and not fractions and not sums)),
        *("factored" for _ in range(any(map(_in_factors, after)) and bool(new))),
    ]
    if not words and all(isinstance(b, Add) and not isinstance(a, Add) for b, a in pairs):
        return "a common factor is put in front"
    return ", ".join(words)


def _terms(node: Node) -> int:
    return sum(len(part.children) for part in walk(node) if isinstance(part, Add))


def _has_bracket(node: Node) -> bool:
    """Stands a sum there as a factor, a power's base or behind a minus?"""
    inner = (p for p in walk(node) if isinstance(p, (Mul, Div, Neg, Pow)))
    return any(isinstance(child, Add) for part in inner for child in part.children)


def _pythagoras(pairs: Pairs) -> Iterator[Reason]:
    """`sin^2 x + cos^2 x = 1`, and likewise, where squares of a function went and those of its partner are or were there."""
    for before, after in pairs:
        gone = {f.func: f for f in _squared(before) if f.func not in {left.func for left in _squared(after)}}
        for func, (partner, minus) in PYTHAGORAS.items():
            if func in gone and partner in {
                p.func for side in (before, after) for p in walk(side) if isinstance(p, Fn)
            }:
                u = gone[func].children
                square, other = Pow(Fn(func, *u), TWO), Pow(Fn(partner, *u), TWO)
                yield (Add(square, other), " = ", ONE) if minus else (Add(other, Neg(square)), " = ", ONE)


def _squared(node: Node) -> list[Fn]:
    """The functions of which a square stands there."""
    powers = (part.base for part in walk(node) if isinstance(part, Pow))
    return [base for base in powers if isinstance(base, Fn)]


def _in_factors(node: Node) -> bool:
    """Is it, above the bar, a product with a bracket?"""
    core = node.arg if isinstance(node, Neg) else node
    core = core.num if isinstance(core, Div) else core
    factors = core.children if isinstance(core, Mul) else ()
    return len([f for f in factors if not isinstance(f, Sum)]) > 1 and any(isinstance(f, Add) for f in factors)


def rest_said(common: Node, before: Node, after: Node) -> str:
    """What was done to the terms of a sum when they lost their common factor."""
    taken = set(walk(common))
    bases = (factor.base if isinstance(factor, Pow) else factor for factor in after.children)
    if sum(isinstance(base, Add) and base not in taken for base in bases) > 1:
        return ", the rest is factored"
    return ", the rest is multiplied out" if _brackets(before) > _brackets(after) else ""


def _brackets(node: Node) -> int:
    """How many sums stand there, those of the logistic function aside."""
    if logistic_exponential(node) is not None:
        return 0
    return isinstance(node, Add) + sum(map(_brackets, node.children))


def _adds_fractions(node: Node) -> bool:
    """Is a term of a sum a fraction?"""
    terms = (t.arg if isinstance(t, Neg) else t for part in walk(node) if isinstance(part, Add) for t in part.children)
    factors = (factor for term in terms for factor in (term, *term.children))
    return any(
        (isinstance(factor, Div) and logistic_exponential(factor) is None)
        or (isinstance(factor, Num) and factor.value.denominator > 1)
        for factor in factors
    )


def mirrored_said(pairs: Pairs) -> Reason:
    """`I_(-1)(x) = I_1(x)`, the first of them, which comes before all other arithmetic."""
    bessel = [p for before, _ in pairs for p in walk(before) if isinstance(p, Fn) and p.func in TURNS]
    plain = (Fn(p.func, calculate(p.children[0]), p.children[1]) for p in bessel)
    turned = next((p for p in plain if mirrored(p) is not p), None)
    if turned is None:
        return ()
    fewer = any(count(Add, after) < count(Add, before) for before, after in pairs)
    return (turned, " = ", mirrored(turned), ", and like terms put together" if fewer else "")
