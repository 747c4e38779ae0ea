"""Going through the signs of a formula on paper; lists, conditions and cases, in which formulas stand."""

from __future__ import annotations

from collections.abc import Callable

from gdsym.errors import ReadError
from gdsym.reading.glyphs import RELATIONS, Glyph
from gdsym.reading.source import Source


class Scan:
    """A place in a row of glyphs."""

    def __init__(self, source: Source, found: list[Glyph]) -> None:
        self.source, self.found, self.at = source, found, 0

    @property
    def here(self) -> Glyph | None:
        return self.found[self.at] if self.at < len(self.found) else None

    def is_here(self, *texts: str) -> bool:
        return self.here is not None and self.here.text in texts

    def take(self, text: str = "") -> Glyph:
        glyph = self.here
        if glyph is None or (text and glyph.text != text):
            wanted = f"`{text}`" if text else "more"
            raise self.error(f"Here {wanted} is missing.", glyph)
        self.at += 1
        return glyph

    def error(self, message: str, glyph: Glyph | None) -> ReadError:
        start = len(self.source.shown) if glyph is None else glyph.start
        found = self.source.error(message, start, start if glyph is None else glyph.end)
        assert isinstance(found, ReadError)
        return found


class Compared(Scan):
    """What holds formulas: lists, conditions, cases."""

    def sum(self) -> str:
        """A formula."""
        raise NotImplementedError

    def bracketed(self, opener: str, part: Callable[[], str] | None = None) -> str:
        """What stands in brackets."""
        raise NotImplementedError

    def list(self) -> str:
        """Expressions with commas between them; a range, a condition or a case may be one of them."""
        parts = [self.condition()]
        while self.is_here(","):
            self.take()
            parts.append(self.condition())
        return ", ".join(parts)

    def condition(self) -> str:
        """A comparison or several, or a formula."""
        out = self._compared()
        while self.is_here("and", "or"):
            out = f"{out} {self.take().text} {self._compared()}"
        return out

    def _compared(self) -> str:
        """A formula, a comparison, or a case `(x, x > 0)`."""
        if self.is_here("not"):
            self.take()
            return f"not ({self.bracketed('(', self.condition)})"
        if self.is_here("(") and self._holds_a_relation():
            return f"({self.bracketed('(', self.list)})"
        out = self.sum()
        while self.here is not None and self.here.text in RELATIONS:
            out += f" {RELATIONS[self.take().text]} {self.sum()}"
        return out

    def _holds_a_relation(self) -> bool:
        depth = 0
        for glyph in self.found[self.at :]:
            depth += (glyph.text in "([{") - (glyph.text in ")]}")
            if depth == 0:
                return False
            if depth == 1 and glyph.text in (*RELATIONS, "and", "or"):
                return True
        return False

    def all_cases(self) -> str:
        rows: list[str] = []
        while True:
            value = self.sum()
            if self.take().text == "otherwise":
                rows.append(f"({value}, True)")
            else:
                rows.append(f"({value}, {self.condition()})")
            if not self.is_here(";"):
                return ", ".join(rows)
            self.take()
