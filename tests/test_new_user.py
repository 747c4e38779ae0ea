"""What a new user stumbled over: a student at the prompt, a teacher's notebook, an author's paper, an engineer's run."""

from collections.abc import Callable

import pytest
from sympy import IndexedBase, MatrixSymbol, Sum, symbols, tanh

import gdsym as gd
from gdsym.export.width import width

i, j, k, l, m, n = symbols("i j k l m n", integer=True, positive=True)


def last(d: gd.Derivation) -> str:
    return repr(d.steps[-1].line)


def test_no_line_is_printed_twice() -> None:
    """Brackets that nobody writes, (cos(3x) 3) y, went without a trace: `0 and 1 are left out` below a line like the one above."""
    d = gd.derive("(x**2 + 1)*sin(3*x)/exp(x)", "x")
    full = d.text(detail="full")
    assert "0 and 1 are left out" not in full and "13 lines" in full
    assert "0 is left out" in gd.derive("x**2 + y(x)**2 - 1", "x").text()
    told = gd.derive("(x**2 + 1)*sin(3*x)/exp(x)", "x", detail="full").hint(99)
    assert told == "Nothing is left to do: line 13 is the result."


def test_what_left_the_sum_stays_in_front_of_it() -> None:
    """2 v_l/m sum_i ... was called longer than (2/m) v_l sum_i ..., and v_l went behind the sum as data do."""
    W, v, X, c, y = IndexedBase("W"), IndexedBase("v"), IndexedBase("X"), *symbols("c y")
    net = Sum((Sum(v[k] * tanh(Sum(W[k, j] * X[i, j], (j, 1, n))), (k, 1, l)) + c - y) ** 2, (i, 1, m)) / m
    assert last(gd.Cost(net, [v, W, c]).partial(W)).startswith("2vₚ/m Σᵢ₌₁ᵐ (")


def test_names_stand_in_the_order_in_which_they_were_typed() -> None:
    assert last(gd.derive("sin(x*y)", ("x", "y"))) == "cos(x y) - x y sin(x y)"
    assert len(gd.derive("sin(x*y)", ("x", "y")).steps) == 6  # none that only puts factors in their order


def test_nothing_stands_beside_a_zero() -> None:
    """(1 - mu) - 0 stayed, as `1 - mu + 0`, where the zero stood beside a sum of two: in last lines, and a delta was not seen."""
    beta = gd.derive("((1 - mu)*p - 1)*log(y) + p", "p")
    assert "+ 0" not in beta.text() and last(beta) == "(1 - μ) log(y) + 1"
    assert "-1 p" not in gd.derive("((1 - mu)*p - 1)*log(y)", "mu").text()
    far = "Sum(Max(0, Sum((f[i,k] - g[i,k])**2, (k, 1, d)) - Sum((f[i,k] - h[i,k])**2, (k, 1, d)) + 1), (i, 1, n))"
    triplet = gd.Cost(far, ["f"]).partial("f")
    assert (
        "δ" not in last(triplet)
        and last(triplet).startswith("{0 if Σₖ₌₁ᵈ (fₗₖ - gₗₖ)²")
        and all(s.check for s in triplet.steps)
    )
    rate = "Sum((v[i] - V*S[i]/(K*(1 + c[i]/k) + S[i]))**2, (i, 1, n))"
    assert last(gd.Cost(rate, ["K"]).partial("K")).startswith("2V Σᵢ₌₁ⁿ (vᵢ - V Sᵢ/(K (1 + cᵢ/k) + Sᵢ)) (1 + cᵢ/k) Sᵢ/")


def test_powers_within_a_power_of_a_product_cancel() -> None:
    student = gd.Cost("(nu + 1)/2*Sum(log(1 + y[i]**2/(nu*s**2)), (i, 1, n))", ["nu"]).partial("nu")
    assert last(student).endswith("- (ν + 1)/(2ν) Σᵢ₌₁ⁿ yᵢ²/(ν s² + yᵢ²)")


def test_reasons_say_what_cancels_and_what_leaves() -> None:
    assert "n and s cancel" in gd.derive("x/(n*s**2)**2", "s").text()
    flat = gd.Cost("Sum(Sum(M[u,i]*(R[u,i] - mu)**2, (i, 1, n)), (u, 1, m))", ["mu"]).partial("mu")
    assert "simplify: -2 in front of the sum" in flat.text()


def test_no_row_begins_with_the_dx_of_an_integral() -> None:
    d = gd.Cost("-log(Integral(exp(-b*x**4 - a*x**2), (x, 0, 1)))", ["a", "b"]).partial("a")
    for room in (150, 200, 250, 300, 350, 400, 455):
        assert r"\cdot d" not in d.latex(text_width=room).replace(r"\cdot \,", r"\cdot ")


@pytest.mark.parametrize(
    ("typed", "by", "printed"),
    [
        ("erfc(x/(sqrt(2)*s))", "x", "-√(2/π) exp(-x²/(2 s²))/s"),
        ("erf(-x/sqrt(2*T))", "x", "-2 exp(-(x/√(2T))²)/√(2 π T)"),
        ("log(x)/sqrt(2)/sqrt(x)", "x", "(2 - log(x))/(2 √2 x^(3/2))"),  # sqrt(x) is not drawn under the other root
        ("(t/s)**k", "s", "-k (t/s)ᵏ/s"),
        ("x*exp(w*x) + 2*x*exp(-w*x)", "w", "(exp(w x) - 2 exp(-w x)) x²"),  # not 2/exp(w x)
        ("(x*y/z)**n", "z", "-n (x y/z)ⁿ/z"),
        ("(1 - a)/2*w**2 + a*exp(w)", "w", "(1 - a) w + a eʷ"),
        ("(1/2 - a/2)*w**2", "w", "w (1 - a)"),
        ("(x**2 + 1)*sin(3*x)/exp(x)", "x", "(3 (x² + 1) cos(3x) - (x - 1)² sin(3x))/eˣ"),
        ("x**2*sin(x) + x*cos(x)", "x", "x sin(x) + (x² + 1) cos(x)"),
        ("exp(-x)*(a*sin(x) + b*cos(x))", "x", "e⁻ˣ ((a - b) cos(x) - (a + b) sin(x))"),
        ("exp(x)*sin(x)/(x**2 + 1)", "x", "eˣ ((x - 1)² sin(x) + (x² + 1) cos(x))/(x² + 1)²"),
        ("((x**2 + 1)**2 + 1)**2", "x", "8x ((x² + 1)² + 1) (x² + 1)"),
        ("(1 - k)**2*p + k**2*r", "k", "-2 (1 - k) p + 2k r"),
        ("exp(-(x - mu)**2/(2*s**2))/(s*sqrt(2*pi))", "x", "-(x - μ) exp(-(x - μ)²/(2 s²))/(s³ √(2 π))"),
    ],
)
def test_last_lines_of_statistics(typed: str, by: str, printed: str) -> None:
    d = gd.derive(typed, by)
    assert last(d) == printed and all(step.check for step in d.steps)


def test_parameters_stand_in_front_whichever_is_derived_by() -> None:
    """A capital letter was taken for data and stayed behind the bracket: sum (...) A."""
    ces = gd.Cost("Sum((Y[i] - A*K[i]**r)**2, (i, 1, n))", ["A", "r"]).partial("r")
    assert last(ces) == "-2A Σᵢ₌₁ⁿ (Yᵢ - A Kᵢʳ) Kᵢʳ log(Kᵢ)"


def test_a_constant_with_an_index_is_told_so() -> None:
    with pytest.raises(gd.GdsymError, match="the constant E; call the array otherwise"):
        gd.read("Sum(E[i], (i, 1, n))")
    with pytest.raises(gd.GdsymError, match="but a constant"):
        gd.read("E(t)")


def test_a_display_goes_on_over_columns() -> None:
    """An `aligned` block higher than a column runs off the page: 4,193 points too high for a network."""
    d = gd.derive("Abs(x)*cos(x**2)", "x")
    shown = d.latex(environment="align*", text_width=246)
    assert (
        shown.startswith(r"\begin{align*}") and shown.endswith(r"\end{align*}") and r"\text{not differentiable" in shown
    )
    assert shown.count(r"\begin{align*}") == 1 and " \\\\*\n" in shown and " \\\\\n" in shown
    with pytest.raises(gd.GdsymError, match="give 'aligned' or 'align"):
        d.latex(environment="equation")


def test_a_fraction_within_brackets_fits_into_a_column() -> None:
    soft = "-Sum(log(exp(Sum(W[y[i],j]*x[i,j],(j,1,n)))/Sum(exp(Sum(W[k,j]*x[i,j],(j,1,n))),(k,1,K))),(i,1,m))"
    d = gd.Cost(soft, ["W"]).partial("W")
    rows = d.latex(text_width=246, detail="brief").splitlines()
    assert max(width(row.lstrip("&= ").removesuffix(r"\\")) for row in rows[2:]) < 246


def test_matrix_terms_that_differ_in_one_factor_are_joined() -> None:
    X, y, W = MatrixSymbol("X", n, m), MatrixSymbol("y", n, 1), MatrixSymbol("W", n, n)
    beta, G, lam = MatrixSymbol("beta", m, 1), MatrixSymbol("Gamma", m, m), symbols("lambda")
    d = gd.Cost((X * beta - y).T * W * (X * beta - y) + lam * (G * beta).T * (G * beta), [beta]).partial(beta)
    assert last(d) == "2λ Γᵀ Γ β + Xᵀ (W + Wᵀ) (X β - y)" and all(step.check for step in d.steps)
    assert "identical or identical" not in d.text()


def test_sums_over_one_range_are_joined_where_their_terms_meet() -> None:
    """The gradient of item response: what the Kronecker deltas had parted stayed two sums."""
    p = "1/(1 + exp(-(t[i] - b[j])))"
    rasch = gd.Cost(f"-Sum(Sum(u[i,j]*log({p}) + (1 - u[i,j])*log(1 - {p}), (j, 1, n)), (i, 1, m))", ["t", "b"])
    assert last(rasch.partial("t")) == "Σⱼ₌₁ⁿ (1/(1 + exp(-(tₖ - bⱼ))) - uₖⱼ)"
    assert last(rasch.partial("b")) == "Σᵢ₌₁ᵐ (uᵢₖ - 1/(1 + exp(-(tᵢ - bₖ))))"
    assert all(step.check for step in rasch.partial("t").steps)
    apart = gd.Cost("Sum(w*x[i]*y[i], (i, 1, m)) - Sum(w**2*x[i]**2, (i, 1, m))", ["w"]).partial("w")
    assert last(apart) == "Σᵢ₌₁ᵐ xᵢ yᵢ - 2w Σᵢ₌₁ᵐ xᵢ²"


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: gd.derive("x**3", ("x", 2)), r"A second derivative is by \(x, x\)\."),
        (lambda: gd.derive("x**3", "x", 2), r"A second derivative is by \(x, x\)\."),
        (lambda: gd.derive("x*y*z", ("x", "y"), "z"), r"One after the other is a tuple, \(x, y\)"),
        (lambda: gd.derive("x*y", ["x", "y"]), r"a tuple, \(x, y\); a gradient is gd\.Cost"),
        (lambda: gd.Cost("w**2 + b**2", "w, b"), r"Several parameters are a list, \['w', 'b'\]"),
        (lambda: gd.Cost("w**2 + b**2", "w b"), r"Several parameters are a list, \['w', 'b'\]"),
    ],
)
def test_what_other_libraries_take_is_told(call: Callable[[], object], said: str) -> None:
    with pytest.raises(gd.GdsymTypeError, match=said):
        call()


def test_one_step_is_counted_as_one() -> None:
    assert str(gd.verify.recheck(gd.derive("x**2", "x").certificate)).endswith(
        "right; its step and the whole were judged again."
    )


def test_variables_one_after_the_other_are_a_tuple_of_them() -> None:
    """As in `sympy.diff(f, x, y)`."""
    assert gd.derive("x**2*y", "x", "y").text() == gd.derive("x**2*y", ("x", "y")).text()
    assert gd.derive("x**3", "x", "x", detail="brief").result == gd.read("6*x").to_sympy()


def test_what_a_cost_has_is_looked_for_in_the_package_and_told() -> None:
    with pytest.raises(AttributeError, match=r"a cost has it: gd\.Cost\(\.\.\.\)\.descend\."):
        _ = gd.descend  # type: ignore[attr-defined]
    with pytest.raises(AttributeError, match="its names are"):
        _ = gd.gradient_descent  # type: ignore[attr-defined]
