"""Random programs with loops: what they are read as, evaluated node by node, beside what Python and NumPy make of them."""

from __future__ import annotations

import random

import pytest
from claim_runs import compared, drawn
from sympy import IndexedBase, Sum, symbols

import gdsym as gd

i, j, m, k = symbols("i j m n", integer=True, positive=True)
x, y, v, X = map(IndexedBase, "x y v X".split())
COST = gd.Cost(Sum((Sum(X[i, j] * v[j], (j, 1, k)) - y[i]) ** 2, (i, 1, m)) + Sum((x[i] - y[i]) ** 2, (i, 1, m)), [v])
SIZES = ((1, 1), (2, 3), (3, 2))


class Programs:
    """Random loops that add up in g, q and h."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)

    def whole(self) -> str:
        lines = ["g = 0.0", "q = 1.0", "h = np.zeros(m)"]
        for _ in range(self.draw.randint(1, 2)):
            kind = self.draw.choice("mn")
            lines += [f"for i in range({kind}):", *self.block(1, [("i", kind)], [])]
        ends = "return g + 2*q + h.sum() + 3*h[0]", "return g*q + sum(s*t for s, t in zip(x, h) if s > t)"
        return "\n".join([*lines, self.draw.choice(ends)])

    def formula(self, depth: int, loops: list[tuple[str, str]], known: list[str]) -> str:
        if depth and self.draw.random() > 0.35:
            sides = [self.formula(depth - 1, loops, known) for _ in range(2)]
            return f"({sides[0]} {self.draw.choice('+-*')} {sides[1]})"
        entries = {"m": "x[{0}] y[{0}] x[{0}-1]", "n": "v[{0}]", "z": "a_{0} b_{0}"}
        found = ["2", "0.5", *known, *(e for letter, kind in loops for e in entries[kind].format(letter).split())]
        rows, columns = ([letter for letter, kind in loops if kind == wanted] for wanted in "mn")
        return self.draw.choice([*found, *(f"X[{row}, {column}]" for row in rows for column in columns)])

    def block(self, depth: int, loops: list[tuple[str, str]], known: list[str]) -> list[str]:
        lines, known, draw = [], list(known), self.draw
        rows = [letter for letter, kind in loops if kind == "m"]
        for _ in range(draw.randint(1, 3)):
            kind, indent = draw.random(), "    " * depth
            if kind < 0.25:
                known.append(f"t{draw.randint(0, 2)}")
                lines.append(f"{indent}{known[-1]} = {self.formula(2, loops, known[:-1])}")
            elif kind < 0.5:
                lines.append(f"{indent}{draw.choice('gq')} {draw.choice('+-')}= {self.formula(2, loops, known)}")
            elif kind < 0.65 and rows:
                place = f"h[{draw.choice(rows)}{draw.choice(['', '-1'])}]"
                lines.append(f"{indent}{place} {draw.choice(['+=', '-=', '='])} {self.formula(2, loops, known)}")
            elif kind < 0.85 and depth < 3:
                letter, over = f"i{depth}", draw.choice("mnz")
                head = (
                    f"a_{letter}, b_{letter} in zip(x, y)"
                    if over == "z"
                    else f"{letter} in range({draw.choice(['', '1, '])}{over})"
                )
                lines += [f"{indent}for {head}:", *self.block(depth + 1, [*loops, (letter, over)], known)]
            else:
                lines.append(
                    f"{indent}if {self.formula(1, loops, known)} > {self.formula(1, loops, known)}{draw.choice(['', f' and {self.formula(0, loops, known)} < 1'])}:"
                )
                lines.append(f"{indent}    {draw.choice(['g += ' + self.formula(2, loops, known), 'continue'])}")
                if draw.random() < 0.4 and not lines[-1].endswith("continue"):
                    lines += [f"{indent}else:", f"{indent}    q -= {self.formula(1, loops, known)}"]
        return lines


@pytest.mark.parametrize("seed", range(4))
def test_random_loops_mean_what_python_makes_of_them(seed: int) -> None:
    assert compared(COST.partial(v), Programs(seed).whole, 80, drawn(SIZES, rows="xy", columns="v", tables="X")) > 50
