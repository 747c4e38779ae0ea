"""A display for a plain article: a note below the lines is no wider than the page, and moves no reason off it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from latex_tools import pdflatex_complains

import gdsym as gd

NOTED = {
    "Max(x, y)": "x", "Max(0, x)": "x", "Min(x, 1)": "x", "Abs(x - 1)": "x", "floor(x)*x": "x", "A*exp(-E/(R*T))": "T",
    "Piecewise((u**2/2, Abs(u) <= d), (d*(Abs(u) - d/2), True))": "u", "Sum(Max(0, 1 - y[i]*w*x[i]), (i, 1, m))/m": "w",
}  # fmt: skip
SHEET = r"\documentclass{{article}}\usepackage{{amsmath,amssymb}}\setlength{{\textwidth}}{{{}pt}}\allowdisplaybreaks\begin{{document}}"


@pytest.mark.parametrize("width", [345, 246])
def test_notes_fit_on_the_page(width: int, tmp_path: Path) -> None:
    shown = [gd.derive(expr, wrt).latex(environment="align*", text_width=width) for expr, wrt in NOTED.items()]
    assert all(r"\hspace{-" in tex for tex in shown)
    document = SHEET.format(width) + "\n\n".join(shown) + r"\end{document}"
    assert pdflatex_complains(document, tmp_path) == []


@pytest.mark.parametrize(("expr", "wrt"), NOTED.items())
def test_what_a_note_is_said_to_take_is_what_it_takes(expr: str, wrt: str, tmp_path: Path) -> None:
    """Alone in a column as wide as is said, no line of a note is too wide."""
    shown = gd.derive(expr, wrt).latex(environment="align*", text_width=345)
    lines = re.findall(r"^&(.*)\\hspace\{-(\d+)pt\}", shown, re.M)
    boxes = [rf"\noindent\hbox to {int(width) + 6}pt{{$\displaystyle {line}$\hfil}}\par" for line, width in lines]
    assert boxes
    measured = SHEET.format(345) + "".join(boxes) + r"\end{document}"
    assert pdflatex_complains(measured, tmp_path) == []
