"""Decimal numbers as they were typed: `0.5`, not `0.500000000000000`."""

from __future__ import annotations

from typing import Any


def decimal(value: Any) -> tuple[str, int]:
    """Shortest digits that give back the SymPy Float `value`, and a power of ten to multiply them with."""
    digits = _shortest(value)
    mantissa, _, power = digits.lower().partition("e")
    exponent = int(power or 0)
    if -7 < exponent < 0 and "." not in mantissa.strip("-"):
        mantissa, exponent = _shifted(mantissa, exponent), 0
    elif -7 < exponent < 0:
        whole, _, rest = mantissa.partition(".")
        mantissa, exponent = _shifted(whole + rest, exponent - len(rest)), 0
    return mantissa, exponent


def _shortest(value: Any) -> str:
    if value._prec == 53:
        return repr(float(value)).removesuffix(".0") if abs(value) < 10**16 else repr(float(value))
    whole, dot, rest = str(value).partition(".")
    rest, mark, power = rest.partition("e")
    rest = rest.rstrip("0")
    return whole + (dot if rest else "") + rest + mark + power


def _shifted(digits: str, exponent: int) -> str:
    """`5`, -3 -> `0.005`."""
    sign, digits = ("-", digits[1:]) if digits.startswith("-") else ("", digits)
    return f"{sign}0.{digits.rjust(-exponent, '0')}"
