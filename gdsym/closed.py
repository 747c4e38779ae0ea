"""Where the gradient H theta - c of a quadratic cost is 0: one point, a line of points or none, and how exact its numbers are."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from gdsym.critical import _short, _tex
from gdsym.curvature import EPS, without_noise
from gdsym.gradient import Hessian
from gdsym.named import put_in
from gdsym.normal import NormalEquations
from gdsym.record import changed, record
from gdsym.stationary import StationaryPoint
from gdsym.writing.latex import latex
from gdsym.writing.names import latex_name
from gdsym.writing.text import text
from gdsym.written.nodes import Node

Array = npt.NDArray[np.float64]
Gradient = Callable[[Array], Array]
FLAT = 1e-12  # an eigenvalue below this part of the largest counts as 0, in parameters scaled to the same curvature
REFINED = 8  # times that a solution is improved at most
CLEAR = 3  # times what rounding makes at most: a slope that is not 0
WELL = 0.1  # relative: an error with which a solution is one
NONE = 1e-2  # relative: a slope along directions of no curvature that only a cost without a lower bound has
AGREES = 1e-8  # relative: a gradient and what the Hessian foretells of it


@record
class Solved:
    """H x = c: the shortest solution (None: there is none), directions along which H is 0, and what was measured there.

    `slope` is the gradient's norm at x, `rounding` about what rounding alone makes of it, `error` what both make of x.
    `inertia` counts the eigenvalues of H below, at and above 0. `known`: do the digits of H tell all this? `sharp`: is
    what counts as 0 no more than rounding?
    """

    point: Array | None
    directions: Array  # orthonormal rows
    slope: float
    rounding: float
    error: float
    inertia: tuple[int, int, int]
    known: bool = True
    sharp: bool = True


def solved(hessian: Array, gradient: Gradient, value: float = 0.0) -> Solved | None:
    """The zeros of a gradient with this constant Hessian; None if the Hessian does not foretell the gradient.

    Small eigenvalues count as 0 if the slope vanishes with them; else they are used if they are above rounding and make
    it vanish. A slope that is left is large where the cost has no lower bound, and small where H lacks the digits: of a
    sum of squares |A x - y|^2/2, whose `value` at 0 is |y|^2/2, A'y has at most the part sqrt(lambda) |y| along an
    eigenvector, and is summed with an error of EPS |A_i| |y|.
    """
    size = len(hessian)
    c = -gradient(np.zeros(size))
    trial = np.random.default_rng(0).normal(size=size)
    lengths = np.linalg.norm(hessian) * np.linalg.norm(trial) + np.linalg.norm(c)
    if not np.linalg.norm(gradient(trial) - (hessian @ trial - c)) <= AGREES * lengths < math.inf:
        return None
    eigen = _Eigen(hessian, c, value if math.isfinite(value) else 0.0)
    first, left = eigen.solved(FLAT, gradient)
    if first.slope <= CLEAR * first.rounding or not len(first.directions):
        return first
    finer, _ = eigen.solved(eigen.least, gradient)
    size_found = 0.0 if finer.point is None else float(np.linalg.norm(finer.point))
    if finer.slope <= CLEAR * finer.rounding and finer.error <= WELL * size_found:
        return finer
    return changed(first, point=None, known=left > NONE)


class _Eigen:
    """Eigenvalues of H in parameters scaled to the same curvature, and what follows if small ones count as 0."""

    def __init__(self, hessian: Array, constant: Array, value: float) -> None:
        self.hessian, self.constant, self.size = hessian, constant, len(hessian)
        self.squares = np.sqrt(2 * abs(value) * np.abs(np.diag(hessian)))  # |A_i| |y|: what the constant is a sum of
        bends = np.abs(np.diag(hessian))
        self.scale = 1 / np.sqrt(np.where(bends > 0, bends, np.max(bends, initial=0.0) or 1.0))
        self.values, self.vectors = np.linalg.eigh(hessian * np.outer(self.scale, self.scale))
        self.least = EPS * (self.size + 2)  # relative to the largest: rounding

    def solved(self, flat: float, gradient: Gradient) -> tuple[Solved, float]:
        """The point to which Newton's steps lead, along all eigenvectors whose eigenvalue is not 0; the slope along the others."""
        size, scale, sizes = self.size, self.scale, np.abs(self.values)
        told = sizes > flat * np.max(sizes)
        vectors, signs = self.vectors[:, told], self.values[told]  # congruent matrices have the same signs
        inverse = scale[:, None] * vectors / signs @ (vectors.T * scale)
        directions = np.linalg.qr(scale[:, None] * self.vectors[:, ~told])[0].T
        directions[np.abs(directions) < FLAT] = 0.0
        x, left = _refined(inverse, directions, gradient, size)
        bent = np.abs(self.hessian) @ np.abs(x)
        tidy = without_noise(x, inverse, EPS * (size + 2) * (bent + np.abs(self.constant)) + np.abs(left))
        if (tidy != x).any():
            x, left = tidy, gradient(tidy)
        whole = bent + np.abs(self.constant) + self.squares
        near = EPS * (size + 2) * whole
        slope, rounding = float(np.linalg.norm(left)), float(np.linalg.norm(near))
        error = float(np.linalg.norm(np.abs(inverse) @ (near + np.abs(left))))
        inertia = int((signs < 0).sum()), len(directions), int((signs > 0).sum())
        sharp = not (sizes[~told] > self.least * np.max(sizes)).any()
        along = np.linalg.norm(self.vectors[:, ~told].T @ (scale * left)) / (np.linalg.norm(scale * whole) or 1.0)
        return Solved(x, directions, slope, rounding, error, inertia, sharp=sharp), float(along)


def _refined(inverse: Array, directions: Array, gradient: Gradient, size: int) -> tuple[Array, Array]:
    """Newton's steps as long as the gradient falls, and what is left of it; nothing along directions that do not matter."""
    x = np.zeros(size)
    g = gradient(x)
    for _ in range(REFINED):
        new = x - inverse @ g
        new -= directions.T @ (directions @ new)
        slant = gradient(new)
        if not np.linalg.norm(slant) < np.linalg.norm(g):
            break
        x, g = new, slant
    return x, g


@record
class ClosedForm:
    """H theta = c for all parameters of a quadratic cost together, and its solution for the data.

    `params` is the solution (the shortest, where there are many; None where there is none), `kind` what it is, `rank`
    that of H, `directions` the ways along which the slope stays 0. `blocks` are the derived entries of H and c.
    """

    name: str
    letters: tuple[Node, ...]
    blocks: tuple[tuple[str, str, Node], ...]  # what it is, as text and in LaTeX, and its formula
    params: Mapping[Any, Any] | None
    found: StationaryPoint | None
    directions: tuple[Mapping[Any, Any], ...]
    size: int
    slope: float
    rounding: float
    error: float  # about how far the numbers of `params` are from the true ones
    known: bool = True  # do the digits of H tell rank and kind?
    sharp: bool = True  # is what counts as 0 no more than rounding?

    @property
    def rank(self) -> int:
        """Of H."""
        return self.size - len(self.directions)

    @property
    def kind(self) -> str:
        """Minimum, line of minima, saddle ...; `none` where no point has slope 0, `not known` where H lacks the digits."""
        return self.found.kind if self.found else "none" if self.known else "not known"

    def text(self) -> str:
        """The blocks of H and c as they were derived, the solution, and the gradient at it."""
        letters = ", ".join(map(text, self.letters))
        lines = [f"{self.name}({letters}) is quadratic: its gradient is H θ - c, which is 0 where H θ = c"]
        lines += [f"  {said} = {text(node)}" for said, _, node in self.blocks]
        return "\n".join([*lines, f"  {self._count()}", *(f"  {line}" for line in self._solution())])

    def _count(self) -> str:
        rank = f"H has rank {self.rank} of {self.size}{' to 12 digits' * (not self.sharp or not self.known)}"
        if not self.known:
            return (
                f"{rank}, and along {self._ways()} these digits do not tell whether it is 0: a slope of {self.slope:.2g} is left, "
                f"and rounding makes {self.rounding:.2g}. Centre and scale the data"
            )
        if self.found is None:
            return f"{rank}, and along {self._ways()} H is 0 but c is not: no point has slope 0, the cost has no lower bound"
        if not self.directions:
            return f"{rank}: one solution, θ = H⁻¹ c, a {self.kind}"
        return f"{rank}: a {self.kind}, along {self._ways()}; below is the shortest"

    def _ways(self) -> str:
        shown = self.directions[:2]
        said = [", ".join(f"{text(p)} = {_short(v)}" for p, v in self._pairs(way)) for way in shown]
        more = [f"{len(self.directions) - 2} more"] if len(self.directions) > 2 else []
        return " and ".join([*(f"({s})" for s in said), *more])

    def _pairs(self, values: Mapping[Any, Any]) -> Sequence[tuple[Node, Any]]:
        return list(zip(self.letters, values.values(), strict=True))

    def _solution(self) -> list[str]:
        if self.params is None:
            return []
        at = ", ".join(f"{text(p)} = {_short(v)}" for p, v in self._pairs(self.params))
        made = f"the gradient there has the length {self.slope:.2g}; rounding alone makes about {self.rounding:.2g}"
        return [at, f"{made}, so the numbers are right to about {self.error:.1g}"]

    def latex(self) -> str:
        r"""The same as one `\begin{aligned}` block; needs amsmath."""
        rows = [rf"H\theta &= c,\quad \nabla {latex_name(self.name)} = H\theta - c"]
        rows += [rf"{said} &= {latex(node)}" for _, said, node in self.blocks]
        if self.params is not None:
            rows += [rf"{latex(p)} &= {_tex(v)}" for p, v in self._pairs(self.params)]
        return "\\begin{aligned}\n" + " \\\\\n".join(rows) + "\n\\end{aligned}"

    def __str__(self) -> str:
        return self.text()

    __repr__ = __str__

    def _repr_latex_(self) -> str:
        return f"$${self.latex()}$$"


def closed_form(
    name: str,
    params: Sequence[Node],
    hessian: Hessian,
    equations: NormalEquations | None,
    solution: tuple[Solved, StationaryPoint | None, Callable[[Any], dict[Any, Any]]],
) -> ClosedForm:
    """The derived blocks with the solution for the data."""
    found, point, unflat = solution
    blocks = []
    for at, p in enumerate(params):
        for q in params[at:]:
            d = hessian[p.to_sympy(), q.to_sympy()]
            if not d.check:
                continue
            blocks.append(_second_block(name, d.variables, put_in(d.written, d.where)))
    for e in equations or ():
        blocks.append(_constant_block(name, *e.constant))
    ways = tuple(unflat(way) for way in found.directions)
    at_point = point.at if point else None
    size = found.directions.shape[1]
    measured = found.slope, found.rounding, found.error, found.known, found.sharp
    return ClosedForm(name, tuple(params), tuple(blocks), at_point, point, ways, size, *measured)


def _second_block(name: str, variables: Sequence[Node], node: Node) -> tuple[str, str, Node]:
    """An entry of H: the derived second derivative."""
    first, second = variables
    same = first == second
    under = f"∂{text(first)}²" if same else f"∂{text(first)}∂{text(second)}"
    below = rf"\partial {latex(first)}^{{2}}" if same else rf"\partial {latex(first)}\,\partial {latex(second)}"
    return f"∂²{name}/{under}", rf"\frac{{\partial^{{2}} {latex_name(name)}}}{{{below}}}", node


def _constant_block(name: str, letter: Node, node: Node) -> tuple[str, str, Node]:
    """An entry of c: minus the derivative where all parameters are 0."""
    tex = rf"-\left.\frac{{\partial {latex_name(name)}}}{{\partial {latex(letter)}}}\right|_{{0}}"
    return f"-∂{name}/∂{text(letter)} at 0", tex, node


__all__ = ["ClosedForm", "Solved", "closed_form", "solved"]
