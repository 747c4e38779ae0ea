r"""Reads printed LaTeX back into SymPy: independent of gdsym, so that tests can compare values.

A textbook reading: a sum sign reaches to the next + or -, `\sin x y` would be refused, `\frac{d}{dx}\left[..\right]`
is a pending derivative. Whatever it does not know is an error: nothing is skipped.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import latex_special
import sympy

TOKEN = re.compile(
    r"""\s+ | \\text\{[^{}]*\} | \\(?:begin|end)\{[a-z]+\} | \\(?:bigg?[lr]|Bigg?[lr]|left|right)(?:\\[A-Za-z]+|.)
    | \\[A-Za-z]+ | \\\\ | \\. | \d+(?:\.\d+)? | .""",
    re.X | re.S,
)
FUNCTIONS = {
    r"\sin": sympy.sin, r"\cos": sympy.cos, r"\tan": sympy.tan, r"\sinh": sympy.sinh, r"\cosh": sympy.cosh,
    r"\tanh": sympy.tanh, r"\cot": sympy.cot, r"\sec": sympy.sec, r"\csc": sympy.csc, r"\coth": sympy.coth,
    r"\arcsin": sympy.asin, r"\arccos": sympy.acos, r"\arctan": sympy.atan, r"\log": sympy.log, r"\exp": sympy.exp,
    r"\max": sympy.Max, r"\min": sympy.Min,
}  # fmt: skip
NAMED = {
    "sign": sympy.sign, "H": sympy.Heaviside, "erf": sympy.erf, "arsinh": sympy.asinh, "arcosh": sympy.acosh,
    "artanh": sympy.atanh, "besselj": sympy.besselj, "loggamma": sympy.loggamma,
}  # fmt: skip
NAMED |= {
    name: getattr(sympy, name) for name in (
        "sech csch erfinv erfcinv erfc erfi erf2 erf2inv polygamma airyai airybi airyaiprime airybiprime elliptic_e elliptic_k elliptic_f elliptic_pi beta binomial "
        "expint besselj bessely besseli besselk jn yn polylog lerchphi legendre chebyshevt chebyshevu hermite hermite_prob laguerre assoc_laguerre "
        "gegenbauer jacobi assoc_legendre uppergamma lowergamma harmonic digamma trigamma sinc frac Mod Si Ci Shi Chi Ei li Li fresnels fresnelc atan2 zeta"
    ).split()
}  # fmt: skip
NAMED |= {"W": sympy.LambertW, "arccot": sympy.acot, "arcsec": sympy.asec, "arccsc": sympy.acsc, "arcoth": sympy.acoth}
RELATIONS = {"<": sympy.Lt, ">": sympy.Gt, r"\leq": sympy.Le, r"\geq": sympy.Ge, "=": sympy.Eq, r"\neq": sympy.Ne}
ENDS = (")", "]", "}", ",", ";", r"\mid", "&", r"\\", "+", "-", *RELATIONS)
FENCES = {
    r"\left(": r"\right)",
    r"\left[": r"\right]",
    r"\left|": r"\right|",
    "(": ")",
    r"\left\lfloor": r"\right\rfloor",
}
FENCES |= {r"\left\lceil": r"\right\rceil"}
GREEK = (
    "alpha beta gamma delta epsilon varepsilon "
    "theta lambda mu nu xi pi rho sigma tau phi varphi omega "
    "Delta Theta Lambda Sigma Omega ell eta zeta kappa psi chi Phi Psi"
).split()


class Unreadable(ValueError):
    """The LaTeX is not what the printer should write."""


class Reader:
    """`names`: LaTeX of a name -> Symbol, IndexedBase or undefined function of the caller."""

    def __init__(self, tex: str, names: Mapping[str, Any]) -> None:
        self.tokens = [t for t in TOKEN.findall(tex) if not t.isspace()]
        self.at = 0
        self.names = dict(names)

    def peek(self, ahead: int = 0) -> str:
        return self.tokens[self.at + ahead] if self.at + ahead < len(self.tokens) else ""

    def take(self, wanted: str = "") -> str:
        token = self.peek()
        if not token or (wanted and token != wanted):
            raise Unreadable(f"wanted {wanted or 'something'!r} at {''.join(self.tokens[self.at :])[:60]!r}")
        self.at += 1
        return token

    def unreadable(self, what: str) -> Unreadable:
        return Unreadable(f"{what} at {''.join(self.tokens[self.at :])[:60]!r}")

    def whole(self) -> Any:
        value = self.relation()
        if self.peek():
            raise Unreadable(f"left over: {''.join(self.tokens[self.at :])[:60]!r}")
        return value

    def relation(self) -> Any:
        left = self.logic_atom()
        while self.peek() in (r"\text{ and }", r"\text{ or }"):
            join = sympy.And if "and" in self.take() else sympy.Or
            left = join(left, self.logic_atom())
        return left

    def logic_atom(self) -> Any:
        if self.peek() in (r"\text{true}", r"\text{false}"):
            return sympy.true if "true" in self.take() else sympy.false
        if self.peek() == r"\text{not }":
            self.take()
            self.take("(")
            value = self.relation()
            self.take(")")
            return sympy.Not(value)
        left = self.sum()
        found: list[Any] = []
        while self.peek() in RELATIONS:  # a <= k <= b is a <= k and k <= b
            relation, right = RELATIONS[self.take()], self.sum()
            found.append(relation(left, right))
            left = right
        return sympy.And(*found) if found else left

    def sum(self) -> Any:
        """A signed term, then + or - and unsigned terms."""
        total = -self.signless(self.take()) if self.peek() == "-" else self.product()
        while self.peek() in ("+", "-"):
            total = total + self.signless("+") if self.take() == "+" else total - self.signless("-")
        return total

    def signless(self, sign: str) -> Any:
        if self.peek() in ("+", "-"):
            raise Unreadable(f"two signs: {sign}{self.peek()}")
        return self.product()

    def product(self) -> Any:
        value = self.factor()
        while self.peek() and not self.ends():
            if self.peek() in (r"\cdot", r"\,"):
                if self.peek() == r"\," and self.peek(1) == "d" and self.integrals:
                    return value
                self.take()
            elif self.peek()[0].isdigit():
                raise Unreadable("a number follows without a dot")
            value = value * self.factor()
        return value

    integrals = 0

    def ends(self) -> bool:
        token = self.peek()
        return token in ENDS or token.startswith((r"\right", r"\text", r"\end"))

    def factor(self) -> Any:
        base = self.primary()
        while self.peek() in ("^", "!"):
            base = sympy.factorial(base) if self.take() == "!" else base ** self.exponent()
        return base

    def exponent(self) -> Any:
        """`{3/2}` in an exponent is a number; anything else a formula."""
        if self.peek() == "{" and self.peek(2) == "/" and self.peek(1).isdigit():
            group = [self.take() for _ in range(5)]
            return sympy.Rational(int(group[1]), int(group[3]))
        if self.peek() == "{" and self.peek(1) == "-" and self.peek(3) == "/":
            group = [self.take() for _ in range(6)]
            return -sympy.Rational(int(group[2]), int(group[4]))
        return self.group()

    def group(self) -> Any:
        self.take("{")
        value = self.sum()
        self.take("}")
        return value

    def primary(self) -> Any:
        token = self.peek()
        if token in FENCES:
            return self.fenced()
        if token[0].isdigit():
            return sympy.Float(self.take()) if "." in token else sympy.Integer(self.take())
        if token in (r"\frac", r"\tfrac"):
            return self.fraction()
        if token in (r"\sum", r"\prod"):
            return self.big()
        if token == "{" and self.peek(1) == "}":
            return latex_special.hypergeometric(self)
        if (special_function := latex_special.read(self)) is not None:
            return special_function
        if token in FUNCTIONS and token not in self.names:
            return self.function()
        special = {
            r"\sqrt": self.root,
            r"\int": self.integral,
            r"\begin{cases}": self.cases,
            r"\partial": self.partials,
        }
        special |= {r"\operatorname": self.operator, r"\infty": self.infinity, r"\binom": self.binomial}
        return special.get(token, self.name)()

    def binomial(self) -> Any:
        self.take()
        return sympy.binomial(self.group(), self.group())

    def infinity(self) -> Any:
        self.take()
        return sympy.oo

    def fenced(self) -> Any:
        left = self.take()
        value = self.relation()
        self.take(FENCES[left])
        wrap = {r"\left|": sympy.Abs, r"\left\lfloor": sympy.floor, r"\left\lceil": sympy.ceiling}
        return latex_special.marked(self, wrap.get(left, lambda v: v)(value))

    def arguments(self) -> list[Any]:
        left = self.take()
        if left not in ("(", r"\left("):
            raise Unreadable(f"arguments start with {left!r}")
        values = [self.sum()]
        while self.peek() == ",":
            self.take()
            values.append(self.sum())
        self.take(FENCES[left])
        return values

    def function(self) -> Any:
        """`\\sin x`, `\\sin(x+y)`, `\\sin^{2}(x)`; a bare argument is one name and the last factor."""
        head = self.take()
        power = base = None
        if self.peek() == "^":
            self.take()
            power = self.group()
        if self.peek() == "_" and head == r"\log":
            self.take()
            base = self.group()
        if self.peek() in ("(", r"\left("):
            args = self.arguments()
        else:
            args = [self.name()]
            if self.peek() == "^" or (self.peek() and not self.ends() and not self.integrals):
                raise Unreadable(f"{head} without brackets is followed by {self.peek()!r}")
        value = FUNCTIONS[head](*args, *([base] if base is not None else []))
        return value if power is None else value**power

    def operator(self) -> Any:
        self.take()
        self.take("{")
        word = ""
        while self.peek() != "}":
            word += self.take()
        self.take("}")
        name = word.replace("\\ ", "_")
        if name not in NAMED:
            raise Unreadable(f"{name} is no known function")
        return NAMED[name](*self.arguments())

    def fraction(self) -> Any:
        """A fraction, a pending derivative, or the partial derivative of an undefined function."""
        self.take()
        if self.peek(1) in (r"\partial", "d") and self.peek(1) + self.peek(2) in (r"\partial}", "d}"):
            sign = self.peek(1)
            del self.tokens[self.at : self.at + 3]
            self.take("{")
            self.take(sign)
            if self.peek() == r"\,":
                self.take()
            var = self.name()
            self.take("}")
            self.take(r"\left[")
            body = self.sum()
            self.take(r"\right]")
            return sympy.Derivative(body, var)
        if self.peek(1) == r"\partial":
            return self.slope()
        return self.group() / self.group()

    def slope(self) -> Any:
        r"""`\frac{\partial^{2} f}{\partial x\,\partial y}(x, y)`."""
        self.take("{")
        self.take()
        total = self.small_power()
        function = self.names[self.take()]
        self.take("}")
        self.take("{")
        by = []
        while self.peek() != "}":
            if self.peek() == r"\,":
                self.take()
            self.take(r"\partial")
            by.append((self.name(), self.small_power()))
        self.take("}")
        args = self.arguments()
        if sum(k for _, k in by) != total:
            raise Unreadable("orders do not add up")
        return sympy.Derivative(function(*args), *by)

    def small_power(self) -> int:
        if self.peek() != "^":
            return 1
        self.take()
        return int(self.group())

    def partials(self) -> Any:
        r"""`\partial_{1}\partial_{2}^{2} f(u, v)`."""
        by = []
        while self.peek() == r"\partial":
            self.take()
            self.take("_")
            by.append((int(self.group()), self.small_power()))
        function = self.names[self.take()]
        args = self.arguments()
        letters = [sympy.Symbol(f"argument_{k}") for k in range(len(args))]
        slope = sympy.Derivative(function(*letters), *((letters[a - 1], k) for a, k in by))
        return sympy.Subs(slope, letters, args)

    def root(self) -> Any:
        self.take()
        degree: Any = 2
        if self.peek() == "[":
            self.take()
            degree = self.sum()
            self.take("]")
        return sympy.root(self.group(), degree)

    def limits(self, index_first: bool) -> tuple[Any, Any, Any]:
        self.take("_")
        self.take("{")
        index = None
        if index_first:
            index = self.bound_name()
            self.take("=")
        lower = self.sum()
        self.take("}")
        self.take("^")
        return index, lower, self.group()

    def bound_name(self) -> Any:
        key = self.plain_name()
        return self.names.setdefault(key, sympy.Symbol(key, integer=True))

    def big(self) -> Any:
        kind = sympy.Sum if self.take() == r"\sum" else sympy.Product
        limits = self.limits(True)
        if self.peek() in ("-", "+"):
            raise Unreadable("a sign after a sum sign")
        return kind(self.product(), limits)

    def integral(self) -> Any:
        self.take()
        _, lower, upper = self.limits(False)
        self.integrals += 1
        body = self.product()
        self.integrals -= 1
        self.take(r"\,")
        self.take("d")
        return sympy.Integral(body, (self.name(), lower, upper))

    def cases(self) -> Any:
        self.take()
        pairs = []
        while True:
            value = self.sum()
            self.take("&")
            text = self.take()
            pairs.append((value, True if text == r"\text{otherwise}" else self.relation()))
            if self.take() != r"\\":
                return sympy.Piecewise(*pairs)

    def plain_name(self) -> str:
        """A letter without scripts, as LaTeX."""
        token = self.take()
        if token in (r"\mathrm", r"\hat", r"\bar", r"\tilde", r"\dot", r"\vec"):
            self.take("{")
            inside = ""
            while self.peek() != "}":
                inside += self.take()
            self.take("}")
            return f"{token}{{{inside}}}"
        if not (token.isalpha() or token[1:] in GREEK):
            raise Unreadable(f"{token!r} is no name")
        return token

    def name(self) -> Any:
        """A name with primes and subscripts: symbol, entry of an array, call of a function, derivative of one."""
        key = self.plain_name()
        if key == "e" and self.peek() == "^" and "e" not in self.names:
            self.take()
            return sympy.exp(self.exponent())
        if (key == "e" and "e" not in self.names) or key == r"\mathrm{e}":
            return sympy.E
        if key == r"\pi" and key not in self.names:
            return sympy.pi
        if key == r"\delta" and key not in self.names:
            return sympy.KroneckerDelta(*self.indices([]))
        primes = 0
        while self.peek() == "'":
            self.take()
            primes += 1
        if isinstance(self.names.get(key), sympy.core.function.UndefinedFunction):
            return self.call(self.names[key], primes)
        return self.with_indices(key + "'" * primes)

    def call(self, function: Any, primes: int) -> Any:
        if self.peek() == "^" and self.peek(2) == "(":
            self.take()
            self.take("{")
            primes = int(self.fenced())
            self.take("}")
        args = self.arguments()
        if not primes:
            return function(*args)
        u = sympy.Symbol("argument_0")
        return sympy.Subs(sympy.Derivative(function(u), (u, primes)), u, args[0])

    def with_indices(self, key: str) -> Any:
        found = self.names.get(key)
        if self.peek() != "_":
            return self.known(key)
        start = self.at
        self.take("_")
        raw = self.raw_group()
        if f"{key}_{{{raw}}}" in self.names:
            return self.names[f"{key}_{{{raw}}}"]
        own = raw.split(",")[0]
        self.at = start
        if isinstance(found, sympy.IndexedBase):
            return found[tuple(self.indices([]))]
        base = self.names.get(f"{key}_{{{own}}}")
        if isinstance(base, sympy.IndexedBase):
            return base[tuple(self.indices([own]))]
        raise Unreadable(f"{key}_{{{raw}}} is unknown")

    def known(self, key: str) -> Any:
        if key not in self.names:
            raise Unreadable(f"{key} is unknown")
        return self.names[key]

    def raw_group(self) -> str:
        self.take("{")
        depth, out = 1, ""
        while True:
            token = self.take()
            depth += {"{": 1, "}": -1}.get(token, 0)
            if depth == 0:
                return out
            out += token

    def indices(self, own: list[str]) -> list[Any]:
        """`ij`: letters side by side are several indices; with commas each is a formula. `own` belongs to the name."""
        self.take("_")
        raw = self.raw_group()
        if own:
            raw = raw.removeprefix(own[0] + ",")
        if "," in raw:
            return [Reader(part, self.names).whole() for part in raw.split(",")]
        parts = [t for t in TOKEN.findall(raw) if not t.isspace()]
        letters = all((len(t) == 1 and t.isalnum()) or t[1:] in GREEK for t in parts)
        if letters and len(parts) > 1:
            return [Reader(part, self.names).whole() for part in parts]
        return [Reader(raw, self.names).whole()]


def read(tex: str, names: Mapping[str, Any]) -> Any:
    """The SymPy value of printed LaTeX."""
    return Reader(tex, names).whole()
