"""The parts of J = Q + R as programs of their own: each derived and compiled like a cost, over the inputs of the whole."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from gdsym.arrays import Program
from gdsym.arrays.check import check_program
from gdsym.arrays.names import WORD
from gdsym.arrays.program import Slope, part_of
from gdsym.arrays.second import SecondDerivatives
from gdsym.derivation import Derivation, derivation
from gdsym.descent.task import python_lines
from gdsym.errors import Unsupported, shortened
from gdsym.memory import Memory
from gdsym.named import put_in
from gdsym.parted import parted
from gdsym.record import changed, record
from gdsym.slopes import slope_of
from gdsym.writing.text import text
from gdsym.written.nodes import Indexed, Node, Num, Sym

Derive = Callable[[tuple[Node, ...]], Derivation]


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
    return Parts(quadratic, _bare(rest), second_of(quadratic, params, _deriving(found[0], params)), _said(found[1]))


def _deriving(part: Node, params: Sequence[Node]) -> Derive:
    memory = Memory()
    return lambda wrt: derivation(part, wrt, {}, params=params, memory=memory)


def _program(whole: Program, part: Node, params: Sequence[Node]) -> Program:
    """Value and gradient of a part; the partial by a parameter that it does not have is 0."""
    derive = _deriving(part, params)
    slopes: list[Slope] = []
    for p, slope in zip(params, whole.slopes, strict=True):
        if p in part.free:
            slopes.append(slope_of(derive((p,)), p))
        else:
            slopes.append(Num(0) if isinstance(slope, Node) else (slope[0], Num(0)))
    program = part_of(whole, part, slopes)
    check_program(program)
    return program


def _bare(program: Program) -> Program:
    """The program with the inputs that its code mentions."""
    code = [*python_lines([*program.once, *program.each]), program.value, *program.gradients]
    words = set(WORD.findall(" ".join(code)))
    return changed(program, inputs=tuple(i for i in program.inputs if i.kind == "param" or i.name in words))


def _said(rest: Node) -> str:
    return shortened(text(rest), 80)


def second_of(program: Program, params: Sequence[Node], derive: Derive) -> SecondDerivatives:
    """The derived Hessian, compiled; entries below the diagonal follow by symmetry, those without a formula are 0."""
    blocks = {}
    there = [at for at, p in enumerate(params) if p in program.formula.free]
    for p in there:
        for q in (at for at in there if at >= p):
            d = derive((params[p], params[q]))
            letters = tuple(i for v in d.variables if isinstance(v, Indexed) for i in v.indices if isinstance(i, Sym))
            blocks[p, q] = letters, put_in(d.written, d.where)
    return SecondDerivatives(program, blocks)
