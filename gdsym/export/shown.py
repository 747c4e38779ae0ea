"""What everything derived can do: show itself as LaTeX, text, Markdown, HTML, JSON, in a notebook and in a file."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gdsym import export
from gdsym.arguments import file_path, real, truth
from gdsym.errors import GdsymTypeError
from gdsym.export.page import ARTICLE, TEXT_WIDTH, Page
from gdsym.keywords import known_keywords
from gdsym.written.nodes import Node

if TYPE_CHECKING:
    from gdsym.verify import Evidence

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

    @known_keywords
    def latex(
        self,
        *,
        detail: str | None = None,
        known: Collection[str] | None = None,
        text_width: float = ARTICLE,
        environment: str = "aligned",
    ) -> str:
        r"""A math-mode body, `\begin{aligned} ... \end{aligned}`; needs amsmath and amssymb.

        An `aligned` block stays on one page and in one column. `environment="align*"` is a display of its own, without
        dollars, that goes on over pages and columns after `\allowdisplaybreaks`; `.save("x.tex")` says itself where a page may end.

        Args:
            detail: "brief", "normal" or "full"; as it was derived if left out.
            known: names of rules that are applied without a line of their own, e.g. {"sum rule"}.
            text_width: of your line, in points (345 in an article, 455 with margins of an inch, 246 in a column of two, 307 on a beamer slide).
            environment: "aligned" or "align*".

        Returns:
            LaTeX without dollars, for a display.

        Raises:
            GdsymTypeError: an unknown level, rule or environment, or a width below 150 points.

        Example:
            >>> import gdsym as gd
            >>> gd.derive("x**2", "x").latex(detail="brief").splitlines()[0]
            '\\begin{aligned}'
        """
        _refuse_odd_width(text_width)
        if environment not in ("aligned", "align*"):
            raise GdsymTypeError(f"environment is {environment!r:.60}; give 'aligned' or 'align*'.")
        made = export.latex.body if environment == "aligned" else export.latex.display
        return made(self._short(detail, known), text_width=text_width)

    @known_keywords
    def text(self, *, detail: str | None = None, known: Collection[str] | None = None, ascii: bool = False) -> str:  # noqa: A002
        """The aligned derivation as Unicode text, or as ASCII.

        Args:
            detail: "brief", "normal" or "full"; as it was derived if left out.
            known: names of rules that are applied without a line of their own, e.g. {"sum rule"}.
            ascii: True for the letters of a plain terminal.

        Returns:
            Lines of at most 100 columns.

        Raises:
            GdsymTypeError: an unknown level or rule.

        Example:
            >>> import gdsym as gd
            >>> print(gd.derive("x**2", "x").text(ascii=True).splitlines()[0])
              d/dx [x**2] = 2*x   power rule: d/dx [x**n] = n*x**(n - 1)
        """
        return export.text.body(self._short(detail, known), ascii=truth(ascii, "ascii"))

    @known_keywords
    def markdown(self, *, detail: str | None = None, known: Collection[str] | None = None) -> str:
        """Markdown with one `$$` block a step, the reason below it; takes the levels that `latex` takes.

        Returns:
            Markdown as GitHub, Jupyter and Pandoc read it.

        Example:
            >>> import gdsym as gd
            >>> gd.derive("x**2", "x").markdown().count("$$")
            4
        """
        return export.markdown.body(self._short(detail, known))

    @known_keywords
    def html(self, *, detail: str | None = None, known: Collection[str] | None = None) -> str:
        """HTML with MathML Core, nested steps collapsible, no script; needs the extra `examples`; takes the levels that `latex` takes.

        Returns:
            One `<section>`; `.save("x.html")` writes a whole page.

        Raises:
            GdsymError: the extra is not installed.

        Example:
            >>> import gdsym as gd
            >>> gd.derive("x**2", "x").html().startswith("<section")
            True
        """
        return export.html.body(self._short(detail, known))

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain dicts, lists and strings, for JSON.

        Example:
            >>> import gdsym as gd
            >>> [step["rule"] for step in gd.derive("x**2", "x").to_dict()["steps"]]
            ['power rule']
        """
        return export.json.to_dict(self.page())

    @property
    def certificate(self) -> str:
        """JSON with the claim, every step and every line: `gdsym.verify.recheck` judges it without gdsym's rules."""
        return export.certificate.document(self.page("full", ()))

    @known_keywords
    def save(self, path: str | Path) -> Path:
        """Write a whole document; the suffix chooses: .tex .md .html .json .txt. The file is whole or not there.

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
            ...     gd.derive("x**2", "x").save(f"{folder}/square.tex").name
            'square.tex'
        """
        return export.save(self.page(), file_path(path))

    @known_keywords
    def hint(self, number: int = 0) -> str:
        """The rule for line `number`, where it applies and its law in general; not what comes out.

        Args:
            number: of the line, from 0.

        Returns:
            One or two sentences.

        Raises:
            GdsymError: there is no such line.

        Example:
            >>> import gdsym as gd
            >>> gd.derive("x**2", "x").hint().split(".")[0]
            'Line 1: use the power rule on d/dx [x²]'
        """
        return export.hints.hint(self.page(), number)

    def __str__(self) -> str:
        from gdsym.writing.stream import terminal_columns, unicode_stream

        width = terminal_columns(export.text.WIDTH)
        return export.text.body(self._short(None, None), ascii=not unicode_stream(), width=width)

    __repr__ = __str__

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/plain": self.text(), "text/latex": f"$${self.latex(text_width=TEXT_WIDTH)}$$"}


class Derived(Shown):
    """What is pickled as what it was made of: whoever unpickles it derives and checks it again."""

    _made_of: tuple[Any, ...]  # the arguments of the constructor
    _handed_in: Node | None = None  # with the caller's letters, if those of sums had to be renamed
    check: Evidence  # that of the whole

    def __setattr__(self, name: str, value: object) -> None:
        """What is shown was checked: nobody puts another result in its place."""
        if not name.startswith("_"):
            raise AttributeError(f"{type(self).__name__} is immutable: {name} cannot be changed; make a new one.")
        super().__setattr__(name, value)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), self._made_of, {"_handed_in": self._handed_in}


def _refuse_odd_width(points: Any) -> None:
    wish = f"give the points of a line, {LEAST_WIDTH} or more"
    if not LEAST_WIDTH <= real(points, "text_width", wish) < math.inf:
        raise GdsymTypeError(f"text_width is {points!r:.60}; give the points of a line, {LEAST_WIDTH} or more.")
