r"""The written form as LaTeX: amsmath and amssymb, KaTeX, MathJax and MathML Core all accept it.

>>> from sympy import symbols; from gdsym.written import from_sympy
>>> x, y, z = symbols("x y z")
>>> latex(from_sympy(3 * (x + y) ** 2, [x]))
'3\\,(x+y)^{2}'
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from types import MappingProxyType

from gdsym.writing.elide import Dots
from gdsym.writing.functions import NAMED_POWERS, command
from gdsym.writing.grammar import (
    Method,
    Visitor,
    between,
    bracket_body,
    bracket_factor,
    bracket_negated,
    bracket_term,
    factors,
    halved,
    is_integer,
    starts_with_minus,
    terms,
    together,
)
from gdsym.writing.juxtapose import Factor, ends_bare, glue, is_bare, is_letter, known, stands_alone
from gdsym.writing.matrices import LATEX, latex_differential, latex_entry_of_inverse, numbers_beside
from gdsym.writing.names import joined_indices, latex_name, tight
from gdsym.writing.numbers import decimal
from gdsym.writing.primes import Prime
from gdsym.writing.special import called, is_free, notation, own_letters
from gdsym.written import nodes as n
from gdsym.written.matrices import Differential

TALL = re.compile(r"\\(t?frac|binom|sum|prod|int|begin|left)(?![A-Za-z])")
LONGEST_EXPONENT = 40  # characters of LaTeX; a longer one goes into \exp(...)
RELATIONS = {"<": "<", "<=": r"\leq ", ">": ">", ">=": r"\geq ", "==": "=", "!=": r"\neq "}
CONSTANTS = {"Pi": r"\pi", "Exp1": "e", "Infinity": r"\infty", "NegativeInfinity": r"-\infty", "EulerGamma": r"\gamma"}


def latex(node: n.Node, *, partial: bool = True, small: bool = False) -> str:
    """`node` in LaTeX; the round d if `partial`; `small` fractions (`\\tfrac`) for a line of words."""
    e_taken = any(isinstance(s, n.Sym) and s.name == "e" for s in n.walk(node))
    return _Latex(partial, small, node, e_taken).write(node)


def bracketed(inner: str, left: str = "(", right: str = ")") -> str:
    """Brackets that grow only if they must."""
    return rf"\left{left}{inner}\right{right}" if TALL.search(inner) else f"{left}{inner}{right}"


class _Latex(Visitor):
    """One visitor, one method a kind of node."""

    kind = "LaTeX"

    def __init__(self, partial: bool, small: bool, root: n.Node, e_taken: bool) -> None:
        super().__init__()
        self.formula = root
        self.d = r"\partial " if partial else "d"
        self.frac = r"\tfrac" if small else r"\frac"
        self.e_taken = e_taken
        self.inner = _Latex(partial, False, root, e_taken) if small else self

    @cached_property
    def letters(self) -> frozenset[str]:
        """What the names of the whole formula begin with."""
        return own_letters(self.formula)

    def methods(self) -> Mapping[type[n.Node], Method]:
        return METHODS

    def group(self, node: n.Node, brackets: bool) -> str:
        return bracketed(self.write(node)) if brackets else self.write(node)

    def all(self, nodes: tuple[n.Node, ...]) -> str:
        return ", ".join(self.write(c) for c in nodes)

    def num(self, node: n.Num) -> str:
        if node.value.denominator == 1:
            return str(node.value)
        sign = "-" if node.value < 0 else ""
        return rf"{sign}{self.frac}{{{abs(node.value.numerator)}}}{{{node.value.denominator}}}"

    def dec(self, node: n.Dec) -> str:
        digits, power = decimal(node.value)
        return rf"{digits}\cdot 10^{{{power}}}" if power else digits

    def const(self, node: n.Const) -> str:
        name = type(node.value).__name__
        if name == "Exp1" and self.e_taken:
            return r"\mathrm{e}"
        return CONSTANTS.get(name) or latex_name(name)

    def name(self, node: n.Sym | n.Base) -> str:
        return latex_name(node.name)

    def indexed(self, node: n.Indexed) -> str:
        return latex_entry_of_inverse(self, node) or latex_name(
            node.base.name, [self.inner.write(i) for i in node.indices]
        )

    def add(self, node: n.Add) -> str:
        first, *rest = terms(node)
        return self.group(first, bracket_term(first, True)) + "".join(self.signed(t) for t in rest)

    def signed(self, term: n.Node) -> str:
        if isinstance(term, n.Neg):
            return "-" + self.group(term.arg, bracket_negated(term.arg))
        return "+" + self.group(term, bracket_term(term, False))

    def neg(self, node: n.Neg) -> str:
        return "-" + self.group(node.arg, bracket_negated(node.arg))

    def mul(self, node: n.Mul) -> str:
        parts = factors(node)
        last = len(parts) - 1
        apart = numbers_beside(parts)
        pieces = [self.factor(f, i == 0, i == last, f in apart) for i, f in enumerate(parts)]
        return tight([pieces[0].tex, *(glue(a, b) + b.tex for a, b in pairwise(pieces))])

    def factor(self, node: n.Node, first: bool, last: bool, apart: bool) -> Factor:
        if not last and is_bare(node):
            return Factor(node, self.fn(node, brackets=True), False)  # type: ignore[arg-type]
        brackets = apart or bracket_factor(node, first, last) or (not last and ends_bare(node))
        return Factor(node, self.group(node, brackets), brackets)

    def div(self, node: n.Div) -> str:
        above, below = self.inner.write(node.num), self.inner.write(node.den)
        bar = self.inner.frac if TALL.search(above + below) else self.frac
        return f"{bar}{{{above}}}{{{below}}}"

    def pow(self, node: n.Pow) -> str:
        base, exponent = node.base, self.exponent(node.exponent)
        if known(base, NAMED_POWERS) and is_integer(node.exponent) and exponent[0] not in "-01":
            return f"{command(base.name)}^{{{exponent}}}" + bracketed(self.all(base.children))
        return f"{self.group(base, not stands_alone(base))}^{{{exponent}}}"

    def exponent(self, node: n.Node) -> str:
        if isinstance(node, n.Num):
            return str(node.value)
        return self.inner.write(node)

    def root(self, node: n.Root) -> str:
        degree = "" if n.is_num(node.degree, 2) else f"[{self.inner.write(node.degree)}]"
        return rf"\sqrt{degree}{{{self.inner.write(node.arg)}}}"

    def fn(self, node: n.Fn, brackets: bool = False) -> str:
        special = None if node.undefined else FUNCTIONS.get((node.name, len(node.children)))
        if special is not None:
            return special(self, node)
        template = None if node.undefined else notation(node)
        if template is not None and is_free(template, self.letters):
            return called(template, node, self.inner.write, self.write, bracketed)
        if not brackets and is_bare(node):
            return f"{command(node.name)} {self.write(node.children[0])}"
        head = latex_name(node.name) if node.undefined else command(node.name)
        return head + bracketed(self.all(node.children))

    def partial(self, node: n.Partial) -> str:
        head, total = latex_name(node.func.__name__), sum(node.orders)
        args = bracketed(self.all(node.children))
        if len(node.orders) == 1:
            return head + ("'" * total if total <= 3 else f"^{{({total})}}") + args
        by = [(i, k) for i, k in enumerate(node.orders) if k]
        letters = all(is_letter(c) for c in node.children) and len(set(node.children)) == len(node.children)
        if not letters:
            return "".join(rf"\partial_{{{i + 1}}}" + _power(k) for i, k in by) + f" {head}{args}"
        below = r"\,".join(rf"\partial {self.inner.write(node.children[i])}{_power(k)}" for i, k in by)
        return rf"{self.frac}{{\partial{_power(total)} {head}}}{{{below}}}{args}"

    def pending(self, node: n.D) -> str:
        if isinstance(node.var, Differential):
            return latex_differential(self, node)
        return rf"{self.operator(node.var)}\left[{self.write(node.body)}\right]"

    def operator(self, var: n.Node) -> str:
        word = "" if is_letter(var) else r"\,"
        return rf"{self.frac}{{{self.d.strip()}}}{{{tight([self.d.strip() + word, self.inner.write(var)])}}}"

    def big(self, node: n.Bound) -> str:
        sign = r"\sum" if isinstance(node, n.Sum) else r"\prod"
        limits = (
            f"_{{{self.inner.write(node.index)}={self.inner.write(node.lower)}}}^{{{self.inner.write(node.upper)}}}"
        )
        return sign + limits + self.group(node.body, bracket_body(node.body))

    def integral(self, node: n.Integral) -> str:
        limits = f"_{{{self.inner.write(node.lower)}}}^{{{self.inner.write(node.upper)}}}"
        return rf"\int{limits}{self.group(node.body, bracket_body(node.body))}\,d{self.inner.write(node.index)}"

    def delta(self, node: n.Delta) -> str:
        return rf"\delta_{{{joined_indices([], [self.inner.write(c) for c in node.children])}}}"

    def rel(self, node: n.Rel) -> str:
        left, right = node.children
        return tight([self.write(left), RELATIONS[node.op], self.write(right)])

    def logic(self, node: n.Logic) -> str:
        if not node.children:
            return rf"\text{{{node.op}}}"
        if (short := together(node)) is not node:
            return self.write(short)
        if (chain := between(node)) is not None:
            low, first, middle, second, high = chain
            return tight([self.write(low), RELATIONS[first], self.write(middle), RELATIONS[second], self.write(high)])
        parts = [self.group(c, isinstance(c, n.Logic) and bool(c.children)) for c in node.children]
        return rf"\text{{not }}{bracketed(parts[0])}" if node.op == "not" else rf"\text{{ {node.op} }}".join(parts)

    def cases(self, node: n.Cases) -> str:
        rows = (f"{self.inner.write(halved(v))} & {self.condition(c)}" for v, c in node.pairs)
        return r"\begin{cases}" + r" \\ ".join(rows) + r"\end{cases}"

    def condition(self, node: n.Node) -> str:
        return r"\text{otherwise}" if node == n.TRUE else rf"\text{{if }}{self.write(node)}"


def _power(k: int) -> str:
    return f"^{{{k}}}" if k > 1 else ""


def _exp(w: _Latex, node: n.Fn) -> str:
    exponent = w.inner.write(node.children[0])
    if w.e_taken or TALL.search(exponent) or len(exponent) > LONGEST_EXPONENT:
        return r"\exp" + bracketed(exponent)
    return f"e^{{{exponent}}}"


def _log(w: _Latex, node: n.Fn) -> str:
    return rf"\log_{{{w.inner.write(node.children[1])}}}" + bracketed(w.write(node.children[0]))


def _heaviside(w: _Latex, node: n.Fn) -> str:
    """The value at 0 is shown only if it is not the usual 1/2."""
    shown = node.children[:1] if n.is_num(node.children[1], Fraction(1, 2)) else node.children
    return command(node.name) + bracketed(w.all(shown))


def _between(left: str, right: str) -> Method:
    return lambda w, node: rf"\left{left} {w.write(node.children[0])}\right{right}"


def _factorial(w: _Latex, node: n.Fn) -> str:
    arg = node.children[0]
    return w.group(arg, not (is_letter(arg) or (is_integer(arg) and not starts_with_minus(arg)))) + "!"


FUNCTIONS: Mapping[tuple[str, int], Method] = MappingProxyType(
    {
        ("exp", 1): _exp,
        ("log", 2): _log,
        ("Abs", 1): lambda w, node: rf"\left|{w.write(node.children[0])}\right|",
        ("Heaviside", 2): _heaviside,
        ("floor", 1): _between(r"\lfloor", r"\rfloor"),
        ("ceiling", 1): _between(r"\lceil", r"\rceil"),
        ("factorial", 1): _factorial,
    }
)

METHODS: Mapping[type[n.Node], Method] = MappingProxyType(
    {
        Dots: lambda w, node: r"\cdots",
        Prime: lambda w, node: w.group(node.children[0], not is_letter(node.children[0])) + "'",
        n.Num: _Latex.num,
        n.Dec: _Latex.dec,
        n.Const: _Latex.const,
        n.Sym: _Latex.name,
        n.Base: _Latex.name,
        n.Indexed: _Latex.indexed,
        n.Add: _Latex.add,
        n.Neg: _Latex.neg,
        n.Mul: _Latex.mul,
        n.Div: _Latex.div,
        n.Pow: _Latex.pow,
        n.Root: _Latex.root,
        n.Fn: _Latex.fn,
        n.Partial: _Latex.partial,
        n.D: _Latex.pending,
        n.Sum: _Latex.big,
        n.Prod: _Latex.big,
        n.Integral: _Latex.integral,
        n.Delta: _Latex.delta,
        n.Rel: _Latex.rel,
        n.Logic: _Latex.logic,
        n.Cases: _Latex.cases,
        **LATEX,
    }
)
