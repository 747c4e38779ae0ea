"""Claims whose arrays are put together from pieces, or changed in some places: differences of neighbours, masks, running sums."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sympy import IndexedBase, Max, Sum, symbols
from tools import returned

import gdsym as gd

i, j, k, m, n = symbols("i j k m n", integer=True, positive=True)
lam = symbols("lam")
x, y, w, X, U, F = map(IndexedBase, "x y w X U F".split())
SMOOTH = gd.Cost(Sum((x[i] - y[i]) ** 2, (i, 1, m)) + Sum((x[i + 1] - x[i]) ** 2, (i, 1, m - 1)), [x])
IMAGE = gd.Cost(
    Sum((U[i, j] - F[i, j]) ** 2, (i, 1, m), (j, 1, n))
    + lam * Sum((U[i + 1, j] - U[i, j]) ** 2, (i, 1, m - 1), (j, 1, n))
    + lam * Sum((U[i, j + 1] - U[i, j]) ** 2, (i, 1, m), (j, 1, n - 1)),
    [U],
)
ABOVE = gd.Cost(Sum(Max(0, Sum(X[i, j] * w[j], (j, 1, n)) - y[i]) ** 2, (i, 1, m)), [w])
SUMS = gd.Cost(Sum(Sum(w[j], (j, 1, i)) ** 2, (i, 1, n)), [w])
RING = gd.Cost(Sum(w[j] * Sum(w[k], (k, 1, n)) + y[j] * w[j], (j, 1, n)), [w])

RIGHT: list[tuple[gd.Cost, Any, str]] = [
    (SMOOTH, x, "d = np.diff(x)\ng = 2*(x - y)\ng[1:] += 2*d\ng[:-1] -= 2*d\nreturn g"),
    (SMOOTH, x, "d = x[1:] - x[:-1]\n2*(x - y) + np.concatenate(([0], 2*d)) - np.concatenate((2*d, [0]))"),
    (SMOOTH, x, "2*(x - y) - 2*np.diff(np.diff(x), prepend=0, append=0)"),
    (SMOOTH, x, "2*(x - y) - 2*np.diff(np.pad(np.diff(x), 1))"),
    (SMOOTH, x, "2*(x - y) - 2*np.diff(x, append=x[-1]) + 2*np.diff(x, prepend=x[0])"),
    (SMOOTH, x, "d = 2*np.diff(x)\n2*(x - y) + np.append(0, d) - np.append(d, 0)"),
    (SMOOTH, x, ("g = np.zeros_like(x)\ng[0] = x[0] - x[1]\ng[-1] = x[-1] - x[-2]\n"
                "g[1:-1] = 2*x[1:-1] - x[:-2] - x[2:]\n2*(x - y) + 2*g")),
    (SMOOTH, x, "d = np.diff(x)\ng = np.empty(m)\ng[0] = -d[0]\ng[-1] = d[-1]\ng[1:-1] = d[:-1] - d[1:]\n2*(x - y + g)"),
    (SMOOTH, x, "r = 2*(x - y)[::-1]\nd = np.diff(x[::-1])\nr[1:] += 2*d\nr[:-1] -= 2*d\nnp.flip(r)"),
    (IMAGE, U, ("g = 2*(U - F)\na = U[1:, :] - U[:-1, :]\nb = np.diff(U, axis=1)\ng[1:] += 2*lam*a\ng[:-1, :] -= 2*lam*a\n"
               "g[:, 1:] += 2*lam*b\ng[:, :-1] -= 2*lam*b\nreturn g")),
    (ABOVE, w, "z = X @ w - y\ndz = 2*z.copy()\ndz[z <= 0] = 0\nreturn X.T @ dz"),
    (ABOVE, w, "z = X @ w - y\ng = np.zeros_like(y)\nactive = z > 0\ng[active] = 2*z[active]\nreturn X.T @ g"),
    (ABOVE, w, "z = X @ w - y\nz[z < 0] *= 0\nreturn 2*(X.T @ z)"),
    (SUMS, w, "2*np.cumsum(np.cumsum(w)[::-1])[::-1]"),
    (SUMS, w, "np.flip(np.cumsum(np.flip(2*w.cumsum())))"),
    (RING, w, "2*w.sum() + y + 0*np.roll(w, 1)"),
    (RING, w, "2*np.cumsum(np.roll(w, -2))[-1] + np.roll(np.roll(y, 1), -1)"),
]  # fmt: skip


@pytest.mark.parametrize(("cost", "by", "claim"), RIGHT)
def test_code_that_puts_pieces_together_is_right(cost: gd.Cost, by: Any, claim: str) -> None:
    verdict = cost.check({by: claim})
    assert verdict.ok, verdict.message


@pytest.mark.parametrize(("cost", "by", "claim"), RIGHT)
def test_numpy_runs_the_same_code_to_the_same_numbers(cost: gd.Cost, by: Any, claim: str) -> None:
    rng = np.random.default_rng(4)
    sizes = {"x": 5, "y": 5, "w": 5, "X": (5, 5), "U": (5, 4), "F": (5, 4)}
    arrays = {name: rng.normal(size=size) for name, size in sizes.items()}
    used = {str(symbol) for symbol in cost.expr.free_symbols}
    data = {name: array for name, array in (arrays | {"lam": 0.3}).items() if name in used and name != str(by)}
    slope = cost.compile().gradient({by: arrays[str(by)]}, data)[by]
    space: dict[str, Any] = {"np": np, "m": 5, "n": 4, "lam": 0.3, **arrays}
    exec("\n".join(["def gradient():", *(f"    {line}" for line in returned(claim))]), space)
    assert np.allclose(space["gradient"](), slope)


def test_what_the_code_needs_is_said() -> None:
    """There is no x[1] in an array of one entry."""
    assert SMOOTH.check({x: RIGHT[6][2]}).message == "x: right, where m ≥ 2."
    assert SMOOTH.check({x: RIGHT[0][2]}).message == "x: right."


@pytest.mark.parametrize(("cost", "by", "claim"), [
    (SMOOTH, x, RIGHT[0][2].replace("-= 2*d", "+= 2*d")),
    (SMOOTH, x, RIGHT[0][2].replace("g[1:]", "g[:-1]")),
    (SMOOTH, x, RIGHT[2][2].replace(", prepend=0, append=0", ", prepend=0, append=1")),
    (SMOOTH, x, RIGHT[6][2].replace("x[-2]", "x[0]")),
    (SMOOTH, x, RIGHT[6][2].replace("x[0] - x[1]", "x[1] - x[0]")),
    (IMAGE, U, RIGHT[9][2].replace("g[:, 1:] += 2*lam*b", "g[:, 1:] += 2*lam*b\ng[0, 0] += 1")),
    (ABOVE, w, RIGHT[10][2].replace("<=", ">=")),
    (ABOVE, w, "z = X @ w - y\nz[0] = 0\nz[z < 0] = 0\nreturn 2*(X.T @ z)"),
    (SUMS, w, "2*np.cumsum(np.cumsum(w))"),
    (RING, w, "2*w.sum() + np.roll(y, 1)"),
])  # fmt: skip
def test_mistakes_are_found(cost: gd.Cost, by: Any, claim: str) -> None:
    verdict = cost.check({by: claim})
    assert not verdict.ok and verdict.counterexample, verdict.message


def test_code_that_fails_for_one_entry_alone() -> None:
    """The first entry is the last one, too."""
    claim = (
        "g = 2*(x - y)\ng[1:] -= 2*x[:-1]\ng[:-1] -= 2*x[1:]\ng[0] += 2*x[0]\ng[-1] += 2*x[-1]\ng[1:-1] += 4*x[1:-1]\ng"
    )
    verdict = SMOOTH.check({x: claim})
    assert not verdict.ok and "m = 1" in verdict.message
    assert SMOOTH.check({x: claim + " + 0*x[1]"}).ok


def test_a_factor_is_told_of_such_code() -> None:
    halved = "g = x - y\ng[1:-1] += 2*x[1:-1] - x[:-2] - x[2:]\ng[0] += x[0] - x[1]\ng[-1] += x[-1] - x[-2]"
    assert str(SMOOTH.check({x: halved}).factor) == "1/2"


def test_code_with_many_changes_stays_short() -> None:
    many = "\n".join(["g = 2*(x - y)", *(f"g[{place}] += 0*x[0]" for place in range(6)), *RIGHT[0][2].split("\n")[:1]])
    claim = f"{many}\ng[1:] += 2*d\ng[:-1] -= 2*d\nreturn g"
    assert SMOOTH.check({x: claim}).message == "x: right, where m ≥ 6."
