"""What everything derived can do: show itself as LaTeX, text, Markdown, HTML, JSON, in a notebook and in a file."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Collection
from pathlib import Path
from typing import Any

from gdsym import export
from gdsym.errors import GdsymTypeError
from gdsym.export.page import Page
from gdsym.export.width import TEXT_WIDTH
from gdsym.written.nodes import Node

LEAST_WIDTH = 150  # points


class Shown(ABC):
    """Printable by all exporters; a subclass says what is on its page."""

    @abstractmethod
    def page(self, detail: str | None = None, known: Collection[str] | None = None) -> Page:
        """What the exporters print."""

    def _short(self, detail: str | None, known: Collection[str] | None) -> Page:
        """The page for the eye."""
        from gdsym.export.short import for_the_eye

        return for_the_eye(self.page(detail, known))

    def latex(
        self, *, detail: str | None = None, known: Collection[str] | None = None, text_width: float = TEXT_WIDTH
    ) -> str:
        r"""A math-mode body, `\begin{aligned} ... \end{aligned}`; needs amsmath and amssymb.

        It stays on one page; `.save("x.tex")` writes rows that go on over pages. `text_width`: of your line, in points
        (345 in an article, 246 in a column of two).
        """
        _refuse_odd_width(text_width)
        return export.latex.body(self._short(detail, known), text_width=text_width)

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


class Derived(Shown):
    """What is pickled as what it was made of: whoever unpickles it derives and checks it again."""

    _made_of: tuple[Any, ...]  # the arguments of the constructor
    asked: Node | None = None  # with the caller's letters, if those of sums had to be renamed

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), self._made_of, {"asked": self.asked}


def _refuse_odd_width(points: Any) -> None:
    number = isinstance(points, (int, float)) and not isinstance(points, bool)
    if not number or not LEAST_WIDTH <= points < math.inf:
        raise GdsymTypeError(f"text_width is {points!r:.60}; give the points of a line, {LEAST_WIDTH} or more.")
