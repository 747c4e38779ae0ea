"""A text becomes a Python expression: length, characters, names, tokens, grammar; errors show the place."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from gdsym.errors import ComplexInput, GdsymError, GdsymTypeError, ReadError, Unsupported
from gdsym.reading import messages
from gdsym.reading.spelling import plain_names
from gdsym.reading.table import ALIASES, FUNCTIONS, INSTEAD, PLAIN_LETTERS, WRITTEN
from gdsym.record import record

LONGEST = 10_000  # characters
DEEPEST = 100  # brackets within brackets, signs in a row
LONGEST_NAME = 60
LONGEST_NUMBER = 100  # digits
LARGEST_EXPONENT = 300  # of 10, in 1e300: data are 64-bit floats

LAMBDA = "_lambd"  # as long as `lambda`, which Python reserves; no name starts with `_`, so it clashes with none
KEYWORDS = frozenset(
    "as assert async await break class continue def del elif else except finally for from global if import in is "
    "nonlocal pass raise return try while with yield None".split()
)
HINTS = {"for": " A loop is a sum: Sum(w*x[i], (i, 1, m)); in NumPy's notation, (w*x).sum()."}
WORD_OPERATORS = frozenset({"and", "or", "not"})

TOKEN = re.compile(
    r"(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?P<name>[A-Za-z_]\w*)|(?P<op>\*\*|[=!<>]=|.)", re.ASCII
)

CALLED_LETTER = re.compile(f"([{''.join(sorted(PLAIN_LETTERS))}])\\(")
FUNCTION_POWER = re.compile(r"([A-Za-z]\w*) *\*\* *(?:\d+|\( *-? *\d+ *\))$", re.ASCII)  # sin**2 x

WRONG = {
    "^": "`^` is no power here; a power is written `**`, as in x**2 (the sample x^(i) is x[i]).",
    "=": "An equation cannot be read: leave out the part up to `=`; on a curve a = b, write a - (b), with y(x) for y. In a condition, equal is written `==` or Eq(a, b). A sum's range is a triple, (i, 1, m).",
    "%": "`%` is not read; a remainder is written Mod(a, b).",
    "@": "`@` is not read; write a product of matrices as a Sum over an index.",
    "!": "`!` is not read; write factorial(n), and `!=` in a condition.",
    ".": "Attributes and methods are not read: write exp(x), not np.exp(x), and Sum(x[i], (i, 1, m)), not np.sum(x); a decimal point needs a digit beside it.",
    ":": "`:` is not read: a sum's range is a triple (i, 1, m), and slices are written as sums.",
    ";": "`;` is not read: give one formula at a time, and commas between arguments, max(x, 0).",
    "{": "Braces are not read; group with round brackets.",
    "}": "Braces are not read; group with round brackets.",
    "'": "Quotes and primes are not read: write Derivative(f(x), x) for f'(x), or a name such as yprime.",
    '"': "Strings are not read: a formula needs no quotes inside.",
    "|": "These bars are not read: write Abs(u), and sqrt(Sum(w[j]**2, (j, 1, n))) for a length. In a condition put brackets around both sides: (a < b) | (c < d).",
    "\\": "A backslash is only read in front of a Greek letter's name or \\hat: write the formula as in Python.",
}
SINGLE_OPERATORS = frozenset("+-*/<>()[],&|~")
HANGING = ("+", "-", "*", "/", "**")  # nothing stands behind; the last three need something before them, too
CLOSING = {")": "(", "]": "["}


@record
class Source:
    """A formula's text in plain spelling (`shown`) and as Python parses it (`code`); both have the same length."""

    shown: str
    code: str

    def error(self, message: str, start: int, end: int, kind: type[GdsymError] = ReadError) -> GdsymError:
        """An error of `kind` that points at `shown[start:end]`."""
        first, last = max(0, start - 40), min(len(self.shown), max(end, start + 1) + 20, start + 80)
        head, tail = "... " if first else "", " ..." if last < len(self.shown) else ""
        marks = "^" * max(1, min(end, last) - start)
        indent = " " * (4 + len(head) + start - first)
        return kind(f"{message}\n    {head}{self.shown[first:last]}{tail}\n{indent}{marks}")


def spelled(text: str, also: str = "") -> Source:
    """`text` after the checks that need no grammar: length, characters, names, numbers, brackets.

    The signs in `also` may stand there, too: whoever reads the text gives them their meaning.
    """
    if not isinstance(text, str):
        raise GdsymTypeError(f"A text is needed, not {type(text).__name__}.")
    if len(text) > LONGEST:
        raise ReadError(f"The formula has {len(text)} characters; the limit is {LONGEST}. Use Sum(...) for long sums.")
    if not text.strip():
        raise ReadError("The formula is empty. Write one, such as (w*x + b - y)**2.")
    if (call := CALLED_LETTER.search(text)) is not None:
        raise ReadError(messages.letter_called(call.group(1), plain_names(call.group(1))))
    shown = plain_names(text).strip()
    source = Source(shown, re.sub(r"\blambda\b", LAMBDA, shown, flags=re.ASCII))
    _check_tokens(source, also)
    return source


def parse(source: Source) -> ast.expr:
    """The formula's syntax tree, by Python's own grammar; nothing is run."""
    try:
        return ast.parse(source.code, mode="eval").body
    except SyntaxError as e:
        place = min(max((e.offset or 1) - 1, 0), len(source.shown))
        raise (
            _hanging(source)
            or _bar(source)
            or source.error("The formula cannot be read here; something is missing or misplaced.", place, place)
        ) from None
    except (MemoryError, RecursionError, ValueError):
        raise ReadError("The formula has too many terms or powers in a row; use Sum(...) or name its parts.") from None


def _hanging(source: Source) -> GdsymError | None:
    """A sign at the end or at the beginning that has nothing on its other side."""
    words = [token for token in tokens(source) if token.group() not in ")]"]
    if words and words[-1].group() in HANGING:
        sign, at = words[-1].group(), words[-1].start()
        return source.error(
            f"Nothing stands behind `{sign}`: finish the formula or leave the sign out.", at, at + len(sign)
        )
    if words and words[0].group() in HANGING[2:]:
        sign, at = words[0].group(), words[0].start()
        return source.error(
            f"Nothing stands before `{sign}`: put a factor there or leave the sign out.", at, at + len(sign)
        )
    return None


def _bar(source: Source) -> GdsymError | None:
    """`2|x|`: the first bar looked like the `|` of a condition."""
    at = source.shown.find("|")
    return source.error(WRONG["|"], at, at + 1) if at >= 0 else None


def _check_tokens(source: Source, also: str) -> None:
    before: re.Match[str] | None = None
    open_brackets: list[int] = []
    signs = 0
    for token in tokens(source):
        kind, word, at = token.lastgroup, token.group(), token.start()
        if kind == "name":
            _check_name(source, token)
        _check_neighbours(source, before, token)
        if kind == "number":
            _check_number(source, token)
        elif kind == "op":
            if word == "|" and (before is None or not _ends_operand(before)):
                raise source.error(WRONG[word], at, at + 1)
            if word not in also:
                _check_operator(source, word, at)
            _check_bracket(source, word, at, open_brackets)
        signs = _signs_in_a_row(signs, before, token)
        if signs > DEEPEST or len(open_brackets) > DEEPEST:
            raise source.error(f"The formula is nested more than {DEEPEST} levels deep.", at, at + 1, Unsupported)
        before = token
    if open_brackets:
        raise source.error("This bracket is never closed.", open_brackets[-1], open_brackets[-1] + 1)


def _signs_in_a_row(count: int, left: re.Match[str] | None, token: re.Match[str]) -> int:
    """Prefix signs and powers nest without a bracket: `--x`, `x**y**z`."""
    word = token.group()
    prefix = word in ("+", "-", "~", "not") and (left is None or not _ends_operand(left))
    if prefix or word == "**":
        return count + 1
    return 0 if token.lastgroup == "op" or word in WORD_OPERATORS else count


def tokens(source: Source) -> Iterator[re.Match[str]]:
    """Numbers, names and signs, from left to right."""
    return (t for t in TOKEN.finditer(source.shown) if t.group() != " ")


def _check_neighbours(source: Source, left: re.Match[str] | None, right: re.Match[str]) -> None:
    """Two operands side by side are a product on paper; here the `*` must be written."""
    if left is None or not _ends_operand(left) or not _starts_operand(right):
        return
    a, b = left.group(), right.group()
    if derived := messages.derived_by(source.shown[: left.end()]):
        raise source.error(derived, *left.span())
    touching = left.end() == right.start()
    if left.lastgroup == "number" and touching and b in ("j", "J"):
        raise source.error(
            f"{a}{b} is an imaginary number in Python; gdsym derives real costs. For a product write {a}*{b}.",
            left.start(), right.end(), ComplexInput,
        )  # fmt: skip
    if (b == "(" and left.lastgroup == "name") or (b == "[" and left.lastgroup != "number"):
        return  # a call or an entry: the walk decides
    power = FUNCTION_POWER.search(source.shown[: left.end()])
    if power and takes_an_argument(power.group(1)):
        raise source.error(messages.power_behind(power.group(1)), *power.span())
    raise source.error(_missing(a[:30], b[:30]), left.start(), right.end())


def _missing(a: str, b: str) -> str:
    """What is to be written between two operands side by side."""
    if a in ("Sigma", "sum", "Sum"):
        return f"A sum is written with its index and limits, Sum(body, (i, 1, m)), not `{a} {b}`."
    if takes_an_argument(a):
        return messages.argument_missing(a, b)
    return f"A sign is missing between `{a}` and `{b}`; a product is written with `*`."


def takes_an_argument(name: str) -> bool:
    """Is it a function of the table, whatever else it may be a letter for?"""
    return any(name in table for table in (FUNCTIONS, ALIASES, WRITTEN, INSTEAD, ("sqrt", "cbrt", "root", "log")))


def _ends_operand(token: re.Match[str]) -> bool:
    word = token.group()
    return token.lastgroup == "number" or (token.lastgroup == "name" and word not in WORD_OPERATORS) or word in ")]"


def _starts_operand(token: re.Match[str]) -> bool:
    word = token.group()
    return token.lastgroup == "number" or (token.lastgroup == "name" and word not in WORD_OPERATORS) or word in "(["


def _check_number(source: Source, token: re.Match[str]) -> None:
    mantissa, _, exponent = token.group().lower().partition("e")
    if len(mantissa) > LONGEST_NUMBER:
        raise source.error(f"This number has {len(mantissa)} digits; the limit is {LONGEST_NUMBER}.", *token.span())
    if len(exponent) > 8 or abs(int(exponent or 0)) > LARGEST_EXPONENT:
        raise source.error(f"This number is beyond 1e{LARGEST_EXPONENT} or 1e-{LARGEST_EXPONENT}.", *token.span())
    if mantissa.isdigit() and not exponent and len(mantissa) > 1 and mantissa[0] == "0":
        comma = len(mantissa) == 3 and source.shown[: token.start()].endswith(",")
        hint = " Thousands are written without a comma: 3000." if comma else ""
        raise source.error(f"A whole number does not start with 0.{hint}", *token.span())


def _check_name(source: Source, token: re.Match[str]) -> None:
    word = token.group()
    if word in KEYWORDS:
        hint = (
            " Cases are written Piecewise((value, condition), (other, True))."
            if word in ("if", "else")
            else HINTS.get(word, "")
        )
        raise source.error(f"`{word}` is reserved by Python and cannot be a name.{hint}", *token.span())
    if word.startswith("_"):
        raise source.error("A name starts with a letter, not with `_`.", *token.span())
    if len(word) > LONGEST_NAME:
        raise source.error(f"This name has {len(word)} characters; the limit is {LONGEST_NAME}.", *token.span())


def _check_operator(source: Source, word: str, at: int) -> None:
    if word in WRONG and word not in SINGLE_OPERATORS:
        raise source.error(WRONG[word], at, at + 1)
    if len(word) == 1 and word not in SINGLE_OPERATORS:
        raise source.error(f"The character `{word}` has no meaning in a formula.", at, at + 1)
    if source.shown[at : at + 2] == "//":
        raise source.error("`//` is not read; a fraction is written a/b, its whole part floor(a/b).", at, at + 2)
    if source.shown[at : at + 2] in ("<<", ">>", "<>"):
        raise source.error("`<<`, `>>` and `<>` are not read; comparisons are < <= > >= == !=.", at, at + 2)


def _check_bracket(source: Source, word: str, at: int, open_brackets: list[int]) -> None:
    if word in ("(", "["):
        open_brackets.append(at)
    elif word in CLOSING and (not open_brackets or source.shown[open_brackets.pop()] != CLOSING[word]):
        raise source.error(f"`{word}` closes no bracket that is open here.", at, at + 1)
