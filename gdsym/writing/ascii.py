"""The written form in ASCII, as `gd.read` reads it: `1/(2*m)*Sum((w*x[i] + b - y[i])**2, (i, 1, m))`.

A pending derivative is `d/dw [...]`.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from gdsym.writing.elide import Dots
from gdsym.writing.grammar import LOGICAL, Method, Visitor, factors, is_integer, starts_with_minus, terms
from gdsym.writing.matrices import ASCII, entry_of_inverse, text_differential
from gdsym.writing.names import ascii_name
from gdsym.writing.numbers import decimal
from gdsym.writing.primes import Prime
from gdsym.writing.special import called_in_text
from gdsym.written import nodes as n
from gdsym.written.hypergeometric import Hypergeometric
from gdsym.written.matrices import Differential, MatMul

CONSTANTS = {"Pi": "pi", "Exp1": "E", "Infinity": "oo", "NegativeInfinity": "-oo"}
LOGIC = {"and": " & ", "or": " | "}
NAMES = {n.Sum: "Sum", n.Prod: "Product", n.Integral: "Integral"}


class Ascii(Visitor):
    """One visitor, one method a kind of node."""

    kind = "ASCII"

    def __init__(self, partial: bool = True, formula: n.Node | None = None) -> None:
        super().__init__(formula)
        self.d = "d"  # ASCII has no round d

    def methods(self) -> Mapping[type[n.Node], Method]:
        return METHODS

    def group(self, node: n.Node, brackets: bool) -> str:
        return f"({self.write(node)})" if brackets else self.write(node)

    def all(self, nodes: tuple[n.Node, ...]) -> str:
        return ", ".join(self.write(c) for c in nodes)

    def num(self, node: n.Num) -> str:
        return str(node.value)

    def dec(self, node: n.Dec) -> str:
        digits, power = decimal(node.value)
        return f"{digits}e{power}" if power else digits

    def const(self, node: n.Const) -> str:
        name = type(node.value).__name__
        return CONSTANTS.get(name) or ascii_name(name)

    def name(self, node: n.Sym | n.Base) -> str:
        return ascii_name(node.name)

    def indexed(self, node: n.Indexed) -> str:
        return entry_of_inverse(self, node) or ascii_name(node.base.name, [self.write(i) for i in node.indices])

    def add(self, node: n.Add) -> str:
        first, *rest = terms(node)
        return self.group(first, isinstance(first, LOGICAL)) + "".join(self.signed(t) for t in rest)

    def signed(self, term: n.Node) -> str:
        if isinstance(term, n.Neg):
            return " - " + self.group(term.arg, _weak(term.arg))
        return " + " + self.group(term, _weak(term))

    def neg(self, node: n.Neg) -> str:
        return "-" + self.group(node.arg, _weak(node.arg))

    def mul(self, node: n.Mul) -> str:
        first, *rest = factors(node)
        head = self.group(first, isinstance(first, (n.Add, *LOGICAL)))
        return head + "".join("*" + self.group(f, _weak(f) or _is_quotient(f)) for f in rest)

    def div(self, node: n.Div) -> str:
        above = self.group(node.num, _weak(node.num))
        below = node.den
        return f"{above}/{self.group(below, _weak(below) or isinstance(below, (n.Mul, MatMul)) or _is_quotient(below))}"

    def pow(self, node: n.Pow) -> str:
        return "**".join(self.group(part, not _is_atom(part)) for part in node.children)

    def root(self, node: n.Root) -> str:
        if n.is_num(node.degree, 2):
            return f"sqrt({self.write(node.arg)})"
        return (
            f"{self.group(node.arg, not _is_atom(node.arg))}**(1/{self.group(node.degree, not _is_atom(node.degree))})"
        )

    def fn(self, node: n.Fn) -> str:
        if isinstance(node.func, Hypergeometric):
            above, below, z = node.func.lists(node.children)
            return f"hyper([{self.all(above)}], [{self.all(below)}], {self.all(z)})"
        short = called_in_text(node, self.names)
        if short is not None:
            return f"{short[0]}({self.all(short[1])})"
        return f"{ascii_name(node.name) if node.undefined else node.name}({self.all(node.children)})"

    def partial(self, node: n.Partial) -> str:
        """`D(f, 1, 2)(x, y)`: by the first and by the second argument."""
        by = [str(i + 1) for i, k in enumerate(node.orders) for _ in range(k)]
        head = ascii_name(node.func.__name__)
        if len(node.orders) == 1:
            return f"{head}{chr(39) * len(by)}({self.all(node.children)})"
        return f"D({head}, {', '.join(by)})({self.all(node.children)})"

    def pending(self, node: n.D) -> str:
        if isinstance(node.var, Differential):
            return text_differential(self, node)
        return f"{self.d}/{self.d}{self.write(node.var)} [{self.write(node.body)}]"

    def big(self, node: n.Bound) -> str:
        return f"{NAMES[type(node)]}({self.write(node.body)}, ({self.all(node.children[1:])}))"

    def delta(self, node: n.Delta) -> str:
        return f"KroneckerDelta({self.all(node.children)})"

    def rel(self, node: n.Rel) -> str:
        left, right = node.children
        return f"{self.write(left)} {node.op} {self.write(right)}"

    def logic(self, node: n.Logic) -> str:
        if not node.children:
            return node.op.capitalize()
        parts = [f"({self.write(c)})" for c in node.children]
        return f"~{parts[0]}" if node.op == "not" else LOGIC[node.op].join(parts)

    def cases(self, node: n.Cases) -> str:
        return f"Piecewise({', '.join(f'({self.write(v)}, {self.write(c)})' for v, c in node.pairs)})"


def _weak(node: n.Node) -> bool:
    """Does it bind less than a product, as Python reads it?"""
    return isinstance(node, (n.Add, *LOGICAL)) or starts_with_minus(node)


def _is_quotient(node: n.Node) -> bool:
    """Python reads a*b/c as (a*b)/c: equal, but not what was written."""
    return isinstance(node, n.Div) or (isinstance(node, n.Num) and node.value.denominator != 1)


def _is_atom(node: n.Node) -> bool:
    if starts_with_minus(node):
        return False
    return isinstance(
        node, (n.Sym, n.Indexed, n.Const, n.Dec, n.Fn, n.Sum, n.Prod, n.Integral, n.Delta, n.Cases)
    ) or is_integer(node)


METHODS: Mapping[type[n.Node], Method] = MappingProxyType(
    {
        Dots: lambda w, node: "...",
        Prime: lambda w, node: w.group(node.children[0], not _is_atom(node.children[0])) + "'",
        n.Num: Ascii.num,
        n.Dec: Ascii.dec,
        n.Const: Ascii.const,
        n.Sym: Ascii.name,
        n.Base: Ascii.name,
        n.Indexed: Ascii.indexed,
        n.Add: Ascii.add,
        n.Neg: Ascii.neg,
        n.Mul: Ascii.mul,
        n.Div: Ascii.div,
        n.Pow: Ascii.pow,
        n.Root: Ascii.root,
        n.Fn: Ascii.fn,
        n.Partial: Ascii.partial,
        n.D: Ascii.pending,
        n.Sum: Ascii.big,
        n.Prod: Ascii.big,
        n.Integral: Ascii.big,
        n.Delta: Ascii.delta,
        n.Rel: Ascii.rel,
        n.Logic: Ascii.logic,
        n.Cases: Ascii.cases,
        **ASCII,
    }
)
