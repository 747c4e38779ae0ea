"""What is built from other nodes: sums, products, powers, functions, derivatives, sums over an index, cases."""

from __future__ import annotations

from typing import Any, ClassVar

import sympy

from gdsym.written.node import Node, Sym


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
