"""Every derivative of the corpus: derived with evidence at each step, right by numbers that gdsym had no part in, printable."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import mpmath
import pytest
import sympy as sp
from corpus import BOXES_OF, CASES, REFUSED, UNJUDGED, Case
from latex_reader import read
from latex_tools import katex_refuses, math_core_refuses, pdflatex_complains
from oracle import BOXES, NoValue, World, close, slope, value

import gdsym as gd
from gdsym.writing.latex import latex
from gdsym.written import nodes as n

SIZES = {"m": 3, "n": 3, "N": 3, "K": 3, "H": 3, "a_0": 1}
WORLDS = (SIZES, {**SIZES, "m": 4, "K": 5}, {**SIZES, "n": 4, "H": 5})
ENOUGH, LEAST = 4, 3  # points
DERIVED = [case for case in CASES if case.expr not in REFUSED]


@cache
def derivation(case: int) -> gd.Derivation:
    row = DERIVED[case]
    return gd.derive(row.expr, row.wrt, where=row.where, detail="full")


@pytest.fixture(scope="session")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Callable[[int], tuple[str, str]]:
    """LaTeX of the result and of the whole; what one process of a parallel run has derived, the others read."""
    own = tmp_path_factory.getbasetemp()
    folder = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own

    @cache
    def texts(at: int) -> tuple[str, str]:
        kept = folder / f"corpus-{at}.json"
        if not kept.exists():
            d = derivation(at)
            beside = own / kept.name
            beside.write_text(json.dumps([latex(d.written), d.latex()]), encoding="utf-8")
            beside.replace(kept)
        result, whole = json.loads(kept.read_text(encoding="utf-8"))
        return result, whole

    return texts


def tree(steps: tuple[gd.Step, ...]) -> Iterator[gd.Step]:
    for step in steps:
        yield step
        yield from tree(step.substeps)


def variables(d: gd.Derivation) -> tuple[Any, ...]:
    return d.wrt if isinstance(d.wrt, tuple) else (d.wrt,)


def letters(d: gd.Derivation) -> list[str]:
    """Index letters that are free in the result: the entry that was asked for."""
    found = {s for e in (d.expr, d.expanded, *variables(d)) for s in e.free_symbols if isinstance(s, sp.Symbol)}
    return sorted(s.name for s in found if s.is_integer and s.name not in SIZES)


def worlds(case: Case, d: gd.Derivation) -> Iterator[World]:
    entries = list(product((1, 2, 3), repeat=len(letters(d))))
    boxes = next((b for func, b in BOXES_OF.items() if case.expr.has(func)), tuple(BOXES)[:4])
    for box, point in product(boxes, range(4)):
        for other in range(min(len(entries), 4)):
            entry = dict(zip(letters(d), entries[(point * 7 + other * 3) % len(entries)], strict=True))
            yield World(point, box, {**WORLDS[point % 3], **entry}, where=case.where or {}, labels=case.labels)


def compared(case: Case, d: gd.Derivation, enough: int = ENOUGH) -> list[tuple[World, Any, Any]]:
    """Points at which the expression has a slope, with that slope and what gdsym says."""
    found: list[tuple[World, Any, Any]] = []
    for world in worlds(case, d):
        if len(found) < enough:
            try:
                truth = slope(case.expr, variables(d), world)
            except NoValue:
                continue
            found.append((world, truth, value(d.expanded, world)))
    return found


def test_there_are_enough() -> None:
    assert len(CASES) >= 700
    functions = {type(part) for case in CASES for part in case.expr.atoms(sp.Function)}
    assert len({func for func in functions if not isinstance(func, sp.core.function.UndefinedFunction)}) >= 90
    assert len({str(case) for case in CASES}) >= 690


def test_the_readme_counts_them() -> None:
    readme = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
    right = len(DERIVED) - sum(case.expr in UNJUDGED for case in DERIVED)
    assert f"{right} of {len(CASES)}; {len(REFUSED)} refused with a reason, {len(UNJUDGED)} without evidence" in readme
    assert f"gdsym's are from the {len(CASES)}\nof its own corpus" in readme


@pytest.mark.parametrize("at", range(len(DERIVED)), ids=lambda at: f"{at}-{DERIVED[at].group}")
def test_derived_checked_right_and_printable(at: int, printed: Callable[[int], tuple[str, str]]) -> None:
    case, d = DERIVED[at], derivation(at)
    if case.expr in UNJUDGED:
        assert not d.check and d.check.verdict == "unknown"
    else:
        assert d.check, d.check
        assert [step for step in tree(d.steps) if not step.check] == []
    points = compared(case, d)
    assert len(points) >= LEAST
    for world, truth, ours in points:
        assert close(truth, ours), (str(case), d.result, world, mpmath.nstr(truth, 15), mpmath.nstr(ours, 15))
    if case.group != "inside" and not case.expr.has(AGAIN):
        _printed_result_reads_back(case, d, points[0][0])
    strings = [latex(part) for step in tree(d.steps) for part in (step.lhs, step.rhs, step.line)]
    assert math_core_refuses([*dict.fromkeys(strings), printed(at)[1]]) == []


# What SymPy itself would change when it is read back: it takes a Piecewise out of two sums (the group "inside"), and
# merges the two partial derivatives of f(x, x).
AGAIN = sp.Function("f")(sp.Symbol("x"), sp.Symbol("x"))


def _printed_result_reads_back(case: Case, d: gd.Derivation, world: World) -> None:
    """By a reader that knows nothing of gdsym, to the same value."""
    printed = read(latex(d.written), _names(d.written))
    assert close(value(printed, world), value(d.result, world)), (str(case), latex(d.written), printed)


def _names(node: n.Node) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for part in n.walk(node):
        if isinstance(part, n.Sym):
            found[latex(part)] = part.symbol
        elif isinstance(part, n.Base):
            found[latex(part)] = part.base
        elif isinstance(part, n.Partial) or (isinstance(part, n.Fn) and part.undefined):
            found[part.func.__name__] = part.func
    return found


@pytest.mark.parametrize("expression", REFUSED, ids=str)
def test_what_has_no_rule_is_refused_with_a_sentence(expression: Any) -> None:
    with pytest.raises(gd.Unsupported) as caught:
        gd.derive(expression, sp.Symbol("x"))
    assert 40 < len(str(caught.value)) <= 600


def test_a_planted_error_is_seen_by_the_numbers() -> None:
    """The test's own eyes: wrong by a thousandth, by a sign, by an index."""
    seen = 0
    for at in (at for at in range(0, len(DERIVED), 16) if DERIVED[at].group not in ("special", "integrals")):
        case, d = DERIVED[at], derivation(at)
        points = [p for p in compared(case, d, 2) if abs(p[1]) > 1e-6]
        seen += bool(points)
        assert not any(close(truth, ours * sp.Float("1.001", 30)._to_mpmath(100)) for _, truth, ours in points)
        assert not any(close(truth, -ours) for _, truth, ours in points)
    assert seen > 25


@pytest.mark.slow
def test_katex_takes_all_derivations_and_results(printed: Callable[[int], tuple[str, str]]) -> None:
    assert katex_refuses([part for at in range(len(DERIVED)) for part in printed(at)]) == []


@pytest.mark.slow
def test_pdflatex_takes_all_derivations_in_one_run(tmp_path: Path, printed: Callable[[int], tuple[str, str]]) -> None:
    """One a page; the page is about as large as TeX has them, since a line of a special function may be metres long."""
    parts = [rf"\noindent$\displaystyle {printed(at)[1]}$" for at in range(len(DERIVED))]
    page = r"\usepackage[paperwidth=400cm,paperheight=400cm,margin=1cm]{geometry}"
    head = rf"\documentclass{{article}}\usepackage{{amsmath,amssymb}}{page}\begin{{document}}"
    body = "\n\\newpage\n".join(parts)
    assert pdflatex_complains(rf"{head}{body}\end{{document}}", tmp_path) == []
    assert f"Output written on page.pdf ({len(parts)} pages" in (tmp_path / "page.log").read_text(errors="replace")
