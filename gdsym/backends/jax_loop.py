"""The source of a whole run for JAX: cost and update equations in the body of one loop that fills pages of rows.

The stop tests are made on the filled pages, all rows at once: rows behind a stop are not kept. Where the cost, or a part
Q of it, is quadratic, a step is foretold from an anchor, as in `gdsym.backends.anchored`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gdsym.arrays.program import Program
from gdsym.backends.traced import Traced, module, size_names, traced, traced_names
from gdsym.descent.emit import python
from gdsym.descent.hoist_lines import FALL, FALLEN, TURN
from gdsym.descent.letters import ALPHA, THETA, G, K
from gdsym.descent.lines import indented
from gdsym.descent.plan import Plan

LOCALS = "state page row rows k square alphas first stop length body carry data fresh"
ANCHORED = "J_anchor low part passes anchor at_anchor"  # what a step hands on to the next
FORETOLD = "H far theta d h Q q R r near again"


def traced_loop(plan: Plan, programs: Sequence[Program], gathered: Mapping[str, int], *, hoisted: bool) -> str:
    """The module that defines `descend(carry, data, alphas, first, stop, ...) -> carry, pages`.

    `programs` is the cost, or its quadratic part and the rest.
    """
    return _Writer(plan, programs, gathered, hoisted).module()


class _Writer:
    """Names that clash with nothing, then the loop from top to bottom."""

    def __init__(self, plan: Plan, programs: Sequence[Program], gathered: Mapping[str, int], hoisted: bool) -> None:
        self.plan, self.program, self.gathered, self.hoisted = plan, programs[0], gathered, hoisted
        self.names, program = traced_names(programs[0]), programs[0]
        words = LOCALS + (f" {ANCHORED} {FORETOLD}" if hoisted else "")
        self.n = {word: self.names.own(word) for word in words.split()} | {"J": "J"}
        self.n["length"] = "length" if "length" not in {i.name for i in program.inputs} else self.n["length"]
        codes = [p.code for p in plan.params]
        self.slope = [f"g_{c}" for c in codes]
        self.state = [[self.names.own(f"{c}_s{j}") for j in range(len(plan.rule.state))] for c in codes]
        self.code, *rest = (
            traced([p.graph.value, *p.graph.gradients], self.names, size_names(p), hoist=not gathered) for p in programs
        )
        self.rest = rest[0] if rest else None

    def module(self) -> str:
        n = self.n
        sizes = [i.name for i in self.program.inputs if i.kind == "size"]
        data = [i.name for i in self.program.inputs if i.kind == "data"]
        numbers = [n[x] for x in ("carry", "data", "alphas", "first", "stop")]
        more = [n["rows"]] if self.gathered else [n["H"], n["far"]] if self.hoisted else []
        head = f"def descend({', '.join([*numbers, *more, '*', *sizes, 'length'])}):"
        lines = [f"{''.join(f'{name}, ' for name in data)}= {n['data']}"] if data else []
        lines += [
            *self.code.once,
            *(self.rest.once if self.rest else ()),
            "",
            f"def {n['body']}({n['row']}, {n['state']}):",
            *indented(1, self.body()),
            "",
        ]
        lines += [f"{n['fresh']} = ({', '.join(self.room())},)"]
        lines += [f"return lax.fori_loop(0, {n['stop']}, {n['body']}, ({n['carry']}, {n['fresh']}))"]
        return module([head, *indented(1, lines)])

    def room(self) -> list[str]:
        """Empty pages in the recorder's order: parameters, cost, states, squared gradient norm."""
        shapes = [p.shape for p in self.plan.params]
        states = [p.shape for p in self.plan.params for _ in self.plan.rule.state]
        return [f"np.zeros({('length', *s)})".replace("'length'", "length") for s in (*shapes, (), *states, ())]

    def carried(self) -> list[str]:
        own = [*(p.code for p in self.plan.params), *(s for group in self.state for s in group)]
        return own + ([self.n[x] for x in ANCHORED.split()] if self.hoisted else [])

    def body(self) -> list[str]:
        n, plan = self.n, self.plan
        lines = [f"({', '.join(self.carried())},), {n['page']} = {n['state']}", f"{n['k']} = {n['first']} + {n['row']}"]
        for name, axis in self.gathered.items():
            lines.append(f"{name}_ = np.take({name}, {n['rows']}[{n['row']}], axis={axis})")
        lines += self.foretold() if self.hoisted else self.batched(self.direct(self.code, "J", self.slope))
        lines += [f"{n['square']} = {self.total(self.slope)}"]
        shown = [*(p.code for p in plan.params), "J", *(s for group in self.state for s in group), n["square"]]
        filled = ", ".join(f"{n['page']}[{j}].at[{n['row']}].set({name})" for j, name in enumerate(shown))
        lines += [f"{n['page']} = ({filled},)", *self.update()]
        return [*lines, f"return ({', '.join(self.carried())},), {n['page']}"]

    def direct(self, code: Traced, cost: str, names: Sequence[str]) -> list[str]:
        """Cost and slopes from the data."""
        value, *slopes = code.outputs
        lines = [*code.each, f"{cost} = np.asarray({value}, dtype=float)"]
        for g, p, slope in zip(names, self.plan.params, slopes, strict=True):
            lines.append(f"{g} = np.broadcast_to(np.asarray({slope}, dtype=float), {p.shape})")
        return lines

    def foretold(self) -> list[str]:
        """Cost and slopes from the anchor's; from the data, at a new anchor, where rounding could be seen."""
        n, params, moves = self.n, self.plan.params, [self.n[x] for x in ANCHORED.split()]
        flat = f"{n['theta']} = {_flat([p.code for p in params])}"
        lines = [flat, f"{n['d']} = {n['theta']} - {n['anchor']}", f"{n['h']} = {n['H']} @ {n['d']}"]
        lines += [f"{n['Q']} = {n['J_anchor']} + np.sum(({n['at_anchor']} + 0.5*{n['h']})*{n['d']})"]
        lines += [f"{n['q']} = {n['at_anchor']} + {n['h']}", *self.beside(), f"{n['near']} = {self.near()}"]
        lines += ["", f"def {n['again']}():", *indented(1, self.direct(self.code, "J", self.slope))]
        low, part = (f"np.where(J > 0.0, {by}*J, -math.inf)" for by in (FALL, TURN**0.5))
        slope = _flat(self.slope)
        moved = f"J, {slope}, J, {low}, {part}, {n['passes']} + 1.0, {n['theta']}, {slope}"
        stays = ", ".join([n["Q"], n["q"], *moves])
        lines += [f"    return {moved}", ""]
        lines += [f"{stays} = lax.cond({n['near']}, lambda: ({stays}), {n['again']})"]
        total = (n["Q"], n["q"]) if self.rest is None else (f"{n['Q']} + {n['R']}", f"{n['q']} + {n['r']}")
        lines += [f"J, {n['q']} = {', '.join(total)}"]
        begin = 0
        for g, p in zip(self.slope, params, strict=True):
            lines.append(f"{g} = {n['q']}[{begin}:{begin + p.size}].reshape({p.shape})")
            begin += p.size
        return lines

    def beside(self) -> list[str]:
        """The rest and its slopes, which every step computes."""
        if self.rest is None:
            return []
        return [*self.direct(self.rest, self.n["R"], self.slope), f"{self.n['r']} = {_flat(self.slope)}"]

    def near(self) -> str:
        n = self.n
        d, q = (f"np.sum({n[x]}*{n[x]})" for x in "dq")
        if self.rest is None:
            return f"({n['far']}*{d} <= {q}) & ({n['Q']} > {n['low']})"
        g = f"np.sum(({n['q']} + {n['r']})**2)"
        still = f"({n['far']}*{d} <= np.maximum({g}, {FALLEN / TURN}*{q}))"
        return f"{still} & (({n['Q']} + {n['R']} > {n['low']}) | ({n['Q']} >= {n['part']}))"

    def batched(self, lines: list[str]) -> list[str]:
        """The same lines over the drawn rows."""
        import re

        for name in self.gathered:
            lines = [re.sub(rf"\b{name}\b", f"{name}_", line) for line in lines]
        return lines

    def total(self, names: list[str]) -> str:
        parts = [
            f"np.vdot({x}, {x})" if p.is_array else f"{x}*{x}" for x, p in zip(names, self.plan.params, strict=True)
        ]
        return " + ".join(parts)

    def update(self) -> list[str]:
        n, plan, lines = self.n, self.plan, list[str]()
        for j, p in enumerate(plan.params):
            named = {THETA: p.code, G: self.slope[j], ALPHA: self.alpha(j), K: n["k"]}
            named |= dict(zip(plan.rule.state, self.state[j], strict=True))
            lines += plan.rule.emit(named, arrays=True)
        return lines

    def alpha(self, j: int) -> str:
        schedule = self.plan.schedule
        at = 0 if schedule.shared else j
        rate = schedule.rates[at]
        if rate.code is not None and not rate.is_constant:
            return f"({python(rate.given, {K: self.n['k']}, arrays=True)})"
        functions = any(r.is_function for r in schedule.rates)
        return f"{self.n['alphas']}[{at}, {self.n['row'] if functions else 0}]"


def _flat(names: Sequence[str]) -> str:
    return f"np.concatenate(({', '.join(f'np.ravel({name})' for name in names)},))"
