"""What an insight tells, in lines: the figures, where they hold, convex or not and how that is known."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from gdsym.descent.paper import number
from gdsym.errors import GdsymError
from gdsym.writing.latex import latex

if TYPE_CHECKING:
    from gdsym.insight import Insight

SMALL = 1e-6  # of the first distance: what the steps are told to
SHOWN = 4  # entries of an array that are printed
MOST_LISTED = 12  # eigenvalues that are all printed
NAMED = {
    "minimum": "minima",
    "maximum": "maxima",
    "saddle": "saddles",
    "inflection": "inflections",
    "flat in some direction": "flat in some direction",
}


def figures(i: Insight) -> list[str]:
    """Eigenvalues and rates, and the point where they hold."""
    if isinstance(i.numbers, GdsymError):
        return [f"no numbers yet. {i.numbers}"]
    lines = [] if i.quadratic else [f"at {_point(i.at)}{_among(i)}:"]
    lines.append(f"Hessian eigenvalues: {', '.join(_listed(i, lambda v: f'{v:.6g}', '...'))}")
    if i.best_rate is not None:
        which = "the minimum" if i.quadratic or i.searched else "a minimum near here"
        lines[-1] += f"; condition {i.condition:.4g} (about {i.digits:.0f} digits of {which} can be found)"
    if i.curves_down:
        lines.append("it curves downwards in some direction: with no rate does a descent end at this point")
    elif i.max_rate is not None:
        best = f"; best fixed rate {i.best_rate:.6g}" if i.best_rate is not None else ""
        lines.append(f"largest stable rate 2/lambda_max = {i.max_rate:.6g}{best}")
    if i.best_rate is not None and i.quadratic and i.predicted_steps(SMALL) < math.inf:
        steps = f"number of steps at the best rate to {SMALL:g} of the first distance: {i.predicted_steps(SMALL):,.0f}"
        lines.append(f"{steps} or fewer; predicted_steps(tol, start=...) counts from a start")
    return lines


def _rounded(i: Insight) -> Any:
    """The eigenvalues with 0 for what is 0 but for rounding."""
    values, flat = np.array(i.eigenvalues), i.inertia[1]
    values[np.argsort(np.abs(values))[:flat]] = 0.0
    values[np.abs(values) <= i.rounding] = 0.0
    return values


def _listed(i: Insight, written: Callable[[float], str], dots: str) -> list[str]:
    """The eigenvalues; of many the least and the greatest ones."""
    values = list(map(written, _rounded(i)))
    return values if len(values) <= MOST_LISTED else [*values[:SHOWN], dots, *values[-SHOWN:]]


def _among(i: Insight) -> str:
    """That the point was looked for, and what others there are."""
    if not i.searched:
        return ""
    if len(i.searched) == 1:
        return ", the only critical point"
    kinds = Counter(point.kind for point in i.searched)
    counted = ", ".join(f"{n} {kind if n == 1 else NAMED.get(kind, kind)}" for kind, n in kinds.items())
    return f", the lowest of the critical points ({counted})"


def sentences(i: Insight) -> list[str]:
    """Convex or not, corners, the minimum."""
    said = [i.decided]
    if i.kinks:
        said.append("the cost has corners or cases: the Hessian, and what follows, holds between them only")
    if i.minimiser is not None:
        said.append(f"minimum at {_point(i.minimiser)}")
    return said


def decided(i: Insight) -> str:
    """Is the cost convex, and how that was found out."""
    if i.rules is not None:
        how = "the Hessian does not depend on the parameters" if i.quadratic and not _bare(i) else i.rules
        return f"convex (everywhere: {how})"
    if _bare(i):
        return _supposed(i)
    if i.quadratic:
        return f"{'convex' if i.convex else 'not convex'} (everywhere: the Hessian does not depend on the parameters)"
    if i.convex is None:
        if i.kind != "minimum":
            return "convex or not is not decided: at this point the Hessian is flat in some direction"
        return "convex here; elsewhere the Hessian may differ"
    if i.curves_down:
        return "not convex (at this point)"
    return "not convex (a convex cost has no saddle, no maximum, and no second minimum apart from the first)"


def _bare(i: Insight) -> bool:
    return isinstance(i.numbers, GdsymError)


def _supposed(i: Insight) -> str:
    """Without numbers: the signs with which the rules would show it."""
    found = i.supposed
    if found is None:
        return "convex or not is not decided by rules: that needs numbers"
    rules, signs = found
    return f"convex if {' and '.join(signs)} (everywhere: {rules})"


def typeset(i: Insight) -> str:
    r"""Eigenvalues, condition and rates as a `\begin{aligned}` block, with words at the right: a cost may have a lambda of its own."""
    rows = [(r"\lambda &= " + r",\ ".join(_listed(i, _tex, r"\dots")), "eigenvalues of the Hessian")]
    if i.max_rate is not None and not i.curves_down:
        rate = rf"\alpha_{{\max}} &= \frac{{2}}{{\lambda_{{\max}}}} = {_tex(i.max_rate)}"
        rows.append((rate, "largest stable rate"))
    if i.best_rate is not None:
        rate = r"\alpha_{\mathrm{best}} &= \frac{2}{\lambda_{\min}+\lambda_{\max}} = " + _tex(i.best_rate)
        condition = rf"\frac{{\lambda_{{\max}}}}{{\lambda_{{\min}}}} &= {_tex(i.condition)}"
        rows += [(rate, "best fixed rate"), (condition, "condition")]
    lines = (rf"{formula} && \text{{{words}}}" for formula, words in rows)
    return "\\begin{aligned}\n" + " \\\\\n".join(lines) + "\n\\end{aligned}"


def _point(at: Any) -> str:
    return ", ".join(f"{p} = {_short(v)}" for p, v in at.items())


def _short(value: Any) -> str:
    entries = np.ravel(value)
    if np.ndim(value) == 0:
        return f"{float(value):.6g}"
    return f"[{', '.join(f'{v:.6g}' for v in entries[:SHOWN])}{', ...' if len(entries) > SHOWN else ''}]"


def _tex(value: float) -> str:
    return latex(number(value))
