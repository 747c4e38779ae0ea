"""Convolutions: sums over what stands i + h places into an array, beside the sums written out with automatic differentiation."""

from __future__ import annotations

import tracemalloc
from typing import Any

import numpy as np
import pytest
from autograd import value_and_grad
from by_autograd import ENTRIES, traced
from once import code_of
from sympy import IndexedBase, Max, Rational, Sum, exp, sqrt, symbols, tanh

import gdsym as gd

i, j, k, l, h, d, o, m, n, p, q, r = symbols("i j k l h d o m n p q r", integer=True, positive=True)
rho = symbols("rho")
C, K, U, W, X, Y = map(IndexedBase, "C K U W X Y".split())
u, v, w, x, y = map(IndexedBase, "u v w x y".split())
SIZES = {m: 6, n: 5, p: 3, q: 2, r: 4}

IMAGE = Sum(K[h, d] * U[i + h - 1, j + d - 1], (h, 1, p), (d, 1, q))
SQUARES = Sum((IMAGE - Y[i, j]) ** 2, (i, 1, m), (j, 1, n))
LINE = Sum((Sum(w[h] * u[i + h - 1], (h, 1, p)) - y[i]) ** 2, (i, 1, m))
BACK = Sum((Sum(w[h] * u[i - h + 1], (h, 1, p)) - y[i]) ** 2, (i, p, m))
ROWS = Sum(v[j] * Max(0, Sum(w[h] * X[i, j + h - 1], (h, 1, p))), (j, 1, n))
FILTERS = Sum(v[o] * Max(0, Sum(K[o, h, d] * U[i + h - 1, j + d - 1], (h, 1, p), (d, 1, q))), (o, 1, r))
CHANNELS = Sum(W[o, h] * X[o, i + h - 1], (o, 1, r), (h, 1, p))
LAST = Sum(W[h, o] * X[i + h - 1, o], (o, 1, r), (h, 1, p))
VOLUME = Sum(K[h, d, o] * U[i + h - 1, j + d - 1, k + o - 1], (h, 1, p), (d, 1, q), (o, 1, 2))
PARTED = Sum(v[h] * w[d] * U[i + h - 1, j + d - 1], (h, 1, p), (d, 1, q))
CAUSAL = Sum((Sum(w[i - j + 1] * x[j], (j, 1, i)) - y[i]) ** 2, (i, 1, m))
BLUR = Sum(exp(-((h - 2) ** 2) / 3) * u[i + h - 1], (h, 1, 3))
SECOND = Sum((Sum((i - j) ** 2 * rho ** (i - j) * x[j], (j, 1, i)) - y[i]) ** 2, (i, 1, m))
TWICE = Sum(w[h] * tanh(Sum(v[d] * u[i + h + d - 2], (d, 1, q))), (h, 1, p))
NORMED = Sum(sqrt(1 + Sum(w[h] * u[i + h - 1], (h, 1, p)) ** 2) * y[i], (i, 1, m))
WEIGHED = Sum(y[i] * Sum(w[h] * v[i] * u[i + h - 1] / (1 + v[i] ** 2), (h, 1, p)) ** 2, (i, 1, m))
LAG = x[i] - w[k] * x[i - k]
AHEAD = sqrt(1 + (X[i, o] - w[k] * X[i + k, o]) ** 2)
AROUND = K[h, d] * sqrt(1 + (U[i, j] - U[i + h - 1, j + d - 1]) ** 2)
STEPS = Sum((X[i + 1, k] - Sum(W[k, l] * X[i, l], (l, 1, q))) ** 2, (i, 1, m - 1), (k, 1, q))
ORDER = Sum((x[i] - Sum(w[k] * x[i - k], (k, 1, p))) ** 2, (i, p + 1, m))

MODELS: dict[str, tuple[Any, dict[Any, Any], dict[Any, Any]]] = {  # cost; lengths of parameters; of data
    "the image": (SQUARES, {U: (8, 6)}, {K: (3, 2), Y: (6, 5)}),
    "the kernel": (SQUARES, {K: (3, 2)}, {U: (8, 6), Y: (6, 5)}),
    "image and kernel": (SQUARES, {U: (8, 6), K: (3, 2)}, {Y: (6, 5)}),
    "a signal": (LINE, {u: (8,)}, {w: (3,), y: (6,)}),
    "weights of a signal": (LINE, {w: (3,)}, {u: (8,), y: (6,)}),
    "a signal, backwards": (BACK, {u: (6,)}, {w: (3,), y: (6,)}),
    "weights, backwards": (BACK, {w: (3,)}, {u: (6,), y: (6,)}),
    "rows of a table": (Sum((ROWS - y[i]) ** 2, (i, 1, m)), {w: (3,), v: (5,)}, {X: (6, 7), y: (6,)}),
    "rows as parameters": (Sum((ROWS - y[i]) ** 2, (i, 1, m)), {X: (6, 7)}, {w: (3,), v: (5,), y: (6,)}),
    "filters": (Sum((FILTERS - Y[i, j]) ** 2, (i, 1, m), (j, 1, n)), {K: (4, 3, 2), v: (4,)}, {U: (8, 6), Y: (6, 5)}),
    "filters of a sought image": (Sum((FILTERS - Y[i, j]) ** 2, (i, 1, m), (j, 1, n)), {U: (8, 6)}, {K: (4, 3, 2), v: (4,), Y: (6, 5)}),
    "channels": (Sum((CHANNELS - y[i]) ** 2, (i, 1, m)), {X: (4, 8), W: (4, 3)}, {y: (6,)}),
    "channels last": (Sum((LAST - y[i]) ** 2, (i, 1, m)), {X: (8, 4), W: (3, 4)}, {y: (6,)}),
    "a volume": (Sum((VOLUME - 1) ** 2, (i, 1, m), (j, 1, n), (k, 1, r)), {U: (8, 6, 5), K: (3, 2, 2)}, {}),
    "a kernel that is a product": (Sum((PARTED - Y[i, j]) ** 2, (i, 1, m), (j, 1, n)), {U: (8, 6), v: (3,), w: (2,)}, {Y: (6, 5)}),
    "causal weights": (CAUSAL, {w: (6,), x: (6,)}, {y: (6,)}),
    "a blurred signal": (Sum((BLUR - y[i]) ** 2, (i, 1, m)), {u: (8,)}, {y: (6,)}),
    "squared lags": (SECOND, {rho: ()}, {x: (6,), y: (6,)}),
    "squared lags of what is sought": (SECOND, {x: (6,)}, {rho: 0.7, y: (6,)}),
    "two convolutions": (Sum((TWICE - y[i]) ** 2, (i, 1, m)), {u: (9,), v: (2,), w: (3,)}, {y: (6,)}),
    "no square": (NORMED, {u: (8,), w: (3,)}, {y: (6,)}),
    "with factors of either": (WEIGHED, {u: (8,), w: (3,), v: (6,)}, {y: (6,)}),
    "with a ridge": (SQUARES + Rational(1, 10) * Sum(U[i, j] ** 2, (i, 1, m + p - 1), (j, 1, n + q - 1)), {U: (8, 6)}, {K: (3, 2), Y: (6, 5)}),
    "lags one by one": (Sum(LAG**2, (k, 1, p), (i, p + 1, m)), {x: (6,), w: (3,)}, {}),
    "lags one by one, in the other order": (Sum(LAG**2, (i, p + 1, m), (k, 1, p)), {x: (6,), w: (3,)}, {}),
    "the same ahead": (Sum(y[i] * sqrt(1 + (x[i] - w[k] * x[i + k - 1]) ** 2), (i, 1, m), (k, 1, p)), {x: (8,)}, {w: (3,), y: (6,)}),
    "places ahead, one by one": (Sum(v[o] * AHEAD, (k, 1, p), (i, 1, m), (o, 1, r)), {X: (9, 4)}, {w: (3,), v: (4,)}),
    "neighbours in the plane": (Sum(AROUND, (h, 1, p), (d, 1, q), (i, 1, m), (j, 1, n)), {U: (8, 6), K: (3, 2)}, {}),
    "roots of lags": (Sum(sqrt(exp(x[i] + 2 * x[i - k]) + y[i] ** 2), (k, 1, p), (i, p + 1, m)), {x: (6,)}, {y: (6,)}),
    "states that follow one another": (STEPS + Sum((X[i, k] - Y[i, k]) ** 2, (i, 1, m), (k, 1, q)), {X: (6, 2), W: (2, 2)}, {Y: (6, 2)}),
    "an order, and one ahead": (Sum((x[i] - Sum(w[k] * x[i - k], (k, 1, p)) + x[i + 1]) ** 2, (i, p + 1, m - 1)), {x: (6,), w: (3,)}, {}),
    "lags one by one, and one ahead": (Sum((LAG + x[i + 1]) ** 2, (k, 1, p), (i, p + 1, m - 1)), {x: (6,), w: (3,)}, {}),
    "lags within an exponential": (Sum(exp(-(LAG**2) / 2), (k, 1, p), (i, p + 1, m)), {x: (6,), w: (3,)}, {}),
    "the same of rows": (Sum(exp(-((X[i, o] - w[k] * X[i - k, o]) ** 2)), (k, 1, p), (o, 1, r), (i, p + 1, m)), {X: (6, 4), w: (3,)}, {}),
    "an order of rows within an exponential": (Sum(exp(-((X[i, o] - Sum(w[k] * X[i - k, o], (k, 1, p))) ** 2)), (o, 1, r), (i, p + 1, m)), {X: (6, 4), w: (3,)}, {}),
    "an order that is a size": (ORDER + Sum((x[i] - y[i]) ** 2, (i, 1, m)), {x: (6,), w: (3,)}, {y: (6,)}),
}  # fmt: skip


def drawn(shapes: dict[Any, Any], rng: np.random.Generator) -> dict[Any, Any]:
    found = {}
    for key, shape in shapes.items():
        found[key] = shape if isinstance(shape, float) else 0.6 if shape == () else rng.normal(size=shape)
    return found


def check(name: str, backend: str) -> None:
    cost, shapes, given = MODELS[name]
    rng = np.random.default_rng(11)
    start, data = drawn(shapes, rng), drawn(given, rng)
    compiled = code_of(cost, start, backend)
    told = {size: length for size, length in SIZES.items() if size in compiled_sizes(compiled)}
    value, slopes = compiled.value_and_gradient(start, {**data, **told})
    for param, at in start.items():

        def literal(a: Any, param: Any = param) -> Any:
            arrays = {str(key): value for key, value in {**data, **start, param: a}.items()}

            def entry(base: str, places: tuple[int, ...]) -> Any:
                return arrays[base][tuple(place - 1 for place in places)]

            plain = {key: arrays[str(key)] for key in (*start, *data) if not isinstance(key, IndexedBase)}
            return traced(cost, {**SIZES, **plain, ENTRIES: entry})

        right, slope = value_and_grad(literal)(at)
        assert value == pytest.approx(right, rel=1e-11)
        np.testing.assert_allclose(slopes[param], slope, rtol=1e-9, atol=1e-11)


def compiled_sizes(compiled: Any) -> set[Any]:
    return {size.node.symbol for size in compiled.program.sizes if not compiled.program.shapes.sizes[size.node]}


@pytest.mark.parametrize("name", MODELS)
def test_against_the_sums_written_out(name: str) -> None:
    check(name, "numpy")


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["numba", "jax", "dask"])
@pytest.mark.parametrize("name", MODELS)
def test_on_other_engines(name: str, backend: str) -> None:
    pytest.importorskip(backend)
    check(name, backend)


SIMPLE = [*list(MODELS)[:7], "image and kernel", "a volume", "causal weights", "squared lags"]


@pytest.mark.parametrize("name", SIMPLE)
def test_no_table_of_places(name: str) -> None:
    """Neither pairs of entries nor copies of windows, and no case distinction."""
    cost, shapes, _ = MODELS[name]
    source = code_of(cost, shapes).source
    assert ("decaying_sum(" if name == "squared lags" else "correlated(") in source
    assert not any(word in source for word in ("np.where", "einsum", "windows(", "dtype=int", "tensordot"))


def test_filters_share_their_windows() -> None:
    """One view for the cost and the slope, and a matrix product with all filters."""
    cost, shapes, _ = MODELS["filters"]
    source = code_of(cost, shapes).source
    assert source.count("windows(") == 2 and source.count("np.tensordot(") == 4 and "np.where" not in source


APART = list(MODELS)[list(MODELS).index("lags one by one") :]


@pytest.mark.parametrize("name", [name for name in APART if name != "roots of lags"])
def test_what_lies_a_few_places_apart_makes_no_table_of_pairs(name: str) -> None:
    """Neither entries looked up nor case distinctions: what depends on both places is made once for each distance."""
    cost, shapes, _ = MODELS[name]
    source = code_of(cost, shapes).source
    assert "np.where" not in source and "dtype=int" not in source and "None, :, None" not in source


def test_letters_that_are_turned_do_not_matter() -> None:
    """The same view whichever of the two letters stands first."""
    turned = SQUARES.subs({i + h - 1: h + i - 1})
    assert code_of(turned, [K]).source == code_of(SQUARES, [K]).source


def test_ranges_that_need_sizes_apart_compile() -> None:
    """Tiny sizes at which p + 2..m - 1 has an entry: m is at least p + 3."""
    value, slopes = code_of("Sum((x[i] - w[k]*x[i - k])**2, (i, p + 2, m - 1), (k, 1, p))", [x]).value_and_gradient(
        {x: [1.0, 2, 4, 8, 16]}, {w: [2.0, 3]}
    )
    assert value == (8 - 2 * 4) ** 2 + (8 - 3 * 2) ** 2 + (16 - 2 * 8) ** 2 + (16 - 3 * 4) ** 2
    np.testing.assert_array_equal(slopes[x], [0, -2 * 3 * 2, -2 * 3 * 4, 2 * 2, 2 * 4])


def test_steps_of_two_are_looked_up() -> None:
    cost = Sum((Sum(w[h] * u[2 * i + h - 2], (h, 1, p)) - y[i]) ** 2, (i, 1, m))
    compiled = code_of(cost, [u])
    assert "dtype=int" in compiled.source
    assert compiled.value({u: [1.0, 2, 3, 4, 5]}, {w: [1.0, 1, 1], y: [6.0, 12.0]}) == 0


@pytest.mark.parametrize("c", [2, 0, -3, 0.5, 50])
@pytest.mark.parametrize(
    ("inner", "counts"),
    [
        ("Piecewise((x[j], i >= j + c), (0, True))", lambda i, j, c: i >= j + c),
        ("Piecewise((x[j], (i >= j) & (i <= j + c)), (0, True))", lambda i, j, c: j <= i <= j + c),
        ("Piecewise((w[i - j + 1]*x[j], (j <= i) & (j >= i - c)), (0, True))", lambda i, j, c: i - c <= j <= i),
    ],
)
def test_bounds_that_are_data_are_no_sizes(inner: str, counts: Any, c: float) -> None:
    """A letter that stands in a condition only may be any number: it cuts no array."""
    moved = "w[" in inner
    rng = np.random.default_rng(4)
    data = {name: rng.normal(size=6) for name in ("y", *("w" * moved))}
    cost = code_of(f"Sum(y[i]*Sum({inner}, (j, 1, {'i' if moved else 'm'}))**2, (i, 1, m))", "x")
    start = rng.normal(size=6)
    value, slope = cost.value_and_gradient({"x": start}, {**data, "c": c})
    weights = [[data["w"][i - j] if moved and i >= j else 1.0 for j in range(6)] for i in range(6)]
    table = np.where([[counts(i, j, c) for j in range(6)] for i in range(6)], weights, 0.0)
    sums = table @ start
    assert value == pytest.approx(data["y"] @ sums**2, rel=1e-12)
    np.testing.assert_allclose(slope["x"], 2 * table.T @ (data["y"] * sums), rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("sought", [U, K])
def test_a_large_image_needs_no_more_than_a_few_images(sought: Any) -> None:
    """15 x 15 windows of an image, copied, would be 225 of it; pairs of pixels 8 GB."""
    rng = np.random.default_rng(1)
    values = {U: rng.normal(size=(300, 300)), K: rng.normal(size=(15, 15)), Y: rng.normal(size=(286, 286))}
    at = values.pop(sought)
    bound = code_of(SQUARES, [sought]).bind(values)
    flat = bound.flat({sought: at})
    bound.fun_and_jac(flat)
    tracemalloc.start()
    bound.fun_and_jac(flat)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 7 * 300 * 300 * 8
    if sought is K:
        parts = {place: values[U][place[0] : place[0] + 286, place[1] : place[1] + 286] for place in np.ndindex(15, 15)}
        error = sum(at[place] * part for place, part in parts.items()) - values[Y]
        value, slope = bound.fun_and_jac(flat)
        assert value == pytest.approx(np.vdot(error, error), rel=1e-12)
        np.testing.assert_allclose(slope, [2 * np.vdot(error, part) for part in parts.values()], rtol=1e-9, atol=1e-8)


def test_few_windows_of_data_are_rows_of_a_table_before_a_loop() -> None:
    """Then cost and slope of a kernel are matrix products; plain code has no such table."""
    program = code_of(SQUARES, [K]).program
    assert sum("unfolded(" in s.code for s in program.once) == 1
    assert "".join((*(s.code for s in program.each), *program.gradients)).count("covered(") == 2
    assert not any("unfolded(" in s.code for s in code_of(SQUARES, [U]).program.once)
    assert "unfolded(" not in code_of(SQUARES, [K]).source


def test_filters_of_a_large_image_are_made_in_tiles() -> None:
    rng = np.random.default_rng(2)
    data = {U: rng.normal(size=(300, 300)), Y: rng.normal(size=(292, 292))}
    cost = gd.Cost(Sum((FILTERS - Y[i, j]) ** 2, (i, 1, m), (j, 1, n)), [K, v])
    bound = cost.compile().bind(data)
    flat = bound.flat({K: rng.normal(size=(3, 9, 9)), v: rng.normal(size=3)})
    bound.fun_and_jac(flat)
    tracemalloc.start()
    bound.fun_and_jac(flat)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 20 * 300 * 300 * 8  # the windows together are 81 images
