"""The written form: inert, ordered, immutable pieces of a formula as it stands on paper.

Nothing here evaluates. `Mul(Num(3), Mul(Num(5), x))` stays what it is until a named, checked step rewrites it.
Nodes are equal when they are written alike; hashes and free names are computed once and kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import Any, ClassVar, TypeAlias

import sympy

Condition: TypeAlias = Any  # a SymPy Boolean; SymPy is untyped


class Node:
    """One piece of a written formula. `children` are its parts, in the order in which they stand."""

    __slots__ = ("_free", "_hash", "children")
    children: tuple[Node, ...]
    _hash: int
    _free: frozenset[Node] | None

    def __init__(self, *children: Node) -> None:
        put = object.__setattr__
        put(self, "children", children)
        put(self, "_free", None)
        put(self, "_hash", hash((type(self).__name__, self._payload(), children)))

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{type(self).__name__} is immutable")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"{type(self).__name__} is immutable")

    def _payload(self) -> Any:
        """What tells this node from another of its type with the same children."""
        return None

    def __reduce__(self) -> Any:
        payload = self._payload()
        first = () if payload is None else payload if isinstance(payload, tuple) else (payload,)
        return type(self), (*first, *self.children)

    def with_children(self, children: tuple[Node, ...]) -> Node:
        """The same kind of node with other parts."""
        return self if children == () else type(self)(*children)

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        return (
            isinstance(other, Node)
            and type(self) is type(other)
            and self._hash == other._hash
            and self._payload() == other._payload()
            and self.children == other.children
        )

    def __hash__(self) -> int:
        return self._hash

    @property
    def free(self) -> frozenset[Node]:
        """The names (`Sym`, `Base`) that this node's value depends on."""
        if self._free is None:
            object.__setattr__(self, "_free", self._find_free())
        return self._free  # type: ignore[return-value]

    def _find_free(self) -> frozenset[Node]:
        if not self.children:
            return frozenset()
        if len(self.children) == 1:
            return self.children[0].free
        return frozenset().union(*[c.free for c in self.children])

    def to_sympy(self) -> Any:
        """This formula as a SymPy expression in the caller's own symbols (SymPy evaluates it)."""
        from gdsym.written.to_sympy import to_sympy

        return to_sympy(self)

    def __repr__(self) -> str:
        inside = [repr(c) for c in self.children]
        payload = self._payload()
        if payload is not None:
            inside.insert(0, str(payload))
        return f"{type(self).__name__}({', '.join(inside)})"


class Num(Node):
    """An exact number, e.g. `3` or `1/2`."""

    __slots__ = ("value",)
    value: Fraction

    def __init__(self, value: int | Fraction) -> None:
        object.__setattr__(self, "value", Fraction(value))
        super().__init__()

    def _payload(self) -> Any:
        return self.value


class Dec(Node):
    """A decimal number as the user gave it, e.g. `0.5` (a SymPy Float)."""

    __slots__ = ("value",)
    value: Any

    def __init__(self, value: Any) -> None:
        object.__setattr__(self, "value", value)
        super().__init__()

    def _payload(self) -> Any:
        return self.value


class Const(Node):
    """A mathematical constant: `pi`, `E`, infinity ... (the SymPy object)."""

    __slots__ = ("value",)
    value: Any

    def __init__(self, value: Any) -> None:
        object.__setattr__(self, "value", value)
        super().__init__()

    def _payload(self) -> Any:
        return self.value


class Sym(Node):
    """A letter: the caller's own SymPy Symbol."""

    __slots__ = ("symbol",)
    symbol: Any

    def __init__(self, symbol: Any) -> None:
        object.__setattr__(self, "symbol", symbol)
        super().__init__()

    @property
    def name(self) -> str:
        return str(self.symbol.name)

    def _payload(self) -> Any:
        return self.symbol

    def _find_free(self) -> frozenset[Node]:
        return frozenset((self,))


class Base(Node):
    """The name of an array: the caller's own SymPy IndexedBase."""

    __slots__ = ("base",)
    base: Any

    def __init__(self, base: Any) -> None:
        object.__setattr__(self, "base", base)
        super().__init__()

    @property
    def name(self) -> str:
        return str(self.base.label)

    def _payload(self) -> Any:
        return self.base

    def _find_free(self) -> frozenset[Node]:
        return frozenset((self,))


class Indexed(Node):
    """An entry of an array, `x_i` or `W_jk`: children are the Base and then the indices."""

    __slots__ = ()

    def __init__(self, base: Node, *indices: Node) -> None:
        super().__init__(base, *indices)

    @property
    def base(self) -> Base:
        base = self.children[0]
        assert isinstance(base, Base)
        return base

    @property
    def indices(self) -> tuple[Node, ...]:
        return self.children[1:]


class Add(Node):
    """A sum of two or more terms; a subtracted term is a `Neg`."""

    __slots__ = ()


class Neg(Node):
    """Minus its one child."""

    __slots__ = ()

    @property
    def arg(self) -> Node:
        return self.children[0]


class Mul(Node):
    """A product of two or more factors, in the order in which they stand."""

    __slots__ = ()


class Div(Node):
    """A fraction: numerator, denominator."""

    __slots__ = ()

    @property
    def num(self) -> Node:
        return self.children[0]

    @property
    def den(self) -> Node:
        return self.children[1]


class Pow(Node):
    """A power: base, exponent. (`exp(x)` is `Fn(sympy.exp, x)`; a square root is `Root`.)"""

    __slots__ = ()

    @property
    def base(self) -> Node:
        return self.children[0]

    @property
    def exponent(self) -> Node:
        return self.children[1]


class Root(Node):
    """The root of its first child; the second is the degree, `Num(2)` for a square root."""

    __slots__ = ()

    @property
    def arg(self) -> Node:
        return self.children[0]

    @property
    def degree(self) -> Node:
        return self.children[1]


class Fn(Node):
    """A function applied to its children; `func` is the SymPy function class, known or undefined."""

    __slots__ = ("func",)
    func: Any

    def __init__(self, func: Any, *args: Node) -> None:
        object.__setattr__(self, "func", func)
        super().__init__(*args)

    @property
    def name(self) -> str:
        return str(self.func.__name__)

    @property
    def undefined(self) -> bool:
        return isinstance(self.func, sympy.core.function.UndefinedFunction)

    def _payload(self) -> Any:
        return self.func

    def with_children(self, children: tuple[Node, ...]) -> Node:
        return Fn(self.func, *children)


class Partial(Node):
    """A partial derivative of an undefined function at its children; `orders[j]` counts argument j.

    `Partial(f, (1,), u)` is f'(u); `Partial(f, (1, 0), u, v)` the derivative by f's first argument, at (u, v).
    """

    __slots__ = ("func", "orders")
    func: Any
    orders: tuple[int, ...]

    def __init__(self, func: Any, orders: tuple[int, ...], *args: Node) -> None:
        object.__setattr__(self, "func", func)
        object.__setattr__(self, "orders", orders)
        super().__init__(*args)

    def _payload(self) -> Any:
        return (self.func, self.orders)

    def with_children(self, children: tuple[Node, ...]) -> Node:
        return Partial(self.func, self.orders, *children)


class D(Node):
    """A pending derivative: of its first child, by its second (`Sym` or `Indexed`)."""

    __slots__ = ()

    @property
    def body(self) -> Node:
        return self.children[0]

    @property
    def var(self) -> Node:
        return self.children[1]


class Bound(Node):
    """What `Sum` and `Prod` share: body, bound index, lower and upper limit (both included)."""

    __slots__ = ()

    @property
    def body(self) -> Node:
        return self.children[0]

    @property
    def index(self) -> Sym:
        index = self.children[1]
        assert isinstance(index, Sym)
        return index

    @property
    def lower(self) -> Node:
        return self.children[2]

    @property
    def upper(self) -> Node:
        return self.children[3]

    def _find_free(self) -> frozenset[Node]:
        return (self.body.free - {self.index}) | self.lower.free | self.upper.free


class Sum(Bound):
    """The sum of the body over index = lower, ..., upper."""

    __slots__ = ()


class Prod(Bound):
    """The product of the body over index = lower, ..., upper."""

    __slots__ = ()


class Integral(Bound):
    """The integral of the body over index from lower to upper."""

    __slots__ = ()


class Delta(Node):
    """Kronecker's delta: 1 where its two children are equal, 0 elsewhere."""

    __slots__ = ()


class Rel(Node):
    """A comparison of its two children; `op` is one of `< <= > >= == !=`."""

    OPS: ClassVar[tuple[str, ...]] = ("<", "<=", ">", ">=", "==", "!=")
    __slots__ = ("op",)
    op: str

    def __init__(self, op: str, left: Node, right: Node) -> None:
        object.__setattr__(self, "op", op)
        super().__init__(left, right)

    def _payload(self) -> Any:
        return self.op

    def with_children(self, children: tuple[Node, ...]) -> Node:
        return Rel(self.op, *children)


class Logic(Node):
    """`and`, `or`, `not`, `true`, `false` of its children (`op`)."""

    __slots__ = ("op",)
    op: str

    def __init__(self, op: str, *args: Node) -> None:
        object.__setattr__(self, "op", op)
        super().__init__(*args)

    def _payload(self) -> Any:
        return self.op

    def with_children(self, children: tuple[Node, ...]) -> Node:
        return Logic(self.op, *children)


class Cases(Node):
    """A case distinction: children are value, condition, value, condition ...; the first that holds is taken."""

    __slots__ = ()

    @property
    def pairs(self) -> tuple[tuple[Node, Node], ...]:
        return tuple(zip(self.children[::2], self.children[1::2], strict=True))


ZERO, ONE, TWO = Num(0), Num(1), Num(2)
TRUE = Logic("true")


def both(*conditions: Node) -> Node:
    """All of the conditions at once, each named once."""
    parts = tuple(dict.fromkeys(p for c in conditions for p in (c.children if isinstance(c, Logic) and c.op == "and" else (c,)) if p != TRUE))
    return TRUE if not parts else parts[0] if len(parts) == 1 else Logic("and", *parts)


def is_num(node: Node, value: int | Fraction | None = None) -> bool:
    """Is `node` an exact number (this one, if `value` is given)?"""
    return isinstance(node, Num) and (value is None or node.value == value)


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


def depth(node: Node) -> int:
    """How many levels the tree has."""
    deepest, stack = 0, [(node, 1)]
    while stack:
        top, level = stack.pop()
        deepest = max(deepest, level)
        stack.extend((c, level + 1) for c in top.children)
    return deepest


def rewrite(node: Node, rule: Callable[[Node], Node]) -> Node:
    """`rule` applied to every node, innermost first."""
    if node.children:
        children = tuple([rewrite(c, rule) for c in node.children])
        if any(a is not b for a, b in zip(children, node.children, strict=True)):
            node = node.with_children(children)
    return rule(node)


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
    if all(a is b for a, b in zip(children, node.children, strict=True)):
        return node
    return node.with_children(children)


def _replace_bound(node: Bound, new: dict[Node, Node]) -> Node:
    index = node.index
    inner = {old: value for old, value in new.items() if index not in old.free}
    body = node.body
    incoming = frozenset().union(*[v.free for v in inner.values()]) if inner else frozenset()
    if index in incoming and any(old.free & body.free for old in inner):
        renamed = fresh(index.name, body.free | incoming | node.free)
        body, index = replace(body, {index: renamed}), renamed
    lower, upper = replace(node.lower, new), replace(node.upper, new)
    return type(node)(replace(body, inner), index, lower, upper)
