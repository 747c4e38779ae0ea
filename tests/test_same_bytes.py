"""What is printed does not depend on the hash seed nor on SymPy's ground types."""

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


@pytest.mark.slow
def test_forty_derivations_are_the_same_bytes_under_three_hash_seeds_and_both_ground_types() -> None:
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", PRINTED], cwd=HERE.parent, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env={**os.environ, "PYTHONHASHSEED": seed, "SYMPY_GROUND_TYPES": ground, "PYTHONPATH": f"{HERE.parent}{os.pathsep}{HERE}", "PYTHONIOENCODING": "utf-8"},
        )
        for seed, ground in (("0", "flint"), ("1", "python"), ("4242", "flint"))
    ]  # fmt: skip
    outputs = [process.communicate(timeout=300) for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0], outputs[0][1][-2000:]
    assert len({printed for printed, _ in outputs}) == 1
    assert len(outputs[0][0]) > 100_000
