"""The source of a whole run for JAX: cost and update equations in the body of one loop that fills pages of rows.

The stop tests are made on the filled pages, all rows at once: rows behind a stop are not kept.
"""

from __future__ import annotations

from collections.abc import Mapping

from gdsym.arrays.program import Program
from gdsym.backends.traced import module, size_names, traced, traced_names
from gdsym.descent.emit import python
from gdsym.descent.letters import ALPHA, THETA, G, K
from gdsym.descent.lines import indented
from gdsym.descent.plan import Plan

LOCALS = "state page row rows k square alphas first stop length body carry data fresh"


def traced_loop(plan: Plan, program: Program, gathered: Mapping[str, int]) -> str:
    """The module that defines `descend(carry, data, alphas, first, stop, ...) -> carry, pages`."""
    return _Writer(plan, program, gathered).module()


class _Writer:
    """Names that clash with nothing, then the loop from top to bottom."""

    def __init__(self, plan: Plan, program: Program, gathered: Mapping[str, int]) -> None:
        self.plan, self.program, self.gathered = plan, program, gathered
        self.names = traced_names(program)
        self.n = {word: self.names.own(word) for word in LOCALS.split()} | {"J": "J"}
        self.n["length"] = "length" if "length" not in {i.name for i in program.inputs} else self.n["length"]
        codes = [p.code for p in plan.params]
        self.slope = [f"g_{c}" for c in codes]
        self.state = [[self.names.own(f"{c}_s{j}") for j in range(len(plan.rule.state))] for c in codes]
        graph = program.graph
        self.code = traced(
            [graph.value, *graph.gradients], self.names, size_names(program), hoist=not gathered
        )  # fmt: skip

    def module(self) -> str:
        n = self.n
        sizes = [i.name for i in self.program.inputs if i.kind == "size"]
        data = [i.name for i in self.program.inputs if i.kind == "data"]
        numbers = [n[x] for x in ("carry", "data", "alphas", "first", "stop")]
        more = [n["rows"]] if self.gathered else []
        head = f"def descend({', '.join([*numbers, *more, '*', *sizes, 'length'])}):"
        lines = [f"{''.join(f'{name}, ' for name in data)}= {n['data']}"] if data else []
        lines += [*self.code.once, "", f"def {n['body']}({n['row']}, {n['state']}):", *indented(1, self.body()), ""]
        lines += [f"{n['fresh']} = ({', '.join(self.room())},)"]
        lines += [f"return lax.fori_loop(0, {n['stop']}, {n['body']}, ({n['carry']}, {n['fresh']}))"]
        return module([head, *indented(1, lines)])

    def room(self) -> list[str]:
        """Empty pages in the recorder's order: parameters, cost, states, squared gradient norm."""
        shapes = [p.shape for p in self.plan.params]
        states = [p.shape for p in self.plan.params for _ in self.plan.rule.state]
        return [f"np.zeros({('length', *s)})".replace("'length'", "length") for s in (*shapes, (), *states, ())]

    def carried(self) -> list[str]:
        return [*(p.code for p in self.plan.params), *(s for group in self.state for s in group)]

    def body(self) -> list[str]:
        n, plan = self.n, self.plan
        lines = [f"({', '.join(self.carried())},), {n['page']} = {n['state']}", f"{n['k']} = {n['first']} + {n['row']}"]
        for name, axis in self.gathered.items():
            lines.append(f"{name}_ = np.take({name}, {n['rows']}[{n['row']}], axis={axis})")
        value, *slopes = self.code.outputs
        lines += self.batched([*self.code.each, f"J = np.asarray({value}, dtype=float)"])
        for g, p, code in zip(self.slope, plan.params, slopes, strict=True):
            lines += self.batched([f"{g} = np.broadcast_to(np.asarray({code}, dtype=float), {p.shape})"])
        lines += [f"{n['square']} = {self.total(self.slope)}"]
        shown = [*(p.code for p in plan.params), "J", *(s for group in self.state for s in group), n["square"]]
        filled = ", ".join(f"{n['page']}[{j}].at[{n['row']}].set({name})" for j, name in enumerate(shown))
        lines += [f"{n['page']} = ({filled},)", *self.update()]
        return [*lines, f"return ({', '.join(self.carried())},), {n['page']}"]

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
