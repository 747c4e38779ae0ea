"""The fast functions that `Compiled` calls, made of our own generated lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gdsym.arrays.graph import Op
from gdsym.arrays.program import Program


def build(name: str, arguments: Sequence[str], lines: Sequence[str], needs: Sequence[str]) -> Any:
    """The function that our own generated lines define; no text of the user is in them."""
    body = "\n".join(f"    {line}" for line in lines)
    source = "\n".join([*needs, f"def {name}({', '.join(arguments)}):", body])
    space: dict[str, Any] = {}
    exec(compile(source, f"<gdsym {name}>", "exec"), space)  # noqa: S102
    return space[name]


def split(program: Program, outputs: Sequence[Op], *, raising: bool = True) -> tuple[Any, Any]:
    """(once, each): `once(data) -> fixed`, `each(*params, *data, *fixed) -> outputs`."""
    code = program.graph.emitted(outputs, program.inputs, hoist=True, raising=raising)
    given = [i.name for i in program.inputs if i.kind != "param"]
    fixed = [s.name for s in code.once]
    first = [f"{s.name} = {s.code}" for s in code.once]
    then = [f"{s.name} = {s.code}" for s in code.each]
    once = build("once", given, [*first, f"return ({''.join(f + ', ' for f in fixed)})"], code.needs)
    params = [p.name for p in program.params]
    each = build("each", [*params, *given, *fixed], [*then, f"return {', '.join(code.outputs)},"], code.needs)
    return once, each
