"""Seeded random written formulas, with every kind of node in every position."""

from __future__ import annotations

import random
from fractions import Fraction
from typing import Any

import sympy

from gdsym.written import nodes as n

x, y, w, i = sympy.symbols("x y w i", positive=True)
f = sympy.Function("f")
X, Y, W, I = (n.Sym(s) for s in (x, y, w, i))
NAMES: dict[str, Any] = {"x": x, "y": y, "w": w, "i": i, "f": f}

KINDS = (
    "add add add neg neg mul mul mul mul div pow pow root fn fn sum sum prod integral "
    "pending pending abs max exp number cases floor factorial log"
).split()
HALF, TENTH = n.Div(n.ONE, n.TWO), n.Dec(sympy.Float("0.1"))
EXPONENTS = (
    n.TWO,
    n.Num(3),
    X,
    n.Neg(n.ONE),
    n.Add(Y, n.Neg(n.ONE)),
    n.Num(Fraction(3, 2)),
    n.Neg(n.Num(Fraction(1, 2))),
)


def tree(rng: random.Random, depth: int, inside: bool = False) -> n.Node:
    """A formula of at most `depth` levels; `inside` a sum over i."""
    if depth == 0:
        return rng.choice(
            [X, Y, W, n.Num(rng.randint(0, 12)), HALF, TENTH, n.Const(sympy.pi), *([I] if inside else [])]
        )

    def part(inner: bool = inside) -> n.Node:
        return tree(rng, max(0, depth - rng.randint(1, 2)), inner)

    kind = rng.choice(KINDS)
    if kind == "add":
        return n.Add(*(part() if rng.random() < 0.6 else n.Neg(part()) for _ in range(rng.randint(2, 3))))
    if kind == "mul":
        return n.Mul(*(part() for _ in range(rng.randint(2, 4))))
    if kind in ("sum", "prod"):
        bound = n.Sum if kind == "sum" else n.Prod
        return n.Mul(part(), I) if inside else bound(part(True), I, n.ONE, n.Num(3))
    if kind == "max":
        return n.Fn(rng.choice([sympy.Max, sympy.Min]), part(), n.Add(part(), n.Neg(part())))
    if kind == "cases":
        return n.Cases(part(), n.Rel(rng.choice(n.Rel.OPS[:4]), X, part()), part(), n.TRUE)
    make = {
        "neg": lambda: n.Neg(part()),
        "div": lambda: n.Div(part(), part()),
        "pow": lambda: n.Pow(part(), rng.choice(EXPONENTS)),
        "root": lambda: n.Root(part(), rng.choice([n.TWO, n.Num(3)])),
        "fn": lambda: n.Fn(rng.choice([sympy.sin, sympy.cos, sympy.tanh, sympy.sign, sympy.atan, f]), part()),
        "log": lambda: n.Fn(sympy.log, rng.choice([X, W, part()])),
        "integral": lambda: n.Integral(part(), Y, n.ZERO, n.ONE) if rng.random() < 0.3 else part(),
        "pending": lambda: n.D(part(), rng.choice([X, W])),
        "abs": lambda: n.Fn(sympy.Abs, part()),
        "exp": lambda: n.Fn(sympy.exp, part()),
        "number": lambda: n.Num(Fraction(rng.choice([-3, 3, -2]), rng.choice([1, 4, 7]))),
        "floor": lambda: n.Fn(rng.choice([sympy.floor, sympy.ceiling]), part()),
        "factorial": lambda: n.Fn(sympy.factorial, n.Num(rng.randint(0, 4))),
    }
    return make[kind]()


def trees(count: int, depth: int = 4, first_seed: int = 0) -> list[n.Node]:
    return [tree(random.Random(first_seed + seed), depth) for seed in range(count)]


def same_value(a: Any, b: Any) -> bool:
    """Equal as SymPy objects, or at two points."""
    return a == b or all(abs(u - v) <= 1e-9 * (1 + abs(u)) for u, v in zip(_values(a), _values(b), strict=True))


def _values(e: Any) -> list[complex]:
    """Values at two points: some function for f, 3 for m, a number of its own for every other name and entry."""
    undefined = {
        g: lambda *args: sum(sympy.tanh(k * a) + a**2 * k for k, a in enumerate(args, 1)) for g in _functions(e)
    }
    for function, formula in undefined.items():
        e = e.replace(function, formula)
    e = e.subs({s: 3 for s in e.free_symbols if s.name == "m"}).doit()
    return [complex(sympy.N(e.xreplace(_point(e, seed)).doit())) for seed in (1, 2)]


def _functions(e: Any) -> set[Any]:
    return {a.func for a in e.atoms(sympy.core.function.AppliedUndef)}


def _point(e: Any, seed: int) -> dict[Any, Any]:
    """A rational number between 1/3 and 3 for every name."""
    found = sorted(e.atoms(sympy.Indexed), key=str) + sorted(
        (s for s in e.free_symbols if isinstance(s, sympy.Symbol)), key=str
    )
    return {s: sympy.Rational(random.Random(f"{s}{seed}").randint(7, 60), 20) for s in found}


def valued(count: int, first_seed: int = 0) -> list[tuple[n.Node, Any]]:
    """Random formulas with their SymPy values; those that divide by zero or compare complex numbers are left out."""
    pairs = []
    for node in trees(count, first_seed=first_seed):
        try:
            value = node.to_sympy()
        except (TypeError, ValueError):
            continue
        if not value.has(sympy.nan, sympy.zoo, sympy.oo, -sympy.oo):
            pairs.append((node, value))
    return pairs
