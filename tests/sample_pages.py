"""Derivations written by hand: the exporters are tested without the engine that derives."""

from __future__ import annotations

from typing import Any

import sympy

from gdsym.export.page import Page
from gdsym.step import Rule, Step
from gdsym.verify import Evidence
from gdsym.written import nodes as n

w, b, x, u = (n.Sym(sympy.Symbol(s)) for s in "w b x u".split())
i, m = (n.Sym(sympy.Symbol(s, integer=True)) for s in "im")
xi, yi = (n.Indexed(n.Base(sympy.IndexedBase(s)), i) for s in "xy")
r = n.Add(n.Mul(w, xi), b, n.Neg(yi))
AGREED = Evidence("agreed", "ball arithmetic", 8, 128)


def step(name: str, line: n.Node, reason: tuple[Any, ...] = (), check: Evidence = AGREED, **more: Any) -> Step:
    return Step(Rule(name), line, line, line, check, said=reason, **more)


def _total(body: n.Node) -> n.Node:
    return n.Sum(body, i, n.ONE, m)


def line_fit() -> Page:
    """dJ/dw of the mean squared error of a line, in six steps."""
    c, square = n.Div(n.ONE, n.Mul(n.TWO, m)), n.Pow(r, n.TWO)
    parts = n.Add(n.D(n.Mul(w, xi), w), n.ZERO, n.Neg(n.ZERO))
    inner = step("constant multiple rule", n.D(n.Mul(w, xi), w))
    slope = (n.Rel("==", u, r), ", ", n.Rel("==", n.D(n.Pow(u, n.TWO), u), n.Mul(n.TWO, u)))
    steps = (
        step(
            "constant multiple rule",
            n.Mul(c, n.D(_total(square), w)),
            ("constant multiple rule: ", c, " does not depend on ", w),
        ),
        step("sum over an index", n.Mul(c, _total(n.D(square, w))), ("sum over an index: term by term",)),
        step("chain rule", n.Mul(c, _total(n.Mul(n.TWO, r, n.D(r, w)))), ("chain rule with ", *slope), where={u: r}),
        step(
            "sum rule",
            n.Mul(c, _total(n.Mul(n.TWO, r, parts))),
            ("sum rule: ", b, " and ", yi, " are held constant"),
            substeps=(inner,),
        ),
        step("constant multiple rule", n.Mul(c, _total(n.Mul(n.TWO, r, xi)))),
        step("simplify", n.Mul(n.Div(n.ONE, m), _total(n.Mul(r, xi))), detail="the 2 cancels the 1/2"),
    )
    cost = n.Mul(c, _total(square))
    return Page("J", (w, b), cost, (w,), True, n.D(cost, w), steps, (), "m = 1, 2, 3, 5")


def power() -> Page:
    """d/dx 3x^5, without a name."""
    five = n.Num(5)
    body = n.Mul(n.Num(3), n.Pow(x, five))
    steps = (
        step("constant multiple rule", n.Mul(n.Num(3), n.D(n.Pow(x, five), x))),
        step("power rule", n.Mul(n.Num(3), five, n.Pow(x, n.Add(five, n.Neg(n.ONE))))),
        step("simplify", n.Mul(n.Num(15), n.Pow(x, n.Num(4))), ("3 * 5 = 15 & 5 - 1 = 4: 100% of <b>it</b> # done_",)),
    )
    return Page(None, (), body, (x,), False, n.D(body, x), steps, (("a note with ", n.Rel("==", x, n.ZERO), " in it"),))


def lines(nodes: list[n.Node], name: str | None = "J", reason: tuple[Any, ...] = ()) -> Page:
    """A page with any formulas as its lines."""
    steps = tuple(step("some rule", node, reason) for node in nodes)
    return Page(name, (w, b), nodes[0], (w,), True, n.D(nodes[0], w), steps, ())


def hostile() -> Page:
    """Names that would like to be TeX, HTML, Markdown."""
    names = [
        "</script><script>alert(1)</script>",
        "\\input{/etc/passwd}",
        "50% & #1 $x$",
        "a\n\n# heading\n- x",
        "_*`[x](y)`*_",
    ]
    symbols = [n.Sym(sympy.Symbol(name)) for name in names]
    body = n.Add(*symbols, n.Indexed(n.Base(sympy.IndexedBase("\\end{document}")), i))
    return Page(
        names[0],
        tuple(symbols),
        body,
        (symbols[1],),
        True,
        n.D(body, symbols[1]),
        (step(names[2], body, (names[3], symbols[4])),),
        ((names[0],),),
    )


def many_terms(count: int = 40) -> Page:
    """A sum far wider than a page, its derivative, and a fraction of such sums."""
    powers = [n.Mul(n.Num(k), n.Pow(x, n.Num(k))) for k in range(2, count)]
    top, bottom = n.Add(*powers), n.Add(*powers[: count // 2], n.ONE)
    return lines(
        [
            n.D(top, x),
            n.Mul(n.TWO, top, n.D(bottom, x)),
            n.Div(top, bottom),
            n.Div(x, top),
            n.Fn(sympy.exp, top),
            n.Root(top, n.TWO),
        ]
    )
