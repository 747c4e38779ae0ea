r"""What a refused text seems to mean: `5x^3` is 5*x**3, `sin^2(x)` is sin(x)**2, `|x|` is Abs(x). Only ever said, never assumed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import partial

from gdsym.errors import ReadError
from gdsym.reading.messages import INVERSE
from gdsym.reading.source import takes_an_argument
from gdsym.reading.spelling import SUPERSCRIPTS, plain_names
from gdsym.reading.table import GREEK

LONGEST = 400  # characters: what is longer does not fit a message
Mend = Callable[[str], str]
Argument = Callable[[str, int], "tuple[str, int] | None"]
PARTNER = {"(": ")", "{": "}", "[": "]"}
SMALL = re.compile("[" + "".join(SUPERSCRIPTS) + "]*\u207b[" + "".join(SUPERSCRIPTS) + "]+")
ROOTS = {"\u221a": "sqrt", "\u221b": "cbrt"}

LEFT_SIDE = re.compile(r"^\s*[A-Za-z]\w*(?:\([\w\s,]*\))?\s*=(?!=)|^\s*lambda\b[\w\s,]*:")
MODULE = re.compile(r"\b(?:np|numpy|jnp|math|torch|sp|sympy)\.(?=[A-Za-z])")
RANGE = re.compile(r",\s*\(?\s*([A-Za-z]\w*)\s*=\s*([^,()]+?)\s*(?:\.\.\.?|,|:)\s*([^,()]+?)\s*\)?\s*\)$")
FLAT_RANGE = re.compile(r",\s*([A-Za-z]\w*)\s*,\s*([^,()]+?)\s*,\s*([^,()]+?)\s*\)$")
POWER = re.compile(r"([A-Za-z]\w*) *(?:\^|\*\*) *(?:(\d+)|[({] *(-? *\d+) *[)}]|(- *1)) *(?=[A-Za-z(])")
BARS = re.compile(r"\|([^|]+)\|")
ATOM = re.compile(r"[A-Za-z]\w*(?:\[[^\]]*\])?|\d+\.?\d*")
BEYOND = re.compile(r" *(?:\*\*|[*/])? *(?=[\w(])")  # between an argument and what may belong to it
FRACTION = re.compile(r"\\[dt]?frac\s*(?=\{)")
COMMANDS = re.compile(r"\\(left|right|bigl?|bigr?|,|;|!|quad)(?![A-Za-z])")
FUNCTION = re.compile(
    r"\\(?:operatorname\{)?(sqrt|log|ln|exp|sin|cos|tan|sinh|cosh|tanh|arctan|max|min)\}?(?![A-Za-z])"
)
GAP = re.compile(r"(?<![\w.])(\d+\.?\d*|\d*\.\d+) *(?=[A-Za-z(])|([)\]]) *(?=[\w(])|\b([A-Za-z]\w*) +(?=[\w(])")
SUMMATION = re.compile(
    r"(?:\\sum|[\u2211\u03a3])\s*_\{?\s*([A-Za-z])\s*=\s*([^{}^]+?)\s*\}?\s*\^\s*(?:\{([^{}]+)\}|(\w))\s*"
)
ENTRY = re.compile(r"\b([A-Za-z]\w*?)_(?:\{\s*([A-Za-z]+)\s*\}|([A-Za-z]))(?![A-Za-z0-9])")
GUESSES = re.compile(
    r"\bd/d[A-Za-z]|\b0[xX]\d|/ *\d+[A-Za-z(]|(?<!\\)\bsum_|\^ *\{?T\b|\\top"
)  # may be meant in two ways, or by no formula
EXPONENT = re.compile(r"\d[eE][+-]?\d")


def mended(text: str) -> tuple[str, ...]:
    """The formulas that the text seems to mean, in the spelling that is read: log(x**2) and log(x)**2 for `log x^2`; often one, or none."""
    if len(text) > LONGEST or GUESSES.search(text):
        return ()
    try:
        new = text.strip()
        for mend in BEFORE:
            new = mend(new)
        new = plain_names(new).strip()
        meant = dict.fromkeys(_with(argument, new) for argument in (_long_argument, _argument))
    except (ReadError, IndexError):
        return ()
    return tuple(formula for formula in meant if formula != text)


def _with(argument: Argument, text: str) -> str:
    """The text, where what a function without brackets is taken of reaches as far as the argument does."""
    for mend in AFTER:
        text = mend(text)
    for mend in (partial(_gaps, argument), _euler, _factorials, str.strip):
        text = mend(text)
    return text


def _closed(text: str, start: int) -> int:
    """Behind the bracket that closes the one at `start`."""
    depth = 0
    for at in range(start, len(text)):
        depth += (text[at] in PARTNER) - (text[at] in PARTNER.values())
        if depth == 0:
            return at + 1
    raise IndexError


def _argument(text: str, start: int) -> tuple[str, int] | None:
    """What stands at `start` as one piece, without brackets of its own, and where it ends."""
    while text[start : start + 1] == " ":
        start += 1
    if text[start : start + 1] in PARTNER:
        end = _closed(text, start)
        return text[start + 1 : end - 1].strip(), end
    atom = ATOM.match(text, start)
    if atom is None:
        return None
    if text[atom.end() : atom.end() + 1] == "(":
        end = _closed(text, atom.end())
        return text[start:end], end
    return atom.group(), atom.end()


def _long_argument(text: str, start: int) -> tuple[str, int] | None:
    """The argument with its powers and what it is multiplied by, up to the next function: of log x^2 y + 1 it is x^2 y."""
    found = _argument(text, start)
    if found is None or text[start : found[1]].strip()[:1] in PARTNER:
        return found
    end = found[1]
    while sign := BEYOND.match(text, end):
        head = ATOM.match(text, sign.end())
        part = None if head and takes_an_argument(head.group()) else _argument(text, sign.end())
        if part is None:
            break
        end = part[1]
    return text[start:end].strip(), end


def _each(pattern: re.Pattern[str], text: str, made: Callable[[re.Match[str]], tuple[str, int] | None]) -> str:
    """The text with each match, from left to right, replaced by what is made of it up to the place that comes with that."""
    at = 0
    while match := pattern.search(text, at):
        found = made(match)
        at = match.end() if found is None else match.start()
        if found is not None:
            new, end = found
            text = text[: match.start()] + new + text[end:]
            at = match.start() + 1
    return text


ROOT_SIGN = re.compile("[" + "".join(ROOTS) + "]")


def _roots(text: str) -> str:
    def made(match: re.Match[str]) -> tuple[str, int] | None:
        found = _argument(match.string, match.end())
        return None if found is None else (f"{ROOTS[match.group()]}({found[0]})", found[1])

    return _each(ROOT_SIGN, text, made)


def _small_letters(text: str) -> str:
    """A small raised -1 behind x: x**(-1); a printed half: (1/2)."""
    text = SMALL.sub(lambda m: "**(" + unicodedata.normalize("NFKC", m.group()).replace("\u2212", "-") + ")", text)
    return "".join(
        f"({unicodedata.normalize('NFKC', c)})".replace("\u2044", "/")
        if unicodedata.decomposition(c).startswith("<fraction>")
        else c
        for c in text
    )


def _piece(part: str) -> str:
    return part if ATOM.fullmatch(part) else f"({part})"


def _fractions(text: str) -> str:
    def made(match: re.Match[str]) -> tuple[str, int] | None:
        above = _argument(match.string, match.end())
        below = _argument(match.string, above[1]) if above else None
        if above is None or below is None:
            return None
        new = f"{_piece(above[0])}/{_piece(below[0])}"
        return new if match.start() == 0 and below[1] == len(match.string) else f"({new})", below[1]

    return _each(FRACTION, text, made)


def _commands(text: str) -> str:
    """`\\left(`, `\\sin x` and `\\sqrt{u}` without their backslashes."""
    text = FUNCTION.sub(r"\1", COMMANDS.sub("", text))
    return _each(re.compile(r"\bsqrt\s*(?=\{)"), text, _in_round_brackets)


def _in_round_brackets(match: re.Match[str]) -> tuple[str, int] | None:
    found = _argument(match.string, match.end())
    return None if found is None else (f"{match.group().strip()}({found[0]})", found[1])


def _summations(text: str) -> str:
    """A sum sign with limits: Sum(body, (i, 1, m)), its body up to the next + or - or the end of the bracket; x_i in it is x[i]."""
    indices = {found[0] for found in SUMMATION.findall(text)}

    def made(match: re.Match[str]) -> tuple[str, int] | None:
        index, low, high = match.group(1), match.group(2), match.group(3) or match.group(4)
        end = _end_of_term(match.string, match.end())
        body = match.string[match.end() : end]
        space = body[len(body.rstrip()) :]
        return f"Sum({body.strip()}, ({index}, {low}, {high})){space}", end

    def entry(match: re.Match[str]) -> str:
        letters = match.group(2) or match.group(3)
        return f"{match.group(1)}[{', '.join(letters)}]" if indices.issuperset(letters) else match.group()

    return _each(SUMMATION, ENTRY.sub(entry, text) if indices else text, made)


def _end_of_term(text: str, start: int) -> int:
    at = start
    while at < len(text) and text[at] not in ")}],":
        if text[at] in "+-\u2212" and text[start:at].strip():
            break
        at = _closed(text, at) if text[at] in PARTNER else at + 1
    return at


def _function_powers(text: str) -> str:
    """`sin^2(x)` is sin(x)**2, `sin^-1(x)` is asin(x)."""

    def made(match: re.Match[str]) -> tuple[str, int] | None:
        name, power = match.group(1), (match.group(2) or match.group(3) or match.group(4)).replace(" ", "")
        found = _argument(match.string, match.end())
        if not takes_an_argument(name) or found is None or (power.startswith("-") and name not in INVERSE):
            return None
        whole = f"{INVERSE[name]}({found[0]})" if power == "-1" else f"{name}({found[0]})**{power}"
        return whole, found[1]

    return _each(POWER, text, made)


def _powers(text: str) -> str:
    def made(match: re.Match[str]) -> tuple[str, int] | None:
        end = _closed(match.string, match.end() - 1)
        return f"**({match.string[match.end() : end - 1]})", end

    return _each(re.compile(r"(?:\^|\*\*) *\{"), text, made).replace("^", "**")


def _euler(text: str) -> str:
    def made(match: re.Match[str]) -> tuple[str, int] | None:
        minus = "-" if match.group(1) else ""
        found = _argument(match.string, match.end())
        return None if found is None else (f"exp({minus}{found[0]})", found[1])

    return _each(re.compile(r"\be *\*\* *(-?)"), text, made)


def _factorials(text: str) -> str:
    return re.sub(r"\b([A-Za-z]\w*|\d+)!(?!=)", r"factorial(\1)", text)


def _ranges(text: str) -> str:
    """`sum(x[i], i, 1, m)` and `sum(x[i], i=1..m)` are Sum(x[i], (i, 1, m))."""

    def made(match: re.Match[str]) -> tuple[str, int] | None:
        end = _closed(match.string, match.end() - 1)
        call = match.string[match.start() : end]
        for pattern in (RANGE, FLAT_RANGE):
            new = pattern.sub(r", (\1, \2, \3))", call)
            if new != call:
                return "Sum(" + new.partition("(")[2], end
        return None

    return _each(re.compile(r"\b[sS]um\("), text, made)


def _gaps(argument: Argument, text: str) -> str:
    """`2x`, `(a)(b)` and `a x` are products, `sin x` is sin(x)."""

    def made(match: re.Match[str]) -> tuple[str, int] | None:
        number, closing, name = match.groups()
        if number and EXPONENT.match(match.string, match.end() - 1):
            return None
        if name and takes_an_argument(name) and name not in GREEK:
            found = argument(match.string, match.end())
            return None if found is None or "(" in match.group() else (f"{name}({found[0]})", found[1])
        if name in ("and", "or", "not"):
            return None
        return f"{number or closing or name}*", match.end()

    return _each(GAP, text, made)


BEFORE: tuple[Mend, ...] = (
    lambda text: MODULE.sub("", LEFT_SIDE.sub("", text)),
    _small_letters,
    _roots,
    _summations,
    _fractions,
    _commands,
)
AFTER: tuple[Mend, ...] = (
    _ranges,
    lambda text: BARS.sub(r"Abs(\1)", text),
    _function_powers,
    lambda text: re.sub(r"\b([A-Za-df-z])e *(?=\^)", r"\1*e", text),
    _powers,
)
