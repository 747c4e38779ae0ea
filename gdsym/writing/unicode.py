"""The written form in Unicode: `1/(2m) Σᵢ₌₁ᵐ (w xᵢ + b - yᵢ)²`.

A blank is a product; `/` binds tighter than a blank, so `1/m Σᵢ xᵢ` is (1/m) Σᵢ xᵢ.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from types import MappingProxyType

from gdsym.writing.elide import Dots
from gdsym.writing.grammar import (
    Method,
    Visitor,
    between,
    bracket_body,
    bracket_factor,
    bracket_negated,
    bracket_term,
    factors,
    is_integer,
    loose,
    open_right,
    runs_on,
    starts_with_minus,
    terms,
    together,
)
from gdsym.writing.letters import lowered, raised
from gdsym.writing.matrices import UNICODE, entry_of_inverse, numbers_beside, text_differential
from gdsym.writing.names import parsed, text_name
from gdsym.writing.numbers import decimal
from gdsym.writing.primes import Prime
from gdsym.writing.special import called_in_text
from gdsym.written import nodes as n
from gdsym.written.hypergeometric import Hypergeometric
from gdsym.written.matrices import Differential, Hadamard, MatMul, MatSym

RELATIONS = {"<": "<", "<=": "≤", ">": ">", ">=": "≥", "==": "=", "!=": "≠"}
CONSTANTS = {"Pi": "π", "Exp1": "e", "Infinity": "∞", "NegativeInfinity": "-∞", "EulerGamma": "γ"}
NAMES = {"Max": "max", "Min": "min", "Heaviside": "H", "gamma": "Γ", "zeta": "ζ", "DiracDelta": "δ"}
BELOW = (n.Mul, n.Div, n.Neg, n.D, n.Sum, n.Prod, n.Integral, MatMul, Hadamard)  # in brackets below a bar
ROOTS = {2: "√", 3: "∛", 4: "∜"}


class Unicode(Visitor):
    """One visitor, one method a kind of node."""

    kind = "Unicode"

    def __init__(self, partial: bool = True, limits: bool = True, formula: n.Node | None = None) -> None:
        super().__init__(formula)
        self.d = "∂" if partial else "d"
        self.limits = limits

    def methods(self) -> Mapping[type[n.Node], Method]:
        return METHODS

    def group(self, node: n.Node, brackets: bool) -> str:
        """In round brackets if asked for; a case distinction has its own."""
        return f"({self.write(node)})" if brackets and not isinstance(node, n.Cases) else self.write(node)

    def all(self, nodes: tuple[n.Node, ...]) -> str:
        return ", ".join(self.write(c) for c in nodes)

    def num(self, node: n.Num) -> str:
        return str(node.value)

    def dec(self, node: n.Dec) -> str:
        digits, power = decimal(node.value)
        return f"{digits}e{power}" if power else digits

    def const(self, node: n.Const) -> str:
        name = type(node.value).__name__
        return CONSTANTS.get(name) or text_name(name)

    def name(self, node: n.Sym | n.Base) -> str:
        return text_name(node.name)

    def indexed(self, node: n.Indexed) -> str:
        return entry_of_inverse(self, node) or text_name(node.base.name, [self.write(i) for i in node.indices])

    def add(self, node: n.Add) -> str:
        first, *rest = terms(node)
        return self.group(first, bracket_term(first, True)) + "".join(self.signed(t) for t in rest)

    def signed(self, term: n.Node) -> str:
        if isinstance(term, n.Neg):
            return " - " + self.group(term.arg, bracket_negated(term.arg))
        return " + " + self.group(term, bracket_term(term, False))

    def neg(self, node: n.Neg) -> str:
        return "-" + self.group(node.arg, bracket_negated(node.arg))

    def mul(self, node: n.Mul) -> str:
        parts = factors(node)
        last = len(parts) - 1
        apart = numbers_beside(parts)
        pieces = [self.factor(f, i == 0, i == last, f in apart) for i, f in enumerate(parts)]
        out = pieces[0]
        for i in range(1, len(parts)):
            dot = runs_on(parts[i - 1], pieces[i - 1], parts[i], pieces[i])
            out += (" · " if dot else self.glue(parts[i - 1], parts[i], pieces[i])) + pieces[i]
        return out

    def factor(self, node: n.Node, first: bool, last: bool, apart: bool) -> str:
        """A fraction of products gets brackets around them: `(a b)/c d`."""
        if isinstance(node, n.Div):
            return self.div(node, tight=True)
        return self.group(node, apart or bracket_factor(node, first, last))

    def glue(self, before: n.Node, after: n.Node, piece: str) -> str:
        """A dot before digits, pending derivatives and minus signs, nothing between number and letter, else a blank."""
        if isinstance(after, n.D):
            return " " if isinstance(before, n.Div) else " · "
        if piece[0].isdigit() or starts_with_minus(after) or n.is_num(before, 1):
            return " · "
        return "" if is_integer(before) and type(after) in (n.Sym, n.Indexed) and not _is_word(after) else " "

    def div(self, node: n.Div, tight: bool = False) -> str:
        up, down = node.num, node.den
        product = isinstance(up, n.Mul) and tight and not _is_coefficient(up)
        above = self.group(
            up,
            loose(up)
            or product
            or open_right(up)
            or isinstance(up, (n.D, n.Div))
            or starts_with_minus(up)
            or _is_fraction(up),
        )
        loose_below = isinstance(down, BELOW) or _is_fraction(down)
        return f"{above}/{self.group(down, loose(down) or loose_below or starts_with_minus(down))}"

    def pow(self, node: n.Pow) -> str:
        base, plain = self.group(node.base, not _stands_alone(node.base)), self.write(node.exponent)
        return base + (raised(plain) or (f"^{plain}" if _is_atom(node.exponent) else f"^({plain})"))

    def root(self, node: n.Root) -> str:
        sign = ROOTS.get(int(node.degree.value)) if is_integer(node.degree) else None  # type: ignore[attr-defined]
        if sign is None:
            degree = self.group(node.degree, not _is_atom(node.degree))
            return f"{self.group(node.arg, not _stands_alone(node.arg))}^(1/{degree})"
        return sign + self.group(node.arg, not _is_atom(node.arg))

    def fn(self, node: n.Fn) -> str:
        special = None if node.undefined else FUNCTIONS.get((node.name, len(node.children)))
        if special is not None:
            return special(self, node)
        if isinstance(node.func, Hypergeometric):
            above, below, z = map(self.all, node.func.lists(node.children))
            return f"{lowered(str(node.func.above))}F{lowered(str(node.func.below))}({above}; {below}; {z})"
        short = called_in_text(node, self.names)
        if short is not None:
            return f"{text_name(short[0])}({self.all(short[1])})"
        head = text_name(node.name) if node.undefined else NAMES.get(node.name, node.name)
        return f"{head}({self.all(node.children)})"

    def partial(self, node: n.Partial) -> str:
        head, args = text_name(node.func.__name__), self.all(node.children)
        if len(node.orders) == 1:
            k = node.orders[0]
            return f"{head}{'′' * k if k <= 3 else f'^({k})'}({args})"
        marks = (f"∂{lowered(str(i + 1))}{raised(str(k)) if k > 1 else ''}" for i, k in enumerate(node.orders) if k)
        return f"{''.join(marks)}{head}({args})"

    def pending(self, node: n.D) -> str:
        if isinstance(node.var, Differential):
            return text_differential(self, node)
        return f"{self.d}/{self.d}{self.write(node.var)} [{self.write(node.body)}]"

    def big(self, node: n.Bound) -> str:
        sign = {n.Sum: "Σ", n.Prod: "Π", n.Integral: "∫"}[type(node)]
        end = f" d{self.write(node.index)}" if isinstance(node, n.Integral) else ""
        return f"{self.sign(sign, node)} {self.group(node.body, bracket_body(node.body))}{end}"

    def sign(self, sign: str, node: n.Bound) -> str:
        index, lower, upper = self.write(node.index), self.write(node.lower), self.write(node.upper)
        below = lowered(lower) if isinstance(node, n.Integral) else lowered(index)
        if not self.limits and not isinstance(node, n.Integral) and below:
            return sign + below
        top = raised(upper)
        if isinstance(node, n.Integral) and below and top:
            return sign + below + top
        start = lowered(lower)
        return f"{sign}{below}₌{start}{top}" if below and start and top else f"{sign}[{index}={lower}..{upper}]"

    def delta(self, node: n.Delta) -> str:
        return text_name("delta", [self.write(c) for c in node.children])

    def rel(self, node: n.Rel) -> str:
        left, right = node.children
        return f"{self.write(left)} {RELATIONS[node.op]} {self.write(right)}"

    def logic(self, node: n.Logic) -> str:
        if not node.children:
            return node.op
        if (short := together(node)) is not node:
            return self.write(short)
        if (chain := between(node)) is not None:
            low, first, middle, second, high = chain
            return f"{self.write(low)} {RELATIONS[first]} {self.write(middle)} {RELATIONS[second]} {self.write(high)}"
        parts = [self.group(c, isinstance(c, n.Logic) and bool(c.children)) for c in node.children]
        return f"not ({self.write(node.children[0])})" if node.op == "not" else f" {node.op} ".join(parts)

    def cases(self, node: n.Cases) -> str:
        rows = (f"{self.write(v)} {'otherwise' if c == n.TRUE else f'if {self.write(c)}'}" for v, c in node.pairs)
        return "{" + "; ".join(rows) + "}"


def _is_word(node: n.Node) -> bool:
    name = node.base.name if isinstance(node, n.Indexed) else node.name if isinstance(node, n.Sym) else ""
    return parsed(name).is_word


def _is_fraction(node: n.Node) -> bool:
    return isinstance(node, n.Num) and node.value.denominator != 1


def _is_coefficient(node: n.Mul) -> bool:
    """`2m`: a number and a letter, written without a blank."""
    parts = factors(node)
    return (
        len(parts) == 2 and is_integer(parts[0]) and isinstance(parts[1], (n.Sym, n.Indexed)) and not _is_word(parts[1])
    )


def _is_atom(node: n.Node) -> bool:
    if isinstance(node, (n.Num, n.Dec)):
        return bool(node.value >= 0) and not _is_fraction(node)
    return isinstance(node, (n.Sym, n.Indexed)) or (isinstance(node, n.Const) and not starts_with_minus(node))


def _stands_alone(node: n.Node) -> bool:
    """Can an exponent be put on it as it is?"""
    if isinstance(node, (n.Sym, n.Indexed, MatSym)):
        name = node.base.name if isinstance(node, n.Indexed) else node.name
        return not parsed(name).sup
    return _is_atom(node) or (isinstance(node, n.Fn) and node.name not in ("exp", "factorial"))


def _exp(w: Unicode, node: n.Fn) -> str:
    plain = w.write(node.children[0])
    small = raised(plain)
    return f"e{small}" if small else f"exp({plain})"


def _factorial(w: Unicode, node: n.Fn) -> str:
    return w.group(node.children[0], not _is_atom(node.children[0])) + "!"


def _heaviside(w: Unicode, node: n.Fn) -> str:
    shown = node.children[:1] if n.is_num(node.children[1], Fraction(1, 2)) else node.children
    return f"H({w.all(shown)})"


FUNCTIONS: Mapping[tuple[str, int], Method] = MappingProxyType(
    {
        ("exp", 1): _exp,
        ("Abs", 1): lambda w, node: f"|{w.write(node.children[0])}|",
        ("floor", 1): lambda w, node: f"⌊{w.write(node.children[0])}⌋",
        ("ceiling", 1): lambda w, node: f"⌈{w.write(node.children[0])}⌉",
        ("factorial", 1): _factorial,
        ("Heaviside", 2): _heaviside,
    }
)

METHODS: Mapping[type[n.Node], Method] = MappingProxyType(
    {
        Dots: lambda w, node: "⋯",
        Prime: lambda w, node: w.group(node.children[0], not _is_atom(node.children[0])) + "′",
        n.Num: Unicode.num,
        n.Dec: Unicode.dec,
        n.Const: Unicode.const,
        n.Sym: Unicode.name,
        n.Base: Unicode.name,
        n.Indexed: Unicode.indexed,
        n.Add: Unicode.add,
        n.Neg: Unicode.neg,
        n.Mul: Unicode.mul,
        n.Div: Unicode.div,
        n.Pow: Unicode.pow,
        n.Root: Unicode.root,
        n.Fn: Unicode.fn,
        n.Partial: Unicode.partial,
        n.D: Unicode.pending,
        n.Sum: Unicode.big,
        n.Prod: Unicode.big,
        n.Integral: Unicode.big,
        n.Delta: Unicode.delta,
        n.Rel: Unicode.rel,
        n.Logic: Unicode.logic,
        n.Cases: Unicode.cases,
        **UNICODE,
    }
)
