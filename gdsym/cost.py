"""`Cost`, the front door: one expression, from which derivation, check, code and descent all come."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from gdsym.arrays import Compiled, compile_program
from gdsym.claims import Verdict, judge_claims
from gdsym.derivation import Derivation, derivation, put_in
from gdsym.door import variable
from gdsym.gradient import Gradient, Hessian, find
from gdsym.problem import Problem, problem
from gdsym.written.nodes import Base, Indexed, Node, Sym


class Cost:
    """A cost to be minimised: J(parameters), an expression over parameters and data.

    Args:
        expr: SymPy expression, text for `gd.read`, or written form. Sums over data are `Sum(..., (i, 1, m))`.
        params: Symbols and IndexedBases (or their names); None takes every free Symbol that is no limit of a sum.
        where: named parts, e.g. `{e[i]: w*x[i] + b - y[i]}`; they keep their names in steps and results.
        name: what the cost is called in print.

    Raises:
        CostError, DataError, ...: all `GdsymError`, before anything is derived.

    Example:
        >>> from sympy import symbols
        >>> import gdsym as gd
        >>> w = symbols("w")
        >>> gd.Cost((w - 3)**2, [w]).partial(w).result
        2*w - 6
    """

    def __init__(self, expr: Any, params: Any = None, *, where: Mapping[Any, Any] | None = None, name: str = "J") -> None:
        self._problem = problem(expr, params, where, name)
        self._partials: dict[Node, Derivation] = {}

    @property
    def problem(self) -> Problem:
        """The validated description."""
        return self._problem

    @property
    def expr(self) -> Any:
        """The cost as SymPy, named parts kept."""
        return self._problem.expr.to_sympy()

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
        return self._problem.name

    def partial(self, p: Any) -> Derivation:
        """The derivation of dJ/dp; p is a parameter (Symbol, IndexedBase, name) or an entry `w[k]`, `w[1]`."""
        var = variable(p, self._problem.params)
        find(var, self._problem.params)
        if var not in self._partials:
            self._partials[var] = self._derivation((var,))
        return self._partials[var]

    def _derivation(self, wrt: tuple[Node, ...]) -> Derivation:
        p = self._problem
        return derivation(p.expr, wrt, p.where, name=p.name, params=p.params)

    def gradient(self) -> Gradient:
        """One Derivation a parameter."""
        params = self._problem.params
        return Gradient(self.name, params, [self.partial(p) for p in params])

    def hessian(self) -> Hessian:
        """All second derivatives, each a Derivation, made when asked for."""
        return Hessian(self._problem.params, lambda p, q: self._derivation((p, q)))

    def __str__(self) -> str:
        from gdsym.export import text

        args = ", ".join(str(p) for p in self.params)
        return f"{self.name}({args}) = {text.formula(self._problem.expr)}"

    __repr__ = __str__

    def compile(self, *, backend: str = "numpy") -> Compiled:
        """Value and gradient as NumPy code, from the last lines of the derivations; checked against the written-out sum."""
        raise NotImplementedError

    def check(self, claims: Mapping[Any, Any]) -> Verdict:
        """Is a claimed gradient right? Right, right up to a factor, or wrong with a counterexample."""
        return judge_claims(self._problem, claims, self.partial)


__all__ = ["Base", "Callable", "Cost", "Indexed", "Sym", "cached_property", "compile_program", "put_in"]
