"""`Cost`, the front door: one expression, from which derivation, check, code and descent all come."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from gdsym import export
from gdsym.arrays import Compiled, Program
from gdsym.backends import engine
from gdsym.derivation import Derivation, derivation
from gdsym.door import variable
from gdsym.gradient import Gradient, Hessian, find
from gdsym.index_form import in_index_form
from gdsym.keywords import known_keywords
from gdsym.memory import Memory
from gdsym.problem import Problem, problem
from gdsym.record import ReadOnly, changed
from gdsym.slopes import program_of_cost
from gdsym.written.nodes import Node

if TYPE_CHECKING:
    from gdsym.closed import ClosedForm
    from gdsym.concentrated import Concentrated
    from gdsym.descent import Descent
    from gdsym.estimates import Estimates
    from gdsym.insight import Insight
    from gdsym.normal import NormalEquations
    from gdsym.numeric import Numbers
    from gdsym.verdict import Verdict


class Cost(ReadOnly):
    """A cost to be minimised: J(parameters), an expression over parameters and data.

    Args:
        expr: SymPy expression, text for `gd.read`, or written form. Sums over data are `Sum(..., (i, 1, m))`.
        params: Symbols, IndexedBases and MatrixSymbols (or their names); None takes every free Symbol that is no limit of a sum.
        where: named parts, e.g. `{e[i]: w*x[i] + b - y[i]}`; they keep their names in steps and results.
        name: what the cost is called in print; where J is a letter of its own, another one is taken.

    Raises:
        CostError, DataError, ...: all `GdsymError`, before anything is derived.

    Example:
        >>> from sympy.abc import w
        >>> import gdsym as gd
        >>> gd.Cost((w - 3)**2, [w]).partial(w).result
        2*w - 6
    """

    @known_keywords
    def __init__(
        self, expr: Any, params: Any = None, *, where: Mapping[Any, Any] | None = None, name: str = "J"
    ) -> None:
        self._problem = problem(expr, params, where, name)
        self._partials: dict[Node, Derivation] = {}
        self._memory = Memory()

    @property
    def problem(self) -> Problem:
        """The validated description."""
        return self._problem

    @property
    def expr(self) -> Any:
        """The cost as SymPy, named parts kept."""
        return (self._problem.asked or self._problem.expr).to_sympy()

    @property
    def params(self) -> tuple[Any, ...]:
        """The parameters, in order, as the caller's own symbols."""
        return tuple(p.to_sympy() for p in self._problem.params)

    @property
    def where(self) -> dict[Any, Any]:
        """The named parts."""
        return {key.to_sympy(): meaning.to_sympy() for key, meaning in self._problem.where.items()}

    @property
    def name(self) -> str:
        """The letter of the cost, J unless another was given."""
        return self._problem.name

    @known_keywords
    def partial(self, p: Any) -> Derivation:
        """The derivation of dJ/dp, step by step.

        Args:
            p: a parameter (Symbol, IndexedBase, name) or an entry `w[k]`, `w[1]`.

        Raises:
            CostError: p is no parameter. Unsupported: no rule and no closed form exists for a part of the cost.

        Example:
            >>> Cost("(w*x - y)**2", ["w"]).partial("w").result
            2*x*(w*x - y)
        """
        var = variable(p, self._problem.params)
        find(var, self._problem.params)
        if var not in self._partials:
            self._partials[var] = self._derivation((var,))
        return self._partials[var]

    def _derivation(self, wrt: tuple[Node, ...]) -> Derivation:
        p = self._problem
        return derivation(
            p.expr, wrt, p.where, name=p.name, params=p.params, asked=p.asked or p.expr, memory=self._memory
        )

    @known_keywords
    def gradient(self) -> Gradient:
        """One Derivation a parameter."""
        params = self._problem.params
        return Gradient(self.name, params, [self.partial(p) for p in params])

    def hessian(self) -> Hessian:
        """All second derivatives, each a Derivation, made when asked for."""
        return Hessian(self.name, self._problem.params, self._second)

    def _second(self, p: Node, q: Node) -> Derivation:
        return self._derivation((p, q))

    def __reduce__(self) -> tuple[Any, ...]:
        """It is pickled as what it was made of; what was derived is derived again when it is asked for."""
        return Cost._of, (self._problem,)

    def __str__(self) -> str:
        return export.text.defined(self.name, self._problem.params, self._problem.expr, self._problem.where)

    __repr__ = __str__

    def latex(self) -> str:
        r"""`J(w, b) = ...`, named parts in lines of their own; a math-mode body."""
        return export.latex.defined(self.name, self._problem.params, self._problem.expr, self._problem.where)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/plain": str(self), "text/latex": f"$${self.latex()}$$"}

    def sample(self, letter: Any) -> Cost:
        """The cost of the one sample `letter`: the mean of these over all samples is the whole cost.

        Sums over the samples become m times one term, so 1/m cancels; terms without the sample index stay.

        Args:
            letter: the index of the sample, a Symbol or its name.

        Raises:
            CostError: the cost has no sum over samples, or the letter stands in it already.

        Example:
            >>> Cost("Sum((w*x[i] - y[i])**2, (i, 1, m))/m", ["w"]).sample("k").expr
            (w*x[k] - y[k])**2
        """
        from gdsym.samples import one_sample

        return Cost._of(one_sample(self._problem, letter))

    @classmethod
    def _of(cls, p: Problem) -> Cost:
        """A cost from a description that has passed the door."""
        cost = cls.__new__(cls)
        cost._problem, cost._partials, cost._memory = p, {}, Memory()
        return cost

    def compile(self, *, backend: str = "numpy") -> Compiled:
        """Value and gradient as NumPy code (or Numba's, JAX's, Dask's), from the last lines of the derivations.

        The code is compared with the written-out sums at tiny sizes before it is handed out; `.source` shows it.

        Raises:
            CostError: the backend is not known or not installed. Unsupported: a part of the cost has no NumPy form.

        Example:
            >>> Cost("(w - 3)**2", ["w"]).compile().value({"w": 1})
            4.0
        """
        return engine(backend).compiled(self._program)

    @cached_property
    def _in_indices(self) -> Cost:
        """This cost; one with matrices as sums over their entries, which are derived again."""
        p = in_index_form(self._problem)
        return self if p is self._problem else Cost._of(p)

    @cached_property
    def _program(self) -> Program:
        """Value and gradient."""
        cost = self._in_indices
        return program_of_cost(cost._problem, cost.partial, self._problem, self.partial)

    @cached_property
    def _numeric(self) -> Numbers:
        from gdsym.numeric import Numbers

        return Numbers(self._in_indices._problem, self._program)

    @known_keywords
    def descend(
        self,
        start: Mapping[Any, Any] | None = None,
        data: Mapping[Any, Any] | None = None,
        *,
        learning_rate: Any = 0.01,
        update: Any = None,
        batch: int | None = None,
        rng: Any = None,
        maxiter: int = 1000,
        gtol: float = 1e-6,
        xtol: float = 0.0,
        ftol: float = 0.0,
        callback: Callable[[int, Any], Any] | None = None,
        progress: bool = False,
        backend: str = "numpy",
        hoist: bool = True,
        keep_every: int = 1,
        resume: Descent | None = None,
    ) -> Descent:
        """`theta <- theta - alpha dJ/dtheta`, all parameters at once, until a test says stop.

        Args:
            start: the parameters' first values, by symbol or name; may be left out with `resume`.
            data: arrays and plain numbers by symbol or name; sizes are read off the arrays.
            learning_rate: alpha > 0; a formula in k (the step, from 0), as SymPy or text; a callable f(k); or a dict by parameter.
            update: an update rule, `gd.GradientDescent()` if left out.
            batch: samples in a mini-batch (1 is stochastic descent); None takes all. `rng`: Generator or seed.
            maxiter: most updates. Stops at gtol: 2-norm of the gradient; xtol: relative step; ftol: relative change of J (0: never).
            callback: called as callback(k, params) for every row k = 0, 1, ...; True stops.
            progress: show a bar (extra `examples`). keep_every: keep every n-th row of the history.
            resume: a run to go on with from its last row, which takes the place of `start`; say rate and rule again.
            backend: "numpy", or an extra: "numba" (the loop as machine code), "jax", "dask" (data in chunks).
            hoist: read the data of a cost quadratic in the parameters now and then only; False: in every step.

        Returns:
            A `Descent`: params, fun, status, message, history, explain(k), source.

        Raises:
            DataError, DescentError: before the first step. What goes wrong later is a status with its history.

        Example:
            >>> run = Cost("(w - 3)**2", ["w"]).descend({"w": 0}, learning_rate=0.5)
            >>> run.params["w"], run.nit
            (3.0, 1)
        """
        from gdsym.descent import Asked, Settings

        settings = Settings(maxiter=maxiter, gtol=gtol, xtol=xtol, ftol=ftol, keep_every=keep_every)
        asked = Asked(settings, learning_rate, update, rng, callback, progress, resume, hoist)
        return self._numeric.descend(start, data, asked, batch, engine(backend))

    def insight(self, data: Mapping[Any, Any] | None = None, at: Mapping[Any, Any] | None = None) -> Insight:
        """Curvature at a point and what it says of learning rates: eigenvalues, 2/lambda_max, best rate, condition.

        Args:
            data: as for `descend`; of chunked (Dask) arrays only sums are computed. Without data, what needs no numbers.
            at: the parameters; may be left out if the cost is quadratic (the Hessian is the same everywhere), or if all
                points of slope zero can be found: then the lowest minimum is taken. Else its numbers say what is missing.

        Returns:
            An `Insight`; `.minimiser` is the minimum in numbers of a quadratic cost that curves upwards everywhere,
            `.normal_equations` how it is derived, `.critical_points` are all points of slope zero of a polynomial in a
            few plain parameters, of a quadratic cost or a likelihood with a `.closed_form`: formulas and numbers of that point.

        Example:
            >>> Cost("(w - 3)**2", ["w"]).insight().max_rate
            1.0
        """
        found = self._numeric.facts(data).insight(at)
        return changed(found, find_normal=self._normal_equations, find_closed=partial(self._closed_form, data))

    def _normal_equations(self) -> NormalEquations | None:
        from gdsym.estimates import equations_of

        params = self._problem.params
        return equations_of(self.name, params, [self.partial(p) for p in params], self._numeric.quadratic)

    def _closed_form(self, data: Mapping[Any, Any] | None) -> ClosedForm | Estimates | Concentrated | None:
        from gdsym.concentrated import form_of

        part = partial(Cost, self.expr, where=self.where, name=self.name)
        return form_of(self, self._numeric.facts(data), self._normal_equations, part, data)

    @known_keywords
    def check(self, claims: Mapping[Any, Any] | str) -> Verdict:
        """Is a claimed gradient right? Right, right up to a factor, or wrong with a counterexample.

        Args:
            claims: {parameter: claimed partial derivative}, SymPy, or text in its notation, or NumPy's (also code with loops and functions), never run; or code alone that ends with `return dw, db`, or a dict.

        Returns:
            A `Verdict`; `.parts` has one a parameter.

        Example:
            >>> Cost("(w*x - y)**2", ["w"]).check({"w": "(w*x - y)*x"}).factor
            1/2
        """
        from gdsym.claims import judge_claims

        return judge_claims(self._problem, claims, self.partial)
