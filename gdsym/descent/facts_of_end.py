"""What is known of a run's end: the loop's word, or a better one, and the facts that the sentence tells."""

from __future__ import annotations

from gdsym.curvature import Curvature
from gdsym.record import record

FLAT = 1e-12  # a gradient this small, relative to the first, is stationary whatever gtol says


@record
class Ending:
    """The loop's word, or a better one, and the facts that the sentence tells."""

    word: str  # what the loop returned
    nit: int
    cost: tuple[float, float]  # first, last
    slope: tuple[float, float]  # gradient norms, first and last
    tests: tuple[float, float, float]  # gtol, xtol, ftol
    rate: float | None = None  # if it is fixed and the rule is plain descent
    searched: bool = False  # was each rate found by a line search over one batch?
    rates: str = "fixed"  # or scheduled, or found by a line search
    rate_then: float = 0.0  # the rate of the last step, where that had become much smaller than at first
    curvature: Curvature | None = None
    bends: bool = False  # is the Hessian another where the run ended?
    detail: str = ""  # an exception's text, or the part without a value
    ahead: float = 0.0  # how far the cost falls ahead of a plateau
    away: float = 0.0  # how far off the minimum is, if that is far
    gain: float = 0.0  # how much lower the cost is there, where the slope is not small
    falls: float = 0.0  # how much it fell there, if that is much of the whole fall
    plateau: float = 0.0  # how little the cost fell in the second half of the run
    still: bool = False  # does it hardly fall, in short steps, though the slope is about as large as at first?
    stepped: bool = False  # is the gradient 0 wherever there is one?
    still_by: str = ""  # parameters by which the slope is exactly 0, here and all around
    signs: str = ""  # data that hold -1 and 1 only, where the cost falls without end
    symmetric: str = ""  # the matrix, if it is a minimum among symmetric ones alone
    swings: bool = False  # are the last steps as long as before, and the cost no lower?


def is_flat(ending: Ending) -> bool:
    """Is the last gradient as good as 0?"""
    first, last = ending.slope
    return last <= max(ending.tests[0], FLAT * max(1.0, first))


def steps(nit: int) -> str:
    return "1 step" if nit == 1 else f"{nit} steps"
