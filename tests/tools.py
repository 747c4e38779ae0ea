"""What a test needs beyond the core: without it the test is skipped, except in CI, where everything must be there."""

from __future__ import annotations

import importlib.util
import os

import pytest


def absent(what: str) -> None:
    """Skip, or fail where every tool must be there."""
    if os.environ.get("CI", "").lower() == "true":
        pytest.fail(f"{what} is not installed, and CI needs it")
    pytest.skip(f"{what} is not installed")


def needs(module: str) -> None:
    """The test goes on only if the module can be imported."""
    if importlib.util.find_spec(module.partition(".")[0]) is None:
        absent(module)


def returned(claim: str) -> list[str]:
    """The lines of a claim as those of a function: the last one returns its value."""
    *lines, last = claim.split("\n")
    name = last.split(" = ")[0]
    if " = " in last:
        return [*lines, last, f"return {name}"]
    return [*lines, last if last.startswith("return") else f"return {last}"]
