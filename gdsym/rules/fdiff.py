"""The slopes of SymPy's own functions, as their `fdiff` gives them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import sympy

from gdsym.errors import GdsymError
from gdsym.rules import mistakes
from gdsym.rules.degrees import SUMMANDS
from gdsym.rules.laws import U, x
from gdsym.step import Law, Rule
from gdsym.written.from_sympy import from_sympy
from gdsym.written.hypergeometric import Hypergeometric
from gdsym.written.nodes import ONE, TWO, Add, D, Div, Fn, Mul, Neg, Node, Pow, Root, Sym, is_num, replace, rewrite

NOT_CLOSED = (sympy.Derivative, sympy.Subs, sympy.DiracDelta, sympy.I, sympy.Sum)
OWN: dict[Any, Callable[..., tuple[Any, ...]]] = {  # slopes that SymPy does not know, from quotients of gamma functions
    sympy.RisingFactorial: lambda u, n: (sympy.digamma(u + n) - sympy.digamma(u), sympy.digamma(u + n)),
    sympy.FallingFactorial: lambda u, n: (
        sympy.digamma(u + 1) - sympy.digamma(u - n + 1),
        sympy.digamma(u - n + 1),
    ),
}
_t = sympy.Symbol("t", positive=True)
ORDERS: dict[
    tuple[Any, int], Callable[..., Any]
] = {  # under the integral sign, where SymPy's own is a Meijer G-function
    (sympy.uppergamma, 0): lambda a, u: sympy.Integral(
        _t ** (a - 1) * sympy.log(_t) * sympy.exp(-_t), (_t, u, sympy.oo)
    ),
    (sympy.expint, 0): lambda a, u: -sympy.Integral(sympy.log(_t) * sympy.exp(-u * _t) / _t**a, (_t, 1, sympy.oo)),
    (sympy.lowergamma, 0): lambda a, u: (  # by its power series: the integral from 0 has a value for a > 0 only
        sympy.log(u) * sympy.lowergamma(a, u) - u**a / a**2 * sympy.hyper((a, a), (a + 1, a + 1), -u)
    ),
}
WHOLE: dict[Any, Callable[[Any], Any]] = {  # at 0, where SymPy's own slope divides by it
    sympy.sinc: lambda u: sympy.Piecewise((0, sympy.Eq(u, 0)), (sympy.cos(u) / u - sympy.sin(u) / u**2, True)),
}
_SIZE, _LESS_ONE, _WITH_ONE = Fn(sympy.Abs, U), Root(Add(Pow(U, TWO), Neg(ONE)), TWO), Root(Add(ONE, Pow(U, TWO)), TWO)
TABLES: dict[Any, Node] = {  # as tables write them for real arguments, where SymPy's slope is that of a complex one
    sympy.acosh: Div(ONE, _LESS_ONE),
    sympy.asec: Div(ONE, Mul(_SIZE, _LESS_ONE)),
    sympy.acsc: Neg(Div(ONE, Mul(_SIZE, _LESS_ONE))),
    sympy.acsch: Neg(Div(ONE, Mul(_SIZE, _WITH_ONE))),
}
NEXT: dict[Any, int] = {sympy.digamma: 1, sympy.trigamma: 2}  # the order of the polygamma function that is their slope

SPOKEN: dict[Any, str] = {  # where SymPy's name of a function is no word
    sympy.besselj: "the Bessel function J", sympy.bessely: "the Bessel function Y",
    sympy.besseli: "the modified Bessel function I", sympy.besselk: "the modified Bessel function K",
    sympy.jn: "the spherical Bessel function j", sympy.yn: "the spherical Bessel function y",
    sympy.airyai: "the Airy function Ai", sympy.airybi: "the Airy function Bi",
    sympy.airyaiprime: "Ai', by Airy's equation", sympy.airybiprime: "Bi', by Airy's equation",
    sympy.elliptic_k: "the elliptic integral K", sympy.elliptic_e: "the elliptic integral E",
    sympy.elliptic_f: "the elliptic integral F", sympy.elliptic_pi: "the elliptic integral of the third kind",
    sympy.legendre: "Legendre polynomials", sympy.assoc_legendre: "associated Legendre functions",
    sympy.chebyshevt: "Chebyshev polynomials T", sympy.chebyshevu: "Chebyshev polynomials U",
    sympy.hermite: "Hermite polynomials", sympy.hermite_prob: "Hermite polynomials He",
    sympy.laguerre: "Laguerre polynomials", sympy.assoc_laguerre: "associated Laguerre polynomials",
    sympy.gegenbauer: "Gegenbauer polynomials", sympy.jacobi: "Jacobi polynomials",
    sympy.gamma: "the gamma function", sympy.loggamma: "log-gamma", sympy.digamma: "digamma", sympy.trigamma: "trigamma", sympy.polygamma: "the polygamma function",
    sympy.uppergamma: "the upper incomplete gamma function", sympy.lowergamma: "the lower incomplete gamma function",
    sympy.beta: "the beta function", sympy.binomial: "binomial coefficients", sympy.zeta: "the Hurwitz zeta function",
    sympy.RisingFactorial: "the rising factorial", sympy.FallingFactorial: "the falling factorial",
    sympy.harmonic: "harmonic numbers", sympy.expint: "the exponential integral E", sympy.polylog: "the polylogarithm",
    sympy.lerchphi: "the Lerch transcendent", sympy.erfinv: "the inverse of erf", sympy.erfcinv: "the inverse of erfc",
    sympy.fresnels: "the Fresnel integral S", sympy.fresnelc: "the Fresnel integral C",
}  # fmt: skip


def spoken(func: Any) -> str:
    """A function's name in a sentence."""
    if isinstance(func, Hypergeometric):
        return "the hypergeometric function"
    return SPOKEN.get(func, str(func.__name__))


def letters_of(count: int) -> tuple[Sym, ...]:
    """The letters that stand for the arguments: u, or one for each."""
    return (U,) if count == 1 else tuple(Sym(sympy.Symbol(f"_a{j}", real=True)) for j in range(count))


@lru_cache(maxsize=512)
def slope_of(func: Any, count: int, j: int) -> Node | None:
    """g'(U) from SymPy's `fdiff`, or None if there is no closed form."""
    if func in TABLES:
        return TABLES[func]
    letters = letters_of(count)
    try:
        value = _fdiff(func, tuple(letter.symbol for letter in letters), j)
    except (sympy.core.function.ArgumentIndexError, AttributeError, TypeError, NotImplementedError, ValueError):
        return None
    if value is None or value.has(*NOT_CLOSED):
        return None
    try:
        return rewrite(from_sympy(value, [letter.symbol for letter in letters]), _as_in_tables)
    except GdsymError:  # SymPy's formula has parts that are no real functions
        return None


def _as_in_tables(node: Node) -> Node:
    """As tables write 1 + u^2."""
    swapped = isinstance(node, Add) and len(node.children) == 2 and is_num(node.children[1], 1)
    return Add(*reversed(node.children)) if swapped and isinstance(node.children[0], Pow) else node


@lru_cache(maxsize=512)
def table_row(func: Any) -> tuple[Rule, Node] | None:
    """The rule for a function of one argument, and its g'(U)."""
    slope = slope_of(func, 1, 0)
    if slope is None:
        return None
    derived = Fn(func, x)
    law = Law(D(derived, x), replace(slope, {U: x}))
    name, words = (f"derivative of {word}" for word in (derived.name, spoken(func)))
    return Rule(name, law, slips=mistakes.of_function(law), words=words), slope


def rule_of(body: Fn, moving: Sequence[int]) -> Rule:
    """The rule for a function of several arguments, of which some move."""
    by = " by its parameter" if all((body.func, j) in ORDERS or (body.func, j) in SUMMANDS for j in moving) else ""
    return Rule(f"derivative of {body.name}", words=f"derivative of {spoken(body.func)}{by}")


def _fdiff(func: Any, args: tuple[Any, ...], j: int) -> Any:
    if isinstance(func, Hypergeometric):
        return func.fdiff(args, j)
    if (func, j) in ORDERS:
        return ORDERS[func, j](*args)
    if func in NEXT:
        return sympy.polygamma(NEXT[func], *args)
    if func in WHOLE:
        return WHOLE[func](*args)
    return func(*args) * OWN[func](*args)[j] if func in OWN else func(*args).fdiff(j + 1)
