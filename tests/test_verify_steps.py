"""The judge against true and false steps: none of the false ones may pass, none of the true ones may fail."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import sympy as sp

from gdsym.verify import Evidence, agree
from gdsym.written import nodes as n
from gdsym.written.nodes import D, Delta, Div, Fn, Indexed, Mul, Neg, Node, Num, Partial, Pow, Prod, Rel, Root, Sum, Sym

w, b, x, y, z, a, t, v = (Sym(s) for s in sp.symbols("w b x y z a t v"))
i, j, k, l, m, q = (Sym(s) for s in sp.symbols("i j k l m q", integer=True))
X, Y, W, C = (n.Base(sp.IndexedBase(s)) for s in ("x", "y", "w", "c"))
E, R = n.Base(sp.IndexedBase("e")), n.Base(sp.IndexedBase("r"))
f, g = sp.Function("f"), sp.Function("g")
ONE, TWO, HALF = Num(1), Num(2), Div(Num(1), Num(2))


def node(u: Any) -> Node:
    return u if isinstance(u, Node) else Num(u)


def add(*us: Any) -> Node:
    return n.Add(*map(node, us))


def mul(*us: Any) -> Node:
    return Mul(*map(node, us))


def power(u: Any, e: Any) -> Node:
    return Pow(node(u), node(e))


def fn(name: str, *us: Any) -> Node:
    return Fn(getattr(sp, name), *map(node, us))


def total(body: Node, index: Sym = i, upper: Any = m, lower: Any = 1) -> Node:
    return Sum(body, index, node(lower), node(upper))


def at(base: n.Base, *indices: Any) -> Node:
    return Indexed(base, *map(node, indices))


def cases(*parts: Any) -> Node:
    return n.Cases(*map(node, parts))


xi, yi, wk, wj = at(X, i), at(Y, i), at(W, k), at(W, j)
res = add(mul(w, xi), b, Neg(yi))
cost = mul(Div(ONE, mul(2, m)), total(power(res, 2)))
in_range = sp.And(sp.Ge(k.symbol, 1), sp.Le(k.symbol, q.symbol))
prediction = total(mul(wj, at(X, i, j)), j, q)
named = {at(E, i): res}
where_u = {Sym(sp.Symbol("u")): add(mul(3, x), -5)}
u = next(iter(where_u))
wave = mul(power(x, 3), fn("sin", mul(x, y)))
huber = cases(Div(power(x, 2), TWO), Rel("<=", fn("Abs", x), a), mul(a, add(fn("Abs", x), Neg(Div(a, TWO)))), n.TRUE)
three = fn("Max", x, add(fn("exp", x), -1), Div(add(power(add(x, 1), 2), -1), TWO))
half_pi = Div(n.Const(sp.pi), TWO)
beyond = sp.And(sp.Ge(k.symbol, 1), sp.Gt(k.symbol, q.symbol))
sigma = Div(ONE, add(1, fn("exp", Neg(z))))

TRUE: dict[str, tuple[Any, ...]] = {
    "constant multiple": (D(mul(3, power(x, 5)), x), mul(3, D(power(x, 5), x))),
    "power": (D(power(x, 5), x), mul(5, power(x, add(5, -1)))),
    "power, letter as exponent": (D(power(x, t), x), mul(t, power(x, add(t, -1)))),
    "power at 0": (D(power(x, 1), x), ONE),
    "exponential base": (D(power(2, x), x), mul(power(2, x), fn("log", 2))),
    "general power": (D(power(x, x), x), mul(power(x, x), add(fn("log", x), 1))),
    "sum": (D(add(power(x, 4), power(y, 7)), x), add(D(power(x, 4), x), D(power(y, 7), x))),
    "constant": (D(power(y, 7), x), Num(0)),
    "product": (D(mul(x, fn("sin", x)), x), add(fn("sin", x), mul(x, D(fn("sin", x), x)))),
    "product of three": (
        D(mul(x, fn("sin", x), fn("exp", x)), x),
        mul(add(mul(fn("sin", x), add(1, x)), mul(x, fn("cos", x))), fn("exp", x)),
    ),
    "quotient": (
        D(Div(x, fn("cos", x)), x),
        Div(add(fn("cos", x), mul(x, fn("sin", x))), power(fn("cos", x), 2)),
    ),
    "chain": (D(power(res, 2), w), mul(2, res, D(res, w))),
    "chain, inside a sum": (D(total(power(res, 2)), w), total(mul(2, res, xi))),
    "cost": (D(cost, w), mul(Div(ONE, m), total(mul(res, xi)))),
    "cost, renamed index": (
        D(cost, b),
        mul(Div(ONE, m), total(add(mul(w, at(X, l)), b, Neg(at(Y, l))), l)),
    ),
    "mean of 1": (mul(Div(ONE, m), total(ONE)), ONE),
    "vector: delta": (D(prediction, wk), total(mul(Delta(j, k), at(X, i, j)), j, q)),
    "vector: collapse": (total(mul(Delta(j, k), at(X, i, j)), j, q), at(X, i, k), in_range),
    "vector: whole": (
        D(total(power(add(prediction, b, Neg(yi)), 2)), wk),
        total(mul(2, add(prediction, b, Neg(yi)), at(X, i, k))),
        in_range,
    ),
    "captured index": (D(total(power(wk, 2), k, q), wk), mul(2, wk), in_range),
    "entry 1": (D(total(power(wj, 2), j, 3), at(W, 1)), mul(2, at(W, 1))),
    "shifted index": (D(total(mul(wj, at(W, add(j, 1))), j, add(q, -1)), at(W, 1)), at(W, 2), sp.Ge(q.symbol, 2)),
    "by a letter that is an index elsewhere": (D(add(power(i, 2), total(mul(i, x))), i), mul(2, i)),
    "product over an index": (
        D(Prod(add(x, xi), i, ONE, m), x),
        mul(Prod(add(x, xi), i, ONE, m), total(Div(ONE, add(x, xi)))),
    ),
    "second derivative of a product over an index": (
        D(D(Prod(add(x, xi), i, ONE, TWO), x), x),
        TWO,
    ),
    "second derivative": (D(D(fn("sin", mul(a, x)), x), x), Neg(mul(power(a, 2), fn("sin", mul(a, x))))),
    "mixed derivative": (D(D(fn("exp", mul(x, y)), x), y), mul(fn("exp", mul(x, y)), add(1, mul(x, y)))),
    "mixed, other order": (D(D(wave, x), y), D(D(wave, y), x)),
    "no confusion of variables": (D(mul(x, D(add(x, y), y)), x), ONE),
    "derivative inside a product": (D(mul(x, D(power(x, 3), x)), x), mul(9, power(x, 2))),
    "undefined function": (D(Fn(f, power(x, 2)), x), mul(Partial(f, (1,), power(x, 2)), 2, x)),
    "undefined function of two": (
        D(Fn(f, x, mul(x, y)), x),
        add(Partial(f, (1, 0), x, mul(x, y)), mul(y, Partial(f, (0, 1), x, mul(x, y)))),
    ),
    "undefined, mixed": (D(Partial(f, (1, 0), x, y), y), Partial(f, (1, 1), x, y)),
    "named part": (D(power(at(E, i), 2), w), mul(2, at(E, i), D(at(E, i), w)), sp.true, named),
    "named part, derived": (D(at(E, j), w), at(X, j), sp.true, named),
    "named part in a sum": (D(total(power(at(E, j), 2), j), b), total(mul(2, at(E, i))), sp.true, named),
    "named part as variable": (D(power(u, 4), u), mul(4, power(u, 3)), sp.true, where_u),
    "named part, chain": (D(power(u, 2), x), mul(2, u, 3), sp.true, where_u),
    "named function": (D(Fn(f, x), x), mul(2, x), sp.true, {Fn(f, t): power(t, 2)}),
    "absolute value": (D(fn("Abs", res), w), mul(fn("sign", res), xi)),
    "absolute value, mean": (
        D(mul(Div(ONE, m), total(fn("Abs", res))), w),
        mul(Div(ONE, m), total(mul(fn("sign", res), xi))),
    ),
    "absolute value, as a quotient": (D(fn("Abs", x), x), Div(x, fn("Abs", x))),
    "second derivative of absolute value": (D(D(fn("Abs", x), x), x), Num(0)),
    "maximum": (D(fn("Max", 0, x), x), fn("Heaviside", x)),
    "maximum of three at the tie": (
        D(three, x),
        D(fn("Max", add(fn("exp", x), -1), x, Div(add(power(add(x, 1), 2), -1), TWO)), x),
    ),
    "maximum as a half sum": (fn("Max", x, y), Div(add(x, y, fn("Abs", add(x, Neg(y)))), TWO)),
    "Huber": (
        D(huber, x),
        cases(x, Rel("<=", fn("Abs", x), a), mul(a, fn("sign", x)), n.TRUE),
    ),
    "sigmoid": (D(sigma, z), mul(sigma, add(1, Neg(sigma)))),
    "labels": (
        D(Neg(total(mul(Delta(at(C, i), k), fn("log", add(1, power(x, 2)))))), x),
        Neg(total(mul(Delta(at(C, i), k), Div(mul(2, x), add(1, power(x, 2)))))),
    ),
    "square root": (D(Root(x, TWO), x), Div(ONE, mul(2, Root(x, TWO)))),
    "cube root": (D(Root(x, Num(3)), x), Div(ONE, mul(3, power(Root(x, Num(3)), 2)))),
    "tidy: 2 against 1/2": (mul(Div(ONE, mul(2, m)), total(mul(2, res, xi))), mul(Div(ONE, m), total(mul(res, xi)))),
    "tidy: drop 0": (add(mul(4, power(x, 3)), 0), mul(4, power(x, 3))),
    "tidy: numbers": (mul(3, 5), Num(15)),
    "tidy: decimals": (add(n.Dec(sp.Float("0.1")), n.Dec(sp.Float("0.2"))), n.Dec(sp.Float("0.3"))),
    "tidy: split a sum": (total(add(xi, yi)), add(total(xi), total(at(Y, j), j))),
    "sin^2 + cos^2": (add(power(fn("sin", x), 2), power(fn("cos", x), 2)), ONE),
    "atan, under a condition": (add(fn("atan", x), fn("atan", Div(ONE, x))), half_pi, sp.Gt(x.symbol, 0)),
    "root of a square": (Root(power(x, 2), TWO), fn("Abs", x)),
    "log of a product": (add(fn("log", x), fn("log", y)), fn("log", mul(x, y))),
    "under an equality": (mul(x, add(x, Neg(y))), Num(0), sp.Eq(x.symbol, y.symbol)),
    "far away": (fn("log", add(1, fn("exp", x))), add(x, fn("log", add(1, fn("exp", Neg(x)))))),
    "Leibniz": (D(n.Integral(fn("sin", mul(x, t)), t, Num(0), x), x), add(
        n.Integral(mul(t, fn("cos", mul(x, t))), t, Num(0), x), fn("sin", power(x, 2)))),
    "floor is flat": (D(fn("floor", x), x), Num(0)),
    "Mod": (D(fn("Mod", mul(3, x), 2), x), Num(3)),
}  # fmt: skip

FALSE: dict[str, tuple[Any, ...]] = {
    "sign": (D(fn("cos", x), x), fn("sin", x)),
    "sign of a term": (D(res, y), xi),
    "factor": (D(power(x, 5), x), mul(4, power(x, 4))),
    "exponent": (D(power(x, 5), x), mul(5, power(x, 5))),
    "exponent, letter": (D(power(x, t), x), mul(t, power(x, t))),
    "inner derivative left out": (D(power(res, 2), w), mul(2, res)),
    "inner derivative of another variable": (D(power(res, 2), w), mul(2, res, D(res, b))),
    "dropped term": (D(mul(x, fn("sin", x)), x), fn("sin", x)),
    "product of the derivatives": (D(mul(x, fn("sin", x)), x), mul(1, fn("cos", x))),
    "quotient, sign": (
        D(Div(x, fn("cos", x)), x),
        Div(add(fn("cos", x), Neg(mul(x, fn("sin", x)))), power(fn("cos", x), 2)),
    ),
    "quotient, square forgotten": (D(Div(ONE, x), x), Neg(Div(ONE, x))),
    "function": (D(fn("sin", x), x), fn("sin", x)),
    "function, hyperbolic": (D(fn("cosh", x), x), Neg(fn("sinh", x))),
    "tan": (D(fn("tan", x), x), power(fn("sec", x), 3)),
    "exponential base forgotten": (D(power(2, x), x), power(2, x)),
    "power rule on an exponential": (D(power(2, x), x), mul(x, power(2, add(x, -1)))),
    "factor 2 of the cost": (D(cost, w), mul(Div(ONE, mul(2, m)), total(mul(res, xi)))),
    "1/m forgotten": (D(cost, w), total(mul(res, xi))),
    "xi forgotten": (D(cost, w), mul(Div(ONE, m), total(res))),
    "upper limit": (D(total(power(res, 2)), w), total(mul(2, res, xi), i, add(m, -1))),
    "lower limit": (D(total(power(res, 2)), w), total(mul(2, res, xi), i, m, 0)),
    "square of a sum": (power(total(xi), 2), total(power(xi, 2))),
    "wrong index": (D(prediction, wk), at(X, k, i), in_range),
    "wrong index, j for k": (total(mul(Delta(j, k), at(X, i, j)), j, q), at(X, i, j), in_range),
    "delta without its range": (total(mul(Delta(j, k), wj), j, q), wk, beyond),
    "captured index": (D(total(power(wk, 2), k, q), wk), total(mul(2, wk), k, q), in_range),
    "SymPy's captured sum": (
        D(total(power(total(mul(wj, at(X, i, j)), j, q), 2)), wj),
        total(mul(2, total(mul(wj, power(at(X, i, j), 2)), j, q))),
    ),
    "all entries depend": (D(total(wj, j, q), wk), q, in_range),
    "other entry": (D(total(power(wj, 2), j, 3), at(W, 1)), mul(2, at(W, 2))),
    "second derivative": (D(D(power(x, 3), x), x), mul(3, x)),
    "confusion of variables": (D(mul(x, D(add(x, y), y)), x), TWO),
    "derivative inside a product": (D(mul(x, D(power(x, 3), x)), x), mul(3, power(x, 2))),
    "undefined function": (D(Fn(f, power(x, 2)), x), Partial(f, (1,), power(x, 2))),
    "undefined function, inner": (D(Fn(f, power(x, 2)), x), mul(Partial(f, (1,), x), 2, x)),
    "two undefined functions": (D(Fn(f, x), x), Partial(g, (1,), x)),
    "undefined function of two": (D(Fn(f, x, mul(x, y)), x), Partial(f, (1, 0), x, mul(x, y))),
    "named part": (D(power(at(E, i), 2), w), mul(2, at(E, i)), sp.true, named),
    "named part, wrong letter": (D(at(E, j), w), at(X, i), sp.true, named),
    "named part, chain": (D(power(u, 2), x), mul(2, u), sp.true, where_u),
    "absolute value": (D(fn("Abs", x), x), ONE),
    "absolute value at the kink": (D(fn("Abs", x), x), cases(1, Rel(">=", x, Num(0)), -1, n.TRUE)),
    "maximum at the kink": (D(fn("Max", 0, x), x), fn("Heaviside", x, 1)),
    "Max of three as SymPy has it": (
        cases(D(three, x), Rel("==", x, Num(0)), 1, n.TRUE),
        cases(Div(Num(3), TWO), Rel("==", x, Num(0)), 1, n.TRUE),
    ),
    "a far branch": (fn("Max", x, y), cases(x, Rel(">", x, add(y, -900)), y, n.TRUE)),
    "a near branch": (fn("sign", x), cases(1, Rel(">", x, Div(Num(-1), Num(20000))), -1, n.TRUE)),
    "sqrt(x^2)": (Root(power(x, 2), TWO), x),
    "atan without its condition": (add(fn("atan", x), fn("atan", Div(ONE, x))), half_pi),
    "log of a product": (fn("log", mul(x, y)), add(fn("log", x), fn("log", y))),
    "sum of the inside": (fn("log", add(x, y)), add(fn("log", x), fn("log", y))),
    "root of a sum": (Root(add(power(x, 2), power(y, 2)), TWO), add(fn("Abs", x), fn("Abs", y))),
    "bracket lost": (add(x, Neg(add(y, Neg(z)))), add(x, Neg(y), Neg(z))),
    "a small difference": (fn("sin", x), mul(fn("sin", x), Div(Num(10**30 + 1), Num(10**30)))),
    "nearly equal": (fn("exp", mul(n.Const(sp.pi), Root(Num(163), TWO))), Num(262537412640768744)),
    "numbers": (add(5, -1), Num(3)),
    "decimals": (add(n.Dec(sp.Float("0.1")), n.Dec(sp.Float("0.2"))), n.Dec(sp.Float("0.301"))),
    "sum of ones": (total(ONE), ONE),
    "sigmoid": (D(sigma, z), mul(sigma, sigma)),
    "Leibniz, limit forgotten": (
        D(n.Integral(fn("sin", mul(x, t)), t, Num(0), x), x),
        n.Integral(mul(t, fn("cos", mul(x, t))), t, Num(0), x),
    ),
}  # fmt: skip


def judged(claim: tuple[Any, ...]) -> Evidence:
    lhs, rhs, given, where = (*claim, *(sp.true, {})[len(claim) - 2 :])
    return agree(lhs, rhs, given=given, where=where)


@pytest.mark.parametrize("name", TRUE)
def test_true_steps_are_supported(name: str) -> None:
    evidence = judged(TRUE[name])
    assert evidence, evidence


@pytest.mark.parametrize("name", FALSE)
def test_false_steps_are_refused(name: str) -> None:
    evidence = judged(FALSE[name])
    assert not evidence, evidence
    assert evidence.verdict in ("refuted", "one side undefined")
    assert evidence.note


def test_there_are_forty_of_each() -> None:
    assert len(TRUE) >= 40
    assert len(FALSE) >= 40


def mutants(node: Node) -> Iterator[Node]:
    """Everything that differs from `node` in one place: number, sign, name, function, index order, a term left out."""
    yield from _changed(node)
    for place, child in enumerate(node.children):
        if place != 1 or not isinstance(node, (n.Bound, D)):
            for mutant in mutants(child):
                yield node.with_children((*node.children[:place], mutant, *node.children[place + 1 :]))


def _changed(node: Node) -> Iterator[Node]:
    if isinstance(node, Num):
        yield Num(node.value + 1)
    if isinstance(node, (n.Add, Mul)):
        for place in range(len(node.children)):
            yield type(node)(*node.children[:place], *node.children[place + 1 :])
        yield (Mul if isinstance(node, n.Add) else n.Add)(*node.children)
    if isinstance(node, Sym):
        yield Sym(sp.Symbol("other", integer=node.symbol.is_integer))
    if isinstance(node, Fn) and not node.undefined:
        yield Fn(sp.cos if node.func is sp.sin else sp.sin, node.children[0])
    if isinstance(node, Indexed):
        yield Indexed(n.Base(sp.IndexedBase("other")), *node.indices)
        if len(node.indices) > 1:
            yield Indexed(node.base, *node.indices[::-1])
    yield node.arg if isinstance(node, Neg) else node if isinstance(node, n.Base) else Neg(node)


# Steps whose right side has no part that could be negated or left out without harm.
WITHOUT_SYMMETRY = (
    "constant multiple", "power, letter as exponent", "general power", "product", "chain, inside a sum", "cost",
    "vector: collapse", "vector: whole", "captured index", "product over an index", "mixed derivative", "named part",
    "named part in a sum", "undefined function of two", "absolute value, mean", "sigmoid", "log of a product",
)  # fmt: skip


@pytest.mark.parametrize("name", WITHOUT_SYMMETRY)
def test_every_mutant_is_refused(name: str) -> None:
    lhs, rhs, *rest = TRUE[name]
    survivors = [m for m in mutants(rhs) if m != rhs and not isinstance(m, n.Base) and judged((lhs, m, *rest))]
    assert not survivors
