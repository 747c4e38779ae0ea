"""The order of factors in a product that was put together by rules: `cos(x^2) 2x` is written `2x cos(x^2)`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import is_, itemgetter
from types import MappingProxyType

import sympy

from gdsym.rules.powers import base_of
from gdsym.rules.regions import size
from gdsym.rules.shapes import is_one_minus_logistic, logistic_exponential
from gdsym.written.matrices import FACTORS
from gdsym.written.matrix_algebra import shape
from gdsym.written.nodes import (
    Add,
    Base,
    Bound,
    Cases,
    Const,
    D,
    Dec,
    Delta,
    Div,
    Fn,
    Indexed,
    Integral,
    Mul,
    Neg,
    Node,
    Num,
    Partial,
    Pow,
    Prod,
    Root,
    Sum,
    Sym,
    is_num,
    kinds_of,
    walk,
)

Tails = Mapping[Node, Sequence[Sequence[Node]]]
UNTYPED: Tails = MappingProxyType({})
MOST_FACTORS = 20  # of a typed product whose order is looked at
COEFFICIENTS = frozenset("abcdefghklmnpqrsuvw")  # in alphabetical order, where no other is known
DATA_LETTERS = frozenset("xyztABCDEFGHIJKLMNOPQRSTUVWXYZ")  # plain names that are read as data unless derived by

PENDING, SUMS, ENTRIES, FRACTIONS = kinds_of(D), kinds_of(Add), kinds_of(Indexed), kinds_of(Div)
FUNCTIONS = kinds_of(Fn, Root, Partial, Sum, Prod, Integral, Cases)

BRACKET_LENGTH = 3  # of x + 1

MATRICES, BOUND = kinds_of(*FACTORS), kinds_of(Sum, Prod, Integral)
NAMED = (Sym, Indexed, Pow, Root)  # they may be names, or powers of names

NUMBER, NAME, PLAIN, EXPONENTIAL, FUNCTION, BRACKET, DATA, MATRIX = range(8)


def arranged(node: Node, variables: frozenset[Node], typed: Tails = UNTYPED) -> Node:
    """Numbers, names, polynomials, functions, other brackets; data stay behind the bracket before them: (w x - y) x.

    A product whose factors stand as in one that was typed stays.
    """
    if isinstance(node, (Neg, Div)):
        parts = tuple([arranged(part, variables, typed) for part in node.children])
        if isinstance(node, Div):
            parts = parts[0], _below(parts[1], typed)
        return node if all(map(is_, parts, node.children)) else node.with_children(parts)
    if not isinstance(node, Mul) or node.has(PENDING) or (typed and as_typed(node, typed)):
        return node
    if node.has(FRACTIONS) and Div in map(type, node.children):
        parts = tuple([arranged(f, variables, typed) if type(f) is Div else f for f in node.children])
        node = node if all(map(is_, parts, node.children)) else Mul(*parts)
    factors = node.children
    kinds = _beside_logistic(factors, [_class_of(factor, factors[:j], variables) for j, factor in enumerate(factors)])
    if any(isinstance(factor, Bound) for factor in factors):  # a letter behind a sum would be read as part of its body
        kinds = [NAME if isinstance(base_of(f), Sym) else kind for f, kind in zip(factors, kinds, strict=True)]
    arrays = [_array(factor) for factor in factors] if node.has(ENTRIES) else []
    named = [array for array in arrays if array is not None]
    if len(set(named)) == len(named):
        if kinds == sorted(kinds):
            return node
        return Mul(*(factors[j] for j in sorted(range(len(kinds)), key=kinds.__getitem__)))
    behind = {array for array, kind in zip(arrays, kinds, strict=True) if kind == DATA}
    kinds = [DATA if a is not None and a in behind else kind for a, kind in zip(arrays, kinds, strict=True)]
    order = _by_index(sorted(range(len(kinds)), key=kinds.__getitem__), factors, kinds)
    return node if order == list(range(len(kinds))) else Mul(*(factors[j] for j in order))


def _below(den: Node, typed: Tails) -> Node:
    """Below a bar what is short stands first: x log(x) log(log(x)), 2 sqrt(x) (1 + x)."""
    if not isinstance(den, Mul) or den.has(PENDING | BOUND):
        return den
    lengths = [_length(factor) for factor in den.children]
    long = [factor for factor, length in zip(den.children, lengths, strict=True) if length]
    if lengths == sorted(lengths) or (typed and len(long) > 1 and as_typed(Mul(*long), typed)):
        return den
    return Mul(*(den.children[j] for j in sorted(range(len(lengths)), key=lengths.__getitem__)))


def _length(factor: Node) -> int:
    """Of a function, a root or a bracket of letters; nothing for others. Before a bracket stands sqrt(x), sqrt(x^2 + 1) behind it."""
    if not factor.free or not factor.has(FUNCTIONS | SUMS):
        return 0
    return size(factor) - isinstance(factor, Root) if factor.has(FUNCTIONS) else BRACKET_LENGTH


def _beside_logistic(factors: Sequence[Node], kinds: list[int]) -> Sequence[float]:
    """The bracket of s (1 - s), s a logistic function, right behind the functions."""
    functions = {factor for factor, kind in zip(factors, kinds, strict=True) if kind == FUNCTION}
    beside = (is_one_minus_logistic(f) and f.children[1].children[0] in functions for f in factors)
    return [FUNCTION + 0.5 if stays else kind for stays, kind in zip(beside, kinds, strict=True)]


def tails(typed: Iterable[Node]) -> Tails:
    """For each factor of a product that was typed what stands behind it there, powers as their bases, entries as their arrays."""
    found: dict[Node, dict[tuple[Node, ...], None]] = {}
    for part in typed:
        if isinstance(part, Mul) and len(part.children) <= MOST_FACTORS:
            row = tuple(map(_mark, _above_bars(part)))
            for at, factor in enumerate(row[:-1], 1):
                found.setdefault(factor, {})[row[at:]] = None
    return {factor: tuple(rows) for factor, rows in found.items()}


def _above_bars(node: Node) -> Iterator[Node]:
    """The factors, of fractions those above the bar, of sums those of their terms: of (1 - a)/2 sum w_j^2 the bracket and the power."""
    if isinstance(node, Mul):
        for factor in node.children:
            yield from _above_bars(factor)
    elif isinstance(node, (Div, Sum)):
        yield from _above_bars(node.children[0])
    else:
        yield node


def _mark(factor: Node) -> Node:
    base = base_of(factor)
    return base.base if isinstance(base, Indexed) else base


def as_typed(product: Mul, typed: Tails) -> bool:
    """Do the factors, numbers in front aside, stand in the order of a product that was typed? So 2 x (1 - b) g of x^2 (1 - b) g."""
    first, *rest = product.children[1:] if is_num(product.children[0]) else product.children
    if not rest:
        return False
    return any(_in_row(rest, tail) for tail in typed.get(_mark(first), ()))


def names_as_typed(node: Node, typed: Tails, variables: frozenset[Node]) -> Node:
    """Neighbouring names stand as in a product that was typed: cos(x y) x y, where y sin(x y) gave y x cos(x y)."""
    if isinstance(node, (Neg, Div)):
        parts = tuple([names_as_typed(part, typed, variables) for part in node.children])
        return node if all(map(is_, parts, node.children)) else node.with_children(parts)
    if not isinstance(node, Mul) or sum([isinstance(factor, NAMED) for factor in node.children]) < 2:
        return node
    new: list[Node] = []
    for is_name, run in groupby(node.children, _is_name):
        names = list(run)
        new += _one_row(names, typed, variables) if is_name and len(names) > 1 else names
    return node if all(map(is_, new, node.children)) else Mul(*new)


def _is_name(factor: Node) -> bool:
    """A name or its power, or the root of a number: they may stand in any order."""
    return isinstance(base_of(factor), (Sym, Indexed)) or (isinstance(factor, Root) and not factor.free)


def _one_row(names: list[Node], typed: Tails, variables: frozenset[Node]) -> list[Node]:
    """The names in the order of the first typed product that has them all; coefficients that never met stand by their letters: b c."""
    marks = list(map(_mark, names))
    for first in marks:
        others = [mark for mark in marks if mark != first]
        for tail in typed.get(first, ()):
            if all(mark in tail for mark in others):
                row = (first, *tail)
                return sorted(names, key=lambda name: row.index(_mark(name)))
    letters = [mark.name for mark in marks if isinstance(mark, Sym) and mark not in variables]
    met = any(mark in tail for first in marks for tail in typed.get(first, ()) for mark in marks)
    if met or len(letters) < len(marks) or not COEFFICIENTS.issuperset(letters):
        return names
    return [name for _, name in sorted(zip(letters, names, strict=True), key=itemgetter(0))]


def _in_row(factors: Sequence[Node], row: Sequence[Node]) -> bool:
    left = iter(row)
    return all(_mark(factor) in left for factor in factors)


def _array(factor: Node) -> Node | None:
    """The array of an entry or of its power."""
    core = factor.children[0] if isinstance(factor, Pow) else factor
    return core.base if isinstance(core, Indexed) else None


def _by_index(order: list[int], factors: Sequence[Node], kinds: Sequence[float]) -> list[int]:
    """Entries of one array stand in the order of their indices: x_ik x_il."""
    places: dict[Node, list[int]] = {}
    for at, j in enumerate(order):
        if kinds[j] in (NAME, DATA) and isinstance(factors[j], Indexed):
            places.setdefault(factors[j].children[0], []).append(at)
    new = list(order)
    for spots in places.values():
        own = sorted((order[at] for at in spots), key=lambda j: [str(i.to_sympy()) for i in factors[j].children[1:]])
        for at, j in zip(spots, own, strict=True):
            new[at] = j
    return new


def _class_of(factor: Node, before: tuple[Node, ...], variables: frozenset[Node]) -> int:
    core = factor
    if factor.kinds & MATRICES and shape(factor) is not None:
        return MATRIX
    if isinstance(factor, Pow):
        core, exponent = factor.children
        if exponent.free:
            return EXPONENTIAL
    if isinstance(core, Add):
        return BRACKET if core.has(FUNCTIONS) else PLAIN
    if isinstance(core, (Num, Dec, Const)) or (isinstance(core, Root) and not core.free):
        return NUMBER
    if isinstance(core, Sym):
        return DATA if _is_data(core, variables) and any(map(_is_bracket, before)) else NAME
    if isinstance(core, (Indexed, Delta)):
        return DATA if _is_data(core, variables) and any(_binds_data(f, variables) for f in before) else NAME
    if isinstance(core, (Fn, Root, Partial)):
        if _of_data(core, variables) and any(map(_is_bracket, before)):
            return DATA
        return EXPONENTIAL if isinstance(core, Root) or core.func is sympy.exp else FUNCTION
    if not core.has(FUNCTIONS):
        return PLAIN if core.has(SUMS) else NAME
    if logistic_exponential(core) is not None and all(core in walk(f) for f in before if _is_bracket(f)):
        return FUNCTION  # s (1 - s)
    return BRACKET


def _is_data(name: Node, variables: frozenset[Node]) -> bool:
    if isinstance(name, Sym):
        word = name.name
        return name not in variables and word[:1] in DATA_LETTERS and not (word[1:2].isalpha() and word[:1].islower())
    return not (isinstance(name, Indexed) and name.base in variables)


def _is_bracket(factor: Node) -> bool:
    core = factor.children[0] if isinstance(factor, Pow) else factor
    return isinstance(core, (Add, Neg, Div, Bound, Cases))


def _of_data(factor: Node, variables: frozenset[Node]) -> bool:
    return any(isinstance(name, Base) for name in factor.free - variables)


def _binds_data(factor: Node, variables: frozenset[Node]) -> bool:
    """A bracket, or a function of data: sign(w x_i - y_i) x_i stays as it is."""
    core = factor.children[0] if isinstance(factor, Pow) else factor
    return _is_bracket(factor) or (isinstance(core, Fn) and _of_data(core, variables))
