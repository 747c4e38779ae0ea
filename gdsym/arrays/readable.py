"""`Compiled.source`: the generated function as one would write it by hand, the formula beside each line."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from textwrap import wrap

from gdsym.arrays.align import Axes
from gdsym.arrays.emit import Emitted
from gdsym.arrays.graph import Op
from gdsym.arrays.names import PLAIN
from gdsym.arrays.note import LONGEST, note
from gdsym.arrays.program import Program
from gdsym.arrays.shapes import Reader
from gdsym.arrays.spoken import Letters, spoken
from gdsym.errors import shortened
from gdsym.written.nodes import Base, Indexed, Node, Num, Sym, replace, walk

WIDEST = 120  # columns that a line with its comment may take
ANY = Num(-1)  # stands for a letter that is bound within


def readable(program: Program) -> str:
    """One function `value_and_gradient`, the formula beside each line; needs nothing but its own imports."""
    code = program.graph.emitted([program.graph.value, *program.graph.gradients], program.inputs, hoist=False)
    named: dict[Node, str] = {i.node: i.name for i in program.inputs}
    known = _named_parts(program, code)
    lines, told = _door(program), _told(program)
    for statement in code.each:
        op = next(o for o, name in code.called.items() if name == statement.name)
        lines.append((f"{statement.name} = {statement.code}", _remark(program, op, named, known, code.called, told)))
    outputs = ["J", *(f"dJ_d{p.name}" for p in program.params)]
    formulas = [program.formula, *(s if isinstance(s, Node) else s[1] for s in program.slopes)]
    for name, expression, formula in zip(outputs, code.outputs, formulas, strict=True):
        lines.append((f"{name} = {expression}", _note(formula, named, known)))
    at = len(_door(program))
    lines[at:at] = _used(_sizes(program, named), lines)
    needs = _with_numpy(code.needs) if program.data and any(i.ndim for i in program.inputs) else code.needs
    head = f"def value_and_gradient({', '.join(_arguments(program))}):"
    doc = '    """The cost J and its partial derivatives."""'
    body = [*_beside(lines), f"    return {', '.join(outputs)}"]
    return "\n".join([*_above(needs), head, doc, *body, ""])


def _above(needs: Sequence[str]) -> list[str]:
    """Imports, then functions, two empty lines before each and after the last."""
    imports = [line for line in needs if line.startswith(("import", "from"))]
    functions = [part for part in needs if part not in imports]
    return [*imports, *(line for part in functions for line in ("", "", part)), *(["", ""] if needs else [])]


def _used(sizes: list[tuple[str, str]], lines: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """The sizes that the code asks for."""
    words = set(re.findall(r"\w+", " ".join(code for code, _ in lines)))
    return [line for line in sizes if line[0].split(" ")[0] in words]


def _with_numpy(needs: tuple[str, ...]) -> tuple[str, ...]:
    line = "import numpy as np"
    return needs if line in needs else (line, *needs)


def _arguments(program: Program) -> list[str]:
    """Parameters, data, and those sizes that no array tells."""
    told = {s for s, readers in program.shapes.sizes.items() if readers}
    return [i.name for i in program.inputs if i.kind != "size" or i.node not in told]


def _door(program: Program) -> list[tuple[str, str]]:
    arrays = [i.name for i in program.inputs if i.ndim]
    return [(f"{name} = np.asarray({name}, dtype=float)", "") for name in arrays]


def _sizes(program: Program, named: dict[Node, str]) -> list[tuple[str, str]]:
    """`m = len(x)`: data tell sizes first, parameters the rest."""
    lines = []
    for size in program.sizes:
        assert isinstance(size.node, Sym)
        readers = program.shapes.sizes[size.node]
        params = {p.node for p in program.params}
        told = sorted(readers, key=lambda r: (not r.whole, r.base in params, r.axis))
        lengths = list(dict.fromkeys(_length(r, named) for r in told))
        if told:
            least = lengths[0] if told[0].whole or len(lengths) == 1 else f"min({', '.join(lengths)})"
            lines.append((f"{size.name} = {least}", ""))
    return lines


def _length(reader: Reader, named: dict[Node, str]) -> str:
    name = named[reader.base]
    return (f"len({name})" if reader.axis == 0 else f"{name}.shape[{reader.axis}]") + _shift(reader.const)


def _shift(const: int) -> str:
    return "" if const == 0 else f" {'-' if const < 0 else '+'} {abs(const)}"


def _named_parts(program: Program, code: Emitted) -> dict[Node, str]:
    """Formula -> what the code calls its value, with its indices, if it reads the same entries as where the name was given."""
    found: dict[Node, str] = {}
    for node, (op, axes) in program.graph.spoken.items():
        if (
            op in code.called
            and node.children
            and _entries(node, axes) == _entries(*program.graph.origin.get(op, (node, axes)))
        ):
            found[node] = f"{code.called[op]}_{_letters(axes)}" if axes else code.called[op]
    return found


def _entries(node: Node, axes: Axes) -> set[tuple[Node, ...]]:
    """Which entries a formula reads, whatever its letters: v[k + 1] - v[k] and v[k] - v[k - 1] are one array, but not one value_k."""
    places: dict[Node, Node] = {letter: Num(place) for place, letter in enumerate(axes)}
    return {
        (part.base, *(replace(at, {s: places.get(s, ANY) for s in at.free}) for at in part.indices))
        for part in walk(node)
        if isinstance(part, Indexed)
    }


def _letters(axes: Axes) -> str:
    names = [a.name if PLAIN.match(a.name) else "?" for a in axes]
    return "".join(names) if all(len(s) == 1 for s in names) else "[" + ",".join(names) + "]"


def _remark(
    program: Program,
    op: Op,
    named: dict[Node, str],
    known: dict[Node, str],
    called: Mapping[Op, str],
    told: dict[Op, Letters],
) -> str:
    """The formula that an operation came from; else what it does, in index letters."""
    if op in program.graph.origin:
        return _note(program.graph.origin[op][0], named, known)
    decay = op.kind == "exp" and op.args[0].kind == "neg" and op.args[0].args[0].kind == "abs"
    if decay:
        return "never overflows; shared by sigmoid and softplus"
    return shortened(spoken(op, called, told, lambda size: named[size]), LONGEST)


def _told(program: Program) -> dict[Op, Letters]:
    """The letters of each operation's axes, as a formula has them."""
    found: dict[Op, Letters] = {}
    for op, axes in (*program.graph.spoken.values(), *((op, axes) for op, (_, axes) in program.graph.origin.items())):
        found.setdefault(op, tuple(a.name if PLAIN.match(a.name) else "?" for a in axes))
    return found


def _note(node: Node, named: dict[Node, str], known: dict[Node, str]) -> str:
    def name(part: Node) -> str:
        assert isinstance(part, (Sym, Base))
        return named.get(part, part.name if PLAIN.match(part.name) else "?")

    inner = {part: text for part, text in known.items() if part != node}
    return note(node, name, inner.get, named.__contains__)


def _beside(lines: Sequence[tuple[str, str]]) -> list[str]:
    """Comments in one column, as far as the code is not too long for that; long ones above their line."""
    column = max((len(code) for code, _ in lines if len(code) <= 44), default=0) + 2
    found = []
    for code, remark in lines:
        beside = f"    {code + '  ':<{column}}# {remark}" if remark else f"    {code}"
        above = len(beside) > WIDEST and bool(remark)
        found += [*(f"    # {part}" for part in wrap(remark, WIDEST - 6)), f"    {code}"] if above else [beside]
    return found
