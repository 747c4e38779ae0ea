"""The step of a quadratic cost in a compiled loop: g = g_a + H d; the data are read again where rounding could be seen.

The same scheme and the same thresholds as the NumPy loop's (`gdsym.descent.hoist`).
"""

from __future__ import annotations

from collections.abc import Sequence

from gdsym.arrays.names import Names
from gdsym.descent.hoist_lines import FALL
from gdsym.descent.task import Parameter

WORDS = "H anchor at_anchor d h far J_anchor low passes dd gg"


class Anchored:
    """Lines for one step, given the lines that compute cost and gradient from the data."""

    def __init__(self, params: Sequence[Parameter], slopes: Sequence[str], cost: str, names: Names) -> None:
        self.params, self.slopes, self.cost = params, slopes, cost
        self.n = {word: names.own(word) for word in WORDS.split()}
        self.a, self.b = names.own("a"), names.own("c")

    def arguments(self) -> list[str]:
        """The Hessian, the anchor and the gradient there, the bound on how far one may go."""
        return [self.n[x] for x in ("H", "anchor", "at_anchor", "far")]

    def carried(self) -> list[str]:
        return [self.n[x] for x in ("J_anchor", "low", "passes")]

    def memory(self) -> list[str]:
        return [f"{self.n[x]} = np.empty({self.n['anchor']}.size)" for x in ("d", "h")]

    def step(self, direct: Sequence[str]) -> list[str]:
        n, size, J = self.n, sum(p.size for p in self.params), self.cost
        row = f"{n['H']}[{self.a}, {self.b}]*{n['d']}[{self.b}]"
        lines = self.flat(f"{n['d']}[{{at}}] = {{theta}} - {n['anchor']}[{{at}}]")
        lines += [f"for {self.a} in range({size}):", f"    {n['h']}[{self.a}] = 0.0"]
        lines += [f"    for {self.b} in range({size}):", f"        {n['h']}[{self.a}] += {row}"]
        lines += self.flat(f"{{slope}} = {n['at_anchor']}[{{at}}] + {n['h']}[{{at}}]")
        part = f"({n['at_anchor']}[{self.a}] + 0.5*{n['h']}[{self.a}])*{n['d']}[{self.a}]"
        new = f"({n['at_anchor']}[{self.a}] + {n['h']}[{self.a}])"
        lines += [f"{J}, {n['dd']}, {n['gg']} = 0.0, 0.0, 0.0", f"for {self.a} in range({size}):"]
        lines += [f"    {J} += {part}", f"    {n['dd']} += {n['d']}[{self.a}]*{n['d']}[{self.a}]"]
        lines += [f"    {n['gg']} += {new}*{new}", f"{J} += {n['J_anchor']}"]
        near = f"{n['far']}*{n['dd']} <= {n['gg']} and {J} > {n['low']}"
        again = [*direct, f"{n['J_anchor']} = {J}", f"{n['low']} = {FALL}*{J} if {J} > 0.0 else -math.inf"]
        again += [f"{n['passes']} += 1.0", *self.flat(f"{n['anchor']}[{{at}}] = {{theta}}")]
        again += self.flat(f"{n['at_anchor']}[{{at}}] = {{slope}}")
        return [*lines, f"if not ({near}):", *("    " + line for line in again)]

    def flat(self, line: str) -> list[str]:
        """`line` for every entry of every parameter; {at} is its place in the flat vector."""
        lines, begin = [], 0
        for p, slope in zip(self.params, self.slopes, strict=True):
            if not p.is_array:
                lines.append(line.format(theta=p.code, slope=slope, at=begin))
            elif len(p.shape) == 1:
                place = f"{begin} + {self.a}" if begin else self.a
                entry = f"[{self.a}]"
                lines.append(f"for {self.a} in range({p.size}):")
                lines.append("    " + line.format(theta=p.code + entry, slope=slope + entry, at=place))
            else:
                place = f"{begin} + {self.a}"
                entry = f".flat[{self.a}]"
                lines.append(f"for {self.a} in range({p.size}):")
                lines.append("    " + line.format(theta=p.code + entry, slope=slope + entry, at=place))
            begin += p.size
        return lines
