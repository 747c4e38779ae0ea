"""The shortest form: fractions of polynomials by python-flint say what SymPy's polynomials say, and large ones are left alone."""

import pytest
from sympy import Symbol, cancel, factor, simplify, sqrt, symbols

import gdsym as gd
from gdsym.rules import polynomials as poly
from gdsym.rules.forms import _expanded
from gdsym.rules.forms import forms as _forms
from gdsym.rules.polynomials import Polynomials
from gdsym.rules.regions import letters_of, rational
from gdsym.rules.roots import without_roots
from gdsym.written import from_sympy

x, y, z = symbols("x y z")
FORMULAS = [
    (x**2 - 1) / (x - 1),
    1 / (x - 1) + 1 / (x + 1),
    x / 3 + y / 2,
    (2 * x + 2 * y) / (4 * z),
    -(x - y) / (y - x) ** 2,
    (1 - x**2) * (x * y + z - 1) * y,
    (x + y) ** 3 - (x - y) ** 3,
    -x - y,
    -2 * x**2 + 4 * x * y - 2 * y**2,
    1 / (x + 1 / (y + 1 / z)),
    (x**3 + y**3) / (x + y) / 6,
]


@pytest.mark.parametrize("expr", FORMULAS)
def test_factored_and_expanded_as_sympy_does(expr):
    node = from_sympy(expr)
    atoms = letters_of(node)
    letters = [atom.to_sympy() for atom in atoms]
    ratio = Polynomials(atoms).ratio(node)
    forms = [form() for _, form in _forms(ratio, ratio, letters)]
    assert forms[0] == factor(expr, *letters)
    assert (forms[-1] - cancel(expr, *letters)).expand() == 0
    assert all(simplify(form - expr) == 0 for form in forms)


def test_the_least_size_is_never_above_the_size():
    for expr in FORMULAS:
        node = from_sympy(expr)
        atoms = letters_of(node)
        ratio = Polynomials(atoms).ratio(node)
        for least, form in _forms(ratio, ratio, [atom.to_sympy() for atom in atoms]):
            assert least <= len(list(form().atoms())) * 20
            assert least <= sum(1 for _ in _parts(from_sympy(form())))


def _parts(node):
    yield node
    for child in node.children:
        yield from _parts(child)


def test_powers_of_a_root_become_what_is_below_it():
    root = sqrt(x + 1)
    node = from_sympy(root**3 + x * root, [])
    atoms = list(dict.fromkeys([*letters_of(node), from_sympy(root), from_sympy(x)]))
    polynomials = Polynomials(atoms)
    bare = without_roots(polynomials.ratio(node), atoms, polynomials)
    letters = [atom.to_sympy() for atom in atoms]
    assert simplify(_expanded(bare, letters) - root**3 - x * root) == 0


def test_a_division_by_zero_has_no_fraction():
    node = from_sympy(x).with_children(())
    zero = from_sympy(x - y)
    same = type(zero)(node, type(zero.children[1])(node))
    assert Polynomials([node]).ratio(_over(node, same)) is None


def _over(above, below):
    from gdsym.written.nodes import Div

    return Div(above, below)


def test_what_would_be_very_long_is_not_multiplied_out():
    nested = x
    for _ in range(30):
        nested = (nested + 1) ** 2
    assert poly.expansion(from_sympy(nested), rational) == (poly.MANY, 1)
    assert poly.expansion(from_sympy((x + y) ** 2 / (x + 1)), rational) == (4, 2)
    assert gd.derive(nested, Symbol("x")).check


def test_only_factors_that_change_places_are_said_to():
    for typed, said in (("x*sqrt(x + 1)", "over a common denominator"), ("sin(x)/x", "sin(x) · 1 = sin(x)")):
        assert gd.derive(typed, "x").text().splitlines()[-3].endswith(f"simplify: {said}")
