"""0 in sums, 1 in products, nested brackets: what is left out of one node whose parts are tidy already."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from gdsym.written.matrices import Hadamard, MatMul, Trace, Transpose
from gdsym.written.nodes import (
    ONE,
    TRUE,
    ZERO,
    Add,
    Cases,
    Div,
    Integral,
    Mul,
    Neg,
    Node,
    Num,
    Pow,
    Prod,
    Sum,
    add,
    is_num,
    mul,
    rewrite,
)

NOUGHT, UNITY = (0, 1), (1, 1)  # as numerator and denominator
BOTH = "0 and 1 are left out"
LAWS = (ZERO_TERM, ONE_FACTOR, ZERO_FACTOR, ZERO_ABOVE, ONE_BELOW, ONE_POWER) = (
    "0 is left out",
    "the factor 1 is left out",
    "what is multiplied by 0 is 0",
    "a fraction with 0 above the bar is 0",
    "the 1 below the bar is left out",
    "the exponent 1 is left out",
)
DROPPED = (NOUGHT, UNITY)


def drop(node: Node) -> Node:
    """0 + u = u, 1 u = u, 0 u = 0, -(-u) = u, u^1 = u; brackets that change nothing are removed."""
    rule = DROP.get(type(node))
    return rule(node) if rule else node


def left_out(parts: Iterable[Node]) -> str:
    """What goes, in words, where `drop` is done to the parts: 0 + u = u, 1 u = u, 0 u = 0, 0/u = 0, u/1 = u, u^1 = u."""
    laws = {law for part in parts for law in _laws(part)}
    both = {ZERO_TERM, ONE_FACTOR} <= laws or not laws
    words = [BOTH] if both else []
    words += [law for law in LAWS if law in laws and not (both and law in (ZERO_TERM, ONE_FACTOR))]
    return in_a_row(words)


def in_a_row(words: Iterable[str]) -> str:
    """`a, b and c`."""
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last


def unclean(whole: Node) -> Iterator[Node]:
    """The parts in which something is left out, each once."""
    done: dict[Node, Node] = {}
    rewrite(whole, drop, done)
    parts, seen = [whole], {whole}
    while parts:
        part = parts.pop()
        if done.get(part, part) is not part:
            yield part
            fresh_ones = [c for c in part.children if c not in seen]
            seen.update(fresh_ones)
            parts += fresh_ones


def _laws(part: Node) -> Iterator[str]:
    """Which of the laws are used at the top of the formula."""
    kind, children = type(part), part.children
    if kind is Add or kind is Mul:
        numbers = [child.ratio for child in children if type(child) is Num]
        if NOUGHT in numbers:
            yield ZERO_TERM if kind is Add else ZERO_FACTOR
        elif kind is Mul and (UNITY in numbers or _is_minus_one(children[0])):
            yield ONE_FACTOR
    elif kind is Div and is_num(children[0], 0):
        yield ZERO_ABOVE
    elif (kind is Div or kind is Pow) and is_num(children[1], 1):
        yield ONE_BELOW if kind is Div else ONE_POWER
    elif kind is Neg and is_num(children[0], 0):
        yield ZERO_TERM


def _drop_add(node: Node) -> Node:
    for term in node.children:
        if type(term) is Add or (type(term) is Num and term.ratio == NOUGHT):
            break
    else:
        return node
    terms: list[Node] = []
    for term in node.children:
        terms += term.children if isinstance(term, Add) else (term,)
    kept = [t for t in terms if not is_num(t, 0)]
    return add(*kept)


def _drop_mul(node: Node) -> Node:
    for factor in node.children:
        if type(factor) is Mul or (type(factor) is Num and factor.ratio in DROPPED):
            break
    else:
        return _signed(node.children) if _is_minus_one(node.children[0]) else node
    factors: list[Node] = []
    for factor in node.children:
        factors += factor.children if isinstance(factor, Mul) else (factor,)
    if any(is_num(f, 0) for f in factors):
        return ZERO
    kept = [f for f in factors if not is_num(f, 1)]
    return _signed(kept) if len(kept) > 1 and _is_minus_one(kept[0]) else mul(*kept)


def _is_minus_one(factor: Node) -> bool:
    return type(factor) is Neg and is_num(factor.arg, 1)


def _signed(factors: Sequence[Node]) -> Node:
    """-1 u = -u where the -1 leads."""
    return Neg(mul(*factors[1:]))


def _drop_neg(node: Node) -> Node:
    arg = node.children[0]
    return ZERO if is_num(arg, 0) else arg.arg if isinstance(arg, Neg) else node


def _drop_div(node: Node) -> Node:
    num, den = node.children
    return ZERO if is_num(num, 0) else num if is_num(den, 1) else node


def _drop_pow(node: Node) -> Node:
    base, exponent = node.children
    return base if is_num(exponent, 1) else ONE if is_num(exponent, 0) else node


def _drop_sum(node: Node) -> Node:
    return ZERO if is_num(node.children[0], 0) or (isinstance(node, Sum) and _empty(node)) else node


def _drop_prod(node: Node) -> Node:
    return ONE if is_num(node.children[0], 1) or _empty(node) else node


def _empty(node: Node) -> bool:
    """Does it end just before it begins?"""
    lower, upper = node.children[2:]
    return isinstance(lower, Num) and is_num(upper, lower.value - 1)


def _drop_matrix(node: Node) -> Node:
    return ZERO if any(is_num(child, 0) for child in node.children) else node


def _drop_cases(node: Node) -> Node:
    """Neighbouring branches with one value are one branch if the last holds always."""
    assert isinstance(node, Cases)
    values = {value for value, _ in node.pairs}
    return values.pop() if len(values) == 1 and node.pairs[-1][1] == TRUE else node


DROP: dict[type[Node], Callable[[Node], Node]] = {
    Add: _drop_add, Mul: _drop_mul, Neg: _drop_neg, Div: _drop_div, Pow: _drop_pow,
    Sum: _drop_sum, Integral: _drop_sum, Prod: _drop_prod, Cases: _drop_cases,
    MatMul: _drop_matrix, Transpose: _drop_matrix, Trace: _drop_matrix, Hadamard: _drop_matrix,
}  # fmt: skip
