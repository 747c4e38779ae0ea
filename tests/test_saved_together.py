"""Gradients, Hessians and other derivations side by side, written as one document."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from latex_tools import pdflatex_complains

import gdsym as gd

COST = gd.Cost("Sum((w*x[i] + b - y[i])**2, (i, 1, m))/(2*m)", ["w", "b"])
SEVERAL = {
    "gradient": COST.gradient(),
    "hessian": COST.hessian(),
    "jacobian": gd.jacobian(["x*y", "x + y"], ["x", "y"]),
    "directional": gd.directional("x**2*y", {"x": "u", "y": "v"}),
}
REMARK = "The mixed derivatives by {} and {} are the same in either order"


@pytest.mark.parametrize("name", SEVERAL)
@pytest.mark.parametrize("suffix", [".md", ".html", ".txt", ".tex", ".json"])
def test_every_derivation_is_in_the_document_once(name: str, suffix: str, tmp_path: Path) -> None:
    path = SEVERAL[name].save(tmp_path / f"all{suffix}")
    found = path.read_text()
    derivations = list(SEVERAL[name]._each())
    if suffix == ".json":
        kept = json.loads(found)["derivations"]
        assert [d["wrt"] for d in kept] == [d.to_dict()["wrt"] for d in derivations]
        assert [len(d["steps"]) for d in kept] == [len(d.steps) for d in derivations]
    else:
        assert found.count("checked (") + found.count("checked \\(") == len(derivations)


@pytest.mark.parametrize(
    ("suffix", "names"), [(".txt", ("w", "b")), (".md", ("$w$", "$b$")), (".tex", ("$w$", "$b$")), (".json", ("w", "b"))]
)  # fmt: skip
def test_a_hessian_ends_with_its_symmetry(suffix: str, names: tuple[str, str], tmp_path: Path) -> None:
    found = SEVERAL["hessian"].save(tmp_path / f"h{suffix}").read_text()
    assert REMARK.format(*names) in found[-300:]


@pytest.mark.parametrize("name", SEVERAL)
def test_the_latex_document_compiles(name: str, tmp_path: Path) -> None:
    document = SEVERAL[name].save(tmp_path / "all.tex").read_text()
    assert pdflatex_complains(document, tmp_path) == []


def test_an_unknown_suffix_is_refused(tmp_path: Path) -> None:
    with pytest.raises(gd.GdsymError, match=r"known suffixes are \.tex"):
        COST.gradient().save(tmp_path / "gradient.docx")
    assert list(tmp_path.iterdir()) == []
