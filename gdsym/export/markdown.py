r"""A derivation in Markdown: its reason, then one `$$` block, for every step.

No `\\` outside `cases`, no blank line in a block, no line that starts with `=`: CommonMark knows them as its own.
"""

from __future__ import annotations

from collections.abc import Sequence

from gdsym.export.evidence import checked
from gdsym.export.heads import latex_head, latex_step_head
from gdsym.export.page import Page
from gdsym.export.reasons import as_latex, reason_of
from gdsym.step import Reason
from gdsym.writing.latex import latex
from gdsym.writing.names import latex_name

SPECIAL = "\\`*_{}[]<>()#+-.!|~$&"


def body(page: Page) -> str:
    """Reasons as paragraphs, formulas as blocks, notes at the end."""
    blocks = [_block(_first(page))]
    for step in page.steps:
        blocks += [
            words(reason_of(step), page),
            _block((latex_step_head(step, page) or "{}") + " = " + latex(step.line, partial=page.partial)),
        ]
    blocks += [words(note, page) for note in page.notes]
    return "\n\n".join([*blocks, f"*{escaped(checked(page))}*"]) + "\n"


def document(pages: Page | Sequence[Page], *, below: Sequence[str] = ()) -> str:
    """Each derivation under what it derives; `below` are paragraphs under them."""
    if isinstance(pages, Page):
        return _under_its_cost(pages)
    return "\n\n".join([*map(_under_its_cost, pages), *below]) + "\n" * bool(below)


def _under_its_cost(page: Page) -> str:
    if page.name is None:
        return body(page)
    args = ", ".join(latex(a) for a in page.args)
    left = latex_name(page.name) + (f"({args})" if args else "")
    return "\n\n".join([_block(f"{left} = {latex(page.expr, partial=page.partial)}"), body(page)])


def _first(page: Page) -> str:
    start = latex(page.start, partial=page.partial)
    return start if page.name is None else f"{latex_head(page)} = {start}"


def _block(tex: str) -> str:
    return f"$$\n{tex}\n$$"


def words(reason: Reason, page: Page) -> str:
    """Words escaped, formulas between single dollars."""
    parts = (escaped(p) if isinstance(p, str) else f"${''.join(as_latex((p,), page, 1e9))}$" for p in reason)
    return "".join(parts).strip().replace("$ = $", " = ")  # an equation is one formula


def escaped(text: str) -> str:
    """`text` that Markdown shows as it is."""
    return "".join(f"\\{c}" if c in SPECIAL else " " if c in "\r\n" else c for c in text)
