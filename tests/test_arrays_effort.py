"""`explain` counts operations and bytes: compared with counts by hand, and with the arrays that really occur."""

from __future__ import annotations

import numpy as np
import pytest
from arrays_costs import CASES
from sympy import IndexedBase, Sum, exp, log, symbols

import gdsym as gd
from gdsym.arrays.effort import Lengths, effort
from gdsym.arrays.expand import reachable
from gdsym.arrays.measure import Measure

i, j, c = symbols("i j c", integer=True)
m, n, K = symbols("m n K", integer=True, positive=True)
w, b = symbols("w b")
x, y, X, Y, W = (IndexedBase(s) for s in "x y X Y W".split())


def test_line_fit_as_counted_by_hand() -> None:
    text = gd.Cost(Sum((w * x[i] + b - y[i]) ** 2, (i, 1, m)) / (2 * m), [w, b]).compile().explain()
    # r = w*x + b - y: 3 m; r.r and r.x: 2 m each; sum of r: m; three divisions
    # bytes: w*x 16, + b 16, - y 24, r.r 16, r.x 16, sum 8
    assert "each evaluation: 8*m + 3 operations, 96*m bytes read and written" in text
    assert "before, once: 1 operation\n" in text  # 2 m


def test_softmax_as_counted_by_hand() -> None:
    z = Sum(W[c, j] * X[i, j], (j, 1, n))
    cost = gd.Cost(Sum(log(Sum(exp(z), (c, 1, K))) - Sum(Y[i, c] * z, (c, 1, K)), (i, 1, m)) / m, [W])
    before, each = effort(cost.compile().program)
    # two products: 4 K m n; max, minus, exp, sum, 2 for Y.z, quotient, minus: 8 K m; /m: K n; log, +, -, sum: 4 m; /m
    assert str(each.operations) == "4*K*m*n + 8*K*m + K*n + 4*m + 1"
    assert before.operations == 0


def test_plain_numbers_move_no_bytes() -> None:
    assert str(effort(gd.Cost((w - 3) ** 2, [w]).compile().program)[1]) == "3 operations"


@pytest.mark.parametrize("name", CASES)
def test_formulas_for_lengths_are_the_lengths(name: str) -> None:
    program = CASES[name]().program()
    sizes = {s.name: 7 + 2 * k for k, s in enumerate(program.sizes)}
    lengths = Lengths(program)
    found = {i.name: lengths._leaves[i.name] for i in program.inputs}
    shape = {name: tuple(_number(part, sizes) for part in parts) for name, parts in found.items()}
    data = {i.name: np.zeros(shape[i.name]) for i in program.data} | sizes
    real = Measure(program, data, {i.name: shape[i.name] for i in program.params})
    for op in reachable([program.graph.value, *program.graph.gradients]):
        assert tuple(_number(part, sizes) for part in lengths(op)) == real(op), op


def _number(part: object, sizes: dict[str, int]) -> int:
    free = getattr(part, "free_symbols", ())
    return int(part.subs({s: sizes[s.name] for s in free})) if free else int(part)
