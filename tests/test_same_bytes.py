"""What is printed, and the code that runs, depends neither on the hash seed nor on SymPy's ground types."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
PRINTED = """
import json
from test_corpus import DERIVED, derivation
for at in range(7, len(DERIVED), 18):
    d = derivation(at)
    print(at, d.text(), d.latex(), d.markdown(), json.dumps(d.to_dict()), sep="\\n")
"""

CODE = """
from arrays_costs import CASES
from gdsym import Cost
from gdsym.arrays.readable import readable
from test_arrays_labels import COSTS, IndexedBase, S, T
from test_arrays_vanishing import FORMS
for case in CASES.values():
    program = case().program(check=False)
    print(readable(program), [(s.name, s.code) for s in (*program.once, *program.each)], program.value, program.gradients)
for form, letters in list(FORMS.values())[::3]:
    print(Cost(form, list(letters)).compile().source)
for formula, *_ in COSTS.values():
    print(Cost(formula, list(formula.atoms(IndexedBase) & {S, T})).compile().source)
"""


@pytest.mark.slow
def test_forty_derivations_are_the_same_bytes_under_three_hash_seeds_and_both_ground_types() -> None:
    outputs = printed_by(PRINTED)
    assert_same(outputs)
    assert len(outputs[0]) > 100_000


@pytest.mark.slow
def test_the_code_of_forty_costs_is_the_same_bytes() -> None:
    outputs = printed_by(CODE)
    assert_same(outputs)
    assert len(outputs[0]) > 20_000


def printed_by(script: str) -> list[bytes]:
    """What a script prints in three processes."""
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", script], cwd=HERE.parent, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env={**os.environ, "PYTHONHASHSEED": seed, "SYMPY_GROUND_TYPES": ground, "PYTHONPATH": f"{HERE.parent}{os.pathsep}{HERE}", "PYTHONIOENCODING": "utf-8"},
        )
        for seed, ground in (("0", "flint"), ("1", "python"), ("4242", "flint"))
    ]  # fmt: skip
    outputs = [process.communicate(timeout=300) for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0], outputs[0][1][-2000:]
    return [printed for printed, _ in outputs]


def assert_same(outputs: list[bytes]) -> None:
    """All are equal; if not, the first lines that differ are told."""
    first, *others = (output.decode().splitlines() for output in outputs)
    for other in others:
        assert not [(a, b) for a, b in zip(first, other, strict=False) if a != b][:3]
    assert len(set(outputs)) == 1
