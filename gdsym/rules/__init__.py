"""The textbook laws, in the order in which they are tried; the first that matches is used."""

from __future__ import annotations

from collections.abc import Sequence

from gdsym.rules.algebra import ALGEBRA
from gdsym.rules.below import POWER_BELOW
from gdsym.rules.function import FUNCTIONS, LOGISTIC
from gdsym.rules.indexed import INDEXED
from gdsym.rules.logs import APART
from gdsym.rules.nonsmooth import NONSMOOTH
from gdsym.step import Rule
from gdsym.written.nodes import Node

RULES: tuple[Rule, ...] = (*ALGEBRA[:3], *INDEXED, LOGISTIC, POWER_BELOW, *ALGEBRA[3:], *NONSMOOTH, APART, *FUNCTIONS)


def rules_for(node: Node, method: str | None, rules: Sequence[Rule] | None) -> tuple[Rule, ...]:
    """The laws in the order in which they are tried for `node`: all of them, unless a method or other rules are asked for."""
    if method is None and rules is None:
        return RULES
    from gdsym.rules.methods import rules_by

    return rules_by(method, node, RULES if rules is None else rules)


__all__ = ["RULES", "rules_for"]
