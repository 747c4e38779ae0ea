"""Mutants that were accepted once: each is refused now, and stays here."""

from __future__ import annotations

from itertools import pairwise

import pytest
from sympy import (
    Eq,
    Expr,
    IndexedBase,
    KroneckerDelta,
    MatrixSymbol,
    Max,
    Piecewise,
    Symbol,
    Trace,
    exp,
    log,
    symbols,
    true,
)
from sympy import Sum as SympySum
from test_verify_steps import W, X, at, cases, fn, i, j, k, m, mul, power, q, total, x, y, z

import gdsym as gd
from gdsym.verify import agree, trial
from gdsym.written import matrix_algebra as mat
from gdsym.written.from_sympy import from_sympy
from gdsym.written.nodes import (
    TRUE,
    Add,
    Base,
    Cases,
    D,
    Delta,
    Div,
    Indexed,
    Logic,
    Neg,
    Node,
    Num,
    Rel,
    Sum,
    Sym,
    kinds_of,
    replace,
    rewrite,
    walk,
)


def step(u: Node) -> Node:
    """The slope of max(0, u)."""
    return cases(0, Rel(">", Num(0), u), 1, Rel("<", Num(0), u), Div(Num(1), Num(2)), TRUE)


def tie(a: Node, b: Node, first: Node, second: Node, both: Node) -> Node:
    return cases(first, Rel(">", a, b), second, Rel("<", a, b), both, TRUE)


Z = Base(IndexedBase("Z"))
W_L, W_P = (Sym(Symbol(letter, integer=True)) for letter in "lp")
POSITIVE = Add(Sym(Symbol("p", positive=True)), Div(Num(1), Num(7)))
inner = fn("Max", 0, x)
FOUND: dict[str, tuple[Node, Node]] = {
    "the second of two ties": (D(fn("Max", x, power(x, 2)), x), tie(x, power(x, 2), Num(1), mul(2, x), Div(Num(1), Num(2)))),
    "a tie of a maximum within a minimum": (D(fn("Min", 1, inner), x), tie(inner, Num(1), Num(0), step(x), Div(Num(0), Num(2)))),
    "a tie, upside down": (D(fn("Min", 1, inner), x), tie(inner, Num(1), Num(0), step(x), Div(Num(2), Add(Num(0), step(x))))),
    "three in one place": (D(fn("Max", x, y, z), x), cases(1, Rel(">", x, fn("Max", y, z)), 0, Rel("<", x, fn("Max", y, z)), Div(Num(1), Num(2)), TRUE)),
    "another number in a branch": (D(cases(fn("Max", 1, x), Rel(">", y, Num(0)), fn("Min", 1, x), TRUE), x), cases(D(fn("Max", 2, x), x), Rel(">", y, Num(0)), D(fn("Min", 1, x), x), TRUE)),
    "another size": (D(total(at(X, j), j, m, i), at(X, k)), total(Delta(j, k), j, q, i)),
    "an entry at another index": (Add(mul(at(W, k), Add(Num(1), Neg(power(at(Z, i, k), 2))), at(X, i, q)), Neg(Num(0))), mul(at(W, q), Add(Num(1), Neg(power(at(Z, i, k), 2))), at(X, i, q))),
    "a lower limit with the other sign": (D(total(power(at(X, i), 2), i, m, 2), at(X, k)), total(D(power(at(X, i), 2), at(X, k)), i, m, Neg(Num(2)))),
    "an entry before the first": (D(total(power(at(X, i), 2), i, m, 2), at(X, k)), cases(mul(2, at(X, k)), Rel("<=", k, m), 0, TRUE)),
    "a tie of two ties": (D(fn("Max", z, mul(2, fn("Max", x, y))), x), tie(z, mul(2, fn("Max", x, y)), Num(0), mul(2, tie(x, y, Num(1), Num(0), Div(Num(1), Num(2)))), Div(Num(2), mul(2, tie(x, y, Num(1), Num(0), Div(Num(1), Num(2))))))),
    "a tie at a square": (power(x, 2), cases(power(x, 2), Rel("<", power(x, 2), POSITIVE), power(x, 2), Rel(">", power(x, 2), POSITIVE), 0, TRUE)),
    "a kink far from zero": (fn("Abs", Add(x, Num(-300))), cases(Add(x, Num(-300)), Rel(">", x, Num(300)), Add(Neg(x), Num(300)), Rel("<", x, Num(300)), 1, TRUE)),
}  # fmt: skip


@pytest.mark.parametrize("name", FOUND)
def test_it_is_refused(name: str) -> None:
    left, right = FOUND[name]
    assert not agree(left, right, room=False)


def test_free_indices_are_all_different_somewhere() -> None:
    """By chance alone, 1 to 2 in a hundred such claims had the two letters equal at every point."""
    letters = [Sym(Symbol(name, integer=True)) for name in "abcdefghijklmnopqrstuv"]
    for first, second in pairwise(letters):
        assert (
            agree(Add(mul(at(X, first), at(W, second)), Num(0)), mul(at(X, second), at(W, second))).verdict == "refuted"
        )


def test_free_indices_are_all_different_where_tanh_is_not_1() -> None:
    """At large sizes 1 - tanh(...)^2 is 0, and what it is multiplied by does not count; at small ones all letters were equal."""
    l, other = (Sym(Symbol(name, integer=True)) for name in ("l", "other"))
    g, V = Base(IndexedBase("g")), Base(IndexedBase("V"))
    where = {at(g, i, k): fn("tanh", total(mul(at(W, k, j), at(X, i, j)), j, q))}
    front = at(V, k), Add(Num(1), Neg(power(at(g, i, k), 2)))
    for letters in ((i, l), (l, i)):
        step = Add(mul(*front, at(X, *letters)), Neg(Num(0)))
        wrong = [other if letter == i else letter for letter in letters]
        assert agree(step, mul(*front, at(X, *wrong)), where=where, room=False).verdict == "refuted"


def test_a_trace_of_what_is_not_square_is_unknown() -> None:
    m, n = symbols("m n", integer=True, positive=True)
    A, B = (from_sympy(MatrixSymbol(name, m, n)) for name in "AB")
    found = agree(mat.Trace(mat.MatMul(A, mat.Transpose(B))), mat.Trace(mat.MatMul(mat.Transpose(B), A, B)))
    assert found.verdict in ("unknown", "refuted")
    assert not agree(mat.Trace(A), mat.Trace(B))


def test_a_pending_differential_has_the_shape_of_what_it_is_of() -> None:
    m, n, p = symbols("m n p", integer=True, positive=True)
    X, P = from_sympy(MatrixSymbol("X", m, n)), from_sympy(MatrixSymbol("P", n, p))
    change: Expr = D(mat.MatMul(X, P), mat.Differential(P)).to_sympy()
    assert change.shape == (m, p)
    assert D(
        Trace(MatrixSymbol("Q", n, n)) and mat.Trace(from_sympy(MatrixSymbol("Q", n, n))),
        from_sympy(MatrixSymbol("Q", n, n)),
    ).to_sympy().shape == (n, n)


def test_a_tie_of_all_letters_below_zero() -> None:
    """X + y for x y inside of a tie of x, y and z is seen where all are negative only."""
    a, b, c = symbols("a b c", real=True)
    same = Eq(a, b) & Eq(b, c)
    right, wrong = (Piecewise((Piecewise((1, c <= other), (2, True)), same), (0, True)) for other in (a * b, a + b))
    assert agree(from_sympy(right), from_sympy(wrong)).verdict == "refuted"


def test_a_slope_that_is_there_at_one_index_only_and_holds_large_exponentials() -> None:
    """The derivative by Q_kp is 0 but for i = k, where the sums of exponentials are huge at most points."""
    score = fn("exp", total(mul(at(Base(IndexedBase("Q")), i, W_L), at(X, j, W_L)), W_L, q))
    share = mul(Div(Num(1), total(score, j, m)), total(mul(at(W, j), score), j, m))
    by = at(Base(IndexedBase("Q")), k, W_P)
    slope = D(share, by)
    assert agree(slope, mul(Num(2), slope), room=False).verdict == "refuted"
    assert agree(slope, mul(Num(1), slope), room=False)


def test_an_index_that_only_one_value_shows_beside_a_condition_on_another() -> None:
    """V[0, p] for V[1, p] beside a delta of 3 and k: where k is 3, the condition on p must hold as well."""
    V = Base(IndexedBase("V"))
    inside = Logic("and", Rel(">=", W_P, Num(1)), Rel("<=", W_P, q))
    left = total(mul(at(V, Num(1), W_L), Delta(Num(3), k), Delta(W_L, W_P)), W_L, q)
    for row, verdict in ((Num(1), True), (Num(0), False)):
        right = mul(at(V, row, W_P), Delta(Num(3), k))
        assert bool(agree(left, right, given=inside, room=False)) is verdict


def test_another_index_at_one_place_of_a_comparison() -> None:
    """Seen only beside a switch, from a point where the two indices differ."""
    a, b, p, other = Symbol("w"), Symbol("b"), Symbol("p"), Symbol("other", integer=True)
    letter, data, target = Symbol("i", integer=True), IndexedBase("X"), IndexedBase("Y")

    def rest(at: Symbol) -> Expr:
        return a * data[letter] + b - target[at]

    def slope(at: Symbol) -> Node:
        first, second = p * rest(letter), (p - 1) * rest(at)
        return from_sympy(
            Piecewise(
                (p * data[letter], first > (p - 1) * rest(letter)),
                ((p - 1) * data[letter], first < second),
                ((2 * p - 1) * data[letter] / 2, True),
            )
        )

    left = D(from_sympy(Max(p * rest(letter), (p - 1) * rest(letter))), from_sympy(a))
    assert agree(left, slope(letter), room=False)
    assert agree(left, slope(other), room=False).verdict == "refuted"


def test_sizes_differ_where_tanh_is_not_1() -> None:
    """1 - tanh(u)^2 is a ball around 0 at few bits and large u: at none of twelve points was it told from another such sum."""
    m, K, n, other = (Sym(Symbol(name, integer=True)) for name in ("m", "K", "n", "other"))
    l, row = (Sym(Symbol(name, integer=True)) for name in ("l", "row"))
    A, B, v = (Base(IndexedBase(name)) for name in "ABv")
    u = fn("tanh", total(mul(at(B, j, l), at(v, l)), l, n))
    inner, slope = total(mul(at(A, row, j), u), j, K), Add(Num(1), Neg(power(u, 2)))
    body = mul(inner, total(mul(at(A, row, j), slope, at(B, j, k)), j, K))
    found = agree(total(mul(2, body), row, m), mul(2, total(body, row, other)), room=False)
    assert found.verdict == "refuted"


def test_other_labels_in_the_sum_of_the_classes_are_refused() -> None:
    i, j, c, r, K, m, n = symbols("i j c r K m n", integer=True, positive=True)
    w, x, p, labels = map(IndexedBase, ("W", "X", "P", "labels"))
    share = exp(SympySum(w[c, j] * x[i, j], (j, 1, n)))
    share /= SympySum(exp(SympySum(w[r, j] * x[i, j], (j, 1, n))), (r, 1, K))
    cost = -SympySum(log(p[i, c]) * KroneckerDelta(c, labels[i]), (c, 1, K), (i, 1, m)) / m
    d = gd.derive(cost, w, where={p[i, c]: share})
    step = d.steps[-2]
    classes = next(part for part in walk(step.rhs) if isinstance(part, Sum) and isinstance(part.body, Delta))
    (entry,) = [part for part in walk(classes) if isinstance(part, Indexed)]
    others = replace(classes, {entry: at(Base(IndexedBase("other")), *entry.indices)})
    wrong = rewrite(step.rhs, lambda part: others if part == classes else part)
    assert wrong != step.rhs
    assert agree(step.lhs, step.rhs, given=step.compared, where=d.where, room=False)
    assert not agree(step.lhs, wrong, given=step.compared, where=d.where, room=False)


@pytest.mark.parametrize("along_rows", [True, False])
def test_two_rows_are_the_same_beside_a_third_that_differs(along_rows: bool) -> None:
    """Where the distance of rows i and i + 1 is 0, and i + 1 = k, was visited with all rows alike only."""
    i, k, l, n, p = (Sym(Symbol(name, integer=True)) for name in "iklnp")
    U = Base(IndexedBase("U"))

    def entry(row: Node, column: Node) -> Node:
        return at(U, row, column) if along_rows else at(U, column, row)

    after, before = Add(i, Num(1)), Add(i, Neg(Num(1)))
    apart = total(power(Add(entry(i, l), Neg(entry(after, l))), 2), l, n)
    right, wrong = (mul(Add(entry(row, p), Neg(entry(after, p))), Delta(after, k)) for row in (i, before))
    left = cases(0, Rel(">", apart, Num(0)), right, TRUE)
    assert agree(left, cases(0, Rel(">", apart, Num(0)), mul(right, Num(1)), TRUE), room=False)
    assert agree(left, cases(0, Rel(">", apart, Num(0)), wrong, TRUE), room=False).verdict == "refuted"


def test_what_is_refuted_where_numbers_are_small_or_near_is_refuted() -> None:
    """A refutation is falsy: `look() or another()` lost it."""
    i, j, n = symbols("i j n", integer=True, positive=True)
    v, w = IndexedBase("v"), Symbol("w")
    cost = SympySum(SympySum(Max(0, w, v[i] - v[j]), (j, 1, n)) ** 2, (i, 1, n))
    d = gd.derive(cost, v)
    step = next(s for s in d.steps if s.rhs.has(kinds_of(Cases)) and not s.rhs.has(kinds_of(Delta, D)))
    below = next(part for part in walk(step.rhs) if isinstance(part, Rel) and str(part) == "vᵢ - vₖ < 0")
    first = below.children[0].children[0]
    never = Rel("<", Add(first, Neg(first)), Num(0))
    wrong = rewrite(step.rhs, lambda part: never if part == below else part)
    assert wrong != step.rhs
    assert agree(step.lhs, step.rhs, given=step.compared, where=d.where, room=False)
    assert agree(step.lhs, wrong, given=step.compared, where=d.where, room=False).verdict == "refuted"


@pytest.mark.parametrize(("look", "where"), [("_in_all_boxes", "small"), ("_at_random", "near")])
def test_no_look_loses_a_refutation(look: str, where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each look takes points down until one speaks against the claim, and says so."""
    x = Sym(Symbol("x"))
    one = trial.Trial((fn("Abs", x), x), true, {}, 0, True, (), None, False)
    against = trial.Evidence("refuted", "counterexample", 1)
    monkeypatch.setattr(trial.Trial, "_note", lambda self, point, bits=(): against if point.box == where else None)
    monkeypatch.setattr(trial, "nearby", lambda *_, **__: iter([trial.Point(box=where)] if where == "near" else []))
    with trial.precision(128):
        assert getattr(one, look)() is against
