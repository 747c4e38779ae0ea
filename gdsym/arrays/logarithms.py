"""Logarithms: products leave them, sums of exponentials are scaled first, what is nearly 1 is known by what it lacks."""

from __future__ import annotations

from fractions import Fraction
from functools import partial

import sympy

from gdsym.arrays.align import added, entrywise, negative, reduced, transposed, unaligned
from gdsym.arrays.between import log_between
from gdsym.arrays.ends import log_of_angle, log_of_share
from gdsym.arrays.graph import Graph, Value
from gdsym.arrays.mixtures import Safe, log_of_mixture
from gdsym.arrays.near import near_one
from gdsym.arrays.product import Product, factors_of, merged, product_of, realized, without
from gdsym.arrays.special_logs import known_logarithms
from gdsym.arrays.stable import added_stably, loss_of
from gdsym.arrays.steep import is_at_least_0, positive, two_exponentials, without_one
from gdsym.written.nodes import Sym

NAMED = {"one_plus_exp": "softplus", "cosh": "logcosh", "ierfc": "log_ierfc"}  # logarithms that are functions
RISING, FAR = ("expm1", "sinh"), 40  # what is e^u to the last digit from there on


def logarithm(g: Graph, product: Product, safe: Safe = lambda value: value, *, steep: bool = False) -> Product | Value:
    """The log of a product: exponentials, sigmoids and sums of exponentials leave it, the rest stays inside.

    `safe` keeps in the domain what is not positive by itself. With `steep` powers leave it as beside gamma functions.
    """
    product, known = known_logarithms(g, product)
    if known:
        rest = logarithm(g, product, safe, steep=steep)
        return added_stably(g, [*known, rest if isinstance(rest, Product) else product_of(g, rest)])
    whole = _log_of_difference(g, product, safe) or _log_of_share(g, product, safe) or log_of_share(g, product)
    whole = whole or _log_of_gammas(g, product, safe, steep)
    whole = whole or log_of_angle(g, product) or log_between(g, product) or _log_of_mirrored(g, product)
    whole = whole or _log_of_powers(g, product, safe)
    if whole is not None:
        return whole
    outside: list[Product] = []
    inside: dict[Value, int] = {}
    product = _without_ratios(g, _without_losses(g, product, outside), outside)
    unsure = [abs(n) for v, n in product.powers.items() if n % 2 and not positive(g, v) and not _is_power(g, v)]
    alone = unsure == [1] and product.coefficient > 0
    for value, n in product.powers.items():
        left = _log_of(g, value, safe) if alone or positive(g, value) or _is_power(g, value) else None
        if left is None and n % 2 == 0:  # the power may be beyond the floats where the logarithm is not
            left = product_of(g, _log_of_size(g, value, safe))
        if left is None:
            inside[value] = n
        else:
            outside.append(left.times(g, Product(Fraction(n))))
    rest = Product(product.coefficient, inside)
    if inside and rest.coefficient == 1 and all(n < 0 for n in inside.values()):
        outside.append(product_of(g, _plain_log(g, safe(realized(g, rest.power(-1))))).times(g, Product(Fraction(-1))))
    elif not inside and 0 < rest.coefficient < 1 and rest.coefficient.numerator == 1:
        number = Value(g.make("log", g.number(rest.coefficient.denominator)))
        outside.append(Product(Fraction(-1), {number: 1}))
    elif inside or rest.coefficient != 1:
        outside.append(product_of(g, _plain_log(g, safe(realized(g, rest)))))
    return outside[0] if len(outside) == 1 else added_stably(g, outside) if outside else Value(g.number(0))


def _log_of_gammas(g: Graph, product: Product, safe: Safe, steep: bool) -> Value | None:
    """The log of a product with gamma functions, or powers beside them, which overflow where their logarithms do not."""
    kinds = {v.op.kind for v in product.powers}
    if "pow" not in kinds if steep else product.weight == 1 or "gamma" not in kinds:
        return None
    from gdsym.arrays.gamma_steps import logs_and_signs

    taken, logs, signs = logs_and_signs(g, product)
    rest = logarithm(g, without(product, taken).times(g, signs), safe)
    return added_stably(g, [*logs, rest if isinstance(rest, Product) else product_of(g, rest)])


def _without_losses(g: Graph, product: Product, outside: list[Product]) -> Product:
    """The product without its factors 1 - exp(-u) for u > 0, whose logarithms go outside."""
    for value, n in product.powers.items():
        u = g.neg(value.op.args[0]) if value.op.kind == "expm1" else None
        if u is not None and u.kind != "neg" and positive(g, Value(u, value.axes)):
            outside.append(product_of(g, _log_of_loss(g, Value(u, value.axes))).times(g, Product(Fraction(n))))
            product = Product(product.coefficient * (-1) ** n, without(product, {value: n}).powers)
    return product


def _without_ratios(g: Graph, product: Product, outside: list[Product]) -> Product:
    """The product without its factors (e^u - 1)/u and sinh(u)/u, which are positive and 1 at 0."""
    for value, n in product.powers.items():
        u = factors_of(g, Value(value.op.args[0], value.axes)) if value.op.kind in RISING else Product()
        if u.powers and all(product.powers.get(v) == -n * k for v, k in u.powers.items()):
            ratio = merged(Product(powers={value: 1}), u.power(-1))
            outside.append(product_of(g, _log_of_ratio(g, ratio, value)).times(g, Product(Fraction(n))))
            product = merged(product, ratio.power(-n))
    return product


def _log_of_ratio(g: Graph, ratio: Product, value: Value) -> Value:
    """The log of (e^u - 1)/u is u - log u where e^u is beyond the floats, that of sinh(u)/u is |u| - log(2 |u|)."""
    u = Value(value.op.args[0], value.axes)
    size = u if value.op.kind == "expm1" else Value(g.abs(u.op), u.axes)
    top = entrywise(g, "maximum", size, Value(g.number(FAR)))
    twice = Product(Fraction(1 if value.op.kind == "expm1" else 2))
    log = realized(g, merged(twice, product_of(g, top)))
    far = added(g, [(1, size), (-1, Value(g.make("log", log.op), log.axes))])
    large = entrywise(g, "compare", size, Value(g.number(FAR)), attr=">")
    return entrywise(g, "where", large, far, _plain_log(g, realized(g, ratio)))


def _log_of_mirrored(g: Graph, product: Product) -> Value | None:
    """The log of (1 + u)/(1 - u) is 2 atanh u."""
    ends = {n: v for v, n in product.powers.items()}
    if product.coefficient != 1 or len(product.powers) != 2 or ends.keys() != {1, -1}:
        return None
    up, down = without_one(g, ends[1]), without_one(g, ends[-1])
    if up is None or down is None or up.axes != down.axes or g.neg(up.op) is not down.op:
        return None
    return realized(g, Product(Fraction(2), {Value(g.make("atanh", up.op), up.axes): 1}))


def _log_of_size(g: Graph, value: Value, safe: Safe) -> Value:
    """The log of |v|."""
    if value.op.kind == "sinh":
        return _log_of_sinh(g, safe(Value(g.abs(value.op.args[0]), value.axes)))
    return _plain_log(g, safe(Value(g.abs(value.op), value.axes)))


def _log_of_difference(g: Graph, product: Product, safe: Safe) -> Value | None:
    """log(c - c exp(u)) = log c + log(1 - exp(u)), and log(exp(u) - exp(v)) = u + log(1 - exp(v - u)), which does not overflow."""
    if len(product.powers) != 1 or next(iter(product.powers.values())) != 1:
        return None
    (value,) = product.powers
    found = two_exponentials(g, value)
    if found is not None and found[0] * product.coefficient == 1:
        _, u, v = found
        d = added_stably(g, [factors_of(g, u), factors_of(g, v).times(g, Product(Fraction(-1)))])
        return added(g, [(1, u), (1, _log_of_loss(g, safe(d)))])
    if value.op.kind != "expm1":
        return None
    u = Value(value.op.args[0], value.axes)
    rising = product.coefficient > 0
    size = safe(u if rising else negative(g, u))
    terms = [(1, size)] if rising else []
    terms.append((1, _log_of_loss(g, size)))
    if abs(product.coefficient) != 1:
        terms.append((1, Value(g.make("log", g.number(abs(product.coefficient))))))
    return added(g, terms)


def _log_of_loss(g: Graph, u: Value) -> Value:
    """log(1 - exp(-u)); its limit log u where u is an exponential that is nearly 0."""
    made = Value(g.make("log1mexp", g.neg(u.op)), u.axes)
    factors = factors_of(g, u)
    if not any(v.op.kind == "exp" for v in factors.powers):
        return made
    found = logarithm(g, factors)
    return _in_tail(g, u, found if isinstance(found, Value) else realized(g, found), made, 1e-290)


def _in_tail(g: Graph, u: Value, limit: Value, log: Value, least: float) -> Value:
    """A logarithm, or its limit where u is below a number."""
    small = entrywise(g, "compare", u, Value(g.number(least)), attr="<")
    return entrywise(g, "where", small, limit, log)


def _log_of_share(g: Graph, product: Product, safe: Safe) -> Value | None:
    """log(u/(1 + u)) = -log(1 + 1/u), or log u - log(1 + u) where u is small."""
    for below, n in product.powers.items():
        u = without_one(g, below) if n == -1 and product.coefficient == 1 else None
        above = without(product, {below: n})
        if u is not None and all(k > 0 for k in above.powers.values()) and realized(g, above) == u:
            found = logarithm(g, above, safe)
            logs = found if isinstance(found, Value) else realized(g, found)
            near = added(g, [(1, logs), (-1, Value(g.make("log1p", u.op), u.axes))])
            turned = realized(g, product_of(g, u).power(-1))
            far = negative(g, Value(g.make("log1p", turned.op), u.axes))
            large = entrywise(g, "compare", u, Value(g.number(1)), attr=">")
            return entrywise(g, "where", large, far, near)
    return None


def _log_of(g: Graph, value: Value, safe: Safe) -> Product | None:
    u = Value(value.op.args[0], value.axes) if value.op.args else value
    if value.op.kind == "exp":
        return product_of(g, u)
    if value.op.kind in NAMED:
        return Product(powers={Value(g.make(NAMED[value.op.kind], u.op), u.axes): 1})
    if value.op.kind == "sigmoid":
        return Product(Fraction(-1), {Value(g.make("softplus", g.neg(u.op)), u.axes): 1})
    if value in g.logarithms:
        return product_of(g, g.logarithms[value])
    if value in g.mixtures:
        log = _near_whole(g, value, log_of_mixture(g, value, safe))
        g.logsums.setdefault(log, value)
        return product_of(g, log)
    if value.op.kind == "erfc":
        found = log_of_share(g, Product(powers={value: 1}))
        return None if found is None else product_of(g, found)
    if value.op.kind == "softplus":
        return product_of(g, _in_tail(g, u, u, _plain_log(g, value), -40))
    if value.op.kind == "sinh":
        return product_of(g, _log_of_sinh(g, u))
    if _is_power(g, value):
        return _log_of_power(g, value, safe)
    if value.op.kind == "sech2":
        return Product(Fraction(-2), {Value(g.make("logcosh", u.op), u.axes): 1})
    return _log_of_product(g, value) if value.op.kind == "prod" else None


def _near_whole(g: Graph, value: Value, log: Value) -> Value:
    """The log of a value; of c (1 - u), where u is nearly 0, as log c + log1p(-u)."""
    found = loss_of(g, value)
    if found is None:
        return log
    total, share = found
    loss = realized(g, share.times(g, Product(Fraction(-1))))
    near = Value(g.make("log1p", loss.op), loss.axes)
    if total != 1:
        near = added(g, [(1, near), (1, Value(g.make("log", g.number(total))))])
    size = Value(g.abs(loss.op), loss.axes)
    small = entrywise(g, "compare", size, Value(g.number(Fraction(1, 2))), attr="<")
    return entrywise(g, "where", small, near, log)


def _log_of_sinh(g: Graph, u: Value) -> Value:
    """The log of sinh u is u + log(1 - exp(-2 u)) - log 2, nothing for u < 0."""
    twice = realized(g, product_of(g, u).times(g, Product(Fraction(-2))))
    loss = Value(g.make("log1mexp", twice.op), u.axes)
    return added(g, [(1, u), (1, loss), (-1, Value(g.make("log", g.number(2))))])


def _is_power(g: Graph, value: Value) -> bool:
    """Is it a power, the base of which is at least 0 whatever the parameters and data are?"""
    return value.op.kind == "pow" and is_at_least_0(g, unaligned(value.op.args[0], value.axes))


def _log_of_power(g: Graph, value: Value, safe: Safe) -> Product:
    """The log of b^c is c log b: the power may be beyond the floats where its logarithm is not."""
    base, exponent = (unaligned(a, value.axes) for a in value.op.args)
    logs = _as_value(g, logarithm(g, factors_of(g, base), safe))
    return product_of(g, logs).times(g, product_of(g, exponent))


def _log_of_powers(g: Graph, product: Product, safe: Safe) -> Value | None:
    """The log of a number with powers in it, the exponents of which are no numbers: s^m is beneath the floats long before its log is."""
    unsure = (v for v in product.powers if v.op.kind == "pow" and not _is_power(g, v))
    if any(v.axes for v in product.powers) or next(unsure, None) is None:
        return None
    from gdsym.arrays.likelihoods import logs_where_positive

    found = logs_where_positive(g, product, partial(_as_product, g))
    if found is None:
        return None
    whole = safe(realized(g, product))
    return entrywise(g, "where", *found, Value(g.make("log", whole.op), whole.axes))


def _log_of_product(g: Graph, value: Value) -> Product | None:
    """The log of a product over indices of positive factors is the sum of their logs: it does not underflow."""
    (factor,), over = value.op.args, value.op.attr
    known = next((v for v in g.factors if v.op is factor), None)
    inner = known or Value(factor, tuple(Sym(sympy.Dummy(f"s{p}")) for p in range(factor.ndim)))
    letters = inner.axes
    summed = frozenset(letters if over is None else (letters[p] for p in over))
    if positive(g, inner):
        logs = _as_value(g, logarithm(g, product_of(g, inner)))
        total = reduced(g, "sum", transposed(g, logs, letters), summed)
        return product_of(g, Value(total.op, value.axes))
    from gdsym.arrays.likelihoods import logs_where_positive

    found = None if value.axes else logs_where_positive(g, factors_of(g, inner), partial(_as_product, g))
    if found is None:
        return None
    above, logs = found
    total = reduced(g, "sum", transposed(g, logs, letters), summed)
    return product_of(g, entrywise(g, "where", above, total, Value(g.make("log", value.op))))


def _as_value(g: Graph, log: Product | Value) -> Value:
    return log if isinstance(log, Value) else realized(g, log)


def _as_product(g: Graph, positive: Product) -> Product:
    """The logarithm of a positive product."""
    found = logarithm(g, positive)
    return found if isinstance(found, Product) else product_of(g, found)


def _plain_log(g: Graph, value: Value) -> Value:
    """log(1 + u) = log1p(u), and log gamma without overflow."""
    if value.op.kind == "gamma":
        return Value(g.make("lgamma", value.op.args[0]), value.axes)
    near = near_one(g, value)
    if near is not None:
        return realized(g, near)
    rest = without_one(g, value)
    if rest is not None:
        return Value(g.make("log1p", rest.op), rest.axes)
    return _near_whole(g, value, Value(g.make("log", value.op), value.axes))
