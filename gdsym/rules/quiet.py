"""Rules that a reader may ask to see applied without a line of their own."""

from __future__ import annotations

from collections.abc import Sequence

import sympy
from sympy.core.function import FunctionClass

from gdsym.errors import GdsymError

ROUTINE = frozenset({"sum rule", "constant multiple rule", "sum over an index", "definition"})
SILENT = ROUTINE | {
    "constant rule", "identity rule", "product rule", "quotient rule", "power rule", "exponential rule", "logarithm rule",
    "general power rule", "chain rule", "Kronecker delta", "absolute value", "sign", "simplify", "undefined function",
    "product over an index", "Leibniz integral rule", "maximum", "minimum", "piecewise", "table of derivatives", "matrix rule",
    "derivative of the logistic function",
}  # fmt: skip
OF = "derivative of "


def silenced(known: Sequence[str]) -> frozenset[str]:
    """The full names of the rules that `known` names, `derivative of sin` among them; an unknown one is refused."""
    for name in known:
        if _rule_name(name) not in SILENT and not _is_of_function(_rule_name(name)):
            from difflib import get_close_matches

            near = get_close_matches(str(name), [*SILENT, *(rule.removesuffix(" rule") for rule in SILENT)], 1, 0.7)
            meant = f" Did you mean {near[0]!r}?" if near else ""
            raise GdsymError(f"known={name!r:.60} is no rule.{meant} Known rules: {', '.join(sorted(SILENT))}.")
    return frozenset(map(_rule_name, known))


def _rule_name(text: str) -> str:
    """The name of a rule, which may be said without `rule`, or of a function in words."""
    from gdsym.rules.fdiff import SPOKEN

    spoken = next((func for func, words in SPOKEN.items() if text == OF + words), None)
    if spoken is not None:
        return OF + str(spoken.__name__)
    return text if text in SILENT or _is_of_function(text) else f"{text} rule"


def _is_of_function(name: str) -> bool:
    return (
        isinstance(name, str)
        and name.startswith(OF)
        and isinstance(getattr(sympy, name[len(OF) :], None), FunctionClass)
    )
