"""How a run ended, in one word and one sentence: why, and what to try."""

from __future__ import annotations

from typing import Any

from gdsym.descent.facts_of_end import Ending, is_flat, steps
from gdsym.descent.no_minimum import bends, dead, falls, plateau, recedes, saddle, sinks, slopes, still
from gdsym.errors import shortened

GROWTH = 1e6  # a cost above this many times |J0| + 1, and rising, has diverged
STEEP = 0.5  # of the first slope: a short step there says little
HIDES = ", or the cost's own size hides the change"


def told(ending: Ending) -> tuple[str, str]:
    """Its status and sentence."""
    status, sentence = TELL[ending.word](ending)
    if ending.symmetric and ending.curvature:
        name, low = ending.symmetric, float(ending.curvature.eigenvalues[0])
        sentence += (
            f" It is a minimum among symmetric {name}; across them the cost curves downwards (Hessian eigenvalue {low:.4g}), "
            f"and rounding may lead there: {name} = L*L.T stays symmetric."
        )
    return status, shortened(sentence, 600)


def _gtol(e: Ending) -> tuple[str, str]:
    where = "at the start" if e.nit == 0 else f"after {steps(e.nit)}"
    return "converged", (
        f"converged {where}: the gradient's norm {e.slope[1]:.4g} is at most gtol = {e.tests[0]:g}.{_flat(e)}"
    )


def _flat(e: Ending) -> str:
    if e.stepped:
        return (
            " But it is 0 wherever the cost has a gradient (floor, sign, steps ...): descent cannot tell where the cost is lower. "
            "Smooth the steps."
        )
    if e.gain:
        where = f" But about {e.away:.3g} away, where a Newton step leads, the cost is lower by {e.gain:.3g}"
        return f"{where}. Centre and scale the data, and lower ftol and xtol, to come closer."
    if not e.away:
        return dead(e)
    return (
        f" But the cost is flat here: by its curvature the minimum is about {e.away:.3g} away. "
        "Lower gtol, or scale the data, to come closer."
    )


def _short(e: Ending, why: str = "") -> str:
    if e.cost[1] > e.cost[0] and e.slope[1] > e.tests[0]:
        return (
            f" But the cost is higher than at the start, {e.cost[0]:.4g}: the steps led away. {_sentence(_shorter(e))}."
        )
    if e.rate_then:
        return f" But the learning rate was down to {e.rate_then:.3g} by then: the step is short because of that, too."
    if e.nit == 0 or not e.slope[1] > STEEP * e.slope[0]:
        return ""
    return (
        f" But at first it was {e.slope[0]:.4g}: the step is short because the learning rate is small{why}, "
        "not because a minimum is near."
    )


def _xtol(e: Ending) -> tuple[str, str]:
    return "converged", (
        f"converged after {steps(e.nit)}: the last step changed the parameters by at most xtol = {e.tests[1]:g} "
        f"of their size; the gradient's norm is {e.slope[1]:.4g}.{_short(e)}{_flat(e)}"
    )


def _ftol(e: Ending) -> tuple[str, str]:
    return "converged", (
        f"converged after {steps(e.nit)}: the last step changed the cost by at most ftol = {e.tests[2]:g} "
        f"of its value; the gradient's norm is {e.slope[1]:.4g}.{_short(e, HIDES)}{_flat(e)}"
    )


def _leapt(e: Ending) -> tuple[str, str]:
    return "stationary_not_min", (
        f"stopped after {steps(e.nit)}, not at a minimum: the last step changed the cost by at most ftol = {e.tests[2]:g} of its "
        f"value, but only because it leapt over a valley: half-way the cost is lower by {e.ahead:.3g}. {_sentence(_shorter(e))}."
    )


def _no_step(e: Ending) -> tuple[str, str]:
    return "converged", (
        f"converged after {steps(e.nit)}: no step against the gradient makes the cost smaller any more "
        f"(rounding); the gradient's norm is {e.slope[1]:.4g}.{_flat(e)}"
    )


def _max_steps(e: Ending) -> tuple[str, str]:
    if not any(e.tests):
        flat = ", and the cost hardly falls any more: a plateau, or a rate that is too small" * e.still
        return "max_steps", f"made {steps(e.nit)}, as asked; the gradient's norm is {e.slope[1]:.4g}{flat}."
    on = e.nit == 0 or e.cost[1] <= e.cost[0]
    trend = "Run on with resume=run and a larger maxiter" if on else _sentence(_shorter(e))
    trend = f"The last steps go to and fro and hardly lower the cost: {_shorter(e)}" if e.swings else trend
    return "max_steps", (
        f"stopped after {steps(e.nit)} (maxiter): the gradient's norm {e.slope[1]:.4g} is above "
        f"gtol = {e.tests[0]:g}; the cost went from {e.cost[0]:.4g} to {e.cost[1]:.4g}{_hardly(e)}. {trend}{_hint(e)}.{dead(e)}"
    )


def _shorter(e: Ending) -> str:
    """How to take shorter steps; a line search goes up only where it looks at a batch and not at all data."""
    if e.searched:
        return "take a larger batch: each rate was found on one batch, and may be too long for the others"
    return "try a smaller learning rate"


def _sentence(words: str) -> str:
    return words[0].upper() + words[1:]


def _hardly(e: Ending) -> str:
    if e.ahead:
        return f" (a plateau: further downhill the cost falls by {e.ahead:.3g} more, and faster than here)"
    if e.plateau or e.still:
        return f", by only {e.plateau:.2g} in the second half: a plateau, or a rate that is too small"
    return f", by {e.falls:.2g} in the second half, and still falls" if e.falls else ""


def _hint(e: Ending) -> str:
    best = e.curvature.best_rate if e.curvature and e.rate else None
    return f"; here the best fixed learning rate is about {best:.4g}" if best else ""


def _diverged(e: Ending) -> tuple[str, str]:
    return "diverged", (
        f"diverged after {steps(e.nit)}: the cost grew from {e.cost[0]:.4g} to {e.cost[1]:.4g}. {_too_large(e)}"
    )


def _too_large(e: Ending) -> str:
    limit = e.curvature.max_rate if e.curvature else None
    if e.rate and limit and e.rate > limit:
        best = e.curvature.best_rate if e.curvature else None
        rate, bound = _apart(e.rate, limit)
        if e.bends:
            return (
                f"The learning rate {rate} is above 2/lambda_max = {bound} at the start, and the Hessian changes on the way. "
                f"Try a much smaller learning rate, e.g. {limit / 10:.4g}."
            )
        return f"The learning rate {rate} is above 2/lambda_max = {bound}" + (
            f"; the best fixed rate is {best:.4g}." if best else f"; try a rate below {bound}."
        )
    return f"{_sentence(_shorter(e))}{f', e.g. {e.rate / 10:g}' if e.rate else ''}."


def _apart(rate: float, limit: float) -> tuple[str, str]:
    """Both with as many digits as tell them apart."""
    short = f"{rate:g}", f"{limit:.4g}"
    longer = ((f"{rate:.{digits}g}", f"{limit:.{digits}g}") for digits in range(5, 18))
    return next((pair for pair in (short, *longer) if float(pair[0]) > float(pair[1])), short)


def _unbounded(e: Ending) -> tuple[str, str]:
    fell = f"the cost fell from {e.cost[0]:.4g} to {e.cost[1]:.4g} and"
    if is_flat(e):
        fell = f"the gradient's norm is only {e.slope[1]:.4g}, but the cost"
    return "diverged", (
        f"diverged after {steps(e.nit)}: {fell} falls on, about as steeply as here, as far as numbers reach: it has no minimum "
        f"there (unbounded below). {f'{e.signs} holds -1 and 1 only: is the cost for 0 and 1?' if e.signs else 'Check its sign, or start elsewhere.'}"
    )


def _nonfinite(e: Ending) -> tuple[str, str]:
    what = f" ({e.detail})" if e.detail else ""
    return "nonfinite", (
        f"stopped after {steps(e.nit)}: the next step leads to a cost or gradient that is no finite number{what}; "
        f"the history ends at the last finite row. {_too_large(e)} Or check where the cost is defined."
    )


def _kink(e: Ending) -> tuple[str, str]:
    mend = {
        "fixed": "A fixed learning rate cannot come closer; use one that decays",
        "found by a line search": "A line search cannot follow the edge of a kink; use a rate that decays",
        "scheduled": "The learning rate hardly gets smaller; let it decay faster",
    }
    return "kink", (
        f"stopped after {steps(e.nit)}: the steps go to and fro across a kink (abs, max ...) and the cost, "
        f"{e.cost[1]:.4g}, no longer falls. {mend[e.rates]}, e.g. learning_rate=0.1/sqrt(k + 1)."
    )


def _interrupted(e: Ending) -> tuple[str, str]:
    return "interrupted", (
        f"interrupted after {steps(e.nit)}{' by the callback' if e.detail else ''}: the history is whole up to there. "
        "Run on with resume=run."
    )


def _callback_error(e: Ending) -> tuple[str, str]:
    return (
        "callback_error",
        f"stopped after {steps(e.nit)}: {e.detail}. The history is whole up to there; mend it and use resume=run.",
    )


TELL: dict[str, Any] = {
    "gtol": _gtol,
    "xtol": _xtol,
    "ftol": _ftol,
    "no_step": _no_step,
    "max_steps": _max_steps,
    "diverged": _diverged,
    "unbounded": _unbounded,
    "nonfinite": _nonfinite,
    "saddle": saddle,
    "bends": bends,
    "leapt": _leapt,
    "falls": falls,
    "plateau": plateau,
    "recedes": recedes,
    "sinks": sinks,
    "slopes": slopes,
    "still": still,
    "kink": _kink,
    "interrupted": _interrupted,
    "callback_error": _callback_error,
}
