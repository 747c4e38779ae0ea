"""Every public name says what it does, what it takes and gives, and shows an example; tab completion shows these names only."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest

import gdsym as gd

MODULES = (gd.losses, gd.models, gd.plot)


def public() -> Iterator[tuple[str, Any]]:
    for name in gd.__all__:
        thing = getattr(gd, name)
        if not isinstance(thing, ModuleType):
            yield name, thing
    for module in MODULES:
        yield from ((f"{module.__name__}.{name}", getattr(module, name)) for name in module.__all__)


def members() -> Iterator[tuple[str, Any]]:
    for name, thing in public():
        if isinstance(thing, type) and not issubclass(thing, Exception):
            for key, member in inspect.getmembers(thing):
                if not key.startswith("_") and (inspect.isroutine(member) or isinstance(member, property)):
                    yield f"{name}.{key}", member


FUNCTIONS = {name: thing for name, thing in public() if inspect.isfunction(thing)}
CLASSES = {
    name: thing
    for name, thing in public()
    if isinstance(thing, type) and not issubclass(thing, (Exception, gd.Written))
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_says_what_it_takes_and_gives_and_shows_it(name: str) -> None:
    doc = inspect.getdoc(FUNCTIONS[name]) or ""
    takes = inspect.signature(FUNCTIONS[name]).parameters
    assert "Example" in doc and ">>>" in doc
    assert not takes or ("Args:" in doc and "Returns:" in doc)
    assert all(f"{word}:" in doc or f"{word}," in doc for word in takes if word not in ("param", "params")), takes


@pytest.mark.parametrize("name", CLASSES)
def test_a_class_shows_an_example(name: str) -> None:
    assert ">>>" in (inspect.getdoc(CLASSES[name]) or "")


def test_every_method_and_property_has_a_first_line() -> None:
    bare = [name for name, member in members() if not (inspect.getdoc(member) or "").strip()]
    assert bare == []


def test_a_method_says_what_it_takes() -> None:
    """Each argument by name, or whose arguments it takes."""
    silent = []
    for name, member in members():
        if name.startswith("Written."):
            continue  # the nodes are no door
        doc, takes = (
            inspect.getdoc(member) or "",
            inspect.signature(member).parameters if inspect.isfunction(member) else {},
        )
        silent += [f"{name}({word})" for word in takes if word != "self" and word not in doc and "; takes " not in doc]
    assert silent == []


def test_a_law_keeps_its_letters() -> None:
    for name, thing in public():
        first = (inspect.getdoc(thing) or "").split("\n")[0]
        assert not first.startswith(("Theta", "Lambda", "V <-", "S <-", "W x")), name


@pytest.mark.parametrize("module", MODULES)
def test_completion_shows_what_is_meant_for_users(module: ModuleType) -> None:
    assert sorted(name for name in dir(module) if not name.startswith("_")) == sorted(module.__all__)
