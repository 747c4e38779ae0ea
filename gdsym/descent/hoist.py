"""A quadratic cost reads the data now and then: g(theta) = g_a + H d, J = J_a + (g_a + H d/2) d, d = theta - theta_a.

The anchor theta_a moves (one pass over the data) whenever rounding could be seen: when |H| |d| is 1e4 times the
gradient, or J has fallen by 5e4. A step costs the same for any number of samples, as exact as the direct one.

Only for update rules that are linear in the gradient (plain, momentum, Nesterov): one that divides by the size of the
gradient (Adam, RMSProp, AdaGrad) makes the last digit of a tiny gradient a whole step, hoisted or not.
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
    floats: bool = True  # numbers are Python floats, not NumPy's
    square: str = ""  # the squared norm of the gradient, computed anyway


class Anchor:
    """Cost and flat gradient over all data; counts its passes and remembers the last point."""

    def __init__(self, evaluate: Evaluate, params: Sequence[Parameter]) -> None:
        self.evaluate, self.params, self.passes = evaluate, params, 0
        self.point: Any = None
        self.found: Any = None

    def __call__(self, *theta: Value) -> tuple[float, Any]:
        point = flat(theta)
        if self.found is None or not np.array_equal(point, self.point):
            self.passes += 1
            cost, slopes = self.evaluate(*theta)
            self.found = (
                float(cost),
                flat([np.broadcast_to(g, p.shape) for g, p in zip(slopes, self.params, strict=True)]),
            )
            self.point = point
        cost, slope = self.found
        return cost, slope

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
    kept = anchor.point, anchor.found
    found, told = anchor.at(x + d)[1], slope + matrix @ d
    anchor.point, anchor.found = kept
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
    J, square = named(["~J", "~gg"])
    needs = ("import numpy as np",)
    return Hoisted(inputs, named([NOTE, *once]), named(each), J, named(gradients), needs, values, anchor, square=square)


def _floats(codes: list[str]) -> tuple[list[str], list[str], list[str]]:
    """A few plain parameters: plain arithmetic."""
    n = range(len(codes))
    slopes, news, points = (", ".join(f"~{word}{j}" for j in n) + "," for word in ("ga", "g", "a"))
    square = "~gg = " + " + ".join(f"~g{j}*~g{j}" for j in n)
    once = ["~Ja, ~slope = ~anchor.at(~first)", f"{slopes} = ~slope.tolist()", f"{points} = ~first.tolist()", LOW]
    each = [f"~d{j} = {codes[j]} - ~a{j}" for j in n]
    each += [f"~g{i} = ~ga{i} + " + " + ".join(f"~H{i}{j}*~d{j}" for j in n) for i in n]
    each += [f"~J = ~Ja + 0.5*({' + '.join(f'(~ga{j} + ~g{j})*~d{j}' for j in n)})", square]
    move = [f"~Ja, ~slope = ~anchor({', '.join(codes)})", f"{slopes} = {news} = ~slope.tolist()"]
    move += [f"{points} = {', '.join(codes)},", "~J = ~Ja", square, LOW]
    near = f"~far*({' + '.join(f'~d{j}*~d{j}' for j in n)}) <= ~gg"
    return once, [*each, _unless(near, move)], [f"~g{j}" for j in n]


def _arrays(params: Sequence[Parameter]) -> tuple[list[str], list[str], list[str]]:
    """Many parameters: one matrix times one vector."""
    once = ["~Ja, ~ga = ~anchor.at(~first)", "~a, ~d = ~first, np.empty_like(~first)", LOW]
    each = [f"~d[{part}] = {code}" for part, code in _parts(params)]
    each += ["~d -= ~a", "~g = ~ga + ~H.dot(~d)", "~J = ~Ja + 0.5*float((~ga + ~g).dot(~d))", "~gg = float(~g.dot(~g))"]
    move = [f"~Ja, ~ga = ~anchor({', '.join(p.code for p in params)})", "~a = ~anchor.point", "~J, ~g = ~Ja, ~ga"]
    move += ["~gg = float(~g.dot(~g))", LOW]
    return once, [*each, _unless("~far*float(~d.dot(~d)) <= ~gg", move)], list(_cut(params))


def _parts(params: Sequence[Parameter]) -> Iterator[tuple[str, str]]:
    """Each parameter's place in the flat vector, and its entries in order."""
    at = 0
    for p in params:
        place = f"{at}:{at + p.size}" if p.is_array else str(at)
        yield place, f"{p.code}.ravel()" if len(p.shape) > 1 else p.code
        at += p.size


def _cut(params: Sequence[Parameter]) -> Iterator[str]:
    """Each parameter's part of the flat gradient, in its shape."""
    for p, (place, _) in zip(params, _parts(params), strict=True):
        part = "~g" if len(params) == 1 and len(p.shape) == 1 else f"~g[{place}]"
        shaped = part if len(p.shape) == 1 else f"{part}.reshape({p.shape})"
        yield shaped if p.is_array else f"float({part})"


def _unless(near: str, move: list[str]) -> str:
    return "\n".join([f"if not ({near} and ~J > ~low):", *(f"    {line}" for line in move)])
