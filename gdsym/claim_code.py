"""A claim as it stands in somebody's program, several lines with names for parts, as one formula. Nothing of it is run.

`r = X @ w - y; return X.T @ r / m` becomes `X.T @ ((X @ w - y)) / m`: a name is put in as text, in brackets, where it is used.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from gdsym.errors import ReadError
from gdsym.reading.source import LONGEST

NAME = re.compile(r"(?<![\w.])[^\W\d]\w*")  # no attribute, no digits of a number
ASSIGNED = re.compile(r"([^\W\d]\w*)\s*(?::\s*[\w.\[\], ]+)?([-+*/@]?)=(?!=)\s*(\S.*)", re.DOTALL)
SHAPED = re.compile(r"([^\W\d]\w*(?:\s*,\s*[^\W\d]\w*)+)\s*=\s*([^\W\d]\w*)\.shape")
FILLED = re.compile(r"[^\W\d]\w*\s*\[[^=]*\]\s*[-+*/@]?=(?!=)")
HEADER = re.compile(r"def\s+\w+\s*\(.*\)\s*(?:->[^:]*)?:", re.DOTALL)
QUOTED = re.compile(r"(\"\"\"|''').*?\1", re.DOTALL)
BLOCKS = ("for", "while", "if", "with", "try", "class", "else", "elif")
SKIPPED = ("import", "from", "assert", "pass")


def one_formula(claim: Any) -> Any:
    """The formula that several lines of code come to; anything else as it is."""
    if not isinstance(claim, str) or len(claim) > LONGEST or not _is_code(claim):
        return claim
    names: dict[str, str] = {}
    value = ""
    for line in _statements(claim):
        if value:
            raise ReadError(f"Behind the value of the claim there is more code: `{line[:60]}`.")
        value = _taken_down(line, names)
    if value or names:
        return value or names[next(reversed(names))]
    raise ReadError("There is no value in this code: it ends with a formula, or with `return` and one.")


def _is_code(claim: str) -> bool:
    lines = list(_statements(claim))
    if len(lines) > 1 or "".join(lines).startswith(("return ", "def ")):
        return True
    named = ASSIGNED.fullmatch("".join(lines))
    return named is not None and named[1] not in NAME.findall(named[3])  # w = 2*w is an equation, or a step


def _statements(claim: str) -> Iterator[str]:
    """What stands on its lines, or between `;`, without comments; a line goes on within brackets."""
    text = re.sub(r"#[^\n]*", "", QUOTED.sub("", claim)).replace("\\\n", " ")
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
        return ""
    if line.split(" ", maxsplit=1)[0].rstrip(":") in BLOCKS:
        hint = " A loop is a sum: Sum(w*x[i], (i, 1, m)), or (w*x).sum()." if line.startswith(("for", "while")) else ""
        raise ReadError(f"`{line[:60]}`: only names for parts and one value are read, line by line.{hint}")
    if FILLED.match(line):
        raise ReadError(
            f"`{line[:60]}`: an array that is filled part by part is not read; write its value as one formula."
        )
    if shaped := SHAPED.fullmatch(line):
        for at, name in enumerate(re.split(r"\s*,\s*", shaped[1])):
            names[name] = f"{_put_in(shaped[2], names)}.shape[{at}]"
        return ""
    if assigned := ASSIGNED.fullmatch(line):
        name, sign, part = assigned.groups()
        value = _put_in(part, names)
        names.pop(name, None) if not sign else None  # the last name is the value of code that has no other
        names[name] = f"({_put_in(name, names)} {sign} ({value}))" if sign else f"({value})"
        return ""
    value = line.removeprefix("return ")
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
        behind = part[found.end() :].lstrip()
        argument = behind.startswith("=") and not behind.startswith("==")
        return found[0] if argument else names.get(found[0], found[0])

    whole = NAME.sub(meaning, part)
    if len(whole) > LONGEST:
        raise ReadError(f"With its names put in, the claim has more than {LONGEST} characters.")
    return whole
