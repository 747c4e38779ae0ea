"""Logarithms taken apart before they are derived: log(e^u v) = u + log v, log(u^n v) = n log u + log v, log sqrt(u) = 1/2 log u."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

import sympy

from gdsym.rules.domain import certain
from gdsym.rules.fractions import split
from gdsym.rules.laws import in_primes, law_of, n, s, u, v, x
from gdsym.rules.powers import base_exponent, number_of
from gdsym.rules.shapes import logistic_exponential
from gdsym.rules.solved import solved
from gdsym.step import Law, Move, Reason, Rule, Scope
from gdsym.written.nodes import (
    ONE,
    ZERO,
    Add,
    D,
    Div,
    Fn,
    Mul,
    Neg,
    Node,
    Num,
    Pow,
    Prod,
    Rel,
    Root,
    Sum,
    add,
    both,
    is_num,
    mul,
    times,
)

DETAIL, OF_A = "logarithm of an exponential", "logarithm of a "
DETAILS = frozenset(
    (DETAIL, *(OF_A + name for name in ("root", "power", "product", "quotient")))
)  # each side has a value where the other has


def _apart(body: Node, scope: Scope) -> Move | None:
    """Exponentials and powers with a letter as exponent leave the logarithm: they are positive, so what is left has the sign that the whole had."""
    if not isinstance(body, Fn) or body.func is not sympy.log or not scope.varies(body):
        return None
    whole = body.children[0]
    ups, downs = _sides(whole)
    out = {f: log for f in (*ups, *downs) if (log := log_of_positive(f)) is not None}
    if not out:
        return _inverse_or_root(whole, scope) or _by_factors(ups, downs, scope)
    above_it, below_it = ([out[f] for f in side if f in out] for side in (ups, downs))
    left = [[f for f in side if f not in out] for side in (ups, downs)]
    leave, logs = [*above_it, *map(Neg, below_it)], _log(*left)
    ahead = bool(ups) and ups[0] in out
    pending = (D(add(*([*leave, *logs] if ahead else [*logs, *leave])), scope.var),)
    powers = [f for f in out if isinstance(f, Pow)]
    if powers:  # (-2)^n is real for whole n: there its logarithm has a value and that of -2 has none
        where = both(*(Rel(">", f.base, ZERO) for f in powers if f.base.free))
        return Move(OF_FACTORS, pending, itself, _laws(ups, downs), given=where, detail=OF_A + "product")
    return Move(APART, pending, itself, _law(logs, ahead, below=not above_it), detail=DETAIL)


def log_of_positive(factor: Node) -> Node | None:
    """The logarithm of e^u or u^n, which are positive wherever a letter n is no whole number; None for anything else."""
    if isinstance(factor, Fn) and factor.func is sympy.exp:
        return factor.children[0]
    if not isinstance(factor, Pow) or number_of(factor.exponent) is not None:
        return None
    alternating = not factor.base.free and not certain(">", factor.base)  # (-1)^i
    if alternating or factor.exponent.to_sympy().is_integer:
        return None
    return mul(factor.exponent, Fn(sympy.log, factor.base))


def logs_of_factors(product: Prod) -> tuple[Node, Sequence[Node]] | None:
    """Log prod u_i as a sum of log u_i, and conditions, that name no index, under which each u_i is positive if the product is.

    Factors whose sign is not known stay in a product, which is positive as well; None where there are no others.
    """
    needed: list[Node] = []
    known: list[Node] = []
    sides = _sides(product.body)
    for factor in (f for side in sides for f in side):
        base = factor.base if isinstance(factor, Pow) and log_of_positive(factor) is not None else factor
        if certain(">", base):
            known.append(factor)
        elif product.index not in base.free:
            known.append(factor)
            needed.append(solved(">", _of_unknown_sign(base)))
    positive, rest = ([[f for f in side if (f in known) is sure] for side in sides] for sure in (True, False))
    if any(rest) and not any(product.index in f.free for f in known):
        return None
    limits = product.children[1:]
    logs: Node = Sum(Fn(sympy.log, _over(*positive)), *limits)
    if rest[0]:
        logs = Add(logs, Fn(sympy.log, Prod(_over(*rest), *limits)))
    elif rest[1]:
        logs = Add(logs, Neg(Fn(sympy.log, Prod(mul(*rest[1]), *limits))))
    return logs, tuple(dict.fromkeys(needed))


def _of_unknown_sign(base: Node) -> Node:
    """S of 1/(s sqrt(2 pi)): what remains without positive factors, if it is one."""
    left = [f for side in _sides(base) for f in side if not certain(">", f)]
    return left[0] if len(left) == 1 else base


def _sides(body: Node) -> tuple[list[Node], list[Node]]:
    """The factors above and below the bar."""
    above, below = (body.num, body.den) if isinstance(body, Div) else (body, ONE)
    ups, downs = (list(side.children) if isinstance(side, Mul) else [side] for side in (above, below))
    return [f for f in ups if not is_num(f, 1)], [f for f in downs if not is_num(f, 1)]


def _over(above: Sequence[Node], below: Sequence[Node]) -> Node:
    return Div(mul(*above), mul(*below)) if below else mul(*above)


def _inverse_or_root(whole: Node, scope: Scope) -> Move | None:
    """1/v, the roots of v and powers with a fraction as exponent are positive where v is: log(1/v) = -log v, log(sqrt(v)) = 1/2 log v."""
    reason: Reason
    if isinstance(whole, Root) and isinstance(whole.degree, Num):
        half, log = Num(1 / whole.degree.value), Fn(sympy.log, whole.arg)
        reason = ("logarithm of a root: ", Fn(sympy.log, Root(v, whole.degree)), " = ", Mul(half, Fn(sympy.log, v)))
        return Move(OF_ROOT, (D(Mul(half, log), scope.var),), itself, reason, detail=OF_A + "root")
    power = number_of(whole.exponent) if isinstance(whole, Pow) else None
    if isinstance(whole, Pow) and power is not None and power.denominator > 1:
        reason = ("logarithm of a power: ", Fn(sympy.log, Pow(v, n)), " = ", Mul(n, Fn(sympy.log, v)))
        pending = (D(Mul(whole.exponent, Fn(sympy.log, whole.base)), scope.var),)
        return Move(OF_POWER, pending, itself, reason, detail=OF_A + "power")
    if isinstance(whole, Div) and is_num(whole.num, 1) and logistic_exponential(whole) is None:
        reason = ("logarithm of a quotient: ", Fn(sympy.log, Div(ONE, v)), " = ", Neg(Fn(sympy.log, v)))
        pending = (D(Neg(Fn(sympy.log, whole.den)), scope.var),)
        return Move(OF_INVERSE, pending, itself, reason, detail=OF_A + "quotient")
    return None


def _by_factors(ups: Sequence[Node], downs: Sequence[Node], scope: Scope) -> Move | None:
    """(log(u^n/v^m))' = n u'/u - m v'/v where one of several factors is a bracket to a power, of whatever signs they are."""
    moving = [(*base_exponent(f), minus) for minus, side in enumerate((ups, downs)) for f in side if scope.varies(f)]
    powers = [power for base, power, _ in moving if isinstance(base, Add) and power > 1]
    if len(moving) < 2 or not powers:
        return None

    def make(*slopes: Node) -> Node:
        terms = [_times(power, Div(du, base)) for (base, power, _), du in zip(moving, slopes, strict=True)]
        return add(*(Neg(term) if minus else term for term, (*_, minus) in zip(terms, moving, strict=True)))

    rule = OF_QUOTIENT if any(minus for *_, minus in moving) else OF_PRODUCT
    name = "logarithm of a quotient" if rule is OF_QUOTIENT else "logarithm of a product"
    return Move(rule, tuple(D(base, scope.var) for base, *_ in moving), make, in_primes(law_of(rule), name))


def slope_of_product(product: Prod, scope: Scope) -> tuple[tuple[D, ...], Callable[..., Node], Node] | None:
    """(prod u_i)' = prod u_i sum_i u_i'/u_i: what is derived, what is made of it, and where; None where no factor is e^u or u^n, or one may be 0 for some i."""
    given: list[Node] = []
    moving: list[tuple[Node, Node, Fraction]] = []  # the term is n u'/v, v = 1 for a logarithm
    found = False
    for sign, side in zip((1, -1), split(product.body), strict=True):
        for factor in filter(scope.varies, side):
            log = log_of_positive(factor)
            found = found or log is not None
            base, power = base_exponent(factor)
            bare = factor.base if log is not None and isinstance(factor, Pow) else base
            if not (isinstance(factor, Fn) and log is not None) and not certain(">", bare):
                if log is None and product.index in bare.free:
                    return None
                given += [Rel(">" if log is not None else "!=", bare, ZERO)] if product.index not in bare.free else []
            moving.append((log, ONE, Fraction(sign)) if log is not None else (base, base, sign * power))
    if not found:
        return None

    def make(*slopes: Node) -> Node:
        quotients = (du if v == ONE else Div(du, v) for (_, v, _), du in zip(moving, slopes, strict=True))
        pairs = zip(quotients, (power for *_, power in moving), strict=True)
        terms = (Neg(_times(-power, part)) if power < 0 else _times(power, part) for part, power in pairs)
        return times(product, Sum(add(*terms), *product.children[1:]))

    return tuple(D(u, scope.var) for u, *_ in moving), make, both(*given)


def _times(power: Fraction, term: Node) -> Node:
    return term if power == 1 else times(Num(power), term)


def _log(above: Sequence[Node], below: Sequence[Node]) -> tuple[Node, ...]:
    """The logarithm of what is left, as a term; none of 1."""
    if not above:
        return (Neg(Fn(sympy.log, mul(*below))),) if below else ()
    return (Fn(sympy.log, _over(above, below)),)


def _law(logs: Sequence[Node], ahead: bool, *, below: bool) -> Reason:
    """The law in the form in which it is used: log(e^u) = u, log(e^u/v) = u - log v, log(v/e^u) = log v - u."""
    power, log = Fn(sympy.exp, u), Fn(sympy.log, v)
    divided = bool(logs) and isinstance(logs[0], Neg)
    exponent: Node = Neg(u) if below else u
    one: Node
    if not logs:
        one = Div(ONE, power) if below else power
    elif below:
        one = Div(ONE, Mul(v, power)) if divided else Div(v, power)
    else:
        one = Div(power, v) if divided else Mul(power, v) if ahead else Mul(v, power)
    terms = [Neg(log) if divided else log] if logs else []
    return (f"{DETAIL}: ", Fn(sympy.log, one), " = ", add(*([exponent, *terms] if ahead else [*terms, exponent])))


def _laws(ups: Sequence[Node], downs: Sequence[Node]) -> Reason:
    """The laws of logarithms that are used, the power's last."""
    law = Fn(sympy.log, Pow(u, n)), " = ", Mul(n, Fn(sympy.log, u))
    if len(ups) == 1 and not downs:
        return ("logarithm of a power: ", *law)
    of = [Mul(u, v)] * (len(ups) > 1 or len(downs) > 1) + [Div(u, v)] * bool(downs)
    sides = [(Fn(sympy.log, part), " = ", Add(Fn(sympy.log, u), _signed(part))) for part in of]
    said = tuple(word for one in sides for word in (*one, ", "))[:-1]
    return (f"logarithm of a {'quotient' if downs else 'product'}: ", *said, " and ", *law)


def _signed(part: Node) -> Node:
    log = Fn(sympy.log, v)
    return Neg(log) if isinstance(part, Div) else log


def itself(value: Node) -> Node:
    return value


OF_ROOT = Rule("logarithm rule", Law(D(Fn(sympy.log, Root(u, n)), x), D(Div(Fn(sympy.log, u), n), x)))
OF_POWER = Rule("logarithm rule", Law(D(Fn(sympy.log, Pow(u, n)), x), D(Mul(n, Fn(sympy.log, u)), x)))
OF_FACTORS = Rule(
    "logarithm rule",
    Law(D(Fn(sympy.log, Mul(Pow(u, n), v)), x), D(Add(Mul(n, Fn(sympy.log, u)), Fn(sympy.log, v)), x)),
)
OF_INVERSE = Rule("logarithm rule", Law(D(Fn(sympy.log, Div(ONE, u)), x), D(Neg(Fn(sympy.log, u)), x)))
POWERS = Pow(u, n), Pow(v, s)
SLOPES = Mul(n, Div(D(u, x), u)), Mul(s, Div(D(v, x), v))
OF_PRODUCT = Rule("logarithm rule", Law(D(Fn(sympy.log, Mul(*POWERS)), x), Add(*SLOPES)))
OF_QUOTIENT = Rule("logarithm rule", Law(D(Fn(sympy.log, Div(*POWERS)), x), Add(SLOPES[0], Neg(SLOPES[1]))))
APART = Rule(
    "logarithm rule",
    Law(D(Fn(sympy.log, Mul(Fn(sympy.exp, u), v)), x), D(Add(u, Fn(sympy.log, v)), x)),
    _apart,
    heads=(Fn,),
)
