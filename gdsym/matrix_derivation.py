"""Derivatives of formulas with matrices, in matrix form: the differential, step by step, and the gradient read off it.

Lines are `dJ = ...` until every term ends with dW; then dJ = tr(G^T dW) says what the gradient G is, in the shape of W.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cached_property

import sympy

from gdsym.closing import tidied
from gdsym.derivation import Derivation
from gdsym.door import all_names
from gdsym.errors import Unsupported
from gdsym.export.page import Page
from gdsym.lines import SUBSTITUTES, Writer, root_value
from gdsym.record import changed
from gdsym.rules import RULES
from gdsym.rules.differential import DIFFERENTIALS, MATRIX
from gdsym.rules.gather import gathered
from gdsym.rules.laws import U, v
from gdsym.rules.readoff import collected, gradient
from gdsym.rules.signs import led
from gdsym.solve import SIMPLIFY, After, Solver, Work
from gdsym.step import Reason, Rule, Step
from gdsym.written import matrix_algebra as mat
from gdsym.written.nodes import ZERO, D, Node, Sym, is_num

READ = "read off"


class MatrixSolver(Solver):
    """Differentials under fixed rules and named parts."""

    def __init__(self, var: mat.Differential, rules: Sequence[Rule], where: Mapping[Node, Node]) -> None:
        super().__init__(var, rules, where)
        self._dependent = self._names_of(var.of)

    def _names_of(self, of: Node) -> frozenset[Node]:
        """The variable and the names of all parts that depend on it."""
        found = {of}
        for _ in self._where:
            found |= {key for key, meaning in self._where.items() if not meaning.free.isdisjoint(found)}
        return frozenset(found)

    def definition(self, node: Node) -> Node | None:
        return self._where.get(node) if isinstance(node, mat.MatSym) else super().definition(node)


class MatrixWriter(Writer):
    """Lines of a differential, and those in which the gradient is read off."""

    def following(self, steps: Sequence[After]) -> None:
        """Steps on the whole line."""
        for after in steps:
            self._follow(after, _itself, shown=True)


def _itself(node: Node) -> Node:
    return node


class MatrixDerivation(Derivation):
    """A derivative by a MatrixSymbol, or of a formula that holds some: `result` is a matrix expression."""

    @cached_property
    def works(self) -> tuple[Work, ...]:
        node, works = self._node, []
        for var in self._wrt:
            _refuse_entries(var)
            _refuse_sizes(var, node)
            dw = mat.Differential(var)
            _refuse_four_indices(node, dw)
            work = MatrixSolver(dw, self._laws, self._where).solve(D(node, dw))
            works.append(work)
            node = self._ending(node, work)[-1].rhs
        return tuple(works)

    @property
    def _laws(self) -> tuple[Rule, ...]:
        """The user's own rules first."""
        return (*(rule for rule in self._rules if rule not in RULES), *DIFFERENTIALS)

    def read_off(self, work: Work, value: Node) -> Node:
        """The gradient, if the differential of the first came out as `value`."""
        return self._ending(work.lhs.body, Work(work.lhs, work.move, work.parts, (), value))[-1].rhs

    def _ending(self, body: Node, work: Work) -> list[After]:
        """From the differential to the gradient: terms turned, like ones collected, G read off and tidied."""
        dw = work.lhs.var
        assert isinstance(dw, mat.Differential)
        steps: list[After] = []
        value = root_value(work)
        if mat.is_number(body):
            value = _then(steps, value, collected(value, dw), _turning(dw))
        steps += tidied(value, self._ranked, self._where)
        value = steps[-1].rhs if steps else value
        read = led(gradient(value, dw))
        if is_num(read, 0):
            read = _zeros(body, dw)
        steps.append(After(MATRIX, D(body, dw.of), read, self._reading(body, dw), detail=READ))
        steps += tidied(read, self._ranked, self._where)
        value = steps[-1].rhs
        shorter = _then(steps, value, gathered(value), ("simplify: common factors are taken out",))
        if shorter != value:
            steps += tidied(shorter, self._ranked, self._where)
        return steps

    def _reading(self, body: Node, dw: mat.Differential) -> Reason:
        """`the gradient G is read off: the differential is tr(G^T dW)`."""
        if mat.shape(dw) is None:
            return ("matrix rule: the derivative is the factor of ", dw)
        name = "J" if mat.shape(body) not in (None, mat.SCALAR) else "G"
        letter = next(x for x in (name, "G", "K", "Q", "Z", "G_1") if x not in self._taken)
        g = mat.MatSym(sympy.MatrixSymbol(letter, 2, 2), *(mat.shape(dw) or mat.SCALAR))
        if name == "J" and not mat.is_number(body):
            return ("matrix rule: the derivative is read off, ", D(body, dw), " = ", mat.MatMul(g, dw))
        form = mat.MatMul(mat.Transpose(g), dw)
        if mat.is_row(dw) and not mat.is_column(dw):
            form = mat.MatMul(dw, mat.Transpose(g))
        whole: Node = form if mat.is_column(dw) or mat.is_row(dw) else mat.Trace(form)
        return ("matrix rule: the gradient ", g, " is read off ", whole)

    @cached_property
    def _called(self) -> str:
        """The name in print: that of the cost, or f."""
        return self._name or next(x for x in ("f", "J", "g", "h", "F", "f_1") if x not in self._taken)

    def page(self, detail: str | None = None, known: Collection[str] | None = None) -> Page:
        """What the exporters print."""
        return changed(super().page(detail, known), name=self._called)

    @cached_property
    def _taken(self) -> frozenset[str]:
        nodes = (*self._wrt, *self._where, *self._where.values())
        return frozenset(s.name for s in all_names(self._node, *nodes) if isinstance(s, (Sym, mat.MatSym)))

    @cached_property
    def _letters(self) -> tuple[Sym, ...]:
        """u, v, ... for what is put in place of columns and numbers; U, V, ... where the variable is a larger matrix."""
        large = any(mat.shape(v) is not None and not mat.is_column(v) for v in self._wrt)
        letters = SUBSTITUTES.upper() if large else SUBSTITUTES
        free = [letter for letter in letters if letter not in self._taken]
        return tuple(Sym(sympy.Symbol(letter, real=True)) for letter in free) or (Sym(sympy.Symbol("u_1")),)

    def _write(self, detail: str, known: tuple[str, ...]) -> tuple[Step, ...]:
        lines: list[Step] = []
        for at, work in enumerate(self.works):
            writer = MatrixWriter(self._judge, self._conditions, self._letters, detail, known)
            writer.derivative(work, _itself)
            writer.following(self._ending(work.lhs.body, work))
            lines += self._headed(writer.lines(), at)
        return tuple(lines)

    def _headed(self, steps: Sequence[Step], at: int) -> Iterator[Step]:
        """The first line is of dJ; the one in which the gradient is read off, of dJ/dW."""
        whole: Node = Sym(sympy.Symbol(self._called))
        for var in self._wrt[:at]:
            whole = D(whole, var)
        for j, step in enumerate(steps):
            if step.detail == READ:
                yield changed(step, head=D(whole, self._wrt[at]))
            else:
                yield changed(step, head=D(whole, mat.Differential(self._wrt[at]))) if j == 0 else step


def _then(steps: list[After], before: Node, after: Node, reason: Reason) -> Node:
    if after != before:
        rule = SIMPLIFY if str(reason[0]).startswith("simplify") else MATRIX
        steps.append(After(rule, before, after, reason))
    return after


def _turning(dw: mat.Differential) -> Reason:
    if mat.is_column(dw) or mat.is_row(dw):
        return ("matrix rule: a number equals its transpose",)
    return (
        "matrix rule: ",
        mat.Trace(mat.MatMul(U, v)),
        " = ",
        mat.Trace(mat.MatMul(v, U)),
        " and ",
        mat.Trace(mat.Transpose(U)),
        " = ",
        mat.Trace(U),
    )


def _zeros(body: Node, dw: mat.Differential) -> Node:
    found = mat.shape(D(body, dw.of))
    return ZERO if found is None or found == mat.SCALAR else mat.Zeros(*found)


def _refuse_entries(var: Node) -> None:
    if not isinstance(var, (Sym, mat.MatSym)):
        raise Unsupported(
            f"{var.to_sympy()} is an entry of an array, but the formula is written with matrices: derive by a Symbol or a "
            "MatrixSymbol, or write all of the formula in index form with IndexedBase."
        )


def _refuse_sizes(var: Node, node: Node) -> None:
    if var in mat.size_symbols(node):
        raise Unsupported(
            f"{var.to_sympy()} is the size of a matrix: a number of rows or columns cannot be derived by. Derive by another "
            "variable, or give the size its own letter."
        )


def _refuse_four_indices(body: Node, dw: mat.Differential) -> None:
    shape, by = mat.shape(body), mat.shape(dw)
    if mat.is_number(body) or by is None or (mat.is_column(body) and mat.is_column(dw)):
        return
    sizes = " x ".join(str(size.to_sympy()) for size in shape or ())
    raise Unsupported(
        f"The derivative of a matrix ({sizes}) by the matrix {dw.of.name} has four indices and no matrix form. Derive a number "
        "made of it (a trace, u.T*A*v), a column by a column, or write the cost in index form with IndexedBase."
    )
