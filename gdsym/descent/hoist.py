"""A quadratic cost needs the data only now and then: g(theta) = g_a + H d, J = J_a + (g_a + H d/2).d, d = theta - theta_a.

The anchor theta_a moves (one pass over the data) whenever rounding could be seen: when |H| |d| is 1e4 times the gradient,
or J has fallen by 5e4. So each step costs the same whatever the number of samples, and stays as exact as the direct loop.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gdsym.descent.evaluate import Evaluate
from gdsym.descent.task import Input, Parameter, Value, flat, unflat
from gdsym.written.nodes import Node

MOST_PARAMETERS = 500
MOST_FLOATS = 3  # with more parameters arrays are quicker than plain numbers
FAR = 1e4  # |H| |d| / |g| at which the anchor moves: 12 of 16 digits are left
FALL = 2e-5  # J / J_a at which it moves
AGREES = 1e-8  # relative: the two gradients at the trial point


@dataclass(frozen=True)
class Extra:
    """An input of the hoisted program that stands for no letter of the cost."""

    name: str
    node: Node
    kind: str = "data"


@dataclass(frozen=True)
class Hoisted:
    """The program that runs in place of the direct one, and values for its inputs."""

    inputs: tuple[Input, ...]
    once: tuple[str, ...]
    each: tuple[str, ...]
    value: str
    gradients: tuple[str, ...]
    needs: tuple[str, ...]
    data: dict[str, Any]


class Anchor:
    """Cost and flat gradient over all data; counts its passes."""

    def __init__(self, evaluate: Evaluate, params: Sequence[Parameter]) -> None:
        self.evaluate, self.params, self.passes = evaluate, params, 0

    def __call__(self, *theta: Value) -> tuple[float, Any]:
        self.passes += 1
        cost, slopes = self.evaluate(*theta)
        return float(cost), flat([np.broadcast_to(g, p.shape) for g, p in zip(slopes, self.params, strict=True)])


def hoisted(
    inputs: Sequence[Input], params: Sequence[Parameter], start: Sequence[Value], evaluate: Evaluate, hessian: Any
) -> Hoisted | None:
    """The hoisted program; None if the Hessian does not tell the gradient at another point (then run directly)."""
    x, anchor = flat(start), Anchor(evaluate, params)
    matrix = np.array(hessian, dtype=float).reshape(len(x), len(x))
    matrix = np.ascontiguousarray((matrix + matrix.T) / 2)
    if not np.isfinite(matrix).all() or not _foretells(matrix, x, params, anchor):
        return None
    size = float(np.linalg.norm(matrix))
    data = {"anchor": anchor, "far": (size / FAR) ** 2}
    own = [i for i in inputs if i.kind == "param"]
    if len(x) <= MOST_FLOATS and not any(p.is_array for p in params):
        entries = {f"H{i}{j}": float(matrix[i, j]) for i in range(len(x)) for j in range(len(x))}
        return _program(own, data | entries, *_floats([p.code for p in params]))
    return _program(own, data | {"H": matrix}, *_arrays(params))


def _foretells(matrix: Any, x: Any, params: Sequence[Parameter], anchor: Anchor) -> bool:
    """Is g(x + d) = g(x) + H d at a trial step d of about the length that a descent makes?"""
    cost, slope = anchor(*unflat(x, params))
    size = float(np.linalg.norm(matrix))
    if not (np.isfinite(cost) and np.isfinite(slope).all() and size > 0):
        return False
    d = slope / size
    found, told = anchor(*unflat(x - d, params))[1], slope - matrix @ d
    return bool(np.linalg.norm(found - told) <= AGREES * (np.linalg.norm(slope) + np.linalg.norm(matrix @ d)))


def _program(own: Sequence[Input], data: dict[str, Any], once: list[str], each: list[str], gradients: list[str]) -> Hoisted:
    extras = [Extra(name, own[0].node) for name in data]
    note = "# quadratic in its parameters: the data are read once, and again only where rounding asks for it"
    return Hoisted((*own, *extras), (note, *once), tuple(each), "Jq", tuple(gradients), ("import numpy as np",), data)


def _floats(codes: list[str]) -> tuple[list[str], list[str], list[str]]:
    """A few plain parameters: plain arithmetic."""
    n = range(len(codes))
    slopes, news = ", ".join(f"ga{j}" for j in n), ", ".join(f"gq{j}" for j in n)
    move = ["Ja, slope = anchor({})".format(", ".join(codes)), f"{slopes}, = slope.tolist()"]
    move += [f"a{j} = {codes[j]}" for j in n] + [f"low = {FALL}*Ja if Ja > 0.0 else -math.inf"]
    each = [f"d{j} = {codes[j]} - a{j}" for j in n]
    each += [f"h{i} = " + " + ".join(f"H{i}{j}*d{j}" for j in n) for i in n]
    each += [f"gq{j} = ga{j} + h{j}" for j in n]
    each += ["Jq = Ja + " + " + ".join(f"(ga{j} + 0.5*h{j})*d{j}" for j in n)]
    near = f"far*({' + '.join(f'd{j}*d{j}' for j in n)}) <= {' + '.join(f'gq{j}*gq{j}' for j in n)}"
    each += _moved(near, [*move, f"Jq, {news} = Ja, {slopes}"])
    return move, each, [f"gq{j}" for j in n]


def _arrays(params: Sequence[Parameter]) -> tuple[list[str], list[str], list[str]]:
    """Many parameters: one matrix times one vector."""
    codes = [p.code for p in params]
    move = ["Ja, ga = anchor({})".format(", ".join(codes))]
    whole = codes[0] if len(codes) == 1 and len(params[0].shape) == 1 else f"np.concatenate(({_parts(params)}))"
    move += [f"a = {whole}", f"low = {FALL}*Ja if Ja > 0.0 else -math.inf"]
    each = [f"d = {whole} - a", "h = H @ d", "gq = ga + h", "Jq = Ja + float((ga + 0.5*h) @ d)"]
    each += _moved("far*(d @ d) <= gq @ gq", [*move, "Jq, gq = Ja, ga"])
    gradients, at = [], 0
    for p in params:
        part = f"gq[{at}:{at + p.size}]"
        gradients.append(f"float(gq[{at}])" if not p.is_array else part if len(p.shape) == 1 else f"{part}.reshape{p.shape}")
        at += p.size
    return move, each, gradients


def _parts(params: Sequence[Parameter]) -> str:
    return ", ".join(f"{p.code}.ravel()" if p.is_array else f"({p.code},)" for p in params) + ","


def _moved(near: str, move: list[str]) -> list[str]:
    return [f"if not ({near} and Jq > low):", *(f"    {line}" for line in move)]


Build = Callable[[], Hoisted | None]
