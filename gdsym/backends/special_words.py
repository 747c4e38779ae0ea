"""Functions of SciPy on the other engines: their C functions in compiled loops, JAX's own, and who lacks what."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Final

from gdsym.arrays.special_scalars import LAMBERTW, OF_ONE
from gdsym.arrays.specials import CODES
from gdsym.descent.evaluate import defined
from gdsym.errors import Unsupported

USED: Final = re.compile(r"(?<![.\w])special\.(\w+)")  # functions of `special`
OWN: Final = re.compile(r"\bscipy_(\w+)\(")  # what C functions are called in loops
CYTHON: Final = (
    "import ctypes\n"
    "import re\n"
    "\n"
    "from numba.extending import get_cython_function_address\n"
    "from scipy.special import cython_special\n"
    "\n"
    "\n"
    "def c_function(name, count):  # of scipy.special over so many doubles, whatever number that variant has\n"
    "    read = ctypes.pythonapi.PyCapsule_GetName\n"
    "    read.restype, read.argtypes = ctypes.c_char_p, [ctypes.py_object]\n"
    "    wanted = f\"double ({'double, '*count}int __pyx_skip_dispatch)\".encode()\n"
    "    for full, capsule in cython_special.__pyx_capi__.items():\n"
    "        if re.fullmatch(rf'(__pyx_fuse(_\\d+)+)?{name}', full) and read(capsule) == wanted:\n"
    "            address = get_cython_function_address('scipy.special.cython_special', full)\n"
    "            return ctypes.CFUNCTYPE(*[ctypes.c_double]*(count + 1), ctypes.c_int)(address)\n"
)
CALL: Final = re.compile(r"\bspecial\.(\w+)\(([^()]*)\)")
HELPERS: Final = {kind: CALL.sub(r"scipy_\1(\2, 0)", code) for kind, code in {**OF_ONE, "lambertw": LAMBERTW}.items()}
COUNTS: Final = {  # of arguments
    **{kind: code.count for kind, code in CODES.items() if not code.form},
    **dict.fromkeys(("gammainc", "gammaincc", "expn", "ellipkinc", "ellipeinc"), 2),
    "hyp1f1": 3, "elliprf": 3, "elliprd": 3, "elliprj": 4,
}  # fmt: skip


def in_loops(kind: str, args: Sequence[str]) -> str:
    """The call of a function of SciPy in a compiled loop."""
    called = OWN.findall(HELPERS[kind]) if kind in HELPERS else [kind]
    if not CODES[kind].numba or not all(map(_is_there, called)):
        raise Unsupported(lacking("numba", kind))
    return f"{kind}({', '.join(args)})" if kind in HELPERS else f"scipy_{kind}({', '.join(args)}, 0)"


@cache
def _is_there(name: str) -> bool:
    return defined(CYTHON, "c_function")(name, COUNTS[name]) is not None


def c_functions(code: str) -> list[str]:
    """Lines that find the C functions that the code calls."""
    names = sorted(set(OWN.findall(code)))
    found = [f'scipy_{name} = c_function("{name}", {COUNTS[name]})' for name in names]
    return [CYTHON, "", *found, "", ""] if found else []


def asked_for(engine: str, kind: str, helper: str) -> None:
    """Refuse a function that the engine does not have."""
    has = CODES[kind].dask
    if engine == "jax":
        from jax.scipy import special

        has = CODES[kind].jax and all(hasattr(special, name) for name in USED.findall(helper))
    if not has:
        raise Unsupported(lacking(engine, kind))


def uses_special(parts: Iterable[str]) -> bool:
    """Does code call functions of a module by the name of `special`?"""
    return any(USED.search(part) for part in parts)


def lacking(engine: str, kind: str) -> str:
    """Who has a function that an engine lacks."""
    code = CODES[kind]
    others = {"numba": code.numba, "jax": code.jax, "dask": code.dask}
    also = "".join(f" or '{name}'" for name, has in others.items() if has and name != engine)
    return f"The backend {engine!r} has no code for {kind}, a function of SciPy in this cost or its slopes. Use backend='numpy'{also}."
