"""What a saved run carries so that it can explain its steps: rule, formulas, data; read back as nodes, compiled anew."""

from __future__ import annotations

import binascii
import math
import zlib
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from gdsym.arrays import compile_program
from gdsym.descent.evaluate import Evaluate, evaluator
from gdsym.descent.formulas import Formulas
from gdsym.descent.packing import packed, unpacked
from gdsym.descent.task import Parameter, key_of
from gdsym.descent.update import UpdateRule
from gdsym.errors import DescentError, GdsymError
from gdsym.written import from_sympy
from gdsym.written.nodes import Base, Node, Sym
from gdsym.written.serial import Store, read

if TYPE_CHECKING:
    from gdsym.descent.result import Descent

MOST_NUMBERS = 2_000_000  # of data that are saved with a run
BROKEN = (
    ValueError, KeyError, TypeError, AttributeError, IndexError, OverflowError, AssertionError, binascii.Error, zlib.error,
    RecursionError, MemoryError,
)  # fmt: skip


def carried(run: Descent) -> dict[str, Any] | None:
    """Rule and formulas as JSON-able; None if the run has none, or its data are too large."""
    f, rule = run.formulas, run.rule
    if f is None or rule is None or sum(math.prod(np.shape(v)) for v in f.data.values()) > MOST_NUMBERS:
        return None
    store = Store()
    try:
        return {
            "rule": _rule(rule, store),
            "cost": store.put(f.cost),
            "params": [store.put(node) for node in _params(f, run.params)],
            "gradients": [
                [[store.put(s) for s in g[0]], store.put(g[1])] if isinstance(g, tuple) else [[], store.put(g)]
                for g in f.gradients
            ],
            "data": [[store.put(node), packed(np.asarray(value))] for node, value in f.data.items()],
            "origins": [[store.put(node), list(map(int, axes))] for node, axes in f.origins.items()],
            "table": store.rows,
        }
    except GdsymError:
        return None


def _rule(rule: UpdateRule, store: Store) -> dict[str, Any]:
    def numbers(given: Mapping[Any, float]) -> list[Any]:
        return [[store.put(Sym(s)), float(v).hex()] for s, v in given.items()]

    equations = [(left, from_sympy(value, (left,)), value) for left, value in rule.equations]
    if any(node.to_sympy() != value for _, node, value in equations):
        raise GdsymError("This rule's equations change on their way to paper and back.")
    return {
        "equations": [[store.put(Sym(left)), store.put(node)] for left, node, _ in equations],
        "start": numbers(rule.start),
        "constants": numbers(rule.constants),
        "name": rule.name,
        "simultaneous": rule.simultaneous,
    }


def _params(f: Formulas, params: Mapping[Any, Any]) -> list[Node]:
    """The written letters of the parameters, in order."""
    letters = {key_of(n): n for n in f.cost.free if isinstance(n, Sym | Base)}
    return [letters[key] for key in params]


def restored(
    part: dict[str, Any], name: str, first_index: int, shapes: Mapping[Any, tuple[int, ...]]
) -> tuple[UpdateRule, Formulas, Evaluate]:
    """Rule, formulas, and cost with gradients at any parameters; ValueError and the like if the part is damaged."""
    nodes = read(part["table"])
    rule = _restored_rule(part["rule"], nodes)
    gradients = tuple(
        (tuple(_letter(nodes[s]) for s in letters), nodes[at]) if letters else nodes[at]
        for letters, at in part["gradients"]
    )
    data = {nodes[at]: _number(unpacked(value)) for at, value in part["data"]}
    origins = {nodes[at]: tuple(axes) for at, axes in part["origins"]}
    formulas = Formulas(nodes[part["cost"]], gradients, data, first_index, name, origins)
    params = tuple(nodes[at] for at in part["params"])
    _refuse_torn(formulas, params, shapes)
    return rule, formulas, _evaluate(formulas, params)


def _refuse_torn(f: Formulas, params: tuple[Node, ...], shapes: Mapping[Any, tuple[int, ...]]) -> None:
    """The parts belong together: a gradient for each parameter of the history, an origin for each axis of an array."""
    if not all(isinstance(p, Sym | Base) for p in params) or tuple(map(key_of, params)) != tuple(shapes):
        raise ValueError("the formulas have other parameters than the history")
    if len(f.gradients) != len(params) or not f.cost.free.issuperset(params):
        raise ValueError("the gradients are not those of the cost")
    axes = {node: np.ndim(value) for node, value in f.data.items()}
    axes |= {p: len(shape) for p, shape in zip(params, shapes.values(), strict=True)}
    for node, origins in f.origins.items():
        if not all(type(o) is int for o in origins) or axes.get(node, len(origins)) != len(origins):
            raise ValueError("an axis of an array without its origin")


def _restored_rule(part: dict[str, Any], nodes: tuple[Node, ...]) -> UpdateRule:
    def numbers(pairs: Any) -> dict[Any, float]:
        return {_letter(nodes[at]).symbol: float.fromhex(v) for at, v in pairs}

    equations = [(_letter(nodes[left]).symbol, nodes[at].to_sympy()) for left, at in part["equations"]]
    simultaneous = bool(part["simultaneous"])
    return UpdateRule(equations, numbers(part["start"]), numbers(part["constants"]), part["name"], simultaneous)


def _letter(node: Node) -> Sym:
    if not isinstance(node, Sym):
        raise TypeError("a letter is no symbol")
    return node


def _number(value: Any) -> Any:
    if np.ndim(value):
        return value
    return int(value) if value.dtype.kind in "iu" else float(value)  # a size is a whole number


def _evaluate(formulas: Formulas, params: tuple[Node, ...]) -> Evaluate:
    """Compiled when it is first asked for, from the formulas: no code of the file runs."""

    @cache
    def made(shapes: tuple[tuple[int, ...], ...]) -> Evaluate:
        program = compile_program(formulas.cost, params, list(formulas.gradients))
        own = [i for i in program.inputs if i.kind == "param"]
        described = tuple(Parameter(i.name, key_of(i.node), s) for i, s in zip(own, shapes, strict=True))
        data = {i.name: formulas.data[i.node] for i in program.inputs if i.kind != "param"}
        return evaluator(program, described, data)

    def evaluate(*theta: Any) -> Any:
        try:
            with np.errstate(all="ignore"):
                cost, slopes = made(tuple(map(np.shape, theta)))(*theta)
            return float(cost), tuple(np.broadcast_to(g, np.shape(t)) for g, t in zip(slopes, theta, strict=True))
        except BROKEN as error:
            raise DescentError(
                f"The formulas of this saved run make no cost of its data ({type(error).__name__}): the file is damaged. "
                "Run it again."
            ) from error

    return evaluate
