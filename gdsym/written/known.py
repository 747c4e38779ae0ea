"""What a stored formula may name: the closed tables of functions, constants and assumptions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

import sympy as s

from gdsym.errors import ReadError, Unsupported
from gdsym.written.hypergeometric import Hypergeometric

_FUNCTIONS: tuple[Any, ...] = (
    s.exp, s.log, s.sin, s.cos, s.tan, s.cot, s.sec, s.csc, s.sinc, s.asin, s.acos, s.atan, s.acot, s.asec, s.acsc,
    s.sinh, s.cosh, s.tanh, s.coth, s.sech, s.csch, s.asinh, s.acosh, s.atanh, s.acoth, s.asech, s.acsch, s.atan2,
    s.Abs, s.sign, s.Max, s.Min, s.floor, s.ceiling, s.frac, s.Mod, s.Heaviside, s.KroneckerDelta, s.LambertW,
    s.erf, s.erfc, s.erfi, s.erf2, s.erfinv, s.erfcinv, s.erf2inv, s.gamma, s.loggamma, s.digamma, s.trigamma,
    s.polygamma, s.lowergamma, s.uppergamma, s.beta, s.factorial, s.factorial2, s.subfactorial, s.binomial,
    s.RisingFactorial, s.FallingFactorial, s.harmonic, s.zeta, s.dirichlet_eta, s.polylog, s.lerchphi, s.expint,
    s.Ei, s.Li, s.li, s.Si, s.Ci, s.Shi, s.Chi, s.fresnels, s.fresnelc, s.airyai, s.airybi, s.airyaiprime,
    s.airybiprime, s.besselj, s.bessely, s.besseli, s.besselk, s.jn, s.yn, s.elliptic_k, s.elliptic_e, s.elliptic_f,
    s.elliptic_pi, s.legendre, s.assoc_legendre, s.chebyshevt, s.chebyshevu, s.hermite, s.hermite_prob, s.laguerre,
    s.assoc_laguerre, s.gegenbauer, s.jacobi, s.mathieus, s.mathieuc, s.mathieusprime, s.mathieucprime,
    s.SingularityFunction, s.catalan, s.betainc, s.betainc_regularized, s.marcumq, s.appellf1, s.multigamma,
)  # fmt: skip
FUNCTIONS: Mapping[str, Any] = {func.__name__: func for func in _FUNCTIONS}
CONSTANTS: Mapping[str, Any] = {
    str(value): value
    for value in (s.pi, s.E, s.EulerGamma, s.Catalan, s.GoldenRatio, s.TribonacciConstant, s.oo, -s.oo)
}
ASSUMPTIONS = frozenset(
    "algebraic antihermitian commutative complex composite even extended_negative extended_nonnegative extended_nonpositive "
    "extended_nonzero extended_positive extended_real finite hermitian imaginary infinite integer irrational negative "
    "noninteger nonnegative nonpositive nonzero odd positive prime rational real transcendental zero".split()
)
MOST_PARAMETERS = 20  # above and below, of a hypergeometric function
LONGEST_NAME = 200  # characters


def function_name(func: Any) -> str | list[Any]:
    """A known function by its name; an undefined one by its name and what is declared of it."""
    if isinstance(func, s.core.function.UndefinedFunction):
        return [str(func.__name__), declared(func._kwargs)]
    if isinstance(func, Hypergeometric):
        return ["hyper", func.above, func.below]
    name = str(func.__name__)
    if FUNCTIONS.get(name) is not func:
        raise Unsupported(
            f"The function {name} is not one of SymPy's that can be stored by name. "
            "Put its formula in, or use sympy.Function(name)."
        )
    return name


def function_named(name: object) -> Any:
    """The function that `function_name` wrote down."""
    if isinstance(name, list) and len(name) == 2:
        return _undefined(text(name[0]), tuple(_assumed(name[1]).items()))
    if isinstance(name, list) and len(name) == 3 and name[0] == "hyper":
        return _hypergeometric(name[1:])
    if not isinstance(name, str) or name not in FUNCTIONS:
        raise ReadError(f"A stored formula calls the unknown function {str(name)[:60]!r}.")
    return FUNCTIONS[name]


def _hypergeometric(counts: list[Any]) -> Hypergeometric:
    if not all(type(count) is int and 0 <= count <= MOST_PARAMETERS for count in counts):
        raise ReadError(f"A stored hypergeometric function has no such lists of parameters: {str(counts)[:40]}.")
    return Hypergeometric(*counts)


@lru_cache(maxsize=64)
def _undefined(name: str, facts: tuple[tuple[str, bool], ...]) -> Any:
    return s.Function(name, **dict(facts))


@lru_cache(maxsize=256)
def takes(func: Any, count: int) -> bool:
    """Does the function take that many arguments?"""
    return isinstance(func, s.core.function.UndefinedFunction) or (count >= 1 and count in func.nargs)


def constant_name(value: Any) -> str:
    if CONSTANTS.get(str(value)) != value:
        raise Unsupported(f"The constant {str(value)[:60]} cannot be stored by name.")
    return str(value)


def constant_named(name: object) -> Any:
    if not isinstance(name, str) or name not in CONSTANTS:
        raise ReadError(f"A stored formula has the unknown constant {str(name)[:60]!r}.")
    return CONSTANTS[name]


def declared(facts: Mapping[str, Any]) -> list[str]:
    """`{integer: True, zero: False}` as `["integer", "-zero"]`, in alphabetical order."""
    kept = {
        name: value for name, value in facts.items() if value is not None and (name, value) != ("commutative", True)
    }
    unknown = sorted(set(kept) - ASSUMPTIONS)
    if unknown:
        raise Unsupported(f"{unknown[0]} is no assumption of SymPy; what is declared with it cannot be stored.")
    return [name if kept[name] else f"-{name}" for name in sorted(kept)]


def symbol_facts(symbol: Any) -> list[str]:
    """What the caller declared of a symbol (what follows from that is left to SymPy)."""
    said = getattr(symbol, "_assumptions_orig", None)
    return declared(symbol.assumptions0 if said is None else said)


def _assumed(words: object) -> dict[str, bool]:
    if not isinstance(words, list) or not all(isinstance(w, str) and w.removeprefix("-") in ASSUMPTIONS for w in words):
        raise ReadError(f"A stored name has the unknown assumptions {str(words)[:80]}.")
    return {word.removeprefix("-"): not word.startswith("-") for word in words}


def symbol_named(name: object, facts: object, **more: Any) -> Any:
    """The Symbol of this name with these facts (a Dummy, if its number is given)."""
    kind = s.Dummy if more else s.Symbol
    try:
        symbol = kind(text(name), **_assumed(facts), **more)
    except s.core.facts.InconsistentAssumptions as error:
        raise ReadError(f"The stored name {str(name)[:60]} has facts that contradict each other: {facts}.") from error
    if symbol.is_extended_real is False:
        raise ReadError(f"The stored name {str(name)[:60]} is declared as not real.")
    return symbol


def array_named(label: Any, facts: object, shape: Iterable[Any]) -> Any:
    """The IndexedBase with this label."""
    entries = tuple(shape)
    return s.IndexedBase(label, entries or None, **_assumed(facts))


def text(value: object) -> str:
    """A name, which is not too long."""
    if not isinstance(value, str) or len(value) > LONGEST_NAME:
        raise ReadError(f"A name of at most {LONGEST_NAME} characters is needed, not {str(value)[:60]!r}.")
    return value
