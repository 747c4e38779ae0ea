"""Functions that a claim brings along, `def sigmoid(z): ...`, `f = lambda z: ...`: their bodies are written where they are called.

Parameters and local names get names of their own, `z_in_sigmoid1`; a parameter is one more name for what is given, as in
Python, so that a function that changes its argument changes the caller's array. Nothing of it is run.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from itertools import count
from typing import Any

from gdsym.claim_defined import Function, defined_by, given_to
from gdsym.claim_exits import lines_with_one_exit
from gdsym.claim_headers import parted
from gdsym.claim_text import OF_A_CALL, OF_SELF, WORD, Line
from gdsym.errors import ReadError

DEF = re.compile(rf"def\s+({WORD})\s*\(")
NAMED_LAMBDA = re.compile(rf"({WORD})\s*(?::[^=]*)?=\s*\(?\s*lambda\b")
DECORATOR = re.compile(r"@[\w.]*jit\b.*")
ASIDE = re.compile(r"(?:import|from|assert|pass|print)\b|if __name__\b")
MOST = 300  # lines that calls are written out to
SCOPES = (ast.GeneratorExp, ast.ListComp, ast.SetComp, ast.DictComp, ast.Lambda, ast.IfExp, ast.BoolOp)


def without_functions(lines: Sequence[Line]) -> list[Line]:
    """The lines with each call of a function that is defined among them written out; the last function may be the claim itself."""
    if not any(DEF.match(line) for _, line in lines):
        lines = lines_with_one_exit(lines)
    if not any(DEF.match(line) or re.search(r"\blambda\b", line) for _, line in lines):
        return list(lines)
    lines = [line for line in lines if not DECORATOR.fullmatch(line[1])]
    blocks = list(_blocks(lines))
    defined = [block for block in blocks if DEF.match(block[0][1])]
    behind = blocks[blocks.index(defined[-1]) + 1 :] if defined else blocks
    if any(not ASIDE.match(block[0][1]) for block in behind) or not defined:
        return _Calls([], blocks).written_out()
    claim = _claimed(defined)
    kept = (block for block in blocks if block is not claim)
    before = [block for block in kept if re.match(r"(?:from|import)\b", block[0][1]) or not ASIDE.match(block[0][1])]
    _refuse_hidden(claim[0][1], [block for block in before if not DEF.match(block[0][1])])
    header, inline = parted(claim[0][1])
    inner = [(0, inline)] if inline else claim[1:]
    if bool(inline) == (len(claim) > 1):
        raise ReadError(f"`{header[:60]}`: this is no function in Python.")
    return _Calls(before, list(_blocks(lines_with_one_exit(inner)))).written_out()


def _claimed(defined: Sequence[list[Line]]) -> list[Line]:
    """The function that no other one calls; of several the one that is called a gradient."""
    names = {_name(block): block for block in defined}
    texts = {name: " ".join(line for _, line in block[1:]) + parted(block[0][1])[1] for name, block in names.items()}
    alone = [name for name in names if not any(_calls(name, texts[other]) for other in names if other != name)]
    likely = [name for name in alone if re.search("grad|deriv|slope|backw|backprop", name.lower())]
    chosen = alone if len(alone) == 1 else likely
    if len(chosen) != 1:
        raise ReadError(
            f"Which one is the gradient? {', '.join(names)[:200]}: of several functions, one is that calls the others."
        )
    return names[chosen[0]]


def _name(block: Sequence[Line]) -> str:
    found = DEF.match(block[0][1])
    return found[1] if found else ""


def _calls(name: str, text: str) -> bool:
    return re.search(rf"(?<![\w.]){re.escape(name)}\b", text) is not None


def _blocks(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Each statement with the lines that belong to it."""
    least = min((indent for indent, _ in lines), default=0)
    block: list[Line] = []
    for indent, line in lines:
        if block and (indent <= least or indent <= block[0][0]):
            yield block
            block = []
        block.append((indent, line))
    if block:
        yield block


def _refuse_hidden(header: str, before: Sequence[Sequence[Line]]) -> None:
    """A parameter of the claim's function is no name that was given a value before."""
    words = set(re.findall(WORD, header.partition("(")[2]))
    for block in before:
        found = re.match(rf"({WORD})\s*(?::[^=]*)?=(?!=)", block[0][1])
        if found and found[1] in words and not NAMED_LAMBDA.match(block[0][1]):
            raise ReadError(
                f"`{block[0][1][:60]}`: {found[1][:30]} is a parameter of the function, too; leave this line out."
            )


class _Calls:
    """Statements, and the functions that are called in them."""

    def __init__(self, before: Sequence[Sequence[Line]], inner: Sequence[Sequence[Line]]) -> None:
        """`inner` are the statements of the function that is the claim, if it is one."""
        self._functions: dict[str, Function] = {}
        self._count = count(1)
        self._lines = 0
        self._claim: list[Line] = []
        own: list[Line] = []
        for block in (*before, *inner):
            if DEF.match(block[0][1]) or (len(block) == 1 and NAMED_LAMBDA.match(block[0][1])):
                self._take_down(defined_by(block, outside=any(block is one for one in before) and bool(inner)))
            else:
                self._claim += block
                own += block if not inner or any(block is one for one in inner) else []
        self._given = {name for _, line in self._claim for name in _given_in(line)}
        self._local = {name for _, line in own for name in _given_in(line)}
        self._inner = {name for _, line in self._claim for name in _given_within(line)}

    def _take_down(self, found: Function) -> None:
        if found.name in self._functions:
            raise ReadError(f"`{found.shown}`: {found.name[:30]} is defined twice.")
        self._functions[found.name] = found

    def written_out(self) -> list[Line]:
        for name, found in self._functions.items():
            if name in self._given:
                raise ReadError(f"`{found.shown}`: {name[:30]} is given another value; a function keeps its name.")
        return [one for line in self._claim for one in self._line(line, ())]

    def _line(self, line: Line, within: tuple[str, ...]) -> list[Line]:
        """The line with its calls written out, behind what they do before it."""
        indent, text = line
        self._lines += 1
        if self._lines > MOST:
            raise ReadError(f"`{text[:60]}`: calls that are written out come to more than {MOST} lines.")
        if not any(re.search(rf"(?<![\w.]){re.escape(name)}\b", text) for name in self._functions):
            return [line]
        head = re.match(r"(?:for|while|if|elif|else)\b", text)
        if head is not None and (inline := parted(text)[1]):
            header, inner = (indent, f"{parted(text)[0]}:"), (indent + 1, inline)
            return [*self._line(header, within), *self._line(inner, within)]
        try:
            (tree,) = ast.parse(f"{text.removeprefix('el')} pass" if head else text).body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            raise ReadError(f"`{text[:60]}`: this call of a function is not read.") from None
        put = _Put(self, within, None if head else indent)
        return self._unparsed(put.visit(tree), text, indent, put)

    def _unparsed(self, tree: ast.AST, text: str, indent: int, put: _Put) -> list[Line]:
        if (
            isinstance(tree, ast.Assign)
            and isinstance(tree.targets[0], ast.Tuple)
            and isinstance(tree.value, ast.Tuple)
        ):
            targets, values = tree.targets[0].elts, tree.value.elts
            if len(targets) != len(values) or not all(isinstance(one, ast.Name) for one in targets):
                raise ReadError(f"`{text[:60]}`: this call of a function is not read.")
            kept = [f"value{OF_A_CALL}{next(self._count)}" for _ in values]
            lines = [*(f"{name} = {ast.unparse(v)}" for name, v in zip(kept, values, strict=True)),
                     *(f"{ast.unparse(t)} = {name}" for t, name in zip(targets, kept, strict=True))]  # fmt: skip
            return [*put.before, *((indent, line) for line in lines)]
        whole = ast.unparse(tree)
        if isinstance(tree, ast.Return) and isinstance(tree.value, ast.Tuple):
            whole = f"return {', '.join(map(ast.unparse, tree.value.elts))}"
        if isinstance(tree, (ast.For, ast.While, ast.If)):
            whole = whole.split("\n", maxsplit=1)[0]
            whole = f"el{whole}" if text.startswith("el") else whole
        return [*put.before, (indent, whole)]

    def called(
        self, e: ast.Call, within: tuple[str, ...], indent: int | None
    ) -> tuple[list[Line], tuple[ast.expr, ...]]:
        """What a call does before it has its values, and these; without an indent it must be one formula."""
        assert isinstance(e.func, ast.Name)
        found = self._functions[e.func.id]
        if found.name in within:
            raise ReadError(f"`{found.shown}`: a function that calls itself is not read.")
        hidden = sorted(found.free & (self._inner | (self._local if found.outside else set())))
        hidden = [name for name in hidden if not name.endswith(OF_SELF)]
        if hidden:
            raise ReadError(
                f"`{found.shown}`: {hidden[0][:30]} is one thing in this function and another where it is called; give it as an argument."
            )
        number = next(self._count)
        names = {name: f"{name}_in_{found.name}{OF_A_CALL}{number}" for name in found.bound}
        given = given_to(found, e)
        rename = _Renamed(names)
        if indent is None:
            return [], tuple(self._as_formula(found, given, rename, value, within) for value in found.returned)
        lines: list[Line] = [(indent, f"{names[name]} = {ast.unparse(value)}") for name, value in given.items()]
        for statement in found.body:
            for text in ast.unparse(rename.visit(deepcopy(statement))).split("\n"):
                inner = len(text) - len(text.lstrip())
                lines += self._line((indent + inner, text.strip()), (*within, found.name))
        put = _Put(self, (*within, found.name), indent)
        values = tuple(put.visit(rename.visit(deepcopy(value))) for value in found.returned)
        return [*lines, *put.before], values

    def _as_formula(
        self, found: Function, given: Mapping[str, ast.expr], rename: _Renamed, value: ast.expr, within: tuple[str, ...]
    ) -> ast.expr:
        """The value with all names put in: of functions that only give names to parts."""
        known: dict[str, ast.expr] = {rename.names[name]: part for name, part in given.items()}
        put = _Put(self, (*within, found.name), None)

        def meaning(part: ast.expr, known: Mapping[str, ast.expr]) -> ast.expr:
            return _Known(known).visit(put.visit(rename.visit(deepcopy(part))))

        def told(body: Sequence[ast.stmt], known: dict[str, ast.expr]) -> dict[str, ast.expr]:
            """The names after these statements."""
            for statement in body:
                if isinstance(statement, ast.If):
                    ways = [told(way, dict(known)) for way in (statement.body, statement.orelse)]
                    test = meaning(statement.test, known)
                    known = {key: _chosen(test, *(way[key] for way in ways)) for key in ways[0] if key in ways[1]}
                    continue
                target = (
                    statement.targets[0] if isinstance(statement, ast.Assign) and len(statement.targets) == 1 else None
                )
                if not isinstance(target, ast.Name) or not isinstance(statement, ast.Assign):
                    raise ReadError(
                        f"`{found.shown}`: within sums, lists and conditions, functions are read that give one formula; call it in a line of its own."
                    )
                known[rename.names[target.id]] = meaning(statement.value, known)
            return known

        return meaning(value, told(found.body, known))


def _chosen(test: ast.expr, a: ast.expr, b: ast.expr) -> ast.expr:
    return a if a is b else ast.IfExp(test, a, b)


class _Put(ast.NodeTransformer):
    """Calls by their values; `before` has the lines that must come first."""

    def __init__(self, calls: _Calls, within: tuple[str, ...], indent: int | None) -> None:
        self._calls, self._within, self._indent = calls, within, indent
        self.before: list[Line] = []

    def visit(self, e: ast.AST) -> Any:
        if isinstance(e, SCOPES):
            kept, self._indent = self._indent, None
            found = self.generic_visit(e)
            self._indent = kept
            return found
        return super().visit(e)

    def visit_Name(self, e: ast.Name) -> ast.AST:
        if e.id in self._calls._functions:
            raise ReadError(f"`{e.id[:40]}`: a function is called, f(z); it is no value.")
        return e

    def visit_Subscript(self, e: ast.Subscript) -> ast.AST:
        self.generic_visit(e)
        place = getattr(e.slice, "value", None)
        if isinstance(e.value, ast.Tuple) and type(place) is int and place < len(e.value.elts):
            return e.value.elts[place]  # softmax(z)[0], of a function with several values
        return e

    def visit_Call(self, e: ast.Call) -> ast.AST:
        if not isinstance(e.func, ast.Name) or e.func.id not in self._calls._functions:
            return self.generic_visit(e)
        e.args = [self.visit(arg) for arg in e.args]
        for keyword in e.keywords:
            keyword.value = self.visit(keyword.value)
        lines, values = self._calls.called(e, self._within, self._indent)
        self.before += lines
        return values[0] if len(values) == 1 else ast.Tuple(list(values), ast.Load())


class _Renamed(ast.NodeTransformer):
    def __init__(self, names: Mapping[str, str]) -> None:
        self.names = names

    def visit_Name(self, e: ast.Name) -> ast.Name:
        return ast.Name(self.names.get(e.id, e.id), e.ctx)


class _Known(ast.NodeTransformer):
    def __init__(self, known: Mapping[str, ast.expr]) -> None:
        self._known = known

    def visit_Name(self, e: ast.Name) -> ast.expr:
        return deepcopy(self._known.get(e.id, e))


def _given_in(line: str) -> set[str]:
    """The names that the line gives a value to."""
    found = re.match(rf"({WORD}(?:\s*,\s*{WORD})*)\s*(?::[^=]*)?(?:\*\*|[-+*/@])?=(?!=)", line)
    loop = re.match(r"for\b(.+?)\bin\b", line)
    return set(re.findall(WORD, found[1] if found else loop[1] if loop else ""))


def _given_within(line: str) -> set[str]:
    """The names that stand for one after the other within a sum or a list."""
    found = re.findall(r"\bfor\b(.+?)\bin\b", re.sub(r"^for\b.+?\bin\b", "", line))
    return {name for targets in found for name in re.findall(WORD, targets)}
