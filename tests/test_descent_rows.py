"""Rows of a run's history: packed page by page, the same numbers whatever they were written as."""

from __future__ import annotations

import numpy as np
import pytest
from sympy import IndexedBase, MatrixSymbol, Sum, Trace, symbols

import gdsym as gd
from gdsym.descent.history import packed_rows

w = symbols("w")
i, m = symbols("i m", integer=True, positive=True)


def test_floats_and_arrays_are_packed() -> None:
    assert packed_rows([1.5, np.float64(2.5), 3.5], arrays=False).tolist() == [1.5, 2.5, 3.5]
    assert packed_rows([np.ones((2, 3)), np.zeros((2, 3))], arrays=True).shape == (2, 2, 3)


@pytest.mark.parametrize("rows", [[], [None], [1.0, None], [np.ones(2, dtype=np.int64)] * 2])
def test_what_is_not_float64_throughout_stays_a_list(rows: list[object]) -> None:
    assert packed_rows(rows, arrays=True) is rows


def test_arrays_in_another_order_keep_their_entries() -> None:
    rows = [np.asfortranarray([[1.0, 2.0], [3.0, 4.0]]), np.asfortranarray([[5.0, 6.0], [7.0, 8.0]])]
    assert np.array(packed_rows(rows, arrays=True))[1].tolist() == [[5.0, 6.0], [7.0, 8.0]]


def test_a_few_rows_of_a_page_do_not_keep_the_page() -> None:
    page = np.arange(1000.0)
    assert packed_rows(page[::100], arrays=True).base is None
    assert packed_rows(page[:900], arrays=True).base is page


def test_every_row_beyond_a_page_is_there() -> None:
    run = gd.Cost((w - 3) ** 2, [w]).descend({w: 0}, learning_rate=0.25, maxiter=3000, gtol=0)
    assert run.history.params[w].shape == run.history.cost.shape == (3001,)
    assert run.history.params[w][:4].tolist() == [0.0, 1.5, 2.25, 2.625]
    assert run.history.cost[3] == 0.140625 and run.history.gradient_norm[3] == 0.75
    assert not run.history.cost.flags.writeable


def test_thinned_rows_and_rows_of_a_matrix() -> None:
    x = IndexedBase("x")
    cost = gd.Cost(Sum((x[i] * w - 1) ** 2, (i, 1, m)), [w])
    run = cost.descend({w: 0.5}, {x: [1.0, 2.0]}, learning_rate=0.01, maxiter=2500, gtol=0, keep_every=700)
    assert run.history.step.tolist() == [0, 700, 1400, 2100, 2500]
    A = MatrixSymbol("A", 2, 2)
    matrix = gd.Cost(Trace(A.T * A) / 2, [A])
    rows = matrix.descend({A: [[1, 2], [3, 4]]}, learning_rate=0.5, maxiter=2000, gtol=0).history.params[A]
    assert rows.shape == (2001, 2, 2)
    assert rows[2].tolist() == [[0.25, 0.5], [0.75, 1.0]]
