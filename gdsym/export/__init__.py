"""Derivations as LaTeX, text, Markdown, HTML and JSON: folds over the steps, one a file, imported when it is used."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gdsym.errors import GdsymError
from gdsym.export.page import Page

if TYPE_CHECKING:
    from gdsym.export import certificate as certificate
    from gdsym.export import hints as hints
    from gdsym.export import html as html
    from gdsym.export import json as json
    from gdsym.export import latex as latex
    from gdsym.export import markdown as markdown
    from gdsym.export import reasons as reasons
    from gdsym.export import text as text

MODULES = ("certificate", "hints", "html", "json", "latex", "markdown", "reasons", "text")
DOCUMENTS: Mapping[str, str] = {".tex": "latex", ".md": "markdown", ".html": "html", ".json": "json", ".txt": "text"}


def __getattr__(name: str) -> Any:
    if name not in MODULES:
        raise AttributeError(f"module 'gdsym.export' has no attribute {name!r}")
    return import_module(f"gdsym.export.{name}")


def save(pages: Page | Sequence[Page], path: Path, below: Callable[[str], Sequence[str]] | None = None) -> Path:
    """Write the derivation, or several, as a whole document; the suffix chooses the kind; the file is complete or not there.

    `below` is what stands under several of them, asked for by the kind: `latex`, `markdown`, `html`, `json`, `text`.
    """
    from gdsym.export.saving import written_whole
    from gdsym.export.short import for_the_eye

    kind = DOCUMENTS.get(path.suffix)
    if kind is None:
        raise GdsymError(
            f"A derivation cannot be saved as {path.name[:80]!r}: known suffixes are {', '.join(DOCUMENTS)}."
        )
    module = __getattr__(kind)
    if isinstance(pages, Page):
        return written_whole(path, module.document(pages if kind == "json" else for_the_eye(pages)))
    shown = pages if kind == "json" else list(map(for_the_eye, pages))
    return written_whole(path, module.document(shown, below=below(kind) if below else ()))


__all__ = ["Page", "certificate", "hints", "html", "json", "latex", "markdown", "reasons", "save", "text"]
