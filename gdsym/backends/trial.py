"""Generated loops are tried before they are handed out: run as plain Python at tiny sizes, against the NumPy code."""

from __future__ import annotations

import random
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from gdsym.arrays import Program
from gdsym.arrays.check import BOXES, TOLERANCE, sound_points, tiny_point
from gdsym.arrays.source import split
from gdsym.backends.words import HEAD, HELPERS, helpers
from gdsym.descent.evaluate import defined
from gdsym.errors import StepRefused, Unsupported
from gdsym.record import field, record
from gdsym.written.wholes import has_wholes

UNCOMPILED = "def njit(**how):\n    return lambda function: function"


@record
class Loops:
    """Modules made from the same nests: `text` with the function `name` is run, each of `evaluate` is tried; equal texts are equal."""

    text: str
    name: str
    evaluate: tuple[tuple[str, Program], ...] = field(compare=False)


@lru_cache(maxsize=64)
def built(loops: Loops) -> Any:
    """The function, compiled at its first call; the same text is tried and compiled once."""
    for text, program in loops.evaluate:
        tried(program, text)
    function = defined(loops.text, loops.name)
    _share_helpers(function)

    def call(*arguments: Any) -> Any:
        from numba.core.errors import NumbaError

        try:
            return function(*arguments)
        except ImportError as error:
            raise Unsupported(
                "Numba's inverses and determinants are those of SciPy, which is not installed: pip install scipy, or use backend='numpy'."
            ) from error
        except NumbaError as error:
            raise Unsupported(
                f"Numba cannot compile this cost or update rule ({str(error).strip()[:200]}); use backend='numpy'."
            ) from error

    return call


def _share_helpers(function: Any) -> None:
    """Let the module of a compiled function call helpers that other modules have compiled already: their text is the same."""
    module = function.py_func.__globals__
    module.update({word: _helper(word) for word in HELPERS if word in module and module[word] is not function})


@lru_cache(maxsize=len(HELPERS))
def _helper(word: str) -> Any:
    function = defined("\n".join([*HEAD, *helpers(f"{word}(")]), word)
    _share_helpers(function)
    return function


def tried(program: Program, evaluate: str) -> None:
    """Raise StepRefused if the loops of `evaluate` disagree with the NumPy code at tiny sizes."""
    loops = defined(evaluate.replace("from numba import njit", UNCOMPILED), "evaluate")
    once, each = split(program, [program.graph.value, *program.graph.gradients])
    sound = next(sound_points(program), None) if has_wholes(program.formula) else None
    point = sound[0] if sound else tiny_point(program, random.Random(0), BOXES[0])
    params = [point[p.node] for p in program.params]
    given = [point[i.node] for i in program.inputs if i.kind != "param"]
    with np.errstate(all="ignore"):
        try:
            right = each(*params, *given, *once(*given))
            found = loops(*params, *given)
        except (ArithmeticError, ValueError):
            return  # outside the domain of a log or a root: nothing to compare
    _compare(found, right)


def _compare(found: Sequence[Any], right: Sequence[Any]) -> None:
    for ours, theirs in zip(found, right, strict=True):
        scale = 1 + np.abs(theirs)
        if np.shape(ours) != np.shape(theirs) or np.any(np.abs(np.asarray(ours) - theirs) > TOLERANCE * scale):
            raise StepRefused(
                "The loops generated for Numba disagree with the NumPy code at tiny sizes: "
                f"{np.ravel(ours)[:3]} and {np.ravel(theirs)[:3]}. They were not compiled; this is a bug in gdsym, "
                "please report it. backend='numpy' is not affected."
            )
