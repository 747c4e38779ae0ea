"""What can be done with any tree: build, walk, rewrite, replace without capture."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from operator import is_

import sympy

from gdsym.written.composed import Add, Bound, Logic, Mul
from gdsym.written.node import Base, Indexed, Node, Num, Sym

ZERO, ONE, TWO = Num(0), Num(1), Num(2)
TRUE = Logic("true")


def head_of(node: Node) -> Node:
    """The array of an entry; any other name itself."""
    return node.base if isinstance(node, Indexed) else node


def conjuncts(condition: Node) -> tuple[Node, ...]:
    """What an `and` joins, and those inside of it; any other condition alone."""
    if not isinstance(condition, Logic) or condition.op != "and":
        return (condition,)
    return tuple(part for child in condition.children for part in conjuncts(child))


def both(*conditions: Node) -> Node:
    """All of the conditions at once, each named once."""
    parts = tuple(dict.fromkeys(p for c in conditions for p in conjuncts(c) if p != TRUE))
    return TRUE if not parts else parts[0] if len(parts) == 1 else Logic("and", *parts)


def is_num(node: Node, value: int | Fraction | None = None) -> bool:
    """Is `node` an exact number (this one, if `value` is given)?"""
    return isinstance(node, Num) and (value is None or node.ratio == (value.numerator, value.denominator))


def add(*terms: Node) -> Node:
    """`Add`, or the term itself if there is one, or 0 if there is none."""
    return ZERO if not terms else terms[0] if len(terms) == 1 else Add(*terms)


def mul(*factors: Node) -> Node:
    """`Mul`, or the factor itself if there is one, or 1 if there is none."""
    return ONE if not factors else factors[0] if len(factors) == 1 else Mul(*factors)


def times(*factors: Node) -> Node:
    """The product with the factors of factors written in one row: 3 (5 x) stands as 3 5 x."""
    row: list[Node] = []
    for factor in factors:
        row += factor.children if isinstance(factor, Mul) else (factor,)
    return mul(*row)


def walk(node: Node) -> Iterable[Node]:
    """Every node of the tree, parents first."""
    stack = [node]
    while stack:
        top = stack.pop()
        yield top
        stack.extend(reversed(top.children))


def larger(node: Node, most: int) -> bool:
    """Has the tree more nodes than that?"""
    level, count = [node], 1
    while level and count <= most:
        level = [part for top in level for part in top.children]
        count += len(level)
    return count > most


def distinct(node: Node) -> Iterable[Node]:
    """Every node of the tree, equal ones once: what holds parts of its own over and over is long written out."""
    seen, stack = {node}, [node]
    while stack:
        top = stack.pop()
        yield top
        for part in top.children:
            if part not in seen:
                seen.add(part)
                stack.append(part)


def rewrite(node: Node, rule: Callable[[Node], Node], done: dict[Node, Node] | None = None) -> Node:
    """`rule` applied to every node, innermost first; to equal ones once. What it made of formulas is in `done`."""
    done = {} if done is None else done
    if not node.children:
        return rule(node)
    found = done.get(node)
    if found is None:
        children = tuple([rewrite(c, rule, done) for c in node.children])
        same = all(map(is_, children, node.children))
        found = done[node] = rule(node if same else node.with_children(children))
    return found


def fresh(wanted: str, taken: Iterable[Node]) -> Sym:
    """An integer letter like `wanted` that clashes with no name in `taken`."""
    names = {t.name for t in taken if isinstance(t, (Sym, Base))}
    letters = [wanted, *"jlpqrst", *(f"{wanted}{n}" for n in range(1, 1000))]
    name = next(letter for letter in letters if letter not in names)
    return Sym(sympy.Symbol(name, integer=True))


def replace(node: Node, new: dict[Node, Node]) -> Node:
    """`node` with every key of `new` replaced by its value; no name is captured by a sum's index."""
    hit = new.get(node)
    if hit is not None:
        return hit
    if not node.children:
        return node
    if isinstance(node, Bound):
        return _replace_bound(node, new)
    children = tuple([replace(c, new) for c in node.children])
    if all(map(is_, children, node.children)):
        return node
    return node.with_children(children)


def _replace_bound(node: Bound, new: dict[Node, Node]) -> Node:
    index = node.index
    inner = {old: value for old, value in new.items() if index not in old.free}
    body = node.body
    incoming = frozenset().union(*[v.free for v in inner.values()]) if inner else frozenset()
    if index in incoming and any(old.free & body.free for old in inner):
        other = fresh(index.name, body.free | incoming | node.free)
        body, index = replace(body, {index: other}), other
    lower, upper = replace(node.lower, new), replace(node.upper, new)
    return type(node)(replace(body, inner), index, lower, upper)


def renamed(node: Node, taken: frozenset[Node], others: frozenset[Node] = frozenset()) -> Node:
    """Bound indices that are called like a letter in `taken` get other letters, which nothing in `others` and no sum within uses either."""
    names = {t.name for t in taken if isinstance(t, Sym)}
    if not any(isinstance(part, Bound) and part.index.name in names for part in walk(node)):
        return node
    avoid = taken | others | {p for p in walk(node) if isinstance(p, Sym)}

    def change(part: Node) -> Node:
        children = tuple(change(child) for child in part.children)
        part = part.with_children(children) if children else part
        if isinstance(part, Bound) and part.index.name in names:
            within = {p.index for p in walk(part.body) if isinstance(p, Bound)}
            new = fresh("j" if part.index.name in "jk" else part.index.name, avoid | within)
            return type(part)(replace(part.body, {part.index: new}), new, part.lower, part.upper)
        return part

    return change(node)
