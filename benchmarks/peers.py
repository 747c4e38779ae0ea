"""The same runs by autograd, torch, SymPy's lambdify, JAX (the whole loop one scan) and numba (the whole loop one njit(fastmath) function)."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from types import SimpleNamespace
from typing import Any

import numpy as np

from benchmarks.contest import Contestant, Histories

Cost = Callable[[Any, Any, Any], Any]  # (array module, flat parameters, data) -> J


def flat(kept: Any) -> Histories:
    """Histories of a run that kept one flat parameter vector a row."""
    theta, cost, norm = kept
    return np.asarray(theta), np.asarray(cost), np.asarray(norm)


def autograd(cost: Cost, theta: Any, data: Any, alpha: float, n: int, gtol: float) -> list[Contestant]:
    """A Python loop around autograd's value_and_grad; at most 500 steps, it takes long."""
    n = min(n, 500)
    if not find_spec("autograd"):
        return []
    import autograd.numpy as anp
    from autograd import value_and_grad

    both = value_and_grad(lambda t: cost(anp, t, data))

    def run() -> Any:
        t, kept = theta.copy(), ([], [], [])  # type: ignore[var-annotated]
        for _ in range(n + 1):
            J, g = both(t)
            norm = float(np.sqrt(g.dot(g)))
            for column, value in zip(kept, (t, float(J), norm), strict=True):
                column.append(value)
            if norm <= gtol:
                break
            t = t - alpha * g
        return kept

    return [Contestant("autograd", run, flat, n)]


def jax(cost: Cost, theta: Any, data: Any, alpha: float, n: int, gtol: float) -> list[Contestant]:
    """One lax.scan, compiled beforehand; a finished run stands still, as a scan cannot stop."""
    if not find_spec("jax"):
        return []
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)

    def loop(theta: Any, data: Any) -> Any:
        both = jax.value_and_grad(lambda t: cost(jnp, t, data))

        def step(carry: Any, _: Any) -> Any:
            t, done = carry
            J, g = both(t)
            norm = jnp.sqrt(g.dot(g))
            done = done | (norm <= gtol)
            return (jnp.where(done, t, t - alpha * g), done), (t, J, norm)

        return jax.lax.scan(step, (theta, False), length=n + 1)[1]

    compiled = jax.jit(loop)
    there = jnp.asarray(theta), tuple(jnp.asarray(d) for d in data)
    return [Contestant("JAX scan", lambda: jax.block_until_ready(compiled(*there)), flat)]


def torch(cost: Cost, theta: Any, data: Any, alpha: float, n: int, gtol: float) -> list[Contestant]:
    """A Python loop around torch's backward; at most 500 steps, it takes long."""
    n = min(n, 500)
    if not find_spec("torch"):
        return []
    import torch

    torch.set_num_threads(1)
    named = SimpleNamespace(
        dot=torch.matmul, sum=torch.sum, log1p=torch.log1p, exp=torch.exp, abs=torch.abs,
        maximum=lambda z, low: torch.clamp(z, min=low),
    )  # fmt: skip
    there = tuple(torch.from_numpy(np.ascontiguousarray(d, dtype=float)) for d in data)

    def run() -> Any:
        t, kept = torch.tensor(theta, dtype=torch.float64, requires_grad=True), ([], [], [])  # type: ignore[var-annotated]
        for _ in range(n + 1):
            J = cost(named, t, there)
            (g,) = torch.autograd.grad(J, t)
            norm = float(g.norm())
            for column, value in zip(kept, (t.detach().numpy(), float(J.detach()), norm), strict=True):
                column.append(value)
            if norm <= gtol:
                break
            t = (t - alpha * g).detach().requires_grad_()
        return kept

    return [Contestant("torch", run, flat, n)]


def lambdify(expr: Any, params: Any, arrays: Any, theta: Any, alpha: float, n: int, gtol: float) -> list[Contestant]:
    """SymPy's own way: the sum and its derivatives by `diff`, each a Python loop over the samples; few steps."""
    import sympy

    count = max((len(a) for a in arrays.values()), default=1)
    n = max(2, min(n, 20_000 // count))
    f = sympy.lambdify([*params, *arrays, sympy.Symbol("m", integer=True, positive=True)],
                       [expr, *(expr.diff(p) for p in params)], modules="math")  # fmt: skip
    padded = [[np.nan, *map(float, a)] for a in arrays.values()]  # indices count from 1

    def run() -> Any:
        t, kept = [float(x) for x in theta], ([], [], [])  # type: ignore[var-annotated]
        for _ in range(n + 1):
            J, *g = f(*t, *padded, count)
            norm = sum(x * x for x in g) ** 0.5
            for column, value in zip(kept, (list(t), J, norm), strict=True):
                column.append(value)
            if norm <= gtol:
                break
            t = [x - alpha * y for x, y in zip(t, g, strict=True)]
        return kept

    return [Contestant("lambdify", run, flat, n)]


def numba(name: str, theta: Any, data: Any, alpha: float, n: int, gtol: float) -> list[Contestant]:
    """The whole loop by hand in numba."""
    if not find_spec("numba"):
        return []
    from benchmarks.in_numba import LOOPS

    if name not in LOOPS:
        return []
    loop = LOOPS[name]()
    arrays = tuple(np.ascontiguousarray(d, dtype=float) for d in data)
    return [Contestant("numba loop", lambda: loop(theta, *arrays, alpha, n, gtol), flat)]


def parabola(np: Any, t: Any, data: Any) -> Any:
    return (t[0] - 3.0) ** 2


def rosenbrock(np: Any, t: Any, data: Any) -> Any:
    return (1.0 - t[0]) ** 2 + 100.0 * (t[1] - t[0] ** 2) ** 2


def line(np: Any, t: Any, data: Any) -> Any:
    x, y = data
    r = t[0] * x + t[1] - y
    return np.dot(r, r) / (2 * len(x))


def linear(np: Any, t: Any, data: Any) -> Any:
    X, y = data
    r = np.dot(X, t[:-1]) + t[-1] - y
    return np.dot(r, r) / (2 * len(y))


def logistic(np: Any, t: Any, data: Any) -> Any:
    X, y = data
    z = np.dot(X, t[:-1]) + t[-1]
    return np.sum(np.maximum(z, 0) - z * y + np.log1p(np.exp(-np.abs(z)))) / len(y)
