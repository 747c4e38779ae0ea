"""A class in a claim: its methods are functions, `self.w` is w, and what one method leaves in `self.h` for another has a name of its own."""

from __future__ import annotations

import re
from collections.abc import Sequence

from gdsym.claim_entries import given_in
from gdsym.claim_headers import block_of
from gdsym.claim_text import OF_SELF, WORD, Line
from gdsym.errors import ReadError

METHOD = re.compile(rf"def\s+({WORD})\s*\(\s*self\s*,?\s*(.*)", re.DOTALL)
ATTRIBUTE = re.compile(rf"(?<![\w.])self\.({WORD})")
GIVEN = re.compile(rf"self\.({WORD})\s*(?::[^=]*)?=\s*(.*)", re.DOTALL)
BEGUN = re.compile(r"None|[-\d.]+|(?:np|numpy|torch)\.(?:zeros|ones|empty|random)\b.*|rng\..*")
GRADIENT = re.compile("grad|deriv|slope|backw|backprop", re.IGNORECASE)


def without_classes(lines: Sequence[Line]) -> list[Line]:
    """The lines with the methods that the gradient needs as functions, the gradient last."""
    found: list[Line] = []
    rest = list(lines)
    while rest:
        if not re.match(r"class\b", rest[0][1]):
            found.append(rest.pop(0))
            continue
        header = rest[0]
        block, rest = block_of(rest)
        found += [(header[0] + indent, line) for indent, line in _functions(header[1], block)]
    return found


def _functions(header: str, block: Sequence[Line]) -> list[Line]:
    methods: dict[str, list[Line]] = {}
    left = [line for line in block if not re.match(r"@|pass\b", line[1])]
    while left:
        first = METHOD.fullmatch(left[0][1])
        if first is None:
            raise ReadError(f"`{left[0][1][:60]}`: of a class, methods are read, def gradient(self, X, y): ...")
        body, rest = block_of(left)
        methods[first[1]] = [(0, f"def {first[1]}({first[2]}"), *((indent - left[0][0], line) for indent, line in body)]
        left = rest
    _refuse_made(methods.pop("__init__", [])[1:])
    needed = _needed(header, methods)
    kept = {
        a
        for name in needed
        for _, line in methods[name]
        for a in re.findall(rf"(?<![\w.])self\.({WORD})\s*(?:\[.*?\]\s*)?(?:[-+*/]|\*\*)?=(?!=)", line)
    }
    lines = [line for name in needed for _, line in methods[name]]
    _refuse_two_meanings(lines, {a for line in lines for a in ATTRIBUTE.findall(line)} - kept - set(methods))
    return [
        (
            indent,
            "pass"
            if _is_itself(line) and not kept & set(ATTRIBUTE.findall(line))
            else _without_self(line, methods, kept),
        )
        for name in needed
        for indent, line in methods[name]
    ]


def _refuse_two_meanings(lines: Sequence[str], attributes: set[str]) -> None:
    """`w = self.w` is what it is called; any other w beside self.w is not."""
    for line in lines:
        for name in set(given_in(line)) & attributes:
            if not _is_itself(line):
                raise ReadError(f"`{line[:60]}`: {name[:30]} has another meaning here than self.{name[:30]}.")


def _is_itself(line: str) -> bool:
    """Is it `w, b = self.w, self.b`?"""
    left, _, right = line.partition("=")
    return [f"self.{one.strip()}" for one in left.split(",")] == [one.strip() for one in right.split(",")]


def _needed(header: str, methods: dict[str, list[Line]]) -> list[str]:
    """The method that is the gradient, behind those that it calls."""
    calls = {
        name: [other for other in methods if any(re.search(rf"\bself\.{other}\s*\(", line) for _, line in lines)]
        for name, lines in methods.items()
    }
    likely = [name for name in methods if GRADIENT.search(name)] or list(methods)
    chosen = [name for name in likely if not any(name in calls[other] for other in likely if other != name)]
    if len(chosen) != 1:
        raise ReadError(f"`{header[:60]}`: which method is the gradient? {', '.join(methods)[:200]}.")
    found: list[str] = []

    def visit(name: str, within: tuple[str, ...]) -> None:
        if name in within:
            raise ReadError(f"`def {name[:40]}`: a method that calls itself is not read.")
        for other in calls[name]:
            visit(other, (*within, name))
        if name not in found:
            found.append(name)

    visit(chosen[0], ())
    return found


def _refuse_made(lines: Sequence[Line]) -> None:
    """What an object begins with has the name of what it is given, or is a parameter."""
    for _, line in lines:
        given = GIVEN.fullmatch(line)
        same = given is not None and (given[2].strip() == given[1] or BEGUN.fullmatch(given[2].strip()))
        if not same and not line.startswith(("super(", "pass", "assert")):
            raise ReadError(f"`{line[:60]}`: an object keeps what it is given under the same name, self.w = w.")


def _without_self(line: str, methods: dict[str, list[Line]], kept: set[str]) -> str:
    def named(found: re.Match[str]) -> str:
        return f"{found[1]}{OF_SELF}" if found[1] in kept and found[1] not in methods else found[1]

    text = ATTRIBUTE.sub(named, line)
    if re.search(r"(?<![\w.])self\b", text):
        raise ReadError(f"`{line[:60]}`: self is read in self.w, and in self.f(X).")
    return text
