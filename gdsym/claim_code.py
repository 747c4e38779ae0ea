"""A claim as it stands in somebody's program, several lines with names for parts, as one formula. Nothing of it is run.

`r = X @ w - y; return X.T @ r / m` becomes `X.T @ ((X @ w - y)) / m`: a name is put in as text, in brackets, where it is used.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from typing import Any

from gdsym.errors import ReadError
from gdsym.reading.source import LONGEST

WORD = r"[^\W\d⁰¹²³⁴-⁹][^\W⁰¹²³⁴-⁹]*"  # t² is the square of t
NAME = re.compile(rf"(?<![\w.]){WORD}")  # no attribute, no digits of a number
QUOTED = r"\"[^\"\n]*\"|'[^'\n]*'"
NAME_OR_QUOTED = re.compile(f"{QUOTED}|{NAME.pattern}")
ASIDE = re.compile(rf"(#[^\n]*|(\"\"\"|''').*?\2)|{QUOTED}", re.DOTALL)  # a comment, or text in which none begins
ASSIGNED = re.compile(rf"({WORD})\s*(?::\s*[\w.\[\], ]+)?([-+*/@]?)=(?!=)\s*(\S.*)", re.DOTALL)
SHAPED = re.compile(rf"({WORD}(?:\s*,\s*{WORD})+)\s*=\s*({WORD})\.shape")
FILLED = re.compile(rf"({WORD})\s*\[((?:[^=]|[=!<>]=)*)\]\s*([-+*/]?)=(?!=)\s*(\S.*)", re.DOTALL)
VIEWS = r"(?:T\b|(?:ravel|reshape|squeeze|transpose|view|detach|float|double|numpy|contiguous|swapaxes|expand_dims)\([^()]*\)|astype\([^()]*copy\s*=\s*False[^()]*\))"
SAME_MEMORY = re.compile(
    rf"(?:[\w.]*\b(?:asarray|asanyarray|ascontiguousarray|atleast_1d|atleast_2d|expand_dims|swapaxes|ravel|reshape|squeeze|transpose|flip)\(|\()*({WORD})(?:\.{VIEWS}|\[[^\]]*\]|(?:,[^()]*)?\))*"
)
ATTRIBUTES = ("real", "flat", "data", "mT")
UNREAD = (ast.IfExp, ast.BoolOp, ast.NamedExpr, ast.Lambda, ast.Dict)
RETURN = re.compile(r"return\b\s*")
HEADER = re.compile(r"def\s+\w+\s*\(.*\)\s*(?:->[^:]*)?:", re.DOTALL)
BLOCKS = ("for", "while", "if", "with", "try", "class", "else", "elif")
PART_CHANGED = "part_changed"  # a[places] op= b as a call
NO_VALUE = "There is no value in this code: it ends with a formula, or with `return` and one."
SKIPPED = ("import", "from", "assert", "pass")


def one_formula(claim: Any) -> Any:
    """The formula that several lines of code come to; anything else as it is."""
    if not isinstance(claim, str) or len(claim) > LONGEST:
        return claim
    lines = list(_statements(claim))
    if not _is_code(lines):
        return claim
    names: dict[str, str] = {}
    value = ""
    _refuse_what_numpy_reads_otherwise(lines)
    for line in lines:
        if value:
            raise ReadError(f"Behind the value of the claim there is more code: `{line[:60]}`.")
        value = _taken_down(line, names)
    if value or names:
        return value or names[next(reversed(names))]
    raise ReadError(NO_VALUE)


def _refuse_what_numpy_reads_otherwise(lines: Sequence[str]) -> None:
    """Functions in functions, functions under another's name, and `g -= r` where g is the same array as another name."""
    if len(headers := [line for line in lines if HEADER.fullmatch(line)]) > 1:
        raise ReadError(f"`{headers[1][:60]}`: one function is read; write the value of the other where it is used.")
    parts = [(at, found) for at, line in enumerate(lines) if (found := ASSIGNED.fullmatch(line))]
    assigned = [(at, found[1], found[2], found[3]) for at, found in parts]
    places = [(at, found) for at, line in enumerate(lines) if (found := FILLED.fullmatch(line))]
    filled = [(at, found[1], f"[{found[2]}] {found[3]}") for at, found in places]
    plain = [(at, name, part) for at, name, sign, part in assigned if not sign]
    views = [(at, name, same[1]) for at, name, part in plain if (same := SAME_MEMORY.fullmatch(part))]
    views += [(at, name, of) for at, name, part in plain for of in _perhaps_the_same(part)]
    if line := next((line for line in lines if re.search(r"[(,]\s*out\s*=(?!=)", line)), None):
        raise ReadError(f"`{line[:60]}`: out= changes an array; write the value under a name of its own.")
    for after, name, sign in [*((at, name, sign) for at, name, sign, _ in assigned if sign), *filled]:
        pairs = ((one, other) for at, one, other in views if at < after and one != other)
        if pair := next((pair for pair in pairs if name in pair), None):
            instead = f"{name[:30]} = {pair[1][:30]}.copy()" if "[" in sign else f"{name[:30]} = {name[:30]} {sign} ..."
            raise ReadError(
                f"`{name[:30]}{' ' * ('[' not in sign)}{sign[:30]}= ...` changes `{pair[0][:30]}` and `{pair[1][:30]}`, which are one "
                f"array in NumPy; write `{instead}` if it is to change one of them."
            )


def _perhaps_the_same(part: str) -> list[str]:
    """The names in what is no formula, `r.flat`, `r if a else b`: it may be their memory, and is perhaps never read."""
    try:
        e = ast.parse(part, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    inside = list(ast.walk(e))
    said = [k for inner in inside if isinstance(inner, ast.Call) for k in inner.keywords]
    odd = (
        any(isinstance(inner, UNREAD) for inner in inside)
        or (isinstance(e, ast.Attribute) and e.attr in ATTRIBUTES)
        or any(k.arg == "copy" and getattr(k.value, "value", None) is not True for k in said)
    )
    return [inner.id for inner in inside if isinstance(inner, ast.Name)] if odd else []


def _is_code(lines: Sequence[str]) -> bool:
    text = "".join(lines)
    if len(lines) > 1 or RETURN.match(text) or text.startswith("def "):
        return True
    named = ASSIGNED.fullmatch(text)
    return named is not None and named[1] not in NAME.findall(named[3])  # w = 2*w is an equation, or a step


def _statements(claim: str) -> Iterator[str]:
    """What stands on its lines, or between `;`, without comments; a line goes on within brackets."""
    text = ASIDE.sub(lambda found: "" if found[1] else found[0], claim.replace("\r\n", "\n")).replace("\\\n", " ")
    depth, begin = 0, 0
    for at, sign in enumerate(text + "\n"):
        depth += (sign in "([{") - (sign in ")]}")
        if sign in ";\n" and depth <= 0:
            if line := " ".join(text[begin:at].split()):
                yield line
            begin = at + 1


def _taken_down(line: str, names: dict[str, str]) -> str:
    """The value that the line gives; nothing if it gives a name to a part."""
    if HEADER.fullmatch(line) or line.split(" ", maxsplit=1)[0] in SKIPPED:
        if line.startswith("from ") and " as " in line:
            raise ReadError(f"`{line[:60]}`: functions are read by their own names.")
        return ""
    if line.split(" ", maxsplit=1)[0].rstrip(":") in BLOCKS:
        hint = " A loop is a sum: Sum(w*x[i], (i, 1, m)), or (w*x).sum()." if line.startswith(("for", "while")) else ""
        raise ReadError(f"`{line[:60]}`: only names for parts and one value are read, line by line.{hint}")
    if filled := FILLED.fullmatch(line):
        name, places, sign, part = filled.groups()
        if "]" in _without_brackets(places):
            raise ReadError(
                f"`{line[:60]}`: places of one array are changed in a line, in one pair of brackets, as in g[1:, 0] = 0."
            )
        if name not in names:
            raise ReadError(f"`{line[:60]}`: {name[:30]} has no value in this code yet; begin with np.zeros_like, say.")
        whole = f"({PART_CHANGED}({names[name]}[{_put_in(places, names)}], '{sign}', ({_put_in(part, names)})))"
        names.pop(name)
        names[name] = whole
        return ""
    if shaped := SHAPED.fullmatch(line):
        for at, name in enumerate(re.split(r"\s*,\s*", shaped[1])):
            names[name] = f"{_put_in(shaped[2], names)}.shape[{at}]"
        return ""
    if assigned := ASSIGNED.fullmatch(line):
        name, sign, part = assigned.groups()
        value = _put_in(part, names)
        whole = f"({_put_in(name, names)} {sign} ({value}))" if sign else f"({value})"
        names.pop(name, None)  # the last name is the value of code that has no other
        names[name] = whole
        return ""
    if not (value := RETURN.sub("", line, count=1) if RETURN.match(line) else line):
        raise ReadError(NO_VALUE)
    if "," in _without_brackets(value):
        raise ReadError(f"`{line[:60]}`: several values; a claim is one, about one parameter: give {{w: ..., b: ...}}.")
    return _put_in(value, names)


def _without_brackets(part: str) -> str:
    """The text outside all brackets."""
    while (shorter := re.sub(r"[(\[{][^()\[\]{}]*[)\]}]", "", part)) != part:
        part = shorter
    return part


def _put_in(part: str, names: dict[str, str]) -> str:
    """The text with the names' meanings, but for names of functions and of arguments, as `axis` in sum(axis=0)."""

    def meaning(found: re.Match[str]) -> str:
        behind = part[found.end() : found.end() + 3].lstrip()
        argument = behind.startswith("=") and not behind.startswith("==")
        return found[0] if argument else names.get(found[0], found[0])

    whole = NAME_OR_QUOTED.sub(meaning, part)
    if len(whole) > LONGEST:
        raise ReadError(f"With its names put in, the claim has more than {LONGEST} characters.")
    return whole
