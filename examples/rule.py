"""The update rule on paper: the equation that a descent runs, with its parts named by braces."""

from __future__ import annotations

from typing import Any

import sympy

import gdsym as gd
from examples.book import Formula
from gdsym.descent.paper import lines
from gdsym.writing import latex
from gdsym.written.nodes import Sym

SLOPE = r"\frac{\partial}{\partial\theta}\,\underbrace{J(\theta_{k})}_{\text{cost}}"


def labelled(rule: gd.UpdateRule, words: str, *, letter: str = "theta", slope: str = SLOPE) -> Formula:
    """theta_{k+1} = theta_k - alpha g_k, read off the rule's own equation, with a brace under each of its parts."""
    assert rule.is_plain
    ((new, right),) = lines(rule, Sym(sympy.Symbol(letter)))
    now, step = right.children
    rate, _ = step.arg.children
    parts = [
        brace(latex(new), "next"), "=", brace(latex(now), "now"), brace("-", "against"), brace(latex(rate), "rate"), r"\,", brace(slope, "slope"),
    ]  # fmt: skip
    return Formula(words, " ".join(parts), rule.text())


def brace(part: str, name: str) -> str:
    return rf"\underbrace{{{part}}}_{{\text{{{name}}}}}"


def by_hand(cost: gd.Cost, point: dict[Any, Any], rate: Any) -> dict[Any, Any]:
    """One step, computed exactly by SymPy from the derived partials: theta - alpha dJ/dtheta."""
    return {p: value - rate * cost.partial(p).expanded.subs(point) for p, value in point.items()}
