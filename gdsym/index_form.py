"""A cost over matrices in index form, as the compiler takes it: `(X w)_i` is a sum over j of X_ij w_j.

A column is an array of one index. Inverses and determinants are those of a matrix as a whole (`index_whole`): a cost
with some is derived in matrix form, and the last line of its derivation is put in index form.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import count

import sympy

from gdsym import index_whole as whole
from gdsym.errors import Unsupported
from gdsym.problem import Problem
from gdsym.record import changed
from gdsym.written import matrix_algebra as mat
from gdsym.written import nodes as n

LETTERS = "ijklpqrst"
Place = tuple[n.Node, n.Node]  # row, column


def in_index_form(p: Problem) -> Problem:
    """The same cost with sums over entries; unchanged if it holds no matrix."""
    elements = any(map(mat.has_elements, (p.expanded, *p.params)))
    if not elements and not any(map(mat.has_matrices, (p.expanded, *p.params))):
        return p
    expr = n.rewrite(p.expanded, _as_entry) if elements else Indexer(p.expanded).number(p.expanded, 0)
    params = tuple(map(_as_array, p.params))
    return changed(p, expr=expr, expanded=expr, params=params, where={}, asked=None)


def slope_in_index_form(p: Problem, param: n.Node, slope: n.Node) -> n.Node | tuple[tuple[n.Sym, ...], n.Node]:
    """The derivative by a parameter, derived in matrix form, as the compiler takes it: its entry, with the letters of that."""
    x = Indexer(p.expanded)
    if not isinstance(param, mat.MatSym):
        return x.number(slope, 0)
    row, column = x.letters[:2]
    shape = param.rows, param.cols
    if mat.is_number(slope):  # a plain 0
        entry = x.number(slope, 2)
    else:
        entry = x.entry(slope, _place(shape, (row, column)), 2)
    return tuple(a for a, size in zip((row, column), shape, strict=True) if not n.is_num(size, 1)), entry


def _place(shape: Place, letters: Sequence[n.Node]) -> Place:
    """Row and column; the only one is 1."""
    row, column = (n.ONE if n.is_num(size, 1) else a for size, a in zip(shape, letters, strict=True))
    return row, column


def _as_array(param: n.Node) -> n.Node:
    if isinstance(param, mat.Elements):
        return mat.Entries(param.matrix)
    return mat.Entries(param) if isinstance(param, mat.MatSym) else param


def _as_entry(part: n.Node) -> n.Node:
    """An element as an entry of an array: of a column, v[j, 0], one index is left."""
    if not isinstance(part, n.Indexed) or not isinstance(part.base, mat.Elements):
        return part
    matrix = part.base.matrix
    indices = [i for i, size in zip(part.indices, (matrix.rows, matrix.cols), strict=True) if not n.is_num(size, 1)]
    if not indices or any(not n.is_num(i, 0) for i in part.indices if i not in indices):
        raise Unsupported(
            f"{part.to_sympy()} is no element of {matrix.name} as a column or a table; its only one is 0."
        )
    return n.Indexed(mat.Entries(matrix), *indices)


class Indexer:
    """Entries of matrices, at indices whose letters the formula does not use; `depth` counts the sums around."""

    def __init__(self, node: n.Node) -> None:
        taken = {s.name for s in n.walk(node) if isinstance(s, (n.Sym, n.Base))}
        taken |= {s.name for s in mat.size_symbols(node) if isinstance(s, n.Sym)}
        names = (*LETTERS, *(f"i{j}" for j in range(1, 100)))
        self.letters = [n.Sym(sympy.Symbol(x, integer=True)) for x in names if x not in taken]
        self._own = (n.Sym(sympy.Symbol(x, integer=True)) for x in map("r{}".format, count(1)) if x not in taken)
        self._parts: dict[n.Node, tuple[n.Node, ...]] = {}

    def parts(self, matrix: n.Node) -> tuple[n.Node, ...]:
        """A matrix as a whole: its entry in two letters of its own, these, and how many rows it has."""
        if matrix not in self._parts:
            size = (mat.shape(matrix) or mat.SCALAR)[0]
            row, column = next(self._own), next(self._own)
            self._parts[matrix] = (self.entry(matrix, (row, column), 0), row, column, size)
        return self._parts[matrix]

    def number(self, node: n.Node, depth: int) -> n.Node:
        """A number without matrices in it."""
        if not mat.has_matrices(node):
            return node
        if (found := whole.logarithm(self, node, depth)) is not None:
            return found
        if isinstance(node, mat.Trace):
            size = (mat.shape(node.arg) or mat.SCALAR)[0]
            return self.total(size, depth, lambda k: self.entry(node.arg, (k, k), depth + 1))
        if isinstance(node, mat.Det):
            return whole.determinant(self, node, depth)
        if mat.shape(node) is not None and not isinstance(node, (n.Add, n.Neg, n.Mul, n.Div)):
            return self.entry(node, (n.ONE, n.ONE), depth)
        if isinstance(node, n.Bound):
            return type(node)(self.number(node.body, depth), *node.children[1:])
        return node.with_children(tuple(self.number(child, depth) for child in node.children))

    def entry(self, node: n.Node, at: Place, depth: int) -> n.Node:
        """The entry of a matrix at (row, column)."""
        if mat.is_number(node) and not isinstance(node, ENTRYWISE):
            return self.number(node, depth)
        rule = ENTRIES.get(type(node))
        if rule is None:
            raise _no_indices(node)
        return rule(self, node, at, depth)

    def total(self, size: n.Node, depth: int, body: Callable[[n.Node], n.Node]) -> n.Node:
        """The sum over 1 .. size; of one term, the term."""
        if n.is_num(size, 1):
            return body(n.ONE)
        letter = self.letters[depth]
        return n.Sum(body(letter), letter, n.ONE, size)


def _no_indices(node: n.Node) -> Unsupported:
    return Unsupported(
        f"{str(node.to_sympy())[:120]} has no index form, so the cost cannot be compiled or run; its derivation works. "
        "For numbers use your own NumPy code of the derived formula."
    )


def _symbol(x: Indexer, node: mat.MatSym, at: Place, depth: int) -> n.Node:
    indices = [i for i, size in zip(at, (node.rows, node.cols), strict=True) if not n.is_num(size, 1)]
    if not indices:
        raise Unsupported(f"{node.name} is a 1 x 1 matrix; use a Symbol for a number.")
    return n.Indexed(mat.Entries(node), *indices)


def _same_index(x: Indexer, node: n.Node, at: Place, depth: int) -> n.Node:
    return n.Delta(*at) if at[0] != at[1] else n.ONE


def _product(x: Indexer, node: mat.MatMul, at: Place, depth: int) -> n.Node:
    """The sum over the inner index, from the right: A (B c) costs less than (A B) c."""
    first, rest = node.children[0], mat.matmul(*node.children[1:])
    inner = (mat.shape(first) or mat.SCALAR)[1]

    def body(k: n.Node) -> n.Node:
        deeper = depth if n.is_num(inner, 1) else depth + 1
        return product(x.entry(first, (at[0], k), deeper), x.entry(rest, (k, at[1]), deeper))

    return x.total(inner, depth, body)


def product(left: n.Node, right: n.Node) -> n.Node:
    """A square where the two are the same."""
    if left == right:
        return n.Pow(left, n.TWO)
    kept = [f for f in (left, right) if not n.is_num(f, 1)]
    return n.times(*kept)


def _entrywise(x: Indexer, node: n.Node, at: Place, depth: int) -> n.Node:
    parts = (x.entry(child, at, depth) for child in node.children)
    return node.with_children(tuple(parts))


def _hadamard(x: Indexer, node: mat.Hadamard, at: Place, depth: int) -> n.Node:
    return _multiplied(x.entry(child, at, depth) for child in node.children)


def _multiplied(factors: Iterable[n.Node]) -> n.Node:
    whole: n.Node = n.ONE
    for factor in factors:
        whole = product(whole, factor)
    return whole


def _multiple(x: Indexer, node: n.Mul, at: Place, depth: int) -> n.Node:
    return _multiplied(x.number(c, depth) if mat.is_number(c) else x.entry(c, at, depth) for c in node.children)


def _quotient(x: Indexer, node: n.Div, at: Place, depth: int) -> n.Node:
    return n.Div(x.entry(node.num, at, depth), x.number(node.den, depth))


def _apply(x: Indexer, node: mat.Apply, at: Place, depth: int) -> n.Node:
    return n.replace(node.body, {node.letter: x.entry(node.arg, at, depth)})


def _diag(x: Indexer, node: mat.Diag, at: Place, depth: int) -> n.Node:
    return n.times(_same_index(x, node, at, depth), x.entry(node.arg, (at[0], n.ONE), depth))


ENTRYWISE = (
    mat.MatSym,
    mat.Ident,
    mat.Ones,
    mat.Zeros,
    mat.Transpose,
    mat.MatMul,
    mat.Hadamard,
    mat.Apply,
    mat.Diag,
    mat.Inverse,
)
ENTRIES: dict[type[n.Node], Callable[..., n.Node]] = {
    mat.MatSym: _symbol,
    mat.Ident: _same_index,
    mat.Ones: lambda x, node, at, depth: n.ONE,
    mat.Zeros: lambda x, node, at, depth: n.ZERO,
    mat.Transpose: lambda x, node, at, depth: x.entry(node.arg, (at[1], at[0]), depth),
    mat.MatMul: _product,
    mat.Hadamard: _hadamard,
    mat.Apply: _apply,
    mat.Diag: _diag,
    mat.Inverse: whole.inverse,
    n.Add: _entrywise,
    n.Neg: _entrywise,
    n.Mul: _multiple,
    n.Div: _quotient,
}
