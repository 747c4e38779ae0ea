"""Deeply nested formulas: inner parts get names, every output stays short, and the names can be put back."""

import json
from typing import Any

import pytest
import sympy as sp
from sympy import IndexedBase, Sum, exp, log, sin, sqrt, symbols, tanh

import gdsym as gd
from gdsym import arithmetic
from gdsym.export.nests import nested
from gdsym.named import put_in
from gdsym.written.nodes import Fn, Node, distinct, rewrite

a, b, u, w, x = symbols("a b u w x")
i, m = symbols("i m", integer=True, positive=True)
X = IndexedBase("X")


def levels(deeper: Any, count: int, inside: Any = u) -> Any:
    for _ in range(count):
        inside = deeper(inside)
    return inside


DEEPER = {
    "sin": sin,
    "exp": exp,
    "log": lambda t: log(t + 1),
    "square": lambda t: (t + 1) ** 2,
    "affine": lambda t: sin(a * t + x),
    "layers": lambda t: tanh(w * t + b),
    "roots": lambda t: sqrt(1 + t),
    "fractions": lambda t: 1 + 1 / t,
    "products": lambda t: a + u * t,
    "tower": lambda t: u**t,
}


@pytest.mark.parametrize("name", DEEPER)
def test_names_stand_for_what_they_replace(name: str) -> None:
    d = gd.derive(levels(DEEPER[name], 12), w if name == "layers" else u)
    page = nested(d.page())
    assert len(page.inner) >= 8
    assert [put_in(step.line, page.inner) for step in page.steps] == [step.line for step in d.steps]
    assert [put_in(step.lhs, page.inner) for step in page.steps] == [step.lhs for step in d.steps]
    assert [put_in(s.rhs, page.inner) for s in page.steps[0].substeps] == [s.rhs for s in d.steps[0].substeps]


@pytest.mark.parametrize("name", DEEPER)
def test_all_outputs_of_deep_formulas_are_short(name: str) -> None:
    d = gd.derive(levels(DEEPER[name], 20), w if name == "layers" else u)
    assert max(len(d.text()), len(d.markdown()), len(d.latex())) < 150_000
    assert len(d.html()) < 2_500_000 and len(json.dumps(d.to_dict())) < 2_500_000


def test_a_deep_derivation_reads_as_on_paper() -> None:
    lines = gd.derive(levels(DEEPER["affine"], 10), u).text().splitlines()
    assert lines[2] == "     = cos(v₁) · ∂/∂u [v₁]"
    assert lines[3].strip() == "chain rule with v₁ = a sin(v₂) + x, d/dv₁ [sin(v₁)] = cos(v₁)"
    assert "chain rule with z = a u + x, d/dz [sin(z)] = cos(z)" in gd.derive(levels(DEEPER["affine"], 10), u).text()
    assert any("where v₁ = a sin(v₂) + x, v₂ = a sin(v₃) + x" in line for line in lines)
    assert any("v₉ = a sin(a u + x) + x" in line for line in lines)


def test_inner_parts_of_a_sum_carry_its_index() -> None:
    d = gd.Cost(Sum(levels(DEEPER["layers"], 10, X[i]), (i, 1, m)) / m, [w, b]).partial(b)
    assert "∂/∂b [tanh(u₁[i])]" in d.text() and "u₁[i] = w tanh(u₂[i]) + b" in d.text()
    assert r"u_{1,i}=w\tanh u_{2,i}+b" in d.latex()
    page = nested(d.page())
    assert [put_in(step.line, page.inner) for step in page.steps] == [step.line for step in d.steps]


def test_names_avoid_the_letters_of_the_formula() -> None:
    u_1, v_1 = symbols("u_1 v_1")
    inner = nested(gd.derive(levels(sin, 12, u_1 * v_1), u_1).page()).inner
    assert [str(name.to_sympy()) for name in inner][:2] == ["s_1", "s_2"]


def test_eight_levels_are_written_out() -> None:
    d = gd.derive(levels(sin, 9), u)
    assert nested(d.page()).inner == {} and d.to_dict()["inner"] == {}
    assert "∂" not in d.text() and "sin(sin(sin(sin(sin(sin(sin(sin(sin(u)))))))))" in d.text()


def test_the_dict_defines_its_names() -> None:
    whole = gd.derive(levels(sin, 12), u).to_dict()
    assert whole["inner"]["v_1"]["ascii"] == "sin(v_2)"
    assert whole["steps"][0]["rhs"]["ascii"] == "cos(v_1)*d/du [v_1]"
    assert whole["steps"][0]["where"]["v_1"]["ascii"] == "sin(v_2)"
    assert whole["expr"]["ascii"] == "sin(" * 12 + "u" + ")" * 12


def test_what_is_built_of_itself_is_refused_by_its_size() -> None:
    for deeper, count in ((lambda t: t + sin(t), 20), (lambda t: t / (1 + t**2), 20)):
        with pytest.raises(gd.Unsupported, match=r"parts written out .* limit is 300,000"):
            gd.derive(levels(deeper, count), u)
    with pytest.raises(gd.Unsupported, match=r"about \de\+\d\d parts"):
        gd.derive(levels(lambda t: sp.Mul(t, sin(t), evaluate=False), 45), u)


def test_a_formula_that_holds_its_parts_twice_is_taken_apart_once() -> None:
    """What is t sin t, nested: 2^12 parts written out, 25 that differ."""
    formula = levels(lambda t: t * sin(t), 12)
    d = gd.derive(formula, u)
    node = d.node
    assert sum(1 for _ in distinct(node)) == 25
    assert arithmetic.count(Fn, node) == 2**12 - 1 == arithmetic.parts(node)[Fn]
    seen: list[Node] = []

    def noted(part: Node) -> Node:
        seen.append(part)
        return part

    assert rewrite(node, noted) is node
    assert len(seen) < 50
    assert d.check.verdict in ("agreed", "proved")
