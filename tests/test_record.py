"""Records: what a frozen dataclass does, with its code written at the first use."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
from collections.abc import Callable
from functools import cached_property
from typing import Any, ClassVar

import pytest

from gdsym.record import FEW, changed, field, record


@record
class Point:
    x: int
    y: int = 2
    SIDES: ClassVar[int] = 4
    seen: dict[str, int] = field(default_factory=dict)
    near: Callable[[int], int] = field(default=abs, repr=False, compare=False)

    @cached_property
    def twice(self) -> int:
        return 2 * self.x


@record
class Named(Point):
    name: str = "P"

    def __post_init__(self) -> None:
        if not self.name:
            raise ValueError("no name")


@record(frozen=False)
class Tally:
    good: list[int] = field(default_factory=list)


@record(eq=False)
class Alone:
    a: int


def test_a_constructor_takes_names_defaults_and_factories() -> None:
    p, q = Point(1), Point(x=1, y=2)
    assert (p.x, p.y, p.seen, p.near(-3), p.SIDES, p.twice) == (1, 2, {}, 3, 4, 2)
    assert p.seen is not q.seen
    assert Named(1, name="Q").name == "Q"
    with pytest.raises(ValueError, match="no name"):
        Named(1, name="")
    with pytest.raises(TypeError, match=r"Point.__init__\(\) missing 1 required positional argument: 'x'"):
        Point()  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="unexpected keyword argument 'z'"):
        Point(1, z=3)  # type: ignore[call-arg]


def test_equal_by_value_and_by_class() -> None:
    assert Point(1) == Point(1, 2, {}, near=len)
    assert Point(1) != Point(2)
    assert Point(1) != Named(1)
    assert Point(1) != 1
    assert Alone(1) != Alone(1)
    assert Tally([1]) == Tally([1])
    assert hash(changed(Point(1), seen=())) == hash(changed(Point(1), seen=()))  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="unhashable"):
        hash(Tally())


def test_immutable_unless_asked() -> None:
    p = Point(1)
    with pytest.raises(AttributeError, match="Point is immutable"):
        p.x = 2  # type: ignore[misc]
    with pytest.raises(AttributeError, match="Point is immutable"):
        del p.x
    t = Tally()
    t.good = [3]
    assert t == Tally([3])


def test_printed_like_a_call() -> None:
    assert repr(Named(1)) == "Named(x=1, y=2, seen={}, name='P')"


def test_copied_pickled_matched() -> None:
    p = Named(1, 5, {"a": 3})
    assert p == pickle.loads(pickle.dumps(p)) == copy.deepcopy(p)
    match p:
        case Point(x, y):
            assert (x, y) == (1, 5)


def test_a_dataclass_to_everybody_else() -> None:
    assert dataclasses.is_dataclass(Point)
    assert [f.name for f in dataclasses.fields(Named)] == ["x", "y", "seen", "near", "name"]
    assert dataclasses.replace(Point(1), x=7) == Point(7) == changed(Point(1), x=7)
    assert dataclasses.asdict(Named(1))["seen"] == {}
    assert [f.compare for f in dataclasses.fields(Point)] == [True, True, True, False]


def test_the_signature_is_seen_before_the_first_call() -> None:
    @record
    class New:
        a: int
        b: int = 3

    assert str(inspect.signature(New)) == "(a: 'int', b: 'int' = 3)"
    assert New(1).b == 3


@record(slots=True)
class Slim:
    """Made often."""

    a: int
    near: Callable[[int], int] = field(default=abs, repr=False, compare=False)
    seen: dict[str, int] = field(default_factory=dict)

    @property
    def twice(self) -> int:
        return 2 * self.a


def test_with_slots_all_is_as_without() -> None:
    p = Slim(1)
    assert (p.a, p.near(-2), p.seen, p.twice, Slim.__doc__) == (1, 2, {}, 2, "Made often.")
    assert p == Slim(1) != Slim(2)
    assert type(p) is Slim
    assert repr(p) == "Slim(a=1, seen={})"
    assert hash(changed(p, seen=())) == hash(Slim(1, seen=()))  # type: ignore[arg-type]
    assert dataclasses.replace(p, a=3) == Slim(a=3)
    assert dataclasses.asdict(p) == {"a": 1, "near": abs, "seen": {}}
    assert pickle.loads(pickle.dumps(p)) == copy.copy(p) == copy.deepcopy(p) == p
    assert not hasattr(p, "__dict__")
    for name in ("a", "other", "__class__"):
        with pytest.raises(AttributeError, match="Slim is immutable"):
            setattr(p, name, 2)
    with pytest.raises(AttributeError, match="Slim is immutable"):
        del p.a
    with pytest.raises(TypeError, match=r"Slim.__init__\(\) missing 1 required positional argument: 'a'"):
        Slim()  # type: ignore[call-arg]


@record
class Taken:
    own: int
    cls: int = 2
    draft: list[int] = field(default_factory=list)


def test_a_name_may_be_one_of_the_constructor() -> None:
    """`own` held the dictionary of the record."""
    assert (Taken(1).own, Taken(1, 3).cls, Taken(own=1).draft) == (1, 3, [])


def _fresh(slots: bool) -> Any:
    """A class that nobody has called yet."""

    @record(slots=slots)
    class Late:
        a: int
        b: int = 2
        seen: list[int] = field(default_factory=list)
        near: Callable[[int], int] = field(default=abs)

        def __post_init__(self) -> None:
            if self.a < 0:
                raise ValueError("below 0")

    return Late


@pytest.mark.parametrize("slots", [False, True])
def test_the_constructor_that_is_written_after_some_calls_does_what_the_first_calls_did(slots: bool) -> None:
    calls: list[tuple[tuple[Any, ...], dict[str, Any]]] = [
        ((1,), {}), ((1, 2), {}), ((1, 3, [4]), {}), ((), {"b": 5, "a": 6}), ((7,), {"near": len}), ((1, 2, [3], len), {}),
    ]  # fmt: skip
    early, late = _fresh(slots), _fresh(slots)
    for _ in range(FEW + 1):
        late(0)
    assert inspect.isfunction(vars(late)["__init__"])
    for args, named in calls:
        one, other = early(*args, **named), late(*args, **named)
        assert [getattr(one, name) for name in ("a", "b", "seen", "near")] == [
            getattr(other, name) for name in ("a", "b", "seen", "near")
        ]
        assert slots or vars(one) == vars(other)
    assert not inspect.isfunction(vars(early)["__init__"])
    assert early(1).seen is not early(1).seen
    for made in (early, late):
        with pytest.raises(ValueError, match="below 0"):
            made(-1)
    for args, named in (((), {}), ((1, 2, [], abs, 5), {}), ((1,), {"a": 1}), ((1,), {"z": 1})):
        told = []
        for made in (_fresh(slots), late):
            with pytest.raises(TypeError) as error:
                made(*args, **named)
            told.append(str(error.value))
        assert told[0] == told[1]
