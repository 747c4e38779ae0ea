"""All partial derivatives of a cost, and all second ones: derivations side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from itertools import combinations
from typing import Any

import sympy

from gdsym import export
from gdsym.derivation import Derivation
from gdsym.errors import CostError
from gdsym.reading.spelling import spelled
from gdsym.verify import agree
from gdsym.written.nodes import Base, Indexed, Node, Sym


class Gradient:
    """One `Derivation` a parameter, in order. `grad[w]` picks one; `.expr` is the whole as SymPy."""

    def __init__(self, name: str, params: Sequence[Node], partials: Sequence[Derivation]) -> None:
        self._name, self._params, self._partials = name, tuple(params), tuple(partials)

    def __len__(self) -> int:
        return len(self._partials)

    def __iter__(self) -> Iterator[Derivation]:
        return iter(self._partials)

    def __getitem__(self, param: Any) -> Derivation:
        return self._partials[find(param, self._params)]

    @cached_property
    def expr(self) -> Any:
        """A column (ImmutableMatrix) if all parameters are scalars, else a dict {parameter: expression in its entry}."""
        results = [d.result for d in self._partials]
        if all(isinstance(p, Sym) for p in self._params):
            return sympy.ImmutableMatrix(results)
        return dict(zip((p.to_sympy() for p in self._params), results, strict=True))

    def latex(self, **how: Any) -> str:
        r"""The gradient as a column, then each derivation, in one `\begin{aligned}` block each."""
        return "\n\n".join([self.column(), *(d.latex(**how) for d in self._partials)])

    def column(self) -> str:
        r"""Nabla J as a `bmatrix` of symbols equal to a `bmatrix` of results."""
        from gdsym.export.short import short

        return export.latex.column(self._name, [short(d.page()) for d in self._partials])

    def text(self, **how: Any) -> str:
        return "\n\n".join(d.text(**how) for d in self._partials)

    def markdown(self, **how: Any) -> str:
        return "\n\n".join(d.markdown(**how) for d in self._partials)

    def html(self, **how: Any) -> str:
        return "\n".join(d.html(**how) for d in self._partials)

    def __str__(self) -> str:
        return "\n\n".join(map(str, self._partials))

    __repr__ = __str__

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        blocks = [self.column(), *(d.latex() for d in self._partials)]
        return {"text/plain": self.text(), "text/latex": "\n\n".join(f"$${block}$$" for block in blocks)}


class Hessian:
    """Second derivatives; `hessian[p, q]` is the Derivation by p, then q (symmetric where both are continuous)."""

    def __init__(self, name: str, params: Sequence[Node], second: Callable[[Node, Node], Derivation]) -> None:
        self._name, self._params, self._second = name, tuple(params), second
        self._done: dict[tuple[int, int], Derivation] = {}

    def __len__(self) -> int:
        return len(self._params)

    def __getitem__(self, pair: tuple[Any, Any]) -> Derivation:
        if not isinstance(pair, tuple) or len(pair) != 2:
            raise CostError("A Hessian entry has two parameters: hessian[w, b].")
        at = (find(pair[0], self._params), find(pair[1], self._params))
        if at not in self._done:
            self._done[at] = self._second(self._params[at[0]], self._params[at[1]])
        return self._done[at]

    @cached_property
    def expr(self) -> Any:
        """The matrix of second derivatives (ImmutableMatrix) if all parameters are scalars, else a dict by pairs."""
        pairs = [(p.to_sympy(), q.to_sympy()) for p in self._params for q in self._params]
        if all(isinstance(p, Sym) for p in self._params):
            return sympy.ImmutableMatrix(len(self), len(self), [self[pair].result for pair in pairs])
        return {pair: self[pair].result for pair in pairs}

    @cached_property
    def symmetric(self) -> bool:
        """Do the mixed derivatives of scalar parameters agree in either order? Judged for each pair, not assumed."""
        scalars = [p for p in self._params if isinstance(p, Sym)]
        pairs = [(p.to_sympy(), q.to_sympy()) for p, q in combinations(scalars, 2)]
        return all(bool(agree(self[p, q].written, self[q, p].written, where=self[p, q].where)) for p, q in pairs)

    def _symmetry(self) -> Iterator[str]:
        """What is said of the symmetry, if there are mixed derivatives of scalars."""
        names = [p.name for p in self._params if isinstance(p, Sym)]
        if len(names) > 1:
            order = "the same in either order" if self.symmetric else "not shown to be the same in both orders"
            yield f"The mixed derivatives by {', '.join(names[:-1])} and {names[-1]} are {order}."

    def __str__(self) -> str:
        entries = (str(self[p.to_sympy(), q.to_sympy()]) for p in self._params for q in self._params)
        return "\n\n".join((*entries, *self._symmetry()))

    __repr__ = __str__

    def latex(self) -> str:
        r"""The matrix of second derivatives as a `bmatrix` if all parameters are scalars, else an equation an entry."""
        from gdsym.export.short import short

        pages = [[short(self[p.to_sympy(), q.to_sympy()].page()) for q in self._params] for p in self._params]
        return export.latex.square(self._name, pages, all(isinstance(p, Sym) for p in self._params))

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/plain": str(self), "text/latex": f"$${self.latex()}$$"}


def find(param: Any, params: Sequence[Node]) -> int:
    """The place of a parameter, given as symbol, entry, node or name."""
    names = (param, spelled(param.split("[")[0])) if isinstance(param, str) else (str(param),)
    for at, known in enumerate(params):
        if param == known or param == known.to_sympy() or getattr(known, "name", None) in names:
            return at
        if isinstance(known, Base) and (
            (isinstance(param, sympy.Indexed) and param.base == known.base)
            or (isinstance(param, Indexed) and param.base == known)
        ):
            return at
    listed = ", ".join(str(p.to_sympy()) for p in params)
    asked = param.to_sympy() if isinstance(param, Node) else param
    raise CostError(f"{str(asked)[:80]} is no parameter of this cost; its parameters are {listed}.")
