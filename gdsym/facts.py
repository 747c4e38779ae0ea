"""The numbers behind an insight: a cost's Hessian, minimiser and points of slope 0 for given data, chunked ones too."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

import numpy as np
import sympy

from gdsym.arguments import mapping
from gdsym.arrays import BoundCost, Program, bind_params
from gdsym.arrays.compiled import own_key
from gdsym.arrays.layout import param_shapes
from gdsym.arrays.second import SecondDerivatives
from gdsym.backends import Engine, engine
from gdsym.errors import CostError, DataError
from gdsym.problem import Problem, has_kinks
from gdsym.record import changed
from gdsym.written.nodes import Base, Indexed, Node

if TYPE_CHECKING:
    from gdsym.closed import Solved
    from gdsym.convexity import Span
    from gdsym.critical import CriticalPoints
    from gdsym.estimating import Estimated
    from gdsym.insight import Insight
    from gdsym.stationary import StationaryPoint

Data = Mapping[Any, Any] | None


def _as_found(points: CriticalPoints) -> CriticalPoints:
    """The search that was made already (a function by name, so that an insight can be pickled)."""
    return points


def _engine_of(data: Data) -> Engine:
    """Dask's if an array is chunked: then sums over its chunks are computed, and nothing is fetched as a whole."""
    values = () if data is None else mapping(data, "data", "give a dict {x: numbers}").values()
    return engine("dask" if any(hasattr(v, "dask") and hasattr(v, "chunks") for v in values) else "numpy")


class Facts:
    """What is found out about a cost at these data; each when it is first asked for."""

    def __init__(
        self, problem: Problem, program: Program, second: Callable[[], SecondDerivatives], quadratic: bool, data: Data
    ) -> None:
        self._problem, self._program, self._second = problem, program, second
        self.quadratic, self._data = quadratic, data
        self._engine = _engine_of(data)

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickled without what has been found out."""
        return Facts, (self._problem, self._program, self._second, self.quadratic, self._data)

    @cached_property
    def _whole(self) -> BoundCost:
        """Cost and gradient as functions of one flat vector."""
        return self._engine.compiled(self._program).bind(self._data)

    def insight(self, at: Mapping[Any, Any] | None) -> Insight:
        """The Hessian at a point (anywhere, if it is constant) and what follows.

        Without data, or without a point where one is needed, what does not need them; the rest says what is missing.
        """
        from gdsym.insight import insight, without_numbers

        at = None if at is None else mapping(at, "at", "give a dict {parameter: number}")
        rules, kinks, searched = self._convex_by_rules(), has_kinks(self._problem.expanded, self._problem.params), None
        try:
            if at is None and self.quadratic:
                at = self._zeros
            elif at is None:
                searched = self._points()
                lowest = _lowest(searched)
                at = lowest.at
        except (CostError, DataError) as missing:
            if self._data and isinstance(missing, DataError):
                raise
            return without_numbers(missing, self.quadratic, rules, kinks, self._supposed)
        hessian = np.array(lowest.hessian) if searched else self._hessian(at)
        if not self.quadratic:
            self._refuse_outside(at)
        minimiser = self._minimiser(hessian, at) if self.quadratic else None
        found = self.critical_points if searched is None else partial(_as_found, searched)
        return insight(hessian, self.quadratic, at, minimiser, rules, kinks, searched, found)

    def _refuse_outside(self, at: Mapping[Any, Any]) -> None:
        cost = self._whole.fun(self._whole.flat(at))
        if not math.isfinite(cost):
            like = ", ".join(f"{p.to_sympy()}: ..." for p in self._problem.params[:3])
            raise DataError(f"{self._problem.name} has no value at this point; choose another: at={{{like}}}.")

    def _hessian(self, at: Mapping[Any, Any]) -> Any:
        bound = self._engine.bind(self._program, self._data, at)
        return self._second().of_bound(bind_params(self._program, at, bound), bound, self._engine.gather)

    @cached_property
    def _zeros(self) -> dict[Any, Any]:
        bound = self._engine.bind(self._program, self._data, None)
        return {own_key(p): np.zeros(shape) if p.ndim else 0.0 for p, shape in param_shapes(self._program, bound)}

    def _points(self) -> CriticalPoints:
        """All points of slope zero; an error that asks for a point if they are not known."""
        points = self.critical_points()
        if not points:
            name, first = self._problem.name, self._problem.params[0].to_sympy()
            raise CostError(f"The curvature of {name} depends on the parameters: say where, at={{{first}: ...}}.")
        return points

    def _minimiser(self, hessian: Any, at: Mapping[Any, Any]) -> dict[Any, Any] | None:
        """theta* = theta - H^-1 g(theta): the normal equations of a quadratic cost."""
        from gdsym.curvature import quadratic_minimiser

        found = quadratic_minimiser(hessian, self._whole.jac, self._whole.flat(at))
        return None if found is None else self._whole.unflat(found)

    @cached_property
    def _spans(self) -> dict[Node, Span]:
        """The least and the greatest entry of what is given; every size is at least 1."""
        bound = self._engine.bind(self._program, self._data, None) if self._data else {}
        spans: dict[Node, Span] = {i.node: (1.0, math.inf) for i in self._program.sizes}
        given = [i for i in self._program.inputs if i.kind != "size" and i.name in bound]
        ends = self._engine.gather([end for i in given for end in _ends(bound[i.name])])
        for place, i in enumerate(given):
            spans[i.node] = (float(ends[2 * place]), float(ends[2 * place + 1]))
        return spans

    def _convex_by_rules(self) -> str | None:
        from gdsym.convexity import convex_by_rules

        return convex_by_rules(self._problem.expanded, self._problem.params, self._spans)

    def _supposed(self) -> tuple[str, tuple[str, ...]] | None:
        """With which signs of what is not given the rules show it to be convex."""
        from gdsym.convexity import convex_if

        unknown = [i.node for i in self._program.data if i.node not in self._spans]
        return convex_if(self._problem.expanded, self._problem.params, self._spans, unknown)

    def critical_points(self) -> CriticalPoints | None:
        """Of a polynomial in plain parameters, plain data put in as exact numbers; with arrays, of a quadratic cost."""
        from gdsym.critical import CriticalPoints
        from gdsym.stationary import stationary_points

        if any(i.ndim or i.kind == "size" for i in self._program.inputs):
            return self._quadratic_points() if self.quadratic else self._estimated_points()
        bound = self._engine.bind(self._program, self._data, None)
        numbers = {own_key(i): sympy.Rational(bound[i.name]) for i in self._program.data}
        slopes = [s if isinstance(s, Node) else s[1] for s in self._program.slopes]
        try:
            cost, *partials = (node.to_sympy().xreplace(numbers) for node in (self._problem.expanded, *slopes))
        except ValueError:  # SymPy compares nothing that is not real: max(log c, w) at c < 0
            return None
        found = stationary_points(cost, partials, [own_key(p) for p in self._program.params])
        if found is None:
            return self._quadratic_points() if self.quadratic else self._estimated_points()
        if any(p.inertia[1] for p in found) and self._convex_by_rules() is not None:
            found = tuple(changed(p, convex=True) for p in found)
        return CriticalPoints(found, self._problem.name, self._problem.params, slopes)

    def closed(self) -> tuple[Solved, StationaryPoint | None, Callable[[Any], dict[Any, Any]]] | None:
        """Where the gradient of a quadratic cost is 0, the point described, and how a vector becomes parameters."""
        from gdsym.closed import solved
        from gdsym.stationary import StationaryPoint

        hessian, whole = self._hessian(self._zeros), self._whole
        found = (
            solved(hessian, whole.jac, float(whole.fun(np.zeros(len(hessian))))) if np.isfinite(hessian).all() else None
        )
        if found is None:
            return None
        eigenvalues, x = tuple(map(float, np.linalg.eigvalsh(hessian))), found.point
        point = None
        if x is not None:
            point = StationaryPoint(whole.unflat(x), whole.fun(x), eigenvalues, found.slope, found.inertia, level=True)
        return found, point, whole.unflat

    def _quadratic_points(self) -> CriticalPoints | None:
        """The point, or a line of points, where the slope of a quadratic cost is 0."""
        from gdsym.critical import only_point

        found = self.closed()
        return only_point(found[1], self._called) if found is not None and found[0].known else None

    @property
    def _called(self) -> tuple[str, list[Node], list[Node]]:
        """The cost's name, what it is derived by (`v[k]` for an array), its partials."""
        slopes = [((), s) if isinstance(s, Node) else s for s in self._program.slopes]
        letters: list[Node] = [
            Indexed(p, *k) if isinstance(p, Base) and k else p
            for p, (k, _) in zip(self._problem.params, slopes, strict=True)
        ]
        return self._problem.name, letters, [node for _, node in slopes]

    @cached_property
    def estimated(self) -> Estimated | None:
        """The points of slope 0 in closed form of a cost that is not quadratic."""
        from gdsym.estimating import estimated, solved_program

        if has_kinks(self._problem.expanded, self._problem.params):  # a slope of 0 says nothing of jumps
            return None
        _, letters, slopes = self._called
        made = solved_program(self._problem.expanded, self._problem.params, letters, slopes)
        if made is None:
            return None
        solutions = self._engine.compiled(made[0]).bind(self._data)
        ones = {key: np.ones(np.shape(value)) if np.ndim(value) else 1.0 for key, value in self._zeros.items()}
        return estimated(solutions, made[1], self._whole, self._hessian, self._whole.flat(ones))

    def described(self, at: Mapping[Any, Any]) -> tuple[StationaryPoint, float] | None:
        """The point with its Hessian, if the slope there is 0 but for rounding, and about how exact it is."""
        from gdsym.estimating import described

        return described(self._whole.flat(at), self._whole, self._hessian, (), apart=True)

    def _estimated_points(self) -> CriticalPoints | None:
        from gdsym.critical import CriticalPoints

        found = self.estimated
        return None if found is None else CriticalPoints(found.points, *self._called)


def _lowest(points: CriticalPoints) -> StationaryPoint:
    """The lowest minimum; the lowest point of slope zero if none is a minimum."""
    return next((point for point in points if point.kind == "minimum"), points[0])


def _ends(values: Any) -> tuple[Any, Any]:
    """The least and the largest entry; lazy, if the array is."""
    return (values.min(), values.max()) if np.ndim(values) else (values, values)
