"""Traces of the update rules by PyTorch and optax, for tests/data/rule_traces.json.

    python -m venv peers && peers/bin/pip install torch optax && peers/bin/python benchmarks/rule_traces.py

RMSProp is given a small rate: in this bent valley larger steps bounce, and bouncing makes rounding errors grow.
Each library runs its own optimiser in float64 for 100 steps, with the gradient written by hand; nothing of gdsym is used.
Where a library's default or formula is not the paper's, the argument that makes it so is given here and named in the file.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

STEPS = 100
TARGET = Path(__file__).parent.parent / "tests" / "data" / "rule_traces.json"
START = [-1.2, 1.0, 0.5]
RATES = {"gradient descent": 5e-4, "momentum": 1e-4, "nesterov": 1e-4, "adagrad": 0.1, "rmsprop": 0.002, "adam": 0.05}


def gradient(t: Any) -> Any:
    """Of J = (1 - t0)^2 + 100 (t1 - t0^2)^2 + (t2 - t0)^2/2: a bent valley and a third direction."""
    bend = t[1] - t[0] ** 2
    return np.array([-2 * (1 - t[0]) - 400 * t[0] * bend - (t[2] - t[0]), 200 * bend, t[2] - t[0]])


def by_torch(name: str) -> tuple[list[list[float]], str]:
    """PyTorch's optimiser of that name."""
    import torch

    theta = torch.tensor(START, dtype=torch.float64, requires_grad=True)
    o, rate = torch.optim, RATES[name]
    made: dict[str, tuple[Callable[[], Any], str]] = {
        "gradient descent": (lambda: o.SGD([theta], lr=rate), "SGD(lr)"),
        "momentum": (lambda: o.SGD([theta], lr=rate, momentum=0.9), "SGD(lr, momentum=0.9)"),
        "nesterov": (
            lambda: o.SGD([theta], lr=rate, momentum=0.9, nesterov=True), "SGD(lr, momentum=0.9, nesterov=True)",
        ),
        "adagrad": (lambda: o.Adagrad([theta], lr=rate, eps=1e-8), "Adagrad(lr, eps=1e-8), its default is 1e-10"),
        "rmsprop": (
            lambda: o.RMSprop([theta], lr=rate, alpha=0.9, eps=1e-8), "RMSprop(lr, alpha=0.9), its default is 0.99",
        ),
        "adam": (lambda: o.Adam([theta], lr=rate), "Adam(lr)"),
    }  # fmt: skip
    optimiser, call = made[name][0](), made[name][1]
    path = [theta.detach().numpy().copy()]
    for _ in range(STEPS):
        theta.grad = torch.tensor(gradient(theta.detach().numpy()))
        optimiser.step()
        path.append(theta.detach().numpy().copy())
    return [p.tolist() for p in path], f"torch {torch.__version__}: {call}"


def by_optax(name: str) -> tuple[list[list[float]], str]:
    """The same by optax; its Adagrad and RMSProp put epsilon elsewhere unless told so."""
    import jax

    jax.config.update("jax_enable_x64", True)
    import jax.numpy as jnp
    import optax

    rate = RATES[name]
    made: dict[str, tuple[Any, str]] = {
        "gradient descent": (optax.sgd(rate), "sgd(rate)"),
        "momentum": (optax.sgd(rate, momentum=0.9), "sgd(rate, momentum=0.9)"),
        "nesterov": (optax.sgd(rate, momentum=0.9, nesterov=True), "sgd(rate, momentum=0.9, nesterov=True)"),
        "adagrad": (
            optax.adagrad(rate, initial_accumulator_value=0.0, eps=0.0),
            "adagrad(rate, initial_accumulator_value=0, eps=0): its epsilon stands under the root",
        ),
        "rmsprop": (
            optax.rmsprop(rate, decay=0.9, eps=1e-8, eps_in_sqrt=False), "rmsprop(rate, eps_in_sqrt=False)",
        ),
        "adam": (optax.adam(rate), "adam(rate)"),
    }  # fmt: skip
    optimiser, call = made[name]
    theta = jnp.array(START, dtype=jnp.float64)
    state = optimiser.init(theta)
    path = [np.asarray(theta)]
    for _ in range(STEPS):
        updates, state = optimiser.update(jnp.asarray(gradient(np.asarray(theta))), state, theta)
        theta = optax.apply_updates(theta, updates)
        path.append(np.asarray(theta))
    return [p.tolist() for p in path], f"optax {optax.__version__}: {call}"


def main() -> None:
    """Write the file anew."""
    traces = []
    for name, rate in RATES.items():
        for library in (by_torch, by_optax):
            path, call = library(name)
            traces.append({"rule": name, "rate": rate, "call": call, "theta": path})
    lines = ",\n".join(json.dumps(t) for t in traces)
    TARGET.write_text(f'{{"start": {json.dumps(START)}, "traces": [\n{lines}\n]}}\n', encoding="utf-8")


if __name__ == "__main__":
    main()
