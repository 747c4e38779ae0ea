"""Random indexed costs, compiled: value and gradient as autograd has them on the sum written out."""

from __future__ import annotations

import random

import numpy as np
import pytest
import sympy as sp
from fuzz_compiled import LETTERS, SIZES, X, beside, chunk, m, n, numbers, v, w
from fuzzing import Report

import gdsym as gd

i, j = LETTERS[:2]

SIZE = 12


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
def test_compiled_as_written_out(seed: int) -> None:
    report = chunk(seed, SIZE)
    assert report.wrong == []
    assert report.derived >= SIZE // 2
    assert report.points >= report.derived


def test_a_wrong_number_is_noticed() -> None:
    expr, params = sp.Sum(w * X[i, j] * v[j], (i, 1, m), (j, 1, n)), [w, v]
    values = numbers(random.Random(3))
    data = {X: values[X], m: SIZES[m], n: SIZES[n]}
    value, gradient = gd.Cost(expr, params).compile().value_and_gradient({q: values[q] for q in params}, data)
    for bent in ((value + 1e-6, gradient), (value, {**gradient, v: gradient[v][::-1]}), (np.nan, gradient)):
        report = Report()
        beside(report, expr, params, values, *bent)
        assert len(report.wrong) == 1
    report = Report()
    beside(report, expr, params, values, value, gradient)
    assert report.wrong == [] and report.points == 2
