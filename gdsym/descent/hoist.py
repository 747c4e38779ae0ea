"""A quadratic cost reads the data now and then: g(theta) = g_a + H d, J = J_a + (g_a + H d/2) d, d = theta - theta_a.

The anchor theta_a moves (one pass over the data) whenever rounding could be seen: when |H| |d| is 1e4 times the
gradient, or J has fallen by 5e4. A step costs the same for any number of samples, as exact as the direct one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
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
NOTE = "# the cost is quadratic: the data are read for the anchor only, again where rounding could be seen"
LOW = f"~low = {FALL}*~Ja if ~Ja > 0.0 else -math.inf"
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
    anchor: Anchor


class Anchor:
    """Cost and flat gradient over all data; counts its passes and remembers the last point."""

    def __init__(self, evaluate: Evaluate, params: Sequence[Parameter]) -> None:
        self.evaluate, self.params, self.passes = evaluate, params, 0
        self.point: Any = None

    def __call__(self, *theta: Value) -> tuple[float, Any]:
        self.passes += 1
        self.point = flat(theta)
        cost, slopes = self.evaluate(*theta)
        return float(cost), flat([np.broadcast_to(g, p.shape) for g, p in zip(slopes, self.params, strict=True)])

    def at(self, x: Any) -> tuple[float, Any]:
        """The same at a flat point."""
        return self(*unflat(x, self.params))


def hoisted(
    own: Sequence[Input], params: Sequence[Parameter], x: Any, evaluate: Evaluate, hessian: Any
) -> Hoisted | None:
    """The hoisted program, its first anchor at x; None if the Hessian does not foretell a gradient."""
    matrix = np.array(hessian, dtype=float).reshape(len(x), len(x))
    matrix = np.ascontiguousarray((matrix + matrix.T) / 2)
    size = float(np.linalg.norm(matrix))
    anchor = Anchor(evaluate, params)
    if not (np.isfinite(size) and size > 0 and _foretells(matrix, x, anchor)):
        return None
    data = {"~anchor": anchor, "~first": x, "~far": (size / FAR) ** 2}
    if len(x) <= MOST_FLOATS and not any(p.is_array for p in params):
        entries = {f"~H{i}{j}": float(matrix[i, j]) for i in range(len(x)) for j in range(len(x))}
        return _program(own, anchor, data | entries, *_floats([p.code for p in params]))
    return _program(own, anchor, data | {"~H": matrix}, *_arrays(params))


def _foretells(matrix: Any, x: Any, anchor: Anchor) -> bool:
    """Is g(x + d) = g(x) + H d at a trial step d of about the length that a descent makes?"""
    slope = anchor.at(x)[1]
    if not np.isfinite(slope).all():
        return False
    d = -slope / float(np.linalg.norm(matrix))
    found, told = anchor.at(x + d)[1], slope + matrix @ d
    return bool(np.linalg.norm(found - told) <= AGREES * (np.linalg.norm(slope) + np.linalg.norm(matrix @ d)))


def _program(
    own: Sequence[Input], anchor: Anchor, data: dict[str, Any], once: list[str], each: list[str], gradients: list[str]
) -> Hoisted:
    """`~` in front of our own names becomes a prefix that no parameter's name starts with."""
    prefix = "q_"
    while any(i.name.startswith(prefix) for i in own):
        prefix += "_"

    def named(lines: Iterable[str]) -> tuple[str, ...]:
        return tuple(line.replace("~", prefix) for line in lines)

    values = dict(zip(named(data), data.values(), strict=True))
    inputs = (*own, *(Extra(name, own[0].node) for name in values))
    return Hoisted(
        inputs,
        named([NOTE, *once]),
        named(each),
        named(["~J"])[0],
        named(gradients),
        ("import numpy as np",),
        values,
        anchor,
    )


def _floats(codes: list[str]) -> tuple[list[str], list[str], list[str]]:
    """A few plain parameters: plain arithmetic."""
    n = range(len(codes))
    slopes, news, points = (", ".join(f"~{word}{j}" for j in n) + "," for word in ("ga", "g", "a"))
    once = ["~Ja, ~slope = ~anchor.at(~first)", f"{slopes} = ~slope.tolist()", f"{points} = ~first.tolist()", LOW]
    each = [f"~d{j} = {codes[j]} - ~a{j}" for j in n]
    each += [f"~h{i} = " + " + ".join(f"~H{i}{j}*~d{j}" for j in n) for i in n]
    each += [f"~g{j} = ~ga{j} + ~h{j}" for j in n]
    each += ["~J = ~Ja + " + " + ".join(f"(~ga{j} + 0.5*~h{j})*~d{j}" for j in n)]
    move = [f"~Ja, ~slope = ~anchor({', '.join(codes)})", f"{slopes} = {news} = ~slope.tolist()"]
    move += [f"{points} = {', '.join(codes)},", "~J = ~Ja", LOW]
    near = f"~far*({' + '.join(f'~d{j}*~d{j}' for j in n)}) <= {' + '.join(f'~g{j}*~g{j}' for j in n)}"
    return once, [*each, _unless(near, move)], [f"~g{j}" for j in n]


def _arrays(params: Sequence[Parameter]) -> tuple[list[str], list[str], list[str]]:
    """Many parameters: one matrix times one vector."""
    codes = [p.code for p in params]
    parts = ", ".join(f"{p.code}.ravel()" if p.is_array else f"({p.code},)" for p in params)
    whole = codes[0] if len(params) == 1 and len(params[0].shape) == 1 else f"np.concatenate(({parts},))"
    once = ["~Ja, ~ga = ~anchor.at(~first)", "~a = ~first", LOW]
    each = [f"~d = {whole} - ~a", "~h = ~H @ ~d", "~g = ~ga + ~h", "~J = ~Ja + float((~ga + 0.5*~h) @ ~d)"]
    move = [f"~Ja, ~ga = ~anchor({', '.join(codes)})", f"~a = {whole}", "~J, ~g = ~Ja, ~ga", LOW]
    return once, [*each, _unless("~far*(~d @ ~d) <= ~g @ ~g", move)], list(_cut(params))


def _cut(params: Sequence[Parameter]) -> Iterator[str]:
    """Each parameter's part of the flat gradient, in its shape."""
    at = 0
    for p in params:
        part = f"~g[{at}:{at + p.size}]"
        shaped = part if len(p.shape) == 1 else f"{part}.reshape({p.shape})"
        yield shaped if p.is_array else f"float(~g[{at}])"
        at += p.size


def _unless(near: str, move: list[str]) -> str:
    return "\n".join([f"if not ({near} and ~J > ~low):", *(f"    {line}" for line in move)])
