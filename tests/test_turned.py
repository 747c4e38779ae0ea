"""Sums over pairs: what stands the other way round in the second sum is the same, up to a sign."""

from __future__ import annotations

from typing import Any

import pytest
import sympy

import gdsym as gd
from gdsym.rules.turned import difference, differences, turned
from gdsym.written.nodes import Node


def node(text: str) -> Node:
    return gd.read(text)


def value(text: str) -> Any:
    return gd.read(text).to_sympy()


def whole(d: Any) -> bool:
    return all(step.check for step in d.steps)


@pytest.mark.parametrize(
    ("inner", "slope"),
    [
        ("cos(z[i] - z[j])", "-2*Sum(sin(z[l] - z[j]), (j, 1, m))"),
        ("Abs(z[i] - z[j])", "2*Sum(sign(z[l] - z[j]), (j, 1, m))"),
        ("(z[i] - z[j])**4", "8*Sum((z[l] - z[j])**3, (j, 1, m))"),
        ("exp(-(z[i] - z[j])**2)", "4*Sum((z[j] - z[l])*exp(-(z[j] - z[l])**2), (j, 1, m))"),
        ("log(cosh(z[i] - z[j]))", "2*Sum(tanh(z[l] - z[j]), (j, 1, m))"),
        ("sin(z[i] - z[j])", "0"),
    ],
)
def test_two_sums_over_pairs_are_one(inner: str, slope: str) -> None:
    d = gd.derive(gd.read(f"Sum({inner}, (j, 1, m), (i, 1, m))"), gd.read("z[l]"))
    assert whole(d) and d.result == value(slope)


@pytest.mark.parametrize(
    "cost",
    [
        "Sum((d[i, j] - (z[i] - z[j])**2)**2, (j, 1, m), (i, 1, m))",  # d_lj is not d_jl
        "Sum(exp(z[i] - z[j]), (j, 1, m), (i, 1, m))",  # neither even nor odd
        "Sum(cos(z[i] - z[j]), (j, 2, m), (i, 1, m))",  # not the same range
    ],
)
def test_what_is_not_the_same_stays_two_sums(cost: str) -> None:
    d = gd.derive(gd.read(cost), gd.read("z[l]"))
    assert whole(d) and len(d.result.atoms(sympy.Sum)) >= 2


def test_distances_in_the_plane() -> None:
    cost = "Sum(sqrt(Sum((W[i, k] - W[j, k])**2, (k, 1, n)) + 1), (j, 1, m), (i, 1, m))"
    d = gd.derive(gd.read(cost), gd.read("W[l, p]"))
    assert whole(d)
    assert d.result == value("2*Sum((W[l, p] - W[j, p])/sqrt(Sum((W[l, k] - W[j, k])**2, (k, 1, n)) + 1), (j, 1, m))")
    assert "put together: Wⱼₖ - Wₗₖ = -(Wₗₖ - Wⱼₖ)" in " ".join(str(d).split())


def test_the_direction_of_a_difference() -> None:
    x, y = node("x"), node("y")
    assert difference(node("x - y")) == (x, y) and difference(node("x + y")) is None
    both = node("sin(x - y)")
    assert list(differences(both)) == [(x, y)]
    assert turned(node("cos(x - y)"), {(y, x): None}) == (False, node("cos(y - x)"))


@pytest.mark.parametrize(
    ("text", "minus"),
    [("sin(x - y)*(x - y)", False), ("(x - y)**3", True), ("(x - y)/cos(x - y)", True), ("atan(x - y)**2", False)],
)
def test_a_minus_comes_out(text: str, minus: bool) -> None:
    x, y = node("x"), node("y")
    found, other = turned(node(text), {(y, x): None})
    at = {"x": 2, "y": 5}
    assert found is minus and (-1 if minus else 1) * other.to_sympy().subs(at) == value(text).subs(at)
    assert (x, y) not in differences(other)


def test_a_function_without_a_sign_keeps_it_inside() -> None:
    x, y = node("x"), node("y")
    found, other = turned(node("exp(x - y)"), {(y, x): None})
    assert not found and other.to_sympy() == value("exp(x - y)")
