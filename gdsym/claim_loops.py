"""Loops in a claim, `for i in range(m): g += (w*x[i] - y[i])*x[i]`, as sums: what is added in each run is one formula of i.

A name that a run begins anew is put in where it is used; what is added to a name from before the loop is added up over
the loops since then; an entry of an array that is set for each i is a formula of its index. Whatever depends on the run
before is refused.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

from gdsym.claim_entries import filled_by, handed_on, more_of, own_places
from gdsym.claim_headers import (
    NO_LOOP,
    Sums,
    block_of,
    called_in,
    changed_in,
    condition_of,
    in_one_bracket,
    inlines,
    is_loop,
    joined,
    otherwise,
    parted,
    words_of,
)
from gdsym.claim_names import Loop, Names
from gdsym.claim_text import (
    ADDED_AT,
    APPENDED,
    ASSIGNED,
    CHOSEN,
    GONE,
    LETTER_OF_A_LOOP,
    LISTED,
    LOOP_LIST,
    LOOP_SET,
    LOOP_SUM,
    NAME,
    ONE_TRUTH,
    PART_CHANGED,
    WORD,
    Line,
    changed_list,
    is_listed,
    put_in,
    shown_as,
)
from gdsym.errors import ReadError

ADDED_IN = re.compile(rf"({WORD}) = {ADDED_AT}\(\1\[(.*)\], '([+-])', (.*)\)", re.DOTALL)


def comprehended(line: str, names: dict[str, str]) -> str:
    """`sum(a*b for a, b in zip(x, y))` as the loop that it is: the line with names for such sums, which are taken down."""
    with shown_as(line):
        return _Run(names).named_sums(line)


def looped(lines: Sequence[Line], names: dict[str, str]) -> list[Line]:
    """Take down what the loop at the beginning does to the names; the lines behind it."""
    block, rest = block_of(lines)
    run = _Run(names)
    run.loop(lines[0][1], block)
    return rest


def branched(lines: Sequence[Line], names: dict[str, str]) -> list[Line]:
    """Take down what the `if` at the beginning does to the names; the lines behind it."""
    block, rest = block_of(lines)
    other, rest = otherwise(rest)
    _Run(names).branch(lines[0][1], block, other)
    return rest


class _Run(Names):
    """The statements of loops, one after the other. Each name is known with the number of loops, and of conditions, around it."""

    def loop(self, header: str, block: Sequence[Line]) -> None:
        head, inline = parted(header)
        found = re.fullmatch(r"for\s+(.+?)\s+in\s+(.+)", head)
        if found is None or bool(inline) == bool(block):
            raise ReadError(f"`{header[:60]}`: {NO_LOOP}")
        block = [(0, inline)] if inline else block
        own, letter, lower, upper = self._iterated(found[1], found[2], header)
        own_of = own_places(inlines(text for _, text in block), letter)
        begun = {name for name, level in self._level.items() if level[0] == len(self._loops)} - self._rows
        self._loops.append(Loop(letter, lower, upper, frozenset(changed_in(block, letter)), own_of))
        self._names.update(own)
        self._rows.update(own)
        self._level.update(dict.fromkeys(own, (len(self._loops), len(self._tests))))
        for name, part in handed_on(block, self._loops[-1].changed).items():
            if name in begun:
                before = put_in(self._put(part, header), {letter: f"({letter} - 1)"})
                self._names[name] = f"({CHOSEN}({ONE_TRUTH}({letter} > {lower}), {before}, {self._names[name]}))"
                self._level[name] = len(self._loops), len(self._tests)
        self._block(block)
        self._loops.pop()
        self._names[letter] = GONE
        self._forget(len(self._loops), len(self._tests))

    def named_sums(self, line: str) -> str:
        if not re.search(r"\b(?:for|if)\b", line):
            return line
        try:
            (statement,) = ast.parse(line).body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return line
        return ast.unparse(Sums(self._named_sum, self._named_list).visit(statement))

    def _named_sum(self, lines: list[Line], added: str) -> str:
        name = self._begun("(0)")
        depth = 1 + max(indent for indent, text in lines if is_loop(text))
        self.loop(lines[0][1], [*lines[1:], (depth, f"{name} += {added}")])
        return name

    def _named_list(self, header: str, entry: str) -> str:
        name = self._begun("([])")
        self.loop(header, [(1, f"{name}.append({entry})")])
        return name

    def _iterated(self, targets: str, over: str, header: str) -> tuple[dict[str, str], str, str, str]:
        """(names of each run and their meanings, the letter, from where, up to below where)."""
        names = words_of(targets)
        kind, args = called_in(over)
        if kind == "range" and len(args) in (1, 2) and len(names) == 1:
            self._hide(names[0], header)
            ends = [self._put(arg, header) for arg in args]
            if names[0].startswith("_"):  # for _ in range(n)
                self._count += 1
                return {}, f"{LETTER_OF_A_LOOP}{self._count - 1}", ends[0] if len(ends) == 2 else "0", ends[-1]
            return {}, names[0], ends[0] if len(ends) == 2 else "0", ends[-1]
        first = "0"
        if kind == "enumerate" and len(args) in (1, 2) and len(names) > 1:
            letter, *names = names
            first = args[1].removeprefix("start").lstrip(" =") if len(args) == 2 else "0"
            if first not in ("0", "1"):
                raise ReadError(f"`{header[:60]}`: {NO_LOOP}")
            self._hide(letter, header)
            kind, args = called_in(args[0])
        else:
            letter = f"{LETTER_OF_A_LOOP}{self._count}"
            self._count += 1
        sources = args if kind == "zip" else [joined(kind, args)] if kind else args
        if len(sources) != len(names) or kind in ("range", "enumerate"):
            raise ReadError(f"`{header[:60]}`: {NO_LOOP}")
        place = letter if first == "0" else f"{letter} - 1"
        meanings, texts = {}, []
        for name, source in zip(names, sources, strict=True):
            kind, args = called_in(source)
            counted = kind == "range" and len(args) in (1, 2)
            ends = [self._put(arg, header) for arg in args]
            texts.append(f"arange({', '.join(ends)})" if counted else self._put(source, header))
            at = f"{place} + ({ends[0]})" if len(ends) == 2 else place
            meanings[name] = f"({at})" if counted else f"(({texts[-1]})[{place}])"
        over = f"len({', '.join(texts)})"
        return meanings, letter, first, over if first == "0" else f"{over} + 1"

    def _block(self, lines: Sequence[Line]) -> list[str]:
        """The conditions of those runs that come to its end, past each `continue`."""
        rest, tests = list(lines), len(self._tests)
        while rest:
            line = rest[0][1]
            block, rest = block_of(rest)
            if is_loop(line):
                self.loop(line, block)
            elif re.match(r"if\b", line):
                rest_of_it, rest = otherwise(rest)
                self.branch(line, block, rest_of_it)
            elif block:
                raise ReadError(f"`{line[:60]}`: in a loop, sums and `if` are read, nothing else.")
            else:
                self._statement(line)
        left = self._tests[tests:]
        del self._tests[tests:]
        self._forget(len(self._loops), tests)
        return left

    def branch(self, line: str, block: Sequence[Line], otherwise: Sequence[Line] | None) -> None:
        """`if c:` before what is added where c holds; `if c: continue` before what is added where it does not."""
        head, inline = parted(line)
        if bool(inline) == bool(block):
            raise ReadError(f"`{line[:60]}`: what is done under this condition is not told.")
        block = [(0, inline)] if inline else block
        test = self._put(condition_of(head[2:].strip(), line), line)
        if [text for _, text in block] == ["continue"] and otherwise is None:
            self._tests.append(f"(~{test})")
            return
        passed, given = list[str](), list[dict[str, str]]()
        for chosen, lines in ((test, block), (f"(~{test})", otherwise or ())):
            before = self._kept()
            self._tests.append(chosen)
            left = self._block(lines)
            self._tests.pop()
            given.append(self._given_since(before))
            passed += [f"((~{chosen}) | {one})" for one in left]
        self._choose(test, *given)
        self._tests += passed

    def _statement(self, line: str) -> None:
        if line != "pass":
            with shown_as(line):
                self._done(self.named_sums(line))

    def _appended(self, line: str, name: str, part: str) -> None:
        """`name.append(part)`: once in each run of the loop behind `name = []`."""
        begun = self._level.get(name) == (len(self._loops) - 1, len(self._tests))
        if not begun or self._names[name] != "([])":
            raise ReadError(
                f"`{line[:60]}`: a list is read that begins with `{name[:30]} = []` before a loop, with one append in each run."
            )
        loop, value = self._loops[-1], self._put(part, line)
        self._names.pop(name)
        self._names[name] = f"({LISTED}({LOOP_LIST}(({value}), '{loop.letter}', ({loop.lower}), ({loop.upper}))))"

    def _done(self, line: str) -> None:
        if at_once := ADDED_IN.fullmatch(line):
            name, places, sign, part = at_once.groups()
            own = {loop.letter for loop in self._loops}
            single = not own.isdisjoint(NAME.findall(self._put(places, line)))  # one entry: np.add.at(g, c[i], v)
            self._added_up(line, name, sign, part, places, PART_CHANGED if single else ADDED_AT)
            return
        if appended := APPENDED.fullmatch(line):
            self._appended(line, *appended.groups())
            return
        if filled := filled_by(line):
            name, places, sign, part = filled
            self._added_up(line, name, sign, part, self._in_one_bracket(places, line))
        elif assigned := ASSIGNED.fullmatch(line):
            name, sign, part = assigned.groups()
            if not sign and (more := more_of(name, part)):  # s = s + x[i]
                sign, part = "+", more
            if sign:
                self._added_up(line, name, sign, part, "")
            else:
                value = f"({self._put(part, line)})"
                self._names.pop(name, None)
                self._names[name] = value
                self._level[name] = len(self._loops), len(self._tests)
                self._rows.discard(name)
        else:
            raise ReadError(f"`{line[:60]}`: {NO_LOOP}")

    def _in_one_bracket(self, places: str, line: str) -> str:
        return in_one_bracket(places, line, (*(loop.letter for loop in self._loops), *self._rows), self._names)

    def _added_up(self, line: str, name: str, sign: str, part: str, places: str, how: str = PART_CHANGED) -> None:
        """`name op= part` or `name[places] op= part`, in all runs of the loops since the name was given."""
        if name not in self._level:
            raise ReadError(f"`{line[:60]}`: {name[:30]} has no value yet; begin with 0 or np.zeros_like, say.")
        if name in self._rows:
            raise ReadError(f"`{line[:60]}`: {name[:30]} may be a part of the array that the loop goes over.")
        loops, tests = self._level[name]
        over, where = self._loops[loops:], self._tests[tests:]
        old, value, at = self._names[name], f"({self._put(part, line)})", self._put(places, line)
        if sign and sign in "+-":
            for test in reversed(where):
                value = f"where({test}, {value}, 0)"
            empty = f"(0.0*zeros_like({old}))" if is_listed(old) else f"zeros_like({old})"
            kind = "" if how == PART_CHANGED else "+"
            guard = f", {' & '.join(where)}" if where and how == PART_CHANGED else ""
            term = f"{how}({empty}[{at}], '{kind}', {value}{guard})" if places else value
            for loop in reversed(over):
                term = f"{LOOP_SUM}({term}, '{loop.letter}', ({loop.lower}), ({loop.upper}))"
            whole = f"({old} {sign} {term})"
        elif places:
            for test in reversed(where):
                value = f"where({test}, {value}, {f'({old})[{at}]' if not sign else '1'})"
            runs = "".join(f", '{loop.letter}', ({loop.lower}), ({loop.upper})" for loop in over)
            runs += f", {' & '.join(where)}" if where else ""
            whole = f"{LOOP_SET if over else PART_CHANGED}({old}[{at}], '{sign}', {value}{runs})"
        elif over or (where and sign not in "*/"):
            raise ReadError(f"`{line[:60]}`: what is multiplied run by run is not read; write np.prod, or Product.")
        else:
            for test in reversed(where):
                value = f"where({test}, {value}, 1)"
            whole = f"({old} {sign} {value})"
        self._names.pop(name)
        self._names[name] = changed_list(line, old, places, whole)
