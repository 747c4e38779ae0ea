"""Tables of letters: Greek, subscripts, superscripts, accents, and how hostile characters are spelled."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

_GREEK_NAMES = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu "
    "nu xi omicron pi rho sigma tau upsilon phi chi psi omega "
    "Alpha Beta Gamma Delta Epsilon Zeta Eta Theta Iota Kappa Lambda Mu "
    "Nu Xi Omicron Pi Rho Sigma Tau Upsilon Phi Chi Psi Omega "
    "vartheta varphi varepsilon varrho varpi varsigma"
).split()
_GREEK_LETTERS = "αβγδϵζηθικλμνξοπρστυϕχψωΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩϑφεϱϖς"

GREEK = dict(zip(_GREEK_NAMES, _GREEK_LETTERS, strict=True)) | {"ell": "ℓ"}
GREEK_NAME = {letter: name for name, letter in GREEK.items()} | {"µ": "mu", "∆": "Delta", "Ω": "Omega"}
SPELLINGS = {"lamda": "lambda", "lmbda": "lambda"}  # `lambda` is a Python keyword, so people write these

_LOOK_LATIN = dict(
    zip("Alpha Beta Epsilon Zeta Eta Iota Kappa Mu Nu Omicron Rho Tau Chi".split(), "ABEZHIKMNOPTX", strict=True)
)
LATIN_LOOKING = {name: rf"\mathrm{{{letter}}}" for name, letter in _LOOK_LATIN.items()} | {
    "omicron": "o"
}  # no TeX command

# letters of other alphabets that look like Latin ones on a screen
LOOKS = str.maketrans(
    "\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a7\u03bf"
    "\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0425\u0405\u0406\u0408"
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0455\u0456\u0458",
    "ABEZHIKMNOPTXoABEKMHOPCTXSIJaeopcyxsij",
)

ACCENTS = {"hat": "\u0302", "bar": "\u0304", "tilde": "\u0303", "dot": "\u0307", "vec": "\u20d7"}
ACCENT_OF = {mark: accent for accent, mark in ACCENTS.items()} | {"\u0305": "bar"}

SUBSCRIPTS = dict(zip("0123456789+-aehijklmnoprstuvxβγρφχ", "₀₁₂₃₄₅₆₇₈₉₊₋ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ", strict=True))
SUPERSCRIPTS = dict(zip("0123456789+-abcdefghijklmnoprstuvwxyz", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ", strict=True))
LOWERED = {small: plain for plain, small in SUBSCRIPTS.items()}
RAISED = {small: plain for plain, small in SUPERSCRIPTS.items()}

SPELLED = {
    "%": "percent", "&": "and", "#": "hash", "$": "dollar", "\\": "backslash", "<": "less", ">": "greater",
    "{": "brace", "}": "brace", "^": "caret", "~": "tilde", '"': "quote", "+": "plus", "-": "minus", "*": "star",
    "/": "slash", "=": "equals", "(": "bracket", ")": "bracket", "[": "bracket", "]": "bracket",
    "'": "prime", "_": "underscore",
    "ß": "ss", "æ": "ae", "ø": "o", "œ": "oe", "ł": "l", "đ": "d", "þ": "th", "ı": "i",
}  # fmt: skip


def spelled(char: str) -> str:
    """A character that is no ASCII letter or digit, in ASCII letters: `%` -> `percent`, `é` -> `e`."""
    if char in SPELLED:
        return SPELLED[char]
    if char in GREEK_NAME:
        return GREEK_NAME[char]
    plain = "".join(c for c in unicodedata.normalize("NFKD", char) if c.isascii() and c.isalnum())
    return plain or f"U{ord(char):04X}"


def raised(plain: str) -> str | None:
    """`plain` in small raised letters, None if Unicode lacks one or it is long."""
    return _small(plain, SUPERSCRIPTS)


def lowered(plain: str) -> str | None:
    """`plain` in small lowered letters, None if Unicode lacks one or it is long."""
    return _small(plain, SUBSCRIPTS)


def _small(plain: str, table: Mapping[str, str]) -> str | None:
    """`n - 1` as `n-1` in the letters of the table; the blank of a product stays."""
    squeezed = plain.replace(" + ", "+").replace(" - ", "-")
    fits = 0 < len(squeezed) <= 4 and all(c in table for c in squeezed)
    return "".join(table[c] for c in squeezed) if fits else None
