"""The update rule on paper: the equation that a descent runs, with its parts named by braces."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sympy

import gdsym as gd
from examples.book import Formula
from gdsym.descent.paper import lines
from gdsym.writing.latex import latex
from gdsym.written.nodes import Sym

SLOPE = r"\frac{\partial}{\partial\theta}\,\underbrace{J(\theta_{k})}_{\text{cost}}"
STRUT = r"\vphantom{J(\theta_{k})}"  # so that all braces hang at one height
NAMES = ("next value", "current value", "against it", "learning rate", "slope of the cost")


def labelled(
    rule: gd.UpdateRule, words: str, *, letter: str = "theta", slope: str = SLOPE, names: Sequence[str] = NAMES
) -> Formula:
    """theta_{k+1} = theta_k - alpha g_k, read off the rule's own equation, with a brace and a name under each part."""
    assert rule.is_plain
    ((new, right),) = lines(rule, Sym(sympy.Symbol(letter)))
    now, step = right.children
    rate, _ = step.arg.children
    parts = [
        brace(part, name) for part, name in zip((latex(new), latex(now), "-", latex(rate), slope), names, strict=True)
    ]
    return Formula(words, rf"{parts[0]} = {parts[1]} \quad " + r" \quad ".join(parts[2:]), rule.text())


def brace(part: str, name: str) -> str:
    return rf"\underbrace{{{STRUT}{part}}}_{{\text{{{name}}}}}"


def by_hand(cost: gd.Cost, point: dict[Any, Any], rate: Any) -> dict[Any, Any]:
    """One step, computed exactly by SymPy from the derived partials: theta - alpha dJ/dtheta."""
    return {p: value - rate * cost.partial(p).expanded.subs(point) for p, value in point.items()}
