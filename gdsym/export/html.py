"""A derivation as HTML with MathML: no script, no network; nested steps fold away in `<details>`."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache
from html import escape

from gdsym.errors import GdsymError
from gdsym.export.breaking import broken
from gdsym.export.evidence import checked
from gdsym.export.heads import latex_head, latex_step_head, text_head
from gdsym.export.page import Page
from gdsym.export.reasons import as_latex, definition, reason_of
from gdsym.export.spread import spread
from gdsym.export.width import width
from gdsym.step import Reason, Step
from gdsym.writing.latex import latex
from gdsym.writing.names import latex_name
from gdsym.written.nodes import Node

STYLE = """
:root { color-scheme: light dark; }
body { max-width: 72rem; margin: 2rem auto; padding: 0 1rem; color: #222; background: #fff; }
body { font: 1rem/1.5 Georgia, "DejaVu Serif", serif; }
math { font-family: "Latin Modern Math", "STIX Two Math", "Cambria Math", "DejaVu Math TeX Gyre", math, serif; }
.gdsym td math, .gdsym .sub math, .gdsym > p math { display: inline math; }
.gdsym { overflow-x: auto; --page: #fff; --shade: rgba(0, 0, 0, .3); }
.gdsym > p { overflow-x: auto; overflow-y: hidden; }
.gdsym .formula > div + div { margin-top: .4rem; }
.gdsym table { border-collapse: collapse; }
.gdsym td { padding: .35rem .3rem; vertical-align: baseline; }
.gdsym .reason { padding-left: 2rem; color: #444; max-width: 26rem; }
.gdsym .beneath { max-width: none; margin-top: .4rem; }
.gdsym td.reason { min-width: 13rem; }
.gdsym .reason > details { contain: inline-size; }
.gdsym .reason > details > .sub { overflow-x: auto; overflow-y: hidden; }
.gdsym details { margin-top: .2rem; font-size: .92em; }
.gdsym summary { cursor: pointer; color: #246; }
.gdsym .sub { border-left: 2px solid #ccd; padding-left: .8rem; margin: .3rem 0; }
.gdsym .note, .gdsym .checked { color: #444; }
.gdsym .checked { font-style: italic; }
.gdsym details details { font-size: 1em; }
@media screen and (prefers-color-scheme: dark) {
  body { color: #ddd; background: #191919; }
  .gdsym .reason, .gdsym .note, .gdsym .checked { color: #b4b4b4; }
  .gdsym { --page: #191919; --shade: rgba(255, 255, 255, .35); }
  .gdsym summary { color: #9cf; }
  .gdsym .sub { border-color: #556; }
}
@media print, (max-width: 44rem) {
  .gdsym table, .gdsym tbody, .gdsym tr, .gdsym td { display: block; }
  .gdsym td { padding: .1rem 0; }
  .gdsym td.reason, .gdsym .beneath { max-width: none; padding: 0 0 .5rem 1.5rem; margin: 0; }
}
@media screen {
  .gdsym { --edge: linear-gradient(var(--page), var(--page)) right / .8rem 100% no-repeat local,
    linear-gradient(to left, var(--shade), transparent) right / .6rem 100% no-repeat scroll; }
  .gdsym .reason > details > .sub, .gdsym > p { background: var(--edge); }
}
@media screen and (max-width: 44rem) {
  .gdsym .formula, .gdsym .reason { overflow-x: auto; overflow-y: hidden; background: var(--edge); }
  .gdsym .formula > div { width: max-content; padding-right: .6rem; }
}
@media print {
  :root { color-scheme: light; }
  body { max-width: none; margin: 0; padding: 0; font-size: 10pt; }
  .gdsym, .gdsym .reason > details > .sub, .gdsym > p { overflow: visible; }
  .gdsym .formula { break-inside: avoid; break-after: avoid; }
  .gdsym details:not([open]) { display: none; }
}
"""

WIDE = 330.0  # points: a formula that leaves no room for its reason at the right
WIDE_HEAD = 90.0  # points: a left side that stands above its lines
ROOM = 445.0  # points of a 10 pt letter: a line of a screen of 800 pixels

RAISED_PRIME = re.compile(r"<msup>(<m[io][^>]*>[^<]*</m[io]>)<mo>([′″‴⁗])</mo></msup>")


class Convert:
    """LaTeX to MathML; a step stands in its line and in the details of all lines around it, and is written once."""

    def __init__(self, mathml: Callable[[str, bool], str]) -> None:
        self._mathml = cache(mathml)
        self._steps: dict[int, str] = {}  # by the identity of steps, which live as long as their page

    def __call__(self, tex: str, block: bool) -> str:
        return self._mathml(tex, block)

    def once(self, step: Step, write: Callable[[Step], str]) -> str:
        """What `write` makes of the step."""
        if id(step) not in self._steps:
            self._steps[id(step)] = write(step)
        return self._steps[id(step)]


def document(pages: Page | Sequence[Page], *, title: str = "", below: Sequence[str] = ()) -> str:
    """A whole page that stands alone. `below` are sections under the derivations."""
    pages = [pages] if isinstance(pages, Page) else list(pages)
    heading = title or ", ".join(text_head(page) for page in pages)
    parts = [
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{escape(heading)}</title>\n<style>{STYLE}</style>\n</head>\n<body>",
        *(f"<h1>{escape(title)}</h1>" for _ in range(bool(title))),
        *(body(page) for page in pages),
        *below,
        "</body>\n</html>\n",
    ]
    return "\n".join(parts)


def body(page: Page) -> str:
    """One `<section>`: what is derived, a table with a row a step, the notes."""
    math = _converter()
    notes = [f'<p class="note">{_words(note, page, math)}</p>' for note in page.notes]
    return "\n".join(
        [
            '<section class="gdsym">',
            _opening(page, math),
            "<table>",
            *_rows(page, math),
            "</table>",
            *notes,
            f'<p class="checked">{escape(checked(page))}</p>',
            "</section>",
        ]
    )


def remark(reason: Reason, page: Page) -> str:
    """A sentence of its own, in the style of the notes."""
    return f'<section class="gdsym"><p class="note">{_words(reason, page, _converter())}</p></section>'


def _opening(page: Page, math: Convert) -> str:
    if page.name is None:
        return ""
    args = ", ".join(latex(a) for a in page.args)
    left = latex_name(page.name) + (f"({args})" if args else "")
    return f"<p>{math(f'{left} = {latex(page.expr, partial=page.partial)}', True)}</p>"


def _rows(page: Page, math: Convert) -> list[str]:
    """The definition, then a row a step; reasons beneath the formulas if one of those is wide."""
    beneath = any(width(latex(step.line)) > WIDE for step in page.steps)
    head = math(latex_head(page), True)
    rows = []
    if width(latex_head(page)) > WIDE_HEAD:
        rows, head = [f'<tr><td colspan="3"><div class="formula">{head}</div></td></tr>'], ""
    if page.name is not None or not page.steps:
        rows.append(_row(head, _formula(page.start, page, math), _words(definition(page), page, math), beneath))
    for step in page.steps:
        reason = _words(reason_of(step), page, math) + _details(step, page, math)
        own = latex_step_head(step, page)
        left = math(own, True) if own else "" if rows else head
        rows.append(_row(left, _formula(step.line, page, math), reason, beneath))
    return rows


def _formula(node: Node, page: Page, math: Convert) -> str:
    """`= ...`, broken into as many lines as a screen needs."""
    first, *rest = broken(latex(spread(node, ROOM), partial=page.partial), ROOM)
    lines = [math(f"{{}}= {first}", True), *(math(rf"\qquad{{}} {line}", True) for line in rest)]
    return f'<div class="formula">{"".join(f"<div>{line}</div>" for line in lines)}</div>'


def _row(head: str, formula: str, reason: str, beneath: bool) -> str:
    if beneath:
        return f'<tr><td>{head}</td><td>{formula}<div class="reason beneath">{reason}</div></td></tr>'
    return f'<tr><td>{head}</td><td>{formula}</td><td class="reason">{reason}</td></tr>'


def _details(step: Step, page: Page, math: Convert, deep: bool = False) -> str:
    """What the step left pending, derived, folded away; in a deeply nested formula one level of it, the next lines have the others."""
    if not step.substeps or (deep and page.inner):
        return ""
    inner = "".join(math.once(sub, lambda sub: _substep(sub, page, math)) for sub in step.substeps)
    return f"<details><summary>in detail</summary>{inner}</details>"


def _substep(step: Step, page: Page, math: Convert) -> str:
    left, right = latex(step.lhs, partial=page.partial), latex(step.rhs, partial=page.partial)
    whole = f"{left} = {right}"
    shown = math(whole, True) if width(whole) <= ROOM else math(left, True) + _formula(step.rhs, page, math)
    reason = _words(reason_of(step), page, math)
    return f'<div class="sub">{shown}<div>{reason}</div>{_details(step, page, math, deep=True)}</div>'


def _words(reason: Reason, page: Page, math: Convert) -> str:
    return "".join(escape(p) if isinstance(p, str) else math("".join(as_latex((p,), page, 1e9)), False) for p in reason)


def _plain_primes(mathml: str) -> str:
    """Primes of single signs beside them: the glyph stands high by itself, and raised once more it would touch the line above."""
    return RAISED_PRIME.sub(r'<mrow>\1<mo lspace="0" rspace="0">\2</mo></mrow>', mathml)


def _converter() -> Convert:
    """LaTeX -> MathML Core by the package `math-core`."""
    try:
        from math_core import LatexError, LatexToMathML
    except ImportError:
        raise GdsymError(
            "HTML needs the package math-core, which is not installed: pip install 'gdsym[examples]'. "
            "Without it .latex(), .markdown() and .text() work."
        ) from None
    machine = LatexToMathML()

    def convert(tex: str, block: bool) -> str:
        try:
            return _plain_primes(str(machine.convert_with_local_state(tex, displaystyle=block)))
        except LatexError as error:
            raise GdsymError(f"MathML could not be made of {tex[:300]!r}: {str(error)[:120]}.") from None

    return Convert(convert)
