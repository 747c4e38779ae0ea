"""Python's other ways to write the same: `while i < m:` that counts, `(e := X @ w - y)`, `with torch.no_grad():`, lines that only print."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

from gdsym.claim_headers import block_of
from gdsym.claim_text import ASSIGNED, FILLED, NAME, WORD, Line
from gdsym.errors import ReadError

AROUND = re.compile(r"with\s+(?:torch\.(?:no_grad|inference_mode)\(\)|np\.errstate\([^()]*\)):")
PRINTED = re.compile(r"print\(.*\)", re.DOTALL)
COUNTING = re.compile(rf"while\s+\(?\s*({WORD})\s*(<=?)\s*((?:[\w\s+*()-]|\.shape\[\d\]|\.size)+?)\s*\)?:")
SCOPES = (ast.GeneratorExp, ast.ListComp, ast.SetComp, ast.DictComp, ast.Lambda, ast.IfExp, ast.BoolOp)


def plainly(lines: Sequence[Line]) -> list[Line]:
    """The lines as they would be without these."""
    found = [line for line in lines if not PRINTED.fullmatch(line[1])]
    found = list(_without_headers(found))
    found = [one for line in found for one in _named_before(line)]
    for at in range(len(found) - 1, -1, -1):
        if found[at][1].startswith("while"):
            found = [*found[:at], *_counted(found[:at], found[at:])]
    return found


def _without_headers(lines: Sequence[Line]) -> Iterator[Line]:
    rest = list(lines)
    while rest:
        if not AROUND.fullmatch(rest[0][1]):
            yield rest.pop(0)
            continue
        block, behind = block_of(rest)
        shift = min((indent for indent, _ in block), default=0) - rest[0][0]
        rest = [*((indent - shift, line) for indent, line in block), *behind]


def _counted(before: Sequence[Line], lines: Sequence[Line]) -> list[Line]:
    """`while i < m:` with `i += 1` at its end as `for i in range(0, m):`, where i is a whole number before; other lines as they are."""
    found = COUNTING.fullmatch(lines[0][1])
    block, rest = block_of(lines)
    if found is None or not block:
        return list(lines)
    name, sign, end = found.groups()
    one_more = re.compile(
        rf"{re.escape(name)}\s*(?:\+=\s*1|=\s*{re.escape(name)}\s*\+\s*1|=\s*1\s*\+\s*{re.escape(name)})"
    )
    *inner, last = block
    alone = last[0] == min(indent for indent, _ in block) and one_more.fullmatch(last[1]) is not None
    kept = {name, *NAME.findall(end)}
    free = not any(
        _changes(line) & kept or re.match(r"(?:break|continue)\b|.*:\s*(?:break|continue)$", line) for _, line in inner
    )
    first = _begun(name, lines[0][0], before)
    if not alone or not free or first is None or not inner:
        return list(lines)
    more = " + 1" if sign == "<=" else ""
    return [(lines[0][0], f"for {name} in range({first}, {end}{more}):"), *inner, *rest]


def _begun(name: str, indent: int, before: Sequence[Line]) -> str | None:
    """The whole number that the name has before a loop with this indent."""
    for own, line in reversed(before):
        if own < indent:
            return None
        if name in _changes(line):
            found = re.fullmatch(rf"{re.escape(name)}\s*=\s*(\d+)", line)
            return found[1] if found and own == indent else None
    return None


def _changes(line: str) -> set[str]:
    """The names that a line gives a value, or of which it changes a part."""
    found = ASSIGNED.fullmatch(line) or FILLED.fullmatch(line)
    several = re.match(rf"({WORD}(?:\s*,\s*{WORD})+)\s*=(?!=)", line)
    loop = re.match(r"for\b(.+?)\bin\b", line)
    inline = re.match(r"(?:for|if|elif|else)\b[^:]*:\s*(\S.*)", line)
    names = {found[1]} if found else set(re.findall(WORD, several[1])) if several else set()
    names |= set(re.findall(WORD, loop[1])) if loop else set()
    return names | (_changes(inline[1]) if inline else set())


def _named_before(line: Line) -> list[Line]:
    """`X.T @ (e := X @ w - y)` as `e = X @ w - y` and `X.T @ e`, where e has no other meaning before in the line."""
    indent, text = line
    if ":=" not in text:
        return [line]
    tree: ast.AST = _parsed(text)
    if isinstance(tree, (ast.If, ast.While, ast.For)):
        raise ReadError(f"`{text[:60]}`: `:=` is read in a plain line, line by line; write the name in one of its own.")
    inner = [part for scope in ast.walk(tree) if isinstance(scope, SCOPES) for part in ast.walk(scope)]
    targets = tree.targets if isinstance(tree, ast.Assign) else [tree.target] if isinstance(tree, ast.AugAssign) else []
    stored = {part.id for target in targets for part in ast.walk(target) if isinstance(part, ast.Name)}
    named = [part for part in ast.walk(tree) if isinstance(part, ast.NamedExpr)]
    if not named or any(isinstance(part, ast.NamedExpr) for part in inner):
        raise ReadError(f"`{text[:60]}`: `:=` is read in a plain line; write the name in a line of its own.")
    for one in named:
        before = (part for part in ast.walk(tree) if isinstance(part, ast.Name) and part.id == one.target.id)
        if one.target.id in stored or any(part.col_offset < one.target.col_offset for part in before):
            raise ReadError(f"`{text[:60]}`: {one.target.id[:30]} has two meanings in this line.")
    lift = _Lift()
    whole = ast.unparse(lift.visit(tree))
    return [*((indent, found) for found in lift.lines), (indent, whole)]


def _parsed(text: str) -> ast.AST:
    try:
        (tree,) = ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ast.Pass()
    return tree


class _Lift(ast.NodeTransformer):
    def __init__(self) -> None:
        self.lines: list[str] = []

    def visit_NamedExpr(self, e: ast.NamedExpr) -> ast.Name:
        self.generic_visit(e)
        self.lines.append(f"{e.target.id} = {ast.unparse(e.value)}")
        return ast.Name(e.target.id, ast.Load())
