"""Claims and data as they come from machine learning code: softmax over an axis, arrays of numbers, tensors with gradients."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sympy import IndexedBase, Sum, exp, log, symbols

import gdsym as gd

w = symbols("w")
i, j, k, m, n, K = symbols("i j k m n K", integer=True, positive=True)
W, X, Y = map(IndexedBase, "WXY")


def score(row: Any) -> Any:
    return Sum(W[row, j] * X[i, j], (j, 1, n))


LOSS = log(Sum(exp(score(k)), (k, 1, K))) * Sum(Y[i, k], (k, 1, K)) - Sum(Y[i, k] * score(k), (k, 1, K))
SOFTMAX = gd.Cost(Sum(LOSS, (i, 1, m)) / m, [W])
COUNTS = "Y.sum(axis=1)[:, None]"


@pytest.mark.parametrize("share", [
    "softmax(X @ W.T, axis=1)", "scipy.special.softmax(X @ W.T, axis=-1)", "torch.softmax(X @ W.T, dim=1)",
    "torch.nn.functional.softmax(X @ W.T, dim=1)", "softmax(X @ W.T, 1)",
])  # fmt: skip
def test_softmax_over_an_axis_is_read(share: str) -> None:
    assert SOFTMAX.check({W: f"(({COUNTS}*{share} - Y).T @ X)/m"}).ok
    wrong = SOFTMAX.check({W: f"(({share} - Y).T @ X)/m"})
    assert wrong.factor is None and wrong.counterexample


def test_softmax_over_the_samples_is_another_thing() -> None:
    assert SOFTMAX.check({W: f"(({COUNTS}*softmax(X @ W.T, axis=0) - Y).T @ X)/m"}).factor is None


@pytest.mark.parametrize("text", ["softmax(X @ W.T, 1, 0)", "softmax(X @ W.T, along=1)"])
def test_softmax_of_anything_else_is_refused(text: str) -> None:
    with pytest.raises(gd.GdsymError, match=r"softmax takes one array and axis="):
        SOFTMAX.check({W: text})


def test_numbers_are_no_formula() -> None:
    with pytest.raises(gd.GdsymError, match=r"ndarray: numbers at one place.*compile\(\)\.gradient"):
        SOFTMAX.check({W: np.ones((2, 3))})
    assert gd.Cost(3 * w, [w]).check({w: np.float64(3.0)}).ok


class Tensor:
    """Refuses to become an array, as one of PyTorch does that records gradients."""

    def __array__(self, *_: Any, **__: Any) -> Any:
        raise RuntimeError("Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead.")


def test_what_a_tensor_says_is_told() -> None:
    for params, data in (({W: Tensor()}, {X: [[1.0]], Y: [[1.0]]}), ({W: [[1.0]]}, {X: Tensor(), Y: [[1.0]]})):
        with pytest.raises(gd.GdsymError, match=r"^[WX] cannot be read as numbers: .*detach"):
            SOFTMAX.compile().value(params, data)
    with pytest.raises(gd.GdsymError, match="detach"):
        SOFTMAX.descend({W: Tensor()}, {X: [[1.0]], Y: [[1.0]]})


def test_softmax_as_pytorch_writes_it() -> None:
    z, x = IndexedBase("z"), IndexedBase("x")
    j, k, n = symbols("j k n", integer=True, positive=True)
    cost = gd.Cost(-Sum(x[j] * log(exp(z[j]) / Sum(exp(z[k]), (k, 1, n))), (j, 1, n)), [z])
    for claim in (
        "F.softmax(z, dim=0)*x.sum() - x",
        "torch.softmax(z, 0)*x.sum() - x",
        "F.softmax(z, -1)*x.sum() - x",
        "F.softmax(z)*x.sum() - x",
    ):
        assert cost.check({z: claim}).ok
    table = gd.Cost(Sum(Sum(z[j, k] ** 2, (k, 1, n)), (j, 1, n)), [z])
    with pytest.raises(gd.GdsymError, match="softmax over which axis"):
        table.check({z: "F.softmax(z)"})
