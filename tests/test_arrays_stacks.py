"""Arrays with three axes and more: sums of products are matrix products, on every engine beside automatic differentiation."""

from __future__ import annotations

from typing import Any

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from once import code_of, cost_of
from sympy import IndexedBase, Sum, exp, log, symbols

from gdsym.arrays.subscripts import Subscripts

i, j, k, l, t, m, n, p, q = symbols("i j k l t m n p q", integer=True, positive=True)
A, B, C, W, X, Y = map(IndexedBase, "A B C W X Y".split())
y = IndexedBase("y")
LENGTHS = {m: 5, n: 4, p: 3, q: 2}

over_b = (t, 1, m)
FORM = Sum(X[i, k] * W[k, l] * Y[i, l], (k, 1, n), (l, 1, p))
RESIDUALS: dict[str, tuple[Any, tuple[Any, ...], Any, str]] = {  # of squares; the sums; by NumPy; the code of the product
    "one matrix for all": (Sum(X[t, i, k] * W[k, j], (k, 1, p)) - Y[t, i, j], (over_b, (i, 1, n), (j, 1, q)), lambda W, X, Y: X @ W - Y, "X @ W - Y"),
    "one turned": (Sum(X[t, i, k] * W[j, k], (k, 1, p)) - Y[t, i, j], (over_b, (i, 1, n), (j, 1, q)), lambda W, X, Y: X @ W.T - Y, "X @ W.T - Y"),
    "a matrix for each": (Sum(X[t, i, k] * W[t, k, j], (k, 1, p)) - Y[t, i, j], (over_b, (i, 1, n), (j, 1, q)), lambda W, X, Y: X @ W - Y, "X @ W - Y"),
    "each turned": (Sum(X[t, i, k] * W[t, j, k], (k, 1, p)) - Y[t, i, j], (over_b, (i, 1, n), (j, 1, q)), lambda W, X, Y: X @ anp.swapaxes(W, 1, 2) - Y, "X @ W.swapaxes(1, 2)"),
    "the other turned": (Sum(X[t, k, i] * W[t, k, j], (k, 1, p)) - Y[t, i, j], (over_b, (i, 1, n), (j, 1, q)), lambda W, X, Y: anp.swapaxes(X, 1, 2) @ W - Y, "X.swapaxes(1, 2) @ W"),
    "a vector for each": (Sum(X[t, i, k] * W[t, k], (k, 1, p)) - Y[t, i], (over_b, (i, 1, n)), lambda W, X, Y: (X @ W[:, :, None])[:, :, 0] - Y, "(X @ W[..., None])[..., 0] - Y"),
    "two axes added up": (Sum(X[t, i, k] * W[i, k, j], (i, 1, n), (k, 1, p)) - Y[t, j], (over_b, (j, 1, q)), lambda W, X, Y: anp.tensordot(X, W, ((1, 2), (0, 1))) - Y, "np.tensordot(X, W, ((1, 2), (0, 1)))"),
    "the batch in the middle": (Sum(X[i, t, k] * W[t, k, j], (k, 1, p)) - Y[t, i, j], (over_b, (i, 1, n), (j, 1, q)), lambda W, X, Y: anp.swapaxes(X, 0, 1) @ W - Y, "einsum"),
}  # fmt: skip
ENGINES = ("numpy", "numba", "jax", "dask")


def lengths(cost: Any, base: Any) -> tuple[int, ...]:
    """By the ranges of the letters that stand there."""
    ends = {s.limits[at][0]: s.limits[at][2] for s in cost.atoms(Sum) for at in range(len(s.limits))}
    found = next(e for e in cost.atoms(type(X[1])) if e.base == base)
    return tuple(LENGTHS[ends[index]] for index in found.indices)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", RESIDUALS)
def test_squares_of_products(name: str, engine: str) -> None:
    residual, sums, plain, _ = RESIDUALS[name]
    cost = Sum(residual**2, *sums)
    rng = np.random.default_rng(7)
    w, x, z = (rng.normal(size=lengths(cost, base)) for base in (W, X, Y))

    def by_hand(w: Any) -> Any:
        return anp.sum(plain(w, x, z) ** 2)

    slope = autograd.grad(by_hand)
    options = {} if engine == "numpy" else {"backend": engine}
    rate = 1e-3
    run = cost_of(cost, [W]).descend(start={W: w}, data={X: x, Y: z}, learning_rate=rate, maxiter=3, **options)
    for step in range(3):
        np.testing.assert_allclose(run.history.cost[step], by_hand(w), rtol=1e-10)
        w = w - rate * slope(w)
    np.testing.assert_allclose(np.ravel(run.params[W]), np.ravel(w), rtol=1e-10)


@pytest.mark.parametrize("name", RESIDUALS)
def test_the_code_is_a_matrix_product(name: str) -> None:
    residual, sums, _, code = RESIDUALS[name]
    source = code_of(Sum(residual**2, *sums), [W]).source
    assert code in source
    assert ("einsum" in source) == (code == "einsum")


@pytest.mark.parametrize("cost", [Sum((FORM - y[i]) ** 2, (i, 1, m)), Sum(log(1 + exp(-y[i] * FORM)), (i, 1, m))])
def test_a_bilinear_form_is_made_once(cost: Any) -> None:
    """sum_l (sum_k W_kl X_ik) Y_il of the cost and sum_l Y_il sum_k W_kl X_ik of its slope."""
    assert code_of(cost, [W]).source.count("einsum") == 1


def fitted(model: Any, sizes: Any, start: dict[Any, Any], spec: str, seed: int) -> str:
    """The code of sum (model - Y)^2, after its value and slopes were compared with those of `np.einsum(spec)`."""
    cost = Sum((model - Y[i, j, k]) ** 2, (i, 1, m), (j, 1, n), (k, 1, symbols("s", integer=True, positive=True)))
    z = np.random.default_rng(seed).normal(size=sizes)
    compiled = code_of(cost, start)
    value, slopes = compiled.value_and_gradient(start, {Y: z})

    def by_hand(a: Any, b: Any, c: Any) -> Any:
        return anp.sum((anp.einsum(spec, a, b, c) - z) ** 2)

    assert value == pytest.approx(by_hand(*start.values()), rel=1e-12)
    for at, base in enumerate(start):
        np.testing.assert_allclose(slopes[base], autograd.grad(by_hand, at)(*start.values()), rtol=1e-11)
    return compiled.source


def test_a_tensor_of_three_factors() -> None:
    rng = np.random.default_rng(3)
    start = {A: rng.normal(size=(5, 2)), B: rng.normal(size=(4, 2)), C: rng.normal(size=(3, 2))}
    model = Sum(A[i, l] * B[j, l] * C[k, l], (l, 1, q))
    source = fitted(model, (5, 4, 3), start, "il,jl,kl->ijk", seed=5)
    assert source.count("tensordot") == 1 and source.count(" @ C") == 2


def test_a_train_of_tensors_has_one_residual() -> None:
    """Whatever letters its slopes give it: it stands as the data do, and so does the product B C."""
    rng = np.random.default_rng(4)
    start = {A: rng.normal(size=(5, 2)), B: rng.normal(size=(2, 4, 3)), C: rng.normal(size=(3, 6))}
    chain = Sum(A[i, p] * B[p, j, q] * C[q, k], (p, 1, t), (q, 1, l))
    source = fitted(chain, (5, 4, 6), start, "ip,pjq,qk->ijk", seed=6)
    assert source.count("- Y  #") == 1 and source.count("B @ C") == 1 and "transpose" not in source


@pytest.mark.parametrize(
    ("spec", "kinds", "is_product"),
    [
        ("bik,bkj->bij", ("b", "i", "j", "k"), True),
        ("cda,ab->cdb", ("", "cd", "b", "a"), True),
        ("abc,abd->cd", ("", "c", "d", "ab"), True),
        ("abc,ac->ab", ("a", "b", "", "c"), False),
        ("ab,ab->a", ("a", "", "", "b"), False),
        ("ab,cd->abcd", ("", "ab", "cd", ""), False),
        ("ibk,bkj->bij", ("b", "i", "j", "k"), False),
        ("abik,abkj->abij", ("ab", "i", "j", "k"), True),
        ("abik,bakj->abij", ("ab", "i", "j", "k"), False),
        ("bikl,bklj->bij", ("b", "i", "j", "kl"), False),
    ],
)
def test_kinds_of_letters(spec: str, kinds: tuple[str, ...], is_product: bool) -> None:
    found = Subscripts.of(*spec.split("->"))
    assert (found.batch, found.left, found.right, found.inner) == kinds
    assert found.are_of_matrices == is_product
    if is_product:
        first, second = (
            np.random.default_rng(1).normal(size=[2 + ord(x) % 3 for x in w]) for w in spec.split("->")[0].split(",")
        )
        if not found.batch:
            product = np.tensordot(first, second, found.places)
            np.testing.assert_allclose(product, np.einsum(f"{spec.split('->')[0]}->{found.out}", first, second))
