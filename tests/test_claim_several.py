"""Code that returns one gradient for each parameter, as a tuple, a list, an array of numbers or a dict, is a claim about all of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from claim_runs import ran
from sympy import IndexedBase, Sum, symbols, tanh

import gdsym as gd

i, j, k, m, n, H = symbols("i j k m n H", integer=True, positive=True)
a, b = symbols("a b")
X, y, x, w, W, B, v = map(IndexedBase, "X y x w W B v".split())
LINE = gd.Cost(Sum((a * x[i] + b - y[i]) ** 2, (i, 1, m)) / m, [a, b])
PLANE = gd.Cost(Sum((Sum(X[i, j] * w[j], (j, 1, n)) + b - y[i]) ** 2, (i, 1, m)) / (2 * m), [w, b])
hidden = tanh(Sum(X[i, j] * W[j, k], (j, 1, n)) + B[k])
NETWORK = gd.Cost(Sum((Sum(hidden * v[k], (k, 1, H)) - y[i]) ** 2, (i, 1, m)) / (2 * m), [W, B, v])

ERROR = "e = X @ w + b - y\n"
LAYERS = "A = np.tanh(X @ W + B)\nd = (A @ v - y)/m\nD = d[:, None]*v*(1 - A**2)\n"
RIGHT = [
    (LINE, "e = a*x + b - y\nda = 2/m*np.sum(e*x)\ndb = 2/m*np.sum(e)\nreturn da, db"),
    (LINE, "e = a*x + b - y\nreturn np.array([2*np.mean(e*x), 2*np.mean(e)])"),
    (LINE, "da = 0\ndb = 0\nfor i in range(m):\n    e = a*x[i] + b - y[i]\n    da += 2*e*x[i]/m\n    db += 2*e/m\nreturn [da, db]"),
    (LINE, "e = a*x + b - y\ndb = 2*e.mean()\nda = 2*(e*x).mean()\nreturn db, da"),
    (LINE, "e = a*x + b - y\nreturn (2*(e*x).mean(), 2*e.mean())"),
    (PLANE, ERROR + "grads = {}\ngrads['w'] = X.T @ e/m\ngrads['b'] = e.mean()\nreturn grads"),
    (PLANE, ERROR + "grads = {'dw': X.T @ e, 'db': e.sum()}\ngrads['dw'] /= m\ngrads['db'] = grads['db']/m\nreturn grads"),
    (PLANE, ERROR + "return {\"grad_b\": e.mean(), \"grad_w\": X.T @ e/m}"),
    (PLANE, "grads = dict(w=np.zeros(n), b=0.0)\nfor i in range(m):\n    e = X[i] @ w + b - y[i]\n    grads['w'] += e*X[i]/m\n    grads['b'] += e/m\nreturn grads"),
    (PLANE, "def errors(w, b):\n    p = X @ w + b\n    return p, p - y\ncache = (X.T, m)\nA, size = cache\np, e = errors(w, b)\ndw, db = A @ e/size, e.mean()\nreturn dw, db"),
    (NETWORK, LAYERS + "grads = {}\ngrads['v'] = A.T @ d\ngrads['W'], grads['B'] = X.T @ D, D.sum(axis=0)\nreturn grads".replace("grads['W'], grads['B'] = X.T @ D, D.sum(axis=0)", "grads['W'] = X.T @ D\ngrads['B'] = D.sum(axis=0)")),
    (NETWORK, LAYERS + "dW = X.T @ D\ndB = np.sum(D, axis=0)\ndv = A.T @ d\nreturn dW, dB, dv"),
]  # fmt: skip


@pytest.mark.parametrize(("cost", "claim"), RIGHT)
def test_each_parameter_gets_its_value(cost: gd.Cost, claim: str) -> None:
    verdict = cost.check(claim)
    assert verdict.ok and len(verdict.parts) == len(cost.params), verdict.message
    rng = np.random.default_rng(3)
    sizes = {"m": 4, "n": 2, "H": 3}
    shapes = {"X": (4, 2), "y": 4, "x": 4, "w": 2, "W": (2, 3), "B": 3, "v": 3, "a": (), "b": ()}
    values: dict[str, Any] = {name: rng.normal(size=shape) for name, shape in shapes.items()}
    used = {str(name).partition("[")[0] for name in cost.expr.free_symbols} - set(sizes)
    wanted = cost.compile().gradient(
        {p: values[str(p)] for p in cost.params}, {q: values[q] for q in used - set(map(str, cost.params))}
    )
    found = ran(claim, {**sizes, **values})
    order = [str(p) for p in cost.params]
    if "return db, da" in claim:
        order = ["b", "a"]
    named = found if isinstance(found, dict) else dict(zip(order, found, strict=True))
    for name, part in named.items():
        parameter = next(p for p in cost.params if name in (str(p), f"d{p}", f"grad_{p}"))
        np.testing.assert_allclose(part, wanted[parameter], rtol=1e-10, atol=1e-12)


def test_a_slip_in_one_of_them_is_found() -> None:
    verdict = PLANE.check(ERROR + "return X.T @ e/m, e.sum()")
    assert not verdict.ok and verdict.parts[w].ok and verdict.parts[b].factor == m
    swapped = LINE.check("e = a*x + b - y\nreturn 2*e.mean(), 2*(e*x).mean()")
    assert not swapped.ok and swapped.parts[a].counterexample


@pytest.mark.parametrize("names", ["dj_db, dj_dw", "dL_db, dL_dw", "grad_b, grad_w", "b_grad, w_grad", "gb, gw"])
def test_values_belong_to_the_parameters_that_they_are_called_after(names: str) -> None:
    b_name, w_name = names.split(", ")
    verdict = PLANE.check(ERROR + f"{w_name} = X.T @ e/m\n{b_name} = e.mean()\nreturn {names}")
    assert verdict.ok, verdict.message


def test_one_parameter_needs_no_name() -> None:
    cost = gd.Cost(Sum((a * x[i] - y[i]) ** 2, (i, 1, m)), [a])
    assert cost.check("2*((a*x - y)*x).sum()").ok
    assert cost.check("grads = {}\ngrads['a'] = 2*((a*x - y)*x).sum()\nreturn grads").ok


@pytest.mark.parametrize(
    ("claim", "said"),
    [
        (ERROR + "return X.T @ e/m", "one gradient for each"),
        (ERROR + "return (e @ e)/2, X.T @ e/m, e.mean()", "3 values"),
        (ERROR + "return {'w': X.T @ e/m, 'bias': e.mean()}", "The values are called w, bias"),
        (ERROR + "db = e.mean()\nq = X.T @ e/m\nreturn db, q", "Which value is the gradient"),
        (ERROR + "grads = {}\nfor k in ('w', 'b'):\n    grads[k] = 1\nreturn grads", "entries are read by their names"),
        (ERROR + "grads = {'w': X.T @ e/m}\nh = grads\nreturn h", "entries are read by their names"),
        (ERROR + "grads = {}\ngrads['b'] += e.mean()\nreturn grads", "has no entry"),
        (ERROR + "g = X.T @ e/m\ngrads = {}\ngrads['w'] = g\ng *= 2\ngrads['b'] = e.mean()\nreturn grads", "one array"),
        ("w = params['w']\nw = 2*w\nq = params['w']\nreturn q, w.sum()", "is not told"),
        ("q = old['w']\nr = new['w']\nreturn q - r, r.sum()", "may be two arrays"),
        ("return {w: 3, b: 2}", "names in quotes"),
    ],
)  # fmt: skip
def test_what_is_not_told_is_asked_for(claim: str, said: str) -> None:
    with pytest.raises(gd.GdsymError, match=said):
        PLANE.check(claim)


def test_one_claim_is_about_one_parameter() -> None:
    with pytest.raises(gd.GdsymError, match=r"cost.check\(code\)"):
        PLANE.check({w: ERROR + "return X.T @ e/m, e.mean()"})
    with pytest.raises(gd.GdsymError, match="several values"):
        PLANE.check({w: ERROR + "return {'w': X.T @ e/m, 'b': e.mean()}"})


def test_parameters_in_a_dict_are_those_of_the_cost() -> None:
    code = "w, b = params['w'], params['b']\ne = X @ w + b - y\nreturn X.T @ e/m, e.mean()"
    assert PLANE.check(code).ok
