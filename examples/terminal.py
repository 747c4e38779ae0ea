"""An article in the terminal: words, costs, derivations, numbers, checks."""

from __future__ import annotations

import sys
import textwrap

from examples.book import Article, Example, folded, paragraphs, work_out
from examples.words import to_plain

WIDTH = 96


def read_aloud(article: Article) -> int:
    """Print all examples of an article; 1 if something did not hold, else 0."""
    failed = []
    print(f"{article.title}\n{'=' * len(article.title)}\n\n{prose(article.words)}\n")
    for row in article.rows:
        example = work_out(row)
        print(printed(example))
        failed += [f"{example.id}: {what}" for what in example.failed]
    for what in failed:
        print(f"DOES NOT HOLD  {what}", file=sys.stderr)
    return 1 if failed else 0


def printed(e: Example) -> str:
    """One example as text."""
    heading = f"{e.id}  {e.title}"
    blocks = [f"{heading}\n{'-' * len(heading)}", prose(e.words)]
    blocks += [textwrap.indent("\n".join([str(cost), *map(_part, cost.where.items())]), "    ") for cost in e.costs]
    blocks += [textwrap.indent(folded(e.code, WIDTH - 4), "    ")] if e.code else []
    blocks += [d.text() for d in e.derivations]
    blocks += [f"{prose(f.words)}\n\n{textwrap.indent(f.plain, '    ')}" for f in e.formulas]
    blocks += [_numbers(e), _checks(e)]
    blocks += [prose(f"Put right. {e.put_right}")] if e.put_right else []
    blocks += [prose(f"Our choice. {e.chosen}")] if e.chosen else []
    return "\n\n".join(block for block in blocks if block) + "\n\n"


def _part(part: tuple[object, object]) -> str:
    return f"{part[0]} = {part[1]}"


def prose(words: str) -> str:
    return "\n\n".join(textwrap.fill(to_plain(p), WIDTH) for p in paragraphs(words))


def _numbers(e: Example) -> str:
    left = max((len(to_plain(n.what)) for n in e.numbers), default=0)
    right = max((len(n.reads) for n in e.numbers), default=0)
    return "\n".join(f"  {to_plain(n.what):<{left}}  {n.reads:>{right}}  {_tick(n.ok)}" for n in e.numbers)


def _checks(e: Example) -> str:
    return "\n".join(f"  {_tick(c.ok)} {to_plain(c.what)}" for c in e.checks)


def _tick(ok: bool) -> str:
    return "✓" if ok else "✗"
