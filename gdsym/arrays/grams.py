"""X^T X of a tall and narrow X, which BLAS as a whole makes two to seven times as slowly as in small pieces."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from gdsym.arrays.graph import Graph, Op, operands_first

ROWS = 256  # in a block: the product of two blocks needs no packing into buffers
BLOCKS = 1024  # whose products are kept at once
WIDEST = 32  # columns: from 48 on BLAS's own way is the quicker one
LEAST = 64  # blocks: below that the calls take what the pieces save


def with_grams(g: Graph, outputs: Sequence[Op], name: str) -> list[Op]:
    """The outputs with calls of `gram`, which has this name in their code, for products of an array's transpose with it."""
    done: dict[Op, Op] = {}
    for op in operands_first(outputs):
        args = tuple(done[a] for a in op.args)
        is_gram = op.kind == "matmul" and op.args[0].kind == "transpose" and op.args[0].args[0] is op.args[1]
        done[op] = g.make("gram", args[1], attr=name) if is_gram else g.remade(op, args)
    return [done[op] for op in outputs]


def gram(X: Any) -> Any:
    """X^T X, symmetric; of an array that is no plain float64 one as it is written."""
    rows, width = X.shape
    tall = type(X) is np.ndarray and 2 <= width <= WIDEST and rows >= LEAST * ROWS
    if not (tall and (X.flags.c_contiguous or X.flags.f_contiguous)):
        return X.T.dot(X)
    whole, step = rows - rows % ROWS, BLOCKS * ROWS
    rest = X[whole:]
    H = rest.T.dot(rest)
    for at in range(0, whole, step):
        H += _blocks(X[at : min(at + step, whole)])
    return (H + H.T) / 2


def _blocks(X: Any) -> Any:
    """X^T X of whole blocks. The last column is left out on the right: of one array and its transpose NumPy asks BLAS for the whole."""
    width = X.shape[1]
    parts = X.T.reshape(width, -1, ROWS).transpose(1, 2, 0)
    last = X[:, -1]
    H = np.empty((width, width))
    H[:, :-1] = np.matmul(parts.transpose(0, 2, 1), parts[:, :, :-1]).sum(axis=0)
    H[:-1, -1], H[-1, -1] = H[-1, :-1], last.dot(last)
    return H
