"""Random derivatives in six grammars, each with an opinion that gdsym has no part in.

`smooth` and `switching` are compared with automatic differentiation (autograd; at ties too: the mean of the tied slopes,
sign(0) = 0), `indexed` and `nested` with the sum written out, `tied` (sums of kinks over small whole numbers) with autograd
on the sum written out, `numeric` with exact dual numbers. A chunk is made from its seed alone.
"""

from __future__ import annotations

import random
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product
from typing import Any

import autograd
import autograd.numpy as np
import autograd.scipy.special as special
import mpmath
import sympy as sp
from oracle import NoValue, World, close, slope, value

import gdsym as gd

x, y, a = sp.symbols("x y a")
w = sp.Symbol("w")
LETTERS = sp.symbols("i j k", integer=True)
m, n = sp.symbols("m n", integer=True, positive=True)
v, A, X = map(sp.IndexedBase, ("v", "A", "X"))


@dataclass
class Report:
    """What a chunk has shown; `wrong` must be empty."""

    derived: int = 0
    points: int = 0
    unsupported: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def add(self, other: Report) -> None:
        self.derived += other.derived
        self.points += other.points
        self.unsupported += other.unsupported
        self.wrong += other.wrong


# ------------------------------------------------------------------------------------------------------- grammars


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
        lambda: u**2, lambda: sp.exp(u / 4), lambda: sp.log(1 + u**2), lambda: sp.tanh(u), lambda: 1 / (2 + u**2), lambda: sp.Abs(u), lambda: sp.Max(0, u),
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
        whole = sp.Max(*(_term(rng, pool, bound, 0) for _ in range(2)), whole)
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


# --------------------------------------------------------------------------------------------- autograd, as the judge


def traced(e: Any, at: dict[Any, Any]) -> Any:
    """`e` in autograd's numbers."""
    if e in at:
        return at[e]
    if e.is_Number or e.is_NumberSymbol:
        return float(e)
    if isinstance(e, sp.Piecewise):
        return next(traced(part, at) for part, condition in e.args if holds(condition, at))
    if isinstance(e, sp.Indexed):
        return at[str(e.base), tuple(int(traced(index, at)) for index in e.indices)]
    if isinstance(e, sp.Sum):
        return _added(e.function, e.limits, at)
    if isinstance(e, sp.Product):
        return _added(e.function, e.limits, at, product=True)
    parts = [traced(part, at) for part in e.args]
    if isinstance(e, (sp.Add, sp.Mul)):
        total = parts[0]
        for part in parts[1:]:
            total = total + part if isinstance(e, sp.Add) else total * part
        return total
    if isinstance(e, sp.Pow):
        exponent = int(e.exp) if e.exp.is_Integer else parts[1]
        return 1.0 / parts[0] ** -exponent if e.exp.is_Integer and exponent < 0 else parts[0] ** exponent
    if isinstance(e, (sp.Max, sp.Min)):
        return (np.max if isinstance(e, sp.Max) else np.min)(np.array([part + 0.0 for part in parts]))
    return AUTOGRAD[e.func](*parts)


def _added(body: Any, limits: Any, at: dict[Any, Any], product: bool = False) -> Any:
    """The sum (or product) written out; the last limit is the outermost."""
    if not limits:
        return traced(body, at)
    *inner, (letter, low, high) = limits
    total = float(product)
    for number in range(int(traced(low, at)), int(traced(high, at)) + 1):
        part = _added(body, inner, {**at, letter: number}, product)
        total = total * part if product else total + part
    return total


def plain(u: Any) -> float:
    return float(getattr(u, "_value", u))


def holds(condition: Any, at: dict[Any, Any]) -> bool:
    if condition in (sp.true, sp.false):
        return bool(condition)
    if isinstance(condition, (sp.And, sp.Or)):
        return (all if isinstance(condition, sp.And) else any)(holds(part, at) for part in condition.args)
    if isinstance(condition, sp.ITE):
        return holds(condition.args[1 if holds(condition.args[0], at) else 2], at)
    if isinstance(condition, sp.Not):
        return not holds(condition.args[0], at)
    left, right = (plain(traced(part, at)) for part in condition.args)
    ops: dict[str, Callable[[float, float], bool]] = {
        "<": float.__lt__, "<=": float.__le__, ">": float.__gt__, ">=": float.__ge__, "==": float.__eq__, "!=": float.__ne__,
    }  # fmt: skip
    return ops[condition.rel_op](left, right)


def _flat(f: Callable[[float], float]) -> Callable[[Any], float]:
    """A step: its value, and no slope."""
    return lambda u: float(f(plain(u)))


AUTOGRAD: dict[Any, Callable[..., Any]] = {
    sp.sin: np.sin, sp.cos: np.cos, sp.tan: np.tan, sp.exp: np.exp, sp.log: np.log, sp.tanh: np.tanh, sp.sinh: np.sinh, sp.cosh: np.cosh,
    sp.atan: np.arctan, sp.asinh: np.arcsinh, sp.erf: special.erf, sp.erfc: special.erfc, sp.Abs: np.abs, sp.sign: _flat(np.sign),
    sp.floor: _flat(np.floor), sp.ceiling: _flat(np.ceil), sp.frac: lambda u: u - np.floor(plain(u)), sp.Heaviside: lambda u, h=0.5: _flat(lambda t: np.heaviside(t, plain(h)))(u),
}  # fmt: skip


def by_autograd(e: Any, at: dict[Any, float]) -> tuple[float, float] | None:
    """Value and derivative by x, or None where one of them is not finite."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            f = autograd.value_and_grad(lambda t: traced(e, {**at, x: t}) + 0.0 * t)
            found = tuple(float(u) for u in f(at[x]))
        except (OverflowError, ZeroDivisionError, TypeError, StopIteration):
            return None
    return (found[0], found[1]) if all(map(np.isfinite, found)) and abs(found[1]) < 1e12 else None


# ------------------------------------------------------------------------------------------------------- comparisons


def tree_of(steps: tuple[gd.Step, ...]) -> Iterator[gd.Step]:
    for step in steps:
        yield step
        yield from tree_of(step.substeps)


def derived(
    report: Report, expr: Any, by: Any, defined: bool = True, where: dict[Any, Any] | None = None
) -> gd.Derivation | None:
    """The derivation, with evidence everywhere; what is refused is counted, anything else is wrong."""
    try:
        d = gd.derive(expr, by, where=where or None, detail="full")
    except gd.Unsupported as error:
        report.unsupported[str(error)[:50]] += 1
        return None
    except Exception as error:
        report.wrong.append(f"{type(error).__name__} for d/d{by} {expr}: {error}")
        return None
    bad = [step for step in tree_of(d.steps) if not step.check]
    if d.check.verdict == "unknown" and "no point was found" in d.check.note and not defined:
        report.unsupported["nowhere defined"] += 1
        return None
    report.derived += 1
    if bad or not d.check:
        report.wrong.append(f"no evidence for d/d{by} {expr}: {[(s.rule.name, s.check) for s in bad[:2]] or d.check}")
    return d


def same(a: float, b: float) -> bool:
    return abs(a - b) <= 1e-9 * (1 + abs(a) + abs(b))


def scalar(report: Report, e: Any, points: list[tuple[Any, ...]]) -> None:
    places = [(place, by_autograd(e, dict(zip((x, y, a), map(float, place), strict=True)))) for place in points]
    d = derived(report, e, x, any(truth is not None for _, truth in places))
    for place, truth in places if d else ():
        if d is not None and truth is not None:
            report.points += 1
            world = World(fixed={"x": sp_number(place[0]), "y": sp_number(place[1]), "a": sp_number(place[2])})
            try:
                ours = float(value(d.result, world))
            except NoValue as error:
                if _given_holds(d, world):
                    report.wrong.append(f"undefined at {place}: d/dx {e} = {d.result} ({error}), autograd {truth[1]}")
                return
            if not same(truth[1], ours) and not _settled(e, d, world, truth[1]):
                report.wrong.append(f"at {place}: d/dx {e} = {d.result}: {ours}, autograd {truth[1]}")
                return


def sp_number(u: Any) -> Any:
    return mpmath.mpf(u.numerator) / u.denominator if isinstance(u, Fraction) else mpmath.mpf(u)


def _settled(e: Any, d: gd.Derivation, world: World, rough: float) -> bool:
    """Rounding or a real difference? Sixty digits know; but only where there is no kink."""
    if e.has(sp.Max, sp.Min, sp.Abs, sp.Piecewise, sp.sign, sp.floor, sp.ceiling, sp.frac, sp.Heaviside):
        return abs(float(value(d.result, world)) - rough) <= 1e-5 * (1 + abs(rough))
    return close(slope(e, (x,), world), value(d.result, world))


def _given_holds(d: gd.Derivation, world: World) -> bool:
    """Do the conditions hold under which the steps were compared? One about an index that is bound where it stands is taken to hold."""
    known = {"m", "n", *world.whole, *world.fixed}
    for step in tree_of(d.steps):
        letters = {s for s in step.compared.free_symbols if isinstance(s, sp.Symbol) and s.is_integer}
        if step.compared is not sp.true and {s.name for s in letters} <= known:
            try:
                if not value_of(step.compared, world):
                    return False
            except NoValue:
                return False
    return True


def value_of(condition: Any, world: World) -> bool:
    with mpmath.workdps(60):
        return bool(world.value(condition))


SIZES = ({"m": 3, "n": 3}, {"m": 2, "n": 4}, {"m": 4, "n": 3})


def free_letters(e: Any, d: gd.Derivation) -> list[str]:
    """Index letters that need a number."""
    formulas = (e, d.expr, d.wrt, d.expanded)
    free = {s.name for f in formulas for s in f.free_symbols if isinstance(s, sp.Symbol) and s.is_integer}
    return sorted(free - {"m", "n"})


def by_hand(report: Report, e: Any, by: Any) -> None:
    """Whole numbers as data, so that arguments tie: the mean of the tied slopes, as autograd has it."""
    d = derived(report, e, by)
    for point in range(6) if d else ():
        assert d is not None
        letters = {name: 1 + (point + at) % 3 for at, name in enumerate(free_letters(e, d))}
        world = World(point, "tied", {**SIZES[point % 3], **letters})
        place, truth = _slope_by_autograd(e, d.wrt, world)
        if truth is None or not _given_holds(d, world):
            continue
        report.points += 1
        try:
            ours = float(value(d.result, world))
        except NoValue as error:
            report.wrong.append(f"undefined at {letters}: d/d{d.wrt} {e} = {d.result} ({error})")
            return
        if not same(truth, ours):
            report.wrong.append(
                f"at {letters}, {place}, {point}: d/d{d.wrt} {e} = {d.result}: {ours}, autograd {truth}"
            )
            return


def _slope_by_autograd(e: Any, by: Any, world: World) -> tuple[Any, float | None]:
    at: dict[Any, Any] = {s: world.whole[s.name] for s in e.free_symbols if getattr(s, "name", "") in world.whole}
    at[w] = float(world.letter(w))
    for base, count in ((v, 1), (X, 1), (A, 2)):
        for indices in product(range(-2, 9), repeat=count):
            at[str(base), indices] = float(world.entry(base, indices))
    place: Any = w
    if by != w:
        place = (str(by.base), tuple(int(world.value(index)) for index in by.indices))
    if place not in at:  # an array that the cost does not have
        return place, 0.0
    try:
        slope_here = autograd.grad(lambda t: traced(e, {**at, place: t}) + 0.0 * t)(at[place])
    except OverflowError:
        return place, None
    return place, float(slope_here) if np.isfinite(slope_here) and abs(slope_here) < 1e12 else None


def written_out(report: Report, e: Any, by: Any, where: dict[Any, Any] | None = None) -> None:
    """Compared at small sizes."""
    d = derived(report, e, by, where=where)
    if d is None:
        return
    names = free_letters(e, d)
    for point in range(6):
        # the first two have all letters equal
        letters = {
            name: (1 + point if point < 2 else 1 + (point * 5 + 2 * at * point) % 3) for at, name in enumerate(names)
        }
        world = World(point, "wide", {**SIZES[point % 3], **letters}, where=where or {})
        try:
            if not _given_holds(d, world):
                continue
            truth = slope(e, (d.wrt,), world)
            drowned = abs(truth) > 1e15 or abs(value(e, world)) > 1e30
        except NoValue:
            continue
        if drowned:  # the difference itself is too rough where exponentials of exponentials stand
            continue
        report.points += 1
        try:
            ours = value(d.expanded, world)
        except NoValue as error:
            report.wrong.append(f"undefined at {letters}: d/d{d.wrt} {e}{_with(where)} = {d.expanded} ({error})")
            return
        if not close(truth, ours):
            report.wrong.append(
                f"at {letters} {SIZES[point % 3]}: d/d{d.wrt} {e}{_with(where)} = {d.expanded}: {mpmath.nstr(ours)}, written out {mpmath.nstr(truth)}"
            )
            return


def _with(where: dict[Any, Any] | None) -> str:
    return f" where {where}" if where else ""


def exact(report: Report, tree: Tree) -> None:
    text = typed(tree)
    found = 0
    d = None
    for at in (Fraction(2, 3), Fraction(-5, 7), Fraction(11, 4), Fraction(1), Fraction(0), Fraction(-2)):
        try:
            truth = dual(tree, at)[1]
        except ZeroDivisionError:
            continue
        if d is None:
            d = derived(report, text, "x")
            if d is None:
                return
        found += 1
        ours = (
            Fraction(
                str(
                    d.result.subs(next(iter(d.result.free_symbols)), sp.Rational(str(at)))
                    if d.result.free_symbols
                    else d.result
                )
            )
            if _finite(d, at)
            else None
        )
        if ours != truth:
            report.wrong.append(f"at x = {at}: d/dx {text} = {d.result}: {ours}, exactly {truth}")
            return
    report.points += found


def _finite(d: gd.Derivation, at: Fraction) -> bool:
    known = d.result.subs({s: sp.Rational(str(at)) for s in d.result.free_symbols})
    return bool(known.is_Rational)


RANDOM_POINTS = [(0.37, 1.21, 0.83), (-1.13, 0.71, 1.9), (2.31, 2.17, 0.41), (0.05, 0.3, 2.6)]
TIES = [
    (Fraction(p, 2), Fraction(q, 2), 1) for p, q in ((-2, -2), (-1, 0), (0, 0), (0, 2), (1, 2), (2, 0), (2, 2), (4, -1))
]


def chunk(grammar: str, seed: int, count: int) -> Report:
    """`count` derivatives of a grammar that really were derived, from the seed alone; what is refused comes on top."""
    rng = random.Random(f"{grammar}/{seed}")
    report = Report()
    while report.derived < count and len(report.wrong) + sum(report.unsupported.values()) < count:
        if grammar == "smooth":
            scalar(report, _made(lambda: smooth(rng)), RANDOM_POINTS)
        elif grammar == "switching":
            scalar(report, _made(lambda: switching(rng)), TIES)
        elif grammar == "indexed":
            written_out(report, *indexed(rng))
        elif grammar == "nested":
            written_out(report, *nested(rng))
        elif grammar == "tied":
            by_hand(report, *tied(rng))
        else:
            exact(report, numeric(rng))
    return report


def _made(make: Callable[[], Any]) -> Any:
    """An expression that SymPy did not find complex or infinite while it was made."""
    while True:
        try:
            e = make()
        except RecursionError:  # SymPy rewrites some case distinctions for ever
            continue
        if e.has(x) and not e.has(sp.I, sp.zoo, sp.nan, sp.oo, sp.re, sp.im, sp.arg, sp.AccumBounds):
            return e


GRAMMARS = ("smooth", "switching", "indexed", "nested", "tied", "numeric")
