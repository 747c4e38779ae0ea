"""Claims with loops, as students write them first: read as sums, run by Python to the same numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sympy import IndexedBase, KroneckerDelta, Max, Sum, symbols
from tools import returned

import gdsym as gd
from gdsym.claim_text import is_ours

i, j, m, n = symbols("i j m n", integer=True, positive=True)
w, b = symbols("w b")
x, y, v, X = map(IndexedBase, "x y v X".split())
LINE = gd.Cost(Sum((w * x[i] + b - y[i]) ** 2, (i, 1, m)) / (2 * m), [w, b])
LINEAR = gd.Cost(Sum((Sum(X[i, j] * v[j], (j, 1, n)) - y[i]) ** 2, (i, 1, m)) / m, [v])
HINGE = gd.Cost(Sum(Max(0, 1 - y[i] * Sum(X[i, j] * v[j], (j, 1, n))), (i, 1, m)) / m, [v])
SMOOTH = gd.Cost(Sum((x[i] - y[i]) ** 2, (i, 1, m)) + Sum((x[i + 1] - x[i]) ** 2, (i, 1, m - 1)), [x])
PAIRS = gd.Cost(Sum((x[i] - x[j]) ** 2, (j, 1, m), (i, 1, m)) / 2, [x])

RIGHT: list[tuple[gd.Cost, Any, str]] = [
    (LINE, w, "g = 0\nfor i in range(m):\n    g += (w*x[i] + b - y[i])*x[i]\ng/m"),
    (LINE, w, "total = 0.0\nfor i in range(len(x)):\n    r = w*x[i] + b - y[i]\n    total = total + r*x[i]\ntotal /= len(x)\nreturn total"),
    (LINE, w, "g = 0\nfor xi, yi in zip(x, y):\n    g += (w*xi + b - yi)*xi\ng/m"),
    (LINE, w, "g = 0\nfor i, xi in enumerate(x):\n    g = (w*xi + b - y[i])*xi + g\ng/m"),
    (LINE, w, "g = 0\nfor k, (s, t) in enumerate(zip(x, y)): g += (w*s + b - t)*x[k]\ng/m"),
    (LINE, w, "g = np.zeros(m)\nfor i in range(m):\n    g[i] = (w*x[i] + b - y[i])*x[i]\ng.mean()"),
    (LINE, w, "g = -b*sum(x) + sum(x)*b\nfor i in range(1, m):\n    g += (w*x[i] + b - y[i])*x[i]\ng += (w*x[0] + b - y[0])*x[0]\ng/m"),
    (LINE, w, "sum((w*s + b - t)*s for s, t in zip(x, y))/len(x)"),
    (LINE, b, "r = 0\nfor s in x: r += w*s\nr += m*b\nfor t in y: r -= t\nreturn r/m"),
    (LINEAR, v, ("m, n = X.shape\ng = np.zeros(n)\nfor i in range(m):\n    z = 0\n    for j in range(n):\n        z += X[i, j]*v[j]\n"
                "    for j in range(n):\n        g[j] += 2*(z - y[i])*X[i, j]\nreturn g/m")),
    (LINEAR, v, "g = np.zeros_like(v)\nfor i in range(m):\n    r = X[i] @ v - y[i]\n    g += 2*r*X[i]\ng /= m\nreturn g"),
    (LINEAR, v, "g = np.zeros(n)\nfor j in range(n):\n    g[j] = 2*((X @ v - y) @ X[:, j])/m\ng"),
    (LINEAR, v, "g = np.zeros(n)\nfor j in range(n):\n    for i in range(m):\n        g[j] += 2*(X[i] @ v - y[i])*X[i][j]/m\ng"),
    (LINEAR, v, "g = np.ones(n)\nfor j in range(n):\n    g[j] *= 2*sum((X[i] @ v - y[i])*X[i, j] for i in range(m))/m\ng"),
    (LINEAR, v, "g = np.zeros(n)\nfor row, t in zip(X, y):\n    g += 2*(row @ v - t)*row\ng/m"),
    (HINGE, v, "g = np.zeros(n)\nfor i in range(m):\n    if y[i]*(X[i] @ v) < 1:\n        g -= y[i]*X[i]\ng/m"),
    (HINGE, v, "g = np.zeros(n)\nfor i in range(m):\n    margin = y[i]*(X[i] @ v)\n    if margin >= 1: continue\n    g -= y[i]*X[i]\ng/m"),
    (HINGE, v, ("g = np.zeros(n)\nfor i in range(m):\n    if y[i]*(X[i] @ v) >= 1 or y[i]*(X[i] @ v) > 2:\n        pass\n    else:\n"
               "        for j in range(n):\n            g[j] -= y[i]*X[i, j]\ng/m")),
    (HINGE, v, "-sum(y[i]*X[i] for i in range(m) if y[i]*(X[i] @ v) < 1)/m"),
    (SMOOTH, x, "g = 2*(x - y)\nfor i in range(m - 1):\n    d = x[i + 1] - x[i]\n    g[i] -= 2*d\n    g[i + 1] += 2*d\nreturn g"),
    (SMOOTH, x, "g = 2*(x - y)\nfor i in range(1, m):\n    d = x[i] - x[i - 1]\n    g[i - 1] -= 2*d\n    g[i] += 2*d\nreturn g"),
    (PAIRS, x, "g = np.zeros(m)\nfor i in range(m):\n    for j in range(i):\n        g[i] += 2*(x[i] - x[j])\n        g[j] -= 2*(x[i] - x[j])\ng"),
]  # fmt: skip


@pytest.mark.parametrize(("cost", "by", "claim"), RIGHT)
def test_loops_are_read_as_sums(cost: gd.Cost, by: Any, claim: str) -> None:
    verdict = cost.check({by: claim})
    assert verdict.ok, verdict.message


@pytest.mark.parametrize(("cost", "by", "claim"), RIGHT)
def test_python_runs_the_same_code_to_the_same_numbers(cost: gd.Cost, by: Any, claim: str) -> None:
    rng = np.random.default_rng(4)
    values = {
        "x": rng.normal(size=5),
        "y": np.sign(rng.normal(size=5)),
        "v": rng.normal(size=3),
        "X": rng.normal(size=(5, 3)),
        "w": 0.4,
        "b": -0.2,
    }
    params = {param: values[str(param)] for param in cost.params}
    used = {str(symbol) for symbol in cost.expr.free_symbols}
    data = {name: array for name, array in values.items() if name in used and name not in map(str, params)}
    slope = cost.compile().gradient(params, data)[by]
    space: dict[str, Any] = {"np": np, "m": 5, "n": 3, **values}
    exec("\n".join(["def gradient():", *(f"    {line}" for line in returned(claim))]), space)
    assert np.allclose(space["gradient"](), slope)


@pytest.mark.parametrize(("cost", "by", "claim"), [
    (LINE, w, RIGHT[0][2].replace("*x[i]\n", "\n")),
    (LINE, w, RIGHT[0][2].replace("range(m)", "range(1, m)")),
    (LINE, w, RIGHT[2][2].replace("- yi", "+ yi")),
    (LINEAR, v, RIGHT[9][2].replace("z = 0", "z = 1")),
    (LINEAR, v, RIGHT[10][2].replace("X[i]\n", "X[i] - v\n")),
    (HINGE, v, RIGHT[15][2].replace("<", ">")),
    (SMOOTH, x, RIGHT[19][2].replace("m - 1", "m - 2")),
    (SMOOTH, x, RIGHT[20][2].replace("range(1, m)", "range(m)")),  # x[-1] is the last one
    (PAIRS, x, RIGHT[21][2].replace("-= 2", "+= 2")),
])  # fmt: skip
def test_mistakes_in_loops_are_found(cost: gd.Cost, by: Any, claim: str) -> None:
    verdict = cost.check({by: claim})
    assert not verdict.ok and verdict.counterexample, verdict.message


@pytest.mark.parametrize(("claim", "said"), [
    ("g = 0\nfor i in range(m):\n    g += g*x[i]\ng", "changes from one run"),
    ("p = 0\ng = 0\nfor i in range(m):\n    g += p*x[i]\n    p = x[i] + p\ng", "changes from one run"),
    ("g = 0\nh = 0\nfor i in range(m):\n    h += g\n    g += x[i]\nh", "changes from one run"),
    ("for i in range(m):\n    r = x[i]\nr", "last run of a loop"),
    ("g = 0\nfor i in range(m): g += x[i]\ng + i", "last run of a loop"),
    ("g = 0\nfor i in range(m):\n    if x[i] > 0:\n        r = 1\n    g += r\ng", "last run of a loop"),
    ("g = 0\nfor i in range(0, m, 2): g += x[i]\ng", "Loops are read that add up"),
    ("g = 1\nfor i in range(m): g *= x[i]\ng", "multiplied run by run"),
    ("for i in range(m): x[i] = 2\nx", "no value yet"),
    ("g = 0\nfor s in x:\n    s += 1\n    g += s\ng", "a part of the array"),
    ("g = 0\nfor s, t in zip(x, v):\n    g += s*t\ng", "as many entries|cannot be told|no array"),
    ("g = np.zeros(m)\nfor i in range(m): g[0] = x[i]\ng", "an entry of its own"),
    ("g = np.zeros(m, dtype=int)\nfor i in range(m): g[i] = x[i]/2\ng", "whole numbers"),
    ("h = np.zeros(m)\nfor i in range(m):\n    h[i] = x[i]\n    h[i - 1] += y[i]\nh.sum()", "which one is last"),
    ("h = np.zeros(m)\nfor i in range(m):\n    h += x[i]\n    h[i] = y[i]\nh.sum()", "which one is last"),
    ("g = 0\nfor i in range(m):\n    if not (x[i] > 0 and y[i] > 0): continue\n    g += x[i]\ng", "conditions are read"),
    ("g = 0\nfor i in range(m):\n    while g < 3: g += 1\ng", "Loops are read|nothing else"),
    ("g = 0\nfor i in range(m):\n    return g", "Loops are read that add up"),
    ("g = 0\nfor i in range(m)\n    g += 1\ng", "colon"),
    ("g = 0\nfor i in range(m):\ng", "Loops are read that add up"),
    ("g = 0\nfor i in range(x): g += 1\ng", "up to a number"),
    ("g = 0\nfor i in range(-1, m): g += x[i]\ng", "begin below 0"),
    ("g = 0\nfor i in range(m - 3, m): g += x[i]\ng", "begin below 0"),
    ("g = 0\nfor i in range(m): g += x[y[i]]\ng", "made of its letters"),
    ("sum(x[i] for i in range(m) if not x[i] > 0)", "one comparison"),
])  # fmt: skip
def test_other_loops_are_refused(claim: str, said: str) -> None:
    with pytest.raises(gd.GdsymError, match=said):
        LINE.check({w: claim})


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("g += q[i]*x[i]", "`q` is no array of this cost; its arrays are x, y"),
        ("g += foo(x[i])", "`foo` of 1 argument"),
        ("g += x[i, 0]", "Here: x[i, 0]"),
        ("g += x[i]^2", "a power is written"),
        ("g += x[i]*", "something is missing"),
        ("g += x[x[i]]", "An index in a loop"),
        ("g += 'a'", "'a'` is no number"),
    ],
)
def test_errors_speak_of_what_the_author_has_written(line: str, said: str) -> None:
    with pytest.raises(gd.GdsymError) as caught:
        LINE.check({w: f"g = 0\nfor i in range(m): {line}\ng"})
    assert said in str(caught.value)
    assert not is_ours(str(caught.value)) and "(0)" not in str(caught.value)


def test_an_array_that_each_run_begins_anew_may_be_changed_in_several_places() -> None:
    loop = "g = np.zeros(n)\nfor i in range(m):\n    e = np.zeros(n)\n    e[0] = 1\n    {}\n    g += {}\nreturn g"
    q = gd.Cost(Sum(X[i, j] * v[j] * (1 - KroneckerDelta(j, 1)), (i, 1, m), (j, 1, n)), [v])
    assert q.check({v: loop.format("e[:] = 1 - e", "e*X[i]")}).ok
    assert not q.check({v: loop.format("e[:] = 2 - e", "e*X[i]")}).ok
    before = (
        "e = np.zeros(n)\ng = np.zeros(n)\nfor i in range(m):\n    e[0] = 1\n    e[-1] = y[i]\n    g += e\nreturn g"
    )
    with pytest.raises(gd.ReadError, match=r"which one is last|changes from one run"):
        q.check({v: before})


@pytest.mark.parametrize(
    ("test", "right"), [("not s > 0", False), ("not s <= 0", True), ("not s <= 0 and not x[i] != x[i]", True)]
)
def test_not_turns_a_condition(test: str, right: bool) -> None:
    q = gd.Cost(Sum(Max(0, x[i]) * w, (i, 1, m)), [w])
    code = f"g = 0\nfor i in range(m):\n    s = x[i]\n    if {test}:\n        g += s\nreturn g"
    assert q.check({w: code}).ok == right
    with pytest.raises(gd.ReadError, match="conditions are read"):
        q.check({w: code.replace(test, "s > 0 or (not s > 0)")})
