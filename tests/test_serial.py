"""Formulas as plain lists and back: exact, each stored once, nothing built that is not in the closed tables."""

from __future__ import annotations

import json
from typing import Any

import pytest
import sympy
from sample_trees import trees

import gdsym as gd
from gdsym.verify.lowering import LOWERED
from gdsym.verify.primitives import PRIMITIVES
from gdsym.written import nodes as n
from gdsym.written.known import FUNCTIONS
from gdsym.written.serial import KINDS, Store, read

m = sympy.Symbol("m", integer=True, positive=True)
f = sympy.Function("f")
x, y = n.Sym(sympy.Symbol("x")), n.Sym(sympy.Symbol("y", real=True))
i, size = n.Sym(sympy.Symbol("i", integer=True)), n.Sym(m)
X = n.Base(sympy.IndexedBase("X"))

ONE_OF_EACH: dict[str, n.Node] = {
    "Num": n.Num(7),
    "Dec": n.Dec(sympy.Float("0.1")),
    "Const": n.Const(sympy.pi),
    "Sym": x,
    "Base": X,
    "Indexed": n.Indexed(X, i, n.ONE),
    "Add": n.Add(x, n.Neg(y), n.ONE),
    "Neg": n.Neg(x),
    "Mul": n.Mul(n.TWO, n.Mul(x, y)),
    "Div": n.Div(n.ONE, x),
    "Pow": n.Pow(x, n.Add(n.Num(5), n.Neg(n.ONE))),
    "Root": n.Root(x, n.TWO),
    "Fn": n.Fn(sympy.Max, x, y, n.ZERO),
    "Partial": n.Partial(f, (1, 0), x, y),
    "D": n.D(n.Mul(x, y), x),
    "Sum": n.Sum(n.Indexed(X, i), i, n.ONE, size),
    "Prod": n.Prod(n.Indexed(X, i), i, n.ONE, size),
    "Integral": n.Integral(y, y, n.ZERO, x),
    "Delta": n.Delta(i, size),
    "Rel": n.Rel("!=", x, y),
    "Logic": n.Logic("and", n.Rel("<", x, y), n.Logic("not", n.Rel("==", x, n.ONE))),
    "Cases": n.Cases(x, n.Rel(">", x, n.ZERO), n.ZERO, n.TRUE),
}
NAMES: list[n.Node] = [
    n.Sym(sympy.Symbol("k", integer=True, zero=False)),
    n.Sym(sympy.Symbol("a", positive=True)),
    n.Sym(sympy.Symbol("\\input{x} <script> '\" λ")),
    n.Sym(sympy.Symbol("")),
    n.Base(sympy.IndexedBase("t", integer=True)),
    n.Base(sympy.IndexedBase(sympy.Symbol("t", real=True), shape=(m, m + 1, 3))),
    n.Dec(sympy.Float("0.1", 40)),
    n.Dec(sympy.Float("1e-200")),
    n.Dec(sympy.Float(2.0) ** 70),
    n.Const(sympy.oo),
    n.Const(-sympy.oo),
    n.Num(10**900),
    n.Fn(sympy.Function("g", positive=True), x),
    n.Fn(f, x, y),
    n.Fn(sympy.log, x, n.TWO),
    n.TRUE,
    n.Logic("false"),
]


def there_and_back(*nodes: n.Node) -> tuple[n.Node, ...]:
    store = Store()
    places = [store.put(node) for node in nodes]
    found = read(json.loads(json.dumps(store.rows)))
    return tuple(found[place] for place in places)


def test_every_kind_of_node_has_an_example() -> None:
    assert [type(node).__name__ for node in ONE_OF_EACH.values()] == list(ONE_OF_EACH)
    assert set(ONE_OF_EACH) <= set(KINDS)
    plain = {name for name, kind in vars(n).items() if isinstance(kind, type) and issubclass(kind, n.Node)}
    assert plain - {"Node", "Bound"} <= set(KINDS)


@pytest.mark.parametrize("node", [*ONE_OF_EACH.values(), *NAMES], ids=repr)
def test_one_node(node: n.Node) -> None:
    (back,) = there_and_back(node)
    assert back == node and hash(back) == hash(node) and repr(back) == repr(node)
    assert back.to_sympy() == node.to_sympy()


def test_random_formulas() -> None:
    formulas = trees(250, 5)
    assert there_and_back(*formulas) == tuple(formulas)


def test_the_formulas_of_derivations() -> None:
    for text, by in [("3*x**5", "x"), ("sin(x)/(x**2+1)", "x"), ("Sum((w*x[i]+b-y[i])**2,(i,1,m))/(2*m)", "w"), ("Abs(x)*f(x)", "x"),
                     ("log(1+exp(-y*z))", "z"), ("Piecewise((x**2, x < 1), (2*x-1, True))", "x"), ("x**x", "x")]:  # fmt: skip
        steps = gd.derive(text, by, detail="full").steps
        parts = [part for step in steps for part in (step.lhs, step.rhs, step.line, *step.where, *step.where.values())]
        assert there_and_back(*parts) == tuple(parts)


def test_equal_formulas_have_one_row() -> None:
    store = Store()
    assert store.put(n.Add(n.Mul(x, y), n.Mul(x, y))) == store.put(n.Add(n.Mul(x, y), n.Mul(x, y)))
    assert [row[0] for row in store.rows] == ["Sym", "Sym", "Mul", "Add"]
    assert store.rows[-1] == ["Add", [2, 2]]


def test_what_the_rows_look_like() -> None:
    store = Store()
    store.put(n.Mul(n.Div(n.ONE, n.Num(2)), n.Fn(sympy.sin, y)))
    assert store.rows == [
        ["Num", [], "1"], ["Num", [], "2"], ["Div", [0, 1]], ["Sym", [], "y", ["real"]], ["Fn", [3], "sin"], ["Mul", [2, 4]],
    ]  # fmt: skip


def test_dummies_stay_different_and_are_numbered_in_order() -> None:
    first, second = (n.Sym(sympy.Dummy("q")) for _ in range(2))
    store = Store()
    store.put(n.Add(first, second, first, x))
    assert [row[-1] for row in store.rows if row[0] == "Sym"] == [1, 2, []]
    back = read(store.rows)[-1]
    assert back.children[0] == back.children[2] != back.children[1]
    assert read(store.rows)[-1] == back


def test_every_function_that_can_be_judged_can_be_stored() -> None:
    judged = {*PRIMITIVES, *LOWERED}
    assert {func.__name__ for func in judged} <= set(FUNCTIONS)
    assert all(FUNCTIONS[func.__name__] is func for func in judged)


class MyOwn(sympy.Function):
    """A function of the user's own."""


class Colour(sympy.Symbol):
    """A symbol of the user's own."""


@pytest.mark.parametrize(
    ("node", "said"),
    [
        (n.Fn(MyOwn, x), "The function MyOwn"),
        (n.Fn(type("sin", (sympy.Function,), {}), x), "The function sin"),
        (n.Sym(Colour("red")), "no Symbol"),
        (n.Num(10**1000), "more than 1000 digits"),
        (n.Fn(sympy.Function("f", nargs=1), x), "nargs"),
    ],
    ids=["function", "impostor", "symbol", "digits", "declared"],
)
def test_what_cannot_be_stored_is_said(node: n.Node, said: str) -> None:
    with pytest.raises(gd.Unsupported, match=said):
        Store().put(node)


BAD: list[tuple[Any, str]] = [
    (None, "list of at most"),
    ([["Num", [], "1"]] * 200_001, "list of at most"),
    (["Num"], "Row 0"),
    ([["Num", []]], "Row 0 of the table is no Num"),
    ([["Num", [], 1]], "at most 1000 digits"),
    ([["Num", [], "1/2/3"]], "digits"),
    ([["Num", [], "٣"]], "digits"),
    ([["Num", [], "1", "2"]], "is no Num"),
    ([["Num", [], "2"], ["Neg", [0], "x"]], "is no Neg"),
    ([["Num", [], "1/"]], "digits"),
    ([["Dec", [], "0.6", "1", "-1", "53"]], "not what its bits say"),
    ([["Dec", [], "0.5", "1", "-1000000", "53"]], "bits before and after"),
    ([["Dec", [], "0.5", "1", "-1", "99999"]], "bits before and after"),
    ([["Const", [], "I"]], "unknown constant"),
    ([["Sym", [], 3, []]], "A name of at most"),
    ([["Sym", [], "x", {}]], "unknown assumptions"),
    ([["Sym", [], "x", [], 0]], "number of a dummy"),
    ([["Sym", [], "x", [], True]], "number of a dummy"),
    ([["Base", [], "x", [], [], []]], "is no Base"),
    ([["Num", [], "9"], ["Pow", [0, 0]], ["Base", [1], "x", [], []]], "parts of the wrong kind"),
    ([["Sym", [], "x", []], ["Indexed", [0, 0]]], "parts of the wrong kind"),
    ([["Num", [], "1"], ["Sum", [0, 0, 0, 0]]], "parts of the wrong kind"),
    ([["Num", [], "1"], ["D", [0, 0]]], "parts of the wrong kind"),
    ([["Num", [], "1"], ["Cases", [0, 0, 0]]], "is no Cases"),
    ([["Num", [], "1"], ["Fn", [0], "eval"]], "unknown function 'eval'"),
    ([["Num", [], "1"], ["Fn", [0], "Function"]], "unknown function"),
    ([["Num", [], "1"], ["Fn", [0], ["f", ["__init__"]]]], "unknown assumptions"),
    ([["Num", [], "1"], ["Fn", [0, 0], "sin"]], "does not take 2"),
    ([["Num", [], "1"], ["Partial", [0], "sin", [1]]], "undefined function"),
    ([["Num", [], "1"], ["Partial", [0], ["f", []], [1, 2]]], "one order for each"),
    ([["Num", [], "1"], ["Partial", [0], ["f", []], [-1]]], "one order for each"),
    ([["Num", [], "1"], ["Rel", [0, 0], "="]], "a comparison is one of"),
    ([["Num", [], "1"], ["Logic", [0], "xor"]], "conditions is none"),
    ([["Logic", [], "and"]], "conditions is none"),
    ([["Node", []]], "unknown kind"),
    ([["Num", [], "1"]] + [["Neg", [k]] for k in range(500)], "the limits are"),
    ([["Num", [], "1"]] + [["Add", [k, k]] for k in range(50)], "the limits are"),
]


@pytest.mark.parametrize(("rows", "said"), BAD, ids=[f"{k}: {said}" for k, (_, said) in enumerate(BAD)])
def test_bad_tables_are_refused_in_one_sentence(rows: Any, said: str) -> None:
    with pytest.raises(gd.ReadError, match=said) as caught:
        read(rows)
    assert len(str(caught.value)) <= 600
