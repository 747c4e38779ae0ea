"""What a notebook shows: small tables as HTML and formulas between dollars; whatever is text is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

CELL = "text-align: right; padding: 0 1em 0 0"


def escape(text: str) -> str:
    """Text as HTML; `html` brings a table of 2,000 entities, which nothing else needs."""
    from html import escape as escaped

    return escaped(text)


def table(titles: Sequence[str], rows: Iterable[Sequence[str]], caption: str = "") -> str:
    """An HTML table with its caption above; the cells are plain text."""
    head = "".join(f'<th style="{CELL}">{escape(title)}</th>' for title in titles)
    body = "".join(f"<tr>{''.join(_cell(cell) for cell in row)}</tr>" for row in rows)
    top = f"<thead><tr>{head}</tr></thead>" if titles else ""
    return f"{paragraph(caption) if caption else ''}<table>{top}<tbody>{body}</tbody></table>"


def _cell(cell: str) -> str:
    return f'<td style="{CELL}">{escape(cell)}</td>'


def paragraph(words: str, mark: str = "") -> str:
    """A sentence or several lines, with a mark in front."""
    lines = "<br>".join(escape(line) for line in words.splitlines())
    return f"<p>{f'<b>{escape(mark)}</b> ' if mark else ''}{lines}</p>"
