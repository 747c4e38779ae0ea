"""The derivative along a direction: the gradient times the direction, arrays summed over their entries; its forms; bad input."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from sympy import I, IndexedBase, MatrixSymbol, Sum, Trace, exp, nan, symbols

import gdsym as gd

x, y, a, b, t = symbols("x y a b t")
i, j, k, m, n = symbols("i j k m n", integer=True, positive=True)
w, v, X, Y, W, V = map(IndexedBase, ("w", "v", "X", "y", "W", "V"))
FIT = Sum((Sum(w[j] * X[i, j], (j, 1, n)) + b - Y[i]) ** 2, (i, 1, m))


@pytest.mark.parametrize(
    ("expr", "direction"),
    [(x**2 * y, {x: 3, y: 4}), (exp(x * y), {x: a, y: x}), ("x*y", {"x": "a"}), ("x**2*y", {"y": "x + 1", "x": 2})],
)
def test_it_is_the_slope_along_a_line(expr: Any, direction: Any) -> None:
    along = gd.directional(expr, direction)
    start = {x: 0.3, y: -0.7, a: 1.2}
    components = {symbols(str(key)): gd.read(str(value)).to_sympy().subs(start) for key, value in direction.items()}
    moved = {name: value + t * components.get(name, 0) for name, value in start.items()}
    cost = gd.read(str(expr)).to_sympy().subs(moved, simultaneous=True)
    slope = (cost.subs(t, 1e-5) - cost.subs(t, -1e-5)) / 2e-5
    assert along.check and float(along.result.subs(start)) == pytest.approx(float(slope), abs=1e-8)


def test_the_entries_of_arrays_are_added_up() -> None:
    along = gd.directional(FIT, {w: v, b: "c"})
    rng, rows, columns = random.Random(5), 4, 3
    point, way = ([rng.gauss(0, 1) for _ in range(columns)] for _ in range(2))
    table = [[rng.gauss(0, 1) for _ in range(columns)] for _ in range(rows)]
    target, c = [rng.gauss(0, 1) for _ in range(rows)], 0.4

    def cost(step: float) -> float:
        at = [p + step * q for p, q in zip(point, way, strict=True)]
        lines = (sum(p * q for p, q in zip(at, row, strict=True)) + 0.2 + step * c for row in table)
        return sum((line - y) ** 2 for line, y in zip(lines, target, strict=True))

    numbers: dict[Any, Any] = {m: rows, n: columns, b: 0.2, symbols("c"): c}
    for name, values in ((w, point), (v, way), (Y, target)):
        numbers |= {name[place + 1]: value for place, value in enumerate(values)}
    numbers |= {X[r + 1, s + 1]: table[r][s] for r in range(rows) for s in range(columns)}
    value = along.result.subs({m: rows, n: columns}).doit().doit().subs(numbers)
    assert along.check and float(value) == pytest.approx((cost(1e-4) - cost(-1e-4)) / 2e-4, rel=1e-9)
    assert gd.directional(Sum(W[i, j] ** 2, (i, 1, m), (j, 1, n)), {W: V}).result.has(V)
    assert gd.directional(Sum(w[i] ** 2, (i, 1, n)), {w[k]: v[k]}).result == 2 * v[k] * w[k]


def test_all_forms_have_every_partial_and_the_end() -> None:
    along, table = gd.directional("x**2*y", {"x": 3, "y": 4}), gd.jacobian(["x*y", "x + y"], ["x", "y"])
    assert len(along) == 2 and along.text().splitlines()[-1] == "along the direction: 4 x² + 6x y"
    assert along.text(ascii=True).isascii()
    assert along.latex().count(r"\begin{aligned}") >= 3 and "along the direction" in along.latex()
    assert r"$4\,x^{2}+6x y$" in along.markdown() and along.html().count("<section") == 3
    assert "along the direction" in along._repr_mimebundle_()["text/latex"]
    assert table.markdown().count("$$") >= 8 and table.text() == str(table) and table.html().count("<section") == 4
    assert json.dumps([d.to_dict() for d in along])


@pytest.mark.parametrize("component", [None, [1], I, nan, float("nan"), True, object(), "x +", "I"])
def test_a_component_is_a_formula(component: Any) -> None:
    with pytest.raises(gd.GdsymError) as failure:
        gd.directional("x*y", {"x": component})
    assert len(str(failure.value)) <= 600


def test_arrays_take_arrays_and_numbers_numbers() -> None:
    with pytest.raises(gd.CostError, match="w is an array: its component is an array"):
        gd.directional(FIT, {w: 3})
    with pytest.raises(gd.GdsymTypeError, match="b is one number"):
        gd.directional(FIT, {b: v})
    with pytest.raises(gd.Unsupported, match="index form"):
        gd.directional(Trace(MatrixSymbol("A", n, n)), {MatrixSymbol("A", n, n): 1})


def test_named_parts_say_which_entries_there_are() -> None:
    e = IndexedBase("e")
    along = gd.directional(Sum(e[i] ** 2, (i, 1, n)), {w: v}, where={e[i]: x * w[i] + y})
    assert str(along.result) == "Sum(2*x*e[k]*v[k], (k, 1, n))" and along.check


@pytest.mark.parametrize("direction", [{(x, y): 1}, {x: 1, "x": 2}, {w: v, "w": V}])
def test_one_component_for_each_variable(direction: Any) -> None:
    with pytest.raises(gd.GdsymError, match=r"direction (is|has two)"):
        gd.directional(x * y * Sum(w[i] ** 2, (i, 1, n)), direction)
