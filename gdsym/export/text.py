"""A derivation in a terminal: formulas in one column, reasons in the next, in Unicode or ASCII."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from gdsym.export.columns import GLUE, Layout, columns, laid_out, words, wrapped
from gdsym.export.evidence import checked
from gdsym.export.heads import text_head, text_step_head
from gdsym.export.page import Page
from gdsym.export.reasons import as_text, reason_of
from gdsym.writing.names import ascii_name, text_name
from gdsym.writing.stream import unicode_stream
from gdsym.writing.text import text
from gdsym.written.nodes import Node, Prod, Sum, walk

WIDTH = 100
INDENT = "  "


def formula(node: Node, plain: bool = False) -> str:
    """One formula in Unicode, or in ASCII if `plain`; the round d if it has several variables."""
    return text(node, partial=len(node.free) > 1, ascii=plain)


def defined(name: str, params: Sequence[Node], expr: Node, where: Mapping[Node, Node]) -> str:
    """`J(w, b) = ..., where e_i = ...`, in Unicode where the terminal takes it."""
    plain = not unicode_stream()
    args = ", ".join(text(p, ascii=plain) for p in params)
    parts = [f"{text(key, ascii=plain)} = {formula(meaning, plain)}" for key, meaning in where.items()]
    whole = f"{(ascii_name if plain else text_name)(name)}({args}) = {formula(expr, plain)}"
    return ", where ".join([whole, *([", ".join(parts)] if parts else [])])


def body(page: Page, *, ascii: bool = False, width: int = WIDTH) -> str:  # noqa: A002
    """The derivation, aligned, at most `width` columns wide where the formulas allow it."""
    parts = [_title(page, ascii, width), _lines(page, ascii, width), _notes(page, ascii, width)]
    return "\n\n".join(part for part in parts if part)


def document(pages: Page | Sequence[Page], *, below: Sequence[str] = ()) -> str:
    """Each derivation, then the paragraphs `below`."""
    return "\n\n".join([*map(body, [pages] if isinstance(pages, Page) else pages), *below]) + "\n"


def _title(page: Page, plain: bool, width: int) -> str:
    """`∂J/∂w for J(w, b) = ...`"""
    if page.name is None:
        return ""
    name = (ascii_name if plain else text_name)(page.name)
    args = ", ".join(text(a, ascii=plain) for a in page.args)
    left = f"{text_head(page, plain)} for {name}{f'({args})' if args else ''} = "
    lines = wrapped(text(page.expr, partial=page.partial, ascii=plain), width - len(left))
    return left + f"\n{' ' * len(left)}".join(lines)


def _lines(page: Page, plain: bool, width: int) -> str:
    """Head, relation signs under each other, reasons beside or beneath."""
    limits = not _limits_known(page)
    heads = [*([""] if page.name is not None else []), *(text_step_head(step, page, plain) for step in page.steps)]
    rows = [
        (text(n, partial=page.partial, ascii=plain, limits=limits), reason) for n, reason in _pairs(page, plain, limits)
    ]
    head = text_head(page, plain)
    if not rows:
        return INDENT + head
    widest = max(map(columns, [head, *heads]))
    above, heads[0] = laid_out(rows, width - len(INDENT) - 5), head
    if widest <= width // 3:
        beside = laid_out(rows, width - len(INDENT) - widest - 3)
        extra = sum(map(bool, heads[1:])) + len(wrapped(head, width - len(INDENT)))
        if beside.cost <= above.cost + extra:
            return "\n".join(_led(heads, beside, widest))
    return "\n".join(_under(head, heads[1:], above, width))


def _led(heads: list[str], layout: Layout, widest: int) -> Iterator[str]:
    """The lines of every step with what they are equal to on their left."""
    for head, (first, *rest) in zip(heads, layout.blocks, strict=True):
        yield f"{INDENT}{' ' * (widest - columns(head))}{head} = {first}"
        yield from (f"{INDENT}{' ' * widest}   {line}" for line in rest)


def _under(head: str, heads: list[str], layout: Layout, width: int) -> Iterator[str]:
    """The lines of every step under what they are equal to."""
    for own, (first, *rest) in zip([head, *heads], layout.blocks, strict=True):
        yield from (INDENT + line for line in (wrapped(own, width - len(INDENT)) if own else ()))
        yield f"{INDENT}   = {first}"
        yield from (f"{INDENT}     {line}" for line in rest)


def _pairs(page: Page, plain: bool, limits: bool) -> Iterator[tuple[Node, str]]:
    if page.name is not None:
        yield page.start, ""
    for step in page.steps:
        yield step.line, as_text(reason_of(step), page, plain, limits, GLUE)


def _notes(page: Page, plain: bool, width: int) -> str:
    notes = [as_text(note, page, plain, True, GLUE) for note in page.notes]
    evidence = checked(page)
    evidence = evidence.replace(page.sizes, page.sizes.replace(" = ", f"{GLUE}={GLUE}")) if page.sizes else evidence
    lines = (line for note in [*notes, evidence] for line in words(note, width - len(INDENT)))
    return "\n".join(INDENT + line for line in lines)


def _limits_known(page: Page) -> bool:
    """Can Σᵢ stand for Σᵢ₌₁ᵐ, since every sum over i has the limits that the title shows?"""
    if page.name is None:
        return False
    shown = {(p.index, p.lower, p.upper) for p in walk(page.expr) if isinstance(p, (Sum, Prod))}
    used = {(p.index, p.lower, p.upper) for s in page.steps for p in walk(s.line) if isinstance(p, (Sum, Prod))}
    return used <= shown and len({index for index, _, _ in shown}) == len(shown)
