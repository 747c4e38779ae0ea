"""Conditions for a reader: each solved for its letter where that is one step, none twice, none that another one implies."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sympy
from sympy.core.relational import Relational

MOST = 60  # conditions that are compared pair by pair
SHORT = 3  # operations of a number to which e is raised
STRICT = (sympy.StrictGreaterThan, sympy.StrictLessThan)
NOT_STRICT = (sympy.GreaterThan, sympy.LessThan)
TURNED = {">": "<", "<": ">"}


def minimal(conditions: Iterable[Any]) -> Any:
    """The conditions at once, as a SymPy Boolean."""
    stated = dict.fromkeys(c for whole in conditions for c in sympy.And.make_args(whole))
    logs = {log.args[0] for c in stated if isinstance(c, STRICT) for side in c.args for log in side.atoms(sympy.log)}
    said = {_bound(u > 0) for u in logs}  # who speaks of log u has said that u > 0
    open_ones = (_solved(c) for c in stated if _bound(c) is None or _bound(c) not in said)
    kept = dict.fromkeys(c for one in open_ones for c in sympy.And.make_args(one))
    few = len(kept) <= MOST
    return sympy.And(
        *(_two_sided(c) for c in kept if not (few and any(implies(other, c) for other in kept if other != c)))
    )


def _solved(condition: Any) -> Any:
    """Log u > 0 says u > 1, e^u > 1 says u > 0, 1 - u^2 > 0 says |u| < 1, u - v != 0 says u != v."""
    if isinstance(condition, sympy.Ne):
        return _apart(condition)
    bound = _bound(condition)
    if bound is None:
        return condition
    u, sign, c = bound
    if isinstance(u, sympy.log) and c.count_ops() <= SHORT:
        above = sympy.true if sign == ">" else _solved(u.args[0] > 0)
        return sympy.And(above, _solved(_relation(u.args[0], sign, sympy.exp(c))))
    if isinstance(u, sympy.exp) and c == 1:
        return _solved(_relation(u.args[0], sign, sympy.Integer(0)))
    if u.is_Pow and u.exp == 2 and sign == "<" and c.is_positive:
        return sympy.Abs(u.base) < sympy.sqrt(c)
    return _relation(u, sign, c) if u.is_Symbol or isinstance(u, sympy.Abs) else condition


def _two_sided(condition: Any) -> Any:
    """X - a > 0 says x > a, and 1 - x - y > 0 says x + y < 1, for letters and numbers times letters."""
    bound = _bound(condition)
    if bound is None or not bound[0].is_Add:
        return condition
    u, sign, c = bound
    number, u = u.primitive()
    parts = [term.as_coeff_Mul() for term in u.args]
    if not all(factor.is_Rational and letter.is_Symbol for factor, letter in parts):
        return condition
    plus, minus = (sympy.Add(*(abs(f) * x for f, x in parts if bool(f > 0) is side)) for side in (True, False))
    right = c / number + minus
    if plus == 0:
        plus, right, sign = minus, -c / number, TURNED[sign]
    return plus > right if sign == ">" else plus < right


def _apart(condition: Any) -> Any:
    """U - v != 0 of two letters says u != v, and 2 u != 4 says u != 2."""
    left, right = condition.args
    if left.is_Symbol and right.is_Symbol:
        return sympy.Ne(*sorted((left, right), key=str))
    number, rest = left.as_coeff_Add()
    factor, u = rest.as_coeff_Mul()
    if u.is_Symbol and right.is_Rational:
        return sympy.Ne(u, (right - number) / factor)
    terms = left.primitive()[1].as_ordered_terms() if right == 0 else []
    letters = sorted((t if t.is_Symbol else -t for t in terms), key=str)
    opposite = len(terms) == 2 and {t.is_Symbol for t in terms} == {True, False}
    return sympy.Ne(*letters) if opposite and all(s.is_Symbol for s in letters) else condition


def _bound(condition: Any) -> tuple[Any, str, Any] | None:
    """u, ">" or "<", and a number c, where the condition says u > c or u < c."""
    if not isinstance(condition, STRICT) or not isinstance(condition, Relational):
        return None
    left, right = condition.args
    if not right.is_number and left.is_Symbol and right.is_Symbol:
        left, right = left - right, sympy.Integer(0)
    if not (right.is_number and right.is_real):
        return None
    sign = ">" if isinstance(condition, sympy.StrictGreaterThan) else "<"
    number, rest = left.as_coeff_Add()
    factor, u = rest.as_coeff_Mul()
    if factor.is_zero is not False or u == 1:
        return None
    return u, TURNED[sign] if factor.is_negative else sign, (right - number) / factor


def _relation(u: Any, sign: str, c: Any) -> Any:
    """U > c or u < c, a number beside u brought to the other side."""
    number, rest = u.as_coeff_Add()
    return rest > c - number if sign == ">" else rest < c - number


def implies(one: Any, other: Any) -> bool:
    """Does the first say more than the second? Where that is not certain, no."""
    strong, weak = _bound(one), _bound(other)
    if strong is None:
        return False
    u, sign, c = strong
    if isinstance(other, NOT_STRICT):
        weak = _bound((sympy.Gt if isinstance(other, sympy.GreaterThan) else sympy.Lt)(*other.args))
        return weak is not None and weak[:2] == (u, sign) and bool((c - weak[2]) * (1 if sign == ">" else -1) >= 0)
    if weak is not None:
        return weak[:2] == (u, sign) and bool((c - weak[2]) * (1 if sign == ">" else -1) > 0)
    if not isinstance(other, sympy.Ne):
        return False
    if not other.args[1].is_number:
        apart = other.args[0] - other.args[1]
        return bool(c == 0) and u in (apart, -apart)
    number, rest = other.args[0].as_coeff_Add()
    away = other.args[1] - number
    if rest == u:
        return bool((c - away if sign == ">" else away - c) >= 0)
    return away == 0 and c == 0 and rest in {part.as_base_exp()[0] for part in sympy.Mul.make_args(u)}
