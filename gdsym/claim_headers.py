"""How loops, conditions and sums over what is given one by one are written in Python: their text taken apart."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from gdsym.claim_entries import filled_by
from gdsym.claim_text import (
    APPENDED,
    ASSIGNED,
    CHOSEN,
    LOOP_LIST,
    LOOP_SET,
    LOOP_SUM,
    NAME,
    ONE_TRUTH,
    WORD,
    Line,
    arguments_of,
    without_brackets,
)
from gdsym.errors import ReadError

TARGETS = re.compile(rf"\(?\s*({WORD}(?:\s*,\s*\(?\s*{WORD}\s*\)?)*)\s*\)?")
SUMS = ("sum", "np.sum", "numpy.sum", "math.fsum", "jnp.sum")
MEANS = ("mean", "np.mean", "numpy.mean", "jnp.mean", "statistics.mean", "statistics.fmean", "np.average")
NO_LOOP = "Loops are read that add up: for i in range(m): g += x[i]; for a, b in zip(x, y): g += a*b; for j in range(n): g[j] = w[j]."


class Sums(ast.NodeTransformer):
    """Sums and means over what is given one by one, each under a name of its own; `a if c else b` as a call."""

    def __init__(self, take_down: Callable[[list[Line], str], str], listed: Callable[[str, str], str]) -> None:
        self._take_down, self._listed = take_down, listed

    def visit_ListComp(self, e: ast.ListComp) -> Any:
        if len(e.generators) > 1 or e.generators[0].ifs:
            raise ReadError(f"`{ast.unparse(e)[:60]}`: a list is read with one `for` and no `if`.")
        (one,) = e.generators
        header = f"for {ast.unparse(one.target)} in {ast.unparse(one.iter)}:"
        return ast.Name(self._listed(header, ast.unparse(e.elt)), ast.Load())

    def visit_Call(self, e: ast.Call) -> Any:
        given = e.args[0] if len(e.args) == 1 and not e.keywords else None
        name = ast.unparse(e.func)
        if not isinstance(given, (ast.GeneratorExp, ast.ListComp)) or name not in (*SUMS, *MEANS):
            return self.generic_visit(e)
        lines: list[Line] = []
        for depth, one in enumerate(given.generators):
            lines.append((depth, f"for {ast.unparse(one.target)} in {ast.unparse(one.iter)}:"))
            lines += [(depth + 1, f"if {ast.unparse(test)}: continue") for test in map(turned, one.ifs)]
        total: ast.expr = ast.Name(self._take_down(lines, ast.unparse(given.elt)), ast.Load())
        if name != "sum" and isinstance(given, ast.ListComp):  # of rows, Python's own adds up rows, NumPy all entries
            total = ast.parse(f"np.{'sum' if name in SUMS else 'mean'}({ast.unparse(total)})", mode="eval").body
        if name in SUMS:
            return total
        return ast.BinOp(total, ast.Div(), ast.Name(self._take_down(lines, "1"), ast.Load()))

    def visit_IfExp(self, e: ast.IfExp) -> Any:
        text = ast.unparse(e.test)
        test = ast.parse(condition_of(text, text), mode="eval").body
        chosen = [self.visit(part) for part in (test, e.body, e.orelse)]
        return ast.Call(ast.Name(CHOSEN, ast.Load()), chosen, [])


def stands_free(letter: str, text: str) -> bool:
    """Does it stand there without a loop of its own?"""
    return letter in NAME.findall(text) and _free(letter, ast.parse(text.strip(), mode="eval").body)


def _free(letter: str, e: ast.AST) -> bool:
    if isinstance(e, ast.Call) and getattr(e.func, "id", "") in (LOOP_SUM, LOOP_SET, LOOP_LIST):
        runs = e.args[3 if e.func.id == LOOP_SET else 1 :]  # type: ignore[attr-defined]
        if letter in (getattr(name, "value", "") for name in runs[::3]):
            whole = [e.args[0].value] if e.func.id == LOOP_SET else []  # type: ignore[attr-defined]
            return any(_free(letter, part) for part in (*whole, *runs[1::3], *runs[2::3]))
    return getattr(e, "id", "") == letter or any(_free(letter, part) for part in ast.iter_child_nodes(e))


def turned(test: ast.expr) -> ast.expr:
    """What does not hold where the test does."""
    if not isinstance(test, ast.Compare) or len(test.ops) > 1:
        raise ReadError(f"`if {ast.unparse(test)[:60]}`: in a sum, one comparison is read.")
    turned: dict[type[ast.cmpop], ast.cmpop] = {
        ast.Lt: ast.GtE(), ast.LtE: ast.Gt(), ast.Gt: ast.LtE(), ast.GtE: ast.Lt(), ast.Eq: ast.NotEq(), ast.NotEq: ast.Eq(),
    }  # fmt: skip
    return ast.Compare(test.left, [turned.get(type(test.ops[0]), test.ops[0])], test.comparators)


def changed_in(block: Sequence[Line], letter: str) -> set[str]:
    """The names that are given anew, added to, or parts of which are set; refused where the order of the runs tells what is left.

    `h[i] = u` takes back what another run has added to that entry. Where all places begin with the letter of the loop, each run
    has rows of its own.
    """
    places: dict[str, set[str]] = {}
    only_added: dict[str, bool] = {}
    lines = list(inlines(line for _, line in block))
    fresh = _begun_anew(block)
    anew = any(re.match(rf"{letter}\s*[-+*/]?=|for\b[^:]*\b{letter}\b[^:]*\bin\b", line) for line in lines)
    for line in lines:
        if filled := filled_by(line):
            name, place, sign, _ = filled
            places.setdefault(name, set()).add(re.sub(r"\s", "", place).replace("][", ","))
            only_added[name] = only_added.get(name, True) and sign in ("+", "-")
            own_rows = not anew and {at.split(",", maxsplit=1)[0] for at in places[name]} == {letter}
            if len(places[name]) > 1 and not only_added[name] and not own_rows and name not in fresh:
                raise ReadError(
                    f"`{line[:60]}`: other runs of the loop change {name[:30]} elsewhere; which one is last is not read."
                )
        elif assigned := ASSIGNED.fullmatch(line) or APPENDED.fullmatch(line):
            places.setdefault(assigned[1], set()).add("")
    return set(places)


def _begun_anew(block: Sequence[Line]) -> set[str]:
    """The names that each run gives a value of their own before it does anything else with them."""
    least = min((indent for indent, _ in block), default=0)
    seen, fresh = set[str](), set[str]()
    for indent, line in block:
        plain = ASSIGNED.fullmatch(line)
        if plain and not plain[2] and indent == least and plain[1] not in seen | set(NAME.findall(plain[3])):
            fresh.add(plain[1])
        seen |= set(NAME.findall(line))
    return fresh


def inlines(lines: Iterable[str]) -> Iterator[str]:
    """The lines, and of `for i in range(m): g += 1` what stands behind the colon."""
    for line in lines:
        yield line
        while re.match(r"(?:for|if|elif|else)\b", line):
            line = parted(line)[1]
            yield line


def parted(line: str) -> tuple[str, str]:
    """`for i in range(m): g += 1` as what stands before and behind its colon."""
    depth = 0
    for at, sign in enumerate(line):
        depth += (sign in "([{") - (sign in ")]}")
        if sign == ":" and depth == 0:
            return line[:at].strip(), line[at + 1 :].strip()
    raise ReadError(f"`{line[:60]}`: a colon is missing.")


def condition_of(text: str, line: str) -> str:
    """`a > 0 and b > 0` as (a > 0) & (b > 0)."""
    if re.search(r"\b(?:in|is|if)\b", text) or re.search(r"(?<!^)(?<!and )(?<!or )\bnot\b", text.strip()):
        raise ReadError(f"`{line[:60]}`: conditions are read that compare numbers, joined by `and` and `or`.")
    parts = [
        " & ".join(_turned_by_not(one.strip()) for one in re.split(r"\band\b", part))
        for part in re.split(r"\bor\b", text)
    ]
    return f"{ONE_TRUTH}({' | '.join(parts)})"


def _turned_by_not(text: str) -> str:
    """`not a > 0` as ~(a > 0); of several that are joined in brackets, `not (a and b)`, it is not read."""
    if text.startswith("not ") and text.count("(") != text.count(")"):
        raise ReadError(f"`{text[:60]}`: conditions are read that compare numbers, and `not` before one of them.")
    return f"(~({text.removeprefix('not ').strip()}))" if text.startswith("not ") else f"({text})"


def words_of(targets: str) -> list[str]:
    if TARGETS.fullmatch(targets.strip()) is None:
        raise ReadError(f"`for {targets[:40]} in ...`: {NO_LOOP}")
    return re.findall(WORD, targets)


def called_in(text: str) -> tuple[str, list[str]]:
    """(`range`, its arguments) of `range(0, m)`; nothing, and the text itself, if it is no call."""
    text = text.strip()
    if (turned := re.fullmatch(r"reversed\s*\((.*)\)", text)) and re.match(r"range\s*\(", turned[1]):
        text = turned[1]  # what is added up has no order
    found = re.fullmatch(r"(range|zip|enumerate)\s*\((.*)\)", text)
    if found is None or "(" in without_brackets(f"({found[2]})") or ")" in without_brackets(f"({found[2]})"):
        return "", [text]
    args = arguments_of(found[2])
    if found[1] == "range" and len(args) == 3 and args[2] == "-1":
        args = [f"{args[1]} + 1", f"{args[0]} + 1"]
    return found[1], args


def joined(kind: str, args: Sequence[str]) -> str:
    return f"{kind}({', '.join(args)})"


def is_loop(line: str) -> bool:
    return re.match(r"for\b", line) is not None


def block_of(lines: Sequence[Line]) -> tuple[list[Line], list[Line]]:
    """The lines that belong to the first one, and those behind them."""
    end = next((at for at, (indent, _) in enumerate(lines) if at and indent <= lines[0][0]), len(lines))
    return list(lines[1:end]), list(lines[end:])


def otherwise(lines: Sequence[Line]) -> tuple[list[Line] | None, list[Line]]:
    """What stands behind the `else:` or `elif c:` at the beginning, and the lines behind it; an `elif` is an `if` in the `else`."""
    if not lines or not (found := re.match(r"else\s*:|elif\b", lines[0][1])):
        return None, list(lines)
    block, rest = block_of(lines)
    if not found[0].startswith("elif"):
        inline = parted(lines[0][1])[1]
        return [(0, inline)] if inline else block, rest
    chain: list[Line] = [(0, lines[0][1].removeprefix("el")), *((1 + indent, line) for indent, line in block)]
    more = re.match(r"else\s*:|elif\b", rest[0][1]) if rest else None
    while more:
        block, behind = block_of(rest)
        chain += [(0, rest[0][1]), *((1 + indent, line) for indent, line in block)]
        last, rest = more[0] != "elif", behind
        more = re.match(r"else\s*:|elif\b", rest[0][1]) if rest and not last else None
    return chain, rest


def in_one_bracket(places: str, line: str, counting: Iterable[str], names: Iterable[str]) -> str:
    """`i][j` as `i, j`, for letters of loops: one entry after the other. `g[mask][j] = u` changes a copy."""
    parts = places.split("][") if "]" in without_brackets(places) else [places]
    letters = "|".join(map(re.escape, counting))
    for part in parts[:-1]:
        found = re.fullmatch(rf"\s*(?:\d+|(?:({WORD})\[)?(?:{letters})(\s*[-+]\s*\d+)?(\])?)\s*", part)
        if found is None or (found[1] is None) != (found[3] is None) or found[1] in names:
            raise ReadError(
                f"`{line[:60]}`: an entry is changed in one pair of brackets, g[i, j], or by letters of loops, g[i][j]."
            )
    return ", ".join(parts)
