"""The update rule on paper: the equation that a descent runs, with its parts named by braces."""

from __future__ import annotations

from typing import Any

import sympy

import gdsym as gd
from examples.book import Formula
from gdsym.descent.paper import lines
from gdsym.writing import latex
from gdsym.written.nodes import Add, Mul, Neg, Node

SLOPE = r"\frac{\partial J}{\partial\theta}(\theta_{k})"


def labelled(rule: gd.UpdateRule, words: str, *, slope: str = SLOPE) -> Formula:
    """theta_{k+1} = theta_k - alpha g_k, from the rule's own equation, a brace under each of its parts."""
    ((new, right),) = lines(rule)
    match right:
        case Add(terms=(now, Neg(Mul(factors=(rate, _))))):
            pass
        case _:
            raise AssertionError(f"not plain gradient descent: {rule}")
    parts = [brace(latex(new), "next value"), "=", brace(latex(now), "current value"), brace("-", "against it"),
             brace(latex(rate), "learning rate"), r"\,", brace(slope, "slope of the cost")]  # fmt: skip
    return Formula(words, " ".join(parts), rule.text())


def brace(part: str, name: str) -> str:
    return rf"\underbrace{{{part}}}_{{\text{{{name}}}}}"


def by_hand(cost: gd.Cost, point: dict[Any, Any], rate: Any, data: dict[Any, Any] | None = None) -> dict[Any, Any]:
    """One step, computed exactly by SymPy from the derived partials: theta - alpha dJ/dtheta."""
    exact = {**point, **(data or {})}
    return {p: value - rate * sympy.sympify(cost.partial(p).expanded).subs(exact) for p, value in point.items()}


__all__ = ["Node", "by_hand", "labelled"]
