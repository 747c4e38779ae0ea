"""What is said of the tidy steps: the equation where it is short, what cancels, what was put together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

import sympy

from gdsym.arithmetic import count, in_general, inner_signs, kinds, mirrored_said, moved, parts, rest_said, terms_meet
from gdsym.cancelling import brackets_gone, less_below, what_cancels
from gdsym.changes import Pairs
from gdsym.plainly import LIKE_TERMS, plainly
from gdsym.regrouped import first_changed, numbers_moved
from gdsym.rules.common import shared_factors
from gdsym.rules.comparisons import shorter
from gdsym.rules.dropping import drop, in_a_row, left_out
from gdsym.rules.exponentials import of_logarithm
from gdsym.rules.flat import sides
from gdsym.rules.fractions import split
from gdsym.rules.halves import KINDS, OPPOSITE
from gdsym.rules.laws import listed, u, v
from gdsym.rules.moduli import moduli
from gdsym.rules.powers import base_exponent
from gdsym.rules.radicals import radical
from gdsym.rules.regions import size
from gdsym.rules.shares import share_said
from gdsym.rules.tangents import quotient_said
from gdsym.step import Reason
from gdsym.writing.text import text
from gdsym.written.nodes import (
    ONE,
    ZERO,
    Add,
    Cases,
    Div,
    Fn,
    Integral,
    Mul,
    Neg,
    Node,
    Num,
    Pow,
    Rel,
    Sum,
    larger,
    mul,
    walk,
)

SHORT = 14  # nodes on either side of a rewriting that is shown in the reason
MOST = 3  # of them in one reason
VERY_LONG = 2000  # nodes of a formula whose arithmetic is not looked at


def _equations(pairs: Pairs) -> Reason:
    """`3 5 x^(5 - 1) = 15 x^4 and 4 2x = 8x` if that is short, a factor 1 that is left out only if nothing else was done; else nothing."""
    pairs = [pair for pair in pairs if text(pair[0]) != text(pair[1])]
    if not pairs:
        return ("0 is left out",)
    pairs = [pair for pair in pairs if drop(pair[0]) != pair[1]] or pairs
    if any(size(side) > SHORT for pair in pairs for side in pair):
        return ()
    if len(pairs) > MOST:
        return (pairs[0][0], " = ", pairs[0][1], ", and likewise")
    words: list[str | Node] = []
    for at, (before, after) in enumerate(pairs):
        words += ["" if not at else " and " if at == len(pairs) - 1 else ", ", before, " = ", after]
    return tuple(words[1:])


def _plainly(pairs: Pairs, line: Node) -> Reason:
    """What was done in words, where the equation would be the line over again, its sign aside."""
    if len(pairs) != 1 or pairs[0][0] not in (line, line.arg if isinstance(line, Neg) else line):
        return ()
    words = plainly(*pairs[0])
    return (in_a_row(words),) if words else ()


def calculated(pairs: Pairs, line: Node) -> Reason:
    if len(pairs) == 1 and larger(pairs[0][0], VERY_LONG):
        return ("numbers are multiplied, like terms put together",)
    return mirrored_said(pairs) or _plainly(pairs, line) or _equations(pairs) or (in_a_row(kinds(pairs)),)


def dropped(pairs: Pairs) -> Reason:
    return (left_out(part for before, _ in pairs for part in walk(before)),)


def cancelled(pairs: Pairs, line: Node) -> Reason:
    """Which factors cancel, and which leave a sum; where nothing does, fractions were only put together."""
    names, numbers, ahead = what_cancels(pairs)
    said: list[Reason] = []
    if numbers and not names:
        said.append(("the ", Num(numbers[0]), " cancels the ", Div(ONE, Num(numbers[0]))))
    elif names and len(names) <= MOST:
        said.append(
            (*listed([*map(Num, numbers), *names]), " cancels" if len(names) + len(numbers) == 1 else " cancel")
        )
    elif names:
        said.append(("common factors cancel",))
    if ahead:
        short = len(ahead) <= MOST and all(size(f) <= SHORT for f in ahead)
        words = listed(ahead) if short else ("what does not depend on the index",)
        said.append((*words, " in front of the sum"))
    if said and any(map(terms_meet, pairs)):
        said.append(("and like terms are put together",))
    if not said:
        return _plainly(pairs, line) or _equations(pairs) or (in_a_row(_put_together(pairs)),)
    return tuple(part for at, one in enumerate(said) for part in ((", ", *one) if at else one))


def _put_together(pairs: Pairs) -> Iterator[str]:
    """What was done where nothing cancels."""
    signs = any(inner_signs(before) and not inner_signs(after) for before, after in pairs)
    if signs:
        yield "signs are put in front"
    powers = any(count(Pow, after) > count(Pow, before) for before, after in pairs)
    if powers:
        yield "like factors are put together"
    if any(len(_fractions(after)) < len(_fractions(before)) for before, after in pairs) or (
        not powers and any(_fractions(before) != _fractions(after) for before, after in pairs)
    ):
        yield "products are written as one fraction"
    elif not signs and not powers and any(_integrands(before) != _integrands(after) for before, after in pairs):
        yield "constants in front of the integral"
    elif not signs and not powers and any(map(terms_meet, pairs)):
        yield LIKE_TERMS
    elif not signs and not powers:
        yield moved(pairs)


def _integrands(node: Node) -> list[int]:
    """How many factors each integrand has."""
    bodies = (part.body for part in walk(node) if isinstance(part, Integral))
    return [len(body.children) if isinstance(body, Mul) else 1 for body in bodies]


def _fractions(node: Node) -> Counter[Node]:
    return Counter(part for part in walk(node) if isinstance(part, Div))


def collected(pairs: Pairs, line: Node) -> Reason:
    """The equation if it is short, or which factor was taken out of a sum, or what was done in general."""
    if len(pairs) == 1:
        common = _common_factor(*_inside(*pairs[0]))
        if common is not None:
            return (common, " is a common factor" + rest_said(common, *_inside(*pairs[0])))
    if _reordered(pairs):
        return (_reordered(pairs),)
    if moved := numbers_moved(pairs):
        return moved
    ahead: Reason = ("multiplied out",)
    if not (gone := brackets_gone(pairs)) and len(pairs) == 1:
        gone, ahead = less_below(*pairs[0]), in_general(pairs)
    gone = [f for f in gone if size(f) <= SHORT][:MOST]
    cancelled = (*ahead, ", ", *listed(gone), f" cancel{'s' * (len(gone) == 1)}") if gone else ()
    return _plainly(pairs, line) or _equations(pairs) or cancelled or in_general(pairs)


def taken_out(pairs: Pairs) -> Reason:
    """`x_i is a common factor`, or which are."""
    common = _common_factor(*_inside(*pairs[0])) if len(pairs) == 1 else None
    names = [common] if common is not None else _common_factors(pairs)
    if not names or len(names) > MOST or any(size(name) > 2 * SHORT for name in names):
        return ("common factors are taken out",)
    return (*listed(names), " is a common factor" if len(names) == 1 else " are common factors")


def _common_factors(pairs: Pairs) -> list[Node]:
    """The factors of all terms of the brackets that are gone, 1/c where it stands below the bar."""
    gone = (p for b, a in pairs for kept in [set(walk(a))] for p in walk(b) if isinstance(p, Add) and p not in kept)
    both = [shared_factors(bracket) for bracket in gone]
    return list(dict.fromkeys(f for ups, downs in both for f in (*ups, *(Div(ONE, f) for f in downs))))


def _reordered(pairs: Pairs) -> str:
    """What happened where the same letters, numbers and functions stand on both sides, but for brackets that are opened."""
    both = [(parts(before), parts(after)) for before, after in pairs]
    if any({kind for kind in before | after if before[kind] != after[kind]} - {Add} for before, after in both):
        return ""
    if any(before[Add] > after[Add] for before, after in both):
        return "the bracket behind the minus is opened"
    fewer = any(count(Neg, after) < count(Neg, before) for before, after in pairs)
    return "the minus goes into the bracket" if fewer else "factors in their usual order"


def _inside(before: Node, after: Node) -> tuple[Node, Node]:
    """The bodies of the sums over an index on both sides, signs and constants in front left aside."""
    return _body(before), _body(after)


def _body(node: Node) -> Node:
    if isinstance(node, (Neg, Sum)):
        return _body(node.children[0])
    sums = [factor for factor in node.children if isinstance(factor, Sum)] if isinstance(node, Mul) else []
    return _body(sums[0]) if len(sums) == 1 and node.children[-1] is sums[0] else node


def _common_factor(before: Node, after: Node) -> Node | None:
    """u, where a sum became u times a bracket."""
    if not isinstance(before, Add) or not isinstance(after, Mul) or not any(isinstance(f, Add) for f in after.children):
        return None
    terms = [split(term.arg if isinstance(term, Neg) else term)[0] for term in before.children]
    bases = [set(map(_base, term)) for term in terms]
    common = [f for f in after.children if not isinstance(f, Num) and all(_base(f) in own for own in bases)]
    return mul(*common) if common else None


def _base(factor: Node) -> Node:
    return factor.children[0] if isinstance(factor, Pow) else base_exponent(factor)[0]


def signs(pairs: Pairs) -> Reason:
    """What left the bars, the equation if it is short, or whose sign it was."""
    if alone := first_changed(pairs, lambda part: moduli(part) if isinstance(part, Fn) else part, SHORT):
        return alone
    inner = next((p.children[0] for b, _ in pairs for p in walk(b) if isinstance(p, Fn) and p.func is sympy.sign), ONE)
    if isinstance(inner, Div):
        return _equations(pairs) or (Div(Fn(sympy.sign, Div(u, v)), v), " = ", Div(Fn(sympy.sign, u), Fn(sympy.Abs, v)))
    return _equations(pairs) or (Fn(sympy.sign, inner), " and ", Fn(sympy.Abs, inner), " are put together")


def powers_said(pairs: Pairs) -> Reason:
    """`e^(2 log x) = x^2`."""
    return first_changed(pairs, of_logarithm, SHORT) or ("an exponential of a logarithm is a power",)


def halved(pairs: Pairs) -> Reason:
    """`max(0, x) = 0 where x < 0`."""
    half = next(
        p for before, _ in pairs for p in walk(before) if isinstance(p, Fn) and p.func in (sympy.Max, sympy.Min)
    )
    u = next(part for part in half.children if part != ZERO)
    return (
        (half, " is 0 in the other cases")
        if size(u) > SHORT
        else (half, " = 0 where ", Rel(OPPOSITE[KINDS[half.func]], u, ZERO))
    )


def flattened(pairs: Pairs) -> Reason:
    """`x^2 (1 + (y/x)^2) = x^2 + y^2`, if that is short: above the bar nothing changed."""
    below = [(_below(before), _below(after)) for before, after in pairs]
    return _equations(below) or multiplied_said(pairs)


def _below(node: Node) -> Node:
    """What stands below the bar, sums last."""
    return mul(*sorted(sides(node.arg if isinstance(node, Neg) else node)[2], key=lambda f: isinstance(f, Add)))


def multiplied_said(pairs: Pairs) -> Reason:
    return _equations(pairs) or ("fractions within the fraction are cleared",)


def below_said(pairs: Pairs) -> Reason:
    return _equations(pairs) or ("negative powers are written below the bar",)


def root_written(pairs: Pairs) -> Reason:
    return _equations(pairs) or first_changed(pairs, radical, SHORT) or ("the root is written shorter",)


def balanced(pairs: Pairs, whole: Node) -> Reason:
    return ("deviations from the mean add up to 0",)


def taken_in(pairs: Pairs) -> Reason:
    return _equations(pairs) or ("the number in front goes into the branches",)


def compared(pairs: Pairs) -> Reason:
    """`(x + y)/2 > x says y > x`, the first of them, or what was done."""
    before, after = (
        dict.fromkeys(p for b in side for p in walk(b) if isinstance(p, Rel)) for side in zip(*pairs, strict=True)
    )
    gone = next((p for p in before if p not in after and shorter(p) in after), None)
    if gone is None or size(gone) > SHORT:
        return ("comparisons are written shorter",)
    others = ", and likewise" if sum(p not in after for p in before) > 1 else ""
    fewer = any(len(b.children) > len(a.children) for b, a in pairs)
    return (gone, " says ", shorter(gone), others, "; cases that never hold are left out" if fewer else "")


def by_intervals(pairs: Pairs) -> Reason:
    """One case distinction for several, or fewer cases."""
    several = any(not isinstance(before, Cases) for before, _ in pairs)
    return ("the case distinctions are one" if several else "cases that never hold are left out",)


def quotients(pairs: Pairs, taken: Iterable[Node]) -> Reason:
    """`sin x / cos x = tan x`, or the law for what is longer."""
    return _equations(pairs) or quotient_said(pairs, taken)


def shared(pairs: Pairs, taken: Iterable[Node]) -> Reason:
    """The softmax by its name, or the equation."""
    return share_said((after for _, after in pairs), taken) or _equations(pairs) or ("the fraction is taken apart",)
