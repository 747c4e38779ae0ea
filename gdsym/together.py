"""Derivations side by side, in every form that one of them has."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gdsym import export
from gdsym.arguments import file_path, truth
from gdsym.export.page import TEXT_WIDTH, Page
from gdsym.record import ReadOnly
from gdsym.step import Reason

if TYPE_CHECKING:
    from gdsym.derivation import Derivation


class Together(ReadOnly):
    """Several derivations; each form is theirs, one after the other, and the remark that they end with."""

    def _each(self) -> Iterator[Derivation]:
        """The derivations in order."""
        raise NotImplementedError

    def _blocks(self, **how: Any) -> list[str]:
        """Math-mode blocks, one a derivation."""
        return [d.latex(**how) for d in self._each()]

    def _remark(self, form: str) -> list[str]:
        """What is said below them in one of the forms text, ascii, latex, prose (of LaTeX), markdown, html."""
        return []

    def latex(self, **how: Any) -> str:
        r"""A math-mode block for each, `\begin{aligned} ... \end{aligned}`; takes what `Derivation.latex` takes.

        Needs amsmath and amssymb.

        Example:
            >>> import gdsym as gd
            >>> gd.Cost("w**2 + b", ["w", "b"]).gradient().latex().count(r"\begin{aligned}")
            2
        """
        return "\n\n".join([*self._blocks(**how), *self._remark("latex")])

    def text(self, **how: Any) -> str:
        """Each as Unicode text, or as ASCII; takes what `Derivation.text` takes.

        Example:
            >>> import gdsym as gd
            >>> print(gd.Cost("w**2 + b", ["w", "b"]).gradient().text().splitlines()[0])
            ∂J/∂w for J(w, b) = w² + b
        """
        said = self._remark("ascii" if truth(how.get("ascii", False), "ascii") else "text")
        return "\n\n".join([*(d.text(**how) for d in self._each()), *said])

    def markdown(self, **how: Any) -> str:
        """Each as Markdown with `$$` blocks; takes what `Derivation.markdown` takes.

        Example:
            >>> import gdsym as gd
            >>> gd.Cost("w**2 + b", ["w", "b"]).gradient().markdown().splitlines()[0]
            '$$'
        """
        return "\n\n".join([*(d.markdown(**how) for d in self._each()), *self._remark("markdown")])

    def html(self, **how: Any) -> str:
        """Each as HTML with MathML; takes what `Derivation.html` takes. Needs the extra `examples`.

        Example:
            >>> import gdsym as gd
            >>> "<math" in gd.Cost("w**2 + b", ["w", "b"]).gradient().html()
            True
        """
        return "\n".join([*(d.html(**how) for d in self._each()), *self._remark("html")])

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write all of them as one document; the suffix chooses: .tex .md .html .json .txt. The file is whole or not there.

        Args:
            path: where to; the folder exists.

        Returns:
            The path.

        Raises:
            GdsymError: another suffix, or no such folder.

        Example:
            >>> import tempfile
            >>> import gdsym as gd
            >>> with tempfile.TemporaryDirectory() as folder:
            ...     gd.Cost("w**2 + b", ["w", "b"]).gradient().save(f"{folder}/gradient.tex").name
            'gradient.tex'
        """
        return export.save([d.page() for d in self._each()], file_path(path), self._below)

    def _below(self, kind: str) -> list[str]:
        """The remark as a paragraph of a document."""
        return self._remark({"latex": "prose", "json": "text"}.get(kind, kind))

    def __str__(self) -> str:
        from gdsym.writing.stream import unicode_stream

        said = self._remark("text" if unicode_stream() else "ascii")
        return "\n\n".join([*map(str, self._each()), *said])

    def __repr__(self) -> str:
        return str(self)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        blocks = [*self._blocks(text_width=TEXT_WIDTH), *self._remark("latex")]
        return {"text/plain": self.text(), "text/latex": "\n\n".join(f"$${block}$$" for block in blocks)}


def said(reason: Reason, page: Page, form: str) -> list[str]:
    """A sentence with formulas in it in one of the forms text, ascii, latex, prose (of LaTeX), markdown, html."""
    if form in ("text", "ascii"):
        return [export.reasons.as_text(reason, page, form == "ascii")]
    write = {
        "latex": export.latex.remark,
        "prose": export.reasons.as_prose,
        "markdown": export.reasons.as_prose,
        "html": export.html.remark,
    }
    return [write[form](reason, page)]
