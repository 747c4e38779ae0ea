"""Every line of every matrix derivation is read back from its LaTeX: it is the gradient of the cost, or its change along dW."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import sympy
import test_matrix as matrices
from latex_matrices import read_numbers
from latex_reader import Unreadable
from matrix_numbers import number, slope

import gdsym as gd
from gdsym.writing.latex import latex
from gdsym.written import matrices as mat
from gdsym.written import nodes as n
from gdsym.written.from_sympy import from_sympy


def env_of(seed: int = 3) -> dict[Any, Any]:
    return matrices.numbers(seed)


def printed(env: dict[Any, Any], cost: Any = None) -> dict[str, Any]:
    """The numbers by the LaTeX of their names; beside a diagonal matrix the column of ones is as long as that is."""
    diagonal = cost is not None and cost.has(sympy.DiagMatrix)
    constants = {r"\mathbf{1}": np.ones((env[matrices.n if diagonal else matrices.m], 1)), "I": np.eye(env[matrices.n])}
    return {**{latex(from_sympy(name)): value for name, value in env.items()}, **constants}


def changes(line: n.Node) -> bool:
    """Is the line about dJ?"""
    return any(isinstance(part, mat.Differential) for part in n.walk(line))


@pytest.mark.parametrize("row", matrices.COSTS, ids=[row[0] for row in matrices.COSTS])
def test_every_line_is_read_back(row: tuple[str, Any, Any, Any]) -> None:
    _, cost, by, _ = row
    env = env_of()
    d = gd.derive(cost, by, detail="full")
    gradient = np.asarray(slope(cost, by, env))
    direction = np.random.default_rng(5).normal(size=gradient.shape)
    truth = {True: np.sum(gradient * direction), False: gradient}
    for step in d.steps:
        found = read_numbers(latex(step.line), printed(env, cost), latex(from_sympy(by)), direction)
        wanted = truth[changes(step.line)]
        np.testing.assert_allclose(found + 0 * wanted, wanted, rtol=2e-5, atol=2e-5, err_msg=latex(step.line))


def test_a_bent_line_is_not_read_as_the_right_one() -> None:
    env, direction = env_of(), np.ones((3, 1))
    tex = latex(gd.derive(matrices.r.T * matrices.r, matrices.w).steps[-1].line)
    assert tex == r"2\,X^{\top}(X w-y)"
    right = read_numbers(tex, printed(env), "w", direction)
    for bent in (r"2\,X^{\top}(X w+y)", r"X^{\top}(X w-y)", r"2\,X^{\top}X w-y"):
        try:
            found = read_numbers(bent, printed(env), "w", direction)
        except ValueError:
            continue
        assert not np.allclose(found, right)
    for broken in (r"2\,X^{\top}(X w-y", r"2\,X^{\top}(X q-y)", r"2\,X^{\top}dq"):
        with pytest.raises((Unreadable, ValueError)):
            read_numbers(broken, printed(env), "w", direction)


def test_numbers_of_the_results_agree_with_sympy() -> None:
    env = env_of(8)
    for _, cost, by, _ in matrices.COSTS:
        d = gd.derive(cost, by)
        found = read_numbers(latex(d.written), printed(env, cost), latex(from_sympy(by)), None)
        np.testing.assert_allclose(found + 0 * number(d.result, env), number(d.result, env), rtol=1e-9, atol=1e-9)
