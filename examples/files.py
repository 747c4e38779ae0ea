"""What an example leaves in its folder: derivations, numbers, pictures; the same bytes every time."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import gdsym as gd
from examples.book import Example
from examples.words import to_plain
from gdsym.export import latex, markdown
from gdsym.export.saving import written_whole

FORMATS = {"derivation.tex": "LaTeX", "derivation.md": "Markdown", "numbers.json": "numbers"}


def save(example: Example, out: Path) -> list[Path]:
    """Write all files of an example below `out`; returns them."""
    folder = out / example.id
    folder.mkdir(parents=True, exist_ok=True)
    pages = [d.page() for d in example.derivations]
    title = f"{example.id}: {to_plain(example.title)}"
    files = [
        written_whole(folder / "derivation.tex", latex.document(pages, title=title)),
        written_whole(
            folder / "derivation.md",
            "\n---\n\n".join([f"# {markdown.escaped(title)}\n", *map(markdown.document, pages)]),
        ),
        written_whole(
            folder / "numbers.json", json.dumps(to_dict(example), indent=1, ensure_ascii=False, sort_keys=True) + "\n"
        ),
    ]
    for figure in example.figures:
        drawn = figure.draw()
        files += [gd.plot.save(drawn, folder / f"{figure.name}{kind}") for kind in (".png", ".svg")]
        _close(drawn)
    return files


def to_dict(e: Example) -> dict[str, Any]:
    """Numbers, checks and results as plain data; numbers with 12 digits, so that any machine writes the same."""
    return {
        "id": e.id,
        "title": to_plain(e.title),
        "derivatives": [{"by": str(d.wrt), "lines": len(d.steps), "result": str(d.result)} for d in e.derivations],
        "numbers": [
            {"what": to_plain(n.what), "value": _plain(n.value), "reads": n.reads, "ok": n.ok} for n in e.numbers
        ],
        "checks": [{"what": to_plain(c.what), "ok": bool(c.ok)} for c in e.checks],
    }


def _plain(value: Any) -> Any:
    if isinstance(value, int):
        return value
    try:
        return float(f"{float(value):.12g}")
    except (TypeError, ValueError):
        return str(value)


def _close(drawn: Any) -> None:
    """Figures made by pyplot stay open until they are closed."""
    from matplotlib import pyplot

    pyplot.close(drawn.figure)
