"""What a new user stumbled over: a student at the prompt, a teacher's notebook, an author's paper, an engineer's run."""

from sympy import IndexedBase, Sum, symbols, tanh

import gdsym as gd

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
    assert len(gd.derive("sin(x*y)", ("x", "y")).steps) == 7
