"""The step of a quadratic cost in a compiled loop: g = g_a + H d; the data are read again where rounding could be seen.

The same scheme and the same thresholds as the NumPy loop's (`gdsym.descent.hoist_lines`), but how far the anchor is away
is looked at in every step. Of J = Q + R, Q is treated so; R and its slopes r are computed in every step.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from gdsym.arrays.names import Names
from gdsym.descent.hoist_lines import FALL, FALLEN, TURN
from gdsym.descent.task import Parameter
from gdsym.record import record

UNREAD = (0.0, math.inf, math.inf, 0.0)  # J_anchor, low, part, passes before the first step: it reads the data
WORDS = "H anchor at_anchor d h far J_anchor low part passes dd gg qq"


@record
class Rest:
    """R and its slopes under names of their own, and the lines that compute them."""

    value: str
    slopes: tuple[str, ...]
    lines: list[str]


class Anchored:
    """Lines for one step, given the lines that compute cost and gradient (of Q, if there is a rest) from the data."""

    def __init__(self, params: Sequence[Parameter], slopes: Sequence[str], cost: str, names: Names) -> None:
        self.params, self.slopes, self.cost = params, slopes, cost
        self.n = {word: names.own(word) for word in WORDS.split()}
        self.a, self.b = names.own("a"), names.own("c")

    def arguments(self) -> list[str]:
        """The Hessian, the anchor and the gradient there, the bound on how far one may go."""
        return [self.n[x] for x in ("H", "anchor", "at_anchor", "far")]

    def carried(self) -> list[str]:
        return [self.n[x] for x in ("J_anchor", "low", "part", "passes")]

    def memory(self) -> list[str]:
        return [f"{self.n[x]} = np.empty({self.n['anchor']}.size)" for x in ("d", "h")]

    def step(self, direct: Sequence[str], rest: Rest | None = None) -> list[str]:
        n, J = self.n, self.cost
        again = [*direct, f"{n['J_anchor']} = {J}", *self.limits(), f"{n['passes']} += 1.0"]
        again += self.flat(f"{n['anchor']}[{{at}}] = {{theta}}", f"{n['at_anchor']}[{{at}}] = {{slope}}")
        lines = self.foretold()
        if rest is None:
            near = f"{n['far']}*{n['dd']} <= {n['qq']} and {J} > {n['low']}"
            return [*lines, f"if not ({near}):", *("    " + line for line in again)]
        lines += [*rest.lines, f"{n['gg']} = 0.0"]
        total = "({slope} + {rest})*({slope} + {rest})"
        lines += self.flat(f"{n['gg']} += {total}", rest=rest)
        still = f"{n['far']}*{n['dd']} <= max({n['gg']}, {FALLEN / TURN}*{n['qq']})"
        near = f"{still} and ({J} + {rest.value} > {n['low']} or {J} >= {n['part']})"
        lines += [f"if not ({near}):", *("    " + line for line in again), f"{J} += {rest.value}"]
        return lines + self.flat("{slope} += {rest}", rest=rest)

    def limits(self) -> list[str]:
        """Values of Q below which the anchor moves: alone, and where the gradient of the rest holds that of Q up."""
        n = self.n
        bounds = (("low", FALL), ("part", TURN**0.5))
        return [f"{n[x]} = {by}*{n['J_anchor']} if {n['J_anchor']} > 0.0 else -math.inf" for x, by in bounds]

    def foretold(self) -> list[str]:
        """J and the slopes from the anchor's; the squared lengths of the way there and of the gradient."""
        n, J, size = self.n, self.cost, sum(p.size for p in self.params)
        row = f"{n['H']}[{self.a}, {self.b}]*{n['d']}[{self.b}]"
        lines = self.flat(f"{n['d']}[{{at}}] = {{theta}} - {n['anchor']}[{{at}}]")
        lines += [f"for {self.a} in range({size}):", f"    {n['h']}[{self.a}] = 0.0"]
        lines += [f"    for {self.b} in range({size}):", f"        {n['h']}[{self.a}] += {row}"]
        lines += self.flat(f"{{slope}} = {n['at_anchor']}[{{at}}] + {n['h']}[{{at}}]")
        part = f"({n['at_anchor']}[{self.a}] + 0.5*{n['h']}[{self.a}])*{n['d']}[{self.a}]"
        new = f"({n['at_anchor']}[{self.a}] + {n['h']}[{self.a}])"
        lines += [f"{J}, {n['dd']}, {n['qq']} = 0.0, 0.0, 0.0", f"for {self.a} in range({size}):"]
        lines += [f"    {J} += {part}", f"    {n['dd']} += {n['d']}[{self.a}]*{n['d']}[{self.a}]"]
        return [*lines, f"    {n['qq']} += {new}*{new}", f"{J} += {n['J_anchor']}"]

    def flat(self, *lines: str, rest: Rest | None = None) -> list[str]:
        """The lines for every entry of every parameter; {at} is its place in the flat vector."""
        made, begin = [], 0
        others = rest.slopes if rest else self.slopes
        for p, slope, other in zip(self.params, self.slopes, others, strict=True):
            place = f"{begin} + {self.a}" if begin else self.a
            entry = (f"[{self.a}]" if len(p.shape) == 1 else f".flat[{self.a}]") if p.is_array else ""
            names = {"theta": p.code + entry, "slope": slope + entry, "rest": other + entry}
            own = [line.format(**names, at=place if p.is_array else begin) for line in lines]
            made += [f"for {self.a} in range({p.size}):", *("    " + line for line in own)] if p.is_array else own
            begin += p.size
        return made
