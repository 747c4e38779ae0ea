"""Where a saved run is written, and damaged files: the place is a file's, and what is read belongs together."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sympy import Abs, Float, IndexedBase, Max, Piecewise, Sum, symbols

import gdsym as gd
from gdsym.descent.packing import packed

w, b = symbols("w b")
i, j, m, n = symbols("i j m n", integer=True, positive=True)
x, y, X, v = map(IndexedBase, ("x", "y", "X", "v"))
LINE = gd.Cost(Sum((w * x[i] + b - y[i]) ** 2, (i, 1, m)) / (2 * m), [w, b])
LINEAR = gd.Cost(Sum((Sum(v[j] * X[i, j], (j, 1, n)) - y[i]) ** 2, (i, 1, m)), [v])
PAIR, ZERO = {x: [1, 2, 4], y: [300, 500, 900]}, {w: 0, b: 0}


def run(**how: Any) -> gd.Descent:
    return LINE.descend(ZERO, PAIR, **{"maxiter": 5, "gtol": 0, **how})


def rows() -> gd.Descent:
    data = {X: [[1, 2, 3], [4, 5, 7]], y: [1, 2]}
    return LINEAR.descend({v: [0.0, 0, 0]}, data, learning_rate=1e-3, maxiter=5, gtol=0)


def test_a_device_is_not_replaced(tmp_path: Path) -> None:
    """It was: run.save("/dev/null") as root left a file in its place."""
    os.mkfifo(tmp_path / "pipe")
    for place, found in ((tmp_path / "pipe", "a device"), (tmp_path, "a folder")):
        with pytest.raises(gd.GdsymError, match=found):
            run().save(place)
    assert (tmp_path / "pipe").is_fifo() and os.listdir(tmp_path) == ["pipe"]


def test_a_link_stays_a_link_and_a_file_keeps_its_mode(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    target = run().save(tmp_path / "there" / "run.json")
    target.chmod(0o600)
    (tmp_path / "link").symlink_to(target)
    run(maxiter=7).save(tmp_path / "link")
    assert (tmp_path / "link").is_symlink() and gd.load(target).nit == 7
    assert target.stat().st_mode & 0o777 == 0o600
    assert os.listdir(tmp_path / "there") == ["run.json"]


def test_what_is_renamed_is_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A power cut after the name has changed, and before the contents were written, would leave an empty file."""
    done: list[str] = []
    sync, rename = os.fsync, os.replace
    monkeypatch.setattr(
        os, "fsync", lambda handle: (done.append(f"synced {os.fstat(handle).st_size > 0}"), sync(handle))
    )
    monkeypatch.setattr(os, "replace", lambda *names: (done.append("renamed"), rename(*names)))
    run().save(tmp_path / "run.json")
    assert done == ["synced True", "renamed"]


@pytest.mark.parametrize(("error", "saved"), [(errno.EINVAL, True), (errno.EIO, False)])
def test_a_file_system_without_sync_is_written_to(
    error: int, saved: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(handle: int) -> None:
        raise OSError(error, "no sync")

    monkeypatch.setattr(os, "fsync", fails)
    if saved:
        assert gd.load(run().save(tmp_path / "run.json")).nit == 5
    else:
        with pytest.raises(gd.GdsymError, match="cannot be written: no sync"):
            run().save(tmp_path / "run.json")
    assert os.listdir(tmp_path) == (["run.json"] if saved else [])


def test_what_a_killed_process_left_is_removed(tmp_path: Path) -> None:
    """Only what is ours, of the same name, and so old that nobody writes to it."""
    names = (".run.abcdef12.part", ".run.new_part.part", ".other.abcdef12.part", ".run.abcdef12.json", ".run.abc.part")
    for name in names:
        (tmp_path / name).write_text("half")
        if "new" not in name:
            os.utime(tmp_path / name, (0, 0))
    run().save(tmp_path / "run.json")
    assert set(os.listdir(tmp_path)) == {"run.json", *names[1:]}


def test_a_process_that_is_killed_leaves_the_old_file(tmp_path: Path) -> None:
    path = run().save(tmp_path / "run.json")
    killed = (
        "import os, signal, gdsym as gd; os.replace = lambda *names: os.kill(os.getpid(), signal.SIGKILL); "
        f"gd.Cost('(w - 3)**2', ['w']).descend({{'w': 0}}, maxiter=9, gtol=0).save({str(path)!r})"
    )
    assert subprocess.run([sys.executable, "-c", killed], check=False).returncode == -signal.SIGKILL
    (left,) = tmp_path.glob(".run.*.part")
    assert gd.load(path).nit == 5
    os.utime(left, (0, 0))
    run(maxiter=7).save(path)
    assert gd.load(path).nit == 7 and os.listdir(tmp_path) == ["run.json"]


def test_a_full_disk_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = run().save(tmp_path / "run.json")

    def full(self: Path, text: str, **_: Any) -> int:
        with self.open("w") as file:
            file.write(text[:100])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(gd.GdsymError, match=r"'run.json' cannot be written: No space left on device"):
        run(maxiter=9).save(path)
    assert gd.load(path).nit == 5 and os.listdir(tmp_path) == ["run.json"]


@pytest.mark.parametrize(
    "formula",
    ["(w - 0.0)**2", Max(0.0, 1 - w) + w**2, Piecewise((Float(0), w > 2), ((w - 2) ** 2, True)), Float(0.0, 40) + w**2],
)
def test_a_decimal_zero_comes_back(formula: Any, tmp_path: Path) -> None:
    """SymPy makes the whole number 0 of the bits of 0.0: the file could not be read."""
    first = gd.Cost(formula, [w]).descend({w: 0.5}, maxiter=5, gtol=0)
    assert gd.load(first.save(tmp_path / "run")).explain(3).text == first.explain(3).text


def test_a_rule_with_a_decimal_zero_comes_back(tmp_path: Path) -> None:
    rule = gd.UpdateRule({"theta": 0.0})
    assert gd.load(run(update=rule).save(tmp_path / "run")).explain(1).lines[0].text() == "w ← 0 = 0 = 0 = 0"


def test_kinks_of_plain_numbers_are_explained(tmp_path: Path) -> None:
    """A kept row holds NumPy's numbers, which know no difference of two truths: sign(u) = (u > 0) - (u < 0)."""
    cost = gd.Cost(Abs(w) + (b - 1) ** 2, [w, b])
    first = cost.descend({w: 1, b: 0}, learning_rate=1e-3, maxiter=300, gtol=0)
    again = gd.load(first.save(tmp_path / "run"))
    for step in (0, 100, 299):
        assert again.explain(step).text == first.explain(step).text
    assert first.explain(100).text.startswith("w ← w - α sign(w) = 0.9 - 0.001 sign(0.9) = 0.9 - 0.001 · 1 = 0.899")


TORN: dict[str, Any] = {
    "no rates": (run, ["rate"], packed(np.zeros(0))),
    "rates of fewer rows": (run, ["rate"], packed(np.ones(3))),
    "rates of three parameters": (run, ["rate"], packed(np.ones((6, 3)))),
    "a short gradient": (run, ["jac"], packed(np.ones(1))),
    "a long anchor": (run, ["anchor"], packed(np.ones(5))),
    "a random state that is a number": (lambda: run(batch=2), ["rng_state"], 7),
    "an array without origins": (rows, ["carried", "origins", 0, 1], ""),
    "data of another length": (run, ["carried", "data", 0, 1], packed(np.ones(2))),
    "a row in place of a number": (rows, ["carried", "data", 0, 1], packed(np.ones(3))),
}


@pytest.mark.parametrize("name", TORN)
def test_parts_that_do_not_belong_together_are_refused(name: str, tmp_path: Path) -> None:
    make, path, value = TORN[name]
    text = json.loads(make().save(tmp_path / "run").read_text())
    part = text
    for key in path[:-1]:
        part = part[key]
    part[path[-1]] = value
    (tmp_path / "run").write_text(json.dumps(text))
    with pytest.raises(gd.GdsymError, match="damaged"):
        gd.load(tmp_path / "run").explain(0)


def test_an_older_file_tells_the_last_rate_by_its_rows(tmp_path: Path) -> None:
    first = run(learning_rate="backtracking")
    text = json.loads(first.save(tmp_path / "run").read_text())
    assert float.fromhex(text.pop("tried")) == first.tried == first.history.rate[4]
    (tmp_path / "run").write_text(json.dumps({**text, "searched": True}))
    again = gd.load(tmp_path / "run")
    assert again.tried == first.tried and again.explain(4).text == first.explain(4).text
    (tmp_path / "run").write_text(json.dumps({**text, "tried": "-0x1p0"}))
    with pytest.raises(gd.GdsymError, match="found no rate"):
        gd.load(tmp_path / "run")


def test_formulas_without_the_parameter_are_refused(tmp_path: Path) -> None:
    """They were read, and could not be saved again."""
    text = json.loads(run().save(tmp_path / "run").read_text())
    text["carried"]["cost"] = next(at for at, row in enumerate(text["carried"]["table"]) if "Num" in row)
    (tmp_path / "run").write_text(json.dumps(text))
    with pytest.raises(gd.GdsymError, match="damaged"):
        gd.load(tmp_path / "run")


@pytest.mark.parametrize("value", [None, -1, "x", [], {}, 1.5])
def test_a_damaged_random_state_is_told_when_the_run_goes_on(value: Any, tmp_path: Path) -> None:
    text = json.loads(run(batch=2).save(tmp_path / "run").read_text())
    text["rng_state"]["state"] = value
    (tmp_path / "run").write_text(json.dumps(text))
    with pytest.raises(gd.GdsymError, match="random state of this run is damaged"):
        run(batch=2, maxiter=9, resume=gd.load(tmp_path / "run"))


def test_a_random_state_of_another_kind(tmp_path: Path) -> None:
    text = json.loads(run(batch=2).save(tmp_path / "run").read_text())
    for state in (packed(np.ones(2)), {**text["rng_state"], "bit_generator": "Dice"}):
        (tmp_path / "run").write_text(json.dumps({**text, "rng_state": state}))
        again = gd.load(tmp_path / "run")
        again.save(tmp_path / "again")
        with pytest.raises(gd.GdsymError, match="which NumPy does not know"):
            run(batch=2, maxiter=9, resume=again)
