"""Whatever is typed, only a GdsymError comes out, and it says what to type."""

from __future__ import annotations

import random
import re

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sympy import Symbol
from test_reading import LIKE_SYMPY, REFUSED

from gdsym.errors import GdsymError, ReadError, Unsupported
from gdsym.reading import read
from gdsym.written import nodes as n

PIECES = [
    *"abwxyimk0123456789+-*/()[],. ^=<>&|~!'\"\\{}:;@%#_ejEIN\n", "**", "Sum(", "(i, 1, m)", "x[i]", "sqrt(", "lambda",
    r"\theta", r"\hat y", "\u03b8", "\u00b2", "\u2080", "\u0302", "Piecewise((", "True", " and ", " not ",
    "Derivative(", "f(", "f(x)", "Max(", "exp(", "factorial(", "1e99", "9**9", "log(", "oo", "pi", "if ", "10**200",
    "1/", "root(", "Integral(", "Eq(", "KroneckerDelta(", "\x00", "\u202e", "\u0430", "\U0001f600",
]  # fmt: skip


def _comes_to_an_end(text: str) -> None:
    try:
        node = read(text)
    except (ReadError, Unsupported) as e:
        node, message = None, str(e)
    if node is None:
        assert 10 < len(message) <= 600
    else:
        node.to_sympy()


@settings(max_examples=250, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=60))
@example("\ud800")
@example("0_")
@example("1if x else 2")
@example("\u0661")
def test_any_text(text: str) -> None:
    _comes_to_an_end(text)


@settings(max_examples=400, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
def test_any_pieces(text: str) -> None:
    _comes_to_an_end(text)


def test_mutated_formulas() -> None:
    """2000 formulas with one to three characters or pieces put in, left out or doubled."""
    rng = random.Random(20_261)
    outcomes = {True: 0, False: 0}
    for _ in range(2_000):
        text = rng.choice(LIKE_SYMPY)
        for _ in range(rng.randint(1, 3)):
            at = rng.randrange(len(text) + 1)
            piece = rng.choice(["", "", rng.choice(PIECES), text[at : at + 2]])
            text = text[:at] + piece + text[at + rng.randint(0, 2) :]
        try:
            outcomes[isinstance(read(text), n.Node)] += 1
        except (ReadError, Unsupported):
            outcomes[False] += 1
    assert min(outcomes.values()) > 300


def test_messages_hold_no_python_traces() -> None:
    for text in REFUSED:
        with pytest.raises(GdsymError) as caught:
            read(text)
        assert not re.search(r"ast\.|Traceback|<unknown>|_lambd\b", str(caught.value))


def test_a_name_with_the_index_of_a_sum_below_is_no_entry() -> None:
    for text, says in (
        ("Sum((w*x_i + b - y[i])**2, (i, 1, m))", r"an entry is written x\[i\]"),
        ("Product(x_k, (k, 1, m))", r"an entry is written x\[k\]"),
        ("Sum(w[j]*x_ij, (j, 1, n), (i, 1, m))", r"an entry is written x\[i, j\]"),
        ("Sum(Sum(w[j]*x_ij, (j, 1, n)), (i, 1, m))", r"an entry is written x\[i, j\]"),
    ):
        with pytest.raises(ReadError, match=says):
            read(text)
    for text in ("x_i + Sum(w[j], (j, 1, n))", "Sum(x_max*w[a], (a, 1, n))", "Integral(x_t*t, (t, 0, 1))"):
        read(text)
    assert read("Sum(x_i*w[i], (i, 1, n))", params=[Symbol("x_i")]).free


def test_what_students_type_is_answered_with_what_to_type() -> None:
    for text, says in (
        ("sin x", r"stands in brackets: sin\(x\)"),
        ("sqrt 2", r"stands in brackets: sqrt\(2\)"),
        ("relu x", r"stands in brackets: relu\(x\)"),
        ("Σ x_i", r"A sum is written with its index and limits, Sum\(body"),
        ("1,5*x", r"A decimal has a point: 1\.5"),
        ("-(x > 0)*y", r"1 where a > b, 0 elsewhere: Piecewise"),
        ("|a|b|c|", r"Abs\(u\)"),
        ("sin**2 x", r"stands behind its bracket, sin\(x\)\*\*2"),
        ("tan**(-1)(x)", r"stands behind its bracket"),
        ("3,000*x", r"Thousands are written without a comma"),
        ("⌊x", r"`⌋` is missing"),
        ("xₖ", r"write x\[k\]"),
    ):
        with pytest.raises(ReadError, match=says):
            read(text)
