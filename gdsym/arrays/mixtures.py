"""Sums of exponentials as exp(top) * rest, so that neither overflows: what a logarithm or a quotient needs of them.

A value that is a sum of terms w exp(z) is noted where it is made. Below a fraction bar, or in a logarithm, it is taken
apart: `top` is the largest z, `rest` the sum of w exp(z - top). Elsewhere it stays the plain sum.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from fractions import Fraction

from gdsym.arrays.align import added, entrywise, negative, reduced, unaligned
from gdsym.arrays.contract import contracted
from gdsym.arrays.exponents import exponent_of
from gdsym.arrays.graph import DATA, Graph, Op, Value
from gdsym.arrays.means import exponentials_of, log_of_mean, log_of_weighted
from gdsym.arrays.product import Product, product_of, realized, without
from gdsym.arrays.steep import Letters, Mixture, is_exponential, is_steep_power, is_tail, log_of_base, positive
from gdsym.record import record

Masks = frozenset[Op]
Safe = Callable[[Value], Value]
LEAST, HARDLY = float("-inf"), 1e308


@record
class Part:
    """The sum over the letters of weight * exp(exponent)."""

    exponent: Value | None
    weight: Product
    letters: Letters


def scaled(g: Graph, value: Value, masks: Masks = frozenset()) -> tuple[Value, Value]:
    """(top, rest) with value = exp(top) rest; terms that a mask leaves out do not count for the top."""
    inner = Value(value.op.args[0], value.axes) if value.op.args else value
    if value in g.mixtures and g.mixtures[value].parts:
        found: tuple[Value, Value] = g.mixtures[value].parts
        return found
    if value in g.mixtures:
        parts = _parts_of(g, g.mixtures[value])
        top = _top(g, parts, masks, floor=False)
        return top, _rest(g, parts, top, masks)
    if value.op.kind == "exp":
        return inner, Value(g.number(1))
    if is_steep_power(value.op):
        base, exponent = (unaligned(a, value.axes) for a in value.op.args)
        log = log_of_base(g, base)
        return realized(g, Product(powers={exponent: 1, log: 1})), Value(g.number(1))
    if value.op.kind == "sigmoid":
        size = Value(g.make("sigmoid", g.abs(inner.op)), value.axes)
        return entrywise(g, "minimum", inner, Value(g.number(0))), size
    if value.op.kind == "expm1":
        return _loss(g, inner)
    if value.op.kind == "one_plus_exp":
        rest = Value(g.make("one_plus_exp", g.neg(g.abs(inner.op))), value.axes)
        return entrywise(g, "maximum", inner, Value(g.number(0))), rest
    return _hyperbolic(g, value, inner)


def masks_of(g: Graph, value: Value) -> Masks:
    """The data that are weights of a sum of exponentials: where they are 0 an exponential is left out, however large it is."""
    found: Mixture | None = g.mixtures.get(value)
    if found is None or found.parts:
        return frozenset()
    inner = [masks_of(g, v) for t in found.terms for v in t.powers]
    own = [v.op for t in found.terms for v, n in t.powers.items() if n > 0 and _is_mask(g, v, found.letters)]
    return frozenset(own).union(*inner)


def _is_mask(g: Graph, value: Value, letters: Letters) -> bool:
    """Is it made of data alone, may be 0, and runs over the letters of the sum?"""
    op = value.op
    made_of_data = op.needs == DATA and any(a.kind == "leaf" for a in (op, *g.reached(op)))
    runs = letters.intersection(value.axes) if letters else value.axes
    return made_of_data and bool(runs) and not positive(g, value)


def _loss(g: Graph, u: Value) -> tuple[Value, Value]:
    """For exp(u) - 1 = -e^max(u, 0) sign(u) expm1(-|u|)."""
    less = Value(g.make("expm1", g.neg(g.abs(u.op))), u.axes)
    signed = {Value(g.make("sign", u.op), u.axes): 1, less: 1}
    return entrywise(g, "maximum", u, Value(g.number(0))), realized(g, Product(Fraction(-1), signed))


def _hyperbolic(g: Graph, value: Value, u: Value) -> tuple[Value, Value]:
    """For cosh u = e^|u| (1 + e^-2|u|)/2 and sinh u = -sign(u) e^|u| expm1(-2|u|)/2."""
    size = Value(g.abs(u.op), u.axes)
    twice = realized(g, Product(Fraction(-2), {size: 1}))
    if value.op.kind == "cosh":
        both = added(g, [(1, Value(g.number(1))), (1, Value(g.make("exp", twice.op), u.axes))])
        return size, realized(g, Product(Fraction(1, 2), {both: 1}))
    signed = {Value(g.make("sign", u.op), u.axes): 1, Value(g.make("expm1", twice.op), u.axes): 1}
    return size, realized(g, Product(Fraction(-1, 2), signed))


def _parts_of(g: Graph, mixture: Mixture) -> list[Part]:
    """The parts of all terms; what cancels in the plain sum must not set the scale."""
    total: dict[Hashable, Part] = {}
    for part in (part for term in mixture.terms for part in _parted(g, term, mixture.letters)):
        key = part.exponent, frozenset(part.weight.powers.items()), part.letters
        before = total[key].weight.coefficient if key in total else 0
        weight = Product(before + part.weight.coefficient, part.weight.powers)
        total[key] = Part(part.exponent, weight, part.letters)
    kept = [part for part in total.values() if part.weight.coefficient]
    return kept or [Part(None, Product(Fraction(0)), mixture.letters)]


def _parted(g: Graph, term: Product, letters: Letters) -> Iterator[Part]:
    """A term as parts; a sum that is its only exponential is taken apart in its turn."""
    found = _steep(g, term, letters)
    inner = g.mixtures.get(found[0]) if len(found) == 1 and term.powers[found[0]] == 1 else None
    rest = without(term, dict.fromkeys(found, 1))
    if inner and not inner.parts and not inner.letters & (letters | _axes(term)):
        opened = [rest.times(g, each) for each in inner.terms]
        if all(
            letters <= _axes(each) for each in opened
        ):  # else it would be counted once, not for each value of the letter
            for each in opened:
                yield from _parted(g, each, letters | inner.letters)
            return
    exponents: dict[Value, int] = {}
    for value in found:
        top, mantissa = scaled(g, value)
        exponents[top] = exponents.get(top, 0) + term.powers[value]
        rest = rest.times(g, product_of(g, mantissa).power(term.powers[value]))
    yield Part(exponent_of(g, exponents), rest, letters)


def _steep(g: Graph, term: Product, letters: Letters) -> list[Value]:
    """Its exponentials; with those that are at most 1, if where another is largest they may be 0."""
    above = [v for v, n in term.powers.items() if n > 0]
    wild = [v for v in above if is_exponential(g, v) or _rises(v.op)]
    over = letters.intersection(a for v in wild for a in v.axes)
    return [v for v in above if v in wild or is_tail(g, v) or (v.op in g.tame and over.intersection(v.axes))]


def _rises(op: Op) -> bool:
    """Is it exp(u) - 1, or 1 + exp(u)?"""
    return op.kind in ("expm1", "one_plus_exp") and not (op.args[0].kind == "neg" and op.args[0].args[0].kind == "abs")


def _axes(p: Product) -> Letters:
    return frozenset(a for v in p.powers for a in v.axes)


def _top(g: Graph, parts: Sequence[Part], masks: Masks, *, floor: bool) -> Value:
    """The largest exponent; with `floor`, at least 0."""
    found: dict[Value, None] = {}
    never_none = floor
    for part in parts:
        if part.exponent is None:
            floor = never_none = True
            continue
        z = where_it_counts(g, part.exponent, part.weight)
        some = z is part.exponent  # else perhaps of none
        never_none = never_none or some
        masked = (v for v in part.weight.powers if v.op in masks and v.op.kind != "indicator")
        z = _lowered(g, z, masked)
        over = part.letters & frozenset(z.axes)
        highest = reduced(g, "max", z, over) if over else z
        if over and not some:
            highest = entrywise(g, "maximum", highest, Value(g.number(-HARDLY)))
        found[highest] = None
    tops = [v for v in found if not any(_is_among(v, other) for other in found)]
    first, *others = [*tops, *([Value(g.number(0))] if floor else [])]
    for other in others:
        first = entrywise(g, "maximum", first, other)
    if others and not never_none:  # of no term at all: -inf less -inf would be no number
        first = entrywise(g, "maximum", first, Value(g.number(-HARDLY)))
    return first


def _is_among(value: Value, highest: Value) -> bool:
    """Is the one the largest of values of which the other is one: max_k z_ki and z_qi?"""
    op = highest.op
    if op.kind != "max" or op.args[0] is not value.op:
        return False
    return highest.axes == (() if op.attr is None else tuple(a for p, a in enumerate(value.axes) if p not in op.attr))


def where_it_counts(g: Graph, exponent: Value, weight: Product) -> Value:
    """The exponent; -inf where a factor says that the term is not summed."""
    for value in weight.powers:
        if value.op.kind == "indicator":
            test = Value(value.op.args[0], value.axes)
            exponent = _chosen_by(exponent, test)
            exponent = entrywise(g, "where", test, exponent, Value(g.number(LEAST)))
    return exponent


def _chosen_by(exponent: Value, test: Value) -> Value:
    """Of `u if c else v` the u, which stands where c holds."""
    op = exponent.op
    chosen = op.kind == "where" and op.args[0] is test.op and exponent.axes == test.axes
    return Value(op.args[1], exponent.axes) if chosen and op.args[1].ndim == op.ndim else exponent


def _lowered(g: Graph, exponent: Value, weights: Iterable[Value]) -> Value:
    """The exponent; hardly anything where a weight is 0."""
    for weight in weights:
        test = entrywise(g, "compare", weight, Value(g.number(0)), attr="==")
        gone = Value(g.make("indicator", test.op), test.axes)
        exponent = added(g, [(1, exponent), (-1, entrywise(g, "mul", Value(g.number(HARDLY)), gone))])
    return exponent


def at_most_1(g: Graph, shift: Value, weight: Product, masks: Masks) -> Value:
    """The shift z - top, and 0 where z is larger than the largest that counts: the weight is 0 there."""
    masked = any(v.op in masks for v in weight.powers)
    return entrywise(g, "minimum", shift, Value(g.number(0))) if masked else shift


def counted(g: Graph, shift: Value, weight: Product, masks: Masks) -> Value:
    """The same for a term beside those that are divided by: where it weighs nothing, its exponential may be beyond the floats."""
    if not masks or any(v.op in masks for v in weight.powers):
        return at_most_1(g, shift, weight, masks)
    return _lowered(g, shift, [v for v, n in weight.powers.items() if n > 0 and v.axes and not positive(g, v)])


def _rest(g: Graph, parts: Sequence[Part], top: Value, masks: Masks) -> Value:
    """The sum of w exp(z - top)."""
    sums = []
    for part in parts:
        weight = part.weight
        z = None if part.exponent is None else where_it_counts(g, part.exponent, weight)
        if z != top:
            shift = negative(g, top) if z is None else added(g, [(1, z), (-1, top)])
            weight = weight.times(g, Product(powers={tame(g, at_most_1(g, shift, weight, masks)): 1}))
        over = part.letters & frozenset(a for v in weight.powers for a in v.axes)
        factors = contracted(g, Product(Fraction(1), weight.powers), over, None) if over else None
        if factors is not None:
            weight = Product(weight.coefficient, {v: factors.count(v) for v in factors})
        sums.append(
            (1 if weight.coefficient >= 0 else -1, realized(g, Product(abs(weight.coefficient), weight.powers)))
        )
    return added(g, sums)


def tame(g: Graph, shift: Value) -> Value:
    """The value exp(z - top) is at most 1."""
    value = Value(g.make("exp", shift.op), shift.axes)
    g.tame.add(value.op)
    return value


def log_of_mixture(g: Graph, value: Value, safe: Safe) -> Value:
    """log(sum) = top + log(rest); beside a constant c, log(c) + log1p of what is left over c."""
    mean = log_of_mean(g, exponentials_of(g, value)) or log_of_weighted(g, value)
    if mean is not None:
        return mean
    found: Mixture = g.mixtures[value]
    constants = [t for t in found.terms if not t.powers and t.coefficient > 0]
    if found.letters or len(constants) != 1:
        top, rest = scaled(g, value, masks_of(g, value))
        rest = rest if positive(g, value) else safe(rest)
        return added(g, [(1, top), (1, Value(g.make("log", rest.op), rest.axes))])
    c = constants[0].coefficient
    others = tuple(Product(t.coefficient / c, t.powers) for t in found.terms if t not in constants)
    parts = _parts_of(g, Mixture(found.letters, others))
    masks = masks_of(g, value)
    top = _top(g, parts, masks, floor=True)
    less = Value(g.make("expm1", g.neg(top.op)), top.axes)  # exp(-top) is what the constant has become
    inside = added(g, [(1, _rest(g, parts, top, masks)), (1, less)])
    inside = inside if positive(g, value) else safe(inside)
    terms = [(1, top), (1, Value(g.make("log1p", inside.op), inside.axes))]
    if c != 1:
        terms.append((1, Value(g.make("log", g.number(c)))))
    return added(g, terms)


def log_of_mixtures(g: Graph, above: Value, below: Value, safe: Safe) -> Value | None:
    """Write log(S/T) as top_S - top_T + log(rest_S/rest_T): the quotient may be below the floats where its logarithm is not.

    None if S or T is no sum of exponentials over an index.
    """
    if any(v not in g.mixtures or not g.mixtures[v].letters or g.mixtures[v].bounded for v in (above, below)):
        return None
    (top, rest), (level, divisor) = (scaled(g, v, masks_of(g, v)) for v in (above, below))
    sure = positive(g, above) and positive(g, below)
    ratio = entrywise(g, "div", rest, divisor)
    ratio = ratio if sure else safe(ratio)
    log = Value(g.make("log", ratio.op), ratio.axes)
    shift = exponent_of(g, {top: 1, level: -1}) if top != level else None
    return log if shift is None else added(g, [(1, shift), (1, log)])
