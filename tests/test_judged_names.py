"""Named parts that turn over are left as names where the variable is not in them; what they are counts where it must."""

from __future__ import annotations

import pytest
from sympy import Abs, Derivative, IndexedBase, Max, Sum, symbols

import gdsym as gd
from gdsym.judging import judged
from gdsym.written.from_sympy import from_sympy
from gdsym.written.nodes import TRUE

v, b = symbols("v b")
i, m = symbols("i m", integer=True, positive=True)
x, h = IndexedBase("x"), IndexedBase("h")
WHERE = ((from_sympy(h[i]), from_sympy(Max(0, b + x[i]))),)
HOLDS = [
    (Derivative(v * h[i], v), h[i]),  # for any h
    (h[i], Max(0, b + x[i])),  # what it is
    (Abs(h[i]), h[i]),  # as it is not negative
    (Derivative(h[i] ** 2, b), 2 * h[i]),  # as it is 0 where it has no slope
]
WRONG = [(Derivative(v * h[i], v), 2 * h[i]), (Derivative(h[i], b), h[i]), (Abs(h[i]), -h[i])]


@pytest.mark.parametrize(("lhs", "rhs"), HOLDS, ids=str)
def test_right(lhs: object, rhs: object) -> None:
    assert judged(from_sympy(lhs), from_sympy(rhs), TRUE, WHERE)


@pytest.mark.parametrize(("lhs", "rhs"), WRONG, ids=str)
def test_wrong(lhs: object, rhs: object) -> None:
    assert judged(from_sympy(lhs), from_sympy(rhs), TRUE, WHERE).verdict == "refuted"


def test_each_line_of_a_network_with_named_layers_is_supported() -> None:
    cost = gd.Cost(Sum((v * h[i] - x[i]) ** 2, (i, 1, m)), [v, b], where={h[i]: Max(0, b + x[i])})
    for p in (v, b):
        d = cost.partial(p)
        assert d.check and all(step.check for step in d.steps)
