"""The end of a derivation: arithmetic, what cancels, the shortest form; each a step that says what was done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from gdsym.memory import Memory, Pass, settling
from gdsym.rules.algebra import DEFINITION
from gdsym.rules.arrange import arranged
from gdsym.rules.collect import collect, flip, size
from gdsym.rules.domain import conditioned
from gdsym.rules.fractions import cancel, free_factors, opened, split
from gdsym.rules.laws import listed
from gdsym.rules.logistic import as_logistic, law_used, typed_in_functions
from gdsym.rules.shapes import logistic_exponential
from gdsym.rules.tidy import base_exponent, calculate, drop
from gdsym.solve import SIMPLIFY, After
from gdsym.step import Reason
from gdsym.written.alike import alike
from gdsym.written.match import occurrence
from gdsym.written.nodes import ONE, Add, Div, Mul, Neg, Node, Num, Sum, is_num, mul, rewrite, times, walk

SHORT = 14  # nodes on either side of a rewriting that is shown in the reason
MOST = 3  # of them in one reason
NOTHING: frozenset[Node] = frozenset()

LONG = 200  # nodes of a formula of which it is not said part by part what was done
VERY_LONG = 2000  # nodes of a formula whose arithmetic is not looked at

Pairs = Sequence[tuple[Node, Node]]
Change = Callable[[Node], Node]


def tidied(
    node: Node,
    params: frozenset[Node],
    where: Mapping[Node, Node],
    *,
    typed: frozenset[Node] = NOTHING,
    variables: frozenset[Node] | None = None,
    memory: Memory | None = None,
) -> list[After]:
    """The closing steps: arithmetic, then 0 and 1 left out, then cancelling, then the shortest form.

    Products in `typed` keep the order of their factors; in others the `variables` stand in front of brackets.
    """
    memory = memory or Memory()

    def in_order(part: Node) -> Node:
        return part if part in typed else arranged(part, params if variables is None else variables)

    def with_order(change: Change) -> Change:
        return lambda part: part if (new := change(part)) == part else in_order(new)

    def everywhere(name: str, change: Change) -> Change:
        return Pass(change, memory.settled(name, typed), typed)

    shortest = everywhere("collect", lambda part: in_order(flip(cancel(calculate(drop(part))))))
    meanings = frozenset(where.values())

    def logistic(whole: Node) -> Node:
        if everywhere("logistic", as_logistic)(whole) == whole:
            return whole
        kept = meanings | typed_in_functions(whole)
        return Pass(lambda part: part if part in kept else flip(as_logistic(part)), set(), typed)(whole)

    stages: tuple[tuple[str, Change, Callable[[Pairs], Reason]], ...] = (
        ("arithmetic", settling(everywhere("arithmetic", with_order(_without_fractions))), _calculated),
        ("drop + 0 and * 1", settling(everywhere("drop", drop)), _dropped),
        ("cancel", settling(everywhere("cancel", with_order(lambda p: cancel(calculate(drop(p)))))), _cancelled),
        ("collect", lambda part: shortest(collect(part, params, memory.shorter)), _collected),
        ("logistic", logistic, lambda pairs: law_used((before for before, _ in pairs), node.free)),
    )
    steps: list[After] = []
    for name, change, said in stages:
        after = change(node)
        if after != node:
            pairs = _different(node, after, change)
            steps.append(After(SIMPLIFY, node, after, ("simplify: ", *said(pairs)), detail=name))
            node = after
    for key, meaning in where.items():
        named = _named(node, key, meaning)
        if named != node:
            steps.append(After(DEFINITION, node, named, ("definition: ", meaning, " = ", key)))
            node = named
    return conditioned(steps, memory.needs)


def tidy(node: Node, params: Iterable[Node]) -> Node:
    """The formula after all closing steps."""
    steps = tidied(node, frozenset(params), {})
    return steps[-1].rhs if steps else node


def _without_fractions(node: Node) -> Node:
    """Arithmetic; a product with fractions waits until its factors cancel."""
    waits = isinstance(node, Mul) and any(isinstance(factor, Div) for factor in times(node).children)
    return node if waits else calculate(node)


def _named(node: Node, key: Node, meaning: Node) -> Node:
    """What the named part stands for, wherever it stands, gets its name."""
    if not meaning.children:
        return node
    return rewrite(node, lambda part: occurrence(key, meaning, part) or part)


def _different(before: Node, after: Node, change: Change) -> Pairs:
    """The smallest parts that the change rewrote for themselves, each once; very long formulas are not taken apart."""
    if _long(before):
        return ((before, after),)
    return tuple(dict.fromkeys(_apart(before, after, change)))


def _long(node: Node, most: int = LONG) -> bool:
    return any(at >= most for at, _ in enumerate(walk(node)))


def _apart(before: Node, after: Node, change: Change) -> Iterator[tuple[Node, Node]]:
    if alike(before, after):
        return
    parts = before.children
    if isinstance(before, Add):
        parts = tuple(p for p in parts if not is_num(p.arg if isinstance(p, Neg) else p, 0))
    same = type(before) is type(after) and before._payload() == after._payload() and len(parts) == len(after.children)
    if same and parts and all(change(b) == a for b, a in zip(parts, after.children, strict=True)):
        for b, a in zip(parts, after.children, strict=True):
            yield from _apart(b, a, change)
    else:
        yield before, after


def _equations(pairs: Pairs) -> Reason:
    """`3 5 x^(5 - 1) = 15 x^4 and 4 2x = 8x` if that is short; else nothing."""
    if any(size(side) > SHORT for pair in pairs for side in pair):
        return ()
    if len(pairs) > MOST:
        return (pairs[0][0], " = ", pairs[0][1], ", and likewise")
    words: list[str | Node] = []
    for at, (before, after) in enumerate(pairs):
        words += ["" if not at else " and " if at == len(pairs) - 1 else ", ", before, " = ", after]
    return tuple(words[1:])


def _calculated(pairs: Pairs) -> Reason:
    if len(pairs) == 1 and _long(pairs[0][0], VERY_LONG):
        return ("numbers are multiplied, like terms put together",)
    return _equations(pairs) or (" and ".join(_arithmetic(pairs)),)


def _arithmetic(pairs: Pairs) -> Iterator[str]:
    """What kinds of arithmetic were done."""
    fewer = any(_count(Num, after) < _count(Num, before) for before, after in pairs)
    if fewer and all(
        _ones(before) - _ones(after) >= _count(Num, before) - _count(Num, after) for before, after in pairs
    ):
        yield "the factor 1 is left out"
    elif fewer:
        yield "numbers are multiplied"
    if any(_count(Neg, before) - _count(Neg, after) > 1 for before, after in pairs):
        yield "minus times minus is plus"
    elif any(_inner_signs(before) for before, _ in pairs):
        yield "signs are put in front"
    elif not fewer:
        yield "like factors and terms are put together"


def _ones(node: Node) -> int:
    return sum(part == ONE for part in walk(node))


def _count(kind: type[Node], node: Node) -> int:
    return sum(isinstance(part, kind) for part in walk(node))


def _inner_signs(node: Node) -> bool:
    """Does a factor have a minus?"""
    return any(isinstance(f, Neg) for part in walk(node) if isinstance(part, (Mul, Div)) for f in part.children)


def _dropped(pairs: Pairs) -> Reason:
    return ("0 and 1 are left out",)


def _cancelled(pairs: Pairs) -> Reason:
    """Which factors cancel, and which leave a sum; where nothing does, fractions were only put together."""
    names, numbers, ahead = _what_cancels(pairs)
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
        words = listed(ahead) if len(ahead) <= MOST else ("what does not depend on the index",)
        said.append((*words, " in front of the sum"))
    if not said:
        return _equations(pairs) or (" and ".join(_put_together(pairs)),)
    return tuple(part for at, one in enumerate(said) for part in ((", ", *one) if at else one))


def _put_together(pairs: Pairs) -> Iterator[str]:
    """What was done where nothing cancels."""
    signs = any(_inner_signs(before) and not _inner_signs(after) for before, after in pairs)
    if signs:
        yield "signs are put in front"
    if any(_fractions(before) != _fractions(after) for before, after in pairs):
        yield "products are written as one fraction"
    elif not signs:
        yield "factors in their usual order"


def _fractions(node: Node) -> Counter[Node]:
    return Counter(part for part in walk(node) if isinstance(part, Div))


def _what_cancels(pairs: Pairs) -> tuple[list[Node], list[int], list[Node]]:
    """Names and numbers that stand above and below a bar, and what else leaves a sum."""
    names: dict[Node, None] = {}
    numbers: dict[int, None] = {}
    for before, _ in pairs:
        for part in walk(before):
            if isinstance(part, (Mul, Div)):
                ups, downs = opened(part)
                below = {base_exponent(f)[0] for f in downs}
                common = [f for f in dict.fromkeys(base_exponent(f)[0] for f in ups) if f in below]
                names.update(dict.fromkeys(f for f in common if not isinstance(f, Num)))
                numbers.update(dict.fromkeys(int(f.value) for f in common if isinstance(f, Num) and f.value > 1))
    gone = {ONE, *names, *map(Num, numbers)}
    sums = [part for before, _ in pairs for part in walk(before) if isinstance(part, Sum)]
    ahead = [f for part in sums for ups, downs in [free_factors(part)] for f in (*ups, *(Div(ONE, f) for f in downs))]
    return list(names), list(numbers), [f for f in dict.fromkeys(ahead) if f not in gone]


def _collected(pairs: Pairs) -> Reason:
    """The equation if it is short, or which factor was taken out of a sum, or what was done in general."""
    if len(pairs) == 1:
        common = _common_factor(*_inside(*pairs[0]))
        if common is not None:
            return (common, " is a common factor")
    return (_reordered(pairs),) if _reordered(pairs) else _equations(pairs) or (_in_general(pairs),)


def _reordered(pairs: Pairs) -> str:
    """What happened where the same letters and numbers stand on both sides."""
    if any(_leaves(before) != _leaves(after) for before, after in pairs):
        return ""
    fewer = any(_count(Neg, after) < _count(Neg, before) for before, after in pairs)
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
    bases = [{base_exponent(f)[0] for f in term} for term in terms]
    outside = [f for f in after.children if not isinstance(f, (Add, Num))]
    common = [f for f in outside if all(base_exponent(f)[0] in own for own in bases)]
    return mul(*common) if common else None


def _in_general(pairs: Pairs) -> str:
    if any(_adds_fractions(before) for before, _ in pairs):
        return "over a common denominator"
    return "multiplied out, and like terms put together"


def _leaves(node: Node) -> Counter[Node]:
    return Counter(part for part in walk(node) if not part.children)


def _adds_fractions(node: Node) -> bool:
    """Is a term of a sum a fraction?"""
    terms = (t.arg if isinstance(t, Neg) else t for part in walk(node) if isinstance(part, Add) for t in part.children)
    factors = (factor for term in terms for factor in (term, *term.children))
    return any(isinstance(factor, Div) and logistic_exponential(factor) is None for factor in factors)
