"""A claim as it stands in somebody's program, several lines with names for parts, as one formula. Nothing of it is run.

`r = X @ w - y; return X.T @ r / m` becomes `X.T @ ((X @ w - y)) / m`: a name is put in as text, in brackets, where it is used.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Any

from gdsym.claim_classes import without_classes
from gdsym.claim_functions import without_functions
from gdsym.claim_headers import is_loop
from gdsym.claim_loops import branched, comprehended, looped
from gdsym.claim_plain import plainly
from gdsym.claim_records import without_records
from gdsym.claim_shared import refuse_shared
from gdsym.claim_text import (
    ADDED_AT,
    APPENDED,
    ASSIGNED,
    AT,
    AT_KEY,
    FILLED,
    GONE,
    LETTER_OF_A_LOOP,
    LISTED,
    LOOP_LIST,
    NAME,
    OF_A_CALL,
    OF_SELF,
    PART_CHANGED,
    REPEATED,
    SHAPED,
    arguments_of,
    changed_list,
    is_ours,
    put_in,
    statements,
    without_brackets,
)
from gdsym.errors import ReadError, Unsupported
from gdsym.reading.source import LONGEST

NAMED_IN_A_CALL = re.compile(rf"(?:_in_\w+?)?{OF_A_CALL}\d+")
AT_SELF = re.compile(rf"(\w+?){OF_SELF}\b")
AT_A_KEY = re.compile(rf"{AT_KEY}(\w+)")
ADDED = re.compile(rf"(\w+) = {ADDED_AT}\((?:\1\[([^`]*)\], '([+-])', ([^`]*)|[^`]*)`")
RETURN = re.compile(r"return\b\s*")
HEADER = re.compile(r"def\s+\w+\s*\(.*\)\s*(?:->[^:]*)?:", re.DOTALL)
BLOCKS = ("for", "while", "if", "with", "try", "class", "else", "elif")
NO_VALUE = "There is no value in this code: it ends with a formula, or with `return` and one."
SKIPPED = ("import", "from", "assert", "pass")


def one_formula(claim: Any, several: bool = False, numbers: frozenset[str] = frozenset()) -> Any:
    """The formula that several lines of code come to; anything else as it is. The `numbers` are names of what is no array."""
    if not isinstance(claim, str) or len(claim) > LONGEST:
        return claim
    try:
        return _put_together(claim, several, numbers)
    except ReadError as error:
        said = NAMED_IN_A_CALL.sub("", str(error)) if OF_A_CALL not in claim else str(error)
        said = AT_SELF.sub(r"self.\1", said) if OF_SELF not in claim else said
        if f"{ADDED_AT}(" in said and ADDED_AT not in claim:
            said = ADDED.sub(_as_written, said)
        said = AT_A_KEY.sub(r"['\1']", said) if AT_KEY not in claim else said
        if said == str(error):
            raise
        raise ReadError(said) from None


def value_of(claim: str, numbers: frozenset[str] = frozenset()) -> str:
    """The value that code comes to, also several: `dw, db`, or a dict."""
    return str(one_formula(claim, several=True, numbers=numbers))


def _put_together(claim: str, several: bool, numbers: frozenset[str]) -> str:
    written = list(statements(claim))
    lines = [line for _, line in written]
    if not _is_code(lines):
        return claim
    names: dict[str, str] = {}
    value = ""
    written = without_records(plainly(without_functions(without_classes(written))))
    refuse_shared(written, numbers)
    written = [(indent, REPEATED.sub(_repeated, AT.sub(_added_at, line))) for indent, line in written]
    while written:
        line = written[0][1]
        if value:
            raise ReadError(f"Behind the value of the claim there is more code: `{line[:60]}`.")
        if is_loop(line):
            written = looped(written, names)
        elif re.match(r"if\b", line):
            written = branched(written, names)
        else:
            value, written = _taken_down(comprehended(line, names), names, several), written[1:]
    left = [meaning for meaning in names.values() if meaning != GONE]
    if value or left:
        return value or left[-1]
    raise ReadError(NO_VALUE)


def in_own_words(read: Callable[..., Any]) -> Callable[..., Any]:
    """Errors about code that was put together, without the place in it, which nobody has written."""

    @wraps(read)
    def reading(claim: Any, *args: Any) -> Any:
        try:
            return read(claim, *args)
        except (ReadError, Unsupported) as error:
            if isinstance(claim, str) and is_ours(claim) and "\n" in str(error):
                raise type(error)(str(error).split("\n", maxsplit=1)[0]) from None
            raise

    return reading


def _added_at(found: re.Match[str]) -> str:
    """`np.add.at(g, c, v)` as `g = added_at(g[c], '+', v)`."""
    sign, name, places = "+" if found[1] == "add" else "-", found[2], arguments_of(found[3])
    if len(places) != 2:
        raise ReadError(f"`{found[0][:60]}`: this is read as np.add.at(g, c, v).")
    at, value = places
    at = at[1:-1] if at.startswith("(") and not without_brackets(at) else at  # (i, c), but not (c - 1).T
    return f"{name} = {ADDED_AT}({name}[{at}], '{sign}', {value})"


def _repeated(found: re.Match[str]) -> str:
    """`g = [0]*n` as a list of so many numbers."""
    return f"{found[1]} = {LISTED}({LOOP_LIST}({found[2]}, '{LETTER_OF_A_LOOP}', 0, {found[3]}))"


def _as_written(found: re.Match[str]) -> str:
    name, places, sign, part = found.groups()
    if sign is None:
        return f"np.add.at({name}, ...)`"
    where = f"({places})" if "," in without_brackets(places) else places
    return f"np.{'add' if sign == '+' else 'subtract'}.at({name}, {where}, {part}`"


def _is_code(lines: Sequence[str]) -> bool:
    text = "".join(lines)
    if (
        len(lines) > 1
        or RETURN.match(text)
        or text.startswith("def ")
        or re.search(r"\bfor\b.+\bin\b|\bif\b.+\belse\b", text)
    ):
        return True
    named = ASSIGNED.fullmatch(text)
    return named is not None and named[1] not in NAME.findall(named[3])  # w = 2*w is an equation, or a step


def _is_append(line: str, names: Mapping[str, str]) -> bool:
    return APPENDED.fullmatch(line) is not None and line.partition(".")[0] in names


def _fill(line: str, names: dict[str, str], name: str, places: str, sign: str, part: str) -> None:
    """`name[places] op= part`."""
    if "]" in without_brackets(places):
        raise ReadError(
            f"`{line[:60]}`: places of one array are changed in a line, in one pair of brackets, as in g[1:, 0] = 0."
        )
    if name not in names:
        raise ReadError(f"`{line[:60]}`: {name[:30]} has no value in this code yet; begin with np.zeros_like, say.")
    whole = f"({PART_CHANGED}({names[name]}[{put_in(places, names)}], '{sign}', ({put_in(part, names)})))"
    names[name] = changed_list(line, names.pop(name), places, whole)


def _taken_down(line: str, names: dict[str, str], several: bool) -> str:
    """The value that the line gives; nothing if it gives a name to a part."""
    if HEADER.fullmatch(line) or line.split(" ", maxsplit=1)[0] in SKIPPED:
        if line.startswith("from ") and " as " in line:
            raise ReadError(f"`{line[:60]}`: functions are read by their own names.")
        return ""
    if line.split(" ", maxsplit=1)[0].rstrip(":") in BLOCKS or _is_append(line, names):
        hint = " A loop is a sum: Sum(w*x[i], (i, 1, m)), or (w*x).sum()." if line.startswith("while") else ""
        hint = " A list is filled in a loop." if _is_append(line, names) else hint
        raise ReadError(f"`{line[:60]}`: only names for parts and one value are read, line by line.{hint}")
    if filled := FILLED.fullmatch(line):
        _fill(line, names, *filled.groups())
        return ""
    if shaped := SHAPED.fullmatch(line):
        for at, name in enumerate(re.split(r"\s*,\s*", shaped[1])):
            names[name] = f"{put_in(shaped[2], names)}.shape[{at}]"
        return ""
    if assigned := ASSIGNED.fullmatch(line):
        name, sign, part = assigned.groups()
        value = put_in(part, names)
        whole = f"({put_in(name, names)} {sign} ({value}))" if sign else f"({value})"
        if sign:
            changed_list(line, names.get(name, ""), "", whole)
        names.pop(name, None)  # the last name is the value of code that has no other
        names[name] = whole
        return ""
    if not (value := RETURN.sub("", line, count=1) if RETURN.match(line) else line):
        raise ReadError(NO_VALUE)
    if not several and ("," in without_brackets(value) or re.match(r"\{.*:", value)):
        raise ReadError(
            f"`{line[:60]}`: several values; a claim is one, about one parameter: give {{w: ..., b: ...}}, or the code alone, cost.check(code)."
        )
    return put_in(value, names)
