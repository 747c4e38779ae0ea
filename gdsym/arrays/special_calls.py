"""Functions of SciPy: their scaled forms where they rise or fall like an exponential, and what is known by them."""

from __future__ import annotations

from fractions import Fraction
from importlib.util import find_spec
from math import factorial
from typing import TYPE_CHECKING

import sympy

from gdsym.arrays.align import added, entrywise, unaligned
from gdsym.arrays.bessel_orders import number
from gdsym.arrays.exponents import exponent_of
from gdsym.arrays.graph import Graph, Value
from gdsym.arrays.product import Product, factors_of, merged, product_of, realized
from gdsym.arrays.specials import PLAIN, RISING, TABLE, Entry
from gdsym.arrays.steep import without_one
from gdsym.errors import CostError, Unsupported
from gdsym.rules.orders import mirrored
from gdsym.written import nodes as n

if TYPE_CHECKING:
    from gdsym.arrays.lower import Lowering

BY_SUMS = range(-10, 1)  # orders of the exponential integral that are written out
QUIET = (0, 1)  # orders of Bessel functions that have functions of their own


def special(low: Lowering, node: n.Fn) -> Product | None:
    """The value of a function that SciPy has, its exponential apart; None if it is no such function."""
    entry = TABLE.get(node.func)
    if entry is None:
        return None
    _ask_for_scipy(node)
    turned = mirrored(node)
    if not isinstance(turned, n.Fn):
        return low.product(turned)
    args = list(turned.children)
    if node.func is sympy.LambertW:
        return product_of(low.g, _lambert(low, args))
    if node.func is sympy.uppergamma and (a := number(args[0])) is not None and a <= 0:
        return low.product(n.mul(n.Pow(args[1], args[0]), n.Fn(sympy.expint, n.Num(1 - a), args[1])))
    if node.func is sympy.expint and (order := number(args[0])) is not None and order in BY_SUMS:
        return low.product(_below_one(-int(order), args[1]))
    values = [low.value(c) for c in args]
    if entry.rises:
        return _scaled(low.g, _name(entry, args, scaled=True), values, entry.rises)
    found = product_of(low.g, _called(low.g, _name(entry, args, scaled=False), values))
    return found.times(low.g, low.product(n.Fn(sympy.gamma, args[0]))) if node.func is sympy.lowergamma else found


def _below_one(k: int, u: n.Node) -> n.Node:
    """The exponential integral of the order -k is k! e^-u (1 + u + ... + u^k/k!)/u^(k + 1)."""
    terms = [
        n.Div(n.mul(n.Num(factorial(k) // factorial(j)), n.Pow(u, n.Num(j))) if j else n.Num(factorial(k)), n.ONE)
        for j in range(k + 1)
    ]
    return n.Div(n.mul(n.Fn(sympy.exp, n.Neg(u)), n.add(*terms)), n.Pow(u, n.Num(k + 1)))


def _ask_for_scipy(node: n.Fn) -> None:
    if find_spec("scipy") is None:
        raise CostError(
            f"The code for {node.name} calls scipy.special, and the package scipy is not installed: "
            'pip install "gdsym[special]". Derivations do not need it.'
        )


def _name(entry: Entry, args: list[n.Node], *, scaled: bool) -> str:
    """The operation for these arguments."""
    kind, first = entry.kind, number(args[0])
    if entry.whole and first in QUIET:
        kind = kind.replace("v", str(first))
    if entry.kind == "expint":
        return "expn_e" if first is not None and first >= 1 and first.denominator == 1 else "expint_e"
    if entry.kind == "zeta" and len(args) == 1:
        return "riemann_zeta"
    if entry.kind == "elliptic_e" and len(args) == 1:
        return "ellipe"
    return kind if not scaled else f"{kind}_e" if entry.kind == "gammaupper" else f"{kind}e"


def _scaled(g: Graph, kind: str, values: list[Value], rises: int) -> Product:
    u = values[-1]
    exponent = Value(g.abs(u.op), u.axes) if rises > 0 else Value(g.neg(u.op), u.axes)
    exponential = Value(g.make("exp", exponent.op), exponent.axes)
    return Product(powers={_called(g, kind, values): 1}).times(g, Product(powers={exponential: 1}))


def _called(g: Graph, kind: str, values: list[Value]) -> Value:
    if kind[1:2] in ("0", "1"):
        values = values[1:]
    if kind == "elliptic_pi" and len(values) == 2:
        values = [values[0], Value(g.number(float(sympy.pi / 2))), values[1]]
    if kind == "ellipk" and (rest := without_one(g, values[0])) is not None:
        kind, values = "ellipkm1", [Value(g.neg(rest.op), rest.axes)]
    if len(values) == 1:
        return Value(g.make(kind, values[0].op), values[0].axes)
    return entrywise(g, kind, *values)


def _lambert(low: Lowering, args: list[n.Node]) -> Value:
    """W(c e^u) is omega(u + log c), W(q e^u) the same where e^u is beyond the floats."""
    branch = number(args[1]) if len(args) > 1 else 0
    if branch not in (0, -1):
        raise Unsupported(
            f"LambertW is compiled for the branches 0 and -1, not for {sympy.sstr(args[1].to_sympy())[:60]}."
        )
    g, arg = low.g, low.product(args[0])
    exponents = {Value(v.op.args[0], v.axes): k for v, k in arg.powers.items() if v.op.kind == "exp"}
    z = exponent_of(g, exponents) if exponents and branch == 0 else None
    if z is None:
        return entrywise(g, "lambertw", realized(g, arg), Value(g.number(branch)))
    rest = Product(arg.coefficient, {v: k for v, k in arg.powers.items() if v.op.kind != "exp"})
    if rest.powers or rest.coefficient < 0:
        return entrywise(g, "lambert_exp", realized(g, rest), z)
    if rest.coefficient != 1:
        z = added(g, [(1, z), (1, Value(g.make("log", g.number(rest.coefficient))))])
    return Value(g.make("wrightomega", z.op), z.axes)


def slope_of_sinc(low: Lowering, node: n.Cases) -> n.Node | None:
    """The slope {0 if u = 0; cos(u)/u - sin(u)/u^2} as one quotient, which is a series near 0; None if it is something else."""
    pairs, test = node.pairs, node.pairs[0][1]
    if (
        len(pairs) != 2
        or pairs[0][0] != n.ZERO
        or not isinstance(test, n.Rel)
        or test.op != "=="
        or test.children[1] != n.ZERO
    ):
        return None
    u, body = test.children[0], pairs[1][0]
    sine, cosine = n.Fn(sympy.sin, u), n.Fn(sympy.cos, u)
    square = n.Pow(u, n.TWO)
    terms = [low.product(n.Div(cosine, u)), low.product(n.Neg(n.Div(sine, square)))]
    same = isinstance(body, n.Add) and [low.product(t) for t in body.children] == terms
    return n.Div(n.add(n.mul(u, cosine), n.Neg(sine)), square) if same else None


def by_parts(g: Graph, p: Product) -> Product:
    """W(u)/u is 1 at 0; E - K and E - (1 - m) K are m times what has digits near m = 0; e^|u| and e^v beside I are one."""
    for value, k in list(p.powers.items()):
        if value.op.kind in ("lambertw", "lambert_exp") and k > 0:
            p = _over_argument(g, p, value)
        if value.op.kind == "add" and k > 0 and (found := _elliptic(g, value)) is not None:
            p = merged(p, Product(powers={value: -k}), found.power(k))
        if value.op.kind in RISING and k > 0:
            p = _one_exponential(g, p, value)
    return p


def _over_argument(g: Graph, p: Product, value: Value) -> Product:
    """W(u)/u and W(q e^z)/q, which are 1 and e^z where u and q are 0."""
    first, second = (unaligned(a, value.axes) for a in value.op.args)
    u = factors_of(g, first)
    if second.op.kind == "number" and second.op.attr == -1 and value.op.kind == "lambertw":
        return p
    if not u.powers or any(p.powers.get(v, 0) > -m for v, m in u.powers.items()):
        return p
    start = Value(g.make("exp", second.op), second.axes) if value.op.kind == "lambert_exp" else Value(g.number(1))
    return _moved(p, u, {value: -1, entrywise(g, "lambert_ratio", value, first, start): 1})


def _moved(p: Product, u: Product, changes: dict[Value, int]) -> Product:
    """The product times u, with some powers changed."""
    return merged(p, u, Product(powers=changes))


def _elliptic(g: Graph, value: Value) -> Product | None:
    """E - K = -m D and E - (1 - m) K = m (K - D), where D = (K - E)/m is one integral."""
    op = value.op
    e = next((a for a in op.args if a.kind == "ellipe"), None)
    if e is None or len(op.args) != 2 or sum(op.attr) or not isinstance(op.attr, tuple):
        return None
    m = Value(e.args[0], value.axes)
    k = g.make("ellipk", m.op)
    other = op.args[1 - op.args.index(e)]
    sign, d = op.attr[op.args.index(e)], Value(g.make("ellipd", m.op), value.axes)
    rest = added(g, [(1, Value(g.number(1))), (-1, m)])
    if other is k:
        return Product(Fraction(-sign), {d: 1}).times(g, product_of(g, m))
    if other is realized(g, Product(powers={rest: 1, Value(k, value.axes): 1})).op:
        b = added(g, [(1, Value(k, value.axes)), (-1, d)])
        return Product(Fraction(sign), {b: 1}).times(g, product_of(g, m))
    return None


def _one_exponential(g: Graph, p: Product, value: Value) -> Product:
    size = g.found("exp", g.abs(value.op.args[-1]))
    others = {v: k for v, k in p.powers.items() if v.op.kind == "exp" and v.op is not size and k > 0}
    own = {v: k for v, k in p.powers.items() if v.op is size and k > 0}
    if not own or not others:
        return p
    z = exponent_of(g, {Value(v.op.args[0], v.axes): k for v, k in (own | others).items()})
    powers = {v: k for v, k in p.powers.items() if v not in own and v not in others}
    one = {} if z is None else {Value(g.make("exp", z.op), z.axes): 1}
    return Product(p.coefficient, {**powers, **one})


def plainly(g: Graph, p: Product) -> Product:
    """The function itself where its scaled form still stands beside its exponential."""
    for value, k in list(p.powers.items()):
        if value.op.kind in PLAIN and k > 0:
            u = value.op.args[-1]
            exponent = g.abs(u) if value.op.kind in RISING else g.neg(u)
            beside = next(
                (v for v, m in p.powers.items() if v.op.kind == "exp" and v.op.args[0] is exponent and m >= k), None
            )
            if beside is not None:
                plain = Value(g.make(PLAIN[value.op.kind], *value.op.args), value.axes)
                p = _moved(p, Product(), {value: -k, beside: -k, plain: k})
    return p
