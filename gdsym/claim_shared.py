"""Arrays that have several names in NumPy: what changes one of them changes the others. Code is refused where that matters."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

from gdsym.claim_entries import given_in
from gdsym.claim_headers import inlines, is_loop
from gdsym.claim_text import ASSIGNED, AT, FILLED, NAME, OF_A_CALL, SAME_MEMORY, Line
from gdsym.errors import ReadError

ATTRIBUTES = ("real", "flat", "data", "mT")
UNREAD = (ast.IfExp, ast.BoolOp, ast.NamedExpr, ast.Lambda, ast.Dict)


def refuse_shared(written: Sequence[Line], numbers: frozenset[str] = frozenset()) -> None:
    """`g -= r` where g is the same array as another name; names of calls count only where the array has a name that is used later, those of the `numbers` of a cost, which nobody changes, never."""
    parted = [(indent, line) for indent, whole in written for line in inlines([whole])]
    lines = [line for _, line in parted]
    if line := next((line for line in lines if re.search(r"[(,]\s*out\s*=(?!=)", line)), None):
        raise ReadError(f"`{line[:60]}`: out= changes an array; write the value under a name of its own.")
    looped = any(map(is_loop, lines))
    numbers -= {name for line in lines for name in given_in(line)}
    pairs = [
        (at, name, of) for at, line in enumerate(lines) for name, of in _pairs(line) if name != of and of not in numbers
    ]
    for after, name, sign in _changes(lines):
        known = [(one, other) for at, one, other in pairs if at < after]
        if pair := next((pair for pair in known if name in pair and OF_A_CALL not in "".join(pair)), None):
            raise _shared(name, sign, pair)
        words = set(NAME.findall(" ".join(lines[after + 1 :])))
        inside = looped and any(is_loop(line) for line in lines[:after]) and parted[after][0] > parted[0][0]
        for other in sorted(_all_names(name, known) - {name}):
            if other in words or (inside and OF_A_CALL not in other):
                raise _shared(name, sign, (name, other))


def _shared(name: str, sign: str, pair: tuple[str, str]) -> ReadError:
    instead = f"{name[:30]} = {pair[1][:30]}.copy()" if "[" in sign else f"{name[:30]} = {name[:30]} {sign} ..."
    return ReadError(
        f"`{name[:60]}{' ' * ('[' not in sign)}{sign[:30]}= ...` changes `{pair[0][:60]}` and `{pair[1][:60]}`, which are one "
        f"array in NumPy; write `{instead}` if it is to change one of them."
    )


def _pairs(line: str) -> Iterator[tuple[str, str]]:
    """A name and what may be the same memory."""
    if not (found := ASSIGNED.fullmatch(line)) or found[2]:
        return
    name, part = found[1], found[3]
    if same := SAME_MEMORY.fullmatch(part):
        yield name, same[1]
    yield from ((name, of) for of in _perhaps_the_same(part))


def _changes(lines: Sequence[str]) -> Iterator[tuple[int, str, str]]:
    """(the line, the name that is changed in place, how that is written)."""
    for at, line in enumerate(lines):
        if (found := ASSIGNED.fullmatch(line)) and found[2]:
            yield at, found[1], found[2]
    for at, line in enumerate(lines):
        if found := FILLED.fullmatch(line):
            yield at, found[1], f"[{found[2]}] {found[3]}"
    for at, line in enumerate(lines):
        if found := AT.fullmatch(line):
            yield at, found[2], "[...] +"


def _all_names(name: str, pairs: Sequence[tuple[str, str]]) -> set[str]:
    """All that may be the same memory as this."""
    found = {name}
    while more := {one for pair in pairs if found & set(pair) for one in pair} - found:
        found |= more
    return found


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
