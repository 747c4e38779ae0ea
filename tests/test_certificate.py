"""Certificates: what a derivation writes down is judged again without gdsym's rules, and every tampering is noticed."""

from __future__ import annotations

import ast
import copy
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import sympy
from forger import BENDS, Forger, sealed
from sympy import Abs, Function, IndexedBase, Max, Sum, exp, log, sin, sqrt, symbols, tanh

import gdsym as gd
from gdsym.verify import recheck
from gdsym.verify.recheck import Recheck
from gdsym.writing.text import text
from gdsym.written import serial
from gdsym.written.nodes import D, Mul, Neg, Node, Num, Pow

ROOT = Path(__file__).resolve().parent.parent
w, b, x, y, z = symbols("w b x y z")
i, j, k, m, size = symbols("i j k m size", integer=True, positive=True)
X, Y, W = map(IndexedBase, ("X", "Y", "W"))
f = Function("f")
error = symbols("Error")

DERIVATIONS: dict[str, tuple[Any, ...]] = {
    "power": (3 * x**5, x),
    "polynomial": (4 * x**3 - 2 * x**2 + x - 7, x),
    "quotient": (sin(x) / (x**2 + 1), x),
    "chain": (exp(sin(x**2)), x),
    "line": (Sum((w * X[i] + b - Y[i]) ** 2, (i, 1, m)) / (2 * m), w),
    "vector": (Sum((Sum(W[j] * X[i, j], (j, 1, size)) - Y[i]) ** 2, (i, 1, m)) / m, W),
    "named": (error**2, w, {error: w * x + b - y}),
    "named chain": (y, z, {y: x**2 + 1, x: z**2}),
    "kink": (Sum(Abs(w * X[i] - Y[i]), (i, 1, m)) / m, w),
    "maximum": (Max(0, w * x) ** 2, w),
    "tower": (x**x, x),
    "twice": (x**3 * exp(y * x), (x, y)),
    "undefined": (f(x**2) * x, x),
    "decimals": (0.5 * tanh(w * x) + sqrt(w), w),
    "logistic twice": (1 / (1 + exp(-x)), (x, x)),
    "positive entry": (log(W[k]) * W[k], W[k]),
}


@cache
def certificate(name: str) -> str:
    expr, wrt, *where = DERIVATIONS[name]
    return gd.derive(expr, wrt, where=where[0] if where else None).certificate


@pytest.mark.parametrize("name", DERIVATIONS)
def test_what_was_derived_is_supported_again(name: str) -> None:
    found = recheck(certificate(name))
    assert found, str(found)
    assert found.steps == len(json.loads(certificate(name))["steps"]) > 0
    assert found.failures == ()
    assert f"all {found.steps} steps" in str(found)
    assert recheck(certificate(name), seed=7)


def test_the_claim_and_its_conditions_are_said() -> None:
    assert recheck(certificate("power")).claim == "d/dx [3 x⁵] = 15 x⁴"
    assert recheck(certificate("tower")).conditions == ("x > 0",)
    assert recheck(certificate("line")).conditions == ()
    assert "where k ≤ size" in str(recheck(certificate("vector"))) or "k ≤ size" in str(recheck(certificate("vector")))


def test_the_certificate_has_the_whole_derivation() -> None:
    d = gd.derive(*DERIVATIONS["line"], detail="brief")
    full = gd.derive(*DERIVATIONS["line"], detail="full")
    assert d.certificate == full.certificate == certificate("line")
    data = json.loads(d.certificate)
    nodes = serial.read(data["formulas"])
    assert [step["rule"] for step in data["steps"]] == [step.rule.name for step in full.steps]
    assert [nodes[step["line"]] for step in data["steps"]] == [step.line for step in full.steps]
    assert [nodes[step["lhs"]] for step in data["steps"]] == [step.lhs for step in full.steps]
    assert [step["evidence"]["verdict"] for step in data["steps"]] == [step.check.verdict for step in full.steps]
    assert nodes[data["claim"]["expression"]] == d.node
    assert nodes[data["claim"]["result"]] == d.written
    assert [len(step["substeps"]) for step in data["steps"]] == [len(step.substeps) for step in full.steps]


def test_a_certificate_is_the_same_bytes_under_any_hash_seed() -> None:
    code = (
        "import gdsym as gd\nfrom sympy import *\n"
        "i,m=symbols('i m',integer=True,positive=True); w,b=symbols('w b'); x,y=IndexedBase('x'),IndexedBase('y')\n"
        "u=Dummy('u')\n"
        "print(gd.derive(Sum(Abs(w*x[i]+b-y[i])**2,(i,1,m))/m+Max(w,b,1)*u,w).certificate)"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("0", "1", "77")
    }  # fmt: skip
    assert len(outputs) == 1
    assert recheck(outputs.pop())


def test_certificates_stay_small() -> None:
    """A sum of 30 squares: each formula is stored once, however many lines it stands in."""
    letters = symbols("a1:31")
    found = gd.derive(sum((w * a - 1) ** 2 for a in letters), w).certificate
    data = json.loads(found)
    keys = [json.dumps(row) for row in data["formulas"]]
    assert len(keys) == len(set(keys))
    assert len(found) < 120_000 and len(data["steps"]) > 100


def test_taking_a_certificate_apart_changes_nothing() -> None:
    for name in DERIVATIONS:
        assert json.loads(Forger(certificate(name)).written) == json.loads(certificate(name))


SOME = ("power", "quotient", "line", "vector", "named", "kink", "twice", "undefined")


def refused(written: str, *words: str) -> Recheck:
    found = recheck(written)
    assert not found, str(found)
    assert str(found).count("NOT supported") == 1
    assert all(any(word in failure for failure in found.failures) for word in words), str(found)
    return found


@pytest.mark.parametrize("how", BENDS)
@pytest.mark.parametrize("name", SOME)
def test_a_changed_right_hand_side_is_noticed(name: str, how: str) -> None:
    """In the step alone, and in step and line together, with evidence that says `proved`."""
    proved = {"verdict": "proved", "kind": "identical", "points": 99, "bits": 4096, "note": ""}
    for at in range(len(json.loads(certificate(name))["steps"])):
        forger = Forger(certificate(name))
        step = forger.data["steps"][at]
        right = forger.node(step["rhs"])
        wrong = BENDS[how](right)
        if wrong == right or right == Num(0):
            continue
        step["rhs"], step["evidence"] = forger.put(wrong), proved
        refused(forger.written, f"Step {at + 1} (")
        step["line"] = forger.put(BENDS[how](forger.node(step["line"])))
        refused(forger.written, f"Step {at + 1} (")


@pytest.mark.parametrize("name", SOME)
def test_a_changed_line_is_noticed(name: str) -> None:
    for at in range(len(json.loads(certificate(name))["steps"])):
        forger = Forger(certificate(name))
        step = forger.data["steps"][at]
        step["line"] = forger.put(Neg(forger.node(step["line"])))
        refused(forger.written, f"Line {at + 1}, which continues")


@pytest.mark.parametrize("name", DERIVATIONS)
def test_a_dropped_step_is_noticed(name: str) -> None:
    """Taken out with care: the numbers of the others are put right."""
    count = len(json.loads(certificate(name))["steps"])
    for at in range(count if count > 1 else 0):
        forger = Forger(certificate(name))
        steps = forger.data["steps"]
        gone = steps.pop(at)
        if text(forger.node(gone["lhs"])) == text(forger.node(gone["rhs"])):
            continue  # only brackets that nobody writes are left out
        if any((gone["lhs"], gone["rhs"]) == (other["lhs"], other["rhs"]) for other in steps):
            continue  # said twice
        for step in steps:
            step["substeps"] = [p - (p > at) for p in step["substeps"] if p != at]
        if at == count - 1:
            forger.data["claim"]["result"] = steps[-1]["line"]
            if not any(isinstance(part, D) for part in _walk(forger.node(steps[-1]["line"]))):
                continue  # an untidied result is a result
        refused(forger.written)


def _walk(node: Node) -> list[Node]:
    return [node, *(part for child in node.children for part in _walk(child))]


@pytest.mark.parametrize("name", SOME)
def test_a_changed_claim_is_noticed(name: str) -> None:
    forger = Forger(certificate(name))
    claim = forger.data["claim"]
    right = copy.deepcopy(claim)
    claim["expression"] = forger.put(Mul(Num(2), forger.node(claim["expression"])))
    refused(forger.written, "The whole claims", "does not stand in the derivative that is claimed")
    claim.update(right)
    claim["result"] = forger.put(Neg(forger.node(claim["result"])))
    refused(forger.written, "is not the claimed result", "The whole claims")
    claim.update(right)
    claim["variables"] = [forger.put(gd.read("some_other_letter"))]
    refused(forger.written, "The whole claims")


def test_changed_named_parts_are_noticed() -> None:
    forger = Forger(certificate("named"))
    ((name, meaning),) = forger.data["claim"]["where"]
    forger.data["claim"]["where"] = [[name, forger.put(Mul(Num(3), forger.node(meaning)))]]
    refused(forger.written, "Step 2 (definition)")
    forger.data["claim"]["where"] = []
    refused(forger.written, "The whole claims")
    forger.data["claim"]["where"] = [[name, name]]
    refused(forger.written, "in a circle")


def test_a_changed_substitution_or_order_is_noticed() -> None:
    forger = Forger(certificate("chain"))
    step = next(s for s in forger.data["steps"] if s["where"])
    step["where"][0][1] = forger.put(gd.read("cos(x**2)"))
    refused(forger.written, "writes u for cos(x²), which does not stand in")
    swapped = Forger(certificate("polynomial"))
    swapped.data["steps"][1:3] = swapped.data["steps"][2:0:-1]
    refused(swapped.written)


def test_a_condition_that_never_holds_supports_nothing() -> None:
    forger = Forger(certificate("power"))
    never = forger.put(gd.derive("x**x", "x").steps[0].lhs)  # any row, to be replaced
    forger.store.rows.append(["Logic", [], "false"])
    never = len(forger.store.rows) - 1
    for step in forger.data["steps"]:
        step["given"] = never
    refused(forger.written, "could not be confirmed")


def test_a_condition_under_which_a_wrong_claim_holds_is_said() -> None:
    """x^2 has slope 4 at x = 2: true there and only there, and the answer says so."""
    forger = Forger(certificate("power"))
    claim, step = forger.data["claim"], forger.data["steps"][0]
    x_ = forger.put(gd.read("x"))
    claim.update(expression=forger.put(Pow(gd.read("x"), Num(2))), result=forger.put(Num(4)), variables=[x_])
    step.update(lhs=forger.put(D(Pow(gd.read("x"), Num(2)), gd.read("x"))), rhs=forger.put(Num(4)), substeps=[])
    step.update(line=step["rhs"])
    forger.data["steps"] = [step]
    refused(forger.written, "which is wrong")
    forger.store.rows.append(["Rel", [x_, forger.put(Num(2))], "=="])
    step["given"] = len(forger.store.rows) - 1
    assert recheck(forger.written).conditions == ("x = 2",)


BAD = {
    "no JSON": ("{", "not valid JSON"),
    "a list": ("[]", "JSON object"),
    "empty": ("", "not valid JSON"),
    "nested": ("[" * 100_000, "not valid JSON"),
    "a float": ('{"gdsym certificate": 1.0}', "numbers are whole"),
    "another version": ('{"gdsym certificate": 2}', "version"),
    "nothing": ('{"gdsym certificate": 3}', "table of formulas"),
    "a long number": ('{"gdsym certificate": ' + "9" * 6000 + "}", "not valid JSON"),
}


@pytest.mark.parametrize("what", BAD)
def test_what_is_no_certificate_gets_a_clear_sentence(what: str) -> None:
    written, said = BAD[what]
    found = refused(written, said)
    assert len(found.failures) == 1 and len(found.failures[0]) <= 600
    assert found.steps == 0


def test_something_else_than_text_is_refused_too() -> None:
    assert "is a text" in recheck(None).failures[0]  # type: ignore[arg-type]


def _rows(change: Callable[[list[Any]], object]) -> str:
    data = json.loads(certificate("quotient"))
    change(data["formulas"])
    return sealed(data)


def _row(kind: str, rows: list[Any]) -> list[Any]:
    return next(row for row in rows if row[0] == kind)


ROWS = {
    "unknown function": (lambda rows: _row("Fn", rows).__setitem__(2, "system"), "unknown function 'system'"),
    "a method's name": (lambda rows: _row("Fn", rows).__setitem__(2, "__class__"), "unknown function"),
    "unknown kind": (lambda rows: _row("Add", rows).__setitem__(0, "Lambda"), "unknown kind 'Lambda'"),
    "huge number": (lambda rows: _row("Num", rows).__setitem__(2, "9" * 5000), "at most 1000 digits"),
    "number as code": (lambda rows: _row("Num", rows).__setitem__(2, "__import__('os')"), "at most 1000 digits"),
    "division by zero": (lambda rows: _row("Num", rows).__setitem__(2, "1/0"), "is no Num"),
    "its own part": (lambda rows: rows[-1].__setitem__(1, [len(rows) - 1] * 2), "do not stand before it"),
    "minus one": (lambda rows: _row("Add", rows).__setitem__(1, [-1, 0]), "do not stand before it"),
    "true for 1": (lambda rows: _row("Add", rows).__setitem__(1, [True, 0]), "do not stand before it"),
    "too few parts": (lambda rows: _row("Div", rows)[1].pop(), "it has 1 parts"),
    "arguments": (lambda rows: _row("Fn", rows)[1].append(0), "does not take 2 arguments"),
    "no row": (lambda rows: rows.__setitem__(0, 7), "Row 0"),
    "assumption": (lambda rows: _row("Sym", rows).__setitem__(3, ["wonderful"]), "unknown assumptions"),
    "contradiction": (lambda rows: _row("Sym", rows).__setitem__(3, ["positive", "negative"]), "contradict"),
    "not real": (lambda rows: _row("Sym", rows).__setitem__(3, ["imaginary"]), "not real"),
    "long name": (lambda rows: _row("Sym", rows).__setitem__(2, "x" * 1000), "at most 200 characters"),
    "doubling": (
        lambda rows: rows.extend([["Add", [len(rows) - 1 + j] * 2] for j in range(60)]),
        "the limits are",
    ),
}


@pytest.mark.parametrize("what", ROWS)
def test_a_spoilt_table_gets_a_clear_sentence(what: str) -> None:
    change, said = ROWS[what]
    found = refused(_rows(change), said)
    assert len(found.failures) == 1 and len(found.failures[0]) <= 600


@pytest.mark.parametrize("field", ["rule", "lhs", "rhs", "line", "given", "where", "substeps", "evidence"])
def test_a_missing_field_is_named(field: str) -> None:
    data = json.loads(certificate("power"))
    del data["steps"][1][field]
    refused(sealed(data), f"Step 2 has no {field}")
    data = json.loads(certificate("power"))
    data["steps"][1][field] = {"a": 1}
    assert not recheck(sealed(data)) and not recheck(json.dumps(data))


def places(part: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where every value of a JSON document stands."""
    yield at
    for key, value in part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ():
        yield from places(value, (*at, key))


def test_no_field_can_be_changed_afterwards() -> None:
    """Not even the rule's name, the number of points or a substitution that nothing else rests on; order and spacing may."""
    data = json.loads(certificate("line"))
    assert recheck(json.dumps(dict(reversed(data.items())), indent=3))
    tried = [at for at in places(data) if at]
    assert len(tried) > 500
    sentences = set()
    for at in tried[::7]:
        spoilt = copy.deepcopy(data)
        *way, last = at
        part = spoilt
        for key in way:
            part = part[key]
        old = part[last]
        part[last] = (
            old + 1 if isinstance(old, int) else f"{old}s" if isinstance(old, str) else [*old, 0] if old else [0]
        )
        found = recheck(json.dumps(spoilt))
        assert not found, at
        sentences.add(found.failures[0])
    assert "The certificate was changed after it was written: its sha256 does not fit." in sentences
    assert not recheck(json.dumps({key: value for key, value in data.items() if key != "sha256"}))


def test_numbers_that_sympy_must_not_evaluate_are_kept_from_it() -> None:
    forger = Forger(certificate("power"))
    tower = Num(9)
    for _ in range(4):
        tower = Pow(Num(9), tower)
    forger.store.rows.append(["Rel", [forger.put(gd.read("x")), forger.put(tower)], ">"])
    forger.data["steps"][0]["given"] = len(forger.store.rows) - 1
    refused(forger.written, "was not judged")
    forger = Forger(certificate("power"))
    forger.data["claim"]["result"] = forger.put(tower)
    refused(forger.written, "is not the claimed result")


def test_a_step_that_nobody_can_evaluate_is_no_support() -> None:
    t = sympy.Symbol("t", real=True)
    d = gd.derive(sympy.Integral(sin(x * t) / t, (t, -sympy.oo, sympy.oo)), x)
    assert not d.check
    refused(d.certificate, "could not be confirmed")


FOREIGN = ("gdsym.rules", "gdsym.solve", "gdsym.lines", "gdsym.derivation", "gdsym.step", "gdsym.door", "gdsym.export")


def test_the_verifier_shares_no_code_with_the_rules() -> None:
    code = "import sys\nimport gdsym.verify.recheck\nprint(*sorted(m for m in sys.modules if m.startswith('gdsym')))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    loaded = run.stdout.split()
    assert "gdsym.verify.recheck" in loaded
    assert not [module for module in loaded if module.startswith(FOREIGN)]
    for path in (ROOT / "gdsym" / "verify").rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        imported = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
        assert not [module for module in imported if module.startswith(FOREIGN)], path


def test_the_command(tmp_path: Path) -> None:
    right, wrong = tmp_path / "right.json", tmp_path / "wrong.json"
    right.write_text(certificate("power"), encoding="utf-8")
    wrong.write_text(certificate("power").replace('"15"', '"16"'), encoding="utf-8")
    command = [sys.executable, "-W", "error", "-m", "gdsym.verify.recheck"]
    runs = [
        subprocess.run([*command, str(path)], check=False, capture_output=True, text=True, cwd=ROOT, encoding="utf-8",
                       env={**os.environ, "PYTHONIOENCODING": "utf-8"})
        for path in (right, wrong)
    ]  # fmt: skip
    assert [run.returncode for run in runs] == [0, 1]
    assert "all 3 steps" in runs[0].stdout and "NOT supported" in runs[1].stdout
    assert runs[0].stderr == runs[1].stderr == ""


def test_matrices_put_in_at_one_place_and_behind_a_minus() -> None:
    A, B = (sympy.MatrixSymbol(name, size, size) for name in "AB")
    column = sympy.MatrixSymbol("u", size, 1)
    costs = (sympy.Trace((A - B) * (A - B).T) / 2, sympy.Trace(B.inv() * B.inv()), column.T * (A - B).inv() * column)
    for cost in costs:
        assert not recheck(gd.derive(cost, B).certificate).failures
