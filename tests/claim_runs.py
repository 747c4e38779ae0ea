"""Code of claims as Python and NumPy run it, beside what it is read as, evaluated node by node."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import numpy as np
import pytest
import sympy
from tools import returned

import gdsym as gd
from gdsym.array_claims import axes_of, labels_of
from gdsym.array_text import read_arrays
from gdsym.claim_code import one_formula
from gdsym.door import all_names
from gdsym.written import nodes as n

RELATIONS = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "==": operator.eq, "!=": operator.ne,
}  # fmt: skip
ARITHMETIC: dict[Any, Callable[[list[Any]], Any]] = {
    n.Add: sum, n.Mul: np.prod, n.Div: lambda p: p[0] / p[1], n.Neg: lambda p: -p[0], sympy.Max: max, sympy.Min: min,
}  # fmt: skip
Draw = Callable[[int], Iterator[tuple[dict[str, Any], dict[str, Any]]]]


def drawn(sizes: Iterable[tuple[int, int]], rows: str = "", columns: str = "", tables: str = "") -> Draw:
    """Random numbers for arrays of m rows, of n columns and of both, at these sizes."""

    def numbers(draw: int) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
        for m, k in sizes:
            rng = np.random.default_rng(draw)
            shapes: dict[str, Any] = dict.fromkeys(rows, m) | dict.fromkeys(columns, k) | dict.fromkeys(tables, (m, k))
            space = {"m": m, "n": k, **{name: rng.normal(size=shape) for name, shape in shapes.items()}}
            yield space, space

    return numbers


def value(e: n.Node, at: dict[str, Any]) -> Any:
    """The number that a formula stands for."""
    parts = [] if isinstance(e, (n.Sum, n.Cases, n.Indexed)) else [value(part, at) for part in e.children]
    match e:
        case n.Num() | n.Dec():
            return float(e.value)
        case n.Sym():
            return at[e.name]
        case n.Indexed():
            places = [int(value(place, at)) - 1 for place in e.indices]
            assert min(places) >= 0
            return at[e.base.name][tuple(places)]
        case n.Add() | n.Mul() | n.Div() | n.Neg() | n.Fn():
            return ARITHMETIC[e.func if isinstance(e, n.Fn) else type(e)](parts)
        case n.Sum():
            ends = int(value(e.lower, at)), int(value(e.upper, at)) + 1
            return sum(value(e.body, {**at, e.index.name: place}) for place in range(*ends))
        case n.Cases():
            return next(value(branch, at) for branch, test in e.pairs if value(test, at))
        case n.Delta():
            return float(parts[0] == parts[1])
        case n.Rel():
            return RELATIONS[e.op](*parts)
        case n.Logic():
            return {"true": lambda _: True, "and": all, "or": any, "not": lambda p: not p[0]}[e.op](parts)
    raise AssertionError(f"{type(e).__name__} was not expected")


def ran(source: str, space: Mapping[str, Any]) -> Any:
    """What Python makes of the lines of a function."""
    names = {"np": np, **space}
    exec("\n".join(["def run():", *(f"    {line}" for line in source.split("\n"))]), names)
    return names["run"]()


def compared(d: gd.Derivation, whole: Callable[[], str], draws: int, numbers: Draw) -> int:
    """How many of these random programs were read; each that is comes to what Python makes of it.

    `numbers` gives, for a seed, the names of the code and those of the cost, at several sizes.
    """
    ranges, taken, read = axes_of(d), all_names(d.node, *d.variables), 0
    labels = labels_of(d, ranges)
    for draw in range(draws):
        source = whole()
        try:
            entry = read_arrays(one_formula(source), ranges, taken, labels).entry
        except gd.ReadError:
            continue
        read += 1
        for coded, named in numbers(draw):
            assert value(entry, named) == pytest.approx(ran(source, coded), rel=1e-9, abs=1e-9), source
    return read


SIZES = {"m": 5, "n": 4, "K": 3, "p": 2, "H": 3}


def gradient_beside(cost: gd.Cost, by: Any, claim: str, begin: int = 0, **given: Any) -> tuple[Any, Any]:
    """What a claim comes to when it is run, and the gradient there; its labels begin at `begin`."""
    rng = np.random.default_rng(5)
    d = cost.partial(by)
    ranges = axes_of(d)
    labels = labels_of(d, ranges)
    data, coded = dict[str, Any](), dict[str, Any]()
    for base, axes in ranges.items():
        ends = [
            tuple(int(end.to_sympy().subs({s: SIZES[s.name] for s in end.to_sympy().free_symbols})) for end in limits)
            for limits in axes
            if limits
        ]
        shape = [last - first + 1 for first, last in ends]
        if base.name in labels:
            found = rng.permutation(np.resize([0, 1, 2, 2, 1], shape[0]))
            data[base.name], coded[base.name] = found + int(labels[base.name].to_sympy()), found + begin
        else:
            data[base.name] = coded[base.name] = given.get(base.name, rng.normal(size=shape))
    numbers = {str(s): given.get(str(s), 0.7) for s in cost.expr.free_symbols if str(s) not in {*data, *SIZES}}
    numbers = {name: found for name, found in numbers.items() if "[" not in name}
    data |= numbers
    start = {q: data.pop(str(q)) for q in cost.params}
    wanted = cost.compile().gradient(start, data)
    lines = "\n".join(returned(claim)) if not claim.startswith("return") else claim
    spelled = {"lam" if name == "lambda" else name: found for name, found in numbers.items()}
    return ran(lines, {**SIZES, **coded, **spelled}), wanted[by]
