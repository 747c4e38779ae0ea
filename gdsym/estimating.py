"""Numbers for stationary points in closed form: the solved equations compiled like slopes, evaluated, and checked against the gradient."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import compress, product
from typing import Any

import numpy as np

from gdsym.arrays import BoundCost, Program, compile_program
from gdsym.arrays.program import Slope
from gdsym.cleared import Cleared, in_order
from gdsym.curvature import EPS, FLAT, inertia
from gdsym.errors import Unsupported
from gdsym.record import record
from gdsym.stationary import StationaryPoint
from gdsym.written.nodes import Indexed, Node, Sym

MOST = 8  # parameters of either sign
WRONG = 1e-6  # relative: a Newton step from there that no rounding makes
Hessian = Callable[[Mapping[Any, Any]], Any]


@record
class Estimated:
    """Points of slope 0, the lowest first, and about how far the numbers are from the true ones."""

    points: tuple[StationaryPoint, ...]
    error: float


def solved_program(
    formula: Node, params: Sequence[Node], letters: Sequence[Node], slopes: Sequence[Node]
) -> tuple[Program, list[Cleared]] | None:
    """The closed forms in place of the slopes; None if there are none. `letters`: what is derived by, p or p[k]."""
    found = in_order(list(zip(letters, slopes, strict=True)))
    if found is None:
        return None
    by = {one.param: one.value for one in found}
    values: list[Slope] = [_entry(letter, by[letter]) for letter in letters]
    try:
        return compile_program(formula, params, values), found
    except Unsupported:
        return None


def _entry(letter: Node, value: Node) -> Slope:
    return (tuple(i for i in letter.indices if isinstance(i, Sym)), value) if isinstance(letter, Indexed) else value


def estimated(
    solutions: BoundCost, found: Sequence[Cleared], whole: BoundCost, hessian: Hessian, x: Any
) -> Estimated | None:
    """The points where the closed forms lead, from any x; None if they have no numbers, or the slope there is not 0."""
    if sum(one.twin for one in found) > MOST:
        return None
    places: list[Any] = []
    twins = _twins(found, whole.unflat(np.arange(len(x))))
    points: list[tuple[StationaryPoint, float]] = []
    with np.errstate(all="ignore"):
        for signs, of_entries in _signs(twins, len(x)):
            place = x
            for _ in found:  # each takes those before it
                place = solutions.jac(place) * signs
            made = described(place, whole, hessian, twins, apart=any(one.put for one in found))
            if made is None or any(np.array_equal(place, other) for other in places):
                continue
            if of_entries:
                return None  # each entry has either sign
            places.append(place)
            points.append(made)
    if not points:
        return None
    return Estimated(tuple(sorted((p for p, _ in points), key=lambda p: p.value)), max(error for _, error in points))


def _twins(found: Sequence[Cleared], places: Mapping[Any, Any]) -> list[Any]:
    """Where the parameters stand that may have either sign; those with the same name have the same even power."""
    heads = [one.param.base if isinstance(one.param, Indexed) else one.param for one in found if one.twin]
    names = {str(getattr(head.to_sympy(), "label", head.to_sympy())) for head in heads}
    return [at for key, at in places.items() if str(getattr(key, "label", key)) in names]


def _signs(twins: Sequence[Any], count: int) -> Iterator[tuple[Any, bool]]:
    """What the solutions are multiplied by, parameters with the same even power having either sign; are there arrays among those?"""
    for turned in product((False, True), repeat=len(twins)):
        signs = np.ones(count)
        chosen = list(compress(twins, turned))
        for at in chosen:
            signs[np.ravel(at).astype(int)] = -1
        yield signs, any(map(np.ndim, chosen))


def described(
    x: Any, whole: BoundCost, hessian: Hessian, twins: Sequence[Any], apart: bool
) -> tuple[StationaryPoint, float] | None:
    """The point with its Hessian, and about how exact it is.

    None if its slope is not 0, or if data that rounding alone tells from others led there: a line through equal x_i, for which
    there are many points, or a sigma that is 0. `apart`: were equations solved by elimination, which needs a pivot?
    """
    value, slant = whole.fun(x), whole.jac(x)
    if not (np.isfinite(x).all() and np.isfinite(value) and np.isfinite(slant).all()):
        return None
    bends = np.array(hessian(whole.unflat(x)), dtype=float)
    if not np.isfinite(bends).all():
        return None
    diagonal = np.abs(np.diag(bends))
    scale = 1 / np.sqrt(np.where(diagonal > 0, diagonal, np.max(diagonal, initial=0.0) or 1.0))
    values, vectors = np.linalg.eigh(bends * np.outer(scale, scale))
    told = np.abs(values) > FLAT * np.max(np.abs(values), initial=0.0)
    inverse = scale[:, None] * vectors[:, told] / values[told] @ (vectors[:, told].T * scale)
    if np.linalg.norm(inverse @ slant) > WRONG * np.linalg.norm(x) or (not told.any() and slant.any()):
        return None
    if apart and not told.all():
        return None
    near = EPS * (len(x) + 2) * (np.abs(bends) @ np.abs(x)) + np.abs(slant)
    errors = np.abs(inverse) @ near
    if any(np.any((errors > np.abs(x))[np.ravel(at).astype(int)]) for at in twins):
        return None
    if not all(np.isfinite(whole.fun(x + way * errors)) for way in (1, -1)):
        return None  # a variance that is 0 but for rounding
    eigenvalues = tuple(map(float, np.linalg.eigvalsh(bends)))
    point = StationaryPoint(
        whole.unflat(x),
        float(value),
        eigenvalues,
        float(np.linalg.norm(slant)),
        inertia(bends),
        hessian=tuple(map(tuple, bends.tolist())),
    )
    return point, float(np.linalg.norm(errors))


__all__ = ["Estimated", "described", "estimated", "solved_program"]
