"""Random indexed costs as compiled code, compared with autograd on the sum written out, at sizes where axes differ.

Every index stands in the range of its axis, so that each cost is valid; letters are drawn from one small pool, so that
the same letter is bound twice, ranges overlap and axes are shared.
"""

from __future__ import annotations

import random
import warnings
from dataclasses import dataclass
from typing import Any

import autograd
import autograd.numpy as np
import numpy
import sympy as sp
from by_autograd import ENTRIES, traced
from fuzzing import Report

import gdsym as gd

m, n, p = sp.symbols("m n p", integer=True, positive=True)
SIZES = {m: 5, n: 4, p: 3}
LETTERS = sp.symbols("i j k l", integer=True, positive=True)
w, b = sp.symbols("w b")
v, u, W, X, y, c = map(sp.IndexedBase, ("v", "u", "W", "X", "y", "c"))
AXES: dict[Any, tuple[Any, ...]] = {v: (n,), u: (p,), W: (n, p), X: (m, n), y: (m,), c: (p, p)}
PARAMS = (w, b, v, u, W)


@dataclass(frozen=True)
class Bound:
    """An index with its range, as far as it keeps inside of an axis."""

    letter: Any
    size: Any
    low: int = 0  # entries that may be stepped back
    high: int = 0  # entries that may be stepped forward


def cost(rng: random.Random) -> Any:
    """A sum over one or two axes, or a function of such sums."""
    parts = [_sum(rng, (), rng.choice((1, 2, 2, 3))) for _ in range(rng.choice((1, 1, 2)))]
    whole = sp.Add(*parts)
    whole = _wrap(rng, whole) if rng.random() < 0.4 else whole
    arrays = {entry.base for entry in whole.atoms(sp.Indexed)}
    return whole + sp.Add(*(_all_entries(array) for array in AXES if array in arrays))


def _all_entries(array: Any) -> Any:
    """A term in which every entry stands, so that the shape of the array is the one given."""
    letters = LETTERS[: len(AXES[array])]
    return sp.Sum(
        array[letters] ** 2 / 8, *((letter, 1, size) for letter, size in zip(letters, AXES[array], strict=True))
    )


def _sum(rng: random.Random, bound: tuple[Bound, ...], depth: int) -> Any:
    letter, size = rng.choice(LETTERS), rng.choice((m, n, n, p))
    outer = tuple(o for o in bound if o.letter != letter)
    same = [o for o in outer if o.size == size]
    kind = rng.random()
    if same and kind < 0.25:
        other = rng.choice(same)
        low, high = rng.choice(
            ((1, other.letter), (other.letter, size), (1, other.letter - 1), (other.letter + 1, size))
        )
        index = Bound(letter, size)
    elif kind < 0.4:
        low, high, index = 2, size, Bound(letter, size, low=1)
    elif kind < 0.55:
        low, high, index = 1, size - 1, Bound(letter, size, high=1)
    else:
        low, high, index = 1, size, Bound(letter, size)
    inside = (*outer, index)
    body = _term(rng, inside, 2)
    if depth > 1:
        inner = _sum(rng, inside, depth - 1)
        inner = _wrap(rng, inner) if rng.random() < 0.5 else inner
        body = rng.choice((body * inner, body + inner, inner, (inner - body) ** 2))
    kind_of = sp.Product if rng.random() < 0.08 else sp.Sum
    return kind_of(body / 2 if kind_of is sp.Product else body, (letter, low, high))


def _wrap(rng: random.Random, e: Any) -> Any:
    return rng.choice((
        lambda: e**2, lambda: sp.exp(-(e**2) / 8), lambda: sp.log(1 + e**2), lambda: sp.tanh(e / 2), lambda: sp.sqrt(1 + e**2), lambda: 1 / (1 + sp.exp(-e / 3)),
        lambda: sp.Max(0, e), lambda: sp.Abs(e), lambda: e / m, lambda: sp.sin(e), lambda: sp.log(1 + sp.exp(e)), lambda: sp.Piecewise((e**2 / 2, sp.Abs(e) < 1), (sp.Abs(e) - sp.Rational(1, 2), True)),
    ))()  # fmt: skip


def _term(rng: random.Random, bound: tuple[Bound, ...], depth: int) -> Any:
    if depth == 0 or rng.random() < 0.25:
        return _atom(rng, bound)
    first, second = _term(rng, bound, depth - 1), _term(rng, bound, depth - 1)
    kind = rng.random()
    if kind < 0.4:
        return first * second
    if kind < 0.75:
        return first + rng.choice((1, -1, 2)) * second
    if kind < 0.8 and len(bound) > 1:
        left, right = rng.sample(bound, 2)
        return sp.Piecewise(
            (first, rng.choice((sp.Le, sp.Lt, sp.Eq, sp.Ne))(left.letter, right.letter)), (second, True)
        )
    return _wrap(rng, first)


def _atom(rng: random.Random, bound: tuple[Bound, ...]) -> Any:
    fitting = [array for array, axes in AXES.items() if all(any(o.size == axis for o in bound) for axis in axes)]
    if not fitting or rng.random() < 0.15:
        return rng.choice((w, b, sp.Integer(rng.randint(1, 3))))
    array = rng.choice(fitting)
    indices = []
    for axis in AXES[array]:
        at = rng.choice([o for o in bound if o.size == axis])
        steps = [0, 0, 0, *([-1] * at.low), *([1] * at.high)]
        place = at.letter + rng.choice(steps)
        indices.append(rng.choice((place,) * 9 + (sp.Integer(1), axis + 1 - at.letter)))
    return array[tuple(indices)]


def numbers(rng: random.Random) -> dict[Any, Any]:
    """Values of all letters and arrays; some are whole, so that kinks are met."""
    generator = numpy.random.default_rng(rng.randrange(2**32))
    whole = rng.random() < 0.3

    def draw(*shape: int) -> Any:
        drawn = generator.normal(size=shape)
        return numpy.round(drawn * 2) / 2 if whole else drawn

    values: dict[Any, Any] = {array: draw(*(SIZES[axis] for axis in axes)) for array, axes in AXES.items()}
    return {**values, w: float(draw()), b: float(draw())}


def _places(values: dict[Any, Any]) -> dict[Any, Any]:
    """Entries one by one, as the sum written out asks for them."""
    arrays = {str(name): value for name, value in values.items() if name in AXES}
    letters = {name: value for name, value in values.items() if name not in AXES}
    return {**SIZES, **letters, ENTRIES: lambda name, indices: arrays[name][tuple(k - 1 for k in indices)]}


def compare(report: Report, expr: Any, values: dict[Any, Any]) -> None:
    """Value and gradient of the compiled cost beside autograd's."""
    used = {base for entry in expr.atoms(sp.Indexed) for base in (entry.base,)} | expr.free_symbols
    params = [q for q in PARAMS if q in used]
    if not params:
        return
    data = {key: value for key, value in values.items() if key not in PARAMS and key in used}
    data |= {size: number for size, number in SIZES.items() if size in used}
    try:
        code = gd.Cost(expr, params).compile()
        value, gradient = code.value_and_gradient({q: values[q] for q in params}, data)
    except gd.GdsymError as error:
        report.unsupported[str(error)[:60]] += 1
        return
    except Exception as error:
        report.wrong.append(f"{type(error).__name__}: {expr}: {error}")
        return
    report.derived += 1
    beside(report, expr, params, values, value, gradient)


def beside(report: Report, expr: Any, params: list[Any], values: dict[Any, Any], value: float, gradient: Any) -> None:
    """What autograd says against this value and gradient."""
    with warnings.catch_warnings(), numpy.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        for q in params:
            f = autograd.value_and_grad(lambda t, q=q: traced(expr, _places({**values, q: t})) + 0.0 * np.sum(t))
            truth, slope = f(values[q])
            if not numpy.isfinite(truth) or not numpy.all(numpy.isfinite(slope)):
                return
            report.points += 1
            if not _same(truth, value):
                report.wrong.append(f"value {value}, autograd {truth}: {expr}")
                return
            if not _same(slope, gradient[q]):
                report.wrong.append(f"by {q}: {gradient[q]}, autograd {slope}: {expr}")
                return


def _same(a: Any, b: Any) -> bool:
    scale = 1 + numpy.max(numpy.abs(a))
    return bool(numpy.shape(a) == numpy.shape(b) and numpy.max(numpy.abs(numpy.subtract(a, b))) <= 1e-9 * scale)


def chunk(seed: int, count: int) -> Report:
    """`count` costs, from the seed alone."""
    rng = random.Random(f"compiled/{seed}")
    report = Report()
    for _ in range(count):
        expr = cost(rng)
        taken_out = expr.free_symbols.intersection(LETTERS)  # SymPy takes cases out of sums, past the index
        if not taken_out and not expr.has(sp.nan, sp.zoo, sp.I, sp.AccumBounds):
            compare(report, expr, numbers(rng))
    return report
