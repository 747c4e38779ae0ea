"""What is printed is accepted by KaTeX (strict), by a converter to MathML and by pdflatex, and fits its page."""

import pytest
from latex_tools import katex_refuses, math_core_refuses, pdflatex_complains
from sample_pages import hostile, line_fit, lines, many_terms, power
from sample_trees import trees
from test_writing_latex import GOOD
from test_writing_names import GOOD as GOOD_NAMES
from test_writing_names import HOSTILE

import gdsym as gd
from gdsym.export import latex as export
from gdsym.writing.latex import latex
from gdsym.writing.names import latex_name

HEAD = r"\documentclass{article}\usepackage{amsmath,amssymb}\begin{document}" + "\n"
PAGES = [line_fit(), power(), hostile(), many_terms(), lines(trees(30, 5), None), lines(trees(40, 5, 500))]


@pytest.fixture(scope="module")
def strings() -> list[str]:
    names = [row[0] for row in GOOD_NAMES] + HOSTILE
    formulas = [latex(node) for node in [row[0] for row in GOOD] + trees(300)]
    small = [latex(row[0], small=True, partial=False) for row in GOOD]
    pages = [export.body(page, text_width=width) for page in PAGES for width in (455.0, 345.0)]
    return [*map(latex_name, names), *(latex_name(name, ["i", "10"]) for name in names), *formulas, *small, *pages]


def test_katex_takes_all(strings):
    assert katex_refuses(strings) == []


def test_math_core_takes_all(strings):
    assert math_core_refuses(strings) == []


@pytest.mark.parametrize("page", PAGES)
def test_pdflatex_takes_a_page_and_nothing_is_too_wide(page, tmp_path):
    assert pdflatex_complains(export.document(page), tmp_path) == []


def test_pdflatex_takes_all_formulas_in_one_document(strings, tmp_path):
    assert (
        pdflatex_complains(export.document([*PAGES[:2], *PAGES[3:4]], title="All of it: 100% & more_"), tmp_path) == []
    )
    blocks = "\n".join(rf"\begin{{gather*}} {tex} \end{{gather*}}" for tex in strings)
    complaints = pdflatex_complains(HEAD + blocks + r"\end{document}", tmp_path)
    assert [c for c in complaints if not c.startswith("too large")] == []


@pytest.mark.parametrize("page", [line_fit(), power(), many_terms(16)])
def test_a_body_fits_an_article(page, tmp_path):
    """In a plain article of 345 pt the block needs no more than the text width."""
    document = rf"{HEAD} \[ {export.body(page, text_width=345.0)} \] \end{{document}}"
    complaints = pdflatex_complains(document, tmp_path)
    assert complaints == []


def test_a_body_fits_a_column_of_two(tmp_path):
    costs = [
        "Sum((Sum(W[j]*X[i, j], (j, 1, n)) - y[i])**2, (i, 1, m))/(2*m)",
        "Sum(log(1 + exp(-y[i]*X[i, 1]*W[1])), (i, 1, m))/m",
    ]
    blocks = [gd.derive(cost, "W").latex(text_width=246) for cost in costs]
    sheet = r"\setlength{\textheight}{1500pt}\setlength{\textwidth}{246pt}\begin{document}"
    document = HEAD.replace(r"\begin{document}", sheet) + "".join(rf"\[ {block} \]" for block in blocks)
    assert sheet in document and pdflatex_complains(document + r"\end{document}", tmp_path) == []


@pytest.mark.parametrize("width", [10, "246", True, float("nan"), float("inf"), None])
def test_the_width_of_a_line_is_a_number_of_points(width):
    with pytest.raises(gd.GdsymTypeError, match="give the points of a line, 150 or more"):
        gd.derive("x**2", "x").latex(text_width=width)


def test_the_strict_readers_do_refuse(tmp_path):
    broken = [r"\frac{1}{", r"\foo", r"x_{1}_{2}"]
    assert len(math_core_refuses(broken)) == 3
    assert len(katex_refuses(broken)) == 3


def test_pdflatex_check_does_refuse(tmp_path):
    wide = r"\documentclass{article}\begin{document}\noindent\hbox to 500pt{x}\foo\end{document}"
    complaints = pdflatex_complains(wide, tmp_path)
    assert any(c.startswith("!") for c in complaints)
    assert any(c.startswith("too large") for c in complaints)
