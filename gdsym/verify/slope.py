"""The derivative of a graph, one law an operation. This is the second opinion on every rule that derives on paper.

It knows nothing of `gdsym`'s rules and nothing of SymPy's `diff`. An operation that does not depend on the variable has
no derivative (`None`), which is not the same as one that is 0 by accident. A derivative of a derivative is this, twice.
At kinks: d|u| = sign(u) du with sign(0) = 0; steps are flat; max and min take the mean of the tied slopes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import sympy

from gdsym.record import record
from gdsym.verify.evidence import Unknown
from gdsym.verify.graph import Graph

Slope: TypeAlias = int | None
Slopes: TypeAlias = Sequence[int | None]


@record
class Seed:
    """The variable of a derivative: a letter, a named part, or an entry of an array at the present indices."""

    op: str
    data: Any
    indices: tuple[int, ...] = ()

    @classmethod
    def at(cls, g: Graph, n: int) -> Seed | None:
        """The variable that operation n is, if it is one."""
        op, data, args = g.ops[n], g.data[n], g.args[n]
        if op in ("sym", "slot"):
            return cls(op, data)
        return cls(op, data, args) if op == "entry" else cls(op, data, args[1:]) if op == "named" else None


def slope(g: Graph, target: int, seed: Seed) -> Slope:
    """The derivative of `target` by `seed`: operands before what uses them, so nothing recurses."""
    found: dict[int, Slope] = {}
    cone = g.cone(target)
    stepped = any(g.ops[n] in STEPS for n in cone)
    for n in cone:
        found[n] = _slope(g, n, seed, found)
        partial = _open(g, n) or (stepped and g.ops[n] in PARTIAL)
        if partial and found[n] is None and _stands_in(g, n, seed):
            found[n] = g.put("cases", g.num(0), g.put("rel", n, n, data="=="))
    return found[target]


def _open(g: Graph, n: int) -> bool:
    """Is it a case distinction without a last case, which has no value where no condition holds?"""
    return g.ops[n] == "cases" and g.data[g.args[n][-1]] != "true"


def _stands_in(g: Graph, n: int, seed: Seed) -> bool:
    """Is it flat though the variable stands in it? Then its slope is 0 where it has a value: sqrt(sign x) has none below 0."""
    return any(g.ops[m] == seed.op and g.data[m] == seed.data for m in g.cone(n))


def _slope(g: Graph, n: int, seed: Seed, found: dict[int, Slope]) -> Slope:
    op = g.ops[n]
    if op == seed.op and g.data[n] == seed.data:
        return _same_place(g, g.args[n][1:] if op == "named" else g.args[n], seed.indices)
    if op in FLAT:
        return None
    slopes = [found[a] for a in g.args[n]]
    if op == "integral" and _jump_moves(g, n, found):
        return _change(g, n, seed)
    if all(s is None for s in slopes):
        return None
    slope = LAWS[op](g, n, slopes)
    if op == "integral" and slope is not None and seed.op == "sym" and not g.slots[n] and _may_be_unbounded(g, n):
        letter = g.put("sym", data=seed.data)
        return g.put("leibniz", slope, letter, data=n)
    return slope


def _jump_moves(g: Graph, n: int, found: Mapping[int, Slope]) -> bool:
    """Is something compared within the integral that depends on its index and on the variable? Then there is more than Leibniz."""
    slot, body = g.data[n], g.args[n][2]
    jumps = (m for m in g.cone(body) if g.ops[m] in JUMPS and slot in g.slots[m])
    return any(found[a] is not None for m in jumps for a in _compared(g, m))


def _compared(g: Graph, n: int) -> tuple[int, ...]:
    """What operation n compares; the slopes between which a maximum chooses are not."""
    args = g.args[n]
    return args[: len(args) // 2] if g.ops[n] == "tied" else args


def _change(g: Graph, n: int, seed: Seed) -> Slope:
    if seed.op != "sym" or g.slots[n]:
        raise Unknown("an integral whose integrand jumps at a place that moves")
    return g.put("change", n, g.put("sym", data=seed.data))


def _unknown(g: Graph, n: int, ds: Slopes) -> Slope:
    raise Unknown("a second derivative of an integral whose integrand jumps")


def _same_place(g: Graph, indices: tuple[int, ...], wanted: tuple[int, ...]) -> Slope:
    """The derivative of w_j by w_k is 1 where j = k and 0 elsewhere."""
    if len(indices) != len(wanted):
        return None
    deltas = [g.put("delta", i, k) for i, k in zip(indices, wanted, strict=True) if i != k]
    return g.times(*deltas)


def _sum(g: Graph, terms: Sequence[int]) -> Slope:
    return g.plus(*terms) if terms else None


def _add(g: Graph, n: int, ds: Slopes) -> Slope:
    return _sum(g, [d for d in ds if d is not None])


def _neg(g: Graph, n: int, ds: Slopes) -> Slope:
    return None if ds[0] is None else g.minus(ds[0])


def _mul(g: Graph, n: int, ds: Slopes) -> Slope:
    """(f g h)' = f' g h + f g' h + f g h'."""
    fs = g.args[n]
    return _sum(g, [g.times(*fs[:j], d, *fs[j + 1 :]) for j, d in enumerate(ds) if d is not None])


def _div(g: Graph, n: int, ds: Slopes) -> Slope:
    """For q = a/b, q' = (a' - q b')/b."""
    da, db = ds
    b = g.args[n][1]
    terms = [] if da is None else [da]
    if db is not None:
        terms.append(g.minus(g.times(n, db)))
    return g.over(g.plus(*terms), b)


def _pow(g: Graph, n: int, ds: Slopes) -> Slope:
    """Both parts: d u^v = v u^(v-1) du + u^v log(u) dv; the factors v (v-1) ... of earlier derivatives are kept."""
    (u, v), (du, dv), k = g.args[n], ds, g.data[n]
    terms = [] if du is None else [g.times(g.put("pow", u, v, data=k + 1), du)]
    if dv is not None:
        terms.append(g.times(_slope_by_exponent(g, u, v, k), dv))
    return _sum(g, terms)


def _slope_by_exponent(g: Graph, u: int, v: int, k: int) -> int:
    """d/dv of v (v-1) ... (v-k+1) u^(v-k)."""
    factors = [g.plus(v, g.num(-j)) for j in range(k)]
    value = g.power(u, g.plus(v, g.num(-k)))
    growth = g.times(*factors, value, g.call(sympy.log, u))
    return g.plus(growth, *(g.times(*factors[:j], *factors[j + 1 :], value) for j in range(k)))


def _fn(g: Graph, n: int, ds: Slopes) -> Slope:
    """The chain rule: d f(u, v) = f_1(u, v) du + f_2(u, v) dv, for a table function and for an undefined one."""
    func, orders = g.data[n]
    terms = []
    for j, d in enumerate(ds):
        if d is not None:
            higher = (*orders[:j], orders[j] + 1, *orders[j + 1 :])
            terms.append(g.times(g.put(g.ops[n], *g.args[n], data=(func, higher)), d))
    return _sum(g, terms)


def _named(g: Graph, n: int, ds: Slopes) -> Slope:
    return ds[0]


def _abs(g: Graph, n: int, ds: Slopes) -> Slope:
    return None if ds[0] is None else g.times(g.put("sign", g.args[n][0]), ds[0])


def _extreme(g: Graph, n: int, ds: Slopes) -> Slope:
    zero = g.num(0)
    return g.put("tied", *g.args[n], *(zero if d is None else d for d in ds), data=g.ops[n])


def _tied(g: Graph, n: int, ds: Slopes) -> Slope:
    half = len(ds) // 2
    zero = g.num(0)
    args = g.args[n]
    if all(d is None for d in ds[half:]):
        return None
    return g.put("tied", *args[:half], *(zero if d is None else d for d in ds[half:]), data=g.data[n])


def _cases(g: Graph, n: int, ds: Slopes) -> Slope:
    """The derivative of the branch whose condition holds."""
    args, zero = g.args[n], g.num(0)
    pairs = [part for j in range(0, len(args), 2) for part in (zero if ds[j] is None else ds[j], args[j + 1])]
    return g.put("cases", *(p for p in pairs if p is not None), data=g.data[n])


def _sum_over(g: Graph, n: int, ds: Slopes) -> Slope:
    lower, upper, _ = g.args[n]
    return None if ds[2] is None else g.put("sum", lower, upper, ds[2], data=g.data[n])


def _prod_over(g: Graph, n: int, ds: Slopes) -> Slope:
    """(prod_i f_i)' = sum_i f_i' prod_(j != i) f_j."""
    (lower, upper, body), slot = g.args[n], g.data[n]
    if ds[2] is None:
        return None
    other = g.slot_within(slot)
    i, j = g.put("slot", data=slot), g.put("slot", data=other)
    same, always = g.put("rel", i, j, data="=="), g.put("logic", data="true")
    factor = g.put("cases", g.num(1), same, g.put_in(body, slot, j), always)
    rest = g.put("prod", lower, upper, factor, data=other)
    return g.put("sum", lower, upper, g.times(ds[2], rest), data=slot)


def _integral(g: Graph, n: int, ds: Slopes) -> Slope:
    """Leibniz: the integral of the derivative, + f(b) b' - f(a) a'."""
    (lower, upper, body), slot = g.args[n], g.data[n]
    da, db, df = ds
    terms = [] if df is None else [g.put("integral", lower, upper, df, data=slot)]
    if db is not None:
        terms.append(g.times(g.put_in(body, slot, upper), db))
    if da is not None:
        terms.append(g.minus(g.times(g.put_in(body, slot, lower), da)))
    return _sum(g, terms)


def _may_be_unbounded(g: Graph, n: int) -> bool:
    """Is a single integral without an end, or over what may grow beyond all bounds? There Leibniz' rule may fail."""
    (lower, upper, body), slot = g.args[n], g.data[n]
    if "integral" in {g.ops[m] for m in g.cone(body)}:
        return False
    parts = (m for m in g.cone(body) if slot in g.slots[m])
    return "infinity" in (g.ops[lower], g.ops[upper]) or not all(_is_bounded(g, m, slot) for m in parts)


def _is_bounded(g: Graph, m: int, slot: int) -> bool:
    """Is what operation m makes of bounded operands bounded, and the same for its derivatives?"""
    op, args = g.ops[m], g.args[m]
    if op == "pow":
        exponent = g.data[args[1]] if g.ops[args[1]] == "num" else -1
        return bool(exponent >= 0 and exponent.denominator == 1)
    if op == "div":
        return slot not in g.slots[args[1]]
    return g.data[m][0] in ENTIRE if op == "fn" else True


ENTIRE = frozenset(
    (sympy.exp, sympy.sin, sympy.cos, sympy.sinh, sympy.cosh, sympy.tanh, sympy.sinc, sympy.atan, sympy.asinh)
    + (sympy.erf, sympy.erfc, sympy.erfi, sympy.Si, sympy.Shi, sympy.fresnels, sympy.fresnelc)
    + (sympy.airyai, sympy.airybi)
)

FLAT = frozenset(
    ("sign", "floor", "heaviside", "delta", "rel", "logic", "num", "const", "ball", "infinity", "entry", "sym", "slot")
)

STEPS = frozenset(("sign", "floor", "heaviside"))
PARTIAL = frozenset(("div", "pow", "fn"))  # what may have no value
JUMPS = frozenset(("sign", "floor", "heaviside", "delta", "rel", "tied"))

LAWS: dict[str, Callable[[Graph, int, Slopes], Slope]] = {
    "add": _add,
    "neg": _neg,
    "mul": _mul,
    "div": _div,
    "pow": _pow,
    "fn": _fn,
    "undefined": _fn,
    "named": _named,
    "abs": _abs,
    "max": _extreme,
    "min": _extreme,
    "tied": _tied,
    "cases": _cases,
    "sum": _sum_over,
    "prod": _prod_over,
    "integral": _integral,
    "change": _unknown,
    "leibniz": _named,
}
