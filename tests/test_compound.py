"""Branches whose conditions are several comparisons: where they meet is judged, place by place."""

from __future__ import annotations

import pytest

import gdsym as gd


def _said(formula: str) -> list[str]:
    notes = " ".join(gd.derive(formula, "x").text().split("\n\n")[-1].split())
    told = notes.replace(": no derivative there; by convention the slope of the branch that holds is used", "")
    return [line for line in ("smoothly at x = -1", "smoothly at x = 0", "smoothly at x = 1") if line in told] + [
        f"{kind} at x = {told.split(f'{kind} at x = ', 1)[1].split(' ')[0].rstrip(':')}"
        for kind in ("kink", "jump")
        if f"{kind} at x = " in told
    ]


@pytest.mark.parametrize(
    ("formula", "said"),
    [
        (
            "Piecewise((x**2, And(x > -1, x < 1)), (2*Abs(x) - 1, True))",
            ["smoothly at x = -1", "smoothly at x = 1"],
        ),
        ("Piecewise((x**2, And(x > 0, x < y)), (0, True))", ["smoothly at x = 0", "jump at x = y"]),
        ("Piecewise((0, Or(x < -a, x > a)), (x**2 - a**2, True))", ["kink at x = -a"]),
        (
            "Piecewise((x, And(x > 0, x < 1)), (x**2, Or(x > 2, x < -1)), (0, True))",
            ["kink at x = 0", "jump at x = -1"],
        ),
        (
            "Piecewise((x**2, And(x >= 0, x < 1)), (2*x - 1, And(x >= 1, x < 2)), (0, x < 0), (7, True))",
            ["smoothly at x = 0", "smoothly at x = 1", "jump at x = 2"],
        ),
        ("Piecewise((sin(x), And(cos(x) > 0, x < 1)), (0, True))", []),
    ],
)
def test_each_joint_is_judged(formula: str, said: list[str]) -> None:
    assert _said(formula) == said


def test_smooth_joints_need_no_condition() -> None:
    d = gd.derive("Piecewise((x**2, And(x > -1, x < 1)), (2*Abs(x) - 1, True))", "x")
    assert d.given.subs("x", 1) == True  # noqa: E712  # SymPy's own true
    assert gd.derive("Piecewise((x**2, -1 < x < 1), (1, True))", "x").given.subs("x", 1) == False  # noqa: E712
