"""Derivations as LaTeX, text, Markdown, HTML and JSON: folds over the steps, one a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from gdsym.errors import GdsymError
from gdsym.export import certificate, html, json, latex, markdown, text
from gdsym.export.page import Page
from gdsym.export.saving import written_whole
from gdsym.export.short import short

DOCUMENTS: Mapping[str, Callable[[Page], str]] = {
    ".tex": latex.document,
    ".md": markdown.document,
    ".html": html.document,
    ".json": json.document,
    ".txt": text.document,
}


def save(page: Page, path: Path) -> Path:
    """Write `page` as a whole document; the suffix chooses the kind; the file is complete or not there."""
    document = DOCUMENTS.get(path.suffix)
    if document is None:
        raise GdsymError(
            f"A derivation cannot be saved as {path.name[:80]!r}: known suffixes are {', '.join(DOCUMENTS)}."
        )
    return written_whole(path, document(page if path.suffix == ".json" else short(page)))


__all__ = ["Page", "certificate", "html", "json", "latex", "markdown", "save", "text"]
