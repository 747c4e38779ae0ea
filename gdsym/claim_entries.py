"""Entries of arrays that a loop changes one by one, `g[j] = g[j]/m + u`: no other run has changed what this run reads of them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Sequence

from gdsym.claim_text import APPENDED, ASSIGNED, FILLED, NAME, WORD, Line, arguments_of

ENTRY = "entry_of_a_run_"  # a name for an entry that is read


def filled_by(line: str) -> tuple[str, str, str, str] | None:
    """(the array, the places, the sign, what is put in) of `g[j] op= u`; `g[j] = g[j] + u` is `g[j] += u`."""
    if (found := FILLED.fullmatch(line)) is None:
        return None
    name, places, sign, part = found.groups()
    if not sign and name in NAME.findall(part) and (more := more_of(f"{name}[{places}]", part)):
        return name, places, "+", more
    return name, places, sign, part


def more_of(what: str, part: str) -> str:
    """What is added in `g + a - b`, `a + g`, where g is a name, or an entry; nothing if it is no such sum."""
    e, own = _parsed(part), _parsed(what)
    if e is None or own is None:
        return ""
    inner = e
    while isinstance(inner, ast.BinOp) and isinstance(inner.op, (ast.Add, ast.Sub)):
        if isinstance(inner.op, ast.Add) and _same(inner.right, own):
            inner.right = ast.Constant(0)
            return ast.unparse(e)
        if _same(inner.left, own):
            inner.left = ast.Constant(0)
            return ast.unparse(e)
        inner = inner.left
    return ""


def own_places(lines: Iterable[str], letter: str) -> dict[str, frozenset[int]]:
    """Arrays of which each run of a loop changes entries of its own, and the indices that are its letter in all of these changes."""
    found: dict[str, frozenset[int]] = {}
    for line in lines:
        filled, whole = filled_by(line), ASSIGNED.fullmatch(line) or APPENDED.fullmatch(line)
        if filled is not None:
            at = frozenset(p for p, index in enumerate(_indices(filled[1])) if index == letter)
            found[filled[0]] = found.get(filled[0], at) & at
        elif whole is not None:
            found[whole[1]] = frozenset()
    return found


def handed_on(block: Sequence[Line], changed: frozenset[str]) -> dict[str, str]:
    """Names that each run hands on to the next, `prev = x[t]`: given once, whatever the run does, by what no run changes."""
    least = min((indent for indent, _ in block), default=0)
    lines = [(indent, line, ASSIGNED.fullmatch(line)) for indent, line in block]
    if any(re.search(r"\b(?:continue|break)\b", line) for _, line in block):
        return {}
    found = {given[1]: given[3] for indent, _, given in lines if given and not given[2] and indent == least}
    names = [name for _, line, _ in lines for name in given_in(line)]
    once = {name for name in found if names.count(name) == 1}
    return {name: part for name, part in found.items() if name in once and not changed & set(NAME.findall(part))}


def given_in(line: str) -> list[str]:
    """The names to which a line may give a value, or of which it may change a part."""
    targets = re.findall(r"\bfor\b(.+?)\bin\b", line)
    given = re.findall(rf"(?<![\w.]){WORD}(?=\s*(?:[-+*/@]|\*\*)?=(?!=)|\s*\[|\.append\b)", line)
    return [*given, *(name for part in targets for name in re.findall(WORD, part))]


def entries_read(part: str, names: Iterable[str]) -> tuple[str, list[tuple[str, str]]]:
    """The text with a name of ours for each entry of these arrays, and what stands there: the array and the places."""
    if not set(names) & set(NAME.findall(part)) or (e := _parsed(part)) is None:
        return part, []
    put = _Entries(frozenset(names))
    return ast.unparse(put.visit(e)), put.found


def is_own(places: str, letter: str, own: frozenset[int]) -> bool:
    """Is it an entry that no other run of the loop changes?"""
    return any(p in own and index == letter for p, index in enumerate(_indices(places)))


class _Entries(ast.NodeTransformer):
    def __init__(self, names: frozenset[str]) -> None:
        self._names = names
        self.found: list[tuple[str, str]] = []

    def visit_Subscript(self, e: ast.Subscript) -> ast.expr:
        name, places = _places(e)
        if name not in self._names:
            self.generic_visit(e)
            return e
        self.found.append((name, places))
        return ast.Name(f"{ENTRY}{len(self.found) - 1}", ast.Load())


def _indices(places: str) -> list[str]:
    return [re.sub(r"\s", "", index) for index in arguments_of(places.replace("][", ","))]


def _places(e: ast.expr) -> tuple[str, str]:
    """(the array, its indices) of `g[i][k]`, `g[i, k]`; no array where a part is taken before the entry, as in `g[1:][k]`."""
    found: list[ast.expr] = []
    while isinstance(e, ast.Subscript):
        if found and isinstance(e.slice, (ast.Slice, ast.Tuple)):
            return "", ""
        found = [*(e.slice.elts if isinstance(e.slice, ast.Tuple) else [e.slice]), *found]
        e = e.value
    return getattr(e, "id", ""), ", ".join(map(ast.unparse, found))


def _same(e: ast.expr, own: ast.expr) -> bool:
    return ast.unparse(e) == ast.unparse(own) or (
        isinstance(e, ast.Subscript) and _places(e)[0] != "" and _places(e) == _places(own)
    )


def _parsed(text: str) -> ast.expr | None:
    try:
        return ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
