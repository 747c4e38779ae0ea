"""Rules that a user writes in a few lines, against recurrences by hand: numbers, print, steps, batches, engines, files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sympy import (
    Eq,
    IndexedBase,
    Max,
    Min,
    Mod,
    Piecewise,
    Rational,
    Sum,
    acosh,
    asin,
    asinh,
    atanh,
    cos,
    frac,
    log,
    pi,
    sign,
    sqrt,
    symbols,
)  # fmt: skip
from tools import needs

import gdsym as gd

theta, g, alpha, k, v, s, d, p, top = symbols("theta g alpha k v s d p s_max")
one, two, eps = symbols("beta_1 beta_2 epsilon")
w, b = symbols("w b")
i, m = symbols("i m", integer=True, positive=True)
x, y = IndexedBase("x"), IndexedBase("y")
LINE = gd.Cost(Sum((w * x[i] + b - y[i]) ** 2, (i, 1, m)) / (2 * m), [w, b])
XS = np.random.default_rng(7).normal(size=23)
DATA = {x: XS, y: 2 * XS + 1 + 0.1 * np.cos(9 * XS)}
START = {w: -0.5, b: 0.25}
STEPS, RATE = 50, 0.05

RULES = {
    "AMSGrad": gd.UpdateRule(
        {v: one * v + (1 - one) * g, s: two * s + (1 - two) * g**2, top: Max(top, s), theta: theta - alpha * v / (sqrt(top) + eps)},
        start={v: 0, s: 0, top: 0}, constants={one: 0.9, two: 0.99, eps: 1e-8},
    ),
    "Nadam": gd.UpdateRule(
        {
            v: one * v + (1 - one) * g,
            s: two * s + (1 - two) * g**2,
            theta: theta - alpha * (one * v / (1 - one ** (k + 2)) + (1 - one) * g / (1 - one ** (k + 1))) / (sqrt(s / (1 - two ** (k + 1))) + eps),
        },
        start={v: 0, s: 0}, constants={one: 0.9, two: 0.999, eps: 1e-8},
    ),
    "AdaDelta": gd.UpdateRule(
        {s: one * s + (1 - one) * g**2, v: sqrt(d + eps) / sqrt(s + eps) * g, d: one * d + (1 - one) * v**2, theta: theta - v},
        start={s: 0, v: 0, d: 0}, constants={one: 0.9, eps: 1e-6},
    ),
    "Lion": gd.UpdateRule(
        {theta: theta - alpha * (sign(one * v + (1 - one) * g) + theta / 100), v: two * v + (1 - two) * g},
        start={v: 0}, constants={one: 0.9, two: 0.99},
    ),
    "restart where it goes uphill": gd.UpdateRule(
        {v: Piecewise((-alpha * g, g * v > 0), (one * v - alpha * g, True)), theta: theta + v}, start={v: 0}, constants={one: 0.9}
    ),
    "restart every 7 steps": gd.UpdateRule(
        {v: Piecewise((-alpha * g, Eq(Mod(k, 7), 0)), (one * v - alpha * g, True)), theta: theta + v}, start={v: 0}, constants={one: 0.9}
    ),
    "steps by signs": gd.UpdateRule(
        {s: Piecewise((Min(1.2 * s, 1), g * p > 0), (Max(s / 2, 1e-6), g * p < 0), (s, True)), theta: theta - sign(g) * s, p: g},
        start={s: 0.1, p: 0},
    ),
}  # fmt: skip


def amsgrad() -> Callable[..., Any]:
    a, c, t = 0.0, 0.0, 0.0

    def step(q: Any, h: Any, n: int) -> Any:
        nonlocal a, c, t
        a, c = 0.9 * a + 0.1 * h, 0.99 * c + 0.01 * h**2
        t = np.maximum(t, c)
        return q - RATE * a / (np.sqrt(t) + 1e-8)

    return step


def nadam() -> Callable[..., Any]:
    a, c = 0.0, 0.0

    def step(q: Any, h: Any, n: int) -> Any:
        nonlocal a, c
        a, c = 0.9 * a + 0.1 * h, 0.999 * c + 0.001 * h**2
        ahead = 0.9 * a / (1 - 0.9 ** (n + 2)) + 0.1 * h / (1 - 0.9 ** (n + 1))
        return q - RATE * ahead / (np.sqrt(c / (1 - 0.999 ** (n + 1))) + 1e-8)

    return step


def adadelta() -> Callable[..., Any]:
    c, e = 0.0, 0.0

    def step(q: Any, h: Any, n: int) -> Any:
        nonlocal c, e
        c = 0.9 * c + 0.1 * h**2
        moved = np.sqrt(e + 1e-6) / np.sqrt(c + 1e-6) * h
        e = 0.9 * e + 0.1 * moved**2
        return q - moved

    return step


def lion() -> Callable[..., Any]:
    a = 0.0

    def step(q: Any, h: Any, n: int) -> Any:
        nonlocal a
        new = q - RATE * (np.sign(0.9 * a + 0.1 * h) + 0.01 * q)
        a = 0.99 * a + 0.01 * h
        return new

    return step


def uphill() -> Callable[..., Any]:
    a = np.zeros(2)

    def step(q: Any, h: Any, n: int) -> Any:
        nonlocal a
        a = np.where(h * a > 0, 0, 0.9 * a) - RATE * h
        return q + a

    return step


def seventh() -> Callable[..., Any]:
    a = 0.0

    def step(q: Any, h: Any, n: int) -> Any:
        nonlocal a
        a = (0.0 if n % 7 == 0 else 0.9 * a) - RATE * h
        return q + a

    return step


def signs() -> Callable[..., Any]:
    size, last = np.full(2, 0.1), np.zeros(2)

    def step(q: Any, h: Any, n: int) -> Any:
        nonlocal size, last
        up, down = h * last > 0, h * last < 0
        size = np.where(up, np.minimum(1.2 * size, 1), np.where(down, np.maximum(size / 2, 1e-6), size))
        last = h
        return q - np.sign(h) * size

    return step


HAND = dict(zip(RULES, (amsgrad, nadam, adadelta, lion, uphill, seventh, signs), strict=True))


def run(name: str, **how: Any) -> gd.Descent:
    return LINE.descend(
        START, DATA, **{"learning_rate": RATE, "update": RULES[name], "maxiter": STEPS, "gtol": 0, **how}
    )


@pytest.mark.parametrize("name", RULES)
def test_numbers_are_those_of_the_recurrence(name: str) -> None:
    step, q = HAND[name](), np.array([-0.5, 0.25])
    path = [q]
    for n in range(STEPS):
        off = q[0] * DATA[x] + q[1] - DATA[y]
        q = step(q, np.array([np.mean(off * DATA[x]), np.mean(off)]), n)
        path.append(q)
    found = run(name)
    np.testing.assert_allclose(found.history.params[w], np.array(path)[:, 0], rtol=1e-11)
    np.testing.assert_allclose(found.history.params[b], np.array(path)[:, 1], rtol=1e-11)


@pytest.mark.parametrize("name", RULES)
def test_it_prints_and_explains_the_step_that_was_made(name: str) -> None:
    found, rule = run(name), RULES[name]
    assert rule.latex("w").count("k+1} &=") == rule.text().count("[k + 1] =") == len(rule.equations)
    for at in (0, 6, 7, STEPS - 1):
        lines = found.explain(at).text.splitlines()
        said = [line.rsplit("= ", 1)[1] for line in lines if line.startswith(("w ←", "b ←"))]
        np.testing.assert_allclose(
            [float(t) for t in said], [found.history.params[q][at + 1] for q in (w, b)], rtol=1e-5
        )


@pytest.mark.parametrize("batch", [None, 1, 5])
@pytest.mark.parametrize("name", RULES)
def test_it_goes_on_from_a_file_in_the_middle_of_an_epoch(name: str, batch: int | None, tmp_path: Path) -> None:
    whole, half = run(name, batch=batch, rng=3), run(name, batch=batch, rng=3, maxiter=17)
    rest = run(name, batch=batch, rng=3, resume=gd.load(half.save(tmp_path / "half.json")))
    assert rest.params == whole.params and rest.fun == whole.fun and rest.memory == whole.memory


@pytest.mark.parametrize("backend", ["numba", "jax"])
@pytest.mark.parametrize("name", RULES)
def test_other_engines_make_the_same_steps(name: str, backend: str) -> None:
    needs(backend)
    found, other = run(name), run(name, backend=backend)
    for q in (w, b):
        np.testing.assert_allclose(other.history.params[q], found.history.params[q], rtol=1e-10)


SCHEDULES = {
    "cosine with warm restarts": RATE / 2 * (1 + cos(pi * Mod(k, 10) / 10)) + RATE / 50,
    "the same as text": "0.025*(1 + cos(pi*Mod(k, 10)/10)) + 0.001",
    "every third step": Piecewise((RATE, Eq(Mod(k, 3), 0)), (RATE / 10, True)),
    "saw teeth": RATE * frac(k / 8) + RATE / 10,
    "a remainder below 0": RATE / 10 + Mod(-k, 4) / 100,
    "of powers and products": RATE * 2 ** Mod(3 * k, 5) / 16 - Mod(k, 2) / 1000,
    "inverse functions": RATE * (asin(1 / (k + 1)) + asinh(k) / 10 + acosh(k + 1) / 10 + atanh(1 / (k + 2))),
}


@pytest.mark.parametrize("name", SCHEDULES)
def test_rates_that_begin_again(name: str) -> None:
    given = SCHEDULES[name]
    expr = gd.read(given).to_sympy() if isinstance(given, str) else given
    letter = next(iter(expr.free_symbols))
    expected = [float(expr.subs(letter, n).evalf()) for n in range(20)]
    how: dict[str, Any] = {"learning_rate": given, "maxiter": 20, "gtol": 0}
    found = LINE.descend(START, DATA, **how)
    np.testing.assert_allclose(found.history.rate[:20], expected, rtol=1e-13)
    for backend in ("numba", "jax"):
        needs(backend)
        other = LINE.descend(START, DATA, **how, backend=backend)
        np.testing.assert_allclose(other.history.params[w], found.history.params[w], rtol=1e-10)


def test_a_remainder_by_zero_is_refused_before_the_first_step() -> None:
    with pytest.raises(gd.GdsymError, match="k = 0"):
        LINE.descend(START, DATA, learning_rate=Rational(1, 10) + Mod(5, k) / 100)


NOWHERE = {
    "a root of what is below 0": ({theta: theta - alpha * g ** Rational(1, 3)}, {}, 0, "∛g: the argument is -4"),
    "a state of 0 below the bar": ({v: v, theta: theta - alpha * g / v}, {v: 0}, 0, "α g/v: the denominator is 0"),
    "a state that comes to 0": ({v: v - 1, theta: theta - g / sqrt(v + 1)}, {v: 3}, 3, "g/√(v + 1): the denominator is 0"),
    "a state of its own": ({v: log(k - 1), theta: theta - alpha * v}, {v: 0}, 0, "log(k - 1): the argument is -1"),
}  # fmt: skip


@pytest.mark.parametrize("backend", ["numpy", "numba", "jax"])
@pytest.mark.parametrize("name", NOWHERE)
def test_an_update_without_a_value_is_named(name: str, backend: str) -> None:
    """It was said that the step leads to parameters that are too large for a float."""
    needs(backend)
    equations, start, steps, said = NOWHERE[name]
    found = gd.Cost((w - 2) ** 2, [w]).descend({w: 0}, update=gd.UpdateRule(equations, start), backend=backend)
    assert (found.status, found.nit) == ("nonfinite", steps) and f"in the update of w, {said}" in found.message
    z = IndexedBase("z")
    many = gd.Cost(Sum((z[i] - y[i]) ** 2, (i, 1, m)), [z])
    more = many.descend({z: [0, 0]}, {y: [2, 2]}, update=gd.UpdateRule(equations, start), backend=backend)
    assert (more.status, more.nit) == ("nonfinite", steps) and f"in the update of z, {said}" in more.message


def test_letters_as_they_are_typed() -> None:
    typed = gd.UpdateRule({"v": "0.9*v + g", "θ": "θ - α*v"}, start={"v": 0})
    assert (
        typed.equations == gd.UpdateRule({"v": "0.9*v + g", "\\theta": r"\theta - \alpha*v"}, start={"v": 0}).equations
    )
    assert typed.text() == "v[k + 1] = 0.9*v[k] + g[k]; theta[k + 1] = theta[k] - alpha*v[k + 1]"


def test_rules_made_anew_run_as_the_first_one() -> None:
    """Texts are kept by their equations and numbers: another number, or another sign of it, is another text."""
    made = [gd.Momentum(beta) for beta in (0.5, 0.9, 0.5)]
    runs = [LINE.descend(START, DATA, update=rule, maxiter=20, gtol=0).x.tolist() for rule in made]
    assert runs[0] == runs[2] != runs[1]
    assert LINE.descend(START, DATA, update="momentum", maxiter=20, gtol=0).x.tolist() == runs[1]


ALONE = {
    "Nesterov's k/(k + 3)": gd.UpdateRule(
        {v: k / (k + 3), s: theta - alpha * g, theta: s + v * (s - d), d: s}, start={v: 0, s: 0, d: 0}
    ),
    "a rate that is remembered": gd.UpdateRule({v: 2 * alpha, theta: theta - v * g}, start={v: 0}),
    "one number": gd.UpdateRule({v: Rational(1, 20), theta: theta - v * g}, start={v: 0}),
}


@pytest.mark.parametrize("backend", ["numpy", "numba", "jax"])
@pytest.mark.parametrize("name", ALONE)
def test_a_state_of_alpha_and_k_alone_has_the_shape_of_its_parameter(name: str, backend: str) -> None:
    """Beside an array it was one number: NumPy could not go on with it, and JAX made no loop of it."""
    needs(backend)
    z = IndexedBase("z")
    many = gd.Cost(Sum((z[i] - y[i]) ** 4 + (z[i] - y[i]) ** 2, (i, 1, m)), [z])
    ends = np.array([2.0, 3.0, 4.0])
    how: dict[str, Any] = {"update": ALONE[name], "gtol": 0, "backend": backend, "learning_rate": 0.01}
    whole = many.descend({z: [1, 2, 3]}, {y: ends}, maxiter=20, **how)
    half = many.descend({z: [1, 2, 3]}, {y: ends}, maxiter=7, **how)
    rest = many.descend(None, {y: ends}, maxiter=20, resume=half, **how)
    assert rest.x.tolist() == whole.x.tolist() and whole.memory["z_s0"].shape == (3,)
    one = gd.Cost((w - 2) ** 4 + (w - 2) ** 2, [w]).descend({w: 1}, maxiter=20, **how)
    np.testing.assert_allclose(whole.history.params[z][:, 0], one.history.params[w], rtol=1e-12)


@pytest.mark.parametrize("batch", [None, 5])
@pytest.mark.parametrize("backend", ["numpy", "numba", "jax"])
def test_rates_of_two_kinds_beside_each_other(backend: str, batch: int | None) -> None:
    """An expression beside a function was no number in the history of Numba and JAX, and its steps were not explained."""
    needs(backend)
    fall = RATE / (1 + k / 10)
    how: dict[str, Any] = {"learning_rate": {w: fall, b: lambda n: RATE * 0.9**n}, "gtol": 0, "rng": 2}
    found = LINE.descend(START, DATA, maxiter=30, backend=backend, batch=batch, **how)
    expected = [[float(fall.subs(k, n)), RATE * 0.9**n] for n in range(30)]
    np.testing.assert_allclose(found.history.rate[:30], expected, rtol=1e-13)
    assert found.explain(7).text.count("←") == 2
    half = LINE.descend(START, DATA, maxiter=13, backend=backend, batch=batch, **how)
    rest = LINE.descend(None, DATA, maxiter=30, backend=backend, batch=batch, resume=half, **how)
    np.testing.assert_array_equal(rest.history.rate[:30], found.history.rate[:30])
    assert rest.x.tolist() == found.x.tolist()


@pytest.mark.parametrize("backend", ["numpy", "numba", "jax"])
@pytest.mark.parametrize("keep_every", [1, 4])
def test_a_row_from_which_no_step_was_made_has_no_rate_of_a_function(backend: str, keep_every: int) -> None:
    """After a callback's stop Numba and JAX gave the last row the rate of a step that was not made."""
    needs(backend)
    how: dict[str, Any] = {"learning_rate": lambda n: RATE * 0.9**n, "backend": backend, "keep_every": keep_every}
    stopped = LINE.descend(START, DATA, callback=lambda n, q: n == 11, **how)
    ended = LINE.descend(START, DATA, maxiter=11, **how)
    for found in (stopped, ended):
        np.testing.assert_allclose(found.history.rate[:-1], RATE * 0.9 ** found.history.step[:-1], rtol=1e-13)
        assert found.nit == 11 and np.isnan(found.history.rate[-1])
    lost = gd.Cost(w**4, [w]).descend({w: 1}, learning_rate=lambda n: 1e308 if n else 0.01, backend=backend)
    assert lost.status == "nonfinite" and "parameters that are too large" in lost.message
