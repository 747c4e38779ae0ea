"""docs/refused.md, row by row: each is refused with the error that it names, in a sentence that fits on a screen."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import sympy as sp

import gdsym as gd

PAGE = Path(__file__).resolve().parent.parent / "docs" / "refused.md"


def nested(depth: int) -> Any:
    inner = sp.Symbol("x")
    for _ in range(depth):
        inner = sp.sin(inner)
    return inner


def names() -> dict[str, Any]:
    space: dict[str, Any] = {}
    exec("from sympy import *", space)
    space |= {name: sp.Symbol(name) for name in "xyabt"} | {"z": sp.Symbol("z", complex=True), "nested": nested}
    space |= {name: sp.Symbol(name, integer=True, positive=True) for name in "ijkn"}
    space |= {name: sp.IndexedBase(name) for name in "wv"} | {"f": sp.Function("f")}
    return {**space, "A": sp.MatrixSymbol("A", space["n"], space["n"])}


ROWS = [
    [cell.strip().strip("`").replace(r"\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
    for line in PAGE.read_text(encoding="utf-8").splitlines()
    if line.startswith("| `")
]
BY = {
    "A.inv()[0, 0]": "A",
    "Trace(A**n)": "A",
    "Trace(KroneckerProduct(A, A))": "A",
    "z**2": "z",
    "w[1] + w[1, 2]": "w",
}


@pytest.mark.parametrize(("written", "error", "why"), ROWS, ids=[row[0] for row in ROWS])
def test_a_row(written: str, error: str, why: str) -> None:
    space = names()
    expr = eval(written, space)
    with pytest.raises(getattr(gd, error)) as caught:
        gd.derive(expr, space[BY.get(written, "x")])
    said = str(caught.value)
    assert isinstance(caught.value, gd.GdsymError) and 20 < len(said) <= 600
    assert why


def test_there_are_rows() -> None:
    assert len(ROWS) > 40


DERIVED_BY = [3, sp.Symbol("x") ** 2, sp.cos(sp.Symbol("x")), None, [sp.Symbol("x")], sp.Integer(2), 2.5]


@pytest.mark.parametrize("by", DERIVED_BY, ids=str)
def test_by_what_is_no_variable(by: Any) -> None:
    with pytest.raises(gd.GdsymTypeError, match="Derivatives are taken by a symbol"):
        gd.derive(sp.Symbol("x") ** 2, by)


def test_by_the_size_of_a_matrix() -> None:
    k = sp.Symbol("k", integer=True, positive=True)
    with pytest.raises(gd.Unsupported, match="size of a matrix"):
        gd.derive(sp.Identity(k), k)


def test_the_last_resort_is_labelled() -> None:
    x, a = sp.symbols("x a")
    d = gd.derive(sp.SingularityFunction(x, a, 2), x)
    assert d.steps[0].rule.name == "SymPy differentiates this"
    assert d.steps[0].check.verdict == "proved"
    with pytest.raises(gd.Unsupported, match="jumps; write the step as Heaviside"):
        gd.derive(sp.SingularityFunction(x, a, -1), x)


@pytest.mark.parametrize("written", ["x/0", "x/(1 - 1)", "x**2/sin(0)", "0*x/0"])
def test_division_by_zero_in_a_text(written: str) -> None:
    with pytest.raises(gd.Unsupported):
        gd.derive(written, "x")


def test_what_sympy_itself_breaks_at() -> None:
    x, n = sp.symbols("x n")
    with pytest.raises(gd.Unsupported):
        gd.derive(sp.SingularityFunction(x, 1, n), x)
