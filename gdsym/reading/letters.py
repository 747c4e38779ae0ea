"""What the names in a formula on paper are: the caller's own, numbers, arrays with their indices, functions."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sympy

from gdsym.errors import ReadError
from gdsym.reading import messages, table
from gdsym.reading.glyphs import BIG, Glyph, unlowered
from gdsym.reading.names import UNDEFINED
from gdsym.reading.source import takes_an_argument
from gdsym.reading.spelling import LETTERS, plain_names
from gdsym.writing.names import text_name

SHIFTED = re.compile(r"\w[+-]\w")  # i+1, n-i
PAIR = re.compile(r"[01][^\W\d_]|[^\W\d_]{2}|[^\W\d_]\d")  # two indices, where 2i could be one
DIFFERENTIAL = re.compile(r"d[A-Za-z]\w*")
OPERATORS = ("sum", "Sum", "Sigma", "Pi", "prod", "Product", "lim", "argmin", "argmax", "integral", "partial")
PRINTED = {"H": "Heaviside", "delta": "DiracDelta"}  # what our own text writes with a letter
Refuse = Callable[[str, Glyph | None], ReadError]


class Letters:
    """The names of one formula: each is one thing throughout, and that decides what stands beside it."""

    def __init__(self, found: Sequence[Glyph], own: Mapping[str, Any]) -> None:
        self.own = own
        self.printed = {text_name(name): name for name in own}
        pairs = list(zip(found, [*found[1:], None], strict=True))
        names = [(g, after) for g, after in pairs if g.kind == "name"]
        ranges = [c.text for a, b, c, d in zip(found, found[1:], found[2:], found[3:], strict=False)
                  if (a.text, b.text, c.kind, d.text) == (",", "(", "name", ",")]  # fmt: skip
        indices = [g.limits[0] for g in found if g.kind == "big" and g.limits[0]]
        self.bound = frozenset(map(self.plain, [*ranges, *indices]))
        self.arrays = {self.plain(g.text) for g, after in names if after is not None
                       and after.kind == "lowered" and self._is_bound(unlowered(after.text))}  # fmt: skip
        self.pairs = {"delta"} | {self.plain(g.text) for g, after in names if after is not None
                      and after.kind == "lowered" and PAIR.fullmatch(unlowered(after.text))}  # fmt: skip
        self.functions = {self.plain(g.text) for g, after in names if _touches(after, "(")}
        self.functions |= {name for name, thing in own.items() if isinstance(thing, UNDEFINED)}
        self.bare = {self.plain(g.text) for g, after in names if not (_touches(after, "[", "(") or _is_small(after))
                     and not (after is not None and after.text == "(")}  # fmt: skip
        self.numbers = self.bare | {name for name, thing in own.items() if isinstance(thing, sympy.Symbol)}
        self.numbers -= self.functions
        self.all_known = bool(own) and all(self._is_known(g, after) for g, after in names)

    def plain(self, text: str) -> str:
        """A name in ASCII: the caller's own that prints so, else letter by letter."""
        return self.printed.get(text) or plain_names(text)

    def _is_known(self, glyph: Glyph, after: Glyph | None) -> bool:
        whole = glyph.text + (after.text if after is not None and after.kind == "lowered" else "")
        name = self.plain(glyph.text)
        known = name in self.own or name in self.bound or takes_an_argument(name)
        return known or name == "delta" or whole in self.printed or name in table.CONSTANTS

    def _is_bound(self, below: str) -> bool:
        """Do the letters below stand for indices of sums?"""
        letters = re.findall(r"[^\W\d_]+" if below in self.bound else r"[^\W\d_]", below)
        return bool(letters) and all(self.plain(c) in self.bound for c in letters)

    def named(self, glyph: Glyph, below: Glyph | None, error: Refuse) -> tuple[str, bool]:
        """The name in plain spelling, with what stands below it; is it an entry?"""
        if below is None:
            return self.plain(glyph.text), False
        if glyph.text + below.text in self.printed:
            return self.printed[glyph.text + below.text], False
        name, small = self.plain(glyph.text), unlowered(below.text)
        is_array = isinstance(self.own.get(name), sympy.IndexedBase) or name in self.arrays
        if small.isdigit() and not is_array:
            return f"{name}_{small}", False
        if not (is_array or self._is_bound(small)):
            if glyph.text in BIG:
                raise error(messages.limits_missing(BIG[glyph.text]), below)
            raise error(
                f"`{glyph.text}{below.text}` could be an entry or a name: write {name}[{', '.join(small)}] or {name}_{small}.",
                below,
            )
        indices = self._indices(small, name in self.pairs)
        if indices is None:
            raise error(f"Is `{small}` one index or several? Write {name}[...], with commas between them.", below)
        return self.entry(name, ", ".join(indices), glyph, error), True

    def entry(self, name: str, indices: str, glyph: Glyph, error: Refuse) -> str:
        """`x[i, j]`; a delta with two indices is Kronecker's where all other names are known."""
        if name != "delta" or name in self.own or "," not in indices:
            return f"{name}[{indices}]"
        if not self.all_known:
            raise error(
                f"Is this 1 where both are equal? Write KroneckerDelta({indices}), or call the array otherwise.", glyph
            )
        return f"KroneckerDelta({indices})"

    def _indices(self, small: str, is_pair: bool) -> list[str] | None:
        """The indices that stand below: `ij` are two, `i+1` and `10` one, `2i` could be both if no other entry has two."""
        if small.isdigit() or SHIFTED.fullmatch(small):
            return [self._index(small)]
        if self.plain(small) in self.bound and len(small) > 1:
            return None
        parts = re.findall(r"\d+|.", small)
        if any(c in "+-" for c in parts) or (any(a.isdigit() for a in parts[:-1]) and not is_pair):
            return None
        return [self._index(part) for part in parts]

    def _index(self, text: str) -> str:
        return "".join(self.plain(c) if c in LETTERS or c in self.printed else c for c in text)

    def is_operator(self, name: str) -> bool:
        """Is it a sum, a maximum, a limit, with its index below or without: `sum_i`, `max_k`, `Sigma`?"""
        head = name.partition("_")[0]
        known = head in OPERATORS or ("_" in name and takes_an_argument(head))
        return known and name not in self.own

    def is_derivative(self, above: str, below: str) -> bool:
        """Is it d/dx, or dy/dx?"""
        return above[:1] == "d" and DIFFERENTIAL.fullmatch(below) is not None and not {above, below} <= self.own.keys()

    def is_new(self, glyph: Glyph | None) -> bool:
        """Is it a name that neither the table nor the caller knows?"""
        name = self.plain(glyph.text) if glyph is not None else ""
        return name not in self.own and not takes_an_argument(name)

    def is_unclear(self, small: str) -> bool:
        """Do letters touch in an exponent, without being a name of the caller's?"""
        return any(word not in self.printed for word in re.findall(r"[^\W\d_]{2,}", small))

    def may_be_euler(self) -> bool:
        """Is an e below an exponent Euler's? Not if e is a name anywhere else; below a number it could be either."""
        return "e" not in self.own and "e" not in self.bare

    def called(self, name: str, glyph: Glyph, error: Refuse) -> str:
        """The function that `name(...)` calls."""
        if name in self.own or name not in PRINTED:
            return name
        raise error(f"`{glyph.text}(...)` could be {PRINTED[name]}(...) or a function of your own; write which.", glyph)

    def ending(self, after: Sequence[Glyph], index: str) -> str | None:
        """The letter of the integral whose body begins here: of `f(t) dt` it is t."""
        depth = 1
        for glyph in after:
            ends = glyph.kind == "name" and glyph.apart and glyph.text[:1] == "d" and len(glyph.text) > 1
            depth += (glyph.text == "∫") - ends
            if depth == 0:
                return glyph.text[1:] if index in ("", glyph.text[1:]) else None
        return None


def _touches(after: Glyph | None, *texts: str) -> bool:
    return after is not None and not after.apart and after.text in texts


def _is_small(after: Glyph | None) -> bool:
    return after is not None and after.kind in ("lowered", "raised", "prime")
