"""Hundreds of certificates, each tampered with in one place: all are refused. And certificates of everything that is derived."""

from __future__ import annotations

import json
import random
import time
from functools import cache
from typing import Any

import pytest
import sympy
import test_matrix as matrices
from corpus import CASES, REFUSED, UNJUDGED
from forger import BENDS, TAMPERS, Forger, tampered
from sympy import IndexedBase, MatrixSymbol, Symbol, Trace, log, symbols

import gdsym as gd
from gdsym.verify import recheck
from gdsym.written.nodes import Div, Neg, Num, replace

x, y, w, b = symbols("x y w b")
n = Symbol("n", integer=True, positive=True)
GROUPS = ("powers", "exponentials", "trigonometry", "switches", "undefined", "integrals", "learning", "forms", "named")
PARTS = 8


@cache
def certificates() -> tuple[str, ...]:
    """Of short derivations, some of each group of the corpus, and some over matrices."""
    rng = random.Random("certificates")
    found: list[str] = []
    for group in GROUPS:
        cases = [c for c in CASES if c.group == group and c.expr not in REFUSED and c.expr not in UNJUDGED]
        made = [gd.derive(c.expr, c.wrt, where=c.where) for c in rng.sample(cases, 6)]
        found += [d.certificate for d in made if 1 < len(d.steps) < 9][:3]
    return (*found, *(gd.derive(row[1], row[2]).certificate for row in matrices.COSTS[3:10:2]))


def test_the_certificates_are_right_before() -> None:
    assert len(certificates()) > 20
    assert all(map(recheck, certificates()))


@pytest.mark.parametrize("part", range(PARTS))
def test_tampered_certificates_are_refused(part: int) -> None:
    count = 0
    for name, text in tampered(list(certificates()), random.Random(part), len(TAMPERS)):
        count += 1
        found = recheck(text)
        assert not found, f"{name}: {found}"
        assert found.failures and all(len(failure) <= 900 for failure in found.failures)
    assert count >= len(TAMPERS) - 2


def test_no_step_of_a_matrix_derivation_can_be_left_out() -> None:
    """Without d[w'] = (dw)', turned round, the gradient was read off a line that holds (dw)'."""
    A, v = MatrixSymbol("A", n, n), MatrixSymbol("v", n, 1)
    certificate = gd.derive(v.T * A * v, v).certificate
    for at in range(len(json.loads(certificate)["steps"])):
        forger = Forger(certificate)
        forger.steps.pop(at)
        assert not recheck(forger.written)


NAMES = [row[0] for row in matrices.COSTS]


@pytest.mark.parametrize("name", NAMES)
def test_matrix_derivations_have_certificates(name: str) -> None:
    cost, by = matrices.COSTS[NAMES.index(name)][1:3]
    d = gd.derive(cost, by)
    found = recheck(d.certificate)
    assert found, str(found)
    assert found.steps == len(json.loads(d.certificate)["steps"])


@pytest.mark.parametrize("how", ["sign", "small factor", "exponent"])
@pytest.mark.parametrize("name", ["least squares", "log det"])
def test_a_matrix_step_that_is_bent_with_its_line_is_noticed(name: str, how: str) -> None:
    """The step and all lines after it are changed alike: only its numbers tell."""
    cost, by = matrices.COSTS[NAMES.index(name)][1:3]
    text = gd.derive(cost, by).certificate
    for at in range(len(Forger(text).steps)):
        forger = Forger(text)
        right = forger.node(forger.steps[at]["rhs"])
        wrong = BENDS[how](right)
        if wrong == right or right == Num(0):
            continue
        forger.steps[at]["rhs"] = forger.put(wrong)
        forger.steps[at]["line"] = forger.put(BENDS[how](forger.node(forger.steps[at]["line"])))
        assert f"Step {at + 1} (" in str(recheck(forger.written))


def test_everything_that_is_derived_has_a_certificate() -> None:
    m = Symbol("m", integer=True, positive=True)
    i = Symbol("i", integer=True, positive=True)
    X, Y, A = map(IndexedBase, "XYA")
    cost = gd.Cost(sympy.Sum((w * X[i] + b - Y[i]) ** 2, (i, 1, m)) / (2 * m), [w, b])
    derivations = [
        *cost.gradient(),
        cost.hessian()[w, b],
        *(d for row in gd.jacobian([x**2 * y, sympy.sin(x) + y], [x, y]) for d in row),
        *gd.directional(x**2 * y, {x: 3, y: 4}),
        gd.derive(sympy.Sum(A[i, i] ** 2, (i, 1, m)), A),
        cost.sample(i).partial(w),
    ]
    for d in derivations:
        assert recheck(d.certificate), str(recheck(d.certificate))


def test_second_derivatives_and_named_parts_over_matrices() -> None:
    m, n, w, X, y, b, one = matrices.m, matrices.n, matrices.w, matrices.X, matrices.y, matrices.b, matrices.one
    r = MatrixSymbol("r", m, 1)
    cost = (X * w + b * one - y).T * (X * w + b * one - y)
    for expr, by, where in [
        (cost, (w, w), None), (cost, (w, b), None), (cost, (b, w), None), (r.T * r / (2 * m), w, {r: X * w - y}), (X * w - y, w, None),
        (Trace(MatrixSymbol("Q", n + 1, n + 1)), MatrixSymbol("Q", n + 1, n + 1), None),
    ]:  # fmt: skip
        found = recheck(gd.derive(expr, by, where=where).certificate)
        assert found, str(found)


def test_the_gradient_cannot_be_read_off_another_differential() -> None:
    """DJ stays as it is, and the line that reads the gradient off it is of something else."""
    text = gd.derive(matrices.r.T * matrices.r, matrices.w).certificate
    forger = Forger(text)
    last = forger.steps[-1]
    last["lhs"], last["rhs"], last["line"] = last["lhs"], last["rhs"], forger.put(Neg(forger.node(last["line"])))
    assert not recheck(forger.written)
    forger = Forger(text)
    forger.steps.pop()
    forger.data["claim"]["result"] = forger.steps[-1]["line"]
    assert "The whole claims" in str(recheck(forger.written))


def _quick(text: str) -> Any:
    start = time.process_time()
    found = recheck(text)
    assert time.process_time() - start < 20
    assert not found and all(len(failure) <= 900 for failure in found.failures)
    return found


def test_hostile_matrices_are_refused_and_do_not_hang() -> None:
    """A matrix of a billion rows, a determinant of a hundred, factors that do not fit, products of products."""
    A = MatrixSymbol("A", 3, 3)
    text = gd.derive(log(sympy.Determinant(A)), A).certificate

    def spoilt(change: Any) -> str:
        forger = Forger(text)
        change(forger)
        return forger.written

    def tower(forger: Forger) -> None:
        place = forger.steps[-1]["rhs"]
        for _ in range(14):
            place = forger.row("Hadamard", [place, place])
        forger.steps[-1]["rhs"] = forger.steps[-1]["line"] = forger.data["claim"]["result"] = place

    def sized(rows: int, add: int) -> Any:
        def change(forger: Forger) -> None:
            for row in forger.store.rows:
                if row[0] == "MatSym":
                    size = forger.put(gd.read("m")), forger.put(Num(add))
                    row[1] = [forger.row("Add", [*size])] * 2 if rows is None else [forger.put(Num(rows))] * 2

        return change

    _quick(spoilt(tower))
    for add in (9, 100, 10**9):
        _quick(spoilt(sized(None, add)))  # type: ignore[arg-type]
    assert "at least" not in str(recheck(spoilt(sized(0, 0))))
    _quick(spoilt(lambda f: f.steps[-1].update(rhs=f.row("MatMul", [f.row("Num", [], "2"), f.row("Num", [], "3")]))))
    _quick(spoilt(lambda f: f.steps[-1].update(rhs=f.row("Differential", [f.steps[-1]["rhs"]]))))
    _quick(spoilt(lambda f: f.steps[-1].update(rhs=f.row("Transpose", [f.row("Num", [], "2")]))))


def test_a_swapped_quotient_is_accepted_only_where_it_is_one() -> None:
    """(2s (s - 1) - (s^2 - 1))/(s - 1)^2 is 1, and so is its reciprocal: that certificate claims nothing false."""
    s = Symbol("s")
    text = gd.derive((s**2 - 1) / (s - 1), s).certificate
    nodes = Forger(text).store.rows
    accepted = 0
    for at, row in enumerate(nodes):
        if row[0] == "Div":
            for first, place in enumerate(Forger(text).steps):
                forger = Forger(text)
                right = forger.node(at)
                wrong = Div(*reversed(right.children))
                for step in forger.steps[first:]:
                    for side in ("lhs", "rhs", "line"):
                        if step is not forger.steps[first] or side != "lhs":
                            step[side] = forger.put(replace(forger.node(step[side]), {right: wrong}))
                forger.data["claim"]["result"] = forger.steps[-1]["line"]
                if place["rhs"] != forger.steps[first]["rhs"] and recheck(forger.written):
                    accepted += 1
                    assert sympy.simplify(right.to_sympy()) == 1
    assert accepted
