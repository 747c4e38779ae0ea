"""The grammars of random costs, each made from a random generator alone."""

from __future__ import annotations

import random
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import sympy as sp

x, y, a = sp.symbols("x y a")
w = sp.Symbol("w")
LETTERS = sp.symbols("i j k", integer=True)
m, n = sp.symbols("m n", integer=True, positive=True)
v, A, X = map(sp.IndexedBase, ("v", "A", "X"))


def smooth(rng: random.Random, depth: int = 3) -> Any:
    if depth == 0 or rng.random() < 0.12:
        return rng.choice(
            (x, x, x, y, a, sp.Integer(rng.randint(-3, 5)), sp.Rational(rng.randint(1, 5), rng.randint(2, 4)))
        )
    kind = rng.random()
    if kind < 0.30:
        return sp.Add(*(smooth(rng, depth - 1) for _ in range(rng.choice((2, 2, 3)))))
    if kind < 0.58:
        return sp.Mul(*(smooth(rng, depth - 1) for _ in range(rng.choice((2, 2, 3)))))
    if kind < 0.66:
        return smooth(rng, depth - 1) / (smooth(rng, depth - 2 if depth > 2 else 0) ** 2 + rng.randint(1, 3))
    if kind < 0.74:
        return smooth(rng, depth - 1) ** rng.choice(
            (2, 2, 3, 4, -1, -2, sp.Rational(1, 2), sp.Rational(-1, 2), sp.Rational(3, 2), y)
        )
    if kind < 0.76:
        return rng.choice((2, a, 1 + x**2)) ** smooth(rng, 1)
    outer = rng.choice(
        (
            sp.sin,
            sp.cos,
            sp.exp,
            sp.tanh,
            sp.atan,
            sp.sinh,
            sp.erf,
            sp.log,
            sp.sqrt,
            sp.asinh,
            sp.tan,
            _sigmoid,
            _softplus,
        )
    )
    return outer(smooth(rng, depth - 1))


def _sigmoid(u: Any) -> Any:
    return 1 / (1 + sp.exp(-u))


def _softplus(u: Any) -> Any:
    return sp.log(1 + sp.exp(u))


def switching(rng: random.Random, depth: int = 3, cases: bool = True) -> Any:
    """Kinks and jumps, made of few letters and small whole numbers so that arguments tie.

    No case distinction stands inside a comparison: SymPy itself then needs seconds to write it down.
    """
    if depth == 0 or rng.random() < 0.15:
        return rng.choice((x, x, x, y, -x, 2 * x, x - 1, x**2, sp.Integer(rng.randint(-1, 2))))
    kind = rng.random()

    def some(count: int, allowed: bool = cases) -> list[Any]:
        return [switching(rng, depth - 1, allowed) for _ in range(count)]

    if kind < 0.18:
        return sp.Abs(*some(1, False))
    if kind < 0.40:
        return rng.choice((sp.Max, sp.Min))(*some(rng.choice((2, 2, 3, 4)), False))
    if kind < 0.48:
        return rng.choice((sp.sign, sp.floor, sp.ceiling, sp.frac, sp.Heaviside))(*some(1, False)) * some(1)[0]
    if kind < 0.60 and cases:
        return _piecewise(rng, *some(2), *some(2, False))
    if kind < 0.80:
        return sp.Add(*some(rng.choice((2, 3))))
    if kind < 0.92:
        return sp.Mul(*some(2))
    return rng.choice((sp.exp, sp.sin, sp.tanh, lambda u: u**2, lambda u: u**3))(*some(1))


def _piecewise(rng: random.Random, first: Any, second: Any, left: Any, right: Any) -> Any:
    condition = rng.choice((sp.Lt, sp.Le, sp.Gt, sp.Ge))(left, right)
    if rng.random() < 0.3:
        condition = rng.choice((sp.And, sp.Or))(condition, sp.Gt(x, rng.randint(-1, 1)))
    return sp.Piecewise((first, condition), (second, True))


def indexed(rng: random.Random) -> tuple[Any, Any]:
    """A cost in index form; bound letters, free letters and the derivative's letters come from the same three."""
    free = rng.choice(LETTERS)
    cost = _indexed(rng, [], rng.choice((1, 2, 2, 3)))
    by = rng.choice(
        (
            v[free],
            v[free],
            v,
            v[rng.randint(1, 3)],
            w,
            A[free, rng.choice(LETTERS)],
            A,
            v[free + 1] if rng.random() < 0.2 else v[free],
        )
    )
    return cost, by


def _indexed(rng: random.Random, bound: list[Any], sums: int) -> Any:
    kind = rng.random()
    if sums == 0 or (bound and kind < 0.15):
        return _leaf(rng, bound, 2)
    if kind < 0.70 or not bound:
        letter = rng.choice(LETTERS)
        low, high = rng.choice(
            (
                (1, n),
                (1, n),
                (1, n),
                (1, m),
                (2, n),
                (1, n - 1),
                (0, n - 1),
                (1, 3),
                (rng.choice(bound), n) if bound else (1, n),
            )
        )
        kind_of = sp.Product if rng.random() < 0.06 else sp.Sum
        inner = _indexed(rng, [*(b for b in bound if b != letter), letter], sums - 1)
        whole = kind_of(inner, (letter, low, high))
        return _around(rng, whole) if rng.random() < 0.35 else whole
    if kind < 0.85:
        return _indexed(rng, bound, sums - 1) * _leaf(rng, bound, 1)
    return _indexed(rng, bound, sums - 1) + _leaf(rng, bound, 1)


def _around(rng: random.Random, u: Any) -> Any:
    return rng.choice((
        lambda: u**2, lambda: sp.exp(u / 4), lambda: sp.log(1 + u**2), lambda: sp.tanh(u), lambda: 1 / (2 + u**2), lambda: sp.Abs(u), lambda: sp.Max(0, u) if u.free_symbols else u,
        lambda: w * u, lambda: u / m, lambda: u - w, lambda: sp.sqrt(u**2 + 1), lambda: _sigmoid(u),
    ))()  # fmt: skip


def _leaf(rng: random.Random, bound: list[Any], depth: int) -> Any:
    if depth == 0 or rng.random() < 0.3:
        return _atom(rng, bound)
    first, second = _leaf(rng, bound, depth - 1), _leaf(rng, bound, depth - 1)
    kind = rng.random()
    if kind < 0.35:
        return first * second
    if kind < 0.65:
        return first + rng.choice((1, -1, 2)) * second
    if kind < 0.70:
        return sp.Piecewise((first, rng.choice(bound or LETTERS) > 1), (second, True))
    return _around(rng, first)


def _atom(rng: random.Random, bound: list[Any]) -> Any:
    index = lambda: _index(rng, bound)  # noqa: E731
    return rng.choice(
        (
            lambda: v[index()],
            lambda: v[index()],
            lambda: v[index()],
            lambda: A[index(), index()],
            lambda: X[index()],
            lambda: w,
            lambda: sp.Integer(rng.randint(1, 3)),
        )
    )()


def _index(rng: random.Random, bound: list[Any]) -> Any:
    letter = rng.choice(bound) if bound and rng.random() < 0.9 else rng.choice(LETTERS)
    return rng.choice(
        (
            letter,
            letter,
            letter,
            letter,
            letter,
            letter,
            letter + 1,
            letter - 1,
            n + 1 - letter,
            sp.Integer(rng.randint(1, 3)),
        )
    )


PLAIN = sp.symbols("i j k")  # parameters that have the bound letters' names, and are the same symbols
E_i, u_0 = sp.IndexedBase("E"), sp.Symbol("u_0")


@dataclass(frozen=True)
class Pool:
    """What the leaves of one cost are made of."""

    letters: tuple[Any, ...]
    free: tuple[Any, ...]  # index letters that may stand outside their sum
    atoms: tuple[Any, ...]


def nested(rng: random.Random) -> tuple[Any, Any, dict[Any, Any]]:
    """Two or three sums or products within each other, cases, maxima of several, matrices, parts that have a name."""
    plain = rng.random() < 0.35
    letters = PLAIN if plain else LETTERS
    where: dict[Any, Any] = {}
    atoms: list[Any] = ["v", "v", "v", "A", "A", "X", w, sp.Integer(rng.randint(1, 3)), *(letters if plain else ())]
    if rng.random() < 0.3:
        name = rng.choice(letters)
        where[E_i[name]] = w * X[name] + rng.choice((v[name], A[name, name], v[1] * w)) - 1
        atoms += ["E", "E"]
    elif rng.random() < 0.2:
        where[u_0] = rng.choice((w**2 + v[1], sp.exp(w / 2) * v[2], v[1] * v[2] - w))
        atoms += [u_0, u_0]
    pool = Pool(letters, () if plain else LETTERS, tuple(atoms))
    cost = _nest(rng, pool, (), rng.choice((2, 2, 3)))
    entries = [v, A, v[rng.randint(1, 3)], A[1, 2], w]
    some = lambda: rng.choice(LETTERS)  # noqa: E731
    entries += PLAIN if plain else [v[some()], v[some()], A[some(), some()], A[some(), 1], v[some() - 1]]
    return cost, rng.choice(entries), where


def _nest(rng: random.Random, pool: Pool, bound: tuple[Any, ...], sums: int) -> Any:
    if sums == 0:
        return _term(rng, pool, bound, 2)
    letter = rng.choice(pool.letters)
    ranges = [(1, n), (1, n), (1, m), (2, n), (1, n - 1), (0, n - 1), (1, 3)]
    if bound and letter != bound[-1]:
        ranges += [(bound[-1], n), (1, bound[-1]), (bound[-1] + 1, n)]
    inner = _nest(rng, pool, (*(b for b in bound if b != letter), letter), sums - 1)
    kind = sp.Product if rng.random() < 0.15 else sp.Sum
    whole = kind(inner, (letter, *rng.choice(ranges)))
    shape = rng.random()
    if shape < 0.3:
        whole = _around(rng, whole)
    elif shape < 0.45:
        several = [_term(rng, pool, bound, 0) for _ in range(2)]
        with suppress(ValueError):  # SymPy does not compare a sum of 1 over a range that depends on another
            whole = sp.Max(*several, whole)
    if rng.random() < 0.4:
        other = _term(rng, pool, bound, 1)
        whole = rng.choice((whole * other, whole + other, whole - other))
    return whole


def _term(rng: random.Random, pool: Pool, bound: tuple[Any, ...], depth: int) -> Any:
    kind = rng.random()
    if depth == 0 or kind < 0.2:
        atom = rng.choice(pool.atoms)
        at = [_place(rng, pool, bound) for _ in range(2)]
        return {"v": v[at[0]], "X": X[at[0]], "E": E_i[at[0]], "A": A[at]}[atom] if isinstance(atom, str) else atom
    first, second = (_term(rng, pool, bound, depth - 1) for _ in range(2))
    if kind < 0.45:
        return first * second
    if kind < 0.65:
        return first + rng.choice((1, -1, 2)) * second
    if kind < 0.78:
        few = [_term(rng, pool, bound, 0) for _ in range(rng.choice((2, 2, 3)))]  # SymPy needs minutes for more
        return rng.choice((sp.Max, sp.Min))(few[0] - few[1], *few[2:], rng.choice((0, 1, few[1])))
    if kind < 0.88 and bound:
        left, right = rng.choice(bound), rng.choice((1, 2, *bound[:1]))
        return sp.Piecewise((first, rng.choice((sp.Le, sp.Lt, sp.Ne, sp.Eq))(left, right)), (second, True))
    return _around(rng, first)


def _place(rng: random.Random, pool: Pool, bound: tuple[Any, ...]) -> Any:
    letters = bound if bound and rng.random() < 0.9 else pool.free or bound
    if not letters:
        return sp.Integer(rng.randint(1, 3))
    letter = rng.choice(letters)
    return rng.choice((letter, letter, letter, letter + 1, letter - 1, n - letter, sp.Integer(rng.randint(1, 3))))


def tied(rng: random.Random) -> tuple[Any, Any]:
    """Sums of kinks whose arguments are whole numbers, so that they tie; no number is rounded on the way to a kink."""
    letters = rng.sample(LETTERS, rng.choice((1, 2)))
    cost = _kinks(rng, tuple(letters), 2)
    for letter in letters:
        cost = sp.Sum(cost, (letter, *rng.choice(((1, n), (1, n), (2, n), (1, n - 1)))))
        cost = rng.choice((cost, cost, cost / 2, cost**2, sp.exp(cost / 8), w * cost, sp.tanh(cost)))
        if cost.func not in (sp.Sum, sp.Mul):
            break
    letters_left = [letter for letter in letters if letter in cost.free_symbols]
    cost = sp.Sum(cost, *((letter, 1, n) for letter in letters_left)) if letters_left else cost
    return cost, rng.choice((v[rng.choice(LETTERS)], v, v[2], w, A[1, 2], A))


def _kinks(rng: random.Random, bound: tuple[Any, ...], depth: int) -> Any:
    some = lambda: rng.choice(bound)  # noqa: E731
    if depth == 0:
        return rng.choice(
            (v[some()], v[some()], v[some() + 1], X[some()], A[some(), some()], w, w * X[some()], sp.S(1))
        )
    parts = [_kinks(rng, bound, depth - 1) for _ in range(2)]
    few = [_kinks(rng, bound, 0) for _ in range(3)]  # of kinks within kinks SymPy makes one with many arguments
    return rng.choice((
        lambda: sp.Max(few[0], few[1]), lambda: sp.Max(0, few[0] - few[1]), lambda: sp.Min(*few), lambda: sp.Max(*few), lambda: sp.Abs(few[0] - few[1]),
        lambda: sp.Max(0, 1 - few[0]) ** 2, lambda: sp.Min(2, sp.Abs(few[0])), lambda: parts[0] + parts[1], lambda: parts[0] * parts[1], lambda: parts[0] - 2 * parts[1],
    ))()  # fmt: skip


Tree = Any  # a number, "x", or (operation, tree, tree)


def numeric(rng: random.Random, depth: int = 4) -> Tree:
    """A rational expression full of numbers, as people type it: nothing is worked out beforehand."""
    if depth == 0 or rng.random() < 0.12:
        return rng.choice(("x", "x", 0, 1, 1, 2, 3, 4, 6))
    op = rng.choice(("+", "+", "-", "-", "*", "*", "*", "/", "**", "neg"))
    if op == "neg":
        return (op, numeric(rng, depth - 1))
    if op == "**":
        return (op, numeric(rng, depth - 1), rng.choice((0, 1, 2, 2, 3, 4)))
    return (op, numeric(rng, depth - 1), numeric(rng, depth - 1 if op != "/" or rng.random() < 0.5 else 0))


def typed(tree: Tree) -> str:
    if not isinstance(tree, tuple):
        return str(tree)
    if tree[0] == "neg":
        return f"(-{typed(tree[1])})"
    if tree[0] == "**":
        return f"({typed(tree[1])})**{tree[2]}"
    return f"({typed(tree[1])} {tree[0]} {typed(tree[2])})"


def dual(tree: Tree, at: Fraction) -> tuple[Fraction, Fraction]:
    """Value and derivative, exactly."""
    if tree == "x":
        return at, Fraction(1)
    if not isinstance(tree, tuple):
        return Fraction(tree), Fraction(0)
    u, du = dual(tree[1], at)
    if tree[0] == "neg":
        return -u, -du
    if tree[0] == "**":
        power = tree[2]
        return u**power, power * u ** (power - 1) * du if power else Fraction(0)
    t, dt = dual(tree[2], at)
    return {
        "+": lambda: (u + t, du + dt),
        "-": lambda: (u - t, du - dt),
        "*": lambda: (u * t, du * t + u * dt),
        "/": lambda: (u / t, (du * t - u * dt) / t**2),
    }[tree[0]]()
