"""Sentences about ends at which the slope is small, or a test is met, and no minimum is near."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from gdsym.descent.facts_of_end import Ending, steps


def signs(data: Mapping[str, Any]) -> str:
    """The first array of data that holds -1 and 1, both, and nothing else: labels that many a cost wants as 0 and 1."""
    arrays = ((name, value) for name, value in data.items() if isinstance(value, np.ndarray))
    return next((name for name, v in arrays if v.size and v.min() == -1 and v.max() == 1 and (abs(v) == 1).all()), "")


def saddle(e: Ending) -> tuple[str, str]:
    low = float(e.curvature.eigenvalues[0]) if e.curvature else math.nan
    where = "the start is" if e.nit == 0 else f"after {steps(e.nit)} the descent stands at"
    return "stationary_not_min", (
        f"{where} a stationary point that is no minimum: the gradient's norm is {e.slope[1]:.4g}, but the cost curves "
        f"downwards in one direction (Hessian eigenvalue {low:.4g}): a saddle or a maximum. Start a little beside it."
    )


def bends(e: Ending) -> tuple[str, str]:
    low = float(e.curvature.eigenvalues[0]) if e.curvature else math.nan
    return "stationary_not_min", (
        f"{_place(e)} at no minimum: the gradient's norm is only {e.slope[1]:.4g}, but the cost curves downwards in one direction (Hessian "
        f"eigenvalue {low:.4g}), and no point of slope 0 is near. Run on with a smaller gtol (gtol=0) and a larger learning rate."
    )


def falls(e: Ending) -> tuple[str, str]:
    where = "the start is" if e.nit == 0 else f"after {steps(e.nit)} the descent stands at"
    return "stationary_not_min", (
        f"{where} a stationary point that is no minimum: the gradient's norm is {e.slope[1]:.4g} and the second "
        "derivatives do not tell, but a small step beside it the cost is lower. Start a little beside it."
    )


def plateau(e: Ending) -> tuple[str, str]:
    on = "a smaller gtol (gtol=0)" if e.slope[1] <= e.tests[0] else "neither ftol nor xtol"
    return "stationary_not_min", (
        f"{_place(e)} on a plateau, not at a minimum: the gradient's norm is only {e.slope[1]:.4g}, but ahead the cost "
        f"falls by {e.ahead:.3g}, faster and faster (an inflection or a flat tail). Run on with {on} "
        "and a larger learning rate or gd.Adam(), or start elsewhere."
    )


def _place(e: Ending) -> str:
    return "the start is" if e.nit == 0 else f"after {steps(e.nit)} the descent stands"


def _stands(e: Ending) -> str:
    return "the start is" if e.nit == 0 else f"stopped after {steps(e.nit)},"


def recedes(e: Ending) -> tuple[str, str]:
    return "stationary_not_min", (
        f"{_stands(e)} not at a minimum: the gradient's norm is only {e.slope[1]:.4g}, but ahead, as far as "
        f"numbers reach, the cost (now {e.cost[1]:.4g}) never rises again: it has no minimum there, only a limit, and the "
        "parameters would grow for ever, as where a line separates two classes. Add a penalty such as lambda*w**2, or "
        "take the run for what it is: stopped early."
    )


def sinks(e: Ending) -> tuple[str, str]:
    return "stationary_not_min", (
        f"{_stands(e)} not at a minimum: the gradient's norm is only {e.slope[1]:.4g}, but the cost (now "
        f"{e.cost[1]:.4g}) falls on ahead as far as numbers reach, and to no limit, though ever more slowly, as -log w does: it has "
        "no minimum there (unbounded below). Check its sign, or start elsewhere."
    )


def slopes(e: Ending) -> tuple[str, str]:
    return "stationary_not_min", (
        f"{_place(e)} on a slope, not at a minimum: the gradient's norm is only {e.slope[1]:.4g}, but it does not get smaller ahead: the cost "
        f"falls on as steeply, by {e.ahead:.3g} and more. Lower gtol and take a larger learning rate, or multiply the cost by a number."
    )


def still(e: Ending) -> tuple[str, str]:
    return "stationary_not_min", (
        f"{_place(e)} on flat ground: the gradient's norm is {e.slope[1]:.4g}, but by {e.still_by} it is exactly 0, here and all around. "
        f"{CAUSES}. No descent moves them, and whether the cost is lower elsewhere is not known. Start elsewhere."
    )


def dead(e: Ending) -> str:
    """Beside another verdict: parameters that cannot move."""
    if not e.still_by:
        return ""
    return f" By {e.still_by} the gradient is exactly 0, here and all around. {CAUSES}. No descent moves them."


CAUSES = "So it is where rectified units are 0 for every sample (dead), or where a float cannot tell a function from its limit"
