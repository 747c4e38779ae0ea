"""Sums of products as matrix products: eliminate one index (or several that always occur together) at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from gdsym.arrays.align import Axes, aligned, entrywise, multiplied, reduced, transposed
from gdsym.arrays.graph import DATA, PARAM, Graph, Op, Value
from gdsym.arrays.labels import added_by_label, chosen_by_label, label_letters
from gdsym.arrays.product import Product, powers_of, settled
from gdsym.arrays.subscripts import Subscripts
from gdsym.written.nodes import Sym

Letters = frozenset[Sym]


def contracted(g: Graph, product: Product, letters: Letters, want: Axes | None) -> list[Value]:
    """The sum over `letters` of a product: the factors of the result."""
    factors = _factors(g, settled(g, product))
    left = letters
    while left:
        labelled = label_letters(g, factors, left)
        group = _next_group(factors, left - labelled) if left != labelled else labelled
        touched = [f for f in factors if group & set(f.axes)]
        rest = [f for f in factors if not group & set(f.axes)]
        left -= group
        factors = [_eliminated(g, touched, group, want if not left and not rest else None), *rest]
    return factors


def _factors(g: Graph, product: Product) -> list[Value]:
    """Factors as written, each x^n as n factors x; denominators go below factors with the same axes."""
    up = [f for v, n in product.powers.items() if n > 0 for f in _units(g, v, n)]
    for low in powers_of(g, product, positive=False):
        mates = [p for p, f in enumerate(up) if set(low.axes) == set(f.axes)]
        above = up.pop(mates[-1]) if mates else Value(g.number(1))
        up.append(entrywise(g, "div", above, low))
    return up


def _units(g: Graph, value: Value, n: int) -> list[Value]:
    """x^2 is x, x (a dot product of x with itself); x^4 is x^2, x^2."""
    half = powers_of(g, Product(powers={value: n // 2}), positive=True) if n > 1 else []
    return half * 2 + ([value] if n % 2 else [])


def _next_group(factors: Sequence[Value], letters: Letters) -> Letters:
    """The letters that occur in the same factors; those that leave the smallest array behind come first."""
    groups: dict[frozenset[int], set[Sym]] = {}
    for letter in sorted(letters, key=lambda s: s.name):
        where = frozenset(p for p, f in enumerate(factors) if letter in f.axes)
        groups.setdefault(where, set()).add(letter)

    def cost(where: frozenset[int]) -> tuple[int, ...]:
        axes = set().union(*(factors[p].axes for p in where)) - groups[where]
        with_param = any(factors[p].op.needs == PARAM for p in where)
        crowded = len({frozenset(factors[p].axes) for p in where}) > 2  # no matrix product
        places = [_place(factors[p], letter) for p in where for letter in groups[where] if letter in factors[p].axes]
        return len(axes), crowded, -len(where), 0 if with_param else 1, *min(places)

    return frozenset(groups[min(groups, key=cost)])


def _place(factor: Value, letter: Sym) -> tuple[int, int, int]:
    """Of the widest factor the last axis is added up over most quickly, then the first; of matrices that of a parameter counts."""
    at, count = factor.axes.index(letter), len(factor.axes)
    if count < 3:
        return -count, 0 if factor.op.needs == PARAM else 1, at
    return -count, 0, 0 if at == count - 1 else 1 + (at > 0)


def _eliminated(g: Graph, factors: list[Value], over: Letters, want: Axes | None) -> Value:
    """The sum over `over` of a product of which every factor depends on it."""
    by_label = added_by_label(g, factors, over)
    if by_label is None and len(over) == 1:
        by_label = chosen_by_label(g, factors, next(iter(over)))
    if by_label is not None:
        return by_label
    groups = _absorbed(g, _by_axes(factors))
    if len(groups) == 1:
        return _same_axes(g, groups[0], over, want)
    parts = [multiplied(g, group) for group in groups]
    if len(parts) == 2 and len(over) == 1 and _is_matrix_product(parts[0], parts[1], over):
        return _matmul(g, parts[0], parts[1], over, want)
    return _einsum(g, _paired(g, parts, over), over, want)


def _paired(g: Graph, parts: list[Value], over: Letters) -> list[Value]:
    """sum_l A_il B_jl C_kl as that of (A_il B_jl) and C_kl, which is a matrix product."""
    own = [[x for x in v.axes if x not in over] for v in parts]
    apart = len({x for axes in own for x in axes}) == sum(map(len, own))
    if (
        len(parts) != 3
        or not apart
        or any(not axes or set(v.axes) != over.union(axes) for v, axes in zip(parts, own, strict=True))
    ):
        return parts
    axes = (*own[0], *own[1], *(x for x in parts[0].axes if x in over))
    first, second = (aligned(g, v, axes) for v in parts[:2])
    return [Value(g.make("mul", first, second, ndim=len(axes)), axes), parts[2]]


def _by_axes(factors: list[Value]) -> list[list[Value]]:
    groups: dict[Letters, list[Value]] = {}
    for f in factors:
        groups.setdefault(frozenset(f.axes), []).append(f)
    return list(groups.values())


def _absorbed(g: Graph, groups: list[list[Value]]) -> list[list[Value]]:
    """While there are more than two groups, multiply a narrow one into a wider one, rather not into raw data."""
    while len(groups) > 2:
        pairs = [
            (wide[0].op.kind == "leaf", len(wide[0].axes), a, b)
            for a, narrow in enumerate(groups)
            for b, wide in enumerate(groups)
            if set(narrow[0].axes) < set(wide[0].axes)
        ]
        if not pairs:
            return groups
        _, _, a, b = min(pairs)
        merged = [multiplied(g, [*groups[a], *groups[b]])]
        groups = [merged if p == b else group for p, group in enumerate(groups) if p != a]
    return groups


def _same_axes(g: Graph, units: list[Value], over: Letters, want: Axes | None) -> Value:
    if len(units) == 1:
        return reduced(g, "sum", units[0], over)
    first, last = multiplied(g, units[:-1]), units[-1]
    if set(first.axes) == over:
        kind = "matmul" if len(over) == 1 else "vdot"
        return Value(g.make(kind, *_flat_pair(g, first, last), ndim=0))
    return _einsum(g, [first, last], over, want)


def _flat_pair(g: Graph, first: Value, last: Value) -> tuple[Op, Op]:
    """Both in one order of axes; a transposition of both falls away."""
    a, b = first.op, aligned(g, last, first.axes)
    if a.kind == b.kind == "transpose" and a.attr == b.attr:
        return a.args[0], b.args[0]
    return a, b


def _is_matrix_product(a: Value, b: Value, over: Letters) -> bool:
    return len(a.axes) <= 2 and len(b.axes) <= 2 and not (set(a.axes) & set(b.axes)) - over


def _data_rank(value: Value) -> int:
    """Data first, parameters last: the order is the same whatever the letters are called."""
    return {DATA: 0, PARAM: 2}.get(value.op.needs, 1)


def _is_summed_in_windows(value: Value, over: Letters) -> bool:
    """Are the places in windows summed over? Then the windows come last: long rows are copied more quickly than short ones."""
    return value.op.kind == "windows" and set(value.axes[: len(value.op.attr)]) <= over


def _matmul(g: Graph, a: Value, b: Value, over: Letters, want: Axes | None) -> Value:
    (i,) = over
    a, b = sorted((a, b), key=_data_rank)
    if len(a.axes) == len(b.axes) == 2:
        ways = [_sides(g, *both, i) for both in ((a, b), (b, a))]
        (left, right), kept = min(ways, key=lambda way: _rank(g, way, want))
        return Value(g.make("matmul", left, right, ndim=2), kept)
    vector, matrix = (a, b) if len(a.axes) < len(b.axes) else (b, a)
    if len(matrix.axes) == 1:
        return Value(g.make("matmul", vector.op, matrix.op, ndim=0))
    order = (vector.op, matrix.op) if matrix.axes[0] == i else (matrix.op, vector.op)
    return Value(g.make("matmul", *order, ndim=1), tuple(x for x in matrix.axes if x != i))


def _sides(g: Graph, a: Value, b: Value, i: Sym) -> tuple[tuple[Op, Op], Axes]:
    """The matrices of sum_i A_ji B_ik, and its axes."""
    kept = tuple(x for v in (a, b) for x in v.axes if x != i)
    return (transposed(g, a, (kept[0], i)).op, transposed(g, b, (i, kept[1])).op), kept


def _rank(g: Graph, way: tuple[tuple[Op, Op], Axes], want: Axes | None) -> tuple[bool, bool, bool]:
    """Which way round a product of matrices is made: as wanted, as it was made before, or as tables stand that it will meet."""
    ops, kept = way
    return kept != want, g.found("matmul", *ops) is None, kept not in g.tables


def _einsum(g: Graph, parts: Sequence[Value], over: Letters, want: Axes | None) -> Value:
    """Data first where there are two; in the order of axes that a matrix product gives, if it is one; else as wanted."""
    pair = sorted(parts, key=lambda v: (_is_summed_in_windows(v, over), _data_rank(v))) if len(parts) == 2 else []
    name = _names(pair or parts)
    kept = tuple(x for x in name if x not in over)
    if pair:
        found = _of_matrices(g, pair, name, kept, want)
        if found is None and (known := _turned(g, pair, over)) is not None:
            return known
        pair, kept = found or (pair, kept)
        name = _names(pair)
        want = None if found else want
    if want is not None and set(want) == set(kept):
        kept = want
    parts = pair or parts
    return Value(g.make("einsum", *(v.op for v in parts), attr=_spec(parts, name, kept), ndim=len(kept)), kept)


def _of_matrices(
    g: Graph, pair: list[Value], name: Mapping[Sym, str], kept: Axes, want: Axes | None
) -> tuple[list[Value], Axes] | None:
    """The pair and the axes of its matrix product, the other way round if that gives what is wanted; None if it is none."""
    letter = {short: x for x, short in name.items()}
    ways = []
    for both in (pair, pair[::-1]):
        words = Subscripts.of(_words(both, name), _word(kept, name))
        ways.append((both, tuple(letter[x] for x in words.out)))
    if not words.are_of_matrices:
        return None
    made = (w for w in ways if g.found("einsum", *(v.op for v in w[0]), attr=_spec(w[0], _names(w[0]), w[1])))
    return next(made, None) or min(ways, key=lambda way: (way[1] != want, _out_of_order(g, way[1])))


def _out_of_order(g: Graph, axes: Axes) -> int:
    """How many neighbours among the axes do not stand so at any entry: a table that is met the other way round is read in jumps."""
    return sum(pair not in g.tables for pair in pairwise(axes))


def _turned(g: Graph, pair: list[Value], over: Letters) -> Value | None:
    """sum_k A_ik B_ik, if it was made as sum_k B_ik A_ik."""
    turned = pair[::-1]
    name = _names(turned)
    kept = tuple(x for x in name if x not in over)
    op = g.found("einsum", *(v.op for v in turned), attr=_spec(turned, name, kept))
    return None if op is None else Value(op, kept)


def _names(parts: Sequence[Value]) -> dict[Sym, str]:
    """A short name for each letter, in order of appearance."""
    seen = dict.fromkeys(x for part in parts for x in part.axes)
    return dict(zip(seen, "abcdefghijklmnop", strict=False))


def _word(axes: Axes, name: Mapping[Sym, str]) -> str:
    return "".join(name[x] for x in axes)


def _spec(parts: Sequence[Value], name: Mapping[Sym, str], kept: Axes) -> str:
    return f"{_words(parts, name)}->{_word(kept, name)}"


def _words(parts: Sequence[Value], name: Mapping[Sym, str]) -> str:
    return ",".join(_word(v.axes, name) for v in parts)
