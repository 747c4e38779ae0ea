"""The forms of powers and exponentials: e^(u + n v) is e^u (e^v)^n, and so are powers of what is positive; slopes of functions."""

from __future__ import annotations

from collections.abc import Callable
from math import factorial
from typing import TYPE_CHECKING, Any

import sympy

from gdsym.verify.form import Form
from gdsym.verify.numbers import ONE
from gdsym.verify.polynomials import UNIT, Terms, constant, total, value_of
from gdsym.verify.positive import is_positive

if TYPE_CHECKING:
    from gdsym.verify.forms import Forms

MOST_FACTORS = 12  # a power of a sum up to here is multiplied out


def exponential(forms: Forms, part: Form) -> Form:
    """e^u, and all its derivatives."""
    return Form(_split(forms, ("fn", (sympy.exp, (0,))), (), part.terms), part.needs)


def power(forms: Forms, parts: list[Form]) -> Form:
    """u^n, multiplied out where n is a whole number, unless it is a large one."""
    base, exponent = parts
    n = value_of(exponent.terms)
    if (n is None or n.q > 1) and is_positive(forms, base.terms):
        return _raised(forms, base, exponent)
    if n is None:
        return forms.plain("pow", 0, parts)
    if n < 0:
        return forms.inverse(power(forms, [base, Form(constant(-n), exponent.needs)]))
    if n.q > 1:
        root = forms.plain("pow", 0, [base, Form(constant(ONE / n.q), exponent.needs)])
        return Form({tuple((at, int(n.p)) for at, _ in m): c for m, c in root.terms.items()}, root.needs)
    if n > MOST_FACTORS and len(base.terms) > 1:
        return forms.plain("pow", 0, parts)
    needs = base.needs | exponent.needs
    if n > 0 and not base.terms:
        return Form({}, needs)
    if len(base.terms) == 1 and n > MOST_FACTORS:
        ((m, c),) = base.terms.items()
        if c * c != 1:
            return forms.plain("pow", 0, parts)
        return Form({tuple((at, e * int(n)) for at, e in m): c ** int(n)}, needs)
    return Form(forms.product([base] * int(n)).terms, needs)


def slope_of_power(forms: Forms, parts: list[Form], k: int) -> Form:
    """The k-th derivative of u^n, n (n - 1) ... u^(n - k); 0 where that factor is, and u^n has a value."""
    base, exponent = parts
    if value_of(exponent.terms) is None and not is_positive(forms, base.terms):
        return forms.plain("pow", k, parts)
    factors = [Form(total((exponent.terms, constant(-ONE * j))), exponent.needs) for j in range(k)]
    factor = forms.product(factors)
    if not factor.terms:
        return Form({}, base.needs | exponent.needs)
    left = Form(total((exponent.terms, constant(-ONE * k))), exponent.needs)
    return forms.product([factor, power(forms, [base, left])])


def _raised(forms: Forms, base: Form, exponent: Form) -> Form:
    whole = {m: c for m, c in exponent.terms.items() if m == UNIT and c.q == 1}
    rest = {m: c for m, c in exponent.terms.items() if m not in whole}
    raised = _split(forms, ("pow", 0), (forms.number(base.terms),), rest)
    return forms.product([Form(raised, base.needs | exponent.needs), power(forms, [base, Form(whole)])])


def _split(forms: Forms, kind: tuple[str, Any], before: tuple[int, ...], exponent: Terms) -> Terms:
    found: Terms = {UNIT: ONE}
    for m, c in exponent.items():
        numbers = (*before, forms.number({m: ONE / c.q}))
        found = forms.times(found, {((forms.atom((*kind, numbers, ()), numbers), int(c.p)),): ONE})
    return found


def _value(forms: Forms, func: Any, parts: list[Form]) -> Form:
    return forms.plain("fn", (func, (0,)), parts)


def _wave(forms: Forms, place: int, parts: list[Form]) -> Form:
    """Sin, cos, -sin, -cos: each the slope of the one before."""
    at = forms.atom_of("fn", ((sympy.sin, sympy.cos)[place % 2], (0,)), parts)
    return forms.negative([at]) if place % 4 > 1 else at


def _hyperbolic(forms: Forms, odd: int, parts: list[Form]) -> Form:
    """Cosh, and sinh as tanh cosh: each the slope of the other."""
    cosh = forms.atom_of("fn", (sympy.cosh, (0,)), parts)
    return forms.product([_value(forms, sympy.tanh, parts), cosh]) if odd else cosh


def _tanh(forms: Forms, k: int, parts: list[Form]) -> Form | None:
    if k != 1:
        return None
    value = _value(forms, sympy.tanh, parts)
    return forms.add([Form(constant(ONE)), forms.negative([forms.product([value, value])])])


def _log(forms: Forms, k: int, parts: list[Form]) -> Form | None:
    """(-1)^(k - 1) (k - 1)!/u^k, where log u has a value."""
    if not k:
        return None
    below = forms.inverse(parts[0])
    factor = Form(
        constant(ONE * (-1) ** (k - 1) * factorial(k - 1)), forms.atom_of("fn", (sympy.log, (0,)), parts).needs
    )
    return forms.product([factor, *[below] * k])


KNOWN: dict[Any, Callable[[Forms, int, list[Form]], Form | None]] = {
    sympy.sin: _wave,
    sympy.cos: lambda forms, k, parts: _wave(forms, k + 1, parts),
    sympy.cosh: lambda forms, k, parts: _hyperbolic(forms, k % 2, parts),
    sympy.sinh: lambda forms, k, parts: _hyperbolic(forms, 1 - k % 2, parts),
    sympy.tanh: _tanh,
    sympy.log: _log,
}
