"""Special functions by `scipy.special`: what each function of SymPy is called there, and on which engines it runs.

A Bessel function that rises or falls like an exponential is its scaled form times that exponential, so that logarithms
and quotients of it do not overflow; what is written in the end is the plain function where nothing has become of it.
"""

from __future__ import annotations

from typing import Any, Final

import sympy

from gdsym.arrays.special_kernels import OF_ARRAYS
from gdsym.arrays.special_scalars import OF_ONE
from gdsym.record import record


@record
class Entry:
    """A function of SymPy, its arguments in SymPy's order.

    kind: the operation. rises: 1 or -1 if it is `kind + "e"` times exp |u| or exp(-u), u the last argument.
    whole: there is a quicker one for the orders 0 and 1, whose name has that digit for the letter v.
    degree: the first argument is a whole number.
    """

    kind: str
    rises: int = 0
    whole: bool = False
    degree: bool = False


@record
class Code:
    """An operation in code: `special.kind(...)` unless `form` says otherwise; which engines have it beside NumPy.

    In Numba's loops it is the C function of that name, or a function of one number that calls some; on JAX what stands in `jax.scipy.special`; Dask has what gives one array.
    """

    count: int = 1
    form: str = ""
    jax: bool = False
    numba: bool = False
    dask: bool = True


TABLE: Final[dict[Any, Entry]] = {
    sympy.besselj: Entry("jv", whole=True),
    sympy.bessely: Entry("yv", whole=True),
    sympy.besseli: Entry("iv", 1, whole=True),
    sympy.besselk: Entry("kv", -1, whole=True),
    sympy.airyai: Entry("airyai"),
    sympy.airybi: Entry("airybi"),
    sympy.airyaiprime: Entry("airyaiprime"),
    sympy.airybiprime: Entry("airybiprime"),
    sympy.LambertW: Entry("lambertw"),
    sympy.Ei: Entry("expi"),
    sympy.expint: Entry("expint", -1),
    sympy.Si: Entry("sine_integral"),
    sympy.Ci: Entry("cosine_integral"),
    sympy.Shi: Entry("sinh_integral"),
    sympy.Chi: Entry("cosh_integral"),
    sympy.lowergamma: Entry("gammainc"),  # times gamma(a): SciPy's is regularised
    sympy.uppergamma: Entry("gammaupper", -1),
    sympy.erfi: Entry("erfi"),
    sympy.erfinv: Entry("erfinv"),
    sympy.erfcinv: Entry("erfcinv"),
    sympy.fresnels: Entry("fresnels"),
    sympy.fresnelc: Entry("fresnelc"),
    sympy.elliptic_k: Entry("ellipk"),
    sympy.elliptic_f: Entry("elliptic_f"),
    sympy.elliptic_e: Entry("elliptic_e"),
    sympy.elliptic_pi: Entry("elliptic_pi"),
    sympy.legendre: Entry("eval_legendre", degree=True),
    sympy.chebyshevt: Entry("eval_chebyt", degree=True),
    sympy.chebyshevu: Entry("eval_chebyu", degree=True),
    sympy.hermite: Entry("eval_hermite", degree=True),
    sympy.laguerre: Entry("eval_laguerre", degree=True),
    sympy.assoc_laguerre: Entry("eval_genlaguerre", degree=True),
    sympy.gegenbauer: Entry("eval_gegenbauer", degree=True),
    sympy.jacobi: Entry("eval_jacobi", degree=True),
    sympy.zeta: Entry("zeta"),
}

CODES: Final[dict[str, Code]] = {
    **{name: Code(2, numba=True) for name in ("jv", "yv", "iv", "ive", "kv", "kve")},
    **{name: Code(numba=True) for name in ("j0", "j1", "y0", "y1", "k0", "k1", "k0e", "k1e")},
    **{name: Code(jax=True, numba=True) for name in ("i0", "i1", "i0e", "i1e", "expi", "erfinv")},
    **{name: Code(numba=True) for name in ("erfi", "erfcinv", "wrightomega", "ellipk", "ellipkm1", "ellipe")},
    **{name: Code(count, name, jax=True, numba=True) for name, count in {"log_i0": 2, "gammainc": 2, "gammaupper_e": 2, "log_upper_share": 2, "log_lower_share": 2, "expn_e": 2}.items()},
    **{name: Code(count, name, numba=True) for name, count in {"lambertw": 2, "lambert_ratio": 3, "lambert_exp": 2}.items()},
    **{name: Code(count, name, numba=True) for name, count in {"ellipd": 1, "elliptic_f": 2, "elliptic_e": 2, "elliptic_pi": 3}.items()},
    "expint_e": Code(2, "expint_e", dask=False),
    **{f"airy{name}": Code(1, f"special.airy({{}})[{at}]", dask=False) for at, name in enumerate(("ai", "aiprime", "bi", "biprime"))},
    "sine_integral": Code(1, "special.sici({})[0]", jax=True, dask=False),
    "cosine_integral": Code(1, "cosine_integral", jax=True, dask=False),
    "sinh_integral": Code(1, "special.shichi({})[0]", dask=False),
    "cosh_integral": Code(1, "cosh_integral", dask=False),
    "fresnels": Code(1, "special.fresnel({})[0]", jax=True, dask=False),
    "fresnelc": Code(1, "special.fresnel({})[1]", jax=True, dask=False),
    "zeta": Code(2, jax=True),
    "riemann_zeta": Code(1, "special.zeta({})"),
    **{name: Code(2, name) for name in ("eval_legendre", "eval_chebyt", "eval_chebyu", "eval_hermite", "eval_laguerre")},
    **{name: Code(3, name) for name in ("eval_genlaguerre", "eval_gegenbauer")},
    "eval_jacobi": Code(4, "eval_jacobi"),
}  # fmt: skip

# scaled forms -> plain ones, which stand for them times their exponential
PLAIN: Final = {f"{name}e": name for name in ("iv", "i0", "i1", "k0", "k1")}
RISING: Final = frozenset(("ive", "i0e", "i1e"))
POSITIVE: Final = frozenset(("i0e", "k0e", "k1e", "kve", "gammaupper_e", "expn_e", "expint_e"))


def of_degree(func: Any) -> bool:
    """Is the first argument of this function a whole number?"""
    return func in TABLE and TABLE[func].degree


def _written(kind: str, code: Code) -> str:
    if "{" in code.form:
        return code.form
    return f"{code.form or f'special.{kind}'}({', '.join(['{}'] * code.count)})"


# kind -> (over floats, over arrays)
WRITTEN: Final = {kind: (f"float({form})", form) for kind, c in CODES.items() for form in (_written(kind, c),)}
HELPERS: Final = {
    (kind, over): (text if over else OF_ONE.get(kind, text))
    for kind, text in OF_ARRAYS.items()
    for over in (False, True)
}
