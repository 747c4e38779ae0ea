"""All partial derivatives of a cost, and all second ones: derivations side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from itertools import combinations_with_replacement
from typing import Any

import sympy

from gdsym import export
from gdsym.arguments import odd
from gdsym.derivation import Derivation
from gdsym.errors import CostError
from gdsym.reading.spelling import spelled
from gdsym.rules.laws import listed
from gdsym.step import Reason
from gdsym.together import Together, said
from gdsym.verify import agree
from gdsym.written.nodes import Base, Bound, Indexed, Node, Sym, replace, walk


class Gradient(Together):
    """One `Derivation` a parameter, in order. `grad[w]` picks one; `.expr` is the whole as SymPy.

    Example:
        >>> import gdsym as gd
        >>> gradient = gd.Cost("(w - 3)**2 + b**2", ["w", "b"]).gradient()
        >>> len(gradient), gradient["w"].result, gradient.expr
        (2, 2*w - 6, Matrix([
        [2*w - 6],
        [    2*b]]))
    """

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

    def _each(self) -> Iterator[Derivation]:
        return iter(self._partials)

    def _blocks(self, **how: Any) -> list[str]:
        """The gradient as a column, then each derivation."""
        return [self.column(), *super()._blocks(**how)]

    def column(self) -> str:
        r"""Nabla J as a `bmatrix` of symbols equal to a `bmatrix` of results."""
        from gdsym.export.short import short

        return export.latex.column(self._name, [short(d.page()) for d in self._partials])


class Hessian(Together):
    """Second derivatives; `hessian[p, q]` is the Derivation by p, then q; `.symmetric` says whether the order matters.

    Example:
        >>> import gdsym as gd
        >>> hessian = gd.Cost("w**2*b", ["w", "b"]).hessian()
        >>> hessian["w", "b"].result, hessian.symmetric
        (2*w, True)
    """

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
        """Do the mixed derivatives agree in either order, those by w_k and w_l of one array included? Judged for each pair, not assumed."""
        return all(self._agrees(p, q) for p, q in self._mixed())

    def _mixed(self) -> Iterator[tuple[Node, Node]]:
        """The pairs whose order might matter."""
        return ((p, q) for p, q in combinations_with_replacement(self._params, 2) if p != q or isinstance(p, Base))

    def _agrees(self, p: Node, q: Node) -> bool:
        one, other = self[p.to_sympy(), q.to_sympy()], self[q.to_sympy(), p.to_sympy()]
        letters: dict[Node, Node] = {}
        for mine, theirs in zip(one.page().wrt, reversed(other.page().wrt), strict=True):
            letters.update(zip(theirs.children[1:], mine.children[1:], strict=True))
        bound = {part.index for part in walk(other.written) if isinstance(part, Bound)}
        if not bound.isdisjoint(letters.values()):
            return False
        return bool(agree(one.written, replace(other.written, letters), where=one.where))

    @cached_property
    def _symmetry(self) -> Reason:
        """What is said of the symmetry, if there are mixed derivatives."""
        names = list(dict.fromkeys(p for pair in self._mixed() for p in pair))
        if not names:
            return ()
        order = "the same in either order" if self.symmetric else "not shown to be the same in both orders"
        if len(names) == 1:
            return ("The mixed derivatives by entries of ", *names, f" are {order}.")
        return ("The mixed derivatives by ", *listed(names), f" are {order}.")

    def _each(self) -> Iterator[Derivation]:
        return (self[p.to_sympy(), q.to_sympy()] for p in self._params for q in self._params)

    def _remark(self, form: str) -> list[str]:
        """Whether the mixed derivatives are the same in either order."""
        return said(self._symmetry, self[(self._params[0].to_sympy(),) * 2].page(), form) if self._symmetry else []

    def latex(self) -> str:  # type: ignore[override]  # one matrix has no levels of detail
        r"""The matrix of second derivatives as a `bmatrix` if all parameters are scalars, else an equation an entry.

        Below it stands whether the mixed derivatives by scalars were found to be the same in either order.
        """
        from gdsym.export.short import short

        pages = [[short(self[p.to_sympy(), q.to_sympy()].page()) for q in self._params] for p in self._params]
        whole = all(isinstance(p, Sym) for p in self._params)
        return export.latex.square(self._name, pages, whole, self._symmetry)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/plain": str(self), "text/latex": f"$${self.latex()}$$"}


def find(param: Any, params: Sequence[Node]) -> int:
    """The place of a parameter, given as symbol, entry, node or name."""
    if not isinstance(param, (str, sympy.Basic, Node)):
        raise odd(param, "The parameter", "give a symbol of this cost or its name")
    names = (param, spelled(param.split("[")[0])) if isinstance(param, str) else (getattr(param, "name", param),)
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
