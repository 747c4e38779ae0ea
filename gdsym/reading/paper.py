"""Formulas as they stand on paper, `Σᵢ₌₁ᵐ (w xᵢ + b - yᵢ)²/(2m)`, in the plain spelling; what can be meant in two ways is refused.

A blank is a product, and `/` binds tighter than a blank: `1/m Σᵢ xᵢ` is (1/m) Σᵢ xᵢ. A sum reaches to the next + or -.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from gdsym.reading import messages
from gdsym.reading.glyphs import BIG, CLOSERS, OPENERS, ROOTS, Glyph, glyphs, normal, unraised
from gdsym.reading.letters import Letters
from gdsym.reading.scan import Compared
from gdsym.reading.source import WRONG, Source, takes_an_argument
from gdsym.reading.table import GREEK, PLAIN_LETTERS
from gdsym.record import record

WRAPPED = {"|": "Abs", "⌊": "floor", "⌈": "ceiling"}


def on_paper(text: str, own: Mapping[str, Any]) -> str | None:
    """`text` in the plain spelling; None if nothing in it is written as on paper.

    Raises:
        ReadError: where two meanings are possible, or none.
    """
    if text.isascii() and "^" in text:
        return None  # typed, in another language: a power is written ** here
    found = glyphs(shown := normal(text)) or []
    letters = Letters(found, own) if found else None
    if letters is None or not (letters.all_known or any(g.is_mark for g in found)):
        return None
    paper = _Paper(shown, letters, found)
    plain = paper.sum()
    if (left := paper.here) is not None:
        raise paper.error(WRONG.get(left.text) or f"`{left.text}` cannot stand here.", left)
    return plain


@record
class _Piece:
    """A factor in plain spelling, its last sign, the function whose name it is, and whether it is a sum."""

    plain: str
    last: Glyph
    call: str = ""
    sum: bool = False


class _Paper(Compared):
    """One text, read from left to right: each method reads one kind of part and returns its plain spelling."""

    def __init__(self, text: str, letters: Letters, found: list[Glyph]) -> None:
        super().__init__(Source(text, text), found)
        self.letters = letters
        self.bodies = 0  # sums that are open since the last bracket
        self.bars = 0  # open ones since the last bracket
        self.ends: list[str] = []  # the letters of the integrals that are open: `dt` ends the inmost

    def inside(self, text: str) -> str:
        """What stands in small letters."""
        plain = (other := _Paper(text, self.letters, glyphs(text) or [])).sum()
        if other.here is not None:
            raise other.error(f"`{other.here.text}` cannot stand here.", other.here)
        return plain

    # Sums and products ------------------------------------------------------------------------------------------------

    def sum(self) -> str:
        """Terms with + and - between them."""
        out = self.take().text if self.is_here("-", "+") else ""
        out += self.product()
        while self.is_here("+", "-"):
            out += f" {self.take().text} {self.product()}"
        return out

    def product(self) -> str:
        """Factors side by side; a fraction behind the first is one factor."""
        out, behind = "", ""
        while True:
            tight = self.fraction()
            out = f"{out}*{tight[0]}" if behind == "*" else f"{out}*({tight[0]})" if behind else tight[0]
            if self.is_here("*", "·"):
                behind = self.take().text
            elif self._beside(tight):
                behind = " "
            else:
                return out

    def fraction(self) -> tuple[str, _Piece, bool, bool]:
        """`a/b/c`: its plain spelling, its last factor, is it a fraction, and does it have blanks around its bar."""
        piece = self.signed()
        out, divided, loose = piece.plain, False, False
        while self.is_here("/"):
            bar = self.take()
            loose |= bar.apart or (self.here is not None and self.here.apart)
            if loose and self.bodies:
                raise self.error("Is the sum divided, or each of its terms? Put brackets around one.", bar)
            if self.is_here(*BIG):
                raise self.error("A sum below a bar stands in brackets, 1/(Σ ...).", self.here)
            above, piece = piece, self.signed()
            if self.letters.is_derivative(above.plain, piece.plain):
                raise self.error("Give the formula alone: its derivative is what is asked for.", bar)
            out, divided = f"{out}/{piece.plain}", True
        return out, piece, divided, loose

    def _beside(self, before: tuple[str, _Piece, bool, bool]) -> bool:
        """Is what follows a factor beside the last one? Refused where it could be something else."""
        after, (_, piece, divided, loose) = self.here, before
        if after is None or not self._starts(after) or piece.sum:
            return False
        if self.ends and after.apart and after.text == f"d{self.ends[-1]}":
            return False
        shown = self.source.shown[piece.last.start : after.end]
        if piece.last.kind in ("name", "lowered") and self.letters.is_operator(piece.plain):
            raise self.error(
                f"`{piece.plain}` is no factor: write Sum(body, (i, 1, m)), Max(a, b), and a cost for its slope.",
                piece.last,
            )
        if piece.last.kind == "number" and not after.apart and (piece.plain == "0" or after.text[0] in "eEjJ"):
            raise self.error(f"Is `{shown}` a number? Write a product with `*`.", after)
        if after.kind == "number":
            raise self.error(f"A sign is missing in `{shown}`; a product of numbers is written with `*`.", after)
        if divided and (loose or not after.apart):
            raise self.error(
                f"How far does the fraction reach in `{shown}`? Put brackets around what is below the bar.", after
            )
        if piece.call and takes_an_argument(piece.call):
            raise self.error(messages.argument_missing(piece.call, "..."), after)
        if not after.apart and piece.last.kind == "name" and after.kind not in ("open", "root"):
            raise self.error(f"A sign or a blank is missing in `{shown}`.", after)
        return True

    def _starts(self, glyph: Glyph) -> bool:
        if glyph.text == "|":
            return not self.bars
        return glyph.kind in ("name", "number", "big", "root") or glyph.text in OPENERS

    # Factors ----------------------------------------------------------------------------------------------------------

    def signed(self) -> _Piece:
        if self.is_here("-", "+"):
            sign, piece = self.take().text, self.signed()
            return _Piece(f"({sign}{piece.plain})", piece.last)
        return self.big() if self.here is not None and self.here.kind == "big" else self.powered()

    def powered(self) -> _Piece:
        """A factor and what is raised behind it: `x²`, `x^(k - 1)`, `n!`."""
        base = self.atom()
        while self.is_here("!"):
            base = _Piece(f"factorial({base.plain})", self.take())
        typed = self.is_here("**")
        exponent = self._exponent()
        if exponent is None:
            return base
        last = self.found[self.at - 1]
        if self._exponent() is not None or self.is_here("!"):
            raise self.error("A power of a power needs brackets.", self.found[self.at - 1])
        if base.plain == "e" and not typed and self.letters.may_be_euler():
            if exponent.lstrip("-").isdigit():
                raise self.error(f"Is e Euler's number or a letter? Write exp({exponent}) or e**{exponent}.", last)
            return _Piece(f"exp({exponent})", last)
        if base.call:
            return self._power_of_a_function(base, exponent, last)
        return _Piece(f"{base.plain}**({exponent})", last)

    def _exponent(self) -> str | None:
        if self.here is not None and self.here.kind == "raised":
            small = unraised(self.take().text)
            if self.letters.is_unclear(small):
                raise self.error(f"Is `{small}` one name or a product? Write **(...).", self.found[self.at - 1])
            return self.inside(small)
        if not self.is_here("**", "^"):
            return None
        sign = self.take()
        if self.is_here("("):
            plain = self.bracketed("(")
            if sign.text == "^" and plain in self.letters.bound:
                raise self.error(
                    f"`^({plain})` could be a power or the sample {plain}: write **{plain} or [{plain}].", sign
                )
            return plain
        if sign.text == "**" and self.is_here("-", "+"):
            return self.signed().plain
        minus = self.take().text if self.is_here("-") else ""
        piece = self.powered() if sign.text == "**" else self.atom()
        if sign.text == "^" and piece.plain == "T" and "T" not in self.letters.own:
            raise self.error("A transpose or a power? Write a product of vectors as a sum, a power as **T.", sign)
        if self.here is not None and not self.here.apart and self._starts(self.here):
            raise self.error("How far does the exponent reach? Put brackets around it.", self.here)
        return minus + piece.plain

    def _power_of_a_function(self, base: _Piece, exponent: str, last: Glyph) -> _Piece:
        """`sin²(x)`; what sin⁻¹ is, books do not agree."""
        if not (exponent.isdigit() and self.is_here("(") and takes_an_argument(base.call)):
            raise self.error(messages.power_behind(base.call), last)
        argument = self.bracketed("(")
        return _Piece(f"{base.plain}({argument})**{exponent}", self.found[self.at - 1])

    def atom(self) -> _Piece:
        glyph = self.take()
        if glyph.kind == "number":
            return _Piece(glyph.plain, glyph)
        if glyph.kind == "name":
            return self.named(glyph)
        if glyph.kind == "root":
            name = self.here
            piece = self.atom()
            if self.is_here("^", "**") or (self.here is not None and self.here.kind == "raised"):
                raise self.error("Is the root raised, or what is below it? Put brackets around one.", self.here)
            called = name is not None and name.kind == "name" and piece.last.text == ")"
            touched = self.here is not None and not self.here.apart and self._starts(self.here)
            if (touched and piece.last.text != ")") or (called and self.letters.is_new(name)):
                raise self.error("How far does the root reach? Put brackets around what is below it.", piece.last)
            return _Piece(ROOTS[glyph.text].format(piece.plain), piece.last)
        self.at -= 1
        if glyph.text == "{":
            return _Piece(f"Piecewise({self.bracketed('{', self.all_cases)})", self.found[self.at - 1])
        if glyph.text in OPENERS:
            inner = self.bracketed(glyph.text, self.list if glyph.text == "(" else None)
            return _Piece(f"{WRAPPED.get(glyph.text, '')}({inner})", self.found[self.at - 1])
        raise self.error(f"`{glyph.text}` cannot stand here.", glyph)

    def bracketed(self, opener: str, part: Callable[[], str] | None = None) -> str:
        """What stands between two brackets or bars."""
        self.take(opener)
        outside = self.bars, self.ends, self.bodies
        self.bars, self.ends, self.bodies = int(opener == "|"), [], 0
        inner = (part or self.sum)()
        closer = self.take(CLOSERS[opener])
        if opener == "|" and closer.apart:
            raise self.error("Which bar closes which? Write Abs(u).", closer)
        if opener == "|" and self.here is not None and not self.here.apart and self._starts(self.here):
            raise self.error("Which bar closes which? Write Abs(u), or a blank between two factors.", self.here)
        self.bars, self.ends, self.bodies = outside
        return inner

    def named(self, glyph: Glyph) -> _Piece:
        """A name, an entry or a call."""
        below = self.take() if self.here is not None and self.here.kind == "lowered" else None
        plain, is_entry = self.letters.named(glyph, below, self.error)
        last = below or glyph
        primes = 0
        while self.is_here("′"):
            last, primes = self.take(), primes + 1
        if self.is_here("[") and self.here is not None and not self.here.apart and not is_entry:
            indices = self.bracketed("[", self.list)
            return _Piece(self.letters.entry(plain, indices, glyph, self.error), self.found[self.at - 1])
        if not is_entry and self.is_here("(") and self._is_call(plain, last):
            arguments = self.bracketed("(", self.list)
            called = self.letters.called(plain, glyph, self.error)
            whole = f"{called}({arguments})"
            if primes:
                whole = f"Derivative({whole}, ({arguments}, {primes}))"
            return _Piece(whole, self.found[self.at - 1])
        if primes:
            raise self.error("A prime is read behind a function that has its argument, f′(x).", last)
        is_letter = is_entry or plain in self.letters.own or (plain in GREEK and not glyph.text.isascii())
        return _Piece(plain, last, plain if takes_an_argument(plain) and not is_letter else "")

    def _is_call(self, plain: str, last: Glyph) -> bool:
        """Is the bracket behind a name its argument, or a factor?"""
        bracket = self.here
        if plain in self.letters.numbers:
            return False
        if last.text in PLAIN_LETTERS and plain not in self.letters.own:
            raise self.error(messages.letter_called(last.text, plain), bracket)
        if bracket is None or not bracket.apart or plain in self.letters.functions or takes_an_argument(plain):
            return True
        apart = messages.called_apart(self.source.shown[last.start : bracket.end], plain)
        raise self.error(messages.derived_by(self.source.shown[: last.end]) or apart, bracket)

    # Sums, cases and conditions ---------------------------------------------------------------------------------------

    def big(self) -> _Piece:
        """`Σᵢ₌₁ᵐ body`, `∫₀ˣ body dt`."""
        sign = self.take()
        name, index, lower, upper = BIG[sign.text[0]], *sign.limits
        if not upper:
            raise self.error(messages.limits_missing(name), sign)
        lower, upper = self.inside(lower), self.inside(upper)
        if name == "Integral":
            return self._integral(index, lower, upper)
        self.bodies += 1
        body = self.product()
        self.bodies -= 1
        index = self.letters.plain(index)
        return _Piece(f"{name}({body}, ({index}, {lower}, {upper}))", self.found[self.at - 1], sum=True)

    def _integral(self, index: str, lower: str, upper: str) -> _Piece:
        letter = self.letters.ending(self.found[self.at :], index)
        if letter is None:
            raise self.error("An integral ends in its letter, ∫₀ˣ f(t) dt.", self.here)
        self.ends = [*self.ends, letter]
        body = self.product()
        last = self.take(f"d{letter}")
        self.ends = self.ends[:-1]
        plain = self.letters.plain(letter)
        return _Piece(f"Integral({body}, ({plain}, {lower}, {upper}))", last, sum=True)
