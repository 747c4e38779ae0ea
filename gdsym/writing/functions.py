"""How functions are called on paper."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from gdsym.writing.names import upright

NAMED_POWERS = ("sin", "cos", "tan", "cot", "sec", "csc", "sinh", "cosh", "tanh", "coth")  # sin^2 x is (sin x)^2

COMMANDS = (
    "\\log",
    "\\exp",
    "\\max",
    "\\min",
    "\\arcsin",
    "\\arccos",
    "\\arctan",
    *(f"\\{name}" for name in NAMED_POWERS),
)

SPECIAL: Mapping[str, str] = MappingProxyType(
    {"asin": r"\arcsin", "acos": r"\arccos", "atan": r"\arctan", "Max": r"\max", "Min": r"\min"}
    | {"log": r"\log", "exp": r"\exp", "Heaviside": r"\operatorname{H}"}
    | {"DiracDelta": r"\delta", "LambertW": r"\operatorname{W}", "acot": r"\operatorname{arccot}"}
    | {"asec": r"\operatorname{arcsec}", "acsc": r"\operatorname{arccsc}", "asinh": r"\operatorname{arsinh}"}
    | {"acosh": r"\operatorname{arcosh}", "atanh": r"\operatorname{artanh}", "acoth": r"\operatorname{arcoth}"}
    | {name: f"\\{name}" for name in NAMED_POWERS}
)


def command(name: str) -> str:
    """The LaTeX command for a known function: `\\sin`, `\\operatorname{erf}`."""
    return SPECIAL.get(name) or rf"\operatorname{{{upright(name)}}}"
