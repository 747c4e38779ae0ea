r"""Special functions as handbooks write them: J_a(x), \Gamma(a, x), \operatorname{Li}_s(z), P_n^{(a,b)}(x).

The notation is that of the NIST Digital Library of Mathematical Functions; elliptic integrals have their parameter m
behind a bar, as in Abramowitz and Stegun.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from gdsym.writing.grammar import is_integer, own_name
from gdsym.writing.names import latex_name, parsed
from gdsym.written import nodes as n
from gdsym.written.hypergeometric import Hypergeometric

# (SymPy's name, number of arguments): what stands before the brackets | what stands in them; <j> is the j-th argument
NOTATION: Mapping[tuple[str, int], str] = MappingProxyType(
    {
        ("gamma", 1): r"\Gamma|<0>",
        ("loggamma", 1): r"\log\Gamma|<0>",
        ("digamma", 1): r"\psi|<0>",
        ("trigamma", 1): r"\psi'|<0>",
        ("polygamma", 2): r"\psi^{(<0>)}|<1>",
        ("uppergamma", 2): r"\Gamma|<0>, <1>",
        ("lowergamma", 2): r"\gamma|<0>, <1>",
        ("beta", 2): r"\mathrm{B}|<0>, <1>",
        ("factorial2", 1): r"(<0>)!!|",
        ("binomial", 2): r"\binom{<0>}{<1>}|",
        ("RisingFactorial", 2): r"(<0>)_{<1>}|",
        ("FallingFactorial", 2): r"(<0>)^{\underline{<1>}}|",
        ("harmonic", 1): r"H_{<0>}|",
        ("harmonic", 2): r"H_{<0>}^{(<1>)}|",
        ("zeta", 1): r"\zeta|<0>",
        ("zeta", 2): r"\zeta|<0>, <1>",
        ("dirichlet_eta", 1): r"\eta|<0>",
        ("polylog", 2): r"\operatorname{Li}_{<0>}|<1>",
        ("lerchphi", 3): r"\Phi|<0>, <1>, <2>",
        ("expint", 2): r"E_{<0>}|<1>",
        ("LambertW", 2): r"\operatorname{W}_{<1>}|<0>",
        ("erfinv", 1): r"\operatorname{erf}^{-1}|<0>",
        ("erfcinv", 1): r"\operatorname{erfc}^{-1}|<0>",
        ("fresnels", 1): r"S|<0>",
        ("fresnelc", 1): r"C|<0>",
        ("airyai", 1): r"\operatorname{Ai}|<0>",
        ("airybi", 1): r"\operatorname{Bi}|<0>",
        ("airyaiprime", 1): r"\operatorname{Ai}'|<0>",
        ("airybiprime", 1): r"\operatorname{Bi}'|<0>",
        ("besselj", 2): r"J_{<0>}|<1>",
        ("bessely", 2): r"Y_{<0>}|<1>",
        ("besseli", 2): r"I_{<0>}|<1>",
        ("besselk", 2): r"K_{<0>}|<1>",
        ("jn", 2): r"j_{<0>}|<1>",
        ("yn", 2): r"y_{<0>}|<1>",
        ("elliptic_k", 1): r"K|<0>",
        ("elliptic_e", 1): r"E|<0>",
        ("elliptic_e", 2): r"E|<0>\mid <1>",
        ("elliptic_f", 2): r"F|<0>\mid <1>",
        ("elliptic_pi", 2): r"\Pi|<0>\mid <1>",
        ("elliptic_pi", 3): r"\Pi|<0>; <1>\mid <2>",
        ("legendre", 2): r"P_{<0>}|<1>",
        ("assoc_legendre", 3): r"P_{<0>}^{<1>}|<2>",
        ("chebyshevt", 2): r"T_{<0>}|<1>",
        ("chebyshevu", 2): r"U_{<0>}|<1>",
        ("hermite", 2): r"H_{<0>}|<1>",
        ("hermite_prob", 2): r"\operatorname{He}_{<0>}|<1>",
        ("laguerre", 2): r"L_{<0>}|<1>",
        ("assoc_laguerre", 3): r"L_{<0>}^{(<1>)}|<2>",
        ("gegenbauer", 3): r"C_{<0>}^{(<1>)}|<2>",
        ("jacobi", 4): r"P_{<0>}^{(<1>,<2>)}|<3>",
    }
)
# the same in a line of text, where a name is what `gd.read` reads; the others keep the name that SymPy gives them
NAMES: Mapping[tuple[str, int], str] = MappingProxyType(
    {("digamma", 1): "psi|<0>", ("trigamma", 1): "psi_1|<0>", ("polygamma", 2): "psi_<0>|<1>"}
)
LETTER = re.compile(r"\\[A-Za-z]+|[A-Za-z]")  # what a notation begins with
PLACE = re.compile(r"<(\d+)>")
MOST_PRIMES = 3
MOST_ORDER = 99

Write = Callable[[n.Node], str]
Brackets = Callable[[str], str]


def notation(node: n.Fn) -> str | None:
    """The template for a function of SymPy, or None."""
    if isinstance(node.func, Hypergeometric):
        return _hypergeometric(node.func)
    found = NOTATION.get((node.name, len(node.children)))
    return _polygamma(node.children[0], found) if found and node.name == "polygamma" else found


def called_in_text(node: n.Fn, own: Callable[[], frozenset[str]]) -> tuple[str, tuple[n.Node, ...]] | None:
    """The name that a function has in a line of text, psi_1, and its arguments; None if SymPy's name stays, or the formula has the letter itself."""
    found = NAMES.get((node.name, len(node.children)))
    if found is None or node.undefined:
        return None
    head, _, inside = found.partition("|")
    orders = [node.children[int(at)] for at in PLACE.findall(head)]
    if not all(isinstance(order, n.Num) and is_integer(order) and 0 <= order.value <= MOST_ORDER for order in orders):
        return None
    head = PLACE.sub(lambda place: str(node.children[int(place[1])]), head).removesuffix("_0")
    taken = any(name.partition("_")[0] == head.partition("_")[0] for name in own())
    return None if taken else (head, tuple(node.children[int(at)] for at in PLACE.findall(inside)))


def is_free(template: str, letters: frozenset[str]) -> bool:
    """Is what the notation begins with none of the formula's own letters?"""
    begin = LETTER.match(template)
    return begin is None or begin[0] not in letters


def _polygamma(order: n.Node, usual: str) -> str:
    """psi, psi', psi'' for the first orders."""
    if isinstance(order, n.Num) and is_integer(order) and 0 <= order.value <= MOST_PRIMES:
        return r"\psi" + "'" * int(order.value) + "|<1>"
    return usual


def _hypergeometric(func: Hypergeometric) -> str:
    lists = func.lists(tuple(f"<{j}>" for j in range(func.above + func.below + 1)))
    return rf"{{}}_{{{func.above}}}F_{{{func.below}}}|{'; '.join(map(', '.join, lists))}"


def own_letters(root: n.Node) -> frozenset[str]:
    """The letters that the names of a formula begin with, in LaTeX."""
    return frozenset(latex_name(parsed(name).core) for part in n.walk(root) if (name := own_name(part)))


def called(template: str, node: n.Fn, small: Write, write: Write, bracketed: Brackets) -> str:
    """The template filled in: arguments before the brackets by `small`, those in them by `write`."""
    head, _, inside = template.partition("|")
    parts = node.children
    head = re.sub(r"\(<(\d+)>\)(?=[_!^])", lambda place: bracketed(small(parts[int(place[1])])), head)
    head = PLACE.sub(lambda place: small(parts[int(place[1])]), head)
    return head + (bracketed(PLACE.sub(lambda place: write(parts[int(place[1])]), inside)) if inside else "")
