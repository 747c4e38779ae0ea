"""Powers, exponentials, logarithms and every other function of one or several arguments: one chain rule for all.

An *outer* rule knows g'(u) for a body g(u). If u is the variable, that is the derivative; if not, the chain rule
multiplies it by du/dx. So each law is written once, for the plain letter.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache, partial

import sympy

from gdsym.reading.table import looks_like
from gdsym.record import changed, record
from gdsym.rules import mistakes
from gdsym.rules.families import ANY_BASE, ANY_ROOT
from gdsym.rules.laws import U, by_law, in_primes, law_of, n, s, stated, t, u, v, x
from gdsym.rules.shapes import is_negated, logistic_exponential, negated
from gdsym.rules.terms import number
from gdsym.step import Law, Move, Reason, Rule, Scope, Slip
from gdsym.writing.primes import Prime
from gdsym.written.nodes import (
    ONE,
    TRUE,
    ZERO,
    Add,
    D,
    Div,
    Fn,
    Mul,
    Neg,
    Node,
    Num,
    Partial,
    Pow,
    Rel,
    Root,
    Sym,
    add,
    fresh,
    is_num,
    replace,
    times,
)

SIGMOIDS = tuple(Sym(sympy.Symbol(name, real=True)) for name in ("sigma", "s", "sigma_0", "s_0"))


@record(slots=True)
class Outer:
    """g'(U) of a body g(inner), with what is said about it."""

    rule: Rule
    inner: Node
    whole: Node  # g(U)
    slope: Node  # g'(U)
    plain: Node | None = None  # g'(U) as the law writes it, if `slope` is already tidied
    given: Node = TRUE
    note: Reason = ()
    body: Node | None = None  # g(inner) as it stands, where the slope holds g(U) itself
    called: Node | None = None  # g in the words of the reason: s' = s (1 - s) for s = g(u)


def chain(outer: Outer, scope: Scope) -> Move:
    """d/dx g(u) = g'(u) du/dx; without du/dx where u is the variable itself."""
    plainly = outer.inner == scope.var
    plain = outer.plain if plainly else None
    slope = replace(plain or outer.slope, {U: outer.inner})
    if outer.body is not None:
        slope = replace(slope, {replace(outer.whole, {U: outer.inner}): outer.body})
    if plainly:
        law = outer.rule.law
        reason: Reason = stated(law, outer.rule.spoken) if law else (outer.rule.spoken,)
        if outer.called is not None:
            reason = (f"{outer.rule.name}: ", *_by_name(outer, outer.called, Prime(outer.called), outer.inner))
        return Move(outer.rule, (), lambda: slope, reason, given=outer.given, note=outer.note)
    return Move(
        CHAIN, (D(outer.inner, scope.var),), partial(_times, slope), _leibniz(outer, scope), {U: outer.inner},
        outer.given, outer.note, outer=outer.rule,
    )  # fmt: skip


def _times(slope: Node, inner: Node) -> Node:
    return Neg(times(slope.arg, inner)) if isinstance(slope, Neg) else times(slope, inner)


def _leibniz(outer: Outer, scope: Scope) -> Reason:
    """`chain rule with u = ..., d/du g(u) = g'(u)`; a named inner part keeps its name."""
    if outer.called is not None:
        name, inner = outer.called, U if scope.definition(outer.inner) is None else outer.inner
        said = _by_name(outer, name, D(name, inner), inner)
        if inner is U:
            return ("chain rule with ", U, " = ", outer.inner, ", ", *said)
        return ("chain rule: ", *said, ", times ", D(inner, scope.var))
    if scope.definition(outer.inner) is not None:
        whole, slope = (replace(part, {U: outer.inner}) for part in (outer.whole, outer.slope))
        return ("chain rule: ", D(whole, outer.inner), " = ", slope, ", times ", D(outer.inner, scope.var))
    return ("chain rule with ", U, " = ", outer.inner, ", ", _by_u(outer.whole), " = ", outer.slope)


@lru_cache(maxsize=512)
def _by_u(whole: Node) -> D:
    return D(whole, U)


def _by_name(outer: Outer, name: Node, derived: Node, inner: Node) -> Reason:
    """`s' = s (1 - s) for s = 1/(1 + e^-u)`."""
    whole = replace(outer.whole, {U: inner})
    return (derived, " = ", replace(outer.slope, {outer.whole: name}), " for ", name, " = ", whole)


def _outer_rule(
    name: str,
    law: Law | None,
    find: Callable[[Rule, Node, Scope], Outer | None],
    slips: tuple[Slip, ...],
    *heads: type[Node],
) -> Rule:
    """A rule that finds g(u) in a body and leaves du/dx to the chain rule."""
    rule = Rule(name, law, None, slips, heads)
    return changed(rule, apply=partial(_chained, find, rule))


def _chained(find: Callable[[Rule, Node, Scope], Outer | None], rule: Rule, body: Node, scope: Scope) -> Move | None:
    outer = find(rule, body, scope)
    return None if outer is None else chain(outer, scope)


def _power(rule: Rule, body: Node, scope: Scope) -> Outer | None:
    if not isinstance(body, Pow) or scope.varies(body.exponent):
        return None
    exponent = body.exponent
    whole, slope, plain = (_power_of if exponent.free else _numeric_power)(exponent)
    return Outer(rule, body.base, whole, slope, plain)


def _power_of(n: Node) -> tuple[Node, Node, Node | None]:
    """u^n, its derivative, and n u^(n - 1) as the law writes it, where n - 1 is worked out in the derivative."""
    plain = Mul(n, Pow(U, Add(n, Neg(ONE))))
    value = -n.arg.value if isinstance(n, Neg) and isinstance(n.arg, Num) else n.value if isinstance(n, Num) else None
    if not value:
        return Pow(U, n), plain if value is None else ZERO, None
    raised = U if value == 2 else Pow(U, number(value - 1))
    size = Mul(Num(abs(value)), raised)
    slope = size if value > 0 else Neg(raised if value == -1 else size)
    return Pow(U, n), slope, None if value == 2 else plain


_numeric_power = lru_cache(maxsize=512)(_power_of)


def _root(rule: Rule, body: Node, scope: Scope) -> Outer | None:
    if not isinstance(body, Root) or scope.varies(body.degree):
        return None
    degree = body.degree
    below = Root(U, degree) if is_num(degree, 2) else Pow(Root(U, degree), _one_less(degree))
    slope = Div(ONE, Mul(degree, below))
    return Outer(rule if is_num(degree, 2) else ANY_ROOT, body.arg, Root(U, degree), slope)


def _one_less(degree: Node) -> Node:
    return Num(degree.value - 1) if isinstance(degree, Num) else Add(degree, Neg(ONE))


def _exponential(rule: Rule, body: Node, scope: Scope) -> Outer | None:
    if isinstance(body, Fn) and body.func is sympy.exp:
        return Outer(rule, body.children[0], Fn(sympy.exp, U), Fn(sympy.exp, U))
    if isinstance(body, Pow) and not scope.varies(body.base):
        return Outer(ANY_BASE, body.exponent, Pow(body.base, U), Mul(Pow(body.base, U), Fn(sympy.log, body.base)))
    return None


def _logarithm(rule: Rule, body: Node, scope: Scope) -> Outer | None:
    if not isinstance(body, Fn) or body.func is not sympy.log:
        return None
    return Outer(rule, body.children[0], Fn(sympy.log, U), Div(ONE, U))


def _logistic(rule: Rule, body: Node, scope: Scope) -> Outer | None:
    """s(u) = 1 / (1 + e^-u), in either order of the terms; its mirror image 1 / (1 + e^u) falls."""
    exponential = logistic_exponential(body)
    if exponential is None:
        return None
    exponent = exponential.children[0]
    rises = is_negated(exponent)
    whole = replace(body, {exponential: Fn(sympy.exp, Neg(U) if rises else U)})
    name = next(letter for letter in SIGMOIDS if letter.name not in {getattr(s, "name", "") for s in body.free})
    slope = Mul(whole, Add(ONE, Neg(whole)))
    inner = negated(exponent) if rises else exponent
    return Outer(rule, inner, whole, slope if rises else Neg(slope), body=body, called=name)


def _general_power(body: Node, scope: Scope) -> Move | None:
    if not isinstance(body, Pow):
        return None
    return by_law(
        GENERAL_POWER,
        {x: body.base, u: body.base, v: body.exponent},
        scope,
        law=OF_THE_VARIABLE if body.base == scope.var else None,
        reason=in_primes(law_of(GENERAL_POWER), "general power rule"),
        given=Rel(">", body.base, ZERO),
    )


def _undefined(body: Node, scope: Scope) -> Move | None:
    """d/dx f(u, v) = f_1(u, v) du/dx + f_2(u, v) dv/dx, f not defined further."""
    if not (isinstance(body, Partial) or (isinstance(body, Fn) and body.undefined)):
        return None
    orders = body.orders if isinstance(body, Partial) else (0,) * len(body.children)
    slopes = [Partial(body.func, _raised(orders, j), *body.children) for j in range(len(orders))]
    return changed(_by_arguments(UNDEFINED, body, slopes, scope), note=_doubt(str(body.func.__name__)))


def _doubt(name: str) -> Reason:
    """Is the name one slip of the pen away from a function that everybody knows?"""
    meant = looks_like(name)
    return (f"{name} is taken for a function that is not defined further; did you mean {meant}?",) if meant else ()


def _raised(orders: tuple[int, ...], j: int) -> tuple[int, ...]:
    return (*orders[:j], orders[j] + 1, *orders[j + 1 :])


def _by_arguments(rule: Rule, body: Node, slopes: Sequence[Node], scope: Scope) -> Move:
    """The chain rule over all arguments that vary; the slopes are taken at the arguments."""
    moving = [j for j, arg in enumerate(body.children) if scope.varies(arg)]
    if len(moving) == 1 and body.children[moving[0]] == scope.var:
        said: Reason = (f"{rule.name}: ", D(body, scope.var), " is written ", slopes[moving[0]])
        return Move(rule, (), lambda: slopes[moving[0]], said if rule is UNDEFINED else (rule.spoken,))
    pending = tuple(D(body.children[j], scope.var) for j in moving)

    def make(*values: Node) -> Node:
        return add(*(times(slopes[j], value) for j, value in zip(moving, values, strict=True)))

    return Move(CHAIN, pending, make, _argument_reason(body, slopes, moving, scope))


def _argument_reason(body: Node, slopes: Sequence[Node], moving: list[int], scope: Scope) -> Reason:
    if len(moving) > 1:
        return ("chain rule: one term for each argument that depends on ", scope.var)
    inner = body.children[moving[0]]
    said: Reason = ("chain rule with ", U, " = ", inner)
    if len(body.children) == 1:
        return (*said, ", ", D(body.with_children((U,)), U), " = ", slopes[0].with_children((U,)))
    return said


def _table(body: Node, scope: Scope) -> Move | None:
    """Every SymPy function with a closed derivative, by its own `fdiff`."""
    if not isinstance(body, Fn) or body.undefined:
        return None
    from gdsym.rules.degrees import by_parameter
    from gdsym.rules.fdiff import letters_of, rule_of, slope_of, table_row

    if len(body.children) == 1:
        row = table_row(body.func)
        return None if row is None else chain(Outer(row[0], body.children[0], Fn(body.func, U), row[1]), scope)
    moving = [j for j, arg in enumerate(body.children) if scope.varies(arg)]
    slopes = {j: slope_of(body.func, len(body.children), j) or by_parameter(body, j) for j in moving}
    if any(slope is None for slope in slopes.values()):
        return None
    at: dict[Node, Node] = dict(zip(letters_of(len(body.children)), body.children, strict=True))
    return _by_arguments(rule_of(body, moving), body, _slopes_at(body, slopes, at), scope)


def _slopes_at(body: Fn, slopes: dict[int, Node | None], at: dict[Node, Node]) -> list[Node]:
    return [ZERO if slopes.get(j) is None else replace(slopes[j] or ZERO, at) for j in range(len(body.children))]


_D_UV = Add(Mul(D(v, x), Fn(sympy.log, u)), Div(Mul(v, D(u, x)), u))
OF_THE_VARIABLE = Law(D(Pow(x, v), x), Mul(Pow(x, v), Add(Mul(D(v, x), Fn(sympy.log, x)), Mul(v, Div(ONE, x)))))

CHAIN = Rule("chain rule", slips=mistakes.CHAIN)
POWER = _outer_rule("power rule", Law(D(Pow(x, n), x), Mul(n, Pow(x, Add(n, Neg(ONE))))), _power, mistakes.POWER, Pow)
ROOT = _outer_rule(
    "power rule", Law(D(Root(x, Num(2)), x), Div(ONE, Mul(Num(2), Root(x, Num(2))))), _root, mistakes.ROOT, Root
)
EXPONENTIAL = _outer_rule(
    "exponential rule", Law(D(Fn(sympy.exp, x), x), Fn(sympy.exp, x)), _exponential, mistakes.EXPONENTIAL, Fn, Pow
)
LOGARITHM = _outer_rule("logarithm rule", Law(D(Fn(sympy.log, x), x), Div(ONE, x)), _logarithm, mistakes.LOGARITHM, Fn)
_SIGMOID = Div(ONE, Add(ONE, Fn(sympy.exp, Neg(x))))
LOGISTIC = _outer_rule(
    "derivative of the logistic function",
    Law(D(_SIGMOID, x), Mul(_SIGMOID, Add(ONE, Neg(_SIGMOID)))),
    _logistic,
    mistakes.LOGISTIC,
    Div,
)
GENERAL_POWER = Rule(
    "general power rule", Law(D(Pow(u, v), x), Mul(Pow(u, v), _D_UV)), _general_power, mistakes.GENERAL_POWER, (Pow,)
)
UNDEFINED = Rule("undefined function", None, _undefined, heads=(Fn, Partial))
TABLE = Rule("table of derivatives", None, _table, heads=(Fn,))

FUNCTIONS = (POWER, ROOT, EXPONENTIAL, GENERAL_POWER, LOGARITHM, UNDEFINED, TABLE)
__all__ = ["CHAIN", "FUNCTIONS", "Outer", "chain", "fresh", "s", "t"]
