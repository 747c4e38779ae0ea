"""Lines of generated Python: names that clash with nothing, indentation, harmless text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from gdsym.descent.task import Program, python_lines


def texts(program: Program) -> Iterable[str]:
    yield from (i.name for i in program.inputs)
    yield from (
        *python_lines(program.once),
        *python_lines(program.each),
        program.value,
        *program.gradients,
        *program.needs,
    )


def free(wanted: str, taken: set[str]) -> str:
    """`wanted`, with underscores behind it until nobody else has it; it is taken then."""
    while wanted in taken:
        wanted += "_"
    taken.add(wanted)
    return wanted


def indented(levels: int, lines: Iterable[str]) -> list[str]:
    return ["    " * levels + part for line in lines for part in line.split("\n")]


def harmless(text: str) -> str:
    """Text that is safe inside a docstring."""
    return re.sub(r"[^\w +\-*/().,:;=<>\[\]]", "?", text)


def imports_once(lines: Sequence[str]) -> list[str]:
    """Import lines that stand twice are written once."""
    kept: list[str] = []
    for line in lines:
        if not (line.startswith(("import ", "from ")) and line in kept):
            kept.append(line)
    return kept
