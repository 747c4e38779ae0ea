"""A name as LaTeX, as Unicode and as ASCII: taken apart into letter, accent, subscripts, and built anew from the parts.

Nothing of a name is ever copied: what is no letter or digit is spelled, so no name can become TeX, HTML or Markdown.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from gdsym.record import changed, record
from gdsym.writing.letters import (
    ACCENT_OF,
    ACCENTS,
    GREEK,
    GREEK_NAME,
    LATIN_LOOKING,
    LOWERED,
    RAISED,
    SPELLINGS,
    SUBSCRIPTS,
    spelled,
)

IN_CODE = {"lambda": "lam", "lamda": "lam"}  # a word of Python
LONGEST_WORD = 40  # characters of a name that are shown
# Patterns are compiled by those who first need them: most names are one letter.
WRAPPERS = r"\\(?:mathrm|mathbf|mathit|boldsymbol|bm|text|operatorname|rm|bf)\s*\{([^{}]*)\}"
ACCENTED = r"\\(?:wide)?(hat|bar|tilde|dot|vec|overline)(?:\s*\{\s*([^{}]*?)\s*\}|\s+(\\?[^\W\d_]+)|\s*(\\[^\W\d_]+))"
COMMAND = r"\\([A-Za-z]+)\s*"
SCRIPT = r"([_^])(\{[^{}]*\}|[^_^{}]*)"
SLOT = r"[(\[]([^\W\d_])[)\]]"


@record
class Name:
    """The parts of a name: `\\hat{w}_{0}^{(i)}'` has core w, accent hat, subs ('0',), sup '(i)', one prime."""

    core: str  # a letter, the word for a Greek letter, or words with blanks between
    accent: str = ""
    subs: tuple[str, ...] = ()
    sup: str = ""
    primes: int = 0

    @property
    def is_word(self) -> bool:
        """Is it set upright, as `Error` is?"""
        return len(self.core) > 1 and self.core not in GREEK

    @property
    def has_slot(self) -> bool:
        """Does `x^{(i)}` wait for its first index in the superscript?"""
        return re.fullmatch(SLOT, self.sup) is not None


@lru_cache(maxsize=1024)
def parsed(name: str) -> Name:
    """The parts of `name`; any text has some."""
    if len(name) == 1 and name.isascii() and name.isalpha():
        return Name(name)
    text, accent = _without_commands(unicodedata.normalize("NFC", name))
    core, subs, sup = _scripts(text)
    bare = core.rstrip("'′")
    primes, core = (len(core) - len(bare), bare) if bare else (0, core)
    digits = re.fullmatch(r"([^\W\d_]+)(\d+)", core)
    if digits and not sup:
        core, subs = digits[1], [digits[2], *subs]
    if not accent:
        core, accent, subs = _accent(core, subs)
    while _is_long_word(core) and subs and _is_long_word(subs[0]):
        core, subs = f"{core} {subs[0]}", subs[1:]
    return Name(core or "unnamed", accent, tuple(subs), sup, primes)


def _without_commands(text: str) -> tuple[str, str]:
    """Plain letters for `\\theta`, `\\mathrm{max}`, `\\hat{y}`, `θ₀`; and the accent, if it spans the letter."""
    text = text.strip()
    if len(text) > 2 and text[0] == text[-1] == "$":
        text = text[1:-1]
    text = re.sub(WRAPPERS, r"\1", _lowered(text))
    accent = ""
    if found := re.match(ACCENTED, text):
        accent = "bar" if found[1] == "overline" else found[1]
        text = (found[2] or found[3] or found[4] or "") + text[found.end() :]
    text = re.sub(COMMAND, lambda c: c[1] if c[1] in GREEK else c[0], text)
    marks = unicodedata.normalize("NFD", text[:1]) + text[1:2]
    if len(marks) > 1 and marks[1] in ACCENT_OF and not accent:
        accent, text = ACCENT_OF[marks[1]], marks[0] + (text[1:] if text[:1] != marks[0] else text[2:])
    return text, accent


def _lowered(text: str) -> str:
    """`θ₀` as `θ_{0}`, `x²` as `x^{2}`."""
    for table, mark in ((LOWERED, "_"), (RAISED, "^")):
        text = re.sub(f"[{''.join(table)}]+", lambda r: mark + "{" + "".join(table[c] for c in r[0]) + "}", text)  # noqa: B023
    return text


def _scripts(text: str) -> tuple[str, list[str], str]:
    """Core, subscripts and superscript of `core_sub^{(sup)}`; stray marks stay in the core, to be spelled."""
    head = re.match(r"\{[^{}]*\}|[^_^{}]*", text)
    core, tail = (head[0], text[head.end() :]) if head else ("", text)
    pieces = list(re.finditer(SCRIPT, tail))
    if not core.strip("{} ") or "".join(p[0] for p in pieces) != tail:
        return _word(text) or "unnamed", [], ""
    subs = [part for p in pieces if p[1] == "_" for part in re.split(r"[,\s]+", p[2].strip("{}")) if part]
    sups = [p[2].strip("{} ") for p in pieces if p[1] == "^"]
    return _word(core.strip("{}")), [_word(s) for s in subs], _superscript(sups)


def _superscript(sups: Sequence[str]) -> str:
    """A superscript that cannot be taken for a power: `*` or something in brackets."""
    text = "".join(sups)
    if not text or text in ("*", "\\ast"):
        return "*" if text else ""
    return text if re.fullmatch(r"\(\w+\)|\[\w+\]", text) else f"({_word(text)})"


def _word(text: str) -> str:
    """`text` with blanks single, Greek letters as their words, shortened if it is very long."""
    text = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    text = SPELLINGS.get(text, GREEK_NAME.get(text, text))
    return _cut(text)


def _cut(text: str) -> str:
    """`text` with its middle left out if it is very long."""
    return text if len(text) <= LONGEST_WORD else f"{text[: LONGEST_WORD - 8]}...{text[-5:]}"


def _is_long_word(text: str) -> bool:
    return len(text) > 1 and text not in GREEK and not text.isdigit()


def _is_letter(text: str) -> bool:
    return (len(text) == 1 and text.isalpha()) or text in GREEK


def _accent(core: str, subs: list[str]) -> tuple[str, str, list[str]]:
    """`y_hat`, `hat_y`, `yhat` -> y with the accent hat."""
    if subs and subs[0] in ACCENTS and _is_letter(core):
        return core, subs[0], subs[1:]
    if subs and core in ACCENTS and _is_letter(subs[0]):
        return subs[0], core, subs[1:]
    for accent in ACCENTS:
        letter = SPELLINGS.get(core[: -len(accent)], core[: -len(accent)])
        if core.endswith(accent) and _is_letter(letter):
            return letter, accent, subs
    return core, "", subs


def latex_name(name: str, indices: Sequence[str] = ()) -> str:
    """`name` in LaTeX, with `indices` (LaTeX already) as further subscripts: `\\theta_{0}`, `x_{ij}`, `w_{1,i}`."""
    parts = parsed(name)
    core = _latex_piece(parts.core)
    if parts.accent:
        core = rf"\{parts.accent}{{{core}}}"
    sup, rest = parts.sup.replace("*", r"\ast"), list(indices)
    if sup and sup != r"\ast":
        inner = rest.pop(0) if parts.has_slot and rest else _latex_piece(sup[1:-1])
        sup = f"{sup[0]}{inner}{sup[-1]}"
    below = joined_indices([_latex_piece(s) for s in parts.subs], rest)
    return core + "'" * parts.primes + (f"_{{{below}}}" if below else "") + (f"^{{{sup}}}" if sup else "")


def _latex_piece(piece: str) -> str:
    if piece in LATIN_LOOKING:
        return LATIN_LOOKING[piece]
    if piece in GREEK:
        return f"\\{piece}"
    if piece.isascii() and (piece.isdigit() or (len(piece) == 1 and piece.isalpha())):
        return piece
    return rf"\mathrm{{{upright(piece)}}}"


def upright(words: str) -> str:
    """Words for `\\mathrm{...}`: ASCII letters, digits and dots, `\\ ` between words, everything else spelled."""
    return worded(words).replace(" ", "\\ ")


def worded(words: str) -> str:
    """Words for `\\text{...}`, where MathJax prints the backslash of `\\ `: blanks between them, everything else spelled."""
    out = [c if c.isascii() and (c.isalnum() or c == ".") else " " if c in " _" else _spelled_apart(c) for c in words]
    return " ".join(_cut(" ".join("".join(out).split())).split()) or "unnamed"


def _spelled_apart(char: str) -> str:
    """Letters stay inside their word; signs become words of their own."""
    return spelled(char) if char.isalpha() else f" {spelled(char)} "


def joined_indices(own: Sequence[str], indices: Sequence[str]) -> str:
    """`ij` for single letters, `i-1,j` and `10,2` else; the name's own subscripts always apart."""
    short = all(re.fullmatch(r"[A-Za-z0-9]|\\[A-Za-z]+", i) for i in indices)
    clash = any(a.isdigit() and b.isdigit() for a, b in pairwise(indices))
    near = tight(indices) if short and not clash else ",".join(indices)
    return ",".join([*own, near] if near else own)


def tight(parts: Sequence[str]) -> str:
    """The pieces one after the other; a blank where a command would swallow the next letter."""
    out = ""
    for part in parts:
        out += " " if re.search(r"\\[A-Za-z]+$", out) and part[:1].isalpha() else ""
        out += part
    return out


def text_name(name: str, indices: Sequence[str] = ()) -> str:
    """`name` in Unicode: `θ₀`, `xᵢⱼ`, `ŷ`; `x[q]` and `w_b` where Unicode has no small letter."""
    parts = parsed(name)
    if parts.has_slot and indices:
        parts, slot = changed(parts, sup=""), indices[0]
        return f"{_text_core(parts)}^({slot}){_text_below(list(parts.subs), indices[1:])}"
    sup = f"^{parts.sup}" if parts.sup else ""
    return _text_core(parts) + sup + _text_below(list(parts.subs), indices)


def _text_core(parts: Name) -> str:
    core = GREEK.get(parts.core) or _printable(parts.core)
    if parts.accent:
        core = unicodedata.normalize("NFC", core + ACCENTS[parts.accent])
    return core.replace(" ", "_") + "′" * parts.primes


def _printable(word: str) -> str:
    """Letters of any alphabet, digits and dots; signs spelled, so that a name never looks like a formula."""
    return (
        "_".join(
            "".join(c if c.isalnum() or c == "." else " " if c in " _" else _spelled_apart(c) for c in word).split()
        )
        or "unnamed"
    )


def _text_below(subs: list[str], indices: Sequence[str]) -> str:
    subs = [GREEK.get(s, s) for s in subs]
    own = "".join(subs)
    small = len(subs) <= 1 and all(c in SUBSCRIPTS for c in own)
    lowered = "".join(SUBSCRIPTS[c] for c in own) if small else "".join(f"_{_printable(s)}" for s in subs)
    if not indices:
        return lowered
    squeezed = [i.replace(" ", "") for i in indices]
    if not subs and _all_small(squeezed):
        return "".join(SUBSCRIPTS[c] for i in squeezed for c in i)
    return f"{lowered}[{', '.join(indices)}]"


def _all_small(indices: Sequence[str]) -> bool:
    """Can the indices be written as small letters, and be told apart?"""
    if any(c not in SUBSCRIPTS for i in indices for c in i):
        return False
    if len(indices) == 1:
        return len(indices[0]) <= 3
    clash = any(a.isdigit() and b.isdigit() for a, b in pairwise(indices))
    return all(len(i) == 1 for i in indices) and not clash


def ascii_name(name: str, indices: Sequence[str] = ()) -> str:
    """`name` as a plain identifier, `theta_0`, `y_hat`, `x[i, j]`; readable again by `gd.read`."""
    parts = parsed(name)
    slot = () if parts.has_slot and indices else (parts.sup.strip("()[]").replace("*", "star"),)
    words = [parts.core, parts.accent, *["prime"] * parts.primes, *parts.subs, *slot]
    plain = "_".join(_identifier(w) for w in words if w)
    return f"{plain}[{', '.join(indices)}]" if indices else plain


def _identifier(word: str) -> str:
    plain = "".join(c if c.isascii() and c.isalnum() else "_" if c in " _." else _spelled_apart(c) for c in word)
    return "_".join(p for p in re.split("[ _]+", plain) if p) or "unnamed"


__all__ = ["Name", "ascii_name", "joined_indices", "latex_name", "parsed", "text_name", "tight", "upright"]


def in_code(name: str) -> str:
    """How code spells a name: lambda is a word of Python, a Greek letter has a name."""
    word = _greek_word(name)
    return IN_CODE.get(word, word)


def _greek_word(name: str) -> str:
    """The word for a single Greek letter; any other name as it is."""
    if len(name) != 1 or name.isascii():
        return name
    words = unicodedata.name(name, "").split()
    return words[-1].lower() if words[:1] == ["GREEK"] and len(words) == 4 else name
