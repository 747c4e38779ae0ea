"""Rows of a narrow column: case distinctions are stacked, sums go into the next row, denominators stay whole in text."""

from __future__ import annotations

import re
from typing import Any

import pytest
from latex_reader import read
from latex_tools import katex_refuses, math_core_refuses, pdflatex_complains
from sympy import Abs, IndexedBase, Max, Piecewise, Sum, exp, log, sqrt, symbols

import gdsym as gd
from gdsym.export.breaking import broken
from gdsym.export.width import width
from gdsym.writing.latex import latex
from gdsym.written.nodes import Base, Sym, walk

i, j, m, n, K = symbols("i j m n K", integer=True, positive=True)
w, b, c = symbols("w b c")
x, y, v, W, X = map(IndexedBase, "xyvWX")
MEAN = Sum(x[j], (j, 1, n)) / n
SCORE = Sum(v[j] * X[i, j], (j, 1, n))
ERROR = w * x[i] + b - y[i]
COSTS: list[tuple[Any, Any]] = [
    (Sum(Max(0, 1 - y[i] * SCORE), (i, 1, m)) / m + Sum(v[j] ** 2, (j, 1, n)), v),
    (Sum(Piecewise((ERROR**2 / 2, Abs(ERROR) <= c), (c * Abs(ERROR) - c**2 / 2, True)), (i, 1, m)) / m, w),
    (Sum((1 - v[i]) ** 2 + 100 * (v[i + 1] - v[i] ** 2) ** 2, (i, 1, n - 1)), v),
    (Max(w * b, w**2, c), w),
    (Sum(log(Sum(exp(Sum(W[K, j] * X[i, j], (j, 1, n))), (K, 1, 3))), (i, 1, m)) / m, W),
    (Sum((x[i] - MEAN) * y[i], (i, 1, n)) / sqrt(Sum((x[i] - MEAN) ** 2, (i, 1, n))), x),
]
SHEET = (
    r"\documentclass[10pt]{article}\usepackage{amsmath,amssymb}\setlength{\textwidth}{246pt}\setlength{\textheight}{9000pt}"
    r"\setlength{\pdfpageheight}{9200pt}\parindent0pt\begin{document}"
)


@pytest.fixture(scope="module")
def derived() -> list[gd.Derivation]:
    return [gd.derive(expr, wrt) for expr, wrt in COSTS]


def joined(rows: list[str]) -> str:
    """The rows as one formula again."""
    whole = (
        "".join(rows)
        .replace(r" \\ \quad{}\text{if", r" & \text{if")
        .replace(r" \\ \quad{}\text{otherwise", r" & \text{otherwise")
        .replace(r"\quad{}\text{if", r" & \text{if")
        .replace(r"\quad{}\text{otherwise", r" & \text{otherwise")
    )
    whole = whole.replace(r" \\ \quad{}\text{and }", r"\text{ and }").replace(r" \\ \quad{}", "")
    return re.sub(r"\\bigg?([lr])", lambda side: r"\left" if side[1] == "l" else r"\right", whole)


def test_what_is_broken_reads_as_the_whole(derived: list[gd.Derivation]) -> None:
    stacked = 0
    for d in derived:
        for step in d.steps:
            tex = latex(step.line, partial=True)
            rows = broken(tex, 180.0)
            stacked += r"\\ \quad{}" in "".join(rows)
            names = {text: s.to_sympy() for s in walk(step.line) if isinstance(s, (Sym, Base)) for text in [latex(s)]}
            assert read(joined(rows), names) == read(tex, names)
    assert stacked > 20


def test_what_is_broken_is_narrower(derived: list[gd.Derivation]) -> None:
    for d in derived:
        for step in d.steps:
            tex = latex(step.line, partial=True)
            assert max(map(width, broken(tex, 180.0))) <= max(width(tex), 180.0)
    row = (
        r"\sum_{i=1}^{m}\left(\begin{cases}a+b & \text{if }a<b\text{ and }b<c \\ c & \text{otherwise}\end{cases}\right)"
    )
    assert broken(row, width(row)) == [row]
    stacked = r"a+b \\ \quad{}\text{if }a<b \\ \quad{}\text{and }b<c \\ c\quad{}\text{otherwise}"
    (narrow,) = broken(row, 0.9 * width(row))
    assert narrow == rf"\sum_{{i=1}}^{{m}}\left(\begin{{cases}}{stacked}\end{{cases}}\right)"


def test_a_sum_behind_a_factor_may_begin_a_row_but_not_the_one_in_a_sum() -> None:
    rows = broken(r"a\sum_{i=1}^{m}\sum_{j=1}^{n}x_{ij}\sum_{k=1}^{n}x_{ik}", 50.0)
    assert rows == [r"a\sum_{i=1}^{m}\sum_{j=1}^{n}x_{ij}", r"\cdot \sum_{k=1}^{n}x_{ik}"]
    rows = broken(r"a\sum_{i=1}^{m}\sum_{j=1}^{n}x_{ij}\sum_{k=1}^{n}x_{ik}", 40.0)
    assert rows == [r"a", r"\cdot \sum_{i=1}^{m}\sum_{j=1}^{n}x_{ij}", r"\cdot \sum_{k=1}^{n}x_{ik}"]


@pytest.mark.slow
def test_blocks_fit_a_column_of_two(derived: list[gd.Derivation], tmp_path: Any) -> None:
    blocks = [d.latex(text_width=246) for d in derived]
    assert katex_refuses(blocks) == [] and math_core_refuses(blocks) == []
    body = "".join(rf"$\displaystyle {block}$\par " for block in blocks)
    assert pdflatex_complains(SHEET + body + r"\end{document}", tmp_path) == []


def test_no_line_of_text_ends_in_a_denominator(derived: list[gd.Derivation]) -> None:
    lines = derived[-1].text().splitlines()
    inside = [line for line in lines if re.search(r"/\([^()]*(\([^()]*\)[^()]*)*$", line)]
    assert len(lines) > 40 and inside == []


@pytest.mark.slow
def test_cases_are_stacked_only_where_that_is_lower(tmp_path: Any) -> None:
    """A maximum of four has fifteen rows: they fit a page if the reason stands beneath."""
    document = gd.derive(Max(w * x[1], w**2, x[3] - w, c), w).save(tmp_path / "four.tex").read_text()
    assert r"\quad{}\text{if" not in document
    assert pdflatex_complains(document, tmp_path) == []
