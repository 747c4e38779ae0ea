"""What stands on the left of the first line: `∂J/∂w`, or the derivative itself if the expression has no name."""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby

from gdsym.export.page import Page
from gdsym.record import changed
from gdsym.step import Step
from gdsym.writing.juxtapose import is_letter
from gdsym.writing.latex import latex
from gdsym.writing.names import ascii_name, latex_name, text_name, tight
from gdsym.writing.text import text
from gdsym.written.matrices import Differential
from gdsym.written.nodes import D, Node


def latex_head(page: Page) -> str:
    r"""`\frac{\partial J}{\partial w}`, `\frac{\partial^{2} J}{\partial x\,\partial y}`."""
    if page.name is None:
        return latex(page.start, partial=page.partial)
    d = r"\partial" if page.partial else "d"
    name = latex_name(page.name)
    above = tight([d + (f"^{{{len(page.wrt)}}} " if len(page.wrt) > 1 else ""), name])
    below = r"\,".join(_below(d, var, times) for var, times in _variables(page))
    return rf"\frac{{{above}}}{{{below}}}"


def _variables(page: Page) -> list[tuple[Node, int]]:
    """The variables from outermost to innermost, neighbours counted together."""
    return [(var, len(list(same))) for var, same in groupby(reversed(page.wrt))]


def _below(d: str, var: Node, times: int) -> str:
    gap = "" if is_letter(var) else r"\,"
    tex = latex(var)
    power = f"^{{{times}}}" if times > 1 else ""
    return tight([d + gap, f"({tex})" if power and not is_letter(var) else tex]) + power


def text_head(page: Page, plain: bool = False) -> str:
    """`∂J/∂w`, `∂²J/∂x∂y`; in ASCII `dJ/dw`."""
    if page.name is None:
        return text(page.start, partial=page.partial, ascii=plain)
    d = "∂" if page.partial and not plain else "d"
    total = len(page.wrt)
    small = (lambda k: f"^{k}") if plain else (lambda k: "".join("⁰¹²³⁴⁵⁶⁷⁸⁹"[int(c)] for c in str(k)))
    below = "".join(d + text(var, ascii=plain) + (small(k) if k > 1 else "") for var, k in _variables(page))
    return f"{d}{small(total) if total > 1 else ''}{(ascii_name if plain else text_name)(page.name)}/{below}"


def latex_step_head(step: Step, page: Page) -> str:
    """What a line is equal to where it is not what is derived: `dJ`; nothing for all other lines."""
    if step.head is not None and not isinstance(step.head, D):
        return latex(step.head, partial=page.partial)
    return _own(step.head, page, latex_head, latex_name(page.name or ""), r"\left[{}\right]") if step.head else ""


def text_step_head(step: Step, page: Page, plain: bool = False) -> str:
    """The same as text."""
    name = (ascii_name if plain else text_name)(page.name or "")
    if step.head is not None and not isinstance(step.head, D):
        return text(step.head, partial=page.partial, ascii=plain)
    return _own(step.head, page, lambda p: text_head(p, plain), name, "[{}]") if step.head else ""


def _own(head: Node, page: Page, whole: Callable[[Page], str], name: str, brackets: str) -> str:
    """`dJ`, `d[dJ/dw]`, `dJ/dw`."""
    if isinstance(head, D) and isinstance(head.var, Differential):
        return f"d{brackets.format(_own(head.body, page, whole, name, brackets)) if isinstance(head.body, D) else name}"
    variables: list[Node] = []
    while isinstance(head, D):
        variables.append(head.var)
        head = head.body
    return whole(changed(page, wrt=tuple(reversed(variables))))
