"""A whole run as Python source: the compiled cost, the update equations and the stop tests in one loop."""

from __future__ import annotations

import keyword
from collections.abc import Sequence

from gdsym.arrays.names import WORD
from gdsym.descent.hoist import STEPS
from gdsym.descent.letters import ALPHA, THETA, G, K
from gdsym.descent.lines import free, harmless, imports_once, indented, texts
from gdsym.descent.plan import ARMIJO, Plan, hopeless, state_name
from gdsym.descent.schedule import Rate
from gdsym.descent.task import freed, python_lines

CALLS = ("page", "judge", "rate", "watch", "draw", "epoch")
NUMBERS = ("first", "last", "tiny", "xtol2", "ftol")
LOCALS = ("rows", "row", "why", "k", "J", "square", "high", "inf", "moved", "J_before", "alpha", "trial", "start")


def source(plan: Plan) -> tuple[str, dict[str, str]]:
    """The module text that defines `descend`, and what its keyword arguments are called there."""
    writer = _Writer(plan)
    return writer.module(), writer.n


class _Writer:
    """Names that clash with nothing, then the loop from top to bottom."""

    def __init__(self, plan: Plan) -> None:
        self.plan, self.program = plan, plan.program
        taken = set(WORD.findall("\n".join(texts(plan.program)))) | set(keyword.kwlist)
        states = [state_name(p.code, j) for p in plan.params for j in range(len(plan.rule.state))]
        self.n = {name: free(name, taken) for name in (*LOCALS, *CALLS, *NUMBERS, *states)}
        self.gradient = [free(f"g_{p.code}", taken) for p in plan.params]
        if plan.anchored:
            self.n |= {"J": plan.anchored.value, "square": plan.anchored.square}
            self.gradient = list(plan.anchored.gradients)
        self.state = [[self.n[state_name(p.code, j)] for j in range(len(plan.rule.state))] for p in plan.params]
        self.column = [free(f"{p.code}_rows", taken) for p in plan.params]
        self.extra = [free(f"extra{j}_rows", taken) for j in range(plan.state_columns + plan.rate_columns)]
        self.cost_rows, self.square_rows = free("J_rows", taken), free("square_rows", taken)
        self.old = [free(f"old_{p.code}", taken) for p in plan.params]

    @property
    def needs_k(self) -> bool:
        plan = self.plan
        changing = plan.schedule.search or any(not r.is_constant for r in plan.schedule.rates)
        return not plan.rule.is_plain or changing or plan.watched or bool(plan.batch)

    def module(self) -> str:
        lines = [
            "import math",
            "import numpy as np",
            *self.program.needs,
            "",
            "",
            self.head(),
            *indented(1, self.before()),
        ]
        lines += indented(1, [f"while {self.n['first']} <= {self.n['last']}:"])
        lines += indented(2, [*self.page(), *self.rows(), f"{self.n['first']} += {self.n['rows']}"])
        lines += indented(1, ["return 'max_steps'"])
        return "\n".join(imports_once(lines)) + "\n"

    def head(self) -> str:
        n = self.n
        inputs = [i.name for i in self.program.inputs if i.name not in self.plan.batch]
        states = [s for group in self.state for s in group]
        own = [n[name] for name in (*CALLS, *NUMBERS, *self.plan.earlier)]
        return f"def descend({', '.join([*inputs, *states])}, *, {', '.join(own)}):"

    def before(self) -> list[str]:
        n, plan = self.n, self.plan
        lines = [
            f'"""A run of {harmless(plan.rule.name)}; `page` gives the lists that the rows go to."""',
            f"{n['inf']} = math.inf",
        ]
        lines += [] if plan.batch else python_lines(self.program.once)
        lines += [f"{self.alpha(j)} = {r.code}" for j, r in self.rates() if r.is_constant]
        lines += [] if any(not r.is_constant for _, r in self.rates()) else self.together()
        return lines + (self.trial_cost() if plan.schedule.search else [])

    def page(self) -> list[str]:
        n = self.n
        columns = ", ".join([*self.column, self.cost_rows, *self.extra, self.square_rows])
        return [
            f"({columns}), {n['rows']}, {n['high']} = {n['page']}({n['first']})",
            f"if not {n['rows']}:",
            "    return 'nonfinite'",
        ]

    def rows(self) -> list[str]:
        """Each row of a page; where there is an anchor, it is looked at in steps that do not depend on the pages."""
        n, anchored = self.n, self.plan.anchored
        if not anchored:
            return [f"for {n['row']} in range({n['rows']}):", *indented(1, self.body())]
        some, start = f"range(-({n['first']} % {STEPS}), {n['rows']}, {STEPS})", n["start"]
        look = [f"if {start} >= 0:", *indented(1, [*anchored.each, f"if {anchored.far}:", *indented(1, anchored.move)])]
        inner = f"for {n['row']} in range(max({start}, 0), min({start} + {STEPS}, {n['rows']})):"
        return [f"for {start} in {some}:", *indented(1, [*look, inner, *indented(1, self.body())])]

    def body(self) -> list[str]:
        n, plan = self.n, self.plan
        lines = [f"{n['k']} = {n['first']} + {n['row']}"] if self.needs_k else []
        if plan.batch:
            lines += [f"{', '.join(plan.batch)}, = {n['draw']}({n['k']})", *python_lines(self.program.once)]
        lines += [*self.evaluate(), *self.tests()]
        if self.needs_k:  # the last row makes no step: nothing of the caller's is asked for it
            lines += [f"if {n['k']} == {n['last']}:", "    return 'max_steps'"]
        return lines + self.rate_lines() + self.update()

    def evaluate(self) -> list[str]:
        """Cost and gradients, written down as they come; what was made for them is let go: the next step finds its memory in the cache."""
        if self.plan.anchored:
            return list(self.plan.anchored.each)
        n = self.n
        lines = [*self.written(self.before_step()), *python_lines(self.program.each)]
        lines += [f"{self.cost_rows}[{n['row']}] = {n['J']} = {self.number(self.program.value)}"]
        lines += [self.gradient_line(j) for j in range(len(self.plan.params))]
        square = f"{self.square_rows}[{n['row']}] = {n['square']} = {self.float_square(self.gradient)}"
        return [*lines, *freed(self.program.each), square]

    def gradient_line(self, j: int) -> str:
        code = self.program.gradients[j]
        return f"{self.gradient[j]} = {code if self.plan.params[j].is_array else self.number(code)}"

    def number(self, code: str) -> str:
        """NumPy's scalars are slow in plain arithmetic; a float is not."""
        return code if self.plan.scalar or code.startswith("float(") else f"float({code})"

    def square(self, names: Sequence[str]) -> str:
        return " + ".join(_dot(name, p.shape) for name, p in zip(names, self.plan.params, strict=True))

    def float_square(self, names: Sequence[str]) -> str:
        square = self.square(names)
        return f"float({square})" if any(p.is_array for p in self.plan.params) else square

    def tests(self) -> list[str]:
        n, plan = self.n, self.plan
        lines = self.anchored_tests() if plan.anchored else self.own_tests()
        theta = self.square([p.code for p in plan.params])
        if plan.xtol:
            lines += [f"if {n['moved']} <= {n['xtol2']}*({theta}):", "    return 'xtol'"]
        if plan.ftol:
            lines += [f"if abs({n['J']} - {n['J_before']}) <= {n['ftol']}*abs({n['J_before']}):", "    return 'ftol'"]
            lines += [f"{n['J_before']} = {n['J']}"]
        here = ", ".join([n["k"], *(p.code for p in plan.params)])
        for hook in (["epoch"] if plan.batch else []) + (["watch"] if plan.watched else []):
            lines += [f"{n['why']} = {n[hook]}({here})", f"if {n['why']}:", f"    return {n['why']}"]
        return lines

    def own_tests(self) -> list[str]:
        """An odd row is judged; one that is no number does not count."""
        n = self.n
        numbers = f"{n['square']} > {n['tiny']}" if self.plan.gtol else f"{n['square']} < {n['inf']}"  # both: no NaN
        odd = [f"{n['why']} = {n['judge']}({n['row']}, {n['J']}, {n['square']})", f"if {n['why']} == 'nonfinite':"]
        odd += [f"    {self.square_rows}[{n['row']}] = None", f"if {n['why']}:", f"    return {n['why']}"]
        return [f"if not ({numbers} and {n['J']} < {n['high']}):", *indented(1, odd)]

    def anchored_tests(self) -> list[str]:
        """The same; a row that was computed too far from the anchor is first computed anew."""
        n, anchored, record = self.n, self.plan.anchored, self.record()
        assert anchored
        late = [f"if {anchored.late}:", *indented(1, anchored.move)]
        late += [f"{n['why']} = {n['judge']}({n['row']}, {n['J']}, {n['square']})", f"if {n['why']} != 'nonfinite':"]
        late += [*indented(1, record), f"if {n['why']}:", f"    return {n['why']}"]
        fine = anchored.fine.format(J=n["J"], high=n["high"])
        return [f"if {fine}:", *indented(1, record), "else:", *indented(1, late)]

    def before_step(self) -> list[tuple[str, str]]:
        """What a row holds before anything is computed: parameters, and the rule's memory."""
        states = [s for group in self.state for s in group]
        codes = [p.code for p in self.plan.params]
        return [*zip(self.column, codes, strict=True), *zip(self.extra, states, strict=False)]

    def record(self) -> list[str]:
        """The last column is filled last: a row whose filling was interrupted does not count."""
        return self.written([*self.before_step(), (self.cost_rows, self.n["J"]), (self.square_rows, self.n["square"])])

    def written(self, pairs: Sequence[tuple[str, str]]) -> list[str]:
        return [f"{column}[{self.n['row']}] = {value}" for column, value in pairs]

    def rates(self) -> list[tuple[int, Rate]]:
        """(position, rate) of each rate that has a name of its own."""
        rates = list(enumerate(self.plan.schedule.rates))
        return rates[:1] if self.plan.schedule.shared else rates

    def alpha(self, j: int) -> str:
        whose = self.plan.parts or self.plan.params
        return self.n["alpha"] if self.plan.schedule.shared else f"{self.n['alpha']}_{whose[j].code}"

    def together(self) -> list[str]:
        """A rate for each entry, where parameters with rates of their own are one vector."""
        parts = self.plan.parts
        if not parts or self.plan.schedule.shared:
            return []
        rates, sizes = ", ".join(self.alpha(j) for j in range(len(parts))), ", ".join(str(p.size) for p in parts)
        return [f"{self.n['alpha']} = np.repeat(({rates},), ({sizes},))"]

    def rate_lines(self) -> list[str]:
        if self.plan.schedule.search:
            return self.search()
        changing = [(j, r) for j, r in self.rates() if not r.is_constant]
        asked = "{rate}({k}, ".format(**self.n)
        lines = [f"{self.alpha(j)} = {r.in_loop(self.n['k']) or f'{asked}{j})'}" for j, r in changing]
        lines += self.together() if changing else []
        if self.plan.rate_columns:
            columns = self.extra[self.plan.state_columns :]
            lines += [
                f"{c}[{self.n['row']}] = {self.alpha(j)}" for c, (j, _) in zip(columns, self.rates(), strict=True)
            ]
        return lines

    def search(self) -> list[str]:
        """Armijo: halve the rate until the cost falls by 1e-4 alpha ||g||^2; the next step tries twice as much."""
        n = self.n
        moved = ", ".join(f"{p.code} - {n['alpha']}*{g}" for p, g in zip(self.plan.params, self.gradient, strict=True))
        return [
            f"{n['alpha']} = {n['alpha']}*2.0",
            f"while not {n['trial']}({moved}) <= {n['J']} - {ARMIJO}*{n['alpha']}*{n['square']}:",
            f"    {n['alpha']} = {n['alpha']}*0.5",
            f"    if {hopeless(n)}:",
            "        return 'no_step'",
            f"{self.extra[-1]}[{n['row']}] = {n['alpha']}",
        ]

    def trial_cost(self) -> list[str]:
        """The cost alone, at trial parameters; what cannot be computed counts as too high."""
        lines = [f"def {self.n['trial']}({', '.join(p.code for p in self.plan.params)}):", "    try:"]
        lines += indented(2, [*python_lines(self.program.each), f"return {self.program.value}"])
        return lines + indented(1, ["except (ArithmeticError, ValueError):", f"    return {self.n['inf']}"])

    def update(self) -> list[str]:
        lines = (
            [f"{old} = {p.code}" for old, p in zip(self.old, self.plan.params, strict=True)] if self.plan.xtol else []
        )
        for j in range(len(self.plan.params)):
            if j and not self.plan.rule.simultaneous:
                lines += [*python_lines(self.program.each), self.gradient_line(j)]
            lines += self.equations(j)
        if self.plan.xtol:
            steps = [f"({p.code} - {old})" for p, old in zip(self.plan.params, self.old, strict=True)]
            lines.append(f"{self.n['moved']} = {self.square(steps)}")
        return lines

    def equations(self, j: int) -> tuple[str, ...]:
        p, rule = self.plan.params[j], self.plan.rule
        alpha = self.n["alpha"] if self.plan.parts else self.alpha(j)
        names = {THETA: p.code, G: self.gradient[j], ALPHA: alpha, K: self.n["k"]}
        names |= dict(zip(rule.state, self.state[j], strict=True))
        lines = rule.emit(names, arrays=p.is_array)
        if self.plan.anchored and p.is_array:  # the gradient's array is used again
            lines = tuple(f"{line}.copy()" if line.endswith(f" = {self.gradient[j]}") else line for line in lines)
        return lines


def _dot(name: str, shape: tuple[int, ...]) -> str:
    if not shape:
        return f"{name}*{name}"
    return f"{name}.dot({name})" if len(shape) == 1 else f"np.vdot({name}, {name})"
