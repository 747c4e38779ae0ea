"""Which engines there are, what each needs, and the error if it is not there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from gdsym.arrays import Compiled, Program, bind
from gdsym.errors import CostError, GdsymTypeError
from gdsym.record import record

if TYPE_CHECKING:
    from gdsym.descent.run import Run

Bind = Callable[[Program, "Mapping[Any, Any] | None", "Mapping[Any, Any] | None"], dict[str, Any]]


@record
class Engine:
    """What compiles a program, what runs a descent, and what takes data in."""

    compiled: Callable[[Program], Compiled] = Compiled
    run: type[Run] | None = None  # that of NumPy
    bind: Bind = bind
    gather: Callable[[Sequence[Any]], Sequence[Any]] = tuple  # results that are still to be computed, in one go
    parts: bool = False  # can a run take a cost apart into a quadratic part and the rest?
    arranges: bool = False  # are data put in blocks or in column order first, as NumPy likes them?


def _numpy() -> Engine:
    return Engine(parts=True, arranges=True)


def _numba() -> Engine:
    from gdsym.backends.function import NumbaCompiled
    from gdsym.backends.numba_run import NumbaRun

    return Engine(NumbaCompiled, NumbaRun, parts=True)


def _jax() -> Engine:
    from gdsym.backends.jax_run import JaxRun
    from gdsym.backends.traced import JaxCompiled

    return Engine(JaxCompiled, JaxRun, parts=True)


def _dask() -> Engine:
    from gdsym.backends.dask_run import DaskCompiled, DaskRun, bind_chunked, computed

    return Engine(DaskCompiled, DaskRun, bind_chunked, computed, parts=True)


KNOWN: dict[str, Callable[[], Engine]] = {"numpy": _numpy, "numba": _numba, "jax": _jax, "dask": _dask}
NEEDS = {"numba": "numba", "jax": "jax", "dask": "dask.array"}


def engine(name: str) -> Engine:
    """The engine of this name; nothing is imported for 'numpy'."""
    if not isinstance(name, str):
        raise GdsymTypeError(f"backend is {name!r:.40}; give a name: {', '.join(map(repr, KNOWN))}.")
    if name not in KNOWN:
        raise CostError(f"Unknown backend {name!r:.40}; known: {', '.join(map(repr, KNOWN))}.")
    if name in NEEDS and not _is_there(NEEDS[name]):
        raise CostError(
            f"The backend {name!r} needs the package {name}, which is not installed: "
            f'pip install "gdsym[{name}]", or use backend="numpy".'
        )
    return KNOWN[name]()


def _is_there(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False
