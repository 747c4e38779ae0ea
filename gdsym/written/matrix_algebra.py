"""Shapes of matrices, and their products and transposes as they are written.

`shape` is (rows, columns) in written sizes, `m` or `3`; a 1 x 1 matrix is a number, and so is what has no shape.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from itertools import pairwise
from typing import TypeAlias

from gdsym.written.composed import Add, D, Div, Mul, Neg
from gdsym.written.matrices import (
    FACTORS,
    Apply,
    Constant,
    Det,
    Diag,
    Differential,
    Elements,
    Entries,
    Hadamard,
    Ident,
    Inverse,
    MatMul,
    MatSym,
    Ones,
    Trace,
    Transpose,
    Zeros,
    has_elements,
    has_matrices,
)
from gdsym.written.node import Node, Sym
from gdsym.written.trees import ONE, ZERO, add, is_num, mul, times, walk

Shape: TypeAlias = tuple[Node, Node]  # rows, columns
SCALAR: Shape = (ONE, ONE)


def shape(node: Node) -> Shape | None:
    """Rows and columns of a matrix (also of a 1 x 1 one); None for a number."""
    if isinstance(node, (MatSym, Ones, Zeros)):
        return (node.rows, node.cols) if isinstance(node, MatSym) else (node.children[0], node.children[1])
    if isinstance(node, Ident):
        return node.children[0], node.children[0]
    if isinstance(node, MatMul):
        return _sides(node)[0], _sides(node)[1]
    if isinstance(node, Transpose):
        inner = shape(node.arg)
        return None if inner is None else (inner[1], inner[0])
    if isinstance(node, Diag):
        return _rows(node.arg), _rows(node.arg)
    if isinstance(node, D):
        return _slope_shape(node)
    return _shared_shape(node) if isinstance(node, WITHIN) else None


WITHIN = (Inverse, Apply, Hadamard, Add, Neg, Mul, Div, Differential)


def _sides(node: MatMul) -> Shape:
    first, last = shape(node.children[0]), shape(node.children[-1])
    return (first or (ONE, ONE))[0], (last or (ONE, ONE))[1]


def _rows(node: Node) -> Node:
    return (shape(node) or SCALAR)[0]


def _shared_shape(node: Node) -> Shape | None:
    """The shape of the larger matrix among the parts; else of a 1 x 1 one."""
    parts = node.children[:1] if isinstance(node, (Inverse, Apply, Div)) else node.children
    found = [s for s in map(shape, parts) if s is not None]
    return next((s for s in found if s != SCALAR), SCALAR) if found else None


def _slope_shape(node: D) -> Shape | None:
    """A differential has the shape of its body; a gradient that of its variable; a column by a column has both sizes."""
    body, var = shape(node.body), shape(node.var)
    if isinstance(node.var, Differential) or var is None:
        return body
    if body is None or body == (ONE, ONE):
        return var
    return (body[0], var[0])


def is_number(node: Node) -> bool:
    """Is it a number, or a 1 x 1 matrix?"""
    return shape(node) in (None, (ONE, ONE))


def matmul(*factors: Node) -> Node:
    """The product in one row; signs and numbers stand in front."""
    if any(is_num(f, 0) for f in factors):
        return ZERO
    negative, front, row = False, [], []  # type: ignore[var-annotated]
    todo = list(reversed(factors))
    while todo:
        factor = todo.pop()
        if isinstance(factor, Neg):
            negative = not negative
            todo.append(factor.arg)
        elif isinstance(factor, MatMul):
            todo.extend(reversed(factor.children))
        elif isinstance(factor, Mul) and shape(factor) is not None:
            todo.append(_without_numbers(factor, front))
        elif shape(factor) is None:
            front.append(factor)
        elif not isinstance(factor, Ident):
            row.append(factor)
    return _signed(negative, mul(*front, *_product(_cancelled(row), factors)))


def _cancelled(row: list[Node]) -> list[Node]:
    """A^-1 A B = B; a product of inverses alone stays."""
    for at, (one, other) in enumerate(pairwise(row)):
        if len(row) > 2 and (one == inverted(other) or inverted(one) == other):
            return _cancelled([*row[:at], *row[at + 2 :]])
    return row


def inverted(node: Node) -> Node:
    """The inverse, that of an inverse taken away."""
    return node.arg if isinstance(node, Inverse) else Inverse(node)


def _without_numbers(node: Mul, front: list[Node]) -> Node:
    """The matrix of a multiple; the numbers before it go to `front`."""
    large = [f for f in node.children if shape(f) not in (None, (ONE, ONE))] or [
        f for f in node.children if shape(f) is not None
    ]
    front += [f for f in node.children if f is not large[-1]]
    return large[-1]


def _product(row: list[Node], factors: tuple[Node, ...]) -> list[Node]:
    """The matrices of a product; of identities alone, one of them."""
    factors = tuple(f for f in factors if isinstance(f, Ident))
    if row:
        return [row[0] if len(row) == 1 else MatMul(*row)]
    return list(factors[:1])


def _signed(negative: bool, node: Node) -> Node:
    return Neg(node) if negative else node


def transposed(node: Node) -> Node:
    """The transpose, where it is shorter to write: (A B)^T = B^T A^T, (A^T)^T = A; (A + B)^T stays."""
    if shape(node) in (None, (ONE, ONE)) and not isinstance(node, (MatMul, Transpose)):
        return node
    if isinstance(node, Transpose):
        return node.arg
    if isinstance(node, MatMul):
        return matmul(*(transposed(f) for f in reversed(node.children)))
    if isinstance(node, (Ident, Diag)) or (isinstance(node, Hadamard) and Ident in map(type, node.children)):
        return node
    if isinstance(node, (Ones, Zeros)):
        return type(node)(node.children[1], node.children[0])
    if isinstance(node, Neg):
        return Neg(transposed(node.arg))
    if isinstance(node, Mul):
        return Mul(*(transposed(f) for f in node.children))
    if isinstance(node, Div):
        return Div(transposed(node.num), node.den)
    if isinstance(node, Apply) and _is_turned(node):
        return node.with_children((transposed(node.arg),))
    if isinstance(node, (Hadamard, Add)):
        return _turned_terms(node)
    return node if isinstance(node, Inverse) and is_symmetric(node.arg) else Transpose(node)


def _turned_terms(node: Hadamard | Add) -> Node:
    """(A^T - B)^T = A - B^T, and W - W^T turned is W^T - W: where the terms need no more transposes than the whole."""
    terms = tuple(map(transposed, node.children))
    turned = hadamard(*terms) if isinstance(node, Hadamard) else node.with_children(terms)
    every = all(_is_turned(_unsigned(c)) for c in node.children)
    return node if is_symmetric(node) else turned if every or _turns(turned) <= _turns(node) else Transpose(node)


def is_symmetric(node: Node) -> bool:
    """Is it its own transpose by the way it is made: X^T X + a I, and its inverse?"""
    if isinstance(node, (Add, Hadamard, Neg)):
        return all(map(is_symmetric, node.children))
    if isinstance(node, Mul):
        return all(shape(f) is None or is_symmetric(f) for f in node.children)
    return node == transposed(node)


def _turns(node: Node) -> int:
    return sum(isinstance(part, Transpose) for part in walk(node))


def _is_turned(node: Node) -> bool:
    """Is it a transpose, or a function of every entry of one?"""
    return isinstance(node.arg if isinstance(node, Apply) else node, Transpose)


def transposed_inside(node: Node) -> Node:
    """The transpose with sums and multiples taken apart: (A + B)^T = A^T + B^T."""
    if isinstance(node, (Add, Neg, Div, Mul, Hadamard)) and not is_number(node):
        return node.with_children(tuple(c if shape(c) is None else transposed_inside(c) for c in node.children))
    return transposed(node)


def scaled(number: Node, node: Node) -> Node:
    """C A, with the signs of both in front."""
    negative = isinstance(number, Neg) != isinstance(node, Neg)
    number, node = _unsigned(number), _unsigned(node)
    return _signed(negative, node if is_num(number, 1) else ZERO if is_num(node, 0) else times(number, node))


def total(terms: Iterable[Node]) -> Node:
    """The sum; zeros are left out."""
    return add(*(t for t in terms if not is_num(t, 0)))


def traced(node: Node) -> Node:
    """Tr A, with signs and numbers in front; the trace of a number is the number."""
    return node if is_number(node) else _numbers_out(node, Trace)


def _numbers_out(node: Node, build: Callable[[Node], Node]) -> Node:
    """f(c A) = c f(A)."""
    if isinstance(node, Neg):
        return scaled(Neg(ONE), _numbers_out(node.arg, build))
    if isinstance(node, Mul):
        front: list[Node] = []
        large = _without_numbers(node, front)
        return scaled(mul(*front), _numbers_out(large, build))
    if isinstance(node, Div):
        return scaled(Div(ONE, node.den), _numbers_out(node.num, build))
    return build(node)


def hadamard(*factors: Node) -> Node:
    """The product entry by entry, with signs and numbers in front."""
    if any(is_num(f, 0) for f in factors):
        return ZERO
    for j, factor in enumerate(factors):
        if isinstance(factor, (Neg, Mul, Div)):
            return _numbers_out(factor, partial(_hadamard_between, factors[:j], factors[j + 1 :]))
    flat = [part for f in factors for part in (f.children if isinstance(f, Hadamard) else (f,))]
    kept = [f for f in flat if not isinstance(f, Ones)] or flat[:1]
    kept.sort(key=kept.copy().index)  # equal ones beside each other
    return kept[0] if len(kept) == 1 else Hadamard(*kept)


def applied(letter: Sym, body: Node, node: Node) -> Node:
    """g(U) of every entry, with signs and numbers in front; t itself of U is U."""
    if isinstance(body, Neg):
        return scaled(Neg(ONE), applied(letter, body.arg, node))
    if isinstance(body, Div) and letter not in body.den.free:
        return scaled(Div(ONE, body.den), applied(letter, body.num, node))
    held = [f for f in body.children if letter not in f.free] if isinstance(body, Mul) else []
    if held:
        rest = mul(*(f for f in body.children if letter in f.free))
        return scaled(mul(*held), applied(letter, rest, node))
    return node if body == letter else Apply(letter, body, node)


def _hadamard_between(before: tuple[Node, ...], after: tuple[Node, ...], inner: Node) -> Node:
    return hadamard(*before, inner, *after)


def _unsigned(node: Node) -> Node:
    return node.arg if isinstance(node, Neg) else node


def sizes(*nodes: Node) -> tuple[Node, ...]:
    """Every size of a matrix in the formulas, in order of appearance."""
    found: dict[Node, None] = {}
    todo = list(reversed(nodes))
    while todo:
        node = todo.pop()
        if isinstance(node, MatSym):
            found |= dict.fromkeys((node.rows, node.cols))
        elif isinstance(node, Constant):
            found |= dict.fromkeys(node.children)
        todo.extend(reversed(node.children))
    return tuple(found)


def size_symbols(*nodes: Node) -> frozenset[Node]:
    """The letters in the sizes of matrices."""
    return frozenset(name for size in sizes(*nodes) for name in size.free if isinstance(name, Sym))


def is_column(node: Node) -> bool:
    return is_num((shape(node) or (ZERO, ZERO))[1], 1)


def is_row(node: Node) -> bool:
    return is_num((shape(node) or (ZERO, ZERO))[0], 1)


__all__ = ["FACTORS", "SCALAR", "Apply", "Constant", "Det", "Diag", "Differential", "Elements", "Entries", "Hadamard", "Ident", "Inverse", "MatMul", "MatSym", "Ones", "Shape", "Trace", "Transpose", "Zeros", "applied", "hadamard", "has_elements", "has_matrices", "inverted", "is_column", "is_number", "is_row", "is_symmetric", "matmul", "scaled", "shape", "size_symbols", "sizes", "total", "traced", "transposed", "transposed_inside"]  # fmt: skip
