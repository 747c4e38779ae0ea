"""Is a formula convex in the parameters? A few sound rules: sums, nonnegative multiples, maxima and compositions.

Squares, norms, exp, |u|, max and log-sum-exp of affine forms are convex. A sign that only the data tell is asked of them.
What the rules cannot see is not convex or too hard: they never say that a cost is not convex.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Literal

import sympy

from gdsym.convex_cases import normal_share, square_then_line
from gdsym.record import changed, record
from gdsym.written.nodes import Add, Base, Cases, Dec, Delta, Div, Fn, Indexed, Mul, Neg, Node, Num, Pow, Root, Sum, Sym
from gdsym.written.wholes import inside

Bend = Literal["constant", "affine", "convex", "concave", "unknown"]
Span = tuple[float, float]
ALL: Span = (-math.inf, math.inf)
ABOVE: Span = (0.0, math.inf)
UNIT: Span = (0.0, 1.0)
SAID = {ABOVE: "{} >= 0", UNIT: "0 <= {} <= 1"}
TURNED: dict[Bend, Bend] = {"convex": "concave", "concave": "convex"}


@record
class Shape:
    """How a part bends, between which values it lies, and two things that make a root or a logarithm convex."""

    bend: Bend
    span: Span = ALL
    squares: bool = False  # a sum of squares of affine forms: its root is a norm
    exponentials: bool = False  # a positive sum of exp(convex): its logarithm is convex
    rules: frozenset[str] = frozenset()

    @property
    def is_flat(self) -> bool:
        return self.bend in ("constant", "affine")

    @property
    def is_convex(self) -> bool:
        return self.is_flat or self.bend == "convex"


UNKNOWN = Shape("unknown")
HUBER = Shape("convex", ABOVE, rules=frozenset({"squares that go on as lines, of affine forms"}))
NORMAL = Shape("concave", rules=frozenset({"minus logarithm of a normal distribution function"}))


def convex_by_rules(node: Node, params: Sequence[Node], spans: Mapping[Node, Span]) -> str | None:
    """The rules that show `node` to be convex in the parameters, in words; None if they do not.

    `spans`: the least and the largest entry of data letters (and 1 and more for sizes).
    """
    found = _Rules(frozenset(params), spans).shape(node)
    if not found.is_convex:
        return None
    return "a sum of convex parts: " + ", ".join(sorted(found.rules)) if found.rules else "affine in the parameters"


def nowhere_lower(node: Node, params: Sequence[Node], spans: Mapping[Node, Span], value: float) -> bool:
    """Do the rules show that `node` is nowhere lower than the `value` that it has at a point of slope 0?"""
    found = _Rules(frozenset(params), spans).shape(node)
    return found.is_convex or value <= found.span[0]


def convex_if(
    node: Node, params: Sequence[Node], spans: Mapping[Node, Span], unknown: Sequence[Node]
) -> tuple[str, tuple[str, ...]] | None:
    """The rules that show `node` to be convex, and as few signs of the `unknown` letters as they need; None if none help."""
    supposed = {letter: UNIT if isinstance(letter, Base) else ABOVE for letter in unknown}
    if convex_by_rules(node, params, {**spans, **supposed}) is None:
        return None
    for letter in unknown:
        for weaker in (ALL, ABOVE):
            tried = {**supposed, letter: weaker}
            if convex_by_rules(node, params, {**spans, **tried}) is not None:
                supposed = tried
                break
    rules = convex_by_rules(node, params, {**spans, **supposed})
    signs = tuple(SAID[span].format(letter.to_sympy()) for letter, span in supposed.items() if span != ALL)
    return (rules, signs) if rules is not None else None


class _Rules:
    """One formula on its way up from its letters."""

    def __init__(self, heads: frozenset[Node], spans: Mapping[Node, Span]) -> None:
        self.heads, self.spans = heads, spans
        self.known: dict[Node, Shape] = {}

    def shape(self, node: Node) -> Shape:
        if node not in self.known:
            self.known[node] = self._shape(node)
        return self.known[node]

    def _shape(self, node: Node) -> Shape:
        if isinstance(node, (Sym, Indexed)) and not node.free.isdisjoint(self.heads):
            moving = any(not part.free.isdisjoint(self.heads) for part in inside(node))
            return UNKNOWN if moving else Shape("affine")
        found = self._composed(node)
        return changed(found, bend="constant") if node.free.isdisjoint(self.heads) else found

    def _composed(self, node: Node) -> Shape:
        if isinstance(node, (Num, Dec)):
            return Shape("constant", (float(node.value), float(node.value)))
        if isinstance(node, Delta):
            return Shape("constant", (0.0, 1.0))
        if isinstance(node, (Sym, Indexed)):
            return Shape("constant", self._told(node))
        if isinstance(node, Neg):
            return _scaled(self.shape(node.arg), (-1.0, -1.0))
        if isinstance(node, Add):
            return _added([self.shape(c) for c in node.children])
        if isinstance(node, Sum):
            return _summed(self.shape(node.body))
        if isinstance(node, Mul):
            return self._product(node.children)
        if isinstance(node, Div):
            fixed = node.den.free.isdisjoint(self.heads)
            return _scaled(self.shape(node.num), _inverse(self.shape(node.den).span)) if fixed else UNKNOWN
        if isinstance(node, (Pow, Root)):
            return _power(self.shape(node.children[0]), *_exponent(node))
        if isinstance(node, Cases):
            u = square_then_line(node, self._is_above)
            return HUBER if u is not None and self.shape(u).is_flat else UNKNOWN
        return self._function(node) if isinstance(node, Fn) else UNKNOWN

    def _is_above(self, node: Node) -> bool:
        return node.free.isdisjoint(self.heads) and self.shape(node).span[0] >= 0

    def _told(self, node: Sym | Indexed) -> Span:
        letter: Node = node.base if isinstance(node, Indexed) else node
        if letter in self.spans:
            return self.spans[letter]
        symbol = letter.base.label if isinstance(letter, Base) else node.symbol if isinstance(node, Sym) else None
        return ABOVE if getattr(symbol, "is_nonnegative", False) else ALL

    def _product(self, factors: Sequence[Node]) -> Shape:
        """Numbers times one thing that varies, or a square."""
        moving = [f for f in factors if not f.free.isdisjoint(self.heads)]
        fixed = [self.shape(f).span for f in factors if f.free.isdisjoint(self.heads)]
        span = (1.0, 1.0)
        for other in fixed:
            span = _times(span, other)
        if not moving:
            return Shape("constant", span)
        if len(set(moving)) > 1:
            return UNKNOWN
        return _scaled(_power(self.shape(moving[0]), len(moving), 1), span)

    def _function(self, node: Fn) -> Shape:
        shapes = [self.shape(c) for c in node.children]
        if node.func in (sympy.Max, sympy.Min):
            return _extreme(shapes, -1 if node.func is sympy.Min else 1)
        (first, *more) = shapes
        if more:
            return UNKNOWN
        if node.func is sympy.log:
            return self._logarithm(node.children[0])
        if node.func is sympy.exp and first.is_convex:
            return Shape("convex", ABOVE, exponentials=True, rules=first.rules | {"exp of a convex part"})
        if node.func is sympy.cosh and first.is_flat:
            return Shape("convex", (1.0, math.inf), exponentials=True, rules=frozenset({"cosh of an affine form"}))
        if node.func is sympy.Abs:
            if first.is_flat:
                return Shape("convex", ABOVE, rules=frozenset({"absolute value of an affine form"}))
            return first if first.span[0] >= 0 else UNKNOWN
        return Shape("unknown", ABOVE if node.func in (sympy.exp, sympy.Abs) else ALL)

    def _logarithm(self, inside: Node) -> Shape:
        """log(a/b) = log a - log b; log exp u = u; log(1 - 1/(1 + exp u)) = u - log(1 + exp u)."""
        if isinstance(inside, Div):
            return _added([self._logarithm(inside.num), _scaled(self._logarithm(inside.den), (-1.0, -1.0))])
        if isinstance(inside, Fn) and inside.func is sympy.exp:
            return self.shape(inside.children[0])
        share = normal_share(inside)
        if share is not None and self.shape(share).is_flat:
            return NORMAL
        other = _other_sigmoid(inside)
        if other is not None:
            return _added([self.shape(other.den.children[1].children[0]), self._logarithm(other)])
        found = self.shape(inside)
        if found.exponentials:
            return Shape("convex", rules=found.rules - {"exp of a convex part"} | {"log-sum-exp"})
        if found.is_flat or found.bend == "concave":
            low = 0.0 if found.span[0] >= 1 else -math.inf
            return Shape("concave", (low, math.inf), rules=frozenset({"minus logarithm"}))
        return UNKNOWN


def _other_sigmoid(node: Node) -> Div | None:
    """The 1/(1 + exp u) of 1 - 1/(1 + exp u)."""
    one = Num(1)
    if not (isinstance(node, Add) and len(node.children) == 2 and node.children[0] == one):
        return None
    inner = node.children[1].arg if isinstance(node.children[1], Neg) else None
    if not (isinstance(inner, Div) and inner.num == one and isinstance(inner.den, Add)):
        return None
    first, *rest = inner.den.children
    is_exp = len(rest) == 1 and isinstance(rest[0], Fn) and rest[0].func is sympy.exp
    return inner if first == one and is_exp else None


def _added(parts: Sequence[Shape]) -> Shape:
    bends = {p.bend for p in parts} - {"constant"}
    span = (sum(p.span[0] for p in parts), sum(p.span[1] for p in parts))
    rules = frozenset().union(*(p.rules for p in parts))
    curved = bends - {"affine"}
    bend: Bend = "unknown" if len(curved) > 1 or "unknown" in curved else (curved or bends or {"constant"}).pop()
    fixed = [p for p in parts if p.bend == "constant"]
    above = all(p.span[0] >= 0 for p in fixed)
    moving = [p for p in parts if p.bend != "constant"]
    squares, exponentials = (
        above and bool(moving) and all(getattr(p, name) for p in moving) for name in ("squares", "exponentials")
    )
    return Shape(bend, span, squares, exponentials, rules)


def _summed(body: Shape) -> Shape:
    low, high = body.span
    return changed(body, span=(0.0 if low >= 0 else -math.inf, 0.0 if high <= 0 else math.inf))


def _scaled(part: Shape, factor: Span) -> Shape:
    span = _times(part.span, factor)
    if factor[0] >= 0:
        return changed(part, span=span)
    if factor[1] <= 0:
        return Shape(TURNED.get(part.bend, part.bend), span, rules=part.rules)
    return changed(part, span=span, squares=False, exponentials=False) if part.is_flat else UNKNOWN


def _times(a: Span, b: Span) -> Span:
    corners = [0.0 if 0 in (p, q) else p * q for p in a for q in b]
    return min(corners), max(corners)


def _inverse(span: Span) -> Span:
    """The sign of 1/c."""
    return ABOVE if span[0] >= 0 else (-math.inf, 0.0) if span[1] <= 0 else ALL


def _exponent(node: Pow | Root) -> tuple[float, int]:
    """Power and root: (3, 1) for u^3, (1, 2) for a square root; nan if it is no number."""
    second = node.children[1]
    if not isinstance(second, Num) or second.value.denominator != 1:
        return math.nan, 1
    return (float(second.value), 1) if isinstance(node, Pow) else (1.0, int(second.value))


def _power(base: Shape, power: float, root: int) -> Shape:
    if root == 2 and base.squares:
        return Shape("convex", ABOVE, rules=frozenset({"norm of affine forms"}))
    if root > 1 or not power >= 1:
        span = ABOVE if root % 2 == 0 else ALL
        concave = root > 1 and (base.is_flat or base.bend == "concave")
        return Shape("concave", span, rules=base.rules | {"minus root"}) if concave else Shape("unknown", span)
    if power == 1:
        return base
    even, span = power % 2 == 0, (ABOVE if power % 2 == 0 or base.span[0] >= 0 else ALL)
    if even and base.is_flat:
        name = "squares of affine forms" if power == 2 else "even powers of affine forms"
        return Shape("convex", span, squares=power == 2, rules=frozenset({name}))
    growing = base.is_convex and base.span[0] >= 0
    falling = even and base.bend == "concave" and base.span[1] <= 0
    return (
        Shape("convex", span, rules=base.rules | {"powers of convex parts"})
        if growing or falling
        else Shape("unknown", span)
    )


def _extreme(parts: Sequence[Shape], sign: int) -> Shape:
    """Max is convex if its parts are, min is concave if its parts are; both lie between the bounds."""
    turned = [_scaled(p, (float(sign), float(sign))) for p in parts]
    if not all(p.is_convex for p in turned):
        return UNKNOWN
    span = (max(p.span[0] for p in turned), max(p.span[1] for p in turned))
    rules = frozenset({"maximum of convex parts"}).union(*(p.rules for p in turned))
    return _scaled(Shape("convex", span, rules=rules), (float(sign), float(sign)))
