"""What everything derived can do: show itself as LaTeX, text, Markdown, HTML, JSON, in a notebook and in a file."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection
from pathlib import Path
from typing import Any

from gdsym import export
from gdsym.export.page import Page


class Shown(ABC):
    """Printable by all exporters; a subclass says what is on its page."""

    @abstractmethod
    def page(self, detail: str | None = None, known: Collection[str] | None = None) -> Page:
        """What the exporters print."""

    def _short(self, detail: str | None, known: Collection[str] | None) -> Page:
        """The page for the eye."""
        from gdsym.export.short import short

        return short(self.page(detail, known))

    def latex(self, *, detail: str | None = None, known: Collection[str] | None = None) -> str:
        r"""A math-mode body, `\begin{aligned} ... \end{aligned}`; needs amsmath and amssymb."""
        return export.latex.body(self._short(detail, known))

    def text(self, *, detail: str | None = None, known: Collection[str] | None = None, ascii: bool = False) -> str:  # noqa: A002
        """The aligned derivation as Unicode text, or as ASCII."""
        return export.text.body(self._short(detail, known), ascii=ascii)

    def markdown(self, *, detail: str | None = None, known: Collection[str] | None = None) -> str:
        """Markdown with one `$$` block a step."""
        return export.markdown.body(self._short(detail, known))

    def html(self, *, detail: str | None = None, known: Collection[str] | None = None) -> str:
        """HTML with MathML, nested steps collapsible; needs the extra `examples`."""
        return export.html.body(self._short(detail, known))

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain dicts, lists and strings."""
        return export.json.to_dict(self.page())

    @property
    def certificate(self) -> str:
        """JSON with the claim, every step and every line: `gdsym.verify.recheck` judges it without gdsym's rules."""
        return export.certificate.document(self.page("full", ()))

    def save(self, path: str | Path) -> Path:
        """Write a whole document; the suffix chooses: .tex .md .html .json .txt. Atomic."""
        return export.save(self.page(), Path(path))

    def hint(self, number: int = 0) -> str:
        """The rule for line `number` (from 0), where it applies and its law in general; not what comes out."""
        return export.hints.hint(self.page(), number)

    def __str__(self) -> str:
        from gdsym.writing.stream import terminal_columns, unicode_stream

        width = terminal_columns(export.text.WIDTH)
        return export.text.body(self._short(None, None), ascii=not unicode_stream(), width=width)

    __repr__ = __str__

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/plain": self.text(), "text/latex": f"$${self.latex()}$$"}
