"""The source of a whole run for JAX: cost, update equations and stop tests in the body of one while loop."""

from __future__ import annotations

from collections.abc import Mapping

from gdsym.arrays.program import Program
from gdsym.backends.function import indented
from gdsym.backends.traced import module, size_names, traced, traced_names
from gdsym.descent.emit import python
from gdsym.descent.letters import ALPHA, THETA, G, K
from gdsym.descent.loop import Plan

LOCALS = (
    "state page row rows why count k square tiny xtol2 ftol moved J_before J_last alphas first stop high length "
    "going body carry data fresh theta2 flat"
)


def traced_loop(plan: Plan, program: Program, gathered: Mapping[str, int]) -> str:
    """The module that defines `descend(carry, data, ...) -> why, rows, carry, pages`."""
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
        self.new = [self.names.own(f"new_{c}") for c in codes]
        graph = program.graph
        self.code = traced(
            [graph.value, *graph.gradients], self.names, size_names(program), hoist=not gathered
        )  # fmt: skip

    def module(self) -> str:
        n = self.n
        sizes = [i.name for i in self.program.inputs if i.kind == "size"]
        data = [i.name for i in self.program.inputs if i.kind == "data"]
        numbers = [n[x] for x in ("carry", "data", "alphas", "first", "stop", "high", "tiny", "xtol2", "ftol")]
        more = [n["rows"]] if self.gathered else []
        head = f"def descend({', '.join([*numbers, *more, '*', *sizes, 'length'])}):"
        lines = [f"{''.join(f'{name}, ' for name in data)}= {n['data']}"] if data else []
        lines += [*self.code.once, "", f"def {n['going']}({n['state']}):", *indented(self.going()), ""]
        lines += [f"def {n['body']}({n['state']}):", *indented(self.body()), ""]
        lines += [f"{n['fresh']} = ({', '.join(self.room())},)"]
        start = f"(0, 0, 0, {n['carry']}, {n['fresh']})"
        ends = f"{n['why']}, {n['count']}, {n['row']}, {n['carry']}, {n['page']}"
        lines += [f"{ends} = lax.while_loop({n['going']}, {n['body']}, {start})"]
        lines += [f"return {n['why']}, {n['count']}, {n['carry']}, {n['page']}"]
        return module([head, *indented(lines)])

    def going(self) -> list[str]:
        n = self.n
        return [f"return ({n['state']}[0] == 0) & ({n['state']}[2] < {n['stop']})"]

    def room(self) -> list[str]:
        """Empty pages in the recorder's order: parameters, cost, states, squared gradient norm."""
        shapes = [p.shape for p in self.plan.params]
        states = [p.shape for p in self.plan.params for _ in self.plan.rule.state]
        return [f"np.zeros({('length', *s)})".replace("'length'", "length") for s in (*shapes, (), *states, ())]

    def carried(self) -> list[str]:
        codes = [p.code for p in self.plan.params]
        return [
            *codes,
            *(s for group in self.state for s in group),
            *(self.n[x] for x in ("moved", "J_before", "J_last")),
        ]

    def body(self) -> list[str]:
        n, plan = self.n, self.plan
        lines = [f"{n['why']}, {n['count']}, {n['row']}, {n['flat']}, {n['page']} = {n['state']}"]
        lines += [f"{', '.join(self.carried())} = {n['flat']}", f"{n['k']} = {n['first']} + {n['row']}"]
        for name, axis in self.gathered.items():
            lines.append(f"{name}_ = np.take({name}, {n['rows']}[{n['row']}], axis={axis})")
        value, *slopes = self.code.outputs
        lines += self.batched([*self.code.each, f"J = np.asarray({value}, dtype=float)"])
        for g, p, code in zip(self.slope, plan.params, slopes, strict=True):
            lines += self.batched([f"{g} = np.broadcast_to(np.asarray({code}, dtype=float), {p.shape})"])
        lines += [f"{n['square']} = {self.total(self.slope)}", *self.tests()]
        shown = [*(p.code for p in plan.params), "J", *(s for group in self.state for s in group), n["square"]]
        filled = ", ".join(f"{n['page']}[{j}].at[{n['row']}].set({name})" for j, name in enumerate(shown))
        lines += [f"{n['page']} = ({filled},)", f"{n['count']} = {n['row']} + np.where({n['why']} == 1, 0, 1)"]
        lines += self.update()
        return lines + [
            f"return {n['why']}, {n['count']}, {n['row']} + 1, ({', '.join(self.carried())},), {n['page']}"
        ]  # fmt: skip

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

    def tests(self) -> list[str]:
        """The first test that holds says why."""
        n, plan = self.n, self.plan
        tests = [(f"~(np.isfinite(J) & np.isfinite({n['square']}))", 1)]
        tests += [(f"{n['square']} <= {n['tiny']}", 2)] if plan.gtol else []
        tests += [(f"(J >= {n['high']}) & (J > {n['J_last']})", 3)]
        theta = self.total([p.code for p in plan.params])
        tests += [(f"{n['moved']} <= {n['xtol2']}*({theta})", 4)] if plan.xtol else []
        tests += [(f"np.abs(J - {n['J_before']}) <= {n['ftol']}*np.abs({n['J_before']})", 5)] if plan.ftol else []
        chosen = "0"
        for test, why in reversed(tests):
            chosen = f"np.where({test}, {why}, {chosen})"
        return [f"{n['why']} = {chosen}", f"{n['J_before']} = {n['J_last']} = J"]

    def update(self) -> list[str]:
        n, plan, lines = self.n, self.plan, list[str]()
        for j, p in enumerate(plan.params):
            named = {THETA: p.code, G: self.slope[j], ALPHA: self.alpha(j), K: n["k"]}
            named |= dict(zip(plan.rule.state, self.state[j], strict=True))
            if plan.xtol:
                lines.append(f"{self.new[j]} = {p.code}")
            lines += plan.rule.emit(named, arrays=True)
        if plan.xtol:
            steps = [f"({p.code} - {old})" for p, old in zip(plan.params, self.new, strict=True)]
            lines.append(f"{n['moved']} = {self.total(steps)}")
        return lines

    def alpha(self, j: int) -> str:
        schedule = self.plan.schedule
        at = 0 if schedule.shared else j
        rate = schedule.rates[at]
        if rate.code is not None and not rate.is_constant:
            return f"({python(rate.given, {K: self.n['k']}, arrays=True)})"
        functions = any(r.is_function for r in schedule.rates)
        return f"{self.n['alphas']}[{at}, {self.n['row'] if functions else 0}]"
