"""The numbers of a point, and two values there, in one sentence."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf
from typing import Any

import sympy
from flint import arb, fmpq

from gdsym.verify.formulas import MORE_BITS
from gdsym.verify.numbers import precision
from gdsym.writing.text import text
from gdsym.written.from_sympy import from_sympy

SHORT = 100  # bits of a fraction that is shown as it is
DIGITS = (FEWEST := 10, 20, 40, 100)
LONG = 40  # letters of a factor that is shown as it is
NEAR = sympy.Rational(1, 10**6)  # what is shown as 1 and how much more
LONGEST = 12  # entries of an array that are all listed in a sentence


def listed(point: Mapping[Any, Any]) -> str:
    """`w = 1/2, x = (1, 2), X = [[1, 2], [3, 4]]`: the entries of an array in one bracket, if they are all there."""
    arrays: dict[Any, dict[tuple[Any, ...], Any]] = {}
    for name, value in point.items():
        if isinstance(name, sympy.Indexed):
            arrays.setdefault(name.base, {})[name.indices] = value
    plain = [f"{name} = {value}" for name, value in point.items() if not isinstance(name, sympy.Indexed)]
    return ", ".join([*plain, *(_array(base, entries) for base, entries in arrays.items())])


def _array(base: Any, entries: Mapping[tuple[Any, ...], Any]) -> str:
    rows, columns = (sorted({place[axis] for place in entries}) for axis in (0, -1))
    whole = all(ticks == list(range(1, len(ticks) + 1)) for ticks in (rows, columns))
    if whole and all(len(place) == 1 for place in entries):
        shown = [str(entries[r,]) for r in rows]
        return f"{base} = ({', '.join(shown if len(shown) <= LONGEST else [*shown[: LONGEST - 2], '...', shown[-1]])})"
    if whole and {(r, c) for r in rows for c in columns} == set(entries):
        table = [f"[{', '.join(str(entries[r, c]) for c in columns)}]" for r in rows]
        return f"{base} = [{', '.join(table)}]"
    return ", ".join(f"{base[place]} = {value}" for place, value in entries.items())


def number_text(value: Any) -> str:
    """The number, exact if that is short, or to 10 digits; None is a formula without a value there."""
    if value is None:
        return "not defined"
    if _is_short(value):
        return str(value)
    near = float(arb(value).mid())
    return f"{near:.10g}" if 0 < abs(near) < inf else str(arb(value).mid().str(FEWEST, radius=False))


def factor_text(factor: Any) -> str:
    """The factor, or about how large it is where it has too many digits: `about 1 + 1.0e-300`."""
    if not factor.is_Rational or len(str(factor)) <= LONG:
        return text(from_sympy(factor))
    more = factor - 1
    if abs(more) < NEAR:
        return f"about 1 {'-' if more < 0 else '+'} {sympy.N(abs(more), 2)}".lower()
    return f"about {sympy.N(factor, 10)}".lower()


def both_said(theirs: Any, mine: Any, bits: int) -> str:
    """`yours 2, the derivative 1`: with as many digits as tell them apart, or how much one is above the other."""
    apart = next(filter(None, (_apart(theirs, mine, digits) for digits in DIGITS)), None) if bits <= MORE_BITS else None
    return apart or _by_little(theirs, mine, bits)


def _is_short(value: Any) -> bool:
    return isinstance(value, fmpq) and value.height_bits() <= SHORT


def _apart(theirs: Any, mine: Any, digits: int) -> str:
    if theirs is not None and mine is not None and _digits(theirs, digits) == _digits(mine, digits):
        return ""
    return _values_text(_to_digits(theirs, digits), _to_digits(mine, digits))


def _by_little(theirs: Any, mine: Any, bits: int) -> str:
    shown, own = number_text(theirs), number_text(mine)
    if theirs is not None and mine is not None and mine != 0:
        with precision(bits):
            more = arb(theirs - mine).mid()
        shown = f"{own} {'-' if more < 0 else '+'} {_roughly(abs(more))}"
    return _values_text(shown, own)


def _roughly(value: Any) -> str:
    near = float(value)
    return f"{near:.2g}" if 0 < near < inf else str(value.str(2, radius=False))


def _to_digits(value: Any, digits: int) -> str:
    if digits <= FEWEST or value is None or _is_short(value):
        return number_text(value)
    return _digits(value, digits)


def _digits(value: Any, digits: int) -> str:
    return str(arb(value).mid().str(digits, radius=False))


def _values_text(theirs: str, mine: str) -> str:
    return f"yours {theirs}, the derivative {mine}"
