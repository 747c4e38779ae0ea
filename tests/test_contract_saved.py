"""A saved run explains its steps, in the words of the run that was saved; a file that was tampered with is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sympy import Abs, IndexedBase, MatrixSymbol, Sum, symbols

import gdsym as gd

w, b, theta, g, alpha, v = symbols("w b theta g alpha v")
k = symbols("k")
i, j, m, n = symbols("i j m n", integer=True, positive=True)
x, y, W, e = map(IndexedBase, "xywe")
A, q, t = MatrixSymbol("A", m, n), MatrixSymbol("q", n, 1), MatrixSymbol("t", m, 1)
LINE = gd.Cost(Sum((w * x[i] + b - y[i]) ** 2, (i, 1, m)) / (2 * m), [w, b])
DATA, START = {x: [1, 2], y: [300, 500]}, {w: 0, b: 0}
TABLE, TARGETS = np.array([[1.0, 2], [3, 5], [2, 2]]), np.array([1.0, 2, 3])
own = gd.UpdateRule({v: 0.9 * v + g, theta: theta - alpha * v}, {v: 0})

RUNS: dict[str, Any] = {
    "plain": lambda: LINE.descend(START, DATA, maxiter=9),
    "direct": lambda: LINE.descend(START, DATA, maxiter=9, hoist=False),
    "Adam": lambda: LINE.descend(START, DATA, maxiter=9, update=gd.Adam()),
    "Nesterov": lambda: LINE.descend(START, DATA, maxiter=9, update=gd.Nesterov()),
    "own rule": lambda: LINE.descend(START, DATA, maxiter=9, update=own),
    "one after the other": lambda: LINE.descend(START, DATA, maxiter=9, update=gd.GradientDescent(simultaneous=False)),
    "rates": lambda: LINE.descend(START, DATA, maxiter=9, learning_rate={w: 0.1, b: 1 / (k + 2)}),
    "thinned": lambda: LINE.descend(START, DATA, maxiter=9, keep_every=3),
    "number": lambda: gd.Cost((w - 3) ** 2, [w]).descend({w: 0}, maxiter=9, gtol=0),
    "from 0": lambda: gd.Cost(Sum((w * x[i] - y[i]) ** 2, (i, 0, m - 1)), [w]).descend({w: 0}, DATA, maxiter=9),
    "kinks": lambda: gd.Cost(Sum(Abs(w * x[i] - y[i]), (i, 1, m)), [w]).descend({w: 0}, DATA, maxiter=9),
    "named": lambda: gd.Cost(Sum(e[i] ** 2, (i, 1, m)), [w], where={e[i]: w * x[i] - y[i]}).descend({w: 0}, DATA, maxiter=9),
    "array": lambda: gd.Cost(Sum((Sum(W[j] * x[i, j], (j, 1, n)) - y[i]) ** 2, (i, 1, m)), [W]).descend(
        {W: [0, 0]}, {x: TABLE, y: TARGETS}, maxiter=9
    ),
    "matrices": lambda: gd.Cost((A * q - t).T * (A * q - t), [q]).descend({q: [0, 0]}, {A: TABLE, t: TARGETS}, maxiter=9),
}  # fmt: skip


@pytest.mark.parametrize("name", RUNS)
def test_a_loaded_run_explains_as_the_run_did(name: str, tmp_path: Path) -> None:
    run = RUNS[name]()
    run.save(tmp_path / "run.json")
    loaded = gd.load(tmp_path / "run.json")
    for step in (0, 3):
        assert loaded.explain(step).text == run.explain(step).text
        assert loaded.explain(step).latex == run.explain(step).latex
    loaded.save(tmp_path / "again.json")
    assert (tmp_path / "again.json").read_bytes() == (tmp_path / "run.json").read_bytes()


def test_the_numbers_of_a_loaded_step(tmp_path: Path) -> None:
    RUNS["plain"]().save(tmp_path / "run.json")
    first = gd.load(tmp_path / "run.json").explain(0).text.splitlines()[0]
    assert first.endswith("= 0 - 0.01 · 1/2 ((0 · 1 + 0 - 300) · 1 + (0 · 2 + 0 - 500) · 2) = 0 - 0.01 · (-650) = 6.5")


def test_a_file_of_an_older_version_is_read(tmp_path: Path) -> None:
    RUNS["plain"]().save(tmp_path / "run.json")
    contents = json.loads((tmp_path / "run.json").read_text())
    del contents["carried"]
    (tmp_path / "old.json").write_text(json.dumps(contents))
    assert gd.load(tmp_path / "old.json").nit == 9


@pytest.mark.parametrize("kind", ["Fn", "__import__", "Base", "MatSym"])
def test_nothing_in_the_file_is_run(kind: str, tmp_path: Path) -> None:
    RUNS["plain"]().save(tmp_path / "run.json")
    contents = json.loads((tmp_path / "run.json").read_text())
    row = contents["carried"]["cost"]
    contents["carried"]["table"][row] = [kind, [], "os.system"]
    (tmp_path / "bad.json").write_text(json.dumps(contents))
    with pytest.raises(gd.GdsymError):
        gd.load(tmp_path / "bad.json").explain(0)
