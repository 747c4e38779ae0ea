r"""A derivation in LaTeX: an `aligned` block, a row a step, the reasons at the right; or a whole document.

Accepted by pdflatex with amsmath and amssymb, KaTeX, MathJax and LaTeX-to-MathML converters.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from gdsym.export.breaking import broken
from gdsym.export.columns import some
from gdsym.export.evidence import checked
from gdsym.export.heads import latex_head, latex_step_head
from gdsym.export.page import TEXT_WIDTH, Page
from gdsym.export.reasons import as_latex, as_prose, definition, heading, reason_of
from gdsym.export.spread import spread
from gdsym.export.width import width
from gdsym.record import record
from gdsym.step import Reason
from gdsym.writing.latex import latex
from gdsym.writing.names import latex_name
from gdsym.written.nodes import Node

GAP = 38.0  # between formulas and reasons, relation sign included
NARROWEST = 100.0  # of the column of reasons
TRIED = 6  # widths of that column
LONG = 20_000  # characters of all formulas, above which reasons stand beneath without a trial
NARROWEST_FORMULA = 0.3  # of the page: the column of formulas
INDENT = r"\qquad{}"
CLOSE = r" \\[-4pt] "  # the end of a line of a reason: lines of one reason are nearer than those of two
TOGETHER = " \\\\*\n"  # the end of a row after which no page ends
PAGE_MAY_END = (
    " \\displaybreak[0] \\\\\n"  # where `\\allowdisplaybreaks` would also let one end between the last row and the note
)
CASES = (  # rows of fractions need more room than amsmath gives
    r"\makeatletter\def\env@cases{\let\@ifnextchar\new@ifnextchar\left\lbrace\def\arraystretch{1.5}"
    r"\array{@{}l@{\quad}l@{}}}\makeatother"
)


@record
class _Layout:
    """Rows: formula lines and reason lines of every step; `beneath`: reasons in rows of their own; where the head stands."""

    rows: tuple[tuple[list[str], list[str]], ...]
    beneath: bool
    head_above: bool
    room: float  # for the formulas

    @property
    def cost(self) -> float:
        """The height in lines of text, a line of mathematics counted double; broken formulas and sheets too narrow count more."""
        torn = sum(2 * (len(formula) - 1) + max(0, len(reason) - 2) for formula, reason in self.rows)
        tall = [(sum(map(_height, formula)), 1.3 * len(reason)) for formula, reason in self.rows]
        height = sum(above + below if self.beneath else max(above, below) for above, below in tall)
        return height + 0.8 * torn + 2.2 * self.head_above + (10.0 + self.overfull if self.overfull else 0.0)

    @property
    def overfull(self) -> float:
        """By how much the widest formula is too wide."""
        return max([0.0, *(width(line) - self.room for formula, _ in self.rows for line in formula)])


def _height(tex: str) -> float:
    """Of a row of mathematics, in lines of text: two, or one and a half for each row of its case distinctions."""
    return max(2.2, 1.5 * (1 + tex.count(r" \\ ")))


def body(page: Page, *, text_width: float = TEXT_WIDTH) -> str:
    r"""`\begin{aligned} ... \end{aligned}`: the lines of the derivation, and below them, in a block around it, its notes."""
    lines, notes = _aligned(_rows(page, text_width)), _note_rows(page, text_width)
    return _aligned([f"&{lines}", *notes]) if notes else lines


def display(page: Page, *, text_width: float = TEXT_WIDTH) -> str:
    r"""`\begin{align*} ... \end{align*}`: the same rows as a display of its own, in which a page or a column may end after a step."""
    layout = _chosen(page, text_width)
    notes = [
        rf"{row}\hspace{{-{width(row):.0f}pt}}" for row in _note_rows(page, 40 + _beside(page, layout, text_width))
    ]
    rows = TOGETHER.join([_on_pages(_blocks(page, text_width), " \\\\\n"), *notes])
    return f"\\begin{{align*}}\n{rows}\n\\end{{align*}}"


def _beside(page: Page, layout: _Layout, text_width: float) -> float:
    """The room for a note, which starts where the formulas do and takes no width there, so that it moves no reason."""
    heads = [latex_step_head(step, page) for step in page.steps] + [latex_head(page)] * (not layout.head_above)
    left = max(map(width, heads), default=0.0)
    formulas, reasons = (max((width(line) for row in layout.rows for line in row[at]), default=0.0) for at in (0, 1))
    used = left + 20 + (max(formulas, reasons) if layout.beneath else formulas + reasons)
    margin = max(0.0, text_width - used) / (2 if layout.beneath else 3)  # `align*` shares what is left over equally
    return text_width - margin - left - 10


def _aligned(rows: Sequence[str]) -> str:
    return "\\begin{aligned}\n" + " \\\\\n".join(rows) + "\n\\end{aligned}"


def document(pages: Page | Sequence[Page], *, title: str = "", below: Sequence[str] = ()) -> str:
    """A whole LaTeX document; it needs amsmath and amssymb alone. `below` are paragraphs under the derivations."""
    pages = [pages] if isinstance(pages, Page) else list(pages)
    parts = [section(page) for page in pages]
    needed = max([TEXT_WIDTH, *(_needed(page) for page in pages)])
    return "\n".join([_preamble(needed, title), "\n\n\\bigskip\n\n".join([*parts, *below]), r"\end{document}", ""])


def _preamble(text_width: float, title: str) -> str:
    lines = [
        r"\documentclass[10pt]{article}",
        r"\usepackage{amsmath,amssymb}",
        rf"\setlength{{\textwidth}}{{{text_width:.0f}pt}}",
        r"\setlength{\oddsidemargin}{0pt}",
        r"\setlength{\topmargin}{-20pt}",
        r"\setlength{\textheight}{640pt}",
        r"\setlength{\parindent}{0pt}",
        r"\setlength{\parskip}{4pt}",
        r"\setlength{\jot}{5pt}",
        r"\postdisplaypenalty=10000",
        r"\raggedright",
        CASES,
    ]
    if text_width > TEXT_WIDTH:  # a formula that cannot be broken gets a wider sheet
        lines.append(rf"\setlength{{\pdfpagewidth}}{{{text_width + 146:.0f}pt}}")
    lines.append(r"\begin{document}")
    if title:
        lines.append(rf"\section*{{{heading(title)}}}")
    return "\n".join(lines)


def section(page: Page) -> str:
    notes = [as_prose(note, page) for note in page.notes]
    evidence = as_prose((checked(page) + ".",), page)
    return "\n\n".join([_opening(page), in_document(page), *notes, rf"\emph{{{evidence}}}"])


def in_document(page: Page, *, text_width: float = TEXT_WIDTH) -> str:
    r"""The lines as a display of a document that has no `\allowdisplaybreaks`: it says itself where a page may end."""
    return f"\\begin{{align*}}\n{_on_pages(_blocks(page, text_width), PAGE_MAY_END)}\n\\end{{align*}}"


def _on_pages(blocks: Sequence[Sequence[str]], otherwise: str) -> str:
    """No page ends within a step, nor does the first or the last step stand alone; the other steps end with `otherwise`."""
    ends = [TOGETHER if at in (0, len(blocks) - 2) else otherwise for at in range(len(blocks))]
    parts = (TOGETHER.join(block) + end for block, end in zip(blocks, ends, strict=True))
    return "".join(parts).removesuffix(ends[-1]) if blocks else ""


def _opening(page: Page) -> str:
    """`J(w, b) = ...`: what is derived."""
    if page.name is None:
        return ""
    args = ", ".join(latex(a) for a in page.args)
    named = latex_name(page.name) + (f"({args})" if args else "")
    left = (named if width(named) < TEXT_WIDTH / 2 else latex_name(page.name)) + " = "
    lines = broken(latex(spread(page.expr, TEXT_WIDTH), partial=page.partial), TEXT_WIDTH - width(left) - 20)
    if len(lines) == 1:
        return rf"$\displaystyle {left}{lines[0]}$\nopagebreak"
    rows = " \\\\\n".join(_indented([left + lines[0], *lines[1:]]))
    return f"\\begin{{align*}}\n{rows}\n\\end{{align*}}"


def _needed(page: Page) -> float:
    """The text width that the widest unbreakable row asks for."""
    layout = _chosen(page, TEXT_WIDTH)
    return TEXT_WIDTH + max(0.0, layout.overfull + layout.room - _room(page, TEXT_WIDTH, layout.head_above))


def _lines(page: Page) -> Iterator[tuple[Node, Reason]]:
    """The right-hand sides with their reasons."""
    if page.name is not None:
        yield page.start, definition(page)
    for step in page.steps:
        yield step.line, reason_of(step)


def _room(page: Page, text_width: float, head_above: bool) -> float:
    return text_width - GAP - (20.0 if head_above else width(latex_head(page)))


def _chosen(page: Page, text_width: float) -> _Layout:
    """The lowest layout: the head at the left or above, reasons in a column at the right or beneath the formulas."""
    wide = width(latex_head(page))
    heads = [above for above in (False, True) if above == (wide > text_width / 4) or (above and wide > text_width / 9)]
    return min((x for above in heads for x in _layouts(page, text_width, above)), key=lambda x: x.cost)


def _layouts(page: Page, text_width: float, head_above: bool) -> Iterator[_Layout]:
    """Reasons at the right of columns as wide as one of the formulas, then beneath."""
    room = _room(page, text_width, head_above)
    formulas = [
        (latex(spread(node, room, page.partial), partial=page.partial), reason) for node, reason in _lines(page)
    ]
    widths = {width(tex) + 1 for tex, _ in formulas} | {room * share for share in (0.45, 0.55, 0.65)}
    fitting = sorted(size for size in widths if room * NARROWEST_FORMULA < size < room - NARROWEST)
    long = sum(len(tex) for tex, _ in formulas) > LONG
    for column in () if long else some(fitting, TRIED):
        yield _layout(page, formulas, column, room - column, head_above)
    yield _layout(page, formulas, room, room, head_above, beneath=True)


def _layout(
    page: Page,
    formulas: list[tuple[str, Reason]],
    room: float,
    side: float,
    head_above: bool,
    beneath: bool = False,
) -> _Layout:
    rows = ((broken(tex, room), as_latex(reason, page, side - 10)) for tex, reason in formulas)
    return _Layout(tuple(rows), beneath, head_above, room)


def _rows(page: Page, text_width: float) -> list[str]:
    """The rows of the block, without the line ends."""
    return [row for block in _blocks(page, text_width) for row in block]


def _blocks(page: Page, text_width: float) -> list[list[str]]:
    """The rows of every step: its formula, and its reason where that stands beneath."""
    layout = _chosen(page, text_width)
    head, head_above = latex_head(page), layout.head_above
    blocks: list[list[str]] = []
    if head_above or not layout.rows:
        blocks.append(_indented(_head_lines(page, text_width)))
    own = [*([""] if page.name is not None else []), *(latex_step_head(step, page) for step in page.steps)]
    for j, (formula, reason) in enumerate(layout.rows):
        left = head + "\n" if j == 0 and not head_above else f"{own[j]}\n" if own[j] else ""
        blocks.append(_row(left, formula, reason, layout.beneath))
    return blocks


def _head_lines(page: Page, text_width: float) -> list[str]:
    """A head that stands above its lines."""
    if page.name is not None:
        return [latex_head(page)]
    return broken(latex(spread(page.start, text_width - 20), partial=page.partial), text_width - 20)


def _indented(lines: Sequence[str]) -> list[str]:
    return [f"&{INDENT if j else ''}{line}" for j, line in enumerate(lines)]


def _row(left: str, formula: list[str], reason: list[str], beneath: bool) -> list[str]:
    first, *rest = formula
    goes_on = [f"&{INDENT}{line}" for line in rest]
    if beneath:
        return [f"{left}&= {first}", *goes_on, *(rf"&\qquad {line}" for line in reason)]
    side = [f"{left}&= {first}", *goes_on]
    if not reason:
        return side
    beside = reason[0] if len(reason) == 1 else _stacked(reason)
    return [f"{side[0]} && {beside}", *side[1:]]


def _stacked(lines: list[str]) -> str:
    """Lines of one reason; one that begins with a function or a relation is in braces, which keeps it flush with the others."""
    flush = (line if line.startswith(r"\text") else f"{{{line}}}" for line in lines)
    return r"\begin{aligned}" + CLOSE.join(f"&{line}" for line in flush) + r"\end{aligned}"


def _note_rows(page: Page, text_width: float) -> list[str]:
    return [f"&{line}" for note in page.notes for line in as_latex(note, page, text_width - 40)]


def column(name: str, pages: Sequence[Page]) -> str:
    r"""The gradient: nabla J as a column of symbols and as a column of results, in `bmatrix`."""
    heads = r" \\ ".join(latex_head(page) for page in pages)
    results = r" \\ ".join(latex(_last(page), partial=page.partial) for page in pages)
    left = rf"\nabla {latex_name(name)}"
    return rf"{left} = \begin{{bmatrix}}{heads}\end{{bmatrix}} = \begin{{bmatrix}}{results}\end{{bmatrix}}"


def defined(name: str, args: Sequence[Node], expr: Node, where: Mapping[Node, Node]) -> str:
    r"""`J(w, b) = ...`, a line for each named part; broken where it is wide."""
    left = latex_name(name) + (f"({', '.join(map(latex, args))})" if args else "")
    pairs = [(left, expr), *((latex(key), meaning) for key, meaning in where.items())]
    rows = [(head, broken(latex(spread(node, TEXT_WIDTH)), TEXT_WIDTH - width(head) - 20)) for head, node in pairs]
    if len(rows) == 1 and len(rows[0][1]) == 1:
        return f"{left} = {rows[0][1][0]}"
    return _aligned([line for head, lines in rows for line in _row(head, lines, [], beneath=False)])


def square(name: str, pages: Sequence[Sequence[Page]], whole: bool, remark: Reason = ()) -> str:
    r"""The Hessian: nabla^2 J as a matrix of results if `whole`, else its entries one below the other; then the remark."""
    said = [f"&{line}" for line in as_latex(remark, pages[0][0], TEXT_WIDTH)] if remark else []
    if not whole:
        rows = (f"{latex_head(page)} &= {latex(_last(page), partial=page.partial)}" for row in pages for page in row)
        return _aligned([*rows, *said])
    entries = r" \\ ".join(" & ".join(latex(_last(page), partial=page.partial) for page in row) for row in pages)
    matrix = rf"\nabla^{{2}} {latex_name(name)} = \begin{{bmatrix}}{entries}\end{{bmatrix}}"
    return _aligned([f"&{matrix}", *said]) if said else matrix


def remark(reason: Reason, page: Page) -> str:
    """A sentence in a block of its own."""
    return _aligned([f"&{line}" for line in as_latex(reason, page, TEXT_WIDTH)])


def _last(page: Page) -> Node:
    return page.steps[-1].line if page.steps else page.start
