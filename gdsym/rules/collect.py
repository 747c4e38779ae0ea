"""The last tidy step: a rational expression in a shorter form, if there is one: factored, or as one fraction.

Everything that is no `+ - * /` or whole power is a letter here, so that nothing is evaluated and no sum is entered.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from operator import is_

import sympy

from gdsym.rules import polynomials as poly
from gdsym.rules.bars import crossed_in_vain, has_bar, over_one_bar, parted
from gdsym.rules.brackets import factored_out, opened_in_vain, powers_out, row_of_powers
from gdsym.rules.common import out_of_fractions
from gdsym.rules.commonpowers import by_common_powers
from gdsym.rules.dropping import drop
from gdsym.rules.exponentials import by_powers
from gdsym.rules.firstmet import as_met
from gdsym.rules.forms import by_names, forms
from gdsym.rules.fractions import split
from gdsym.rules.known import Known, Shorter
from gdsym.rules.logistic import with_one_letter
from gdsym.rules.opposites import with_one_of_opposites
from gdsym.rules.polynomials import Polynomials
from gdsym.rules.regions import (
    PLAIN,
    erf_squared_below,
    high_power,
    large,
    letters_of,
    many_letters,
    mixed_divisors,
    one_minus_logistic,
    opens_logistic,
    rational,
    regions,
    short,
    size,
    waits_for_slopes,
)
from gdsym.rules.roots import by_roots, trouble, with_letters_below, without_roots
from gdsym.rules.signs import in_one_letter, led
from gdsym.rules.standing import Standing
from gdsym.rules.tidy import calculate
from gdsym.written.matrices import FACTORS
from gdsym.written.nodes import (
    MADE,
    Add,
    Bound,
    Cases,
    Dec,
    Delta,
    Div,
    Fn,
    Mul,
    Neg,
    Node,
    Partial,
    Pow,
    Root,
    Sym,
    kinds_of,
    replace,
    rewrite,
    walk,
)

FUNCTIONS = kinds_of(Fn, Partial)
DECIMALS, SUMS, POWERS = kinds_of(Dec), kinds_of(Add), kinds_of(Pow, Root)
WHOLE = kinds_of(Pow)
COMPOSED = ~PLAIN  # letters, or powers that may be one

NONE: dict[Node, Node] = {}  # never written to
SIZE = size
LONGEST = 5000  # terms of what is multiplied out
MOST_LETTERS = 10  # of a formula that is looked at as a whole; of more, term by term


def collect(node: Node, params: frozenset[Node], known: Known | None = None) -> Node:
    """Every rational part of the formula in its shorter form: expanded and factored, or as it is. `known` remembers."""
    return _inside(node, (known or Known()).by(params))


def _inside(node: Node, known: Shorter) -> Node:
    """Parts below the rational top are changed first."""
    found = known.forms.get(node)
    if found is None:
        letters = _letters(node, known)
        found = known.forms[node] = _shorter(replace(node, letters) if letters else node, known)
    return found


def _letters(node: Node, known: Shorter) -> dict[Node, Node]:
    """What is a letter to the polynomials and gets shorter inside."""
    if not node.kinds & COMPOSED or not node.kinds & MADE:
        return NONE
    found = known.letters.get(node)
    if found is None:
        found = {}
        if rational(node):
            for part in node.children[: 1 if isinstance(node, Pow) else None]:
                found.update(_letters(part, known))
        elif (new := _children(node, known)) != node:
            found[node] = new
        known.letters[node] = found
    return found


def _children(atom: Node, known: Shorter) -> Node:
    parts = tuple([child if child in known.typed else _inside(child, known) for child in atom.children])
    return atom if all(map(is_, parts, atom.children)) else atom.with_children(parts)


def _shorter(node: Node, known: Shorter) -> Node:
    """Its shortest form; new brackets do not begin with a minus if they need not."""
    if not isinstance(node, (Add, Mul, Div, Neg)) or (not node.kinds & POWERS and short(node)) or row_of_powers(node):
        return node
    if node not in known.wholes:  # the forms that are tried ask for each other's parts over and over
        known.wholes[node] = _whole(node, known)
    return known.wholes[node]


def _whole(node: Node, known: Shorter) -> Node:
    if large(node) or many_letters(node, MOST_LETTERS):
        if not isinstance(node, (Add, Neg)):
            return node
        return node.with_children(tuple(_shorter(t, known) for t in node.children))
    found = _shortest(node, known)
    if node.kinds & FUNCTIONS:
        forms_found = [*by_powers(node, lambda part: _shortest(part, known)), found]
        lettered = (part for form in forms_found for part in (*with_one_letter(form), *with_one_of_opposites(form)))
        others = (_shortest(part, known) for part in lettered)
        found = min([*forms_found, *others], key=size)
        closed = _with_brackets(node, one_minus_logistic(node), known)
        found = closed if size(closed) <= size(found) + 2 and opens_logistic(closed, found) else found
        mixed = mixed_divisors(node)
        if not set(mixed) <= set(walk(found)):
            found = _with_brackets(node, mixed, known)
    if node.kinds & POWERS:
        rooted = by_roots(node, lambda part: _shortest(part, known))
        found = min([found, *rooted, *(_shortest(form, known) for form in rooted)], key=trouble)
        found = min([found, *by_common_powers(node, lambda part, size: _shortest(part, known, size))], key=size)
    typed = regions(node) if node.kinds & WHOLE else ()
    powers = (part.base for part in typed if isinstance(part, Pow) and isinstance(part.base, Add))
    held = dict.fromkeys(base for base in powers if not base.has(FUNCTIONS))  # 1 + e^z is looked into
    if 0 < len(held) < 4:
        closed = _with_brackets(node, tuple(held), known)
        broken = any(len(b.free) > 1 and (Counter(regions(closed)) - Counter(regions(found)))[b] for b in held)
        found = min(found, closed, key=lambda form: (size(form) + (broken and form is found), broken and form is found))
    if found == node or erf_squared_below(found) > erf_squared_below(node):
        return node
    stood = {part for part in walk(node) if isinstance(part, Add)}
    if node.kinds & FUNCTIONS:
        found = as_met(found, node, stood)
    return rewrite(found, lambda part: part if part in stood else led(part))


def _with_brackets(node: Node, held: Sequence[Node], known: Shorter) -> Node:
    """The shortest form if these brackets stay closed: (x - a)^4 - 3 b^2 (x - a)^2 = (x - a)^2 ((x - a)^2 - 3 b^2)."""
    letters: dict[Node, Node] = {part: Sym(sympy.Symbol(f"bracket_{j}", real=True)) for j, part in enumerate(held)}
    back = {letter: part for part, letter in letters.items()}
    found = replace(_shortest(replace(node, letters), known, lambda part: size(replace(part, back))), back)
    sums = {part for part in regions(found) if isinstance(part, Add) and part not in held}
    new = {part for part in sums if not set(held).isdisjoint(walk(part))}
    return rewrite(found, lambda part: calculate(drop(_shortest(part, known) if part in new else part)))


def _shortest(node: Node, known: Shorter, size: Callable[[Node], int] = size) -> Node:
    if not isinstance(node, (Add, Mul, Div, Neg)) or short(node) or large(node):
        return node
    if node.has(DECIMALS):
        return _shortest_of_decimals(node, known)
    atoms = with_letters_below(letters_of(node, MOST_LETTERS), MOST_LETTERS)
    if len(atoms) > MOST_LETTERS:
        return node
    if high_power(node):
        less = powers_out(node)
        return min(node, _numerator(less, known), key=size) if high_power(less) else _shortest(less, known)
    if max(poly.expansion(node, rational)) > LONGEST or not _adds(node):
        return node
    if in_one_letter(node) or waits_for_slopes(node):
        return node
    if _joins_sums(node):
        return factored_out(node)
    if size is not SIZE:
        return _one_fraction(node, atoms, known, size)
    if node not in known.fractions:
        known.fractions[node] = _one_fraction(node, atoms, known, size)
    return known.fractions[node]


def _adds(node: Node) -> bool:
    """Is there a sum to be collected? A sum within what is a letter to the polynomials is none: 2 a/m sum_i (...) stays."""
    return node.has(SUMS) and any(isinstance(part, Add) for part in regions(node))


def _one_fraction(node: Node, atoms: list[Node], known: Shorter, size: Callable[[Node], int]) -> Node:
    """The shortest of: common factors in front, by Kronecker deltas or functions, factored, over a common denominator."""
    polynomials = Polynomials(atoms)
    ratio = polynomials.ratio(node)
    best = factored_out(node)
    if ratio is None:
        return best
    letters = [sympy.Dummy(f"a{j}", real=True) for j in range(len(atoms))]
    standing = Standing(node, dict(zip(atoms, letters, strict=True)), known.params)
    brackets = [polynomials.above(part) for part in regions(node) if isinstance(part, Add)]
    deltas = [at for at, atom in enumerate(atoms) if isinstance(atom, Delta)]
    functions = [at for at, atom in enumerate(atoms) if isinstance(atom, Fn) and atom.func is not sympy.exp]
    candidates = (
        *by_names(ratio, deltas, letters),
        *forms(ratio, without_roots(ratio, atoms, polynomials), letters, brackets),
    )
    for least, form in candidates:
        if least < size(best):
            found = standing.written(form())
            best = found if size(found) < size(best) and not opens_logistic(node, found) else best
    for least, form in by_names(ratio, functions, letters):
        if least <= size(best):
            found = factored_out(standing.written(form()))
            fewer = isinstance(best, Add) and isinstance(found, Add) and len(found.children) < len(best.children)
            best = found if size(found) < size(best) + 2 * fewer and not opens_logistic(node, found) else best
    if isinstance(best, Mul) and isinstance(best.children[0], Add) and best == factored_out(node):
        best = Mul(_term_by_term(best.children[0], known, size), *best.children[1:])
    if isinstance(node, Add) and size(single := _term_by_term(node, known, size)) < size(best):
        return single
    best = node if crossed_in_vain(node, best, size) else best
    if isinstance(node, Add) and isinstance(best.arg if isinstance(best, Neg) else best, Div):
        bare = [without_roots(side, atoms, polynomials) for side in (ratio, *over_one_bar(node, polynomials))]
        nothing_cancels = sum(len(above) for above, _ in bare[1:]) == len(bare[0][0])
        return _apart(node, known, size) if nothing_cancels else best
    best = node if opened_in_vain(node, best) else best
    return out_of_fractions(best) if best is node else best


def _term_by_term(node: Add, known: Shorter, size: Callable[[Node], int]) -> Node:
    """The fractions of a sum in their shortest forms, each by itself."""

    def short_term(term: Node) -> Node:
        core = term.arg if isinstance(term, Neg) else term
        new = (
            (_shorter(core, known) if core.kinds & POWERS else _shortest(core, known, size)) if has_bar(core) else core
        )
        return term if new == core else calculate(Neg(new)) if isinstance(term, Neg) else new

    return drop(Add(*map(short_term, node.children)))


def _apart(node: Add, known: Shorter, size: Callable[[Node], int]) -> Node:
    """What has no bar stays out of the fractions: nothing would cancel."""
    parts = [_shortest(part, known, size) for part in parted(node)]
    return drop(Add(*(reversed(parts) if has_bar(node.children[0]) else parts)))


def _shortest_of_decimals(node: Node, known: Shorter) -> Node:
    """0.3 (3 x + 1) - 0.9 x = 0.3; brackets with decimals stay as they stand."""
    from gdsym.rules.decimals import exact, in_decimals

    found = in_decimals(_shortest(exact(node), known))
    stood = {part for part in walk(node) if isinstance(part, Add)}
    new = any(isinstance(part, Add) and part not in stood for part in walk(found))
    held = any(
        isinstance(term, Dec) or bracket != _outer(node) for bracket in stood for term in _decimal_terms(bracket)
    )
    return node if size(found) >= size(node) or (new and held) else found


def _outer(node: Node) -> Node:
    """The sum that the formula is, or the sum above its bar."""
    return _outer(node.children[0]) if isinstance(node, (Neg, Div)) else node


def _decimal_terms(node: Node) -> Iterator[Node]:
    """The terms with decimals."""
    terms = (term.arg if isinstance(term, Neg) else term for term in node.children)
    return (term for term in terms if term.has(DECIMALS))


def _numerator(node: Node, known: Shorter) -> Node:
    """Above the bar and in products, the brackets without a high power in their shortest form."""
    if isinstance(node, Add):
        return node if high_power(node) else _shortest(node, known)
    if isinstance(node, (Mul, Neg)):
        return node.with_children(tuple(_numerator(part, known) for part in node.children))
    return Div(_numerator(node.num, known), node.den) if isinstance(node, Div) else node


def _joins_sums(node: Node) -> bool:
    """Sums and case distinctions stay terms of their own: a common denominator would bury them; common factors leave."""
    terms = [term for part in regions(node) if isinstance(part, Add) for term in part.children]
    return any(
        isinstance(f, (Bound, Cases, *FACTORS))
        for term in terms
        for f in split(term.arg if isinstance(term, Neg) else term)[0]
    )
