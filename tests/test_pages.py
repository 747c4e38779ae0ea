"""What a reader of a typeset page sees: reasons that say what was done, rows and pages that end where a person would end them."""

import re

import pytest
from sympy import IndexedBase, Max, Sum, symbols

import gdsym as gd
from examples.document import PREAMBLE
from gdsym.changes import different
from gdsym.written.nodes import Add, Num

w, b = symbols("w b")
i, m = symbols("i m", integer=True, positive=True)
x, y = IndexedBase("x"), IndexedBase("y")
HINGE = gd.Cost(Sum(Max(0, 1 - y[i] * (w * x[i] + b)), (i, 1, m)) / m, [w, b])
LOG_LOSS = "-1/m*Sum(y[i]*log(1/(1 + exp(-w*x[i]))) + (1 - y[i])*log(1 - 1/(1 + exp(-w*x[i]))), (i, 1, m))"


@pytest.mark.parametrize(
    ("formula", "by", "said"),
    [
        ("x/sqrt(1 + x**2)", "x", "simplify: (√(1 + x²))² = 1 + x²"),
        ("(y - 3)**2 + 2*(x + 1)", "x", "simplify: 0 is left out"),
        (LOG_LOSS, "w", "simplify: xᵢ is a common factor, the rest is multiplied out"),
        ("Sum((x[i] - x[j])**2, (i, 1, n), (j, 1, n))", "x[k]", "simplify: sums over the same range are put together"),
        ("x*exp(-x**2/2)", "x", "simplify: x exp(-x²/2) · (-1/2 · 2x) = -x² exp(-x²/2)"),
    ],
)  # fmt: skip
def test_reasons_say_what_was_done(formula: str, by: str, said: str) -> None:
    assert said in " ".join(gd.derive(formula, by).text().split())


def test_a_change_that_no_smaller_part_shows_is_the_whole() -> None:
    before, after = Add(Num(0), Num(2)), Num(2)
    assert different(before, after, lambda part: after if part == before else part) == ((before, after),)


def test_lines_of_one_reason_are_nearer_than_those_of_two() -> None:
    stacked = re.findall(r"&& \\begin\{aligned\}.*", gd.derive("sin(x)**2*cos(3*x)", "x").latex(text_width=455))
    assert stacked and all(r" \\[-4pt] &" in row and r" \\ &" not in row for row in stacked)


def test_an_equation_in_a_reason_is_broken_before_its_sign() -> None:
    tex = gd.derive("sin(x)**2*cos(3*x)", "x").latex(text_width=455)
    assert r"(-\sin(3x)\cdot 3)} \\[-4pt] &{={-3\sin^{2}(x)\sin(3x)}}" in tex
    assert not re.search(r"=\}? \\\\", tex)
    tex = gd.derive("log(1 + (w - 2)**2 + 3*(b + 1)**2)", "w").latex(text_width=455)
    assert r"{u=1+(w-2)^{2}} \\[-4pt] &{+3\,(b+1)^{2}" in tex  # no row is a mere u


def test_no_page_ends_between_the_last_line_and_the_note(tmp_path) -> None:  # type: ignore[no-untyped-def]
    r"""Amsmath puts the penalty of `\allowdisplaybreaks` behind the last row, too."""
    document = HINGE.partial(w).save(tmp_path / "hinge.tex").read_text()
    assert "allowdisplaybreaks" not in document + PREAMBLE
    rows = document.split(r"\begin{align*}")[-1].split(r"\end{align*}")[0].strip().splitlines()
    ends = [row for row in rows if row.startswith("&=")]
    assert r"\displaybreak[0] \\" in document and not ends[-1].endswith("]") and ends[-2].endswith(r"\\*")
    assert "${m=1, 2, 3, 4, 5}$" in document  # in one row


def test_half_of_what_is_still_derived_is_no_tiny_fraction() -> None:
    tex = HINGE.partial(w).latex()
    assert r"\frac{1}{2}\cdot\left(0+\frac{\partial}{\partial w}" in tex and r"\frac{0+" not in tex
