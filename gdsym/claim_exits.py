"""Functions with several `return`s, as one `if` within another that give one value a name: each run of Python's takes one of the ways."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from copy import deepcopy

from gdsym.claim_headers import NO_LOOP
from gdsym.claim_text import Line
from gdsym.errors import ReadError

RETURNED = "returned_value"
MOST = 400  # statements, of which some stand behind several conditions


def with_one_exit(body: Sequence[ast.stmt], shown: str) -> list[ast.stmt]:
    """The statements with one `return` at their end."""
    if not any(_returns_within(s) for s in body):
        return list(body)
    values = [part.value for s in body for part in ast.walk(s) if isinstance(part, ast.Return)]
    widths = {len(value.elts) if isinstance(value, ast.Tuple) else 0 for value in values}
    if None in values or len(widths) > 1:
        raise ReadError(f"`{shown[:60]}`: each `return` of a function has as many values.")
    (width,) = widths
    names = [f"{RETURNED}_{at}" for at in range(width)] if width else [RETURNED]
    last = ast.Tuple([_name(n) for n in names], ast.Load()) if width else _name(RETURNED)
    found = _parted(list(body), names, shown)
    if sum(1 for s in found for part in ast.walk(s) if isinstance(part, ast.stmt)) > MOST:
        raise ReadError(f"`{shown[:60]}`: there are too many ways through this function.")
    return [ast.fix_missing_locations(s) for s in (*found, ast.Return(last))]


def lines_with_one_exit(lines: Sequence[Line]) -> list[Line]:
    """The lines of a function with one `return` at their end; as they are, if that is so."""
    least = min((indent for indent, _ in lines), default=0)
    early = (
        re.match(r"(?:if|elif|else)\b.*:\s*return\b", line) or (indent > least and re.match(r"return\b", line))
        for indent, line in lines
    )
    if not any(early):
        return list(lines)
    source = "\n".join(" " * (indent - least) + text for indent, text in lines)
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return list(lines)
    found = with_one_exit(tree.body, next(line for _, line in lines))
    written = ast.unparse(ast.Module(found, [])).split("\n")
    return [(len(line) - len(line.lstrip()), line.strip()) for line in written]


def _name(name: str) -> ast.expr:
    return ast.Name(name, ast.Load())


def _returns_within(s: ast.stmt) -> bool:
    return not isinstance(s, (ast.Return, ast.FunctionDef)) and any(
        isinstance(part, ast.Return) for part in ast.walk(s)
    )


def _parted(body: list[ast.stmt], names: Sequence[str], shown: str) -> list[ast.stmt]:
    """The statements up to the first `return` on each way, as names for its values; what follows an `if` stands in both branches."""
    found: list[ast.stmt] = []
    for at, s in enumerate(body):
        if isinstance(s, ast.Return) and s.value is not None:
            values = s.value.elts if isinstance(s.value, ast.Tuple) else [s.value]
            given = [
                ast.Assign([ast.Name(name, ast.Store())], value) for name, value in zip(names, values, strict=True)
            ]
            return [*found, *given]
        if _returns_within(s):
            if not isinstance(s, ast.If):
                raise ReadError(f"`{ast.unparse(s)[:60].splitlines()[0]}`: {NO_LOOP}")
            rest = body[at + 1 :]
            ways = (_parted([*deepcopy(way), *deepcopy(rest)], names, shown) for way in (s.body, s.orelse))
            return [*found, ast.If(s.test, *ways)]
        found.append(s)
    raise ReadError(f"`{shown[:60]}`: on one of its ways this function returns nothing.")
