"""Derivations as LaTeX, text, Markdown, HTML and JSON."""

import json
import os
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
import sympy
from sample_pages import hostile, i, line_fit, lines, m, many_terms, power, r, step, w, x
from sample_trees import trees

import gdsym as gd
from gdsym import export
from gdsym.errors import GdsymError
from gdsym.export.breaking import broken
from gdsym.export.columns import columns
from gdsym.export.evidence import checked
from gdsym.export.heads import latex_head, text_head
from gdsym.export.saving import written_whole
from gdsym.export.width import width
from gdsym.verify import Evidence
from gdsym.written import nodes as n

LINE_FIT = r"""\begin{aligned}
\frac{\partial J}{\partial w}
&= \frac{\partial}{\partial w}\left[\frac{1}{2m}\sum_{i=1}^{m}(w x_{i}+b-y_{i})^{2}\right] && \text{definition of }J \\
&= \frac{1}{2m}\,\frac{\partial}{\partial w}\left[\sum_{i=1}^{m}(w x_{i}+b-y_{i})^{2}\right] && \text{constant multiple rule: }\tfrac{1}{2m}\text{ does not depend on }w \\
&= \frac{1}{2m}\sum_{i=1}^{m}\frac{\partial}{\partial w}\left[(w x_{i}+b-y_{i})^{2}\right] && \text{sum over an index: term by term} \\
&= \frac{1}{2m}\sum_{i=1}^{m}2\,(w x_{i}+b-y_{i})\cdot\frac{\partial}{\partial w}\left[w x_{i}+b-y_{i}\right] && \text{chain rule with }u=w x_{i}+b-y_{i}\text{, }\tfrac{d}{du}\left[u^{2}\right]=2u \\
&= \frac{1}{2m}\sum_{i=1}^{m}2\,(w x_{i}+b-y_{i})\cdot\left(\frac{\partial}{\partial w}\left[w x_{i}\right]+0-0\right) && \text{sum rule: }b\text{ and }y_{i}\text{ are held constant} \\
&= \frac{1}{2m}\sum_{i=1}^{m}2\,(w x_{i}+b-y_{i})\,x_{i} && \text{constant multiple rule} \\
&= \frac{1}{m}\sum_{i=1}^{m}(w x_{i}+b-y_{i})\,x_{i} && \text{simplify: the 2 cancels the 1/2}
\end{aligned}"""

IN_A_TERMINAL = """\
∂J/∂w for J(w, b) = 1/(2m) Σᵢ₌₁ᵐ (w xᵢ + b - yᵢ)²

  ∂J/∂w = ∂/∂w [1/(2m) Σᵢ (w xᵢ + b - yᵢ)²]
        = 1/(2m) ∂/∂w [Σᵢ (w xᵢ + b - yᵢ)²]   constant multiple rule: 1/(2m) does not depend on w
        = 1/(2m) Σᵢ ∂/∂w [(w xᵢ + b - yᵢ)²]   sum over an index: term by term
        = 1/(2m) Σᵢ 2 (w xᵢ + b - yᵢ) · ∂/∂w [w xᵢ + b - yᵢ]
                                              chain rule with u = w xᵢ + b - yᵢ, d/du [u²] = 2u
        = 1/(2m) Σᵢ 2 (w xᵢ + b - yᵢ) (∂/∂w [w xᵢ] + 0 - 0)   sum rule: b and yᵢ are held constant
        = 1/(2m) Σᵢ 2 (w xᵢ + b - yᵢ) xᵢ      constant multiple rule
        = 1/m Σᵢ (w xᵢ + b - yᵢ) xᵢ           simplify: the 2 cancels the 1/2

  6 lines, each checked (ball arithmetic, 128 bits; sums at m = 1, 2, 3, 5)"""


def test_latex_of_the_line_fit():
    assert export.latex.body(line_fit(), text_width=640.0) == LINE_FIT


def test_text_of_the_line_fit():
    assert export.text.body(line_fit()) == IN_A_TERMINAL


def test_ascii_is_ascii():
    shown = export.text.body(line_fit(), ascii=True)
    assert shown.isascii()
    assert "= 1/m*Sum((w*x[i] + b - y[i])*x[i], (i, 1, m))" in shown
    assert export.text.body(hostile(), ascii=True).isascii()


def test_a_page_without_a_name_starts_with_the_pending_derivative():
    assert export.text.body(power()).splitlines()[0] == "  d/dx [3 x⁵] = 3 · d/dx [x⁵]   constant multiple rule"
    assert "\\frac{d}{dx}\\left[3\\,x^{5}\\right]\n&= 3\\cdot\\frac{d}{dx}" in export.latex.body(power())


def test_a_page_without_steps():
    bare = replace(power(), steps=(), notes=())
    assert export.text.body(bare) == "  d/dx [3 x⁵]\n\n  nothing to derive"
    assert r"\left[3\,x^{5}\right]" in export.latex.body(bare)


@pytest.mark.parametrize("page", [many_terms(), lines(trees(20, 5), None), line_fit()])
def test_text_keeps_its_width(page):
    assert max(map(columns, export.text.body(page, width=100).splitlines())) <= 103


def test_notes_are_rows_of_the_block():
    assert export.latex.body(power()).splitlines()[-2] == r"&\text{a note with }x=0\text{ in it}"
    assert "  a note with x = 0 in it" in export.text.body(power()).splitlines()


def test_heads():
    page = line_fit()
    twice = replace(page, wrt=(w, w))
    mixed = replace(page, wrt=(w, x))
    entry = replace(page, wrt=(n.Indexed(n.Base(sympy.IndexedBase("w")), i),))
    assert latex_head(twice) == r"\frac{\partial^{2} J}{\partial w^{2}}"
    assert latex_head(mixed) == r"\frac{\partial^{2} J}{\partial x\,\partial w}"
    assert latex_head(entry) == r"\frac{\partial J}{\partial w_{i}}"
    assert latex_head(replace(page, partial=False)) == r"\frac{dJ}{dw}"
    assert [text_head(p) for p in (twice, mixed, entry)] == ["∂²J/∂w²", "∂²J/∂x∂w", "∂J/∂wᵢ"]
    assert text_head(twice, plain=True) == "d^2J/dw^2"


def test_gradient_as_a_column():
    column = export.latex.column("J", [line_fit(), replace(line_fit(), steps=line_fit().steps[:1])])
    assert column.startswith(
        r"\nabla J = \begin{bmatrix}\frac{\partial J}{\partial w} \\ \frac{\partial J}{\partial w}\end{bmatrix} = "
    )
    assert column.count("bmatrix") == 4


def test_what_was_checked_is_counted_from_the_evidence():
    page = line_fit()
    unsure = step("chain rule", w, check=Evidence("unknown", "ball arithmetic"))
    exact = step("sum rule", w, check=Evidence("proved", "identical"))
    assert checked(page) == "6 lines, each checked (ball arithmetic, 128 bits; sums at m = 1, 2, 3, 5)"
    assert checked(replace(page, steps=(exact,), sizes="")) == "1 line, checked (proved; identical)"
    both = replace(page, steps=(*page.steps[:1], exact), sizes="")
    assert checked(both) == "2 lines, each checked (1 proved; ball arithmetic, 128 bits; identical)"
    assert (
        checked(replace(page, steps=(exact, unsure, unsure), sizes=""))
        == "3 lines, 1 checked (1 proved; identical); not checked: lines 2, 3"
    )


def test_rows_are_broken_at_shallow_signs_and_brackets_keep_their_size():
    terms = "+".join(rf"a_{{{k}}}x^{{{k}}}" for k in range(10, 40))
    rows = broken(rf"\frac{{d}}{{dx}}\left[{terms}\right]", 300.0)
    assert len(rows) > 1
    assert all(row.startswith("+") for row in rows[1:])
    assert rows[0].startswith(r"\frac{d}{dx}\bigl[a")
    assert rows[-1].endswith(r"\bigr]")
    assert (
        "".join(rows).replace(r"\bigl", r"\left").replace(r"\bigr", r"\right")
        == rf"\frac{{d}}{{dx}}\left[{terms}\right]"
    )
    assert all(width(row) <= 300 for row in rows)


def test_a_broken_product_shows_its_dot():
    factors = r"\,".join(f"(a_{{{k}}}+b_{{{k}}})" for k in range(12))
    rows = broken(factors, 200.0)
    assert len(rows) > 1
    assert all(row.startswith(r"\cdot ") for row in rows[1:])


@pytest.mark.parametrize(
    ("tex", "points"),
    [
        ("x_{i}", 9.04),
        ("a+b", 21.8),
        ("a=b", 22.9),
        (r"\sum_{i=1}^{m}", 14.44),
        (r"\frac{a}{a}", 7.7),
        (r"\text{sum rule}", 41.3),
    ],
)
def test_widths_are_close_to_those_of_tex(tex, points):
    assert width(tex) == pytest.approx(points, rel=0.15)


def test_markdown_is_safe_from_commonmark():
    for page in (line_fit(), power(), hostile(), many_terms()):
        shown = export.markdown.body(page)
        blocks = re.findall(r"^\$\$\n(.*?)\n\$\$$", shown, re.M | re.S)
        assert len(blocks) == len(page.steps) + 1
        assert all("\n" not in block and not block.startswith(("=", "+", "-", "#")) for block in blocks)
        assert all("\\\\" not in block for block in blocks)
    assert "$$\n{} = 15\\,x^{4}\n$$" in export.markdown.body(power())
    assert r"100% of \<b\>it\</b\> \# done\_" in export.markdown.body(power())
    assert "\n# heading" not in export.markdown.document(hostile())


class Tags(HTMLParser):
    """Every tag must be closed, and only tags that we use may occur."""

    VOID = ("meta", "br")

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()

    def handle_starttag(self, tag, attrs):
        self.seen.add(tag)
        assert not [name for name, value in attrs if name.startswith("on") or "http" in (value or "")]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.seen.add(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.mark.parametrize("page", [line_fit(), power(), hostile(), many_terms()])
def test_html_is_well_formed_and_has_no_script(page):
    shown = export.html.document(page, title="<a & b>")
    tags = Tags()
    tags.feed(shown)
    assert tags.open == []
    assert "math" in tags.seen
    assert not tags.seen & {"script", "img", "link", "iframe", "a"}
    assert "<title>&lt;a &amp; b&gt;</title>" in shown
    assert "http" not in shown


def test_html_folds_substeps_away():
    assert export.html.body(line_fit()).count("<details>") == 1


def test_html_without_math_core_names_the_extra(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "math_core", None)
    with pytest.raises(GdsymError, match=r"gdsym\[examples\]"):
        export.html.body(power())


def test_dict_has_everything_and_is_json():
    found = json.loads(json.dumps(export.json.to_dict(line_fit())))
    assert (found["head"], found["name"], found["args"], found["wrt"]) == ("dJ/dw", "J", ["w", "b"], ["w"])
    assert [s["rule"] for s in found["steps"]][2:4] == ["chain rule", "sum rule"]
    third, fourth, last = found["steps"][2], found["steps"][3], found["steps"][-1]
    assert third["where"] == {"u": {"text": "w xᵢ + b - yᵢ", "latex": "w x_{i}+b-y_{i}", "ascii": "w*x[i] + b - y[i]"}}
    assert fourth["substeps"][0]["rule"] == "constant multiple rule"
    assert last["line"]["ascii"] == "1/m*Sum((w*x[i] + b - y[i])*x[i], (i, 1, m))"
    assert last["detail"] == "the 2 cancels the 1/2"
    assert last["given"] == "True"
    assert last["check"] == {
        "verdict": "agreed",
        "kind": "ball arithmetic",
        "points": 8,
        "bits": 128,
        "note": "",
        "supported": True,
    }


@pytest.mark.parametrize(
    ("suffix", "start"),
    [
        (".tex", r"\documentclass"),
        (".md", "$$\nJ(w,"),
        (".html", "<!DOCTYPE html>"),
        (".json", "{\n"),
        (".txt", "∂J/∂w for"),
    ],
)
def test_saved_by_suffix(tmp_path, suffix, start):
    path = export.save(line_fit(), tmp_path / f"dJdw{suffix}")
    assert path.read_text(encoding="utf-8").startswith(
        start.replace("J(w,", "J(w, b) = ") if suffix == ".md" else start
    )
    assert os.listdir(tmp_path) == [path.name]


def test_unknown_suffix_and_folder_are_refused(tmp_path):
    with pytest.raises(GdsymError, match=r"\.tex, \.md, \.html, \.json, \.txt"):
        export.save(line_fit(), tmp_path / "dJdw.docx")
    with pytest.raises(GdsymError, match="does not exist"):
        export.save(line_fit(), tmp_path / "nowhere" / "dJdw.tex")


def test_a_failed_write_leaves_the_old_file(tmp_path, monkeypatch):
    path = Path(tmp_path / "a.txt")
    path.write_text("old", encoding="utf-8")
    monkeypatch.setattr(os, "replace", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        written_whole(path, "new")
    assert path.read_text(encoding="utf-8") == "old"
    assert os.listdir(tmp_path) == ["a.txt"]


def test_a_formula_alone():
    assert export.text.formula(n.D(r, w)) == "∂/∂w [w xᵢ + b - yᵢ]"
    assert export.text.formula(n.D(n.Pow(x, n.TWO), x)) == "d/dx [x²]"
    assert export.text.formula(n.Sum(x, i, n.ONE, m)) == "Σᵢ₌₁ᵐ x"


def test_a_substituted_letter_has_the_straight_d():
    """d/du inside a reason, though the page has the round d."""
    body = export.latex.body(line_fit())
    assert r"\tfrac{d}{du}\left[u^{2}\right]" in body
    assert r"\frac{\partial}{\partial w}" in body


def test_nothing_of_a_web_page_is_cut_off_on_narrow_screens_or_on_paper() -> None:
    product = gd.derive(sympy.Mul(*[sympy.Symbol("w") + k for k in range(1, 13)]), "w")
    page = product.html()
    assert '<td colspan="3"><div class="formula">' in page  # a left side that is wide scrolls as the lines do
    style = export.html.STYLE
    assert "@media print" in style and "details:not([open]) { display: none; }" in style
    assert "contain: inline-size" in style  # details that are open do not push the table out of the window
    assert style.count("{") == style.count("}")


def test_a_row_is_not_torn_for_the_sake_of_one_line_less_beside_it() -> None:
    w, b, i, m = sympy.symbols("w b i m")
    x, y = sympy.IndexedBase("x"), sympy.IndexedBase("y")
    cost = gd.Cost(sympy.Sum((w * x[i] + b - y[i]) ** 2, (i, 1, m)) / (2 * m), [w, b])
    assert r"&\qquad{}\cdot" not in cost.hessian()[w, b].latex(text_width=455)


def test_a_wide_equation_in_the_details_stands_in_two_rows() -> None:
    w, k, n, i, m = sympy.symbols("w k n i m")
    a, y = sympy.IndexedBase("a"), sympy.IndexedBase("y")
    share = sympy.exp(w * a[i]) / sympy.Sum(sympy.exp(w * a[k]), (k, 1, n))
    page = gd.derive(sympy.Sum(y[i] * sympy.log(share) ** 2 * sympy.cos(w * a[i]), (i, 1, m)), w).html()
    details = page.split("<details>", 1)[1]
    assert re.search(r'<div class="sub"><math[^>]*>(?:(?!<div).)*</math><div class="formula"><div>', details, re.S)


def test_primes_stand_beside_their_letter_and_are_not_raised_twice() -> None:
    page = gd.derive("f(x)*sin(x)", "x").html()
    assert '<mrow><mi>f</mi><mo lspace="0" rspace="0">′</mo></mrow>' in page
    assert "<msup><mi>f</mi><mo>′</mo></msup>" not in page
