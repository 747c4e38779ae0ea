"""Is a claimed derivative right? Right, right up to a factor, or wrong at a point that anyone can check by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import permutations
from typing import Any

import sympy

from gdsym.array_claims import (
    WrongShape,
    axes_of,
    by_indices,
    from_arrays,
    from_matrices,
    in_arrays,
    where_compared,
    where_it_runs,
)
from gdsym.claim_code import in_own_words, one_formula
from gdsym.claim_several import spread
from gdsym.conventions import beside_kinks
from gdsym.counterexample import counterexample
from gdsym.derivation import Derivation, derive
from gdsym.door import all_names, formula, variable
from gdsym.errors import CostError, GdsymTypeError
from gdsym.factors import ratio_of, scaled, slope_of
from gdsym.gradient import find
from gdsym.keywords import known_keywords
from gdsym.listing import factor_text, listed
from gdsym.matrix_claims import difference, in_matrices, said_shapes
from gdsym.matrix_code import from_code, is_about_wholes
from gdsym.matrix_texts import over_entries, with_matrices
from gdsym.named import size_letters
from gdsym.nowhere import nowhere
from gdsym.problem import Problem, free_indices
from gdsym.record import changed
from gdsym.shares import where_labels, where_shares
from gdsym.slips import slip
from gdsym.strangers import estranged
from gdsym.subgradients import Claim, together
from gdsym.verdict import Verdict
from gdsym.verify import agree
from gdsym.whole_arrays import completed
from gdsym.writing.names import in_code
from gdsym.writing.text import text
from gdsym.written.matrices import Entries, MatSym
from gdsym.written.nodes import ONE, TRUE, ZERO, Base, Indexed, Node, Rel, Sum, Sym, both, replace, walk
from gdsym.written.order import appearance


@known_keywords
def check(expr: Any, wrt: Any, claim: Any, *, where: Mapping[Any, Any] | None = None) -> Verdict:
    """Compare a claimed derivative of `expr` by `wrt` with the derived one.

    Args:
        expr, wrt, where: as for `gd.derive`.
        claim: what the derivative is said to be: SymPy, text or written form, of one entry; or of the whole array, as text
            in NumPy's notation (`"X.T @ (X @ w - y) / m"`), also code of several lines (with loops, with `g[1:] += d`), or as a matrix expression. Labels
            are those of the cost: `np.eye(K)[c]` is the row of class c, whether classes count from 0 or from 1.

    Returns:
        A `Verdict`: `.ok`, `.factor` (claim = factor * derivative), `.counterexample`, `.kink`, `.slip`, `.message`.

    Example:
        >>> from sympy import symbols
        >>> import gdsym as gd
        >>> x = symbols("x")
        >>> gd.check(x**2, x, x).factor
        1/2
    """
    d = derive(expr, wrt, where=where)
    claim = one_formula(claim, numbers=_numbers(d))
    params = frozenset(_head(v) for v in d.variables)
    try:
        if (verdict := _about_entries(claim, d, params)) is not None:
            return verdict
        node = _claimed(claim, d)
    except WrongShape as misfit:
        return _misshapen(d.wrt, misfit)
    var = None if isinstance(wrt, tuple) else variable(wrt, all_names(d.node))
    if not isinstance(var, Base) or not isinstance(d.variables[0], Indexed):  # a matrix has no entries of its own
        return _read(None, d, node, params)
    found = _read(d.variables[0].base, d, node, params)
    return together(found, d.node, d.where, [Claim(d.variables[0], node, d.written, d.compared)])


def _numbers(d: Derivation) -> frozenset[str]:
    return frozenset(name.name for name in all_names(d.node, *d.variables) if isinstance(name, Sym))


def _misshapen(name: Any, misfit: WrongShape) -> Verdict:
    return Verdict(False, None, None, f"{name}: wrong. {misfit}")


def judge_claims(p: Problem, claims: Mapping[Any, Any] | str, partial: Callable[[Any], Derivation]) -> Verdict:
    """One verdict for a dict of claims {parameter: claimed partial derivative}."""
    claims = spread(claims, p.params)
    if not isinstance(claims, Mapping):
        raise GdsymTypeError(
            f"Claims are a dict {{parameter: claimed derivative}}, or code for all parameters as text, not {type(claims).__name__}."
        )
    if not claims:
        raise CostError("There is no claim to check; give {parameter: claimed derivative}.")
    parts: dict[Any, Verdict] = {}
    claimed: list[Claim] = []
    for key, claim in claims.items():
        var = variable(key, p.params)
        find(var, p.params)
        d = partial(var)
        claim = one_formula(claim, numbers=_numbers(d))
        try:
            if (verdict := _about_entries(claim, d, frozenset(p.params))) is not None:
                parts[var.to_sympy()] = verdict
                continue
            claimed.append(Claim(d.variables[0], _claimed(claim, d), d.written, d.compared))
        except WrongShape as misfit:
            parts[var.to_sympy()] = _misshapen(var.to_sympy(), misfit)
            continue
        found = _read(var, d, claimed[-1].claim, frozenset(p.params))
        parts[var.to_sympy()] = _mixed_up(found, var, claimed[-1].claim, p, partial)
    verdict = next(iter(parts.values())) if len(parts) == 1 else _joined(parts)
    return together(verdict, p.expr, p.where, claimed)


def _mixed_up(v: Verdict, var: Node, claim: Node, p: Problem, partial: Callable[[Any], Derivation]) -> Verdict:
    """A wrong claim that no mistake explains may be the derivative by another parameter."""
    if v.counterexample is None or v.slip or not isinstance(var, Sym):
        return v
    for other in p.params:
        if not isinstance(other, Sym) or other == var:
            continue
        if agree(partial(other).written, claim, where=p.where, beside=(p.expr,)):
            return _with_slip(v, f"this is the derivative by {text(other)}")
    return v


def _joined(parts: Mapping[Any, Verdict]) -> Verdict:
    """Several claims are right if each is; they share a factor, or have none."""
    factors = {v.factor for v in parts.values()}
    at = next((v.counterexample for v in parts.values() if v.counterexample is not None), None)
    message = "\n".join(v.message for v in parts.values())
    factor = factors.pop() if len(factors) == 1 else None
    slips = (v.slip for v in parts.values() if v.slip)
    kinks = (v.kink for v in parts.values() if v.kink is not None)
    return Verdict(all(v.ok for v in parts.values()), factor, at, message, next(slips, None), next(kinks, None), parts)


@in_own_words
def _claimed(claim: Any, d: Derivation) -> Node:
    """The claim with the caller's own symbols, about one entry."""
    if (
        hasattr(claim, "__array__")
        and getattr(claim, "shape", None)
        and not isinstance(claim, sympy.MatrixBase | sympy.Basic)
    ):
        raise GdsymTypeError(
            f"The claim is {type(claim).__name__}: numbers at one place. A claim is a formula, as SymPy or text. To compare "
            "numbers, put the same parameters and data into cost.compile().gradient(parameters, data)."
        )
    one = len(d.variables) == 1 and not in_matrices(d.node, *d.variables)
    if isinstance(claim, str) and not one and is_about_wholes(d) and in_arrays(claim, d):
        return from_code(claim, d)
    if one and isinstance(claim, str):
        claim = by_indices(claim, d)
        if in_arrays(claim, d):
            return _with_names(from_arrays(claim, d), d)
    node = _with_names(formula(claim, d.variables), d)
    return from_matrices(node, d) if one and in_matrices(node) else node


def _about_entries(claim: Any, d: Derivation, params: frozenset[Node]) -> Verdict | None:
    """The verdict on a claim about matrices in NumPy's notation; None if it is no such claim."""
    entries = over_entries(claim, d)
    if entries is None:
        return None
    node = _with_names(from_arrays(claim, entries), entries)
    ours = params | {Entries(param) for param in params if isinstance(param, MatSym)}
    verdict = _verdict(str(d.variables[0].to_sympy()), entries, node, ours)
    return with_matrices(estranged(verdict, node, entries), entries)


def _with_names(node: Node, d: Derivation) -> Node:
    """The formula with the names of the cost, which may be spelled as in its code, or otherwise if they print alike."""
    names = all_names(d.node, *d.variables, *d.where)
    known = {spell(name): name for spell in (text, lambda n: in_code(n.name), lambda n: n.name) for name in names}
    found = ((n, known.get(n.name, known.get(text(n)))) for n in node.free if isinstance(n, (Sym, Base)))
    renames = {n: name for n, name in found if name is not None and type(name) is type(n)}
    return replace(node, {old: new for old, new in renames.items() if old != new})


def _read(var: Node | None, d: Derivation, claim: Node, params: frozenset[Node]) -> Verdict:
    """The verdict on a claim about `var`; for a whole array, in the reading of its letters that is best for it."""
    readings = _letterings(claim, d) if isinstance(var, Base) else (claim,)
    name = str(d.wrt if var is None else var.to_sympy())
    alone = var is None and all(isinstance(v, Sym) for v in d.variables)
    found = [(_verdict(name, d, reading, params, alone), reading) for reading in readings]
    best, reading = max(found, key=lambda pair: (pair[0].ok, pair[0].factor is not None))
    return estranged(_explained(best, reading, d), reading, d)


def _explained(verdict: Verdict, claim: Node, d: Derivation) -> Verdict:
    """With the classic mistake that leads to the claim, if one does."""
    if verdict.ok or (verdict.factor is None and verdict.counterexample is None):
        return verdict
    found = slip(d, *where_it_runs(claim, d))
    if found is None and verdict.factor == -1:
        found = "the sign of the whole is wrong"
    return verdict if found is None else _with_slip(verdict, found)


def _with_slip(verdict: Verdict, found: str) -> Verdict:
    return changed(verdict, slip=found, message=f"{verdict.message}\n   It looks as if {found}.")


def _letterings(claim: Node, d: Derivation) -> tuple[Node, ...]:
    """The claim with its own index letters, in each order, in place of the letters of our entry, if they differ."""
    (entry,) = d.variables
    ours = [index for index in entry.children[1:] if isinstance(index, Sym)]
    known = d.node.free.union(*(meaning.free for meaning in d.where.values()))
    theirs = [s for s in appearance(claim) if isinstance(s, Sym) and s in free_indices(claim) - known]
    if not theirs or len(theirs) > len(ours) or set(theirs) <= set(ours):
        return (claim,)
    return tuple(replace(claim, dict(zip(theirs, chosen, strict=True))) for chosen in permutations(ours, len(theirs)))


def _head(node: Node) -> Node:
    return node.children[0] if node.children else node


def _verdict(name: str, d: Derivation, claim: Node, params: frozenset[Node], alone: bool = False) -> Verdict:
    """The verdict on one entry; `alone` if it is a plain formula, no cost by its parameter."""
    truth = d.written
    misfit = said_shapes(truth, claim) if in_matrices(truth, claim) else ""
    if misfit:
        return Verdict(False, None, None, f"{name}: wrong. As it stands, {misfit}.")
    claim, long = where_it_runs(claim, d)
    given, asked, slope = where_compared(d, claim, long), (d.node,), slope_of(d)
    evidence = agree(truth, claim, given=long, where=d.where, beside=asked, slope=slope)
    mixed = given != long and (given != both(d.compared, long) or _from_both(d, claim))
    if given != long and (not evidence or mixed):
        evidence = agree(truth, claim, given=given, where=d.where, beside=asked, slope=slope)
    if evidence:
        if empty := nowhere(d.node, d.where, d.variables):
            return Verdict(False, None, None, f"{name}: not decided. {empty}.")
        right = Verdict(
            True, sympy.Integer(1), None, f"{name}: right{'' if long == TRUE else f', where {text(long)}'}."
        )
        return beside_kinks(right, evidence, claim, d)
    factor = (
        None if evidence.verdict == "unknown" else ratio_of(truth, claim, d, params, given=given if mixed else long)
    )
    if factor is not None:
        proportional = Verdict(False, factor, None, _factor_message(name, factor, d, alone))
        return beside_kinks(proportional, scaled(factor, truth, claim, d, given if mixed else long), claim, d)
    if in_matrices(truth, claim) and (found := difference(truth, claim, d.where)) is not None:
        return Verdict(False, None, found[0], f"{name}: wrong. {found[1]}.")
    at = counterexample(truth, claim, d.where, dict(evidence.at), given=given, beside=asked, slope=slope)
    if at is None:
        return Verdict(False, None, None, f"{name}: not decided. {evidence.note or 'The two could not be compared'}.")
    point = completed(at, d, claim)
    place = f"At {listed(point)}" if point else "Everywhere"
    where = _where_positive(truth, claim, d, point, params) or where_shares(truth, claim, d, params)
    where = where or where_labels(truth, claim, d, params)
    message = f"{name}: wrong. {place}: {at.said}.{where}"
    return Verdict(False, None, point, message)


def _from_both(d: Derivation, claim: Node) -> bool:
    """Do some axes, or sums of the claim, count from 0 and others from 1? Then last entries are compared only where the indices are said to be those of the arrays."""
    begins = {ends[0] for axes in axes_of(d).values() for ends in axes if ends}
    return begins | {part.lower for part in walk(claim) if isinstance(part, Sum)} >= {ZERO, ONE}


def _where_positive(truth: Node, claim: Node, d: Derivation, at: Mapping[Any, Any], params: frozenset[Node]) -> str:
    """Is it right where letters that are no parameters are positive, as widths and rates are? Then that is said."""
    below = {name: value for name, value in at.items() if isinstance(name, sympy.Symbol) and not value > 0}
    letters = [n for n in sorted(d.node.free, key=str) if isinstance(n, Sym) and n.symbol in below and n not in params]
    positive = both(d.compared, *(Rel(">", letter, ZERO) for letter in letters))
    if not letters or not agree(truth, claim, given=positive, where=d.where, beside=(d.node,), slope=slope_of(d)):
        return ""
    names = " and ".join(f"{text(letter)} > 0" for letter in letters)
    return f"\n   Where {names} it is right; a symbol can be declared so: Symbol({letters[0].name!r}, positive=True)."


def _factor_message(name: str, factor: Any, d: Derivation, alone: bool) -> str:
    """With the learning rate, unless the factor is negative, or a letter of a plain formula that may be so."""
    there, back = map(factor_text, (factor, 1 / factor))
    letters = {s.symbol for s in d.node.free - size_letters(d.node) if isinstance(s, Sym) and not s.symbol.is_positive}
    no_rate = factor.is_negative or (alone and letters & factor.free_symbols)
    absorbed = "" if no_rate else "; a learning rate can absorb it"
    return f"{name}: right up to the factor {there}. The derivative is {back} times the claim{absorbed}."
