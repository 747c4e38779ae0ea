"""Data at the door: by symbol or by name, as float64 arrays of the shapes that the formula asks for, or refused."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from gdsym.arrays.byname import key_name
from gdsym.arrays.fitting import check_data, check_shapes, check_signs
from gdsym.arrays.program import Input, Program
from gdsym.arrays.shapes import Reader
from gdsym.errors import DataError, GdsymTypeError, shortened
from gdsym.reading.spelling import spelled
from gdsym.written.matrices import Entries
from gdsym.written.nodes import Node, Sym

Bound = dict[str, Any]  # code name -> array, float or size
MEND = {
    "complex numbers": "Give real and imaginary parts as two arrays, z.real and z.imag.",
    "dates": "Count from a day: (t - t[0])/np.timedelta64(1, 'D').",
    "time spans": "Divide by a unit: t/np.timedelta64(1, 'D').",
}


def bind(program: Program, data: Mapping[Any, Any] | None = None, start: Mapping[Any, Any] | None = None) -> Bound:
    """Code name -> value for data and sizes; sizes that only parameters tell are read off `start`."""
    given = _by_input(program, data, "data")
    arrays: dict[Node, Any] = {i.node: as_array(given[i], i) for i in program.data if i.ndim and i in given}
    wanted = [param for param in program.params if param.ndim]
    started = _by_input(program, start, "start") if start is not None and wanted else {}
    for param in wanted:
        if param in started:
            arrays[param.node] = as_array(started[param], param)
    sizes = _sizes(program, arrays, given)
    _refuse_missing(program, given)
    check_data(program, arrays, sizes)
    bound: Bound = {i.name: arrays[i.node] if i.ndim else as_number(given[i], i) for i in program.data}
    check_signs((i.node, bound[i.name]) for i in program.data)
    return bound | {i.name: sizes[i.node] for i in program.sizes if i.node in sizes}


def bind_params(program: Program, start: Mapping[Any, Any], bound: Mapping[str, Any]) -> Bound:
    """Code name -> float or array for every parameter, in order; shapes are checked against the sizes in `bound`."""
    given = _by_input(program, start, "start")
    missing = [p for p in program.params if p not in given]
    if missing:
        like = ", ".join(f"{p.node.name}: {'an array' if p.ndim else '0.0'}" for p in missing[:3])
        raise DataError(
            f"No value is given for the parameter{'s'[: len(missing) > 1]} {_listed([p.node.name for p in missing])}. "
            f"Give a start, such as {{{like}{', ...' * (len(missing) > 3)}}}."
        )
    values = {p: as_array(given[p], p) if p.ndim else as_number(given[p], p) for p in program.params}
    sizes: dict[Node, int] = {i.node: bound[i.name] for i in program.sizes if i.name in bound}
    arrays: dict[Node, Any] = {p.node: v for p, v in values.items() if p.ndim}
    check_shapes(program, arrays, sizes)
    return {p.name: values[p] for p in program.params}


def _by_input(program: Program, given: Mapping[Any, Any] | None, what: str) -> dict[Input, Any]:
    """The mapping with its keys resolved; an unknown key or two keys for one name are refused."""
    if given is not None and not isinstance(given, Mapping):
        raise GdsymTypeError(_no_dict(given, what))
    wanted = program.params if what == "start" else program.told
    found: dict[Input, Any] = {}
    for key, value in (given or {}).items():
        hit = _resolved(key, wanted, program)
        if hit is None:
            raise DataError(_unknown_key(key, program, wanted, what))
        if hit in found:
            raise DataError(f"{hit.node.name} is given twice, by symbol and by name; give it once.")
        found[hit] = value
    return found


def _resolved(key: Any, wanted: Sequence[Input], program: Program) -> Input | None:
    own = program.by_letter.get(key)
    if own in wanted:
        return own
    name = key_name(key)
    names = (spell(name) for spell in (str, spelled)) if name is not None else ()  # spelled when it is needed
    return next((i for name in names for i in wanted if name in (i.node.name, i.name)), None)


def _unknown_key(key: Any, program: Program, wanted: Sequence[Input], what: str) -> str:
    name = shortened(str(key), 60)
    others = [i for i in program.inputs if i not in wanted]
    if _resolved(key, others, program) is not None:
        belongs = "a parameter: give it in the start" if what == "data" else "no parameter: give it with the data"
        return f"{name} is in the {what}, but it is {belongs}."
    known = _listed([i.node.name for i in wanted]) or "nothing"
    return (
        f"{name} is in the {what}, but the cost has no such name; it takes {known}. Remove the key or correct its name."
    )


def _listed(names: list[str]) -> str:
    return ", ".join(shortened(n, 40) for n in names[:12])


def _refuse_missing(program: Program, given: Mapping[Input, Any]) -> None:
    missing = [i.node.name for i in program.data if i not in given]
    untold = [i.node.name for i in program.sizes if i not in given and not program.shapes.sizes.get(_sym(i.node))]
    if missing or untold:
        names = _listed([*missing, *untold])
        raise DataError(
            f"No data are given for {names}; add {names} to the data, e.g. {{{(missing + untold)[0]}: ...}}."
        )


def _sym(node: Node) -> Sym:
    assert isinstance(node, Sym)
    return node


def as_array(value: Any, given: Input) -> Any:
    """float64, finite, of the right number of axes; pandas by position."""
    name = given.node.name
    _refuse_none(value, name)
    array = _numbers(value, name)
    if isinstance(given.node, Entries) and array.ndim == given.ndim + 1 == 2 and 1 in array.shape:
        array = array.ravel()  # a column n x 1, as its MatrixSymbol says
    if array.ndim != given.ndim:
        raise DataError(_wrong_rank(name, array.shape, given.ndim))
    refuse_holes(array, name)
    kept = array.flags.c_contiguous or array.flags.f_contiguous or not any(array.strides)  # one number, repeated
    return array if kept else np.ascontiguousarray(array)


def refuse_holes(array: Any, name: str) -> None:
    """Raise for an array without entries, or with some that are no finite numbers."""
    if array.size == 0:
        raise DataError(f"{name} is empty (shape {array.shape}); at least one entry is needed.")
    if not _all_finite(array):
        finite = np.isfinite(array)
        first = tuple(int(p) for p in np.argwhere(~finite)[0])
        place = first[0] if len(first) == 1 else first
        raise DataError(
            f"{name} holds {array.size - int(finite.sum())} value(s) that are not finite, the first ({array[first]}) "
            f"at position {place} counted from 0. Remove or fill these rows in all arrays."
        )


def _refuse_none(value: Any, name: str) -> None:
    if value is None:
        raise GdsymTypeError(f"{name} is None; give numbers, or leave the key out if {name} is not needed.")


def _all_finite(array: Any) -> bool:
    """The sum of finite numbers is finite unless it overflows: then each is looked at."""
    with np.errstate(all="ignore"):
        return math.isfinite(np.add.reduce(array, axis=None)) or bool(np.isfinite(array).all())


def _numbers(value: Any, name: str) -> Any:
    if (
        hasattr(value, "mask") and isinstance(value, np.ma.MaskedArray) and np.ma.is_masked(value)
    ):  # numpy.ma loads late
        raise DataError(f"{name} has masked entries; remove or fill them.")
    try:
        array = np.asarray(value)
        if array.dtype.kind in "OV":
            array = _objects(array, name)
        if array.dtype.kind not in "buif":
            raise DataError(_not_numbers(name, array.dtype))
        return array.astype(np.float64, copy=False)
    except DataError:
        raise
    except OverflowError:
        raise DataError(f"{name} holds a number beyond 1.8e308, the largest float; scale it.") from None
    except (TypeError, ValueError):
        raise DataError(
            f"{name} is not a rectangular array of numbers: {shortened(repr(value), 80)}. Give a list or an array of "
            "numbers, all rows equally long (sparse matrices by .toarray())."
        ) from None
    except Exception as wrong:  # what another library's arrays may raise, such as PyTorch's that record gradients
        raise DataError(f"{name} cannot be read as numbers: {shortened(str(wrong), 200)}") from wrong


def _objects(array: Any, name: str) -> Any:
    """Python or SymPy numbers in an object array; text is not read as a number."""
    for entry in array.flat:
        if isinstance(entry, (str, bytes)):
            raise DataError(_not_numbers(name, "text"))
        if isinstance(entry, (complex, np.complexfloating)):
            raise DataError(_not_numbers(name, "complex numbers"))
    return array.astype(np.float64)


def _no_dict(given: object, what: str) -> str:
    table = f" The columns of a table: dict({what})." if hasattr(given, "keys") else ""
    such = "{w: 0}" if what == "start" else "{x: [1, 2]}"
    return f"{what} must be a dict such as {such}, not {type(given).__name__}.{table}"


def _not_numbers(name: str, kind: object) -> str:
    words = {"U": "text", "S": "text", "c": "complex numbers", "M": "dates", "m": "time spans"}
    found = words.get(getattr(kind, "kind", ""), str(kind))
    mend = MEND.get(found, "Convert it first, e.g. with float(...) or labels 1, 2, 3.")
    return f"{name} holds {found}; real numbers are needed. {mend}"


def _wrong_rank(name: str, shape: tuple[int, ...], rank: int) -> str:
    text = f"{name} has shape {shape}, but it is written with {rank} {'index' if rank == 1 else 'indices'}"
    if rank == 1 and len(shape) == 2 and 1 in shape:
        return (
            f"{text}, so shape ({max(shape)},) is needed: flatten it, np.ravel({name}). It is not broadcast silently."
        )
    return f"{text}: an array with {rank} {'axis' if rank == 1 else 'axes'} is needed."


def as_number(value: Any, given: Input) -> float:
    """One finite real number."""
    name = given.node.name
    _refuse_none(value, name)
    try:
        array = np.asarray(value)
        if isinstance(value, (str, bytes)) or array.dtype.kind in "USc":
            raise DataError(_not_numbers(name, array.dtype))
        if array.ndim:
            raise DataError(f"{name} is a plain number in the formula, but an array of shape {array.shape} is given.")
        number = float(value)
    except OverflowError:
        raise DataError(f"{name} is a number beyond 1.8e308, the largest float; scale it.") from None
    except (TypeError, ValueError, IndexError) as wrong:
        if isinstance(wrong, DataError):
            raise
        raise DataError(f"{name} must be one real number, not {shortened(repr(value), 80)}.") from None
    if not math.isfinite(number):
        raise DataError(f"{name} is {number}; a finite number is needed.")
    return number


def _sizes(program: Program, arrays: Mapping[Node, Any], given: Mapping[Input, Any]) -> dict[Node, int]:
    """Every size that the arrays tell or that is given; both must agree."""
    sizes: dict[Node, int] = {}
    for size in program.sizes:
        readers = [r for r in program.shapes.sizes[_sym(size.node)] if r.base in arrays]
        exact = [r for r in readers if r.whole]
        told = [_length(r, arrays) for r in exact]
        if len(set(told)) > 1:
            raise DataError(_two_lengths(program, exact, arrays, told))
        if size in given:
            sizes[size.node] = _given_size(size, given[size], exact, arrays, told)
        elif told or (readers and not any(r.whole for r in program.shapes.sizes[_sym(size.node)])):
            sizes[size.node] = told[0] if told else _fitting(program, readers, arrays)
    return sizes


def _length(reader: Reader, arrays: Mapping[Node, Any]) -> int:
    return int(arrays[reader.base].shape[reader.axis]) + reader.const


def _fitting(program: Program, readers: list[Reader], arrays: Mapping[Node, Any]) -> int:
    """The largest size that fits all axes, none of which is used to its end; axes used alike must be equally long."""
    for const in {r.const for r in readers}:
        alike = [r for r in readers if r.const == const]
        told = [_length(r, arrays) for r in alike]
        if len(set(told)) > 1:
            raise DataError(_two_lengths(program, alike, arrays, told))
    return min(_length(r, arrays) for r in readers)


def _two_lengths(program: Program, readers: list[Reader], arrays: Mapping[Node, Any], told: list[int]) -> str:
    first = readers[0]
    other = next(r for r, t in zip(readers, told, strict=True) if t != told[0])
    letter = next((t for r in (first, other) if (t := program.shapes.arrays[r.base][r.axis].letter)), "one index")
    ours, theirs = arrays[first.base].shape, arrays[other.base].shape
    shapes = f"{first.base.name} has shape {ours} but {other.base.name} has shape {theirs}"
    if first.const != other.const:
        size = next(s for s, found in program.shapes.sizes.items() if first in found).name
        needs = (f"{r.base.name} needs {size}{_plus(-r.const)} entries along axis {r.axis}" for r in (first, other))
        return f"{shapes}: {', '.join(needs)}, for one {size}."
    what = f"both run over {letter}. Give them equal length."
    if arrays[first.base].ndim > 1 or arrays[other.base].ndim > 1:
        what = (
            f"axis {first.axis} of {first.base.name} and axis {other.axis} of {other.base.name} both run over {letter}."
        )
    return f"{shapes}: {what}"


def _plus(number: int) -> str:
    return "" if number == 0 else f" {'-' if number < 0 else '+'} {abs(number)}"


def _given_size(size: Input, value: Any, readers: list[Reader], arrays: Mapping[Node, Any], told: list[int]) -> int:
    name = size.node.name
    number = as_number(value, size)
    if number != int(number) or number < 0:
        raise DataError(f"{name} is a number of entries, so a whole number is needed, not {number}.")
    if told and told[0] != number:
        base = readers[0].base
        raise DataError(
            f"{name} is given as {int(number)}, but {base.name} has shape {arrays[base].shape}, which means "
            f"{name} = {told[0]}. Leave {name} out, or give the data that belong to it."
        )
    return int(number)
