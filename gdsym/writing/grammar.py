"""Where brackets are needed: the grammar of a line of mathematics, shared by all printers.

term ± term ± ...      a sum; only its first term may start with a minus
factor factor ...      a product; only its first factor may start with a minus, only its last may be open to the right
Σ body                 open to the right: the body is everything up to the next + or -
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import cached_property
from typing import Any, NoReturn, TypeAlias

import sympy

from gdsym.errors import Unsupported
from gdsym.written import nodes as n

BIG = (n.Sum, n.Prod, n.Integral)
LOGICAL = (n.Rel, n.Logic)
PENDING = n.kinds_of(n.D)
NUMBERS = (n.Num, n.Dec)
ATOMS = (n.Sym, n.Indexed, n.Const, n.Fn, n.Pow, n.Root, n.Div, n.Delta, n.Partial)  # and no sum, no matrix
TURNED = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}
SAID_AT_ONCE = 3  # comparisons of one formula with others

Method: TypeAlias = Callable[[Any, Any], str]


def factors(node: n.Node) -> tuple[n.Node, ...]:
    """The factors of a product, those of products inside it included: a (b c) = a b c."""
    if not isinstance(node, n.Mul):
        return (node,)
    return tuple(f for child in node.children for f in factors(child))


def terms(node: n.Node) -> tuple[n.Node, ...]:
    """The terms of a sum; a sum that leads needs no brackets, (a + b) + c = a + b + c, unless others beside it have them."""
    if not isinstance(node, n.Add):
        return (node,)
    first, *rest = node.children
    return node.children if any(isinstance(term, n.Add) for term in rest) else (*terms(first), *rest)


def halved(value: n.Node) -> n.Node:
    """A value of a case distinction: what is still to be derived would be tiny above a bar, (u' + v')/2 is 1/2 (u' + v') there."""
    if isinstance(value, n.Div) and n.is_num(value.den, 2) and value.num.has(PENDING):
        return n.mul(n.Num(Fraction(1, 2)), value.num)
    return value


def starts_with_minus(node: n.Node) -> bool:
    """Is the first sign on paper a minus?"""
    if isinstance(node, n.Mul):  # a sum in front of a product stands in brackets
        return not loose(node.children[0]) and starts_with_minus(node.children[0])
    if isinstance(node, n.Add):
        return starts_with_minus(node.children[0])
    if isinstance(node, n.Const):
        return bool(node.value.is_extended_negative)
    return isinstance(node, n.Neg) or (isinstance(node, NUMBERS) and bool(node.value < 0))


def open_right(node: n.Node) -> bool:
    """Would it swallow a factor that follows?"""
    if isinstance(node, (n.Mul, n.Neg)):
        return open_right(node.children[-1])
    return isinstance(node, BIG)


def loose(node: n.Node) -> bool:
    """Sums, case distinctions and conditions stand in brackets wherever something stands beside them."""
    return isinstance(node, (n.Add, n.Cases, *LOGICAL))


def between(node: n.Logic) -> tuple[n.Node, str, n.Node, str, n.Node] | None:
    """The parts of a <= k <= b, if that is what an `and` says."""
    if node.op != "and" or len(node.children) != 2:
        return None
    left, right = node.children
    if not (isinstance(left, n.Rel) and isinstance(right, n.Rel)) or not {left.op, right.op} <= {"<", "<="}:
        return None
    (low, middle), (same, high) = left.children, right.children
    return (low, left.op, middle, right.op, high) if middle == same else None


def together(node: n.Logic) -> n.Node:
    """U > v and u > w and u > z is u > max(v, w, z) on paper; three comparisons of one formula and more are said at once."""
    if node.op not in ("and", "or") or len(node.children) < SAID_AT_ONCE:
        return node
    groups: dict[tuple[n.Node, str], dict[n.Node, n.Node]] = {}  # u and its sign: the comparisons, and what with
    for part in node.children:
        if isinstance(part, n.Rel) and part.op in TURNED:
            left, right = part.children
            groups.setdefault((left, part.op), {})[part] = right
            groups.setdefault((right, TURNED[part.op]), {})[part] = left
    (one, op), said = max(groups.items(), key=lambda group: len(group[1]), default=((node, ""), {}))
    if len(said) < SAID_AT_ONCE:
        return node
    largest = (op[0] == ">") is (node.op == "and")
    other = n.Fn(sympy.Max if largest else sympy.Min, *said.values())
    whole = n.Rel(op, one, other) if one.free else n.Rel(TURNED[op], other, one)
    first = next(iter(said))
    parts = [whole if part is first else part for part in node.children if part is first or part not in said]
    return whole if len(parts) == 1 else n.Logic(node.op, *parts)


def bracket_term(node: n.Node, first: bool) -> bool:
    """Does a term of a sum need brackets? (the minus of a `Neg` is the sum's own sign)"""
    return loose(node) or (not first and starts_with_minus(node))


def bracket_negated(node: n.Node) -> bool:
    """Does what follows a minus sign need brackets?"""
    return loose(node) or starts_with_minus(node)


def bracket_factor(node: n.Node, first: bool, last: bool) -> bool:
    """Does a factor of a product need brackets?"""
    return loose(node) or (not first and starts_with_minus(node)) or (not last and open_right(node))


def bracket_body(node: n.Node) -> bool:
    """Does the body of a sum sign need brackets?"""
    return loose(node) or starts_with_minus(node)


def is_integer(node: n.Node) -> bool:
    return isinstance(node, n.Num) and node.value.denominator == 1


def refuse(visitor: str, node: n.Node) -> NoReturn:
    raise Unsupported(
        f"The {visitor} printer met {type(node).__name__}, which it does not know; "
        f"it knows the kinds of gdsym.written.nodes. Add {type(node).__name__} to its table."
    )


def own_name(part: n.Node) -> str:
    """What a letter, an array or an undefined function is called."""
    if isinstance(part, (n.Sym, n.Base)):
        return part.name
    if isinstance(part, n.Partial) or (isinstance(part, n.Fn) and part.undefined):
        return str(part.func.__name__)
    return ""


class Visitor:
    """`write` sends a node to the method of its kind, and remembers what came of it: formulas share their parts."""

    kind: str

    def __init__(self, formula: n.Node | None = None) -> None:
        self._formula = formula
        self._done: dict[n.Node, str] = {}

    @cached_property
    def _names(self) -> frozenset[str]:
        return frozenset(map(own_name, n.walk(self._formula))) if self._formula is not None else frozenset()

    def names(self) -> frozenset[str]:
        """What the letters, arrays and functions of the whole formula are called."""
        return self._names

    def methods(self) -> Mapping[type[n.Node], Method]:
        """The method for each kind of node."""
        raise NotImplementedError

    def write(self, node: n.Node) -> str:
        done = self._done.get(node)
        if done is None:
            method = self.methods().get(type(node)) or refuse(self.kind, node)
            done = self._done[node] = method(self, node)
        return done


def runs_on(fraction: n.Node, written: str, after: n.Node, piece: str) -> bool:
    """Would the letter or function behind a fraction in one row be read as part of its divisor, as in 1/x log(x)?"""
    if not isinstance(fraction, n.Div) or isinstance(fraction.den, NUMBERS) or not isinstance(after, ATOMS):
        return False
    return not written.endswith(")") and piece[0] not in "({"
