"""Derivations: what the lines say, that they are checked, and that wrong ones cannot be made."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
import sympy
from oracle import World, close, slope, value
from sympy import Abs, Function, IndexedBase, KroneckerDelta, Max, Piecewise, Product, Sum, exp, log, sin, symbols, tanh

import gdsym as gd
from gdsym.rules import RULES
from gdsym.rules.function import POWER
from gdsym.written.nodes import Add, D, Mul, Neg, Node, Num, Pow, walk

w, b, x, y, z, n = symbols("w b x y z n")
i, j, k, l, m, N = symbols("i j k l m N", integer=True, positive=True)
X, Y, W, v, e, p = map(IndexedBase, ("X", "Y", "W", "v", "e", "p"))
c = symbols("c", positive=True)
line_cost = Sum((w * X[i] + b - Y[i]) ** 2, (i, 1, m)) / (2 * m)


def lines(d: gd.Derivation) -> list[str]:
    return [ascii_text(step.line) for step in d.steps]


def ascii_text(node: Node) -> str:
    from gdsym.writing.text import text

    return text(node, ascii=True)


def tree(steps: tuple[gd.Step, ...]) -> Iterator[gd.Step]:
    for step in steps:
        yield step
        yield from tree(step.substeps)


def names(d: gd.Derivation) -> list[str]:
    return [step.rule.name for step in d.steps]


def test_line_fit_reads_like_the_book() -> None:
    d = gd.derive(line_cost, w)
    assert names(d) == [
        "constant multiple rule", "sum over an index", "chain rule", "sum rule", "constant multiple rule", "simplify",
    ]  # fmt: skip
    assert d.result == Sum((w * X[i] + b - Y[i]) * X[i], (i, 1, m)) / m
    assert d.steps[-1].line.to_sympy() == d.result
    assert any(isinstance(part, str) and "cancels" in part for part in d.steps[-1].reason)
    substitution = d.steps[2].where
    assert [value.to_sympy() for value in substitution.values()] == [w * X[i] + b - Y[i]]


def test_every_line_of_the_full_detail_has_evidence() -> None:
    d = gd.derive(line_cost, w, detail="full")
    found = list(tree(d.steps))
    assert len(found) > 12
    assert all(step.check and step.check.verdict in ("proved", "agreed", "holds where") for step in found)
    assert {"constant rule", "identity rule"} <= {step.rule.name for step in found}


def test_power_rule_is_seen_before_it_is_worked_out() -> None:
    d = gd.derive(3 * x**5, x)
    assert names(d) == ["constant multiple rule", "power rule", "simplify"]
    second = d.steps[1].line
    assert isinstance(second, Mul)
    assert second.children == (Num(3), Num(5), Pow(gd.read("x"), Add(Num(5), Neg(Num(1)))))
    assert d.result == 15 * x**4


def test_symbolic_exponent() -> None:
    d = gd.derive(x**n, x)
    assert d.result == n * x ** (n - 1)
    assert d.steps[0].rule.name == "power rule"


@pytest.mark.parametrize(("by", "with_zero", "result"), [(x, "4*x**3 + 0", 4 * x**3), (y, "0 + 7*y**6", 7 * y**6)])
def test_the_zeros_of_held_constants_are_shown(by: sympy.Symbol, with_zero: str, result: sympy.Expr) -> None:
    d = gd.derive("x**4 + y**7", by)
    assert with_zero in lines(d)
    assert any("held constant" in str(part) for part in d.steps[0].reason)
    assert d.result == result


def test_named_part_keeps_its_name() -> None:
    error, slope, height, weight = symbols("Error m X Y")
    d = gd.derive(error**2, slope, where={error: slope * height + b - weight})
    assert lines(d)[0] == "2*Error*d/dm [Error]"
    assert d.result == 2 * error * height
    assert sympy.expand(d.expanded - 2 * (slope * height + b - weight) * height) == 0
    assert "definition" in names(d)


def test_chain_of_named_parts() -> None:
    d = gd.derive(y, z, where={y: x**2, x: z**2})
    assert d.result == 4 * x * z
    assert d.expanded == 4 * z**3
    assert Mul(Num(2), gd.read("x"), Num(2), gd.read("z")) in [step.line for step in d.steps]
    assert any(
        isinstance(part, D) and part.var == gd.read("x")
        for step in d.steps
        for part in step.reason
        if isinstance(part, Node)
    )


def test_kronecker_collapse_is_a_step_of_its_own() -> None:
    cost = Sum((Sum(W[j] * X[i, j], (j, 1, N)) + b - Y[i]) ** 2, (i, 1, m)) / (2 * m)
    d = gd.derive(cost, W)
    k_ = d.wrt.indices[0]
    assert d.wrt == W[k_] and str(k_) == "k"
    collapses = [s for s in d.steps if s.rule.name == "Kronecker delta" and s.lhs.to_sympy().has(KroneckerDelta)]
    assert len(collapses) == 1
    assert not collapses[0].rhs.to_sympy().has(KroneckerDelta)
    assert set(collapses[0].given.args) == {sympy.Le(1, k_), sympy.Le(k_, N)}
    assert d.result == Sum((Sum(W[j] * X[i, j], (j, 1, N)) + b - Y[i]) * X[i, k_], (i, 1, m)) / m


def test_a_bound_letter_is_never_captured() -> None:
    assert gd.derive(Sum(v[k] ** 2, (k, 1, N)), v[k]).result == 2 * v[k]
    d = gd.derive(Sum((Sum(v[j] * X[i, j], (j, 1, N)) - Y[i]) ** 2, (i, 1, m)), v[j])
    inner = next(s for s in d.result.atoms(Sum) if not s.has(Y))
    assert inner.limits[0][0] != j
    assert d.result.has(X[i, j])


INDEXED = [
    (Sum(v[i] * X[i, j] * v[j], (i, 1, N), (j, 1, N)), v[k], Sum(v[j] * X[k, j], (j, 1, N)) + Sum(v[i] * X[i, k], (i, 1, N))),
    (log(Sum(exp(v[j]), (j, 1, N))), v[k], exp(v[k]) / Sum(exp(v[j]), (j, 1, N))),
    (Sum(v[j], (j, 1, N)) ** 2, v[k], 2 * Sum(v[j], (j, 1, N))),
    (Sum(v[j] * log(v[j] / p[j]), (j, 1, N)), v[k], log(v[k] / p[k]) + 1),
    (Product(v[j], (j, 1, N)), v[k], Product(v[j], (j, 1, N)) / v[k]),
    (exp(Sum(v[j] ** 2, (j, 1, N))), v[1], 2 * exp(Sum(v[j] ** 2, (j, 1, N))) * v[1]),
    (Sum(X[j] * v[N + 1 - j], (j, 1, N)), v[k], X[N + 1 - k]),
    (Sum(v[j] ** 2, (j, 0, N - 1)), v[k], 2 * v[k]),
    (Sum(v[j], (j, 1, N)) + Sum(v[j] ** 2, (j, 2, N)), v[k], Piecewise((2 * v[k], k >= 2), (0, True)) + 1),
    (Sum(Sum(v[j], (j, 1, i)), (i, 1, N)), v[k], Sum(Piecewise((1, i >= k), (0, True)), (i, 1, N))),
    (Sum((v[j + 1] - v[j]) ** 2, (j, 1, N - 1)), v[k],
     -Piecewise((2 * (v[k + 1] - v[k]), k <= N - 1), (0, True)) + Piecewise((2 * (v[k] - v[k - 1]), k >= 2), (0, True))),
]  # fmt: skip


@pytest.mark.parametrize(("cost", "by", "expected"), INDEXED)
def test_indexed_costs(cost: sympy.Expr, by: sympy.Indexed, expected: sympy.Expr) -> None:
    d = gd.derive(cost, by)
    assert gd.check(cost, by, expected).ok
    assert d.check
    # and entry by entry, against SymPy on the sum written out
    size = 3
    written_out = cost.subs(N, size).doit()
    first = int(min(s.limits[0][1] for s in cost.atoms(Sum, Product)))
    for at in range(first, first + size) if by.indices[0] == k else [1]:
        ours = d.expanded.subs({k: at, N: size}).doit()
        assert sympy.simplify(ours - written_out.diff(v[at])) == 0


def test_backpropagation_in_index_notation() -> None:
    h, H = symbols("h H", integer=True, positive=True)
    net = Sum((Sum(v[h] * tanh(Sum(W[h, j] * X[i, j], (j, 1, N))), (h, 1, H)) - Y[i]) ** 2, (i, 1, m)) / (2 * m)
    d = gd.derive(net, W)
    assert all(step.check for step in tree(d.steps))
    assert len(d.wrt.indices) == 2
    assert not d.result.has(KroneckerDelta)


def test_softmax_ends_in_p_minus_indicator() -> None:
    c, q = symbols("c q", integer=True, positive=True)
    K = symbols("K", integer=True, positive=True)
    t = IndexedBase("t")
    logit = lambda i_, c_: Sum(W[c_, j] * X[i_, j], (j, 1, N))  # noqa: E731
    cost = gd.losses.softmax_cross_entropy(logit(i, c), t[i], (i, 1, m), (c, 1, K))
    part = exp(logit(i, c)) / Sum(exp(logit(i, q)), (q, 1, K))
    d = gd.derive(cost, W, where={p[i, c]: part})
    row, column = d.wrt.indices
    assert d.result == Sum((p[i, row] - KroneckerDelta(row, t[i])) * X[i, column], (i, 1, m)) / m


def test_logistic_regression_ends_in_p_minus_y() -> None:
    probability = 1 / (1 + exp(-Sum(W[j] * X[i, j], (j, 1, N))))
    d = gd.derive(gd.losses.log_loss(p[i], Y[i], (i, 1, m)), W, where={p[i]: probability})
    (k_,) = d.wrt.indices
    assert d.result == Sum((p[i] - Y[i]) * X[i, k_], (i, 1, m)) / m


def test_sigmoid_is_s_times_one_minus_s() -> None:
    s = 1 / (1 + exp(-x))
    d = gd.derive(s, x)
    assert d.written == Mul(*(gd.read("1/(1 + exp(-x))"), Add(Num(1), Neg(gd.read("1/(1 + exp(-x))")))))


def test_kinks_say_what_is_used() -> None:
    d = gd.derive(Sum(Abs(w * X[i] + b - Y[i]), (i, 1, m)) / m, w)
    assert d.result == Sum(sympy.sign(w * X[i] + b - Y[i]) * X[i], (i, 1, m)) / m
    assert d.notes and "not differentiable" in str(d.notes[0][0])


def test_maximum_at_a_tie_is_the_mean_of_the_slopes() -> None:
    d = gd.derive(Max(x, exp(x) - 1, ((x + 1) ** 2 - 1) / 2), x)
    assert d.result.subs(x, 0).doit() == 1
    assert gd.derive(Max(0, x), x).result.subs(x, 0) == sympy.Rational(1, 2)


def test_no_dirac_delta_reaches_a_gradient() -> None:
    assert gd.derive(Abs(x), (x, x)).result == 0
    assert gd.derive(sympy.sign(x) * x, x).result == sympy.sign(x)


def test_undefined_functions() -> None:
    f, g = Function("f"), Function("g")
    assert gd.derive(f(x), x).result == f(x).diff(x)
    assert gd.derive(f(x, y), x).result == f(x, y).diff(x)
    d = gd.derive(f(g(x)), x)
    assert d.result.doit() == f(g(x)).diff(x).doit()
    assert names(d)[0] == "chain rule"


def test_repeated_and_mixed_derivatives() -> None:
    assert gd.derive(x**3 * y, (x, x)).result == 6 * x * y
    assert gd.derive(x**3 * y, (x, y)).result == 3 * x**2
    assert gd.derive(x**3, (x,)).result == 3 * x**2


def test_leibniz_integral_rule() -> None:
    t = symbols("t")
    d = gd.derive(sympy.Integral(exp(-(t**2)), (t, 0, x**2)), x)
    assert d.result == 2 * x * exp(-(x**4))
    assert d.steps[0].rule.name == "Leibniz integral rule"


def test_details_and_known_rules() -> None:
    brief, normal, full = (gd.derive(line_cost, w, detail=how) for how in ("brief", "normal", "full"))
    assert len(brief.steps) < len(normal.steps) < len(full.steps)
    assert brief.result == normal.result == full.result
    silent = gd.derive(line_cost, w, known={"sum", "constant multiple"})
    assert "constant multiple rule" not in names(silent)
    with pytest.raises(gd.GdsymError, match="Unknown detail"):
        gd.derive(x, x, detail="loud")


def test_substitution_letters_avoid_the_users() -> None:
    u, v_ = symbols("u v")
    d = gd.derive(sin(exp(u * v_)), u)
    letters = [letter.to_sympy() for step in d.steps for letter in step.where]
    assert letters and len(set(letters)) == len(letters)
    assert not {str(letter) for letter in letters} & {"u", "v"}


def test_conversion_keeps_the_callers_symbols() -> None:
    positive = symbols("a", positive=True)
    d = gd.derive(positive**2 * x, positive)
    assert d.result.free_symbols == {positive, x}
    assert d.expr == positive**2 * x and d.wrt == positive


@pytest.mark.parametrize(
    ("planted", "expression"),
    [
        (lambda body: Mul(Num(3), body), x**5),
        (Neg, x**5),
        (lambda body: Add(body, Num(1)), x**5),
        (lambda body: Pow(body, Num(2)), x**5),
        (lambda body: Mul(Num(3), body), (w * x + 1) ** 4),
    ],
)
def test_a_planted_wrong_rule_is_refused(planted: object, expression: sympy.Expr) -> None:
    def apply(body: Node, scope: object) -> object:
        move = POWER.apply(body, scope)  # type: ignore[arg-type]
        if move is None:
            return None
        return replace(move, make=lambda *values: planted(move.make(*values)))  # type: ignore[operator]

    wrong = replace(POWER, apply=apply)  # type: ignore[arg-type]
    rules = tuple(wrong if rule is POWER else rule for rule in RULES)
    with pytest.raises(gd.StepRefused, match="which is wrong"):
        gd.derive(expression, x, rules=rules)


def test_a_rule_of_ones_own_is_used_first() -> None:
    def apply(body: Node, scope: object) -> gd.Move | None:
        if not isinstance(body, Pow) or body.exponent != Num(2):
            return None
        return gd.Move(square, (), lambda: Add(body.base, body.base), ("my rule",))

    square = gd.Rule("square rule", None, apply)  # type: ignore[arg-type]
    d = gd.derive(x**2, x, rules=(square, *RULES))
    assert names(d)[0] == "square rule" and d.result == 2 * x


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: gd.derive(x**2, 3), "Derivatives are taken by a symbol"),
        (lambda: gd.derive(x**2, x**2), "Derivatives are taken by a symbol"),
        (lambda: gd.derive(sympy.I * x, x), "complex"),
        (lambda: gd.derive(sympy.conjugate(x), x), "complex"),
        (lambda: gd.derive(sympy.hankel1(2, x), x), "complex"),
        (lambda: gd.derive(symbols("q", imaginary=True) * x, x), "not real"),
        (lambda: gd.derive(x * symbols("x", positive=True), x), "print alike"),
        (lambda: gd.derive(x, ()), "at least one variable"),
        (lambda: gd.derive(None, x), "needed"),
        (lambda: gd.derive([x], x), "One expression"),
        (lambda: gd.derive(sympy.Eq(x, 1), x), "equation"),
        (lambda: gd.derive(Sum(X[i], (i, 1, x)), x), "limits of the sum"),
        (lambda: gd.derive(sympy.riemann_xi(x), x), "No rule derives"),
        (lambda: gd.derive(Sum(x**i, (i, 0, sympy.oo)), x), "infinitely many terms"),
        (lambda: gd.derive(x, x, where={x + 1: y}), "named part"),
        (lambda: gd.derive(y, x, where={y: z, z: y}), "circle"),
    ],
)
def test_bad_input_gets_one_clear_error(call: object, said: str) -> None:
    with pytest.raises(gd.GdsymError, match=said) as caught:
        call()  # type: ignore[operator]
    assert len(str(caught.value)) <= 600


def test_deep_nesting_is_refused_clearly() -> None:
    deep = x
    for _ in range(300):
        deep = sin(deep, evaluate=False)
    with pytest.raises(gd.Unsupported, match="nested"):
        gd.derive(deep, x)
    for_real = x
    for _ in range(60):
        for_real = sin(for_real, evaluate=False)
    assert gd.derive(for_real, x).check


def test_lines_hold_no_half_evaluated_sympy() -> None:
    d = gd.derive(line_cost, w)
    for step in d.steps:
        for node in walk(step.line):
            assert type(node).__module__.startswith("gdsym.written.")


@pytest.mark.parametrize(
    ("branches", "said"),
    [
        (Piecewise((x**2, x < 1), (2 * x - 1, True)), "meet smoothly at x = 1"),
        (Piecewise((x**2, x < 1), (x, True)), "kink at x = 1"),
        (Piecewise((x**2, x < 1), (x + 1, True)), "jump at x = 1"),
        (Piecewise((x**2 / 2, Abs(x) <= c), (c * (Abs(x) - c / 2), True)), "meet smoothly where Abs(x) == c"),
    ],
)
def test_each_joint_of_a_case_distinction_is_judged(branches: sympy.Expr, said: str) -> None:
    notes = [
        "".join(part if isinstance(part, str) else ascii_text(part) for part in note)
        for note in gd.derive(branches, x).notes
    ]
    assert any(said in note for note in notes), notes


def test_a_stream_without_unicode_gets_ascii(monkeypatch: pytest.MonkeyPatch) -> None:
    import io
    import sys

    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), encoding="ascii"))
    printed = str(gd.derive(line_cost, w))
    assert printed.isascii() and "d/dw" in printed


def test_jacobian_and_directional_derivative() -> None:
    J = gd.jacobian([x**2 * y, sin(x)], [x, y])
    assert J.expr == sympy.Matrix([[2 * x * y, x**2], [sympy.cos(x), 0]])
    assert J[1, x].steps[0].check
    along = gd.directional(x**2 * y, {x: 3, y: 4})
    assert along.result == 6 * x * y + 4 * x**2 and len(list(along)) == 2
    with pytest.raises(gd.CostError, match="no variable"):
        J[0, z]
    with pytest.raises(gd.GdsymTypeError, match="dict"):
        gd.directional(x, [1])


def test_a_number_joins_the_fraction_in_front_of_a_sum() -> None:
    d = gd.derive(Sum(e[i] ** 2, (i, 1, m)) / m, w, where={e[i]: w * X[i] + b - Y[i]})
    assert ascii_text(d.written) == "2/m*Sum(e[i]*X[i], (i, 1, m))"


@pytest.mark.slow
def test_the_result_of_a_maximum_of_five_in_sums_in_a_function_comes_to_an_end() -> None:
    inner = Sum(Max(w * X[i], w + Y[i], X[i] * Y[i], w**2, w - X[i]), (i, 1, m))
    cost = Sum(tanh(inner * X[j]), (j, 1, N))
    result = gd.derive(cost, w).result
    for point in range(3):
        world = World(point, "wide", {"m": 2, "N": 3})
        assert close(value(result, world), slope(cost, (w,), world))


@pytest.mark.slow
def test_deep_formulas_are_derived_written_and_given() -> None:
    for deeper, levels in ((sin, 95), (lambda u: log(u + 1), 30)):
        formula = x
        for _ in range(levels):
            formula = deeper(formula)
        d = gd.derive(formula, x)
        assert d.check and len(d.to_dict()["steps"]) == len(d.steps)
        assert sympy.sympify(d.given).free_symbols <= {x} and d.latex().startswith(r"\begin{aligned}")
