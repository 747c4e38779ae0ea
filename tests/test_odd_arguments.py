"""Odd objects in the arguments of public functions: a result, or an error of ours that says what was asked and found."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sympy
from sympy import Eq, Function, I, IndexedBase, Lambda, Matrix, MatrixSymbol, Sum, symbols

import gdsym as gd

w, b, k = symbols("w b k")
i, m = symbols("i m", integer=True, positive=True)
x, y = IndexedBase("x"), IndexedBase("y")
LINE = gd.Cost(Sum((w * x[i] + b - y[i]) ** 2, (i, 1, m)) / (2 * m), [w, b])
DATA = {x: [1, 2], y: [300, 500]}
BOWL = gd.Cost((w - 3) ** 2, [w])
RUN = BOWL.descend({w: 0}, maxiter=3)
D = gd.derive(w**2 * b, w)
GRADIENT, TELLS, CODE = LINE.gradient(), LINE.insight(DATA), LINE.compile()
BOUND, TABLE = CODE.bind(DATA), gd.jacobian(["x*y", "x + y"], ["x", "y"])
EXP = gd.law("exp(u)", "exp(u)*Derivative(u, x)")
NUMBERS = [
    True,
    0,
    -1,
    1.5,
    math.nan,
    math.inf,
    1j,
    10**400,
    Fraction(1, 3),
    Decimal("NaN"),
    np.float32(2),
    np.bool_(True),
]
ARRAYS = [
    np.array([1.0, 2]),
    np.array(3.0),
    np.array([w, b]),
    np.array([1j, 2]),
    np.array([]),
    np.array("x"),
    [1],
    [[w]],
    (),
]
TEXTS = ["", "x", "1/0", "((((", "\x00", b"x", bytearray(b"w"), "a" * 20_000, Path("w")]
SYMPY = [
    w, w**2, x, x[i], MatrixSymbol("A", 2, 2), MatrixSymbol("A", 2, 2) * MatrixSymbol("B", 2, 2), Matrix([w, b]), Eq(w, 1),
    sympy.true, sympy.nan, sympy.zoo, I * w, Function("f"), Lambda(w, w), sympy.Interval(0, 1), sympy.Poly(w**2, w),
]  # fmt: skip
OTHERS = [
    None,
    {},
    {1: 2},
    {w: 1},
    {w, b},
    object(),
    lambda k: k,
    gd.Cost,
    math,
    slice(1),
    iter([1]),
    LINE,
    D,
    RUN,
    gd.Adam,
    ...,
]
ODD = [*NUMBERS, *ARRAYS, *TEXTS, *SYMPY, *OTHERS]
SPAN = (i, 1, m)

DOORS: dict[str, Callable[[Any], Any]] = {
    "read params": lambda it: gd.read("w*x", params=it),
    "derive expr": lambda it: gd.derive(it, w),
    "derive rules": lambda it: gd.derive(w**2, w, rules=it),
    "derive known": lambda it: gd.derive(w**2, w, known=it),
    "latex detail": lambda it: D.latex(detail=it),
    "latex known": lambda it: D.latex(known=it),
    "latex width": lambda it: D.latex(text_width=it),
    "text ascii": lambda it: GRADIENT.text(ascii=it),
    "markdown": lambda it: GRADIENT.markdown(detail=it),
    "gradient": lambda it: GRADIENT[it],
    "jacobian": lambda it: TABLE[it],
    "jacobian row": lambda it: TABLE[it, "x"],
    "directional": lambda it: gd.directional(w**2, {w: it}).result,
    "check": lambda it: gd.check(w**2, w, it),
    "fun": BOUND.fun,
    "unflat": BOUND.unflat,
    "value": lambda it: CODE.value({w: it, b: 1}, DATA),
    "insight": LINE.insight,
    "steps": TELLS.predicted_steps,
    "steps from": lambda it: TELLS.predicted_steps(1e-3, None, it),
    "rate": lambda it: BOWL.descend({w: 0}, maxiter=2, learning_rate=it),
    "update": lambda it: BOWL.descend({w: 0}, maxiter=2, update=it),
    "gtol": lambda it: BOWL.descend({w: 0}, maxiter=2, gtol=it),
    "row": RUN.history.row,
    "Adam": lambda it: gd.Adam(it, it, it),
    "AdaGrad": gd.AdaGrad,
    "UpdateRule": gd.UpdateRule,
    "UpdateRule equation": lambda it: gd.UpdateRule({"theta": it}),
    "UpdateRule start": lambda it: gd.UpdateRule({"theta": "theta - alpha*g"}, start=it),
    "UpdateRule latex": lambda it: gd.Adam().latex(it, it),
    "Rule": lambda it: gd.Rule(it, it, it),
    "rule's apply": lambda it: gd.derive(w**2, w, rules=(gd.Rule("r", EXP, lambda *_: it), *gd.RULES)),
    "mse": lambda it: gd.losses.mse(it, y[i], SPAN),
    "samples": lambda it: gd.losses.half_mse(w, y[i], it),
    "huber": lambda it: gd.losses.huber(w, y[i], SPAN, it),
    "log loss": lambda it: gd.losses.log_loss(it, y[i], SPAN),
    "softmax": lambda it: gd.losses.softmax_cross_entropy(x[i, k], it, SPAN, (k, 1, 3)),
    "ridge": lambda it: gd.losses.ridge(it, SPAN, it),
    "lasso": lambda it: gd.losses.lasso(x, it, b),
    "line": lambda it: gd.models.line(it, b, x[i]),
    "linear": lambda it: gd.models.linear(x, b, y, it, (k, 1, 3)),
    "polynomial": lambda it: gd.models.polynomial(x, w, it),
    "layer": lambda it: gd.models.one_hidden_layer(x, b, x, it, x, i, (k, 1, 3), SPAN),
    "logistic": gd.models.logistic,
    "plot.save": lambda it: gd.plot.save(it, "z.png"),
    "plot.rates": lambda it: gd.plot.learning_rates(BOWL, {w: 0}, it, maxiter=2),
}


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.filterwarnings("ignore::sympy.utilities.exceptions.SymPyDeprecationWarning")
def test_only_errors_of_ours_come_out(door: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from matplotlib import pyplot

    monkeypatch.chdir(tmp_path)
    for it in ODD:
        said = _said(DOORS[door], it)
        assert said is None or 20 < len(said) <= 600
        pyplot.close("all")


def _said(door: Callable[[Any], Any], it: Any) -> str | None:
    """Our error's message; any other error goes through."""
    try:
        door(it)
    except gd.GdsymError as failure:
        return str(failure)
    return None


@pytest.mark.parametrize("save", [RUN.save, D.save, lambda path: gd.plot.save(gd.plot.cost_curve(BOWL), path)])
@pytest.mark.parametrize(
    "path", [None, 1.5, [], b"x", "a" * 300 + ".json", "a" * 300 + ".png", "\x00.json", "a" * 300 + "/b.png"]
)
def test_a_file_has_a_name(save: Callable[[Any], Any], path: Any) -> None:
    with pytest.raises(gd.GdsymError):
        save(path)


def test_losses_and_models_take_text() -> None:
    line = gd.models.line("w", "b", "x[i]")
    assert gd.losses.mse(line, "y[i]", ("i", 1, "m")) == gd.read("Sum((w*x[i] + b - y[i])**2, (i, 1, m))/m").to_sympy()
    assert str(gd.losses.ridge("w", ("j", 1, "n"), "lambda")) == "lambda*Sum(w[j]**2, (j, 1, n))"


def test_a_rate_may_be_a_function_of_sympy() -> None:
    assert BOWL.descend({w: 0}, maxiter=3, learning_rate=Lambda(k, 0.1 / (1 + k))).nit == 3


def test_what_was_found_is_said() -> None:
    with pytest.raises(gd.GdsymTypeError, match=r"beta is 'x' \(str\); give a number from 0"):
        gd.Momentum("x")  # type: ignore[arg-type]
    with pytest.raises(gd.GdsymTypeError, match=r"samples is 3 .int.; give a range"):
        gd.losses.mse(w, b, 3)  # type: ignore[arg-type]
    with pytest.raises(gd.CostError, match="Row 5 is asked for; this Jacobian has 2 rows"):
        TABLE[5, "x"]
