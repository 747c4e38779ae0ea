"""A whole run as one compiled loop: the cost's own loops, the update equations and the stop tests inlined.

The loop fills rows of a page and comes back with a number: 0 the page is full, else why it stopped. Numbers that
change from step to step live in registers meanwhile and in `carry` between two pages.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from gdsym.arrays.graph import Op
from gdsym.arrays.program import Program
from gdsym.backends.anchored import Anchored, Rest
from gdsym.backends.extents import Extent, Extents
from gdsym.backends.function import module, names_of
from gdsym.backends.nest import Nest
from gdsym.descent.emit import python
from gdsym.descent.letters import ALPHA, THETA, G, K
from gdsym.descent.lines import indented
from gdsym.descent.plan import ARMIJO, Plan, hopeless
from gdsym.descent.task import Parameter
from gdsym.record import record

NONFINITE, GTOL, DIVERGED, XTOL, FTOL, NO_STEP = range(1, 7)
WORDS = {0: "", NONFINITE: "nonfinite", GTOL: "gtol", DIVERGED: "diverged", XTOL: "xtol", FTOL: "ftol", NO_STEP: "no_step"}  # fmt: skip
LOCALS = (
    "row k why square high moved J_before J_last alpha theta2 trial batch first last start stop carry tiny xtol2 ftol"
)
ARRAYS = "alphas rate_rows square_rows J_rows rows"


Part = tuple[Program, Extent]  # a program, and the index that its loop over the data runs along


@record
class Made:
    """The module, and in which order `descend` takes its arguments: names here -> names there are the same."""

    text: str
    arguments: tuple[str, ...]
    carried: tuple[str, ...]


def loop_source(plan: Plan, parts: Sequence[Part], gathered: Mapping[str, int], *, hoisted: bool) -> Made:
    """The module that defines `descend` for a plan over the graph of a cost, or of its quadratic part and the rest.

    `gathered` are a batch's arrays.
    """
    writer = _Writer(plan, parts, gathered, hoisted)
    return Made(writer.module(), tuple(writer.arguments()), tuple(writer.carried()))


class _Writer:
    """Names that clash with nothing, then the loop from top to bottom."""

    def __init__(self, plan: Plan, parts: Sequence[Part], gathered: Mapping[str, int], hoisted: bool) -> None:
        (self.program, self.swept), *rest = parts
        self.plan, self.gathered, self.rest = plan, gathered, rest
        self.before: list[str] = []  # memory and constants of loops beside the main one
        self.names, self.extents = names_of(self.program), Extents(self.program)
        self.n = {"J": "J"} | {word: self.names.own(word) for word in (LOCALS + " " + ARRAYS).split()}
        codes = [p.code for p in plan.params]
        self.slope = [f"g_{c}" for c in codes]
        states = range(len(plan.rule.state))
        self.state = [[self.names.own(f"{c}_s{j}") for j in states] for c in codes]
        self.column = [self.names.own(f"{c}_rows") for c in codes]
        self.state_rows = [[self.names.own(f"{c}_s{j}_rows") for j in states] for c in codes]
        self.old = [self.names.own(f"old_{c}") for c in codes]
        self.anchored = Anchored(plan.params, self.slope, self.n["J"], self.names) if hoisted else None
        self.own_slope = [self.names.own(f"r_{c}") for c in codes] if rest else []

    # the frame

    def module(self) -> str:
        n = self.n
        evaluate = self.evaluate()  # first: it says what memory it needs
        inner = [*evaluate, *self.squared(), *self.tests(), *self.rates(), *self.update()]
        body = [f'"""Rows of a run of {_plain(self.plan.rule.name)}: why it stopped (0: it did not), rows filled."""']
        body += self.unpacked() + self.room() + self.nest.lines.memory + self.nest.lines.once
        body += self.before
        body += [f"{n['why']} = 0", f"{n['row']} = {n['start']}", f"while {n['row']} < {n['stop']}:"]
        body += indented(1, inner + [f"{n['row']} += 1"]) + self.packed() + [f"return {n['why']}, {n['row']}"]
        return module([f"def descend({', '.join(self.arguments())}):", *indented(1, body)])

    def arguments(self) -> list[str]:
        """The cost's inputs that are arrays, sizes or data; the run's numbers; the columns."""
        n = self.n
        arrays = [p.code for p in self.plan.params if p.is_array]
        given = [i.name for i in self.program.inputs if i.kind != "param"]
        states = [s for group, p in zip(self.state, self.plan.params, strict=True) if p.is_array for s in group]
        numbers = [n[x] for x in ("carry", "alphas", "first", "last", "start", "stop", "high", "tiny", "xtol2", "ftol")]
        batch = [n["rows"]] if self.gathered else []
        anchor = self.anchored.arguments() if self.anchored else []
        return [*arrays, *states, *given, *anchor, *numbers, *batch, *self.columns()]

    def columns(self) -> list[str]:
        """In the recorder's order: parameters, cost, states, rates, squared gradient norm."""
        extra = [s for group in self.state_rows for s in group]
        rates = [self.n["rate_rows"]] if self.plan.schedule.search else []
        return [*self.column, self.n["J_rows"], *extra, *rates, self.n["square_rows"]]

    def carried(self) -> list[str]:
        """The numbers in `carry`, in order."""
        n = self.n
        plain = [(p.code, group) for p, group in zip(self.plan.params, self.state, strict=True) if not p.is_array]
        own = [c for c, _ in plain] + [s for _, group in plain for s in group]
        search = [n["alpha"]] if self.plan.schedule.search else []
        anchor = self.anchored.carried() if self.anchored else []
        return [*own, n["moved"], n["J_before"], n["J_last"], *search, *anchor]

    def unpacked(self) -> list[str]:
        return [f"{name} = {self.n['carry']}[{p}]" for p, name in enumerate(self.carried())]

    def packed(self) -> list[str]:
        return [f"{self.n['carry']}[{p}] = {name}" for p, name in enumerate(self.carried())]

    def room(self) -> list[str]:
        pairs = [*self.each(), *zip(self.own_slope, self.plan.params, strict=False)]
        lines = [f"{g} = np.empty({p.code}.shape)" for g, p in pairs if p.is_array]
        return lines + (self.anchored.memory() if self.anchored else [])

    def each(self) -> Iterable[tuple[str, Parameter]]:
        return zip(self.slope, self.plan.params, strict=True)

    # one step

    def evaluate(self) -> list[str]:
        """Cost and gradient at the parameters."""
        graph = self.program.graph
        self.nest = self.nested([graph.value, *graph.gradients])
        outputs = list(zip([self.n["J"], *self.slope], [graph.value, *graph.gradients], strict=True))
        last = [line for name, op in outputs for line in self.nest.output(op, name)]
        lines = [*self.nest.lines.each, *last]
        start = [f"{self.n['k']} = {self.n['first']} + {self.n['row']}"] if self.needs_k else []
        if self.gathered:
            start.append(f"{self.n['batch']} = {self.n['rows']}[{self.n['row']} - {self.n['start']}]")
        return start + (self.anchored.step(lines, self.beside()) if self.anchored else lines)

    def beside(self) -> Rest | None:
        """What is computed in every step beside the quadratic part."""
        if not self.rest:
            return None
        (program, swept), graph = self.rest[0], self.rest[0][0].graph
        value = self.names.own("R")
        nest = Nest([graph.value, *graph.gradients], Extents(program), self.names, swept)
        outputs = zip([value, *self.own_slope], [graph.value, *graph.gradients], strict=True)
        last = [line for name, op in outputs for line in nest.output(op, name)]
        self.before += [*nest.lines.memory, *nest.lines.once]
        return Rest(value, tuple(self.own_slope), [*nest.lines.each, *last])

    def nested(self, outputs: Sequence[Op]) -> Nest:
        return Nest(outputs, self.extents, self.names, self.swept, gathered=self.gathered, rows=self.rows)

    @property
    def rows(self) -> str:
        """Where the present batch's row numbers are."""
        return self.n["batch"]

    @property
    def needs_k(self) -> bool:
        used = {s for _, value in self.plan.rule.equations for s in value.free_symbols}
        changing = any(not r.is_constant for r in self.plan.schedule.rates)
        return K in used or changing or self.plan.schedule.search

    def squared(self) -> list[str]:
        return self.total("square", list(self.each()))

    def total(self, name: str, parts: Sequence[tuple[str, Parameter]]) -> list[str]:
        """`name` = the sum of the squares of all entries."""
        into = self.n[name]
        plain = [f"{x}*{x}" for x, p in parts if not p.is_array]
        lines = [f"{into} = {' + '.join(plain) or '0.0'}"]
        for x, p in parts:
            if p.is_array:
                letters, head = self.over(p)
                entry = f"{x}[{letters}]"
                lines += [*head, "    " * len(head) + f"{into} += {entry}*{entry}"]
        return lines

    def over(self, p: Parameter) -> tuple[str, list[str]]:
        """Letters for a parameter's entries and the loops that they run in."""
        letters = self.nest.inner[: len(p.shape)]
        head = ["    " * d + f"for {x} in range({p.code}.shape[{d}]):" for d, x in enumerate(letters)]
        return ", ".join(letters), head

    def tests(self) -> list[str]:
        n, plan = self.n, self.plan
        fine = f"{n['square']} > {n['tiny']}" if plan.gtol else f"{n['square']} < math.inf"
        # by comparison: isfinite is compiled to J - J, which these flags turn into 0
        odd = [f"if not (abs({n['J']}) < math.inf and {n['square']} < math.inf):"]
        odd += [f"    {n['why']} = {NONFINITE}", "    break", *self.record()]
        if plan.gtol:
            odd += self.stop(f"{n['square']} <= {n['tiny']}", GTOL)
        odd += self.stop(f"{n['J']} >= {n['high']} and {n['J']} > {n['J_last']}", DIVERGED)
        lines = [f"if {fine} and {n['J']} < {n['high']}:", *indented(1, self.record()), "else:", *indented(1, odd)]
        lines += [f"{n['J_last']} = {n['J']}"]
        if plan.xtol:
            lines += self.total("theta2", [(p.code, p) for p in plan.params])
            lines += self.stop(f"{n['moved']} <= {n['xtol2']}*{n['theta2']}", XTOL)
        if plan.ftol:
            change = f"abs({n['J']} - {n['J_before']}) <= {n['ftol']}*abs({n['J_before']})"
            lines += [*self.stop(change, FTOL), f"{n['J_before']} = {n['J']}"]
        return lines

    def stop(self, test: str, why: int) -> list[str]:
        return [f"if {test}:", f"    {self.n['why']} = {why}", f"    {self.n['row']} += 1", "    break"]

    def record(self) -> list[str]:
        row = self.n["row"]
        lines = []
        for p, column, states, columns in zip(
            self.plan.params, self.column, self.state, self.state_rows, strict=True
        ):  # fmt: skip
            for into, value in [(column, p.code), *zip(columns, states, strict=True)]:
                letters, head = self.over(p)
                entry = f"{into}[{row}, {letters}] = {value}[{letters}]" if letters else f"{into}[{row}] = {value}"
                lines += [*head, "    " * len(head) + entry]
        lines += [f"{self.n['J_rows']}[{row}] = {self.n['J']}", f"{self.n['square_rows']}[{row}] = {self.n['square']}"]
        return lines

    def alpha(self, j: int) -> str:
        """The rate of parameter j: constants and functions come in, expressions in k are computed."""
        schedule = self.plan.schedule
        if schedule.search:
            return self.n["alpha"]
        at = 0 if schedule.shared else j
        rate = schedule.rates[at]
        if rate.is_constant:
            return f"{self.n['alphas']}[{at}, 0]"
        return f"{self.n['alphas']}[{at}, {self.n['row']}]" if rate.is_function else f"{self.n['alpha']}{at}"

    def rates(self) -> list[str]:
        schedule = self.plan.schedule
        if schedule.search:
            return self.search()
        rates = schedule.rates[:1] if schedule.shared else schedule.rates
        return [
            f"{self.alpha(j)} = {python(r.given, {K: self.n['k']})}"
            for j, r in enumerate(rates)
            if not r.is_constant and not r.is_function
        ]

    def update(self) -> list[str]:
        """All parameters at once; entry by entry, so that nothing is stored in between."""
        n, lines = self.n, [f"{self.n['moved']} = 0.0"] if self.plan.xtol else []
        for j, p in enumerate(self.plan.params):
            if j and not self.plan.rule.simultaneous:
                again = self.nested([self.program.graph.gradients[j]])
                slope = again.output(self.program.graph.gradients[j], self.slope[j])
                self.before += [*again.lines.memory, *again.lines.once]
                lines += [*again.lines.each, *slope]
            letters, head = self.over(p)
            at = f"[{letters}]" if letters else ""
            named = {THETA: p.code + at, G: self.slope[j] + at, ALPHA: self.alpha(j), K: n["k"]}
            named |= {s: name + at for s, name in zip(self.plan.rule.state, self.state[j], strict=True)}
            body = list(self.plan.rule.emit(named, arrays=False))
            if self.plan.xtol:
                body = [f"{self.old[j]} = {p.code}{at}", *body]
                body += [f"{n['moved']} += ({p.code}{at} - {self.old[j]})*({p.code}{at} - {self.old[j]})"]
            lines += [*head, *indented(len(head), body)]
        return lines

    def search(self) -> list[str]:
        """Armijo: halve the rate until the cost falls by 1e-4 alpha ||g||^2; the next step tries twice as much."""
        n = self.n
        nest = self.nested([self.program.graph.value])
        cost = nest.output(self.program.graph.value, n["trial"])
        self.before += [*nest.lines.memory, *nest.lines.once]
        here, moved, back = [], [], []
        for j, (g, p) in enumerate(self.each()):
            letters, head = self.over(p)
            at = f"[{letters}]" if letters else ""
            here += [f"{self.old[j]} = {p.code}{'.copy()' if p.is_array else ''}"]
            moved += [*head, "    " * len(head) + f"{p.code}{at} = {self.old[j]}{at} - {n['alpha']}*{g}{at}"]
            back += [*head, "    " * len(head) + f"{p.code}{at} = {self.old[j]}{at}"]
        low = f"{n['J']} - {ARMIJO}*{n['alpha']}*{n['square']}"
        again = [*moved, *nest.lines.each, *cost]
        again += [f"if {n['trial']} <= {low}:", "    break", f"{n['alpha']} = {n['alpha']}*0.5"]
        again += [f"if {hopeless(n)}:", f"    {n['why']} = {NO_STEP}", "    break"]
        lines = [f"if {n['k']} == {n['last']}:", f"    {n['row']} += 1", "    break"]
        lines += [*here, f"{n['alpha']} = {n['alpha']}*2.0", "while True:", *indented(1, again), *back]
        return lines + [
            f"if {n['why']}:",
            f"    {n['row']} += 1",
            "    break",
            f"{n['rate_rows']}[{n['row']}] = {n['alpha']}",
        ]


def _plain(text: str) -> str:
    """Text that is safe inside a docstring."""
    return "".join(c if c.isalnum() or c in " +-*/().,:;=<>" else "?" for c in text)


__all__ = ["WORDS", "Made", "loop_source"]
