"""The parts of J = Q + R as programs of their own: each derived and compiled like a cost, over the inputs of the whole."""

from __future__ import annotations

from collections.abc import Sequence

from gdsym.arrays import Program
from gdsym.arrays.check import check_program
from gdsym.arrays.names import WORD
from gdsym.arrays.program import Slope, part_of
from gdsym.arrays.second import SecondDerivatives
from gdsym.derivation import derivation
from gdsym.descent.task import python_lines
from gdsym.door import entry_of
from gdsym.errors import Unsupported, shortened
from gdsym.memory import Memory
from gdsym.parted import parted
from gdsym.record import changed, record
from gdsym.rules import RULES
from gdsym.rules.wholes import WHOLES
from gdsym.slopes import slope_of
from gdsym.step import Rule
from gdsym.writing.text import text
from gdsym.written.nodes import Indexed, Node, Num, Sym
from gdsym.written.wholes import has_wholes


@record
class Parts:
    """Q, R and the Hessian of Q; R in words."""

    quadratic: Program
    rest: Program
    second: SecondDerivatives
    said: str


def parts_of(whole: Program, params: Sequence[Node]) -> Parts | None:
    """The parts of a compiled cost; None if it has no quadratic part that holds all its data."""
    found = parted(whole.formula, params, whole.own_sizes)
    if found is None:
        return None
    try:
        quadratic, rest = (_program(whole, part, params) for part in found)
    except Unsupported:  # the whole has code, a part by itself has none
        return None
    return Parts(quadratic, _bare(rest), second_of(quadratic, params), _said(found[1]))


def _program(whole: Program, part: Node, params: Sequence[Node]) -> Program:
    """Value and gradient of a part; the partial by a parameter that it does not have is 0."""
    memory = Memory()
    slopes: list[Slope] = []
    for p, slope in zip(params, whole.slopes, strict=True):
        if p in part.free:
            slopes.append(slope_of(derivation(part, (p,), {}, params=params, memory=memory, rules=_laws(part)), p))
        else:
            slopes.append(Num(0) if isinstance(slope, Node) else (slope[0], Num(0)))
    program = part_of(whole, part, slopes)
    check_program(program)
    return program


def _laws(node: Node) -> tuple[Rule, ...]:
    """Those of inverses and determinants, too, if there are any."""
    return (*WHOLES, *RULES) if has_wholes(node) else RULES


def _bare(program: Program) -> Program:
    """The program with the inputs that its code mentions."""
    code = [*python_lines([*program.once, *program.each]), program.value, *program.gradients]
    words = set(WORD.findall(" ".join(code)))
    return changed(program, inputs=tuple(i for i in program.inputs if i.kind == "param" or i.name in words))


def _said(rest: Node) -> str:
    return shortened(text(rest), 80)


def second_of(program: Program, params: Sequence[Node]) -> SecondDerivatives:
    """The Hessian, compiled: the derived gradient, derived once more.

    Entries below the diagonal follow by symmetry; a partial derivative that is free of a parameter has no slope by it.
    """
    blocks, memory = {}, Memory()
    for p, slope in enumerate(program.slopes):
        letters, node = ((), slope) if isinstance(slope, Node) else slope
        for q in (q for q in range(p, len(params)) if params[q] in node.free):
            var = entry_of(params[q], node, {}, letters)
            d = derivation(node, (var,), {}, params=params, memory=memory, rules=_laws(node))
            own = var.indices if isinstance(var, Indexed) else ()
            blocks[p, q] = (*letters, *(i for i in own if isinstance(i, Sym))), d.written
    return SecondDerivatives(program, blocks)
