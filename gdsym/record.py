"""Records: frozen data classes whose code is written at their first use, so that importing them costs nothing.

`dataclasses` writes and compiles six functions for every class when its module is imported, which was a third of the time
until a first gradient. Here everything but the constructor is shared, and the constructor waits for the first call. To
everybody else a record is a dataclass: `dataclasses.fields`, `replace`, `asdict` and pattern matching work.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from inspect import get_annotations
from operator import attrgetter
from types import MappingProxyType
from typing import Any, TypeVar, dataclass_transform, overload

T = TypeVar("T")
FEW = 16  # calls
UNSET: Any = type("Unset", (), {"__repr__": lambda self: "<made anew>"})()  # no default, or one that is made by a call


class Field:
    """One name of a record, with its default and whether it is printed and compared."""

    __slots__ = ("compare", "default", "factory", "kind", "repr")

    def __init__(self, default: Any = UNSET, factory: Any = None, repr: bool = True, compare: bool = True) -> None:  # noqa: A002
        self.default, self.factory, self.repr, self.compare = default, factory, repr, compare
        self.kind: Any = None


@overload
def field(*, default: T, repr: bool = ..., compare: bool = ...) -> T: ...
@overload
def field(*, default_factory: Callable[[], T], repr: bool = ..., compare: bool = ...) -> T: ...
@overload
def field(*, repr: bool = ..., compare: bool = ...) -> Any: ...
def field(*, default: Any = UNSET, default_factory: Any = None, repr: bool = True, compare: bool = True) -> Any:  # noqa: A002
    """What is to be said of a name beyond its type: as `dataclasses.field`."""
    return Field(default, default_factory, repr, compare)


@overload
def record(cls: type[T]) -> type[T]: ...
@overload
def record(*, frozen: bool = True, eq: bool = True, slots: bool = False) -> Callable[[type[T]], type[T]]: ...
@dataclass_transform(frozen_default=True, eq_default=True, field_specifiers=(field,))
def record(cls: Any = None, *, frozen: bool = True, eq: bool = True, slots: bool = False) -> Any:
    """A class made of its annotated names: constructor, equality by value, hash and print; immutable if `frozen`.

    With `slots` an immutable one is made three times as fast; it has no other attributes, no cached properties either.
    """
    return (lambda made: _made(made, frozen, eq, slots)) if cls is None else _made(cls, frozen, eq, slots)


def _made(cls: Any, frozen: bool, eq: bool, slots: bool) -> Any:
    own_fields = _own(cls)
    fields: dict[str, Field] = {**getattr(cls, "__record__", {}), **own_fields}
    cls = _with_slots(cls, tuple(own_fields)) if slots else cls
    ways: dict[str, Any] = {"__init__": _Constructor(cls, frozen), "__repr__": _repr}
    ways |= {"__getstate__": state_of, "__setstate__": _put_state}
    ways |= {"__dataclass_fields__": _Fields(), "__match_args__": tuple(fields)}
    if frozen:
        ways |= {"__setattr__": _immutable, "__delattr__": _immutable}
    if eq:
        ways |= _by_value([name for name, f in fields.items() if f.compare], frozen)
    own = {name for name, way in cls.__dict__.items() if way is not None}  # __eq__ alone makes __hash__ None
    for name, way in ways.items():
        if name not in own:
            setattr(cls, name, way)
    cls.__record__ = fields
    return cls


def _own(cls: Any) -> dict[str, Field]:
    """The names that this class adds; a default stays on the class, as it does in a dataclass."""
    found = {}
    for name, kind in get_annotations(cls).items():
        if not str(kind).startswith(("ClassVar", "typing.ClassVar")):
            given = cls.__dict__.get(name, UNSET)
            found[name] = one = given if isinstance(given, Field) else Field(given)
            one.kind = kind
            if one.default is not UNSET:
                setattr(cls, name, one.default)
            elif name in cls.__dict__:
                delattr(cls, name)
    return found


def _with_slots(cls: Any, names: tuple[str, ...]) -> Any:
    """The same class with a place for each name in place of a dictionary."""
    space = {name: way for name, way in cls.__dict__.items() if name not in (*names, "__dict__", "__weakref__")}
    return type(cls)(cls.__name__, cls.__bases__, {**space, "__slots__": names})


class _Constructor:
    """`__init__`, written when somebody looks at it, for `help`, or after a few calls: to write it takes as long as fifty."""

    def __init__(self, cls: Any, frozen: bool) -> None:
        self.cls, self.frozen, self.calls = cls, frozen, 0

    def __get__(self, it: Any, cls: Any) -> Any:
        self.calls += 1
        return self._written(it, cls) if it is None or self.calls > FEW else partial(self._put, it)

    def _written(self, it: Any, cls: Any) -> Any:
        self.cls.__init__ = made = _written(self.cls, self.frozen)
        return made.__get__(it, cls)

    def _put(self, it: Any, *args: Any, **named: Any) -> None:
        """What the written one does, name by name."""
        fields: dict[str, Field] = self.cls.__record__
        values, slots = dict(zip(fields, args, strict=False)), "__slots__" in self.cls.__dict__
        wanted = {name for name, f in fields.items() if f.default is UNSET and f.factory is None} - values.keys()
        if len(args) > len(fields) or not wanted <= named.keys() <= fields.keys() - values.keys():
            self._written(it, type(it))(*args, **named)  # which says what is wrong
            return
        for name, f in fields.items():
            value = values[name] if name in values else named.get(name, f.default)
            value = f.factory() if f.factory is not None and value is UNSET else value
            if slots or value is not f.default or hasattr(f.default, "__get__"):
                object.__setattr__(it, name, value)
        if hasattr(it, "__post_init__"):
            it.__post_init__()


def _written(cls: Any, frozen: bool) -> Any:
    """`def __init__(self, a, b=default)`: an assignment for each name that has not its default, which the class has; then __post_init__.

    One with slots has the class of a draft, which can be changed, until its names are set: that is the quickest way.
    """
    slots = "__slots__" in cls.__dict__
    space: dict[str, Any] = {"__unset": UNSET, "__cls": cls}  # names that no field has
    taken, body = ["self"], []
    if slots and frozen:
        ways = {"__slots__": (), "__setattr__": object.__setattr__, "__delattr__": object.__delattr__}
        space |= {"__put_class": object.__dict__["__class__"].__set__, "__draft": type(cls.__name__, (cls,), ways)}
        body.append("__put_class(self, __draft)")
    elif frozen:
        body.append("__own = self.__dict__")  # put in here: half the time of object.__setattr__
    for name, f in cls.__record__.items():
        space[f"default_{name}"], space[f"new_{name}"] = f.default, f.factory
        optional = f.factory is not None or f.default is not UNSET
        taken.append(f"{name}=default_{name}" if optional else name)
        value = f"new_{name}() if {name} is __unset else {name}" if f.factory else name
        put = f"__own[{name!r}] = {value}" if frozen and not slots else f"self.{name} = {value}"
        always = (
            slots or f.default is UNSET or hasattr(f.default, "__get__")
        )  # a function on the class would be a method
        body.append(put if always else f"if {name} is not default_{name}: {put}")
    if slots and frozen:
        body.append("self.__class__ = __cls")
    if hasattr(cls, "__post_init__"):
        body.append("self.__post_init__()")
    exec(f"def __init__({', '.join(taken)}):\n " + "\n ".join(body or ["pass"]), space)  # noqa: S102
    made = space["__init__"]
    made.__annotations__ = {name: f.kind for name, f in cls.__record__.items()}
    made.__qualname__, made.__module__ = f"{cls.__qualname__}.__init__", cls.__module__
    return made


def _by_value(names: list[str], frozen: bool) -> dict[str, Any]:
    key: Callable[[Any], Any] = attrgetter(*names) if names else (lambda it: ())

    def __eq__(self: Any, other: object) -> Any:
        if self is other:
            return True
        return key(self) == key(other) if self.__class__ is other.__class__ else NotImplemented

    def __hash__(self: Any) -> int:
        return hash(key(self))

    return {"__eq__": __eq__, "__hash__": __hash__ if frozen else None}


def _repr(self: Any) -> str:
    shown = (f"{name}={getattr(self, name)!r}" for name, f in self.__record__.items() if f.repr)
    return f"{type(self).__qualname__}({', '.join(shown)})"


def _immutable(self: Any, name: str, *value: Any) -> None:
    raise AttributeError(f"{type(self).__name__} is immutable: {name} cannot be changed; make a new one.")


class ReadOnly:
    """A class whose public names cannot be set from outside; names with an underscore in front are its own."""

    def __setattr__(self, name: str, value: Any) -> None:
        if not name.startswith("_"):
            _immutable(self, name)
        object.__setattr__(self, name, value)

    def __delattr__(self, name: str) -> None:
        if not name.startswith("_"):
            _immutable(self, name)
        object.__delattr__(self, name)


class _Fixed(dict[Any, Any]):
    """A mapping that cannot be changed, on its way through a pickle."""


def state_of(self: Any) -> dict[str, Any]:
    """The names and their values; what was computed from them is computed again."""
    values = {name: getattr(self, name) for name in self.__record__}
    return {name: _Fixed(value) if type(value) is MappingProxyType else value for name, value in values.items()}


def _put_state(self: Any, state: dict[str, Any]) -> None:
    for name, value in state.items():
        object.__setattr__(self, name, MappingProxyType(dict(value)) if type(value) is _Fixed else value)


class _Fields:
    """`__dataclass_fields__`, made when asked for: what `dataclasses` knows a dataclass by."""

    def __get__(self, it: Any, cls: Any) -> Any:
        import dataclasses

        return {name: _field(name, f, dataclasses) for name, f in cls.__record__.items()}


def _field(name: str, f: Field, dataclasses: Any) -> Any:
    choices = {"default_factory": f.factory} if f.factory else {} if f.default is UNSET else {"default": f.default}
    made = dataclasses.field(**choices, repr=f.repr, compare=f.compare)
    made.name, made.type, made._field_type = name, f.kind, dataclasses._FIELD
    return made


def changed(it: T, **new: Any) -> T:
    """The same record with other values for some of its names."""
    names = type(it).__record__  # type: ignore[attr-defined]
    return type(it)(**{name: getattr(it, name) for name in names} | new)
