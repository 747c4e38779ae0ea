"""Rules that a reader may ask to see applied without a line of their own."""

from __future__ import annotations

from collections.abc import Sequence

from gdsym.errors import GdsymError

ROUTINE = frozenset({"sum rule", "constant multiple rule", "sum over an index", "definition"})
SILENT = ROUTINE | {
    "constant rule", "identity rule", "product rule", "quotient rule", "power rule", "exponential rule", "logarithm rule",
    "general power rule", "chain rule", "Kronecker delta", "absolute value", "sign", "simplify", "undefined function",
}  # fmt: skip


def silenced(known: Sequence[str]) -> frozenset[str]:
    """The full names of the rules that `known` names; an unknown one is refused."""
    for name in known:
        if _rule_name(name) not in SILENT:
            from difflib import get_close_matches

            near = get_close_matches(str(name), [*SILENT, *(rule.removesuffix(" rule") for rule in SILENT)], 1, 0.7)
            meant = f" Did you mean {near[0]!r}?" if near else ""
            raise GdsymError(f"known={name!r:.60} is no rule.{meant} Known rules: {', '.join(sorted(SILENT))}.")
    return frozenset(map(_rule_name, known))


def _rule_name(text: str) -> str:
    return text if text in SILENT else f"{text} rule"
