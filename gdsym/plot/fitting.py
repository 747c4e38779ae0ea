"""Data points and the lines or curves that were fitted to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import sympy

from gdsym.arrays.data import refuse_holes
from gdsym.cost import Cost
from gdsym.errors import DataError, GdsymError, GdsymTypeError
from gdsym.keywords import known_keywords
from gdsym.plot import style
from gdsym.plot.labels import math_of, words
from gdsym.plot.runs import MOST, labels
from gdsym.writing.names import latex_name

Array = npt.NDArray[np.float64]
POINTS = 241
MANY, VERY_MANY = 200, 5000  # points: a cloud under the curve; a picture in an .svg, too
POLE = 3.0  # times as high as data and predictions: such a curve is cut
MOST_DISTANCES = 60


@known_keywords
def fit(model: Any, data: Mapping[Any, Any], fits: Any, *, x: Any = None, y: Any = None, ax: Any = None) -> Any:
    """Data points and the model's curve for each of `fits`; with a single fit also the distances to it.

    Args:
        model: what is predicted, a SymPy expression in one input, `w*x[i] + b` or `w*x + b`;
            or a `Cost` of which exactly one named part (`where=`) is that.
        data: as for `descend`: the input and the target, and further numbers of the model.
        fits: a run, parameters {w: 2, b: 1}, several of these, or a dict label -> one of these.
        x, y: which data are the input and the target; may be left out if the model and the data say it.
        ax: the Axes to draw on; without it a new figure of column width.

    Returns:
        The Axes.

    Example:
        >>> from sympy import IndexedBase, symbols
        >>> import gdsym as gd
        >>> w, b, i = symbols("w b i")
        >>> x, y = IndexedBase("x"), IndexedBase("y")
        >>> ax = gd.plot.fit(w*x[i] + b, {x: [1, 2], y: [300, 500]}, {w: 200, b: 100})
        >>> ax.get_xlabel(), ax.get_ylabel()
        ('$x$', '$y$')
    """
    expr = _model_of(model)
    given, names = _fits(fits)
    inputs = _input(expr, data, given, x)
    target = _target(data, inputs, y)
    across, up = _column(data, inputs), _column(data, target)
    if len(across) != len(up):
        raise DataError(f"{inputs} has {len(across)} entries but {target} has {len(up)}; give them equal length.")
    with style.look():
        ax = style.axes_or_new(ax)
        few = len(across) <= MANY
        ax.plot(
            across, up, "o", color=style.INK if few else style.GREY, markersize=3.6 if few else 1.8, markeredgewidth=0,
            zorder=3 if few else 1, label="data", rasterized=len(across) > VERY_MANY,
        )  # fmt: skip
        _draw_fits(ax, expr, inputs, data, given, names, across, up)
        ax.set_xlabel(math_of(latex_name(_name(inputs))))
        ax.set_ylabel(math_of(latex_name(_name(target))))
        return style.dressed(ax)


def _model_of(model: Any) -> Any:
    if not isinstance(model, Cost):
        return (
            sympy.Float(model)
            if isinstance(model, float)
            else sympy.Integer(model)
            if isinstance(model, int)
            else _sympy(model)
        )
    parts = list(model.where.values())
    if len(parts) == 1:
        return parts[0]
    raise GdsymError(
        f"A cost does not say which part of it is the model; it has {len(parts)} named parts. "
        "Give the model itself, e.g. fit(w*x[i] + b, data, run)."
    )


def _sympy(model: Any) -> Any:
    if isinstance(model, str):
        from gdsym.reading import read

        return read(model).to_sympy()
    if not isinstance(model, sympy.Expr):
        raise GdsymTypeError(f"The model is a SymPy expression such as w*x[i] + b, not {type(model).__name__}.")
    return model


def _fits(fits: Any) -> tuple[list[Mapping[Any, Any]], list[str]]:
    """Parameters of every fit, and what it is called ('' for a single one without a label)."""
    labelled = isinstance(fits, Mapping) and bool(fits) and all(_is_fit(v) for v in fits.values())
    several = list(fits.values()) if labelled else list(fits) if isinstance(fits, (list, tuple)) else [fits]
    if not several or not all(_is_fit(f) for f in several):
        raise GdsymTypeError(
            "fits is a run, parameters such as {w: 2, b: 1}, several of these, or a dict label -> one of these."
        )
    if len(several) > MOST:
        raise GdsymError(f"fit tells {MOST} curves apart, but {len(several)} were given: choose some of them.")
    if labelled:
        names = list(labels(fits)) if all(hasattr(f, "history") for f in several) else [words(k) for k in fits]
    else:
        names = (
            list(labels(several))
            if len(several) > 1 and all(hasattr(f, "history") for f in several)
            else _numbered(len(several))
        )
    return [f.params if hasattr(f, "history") else f for f in several], names


def _numbered(count: int) -> list[str]:
    return ["fit"] if count == 1 else [f"fit {k + 1}" for k in range(count)]


def _is_fit(value: Any) -> bool:
    return hasattr(value, "history") or isinstance(value, Mapping)


def _name(key: Any) -> str:
    return str(getattr(key, "label", getattr(key, "base", key)))


def _letters(expr: Any) -> dict[str, Any]:
    """Free letters and arrays of the model by name; indices do not count."""
    indexed = {_name(e.base): e.base for e in expr.atoms(sympy.Indexed)}
    indices = {s for e in expr.atoms(sympy.Indexed) for i in e.indices for s in i.free_symbols}
    arrays = {b.label for b in indexed.values()}
    plain = {
        s.name: s for s in expr.free_symbols if isinstance(s, sympy.Symbol) and s not in indices and s not in arrays
    }
    return dict(sorted((plain | indexed).items()))


def _input(expr: Any, data: Mapping[Any, Any], fits: Sequence[Mapping[Any, Any]], asked: Any) -> str:
    """The name of the data array that the model depends on."""
    if not isinstance(data, Mapping) or not data:
        raise DataError("fit needs the data as a dict, e.g. {x: [1, 2], y: [300, 500]}.")
    params = {_name(k) for f in fits for k in f}
    found = [n for n in _letters(expr) if n not in params and _has(data, n) and np.ndim(_value(data, n)) == 1]
    if len(found) == 1 and (asked is None or found[0] == _name(asked)):
        return found[0]
    have = ", ".join(_name(k) for k in data)
    what = f"the inputs {', '.join(found)[:80]}" if found else "no input among the data"
    wanted = "one input with one entry a sample" + (f", here {_name(asked)}" if asked is not None else "")
    raise DataError(
        f"The model {str(expr)[:120]} has {what}, but a picture needs {wanted}; the data hold {have[:120]}."
    )


def _has(data: Mapping[Any, Any], name: str) -> bool:
    return any(_name(k) == name for k in data)


def _value(data: Mapping[Any, Any], name: str) -> Any:
    return next(v for k, v in data.items() if _name(k) == name)


def _column(data: Mapping[Any, Any], name: str) -> Array:
    try:
        column = np.asarray(_value(data, name), dtype=float)
    except (TypeError, ValueError):
        raise DataError(f"{name} does not hold numbers only; give a list of numbers.") from None
    refuse_holes(column, name)
    return column


def _target(data: Mapping[Any, Any], inputs: str, asked: Any) -> str:
    others = [_name(k) for k, v in data.items() if _name(k) != inputs and np.ndim(v) == 1]
    if asked is not None:
        others = [n for n in others if n == _name(asked)]
    if len(others) == 1:
        return others[0]
    found = (
        f"several data could be the target ({', '.join(others)})"
        if others
        else f"besides {inputs} the data hold no list of numbers as target"
    )
    raise DataError(f"{found[0].upper()}{found[1:]}; name the target with y=..., as it is called in the data.")


def _draw_fits(
    ax: Any,
    expr: Any,
    inputs: str,
    data: Mapping[Any, Any],
    fits: Sequence[Mapping[Any, Any]],
    names: Sequence[str],
    across: Array,
    up: Array,
) -> None:
    low, high = across.min(), across.max()
    more = 0.06 * (high - low) or 1.0
    ticks = np.linspace(low - more, high + more, POINTS)
    heights = [up]
    for which, params in enumerate(fits):
        predict = _Predictor(expr, inputs, data, params)
        colour, dash = style.COLOURS[which % len(style.COLOURS)], style.DASHES[which % len(style.DASHES)]
        curve, there = predict(ticks), predict(across if len(across) <= MANY else across[:: len(across) // MANY])
        heights += [there, np.quantile(curve[np.isfinite(curve)], [0.05, 0.95]) if np.isfinite(curve).any() else there]
        ax.plot(ticks, curve, color=colour, linestyle=dash, linewidth=1.4, zorder=2, label=names[which])
        if len(fits) == 1 and len(across) <= MOST_DISTANCES:
            ax.vlines(across, up, predict(across), color=style.GREY, linewidth=0.6, zorder=1)
    ax.set_xlim(ticks[0], ticks[-1])
    _cut_poles(ax, np.concatenate(heights))
    style.key_above(ax, ax.get_legend_handles_labels()[0])


def _cut_poles(ax: Any, heights: Array) -> None:
    """Where a curve goes far beyond the data and its own predictions, these choose the frame."""
    low, high = (f(heights[np.isfinite(heights)]) for f in (np.min, np.max))
    bottom, top = ax.get_ylim()
    if top - bottom > POLE * (high - low) > 0:
        ax.set_ylim(low - 0.3 * (high - low), high + 0.3 * (high - low))


class _Predictor:
    """The model as a compiled function of its input, parameters put in as data."""

    def __init__(self, expr: Any, inputs: str, data: Mapping[Any, Any], params: Mapping[Any, Any]) -> None:
        free = sympy.Symbol("model_input", real=True)
        entries = {e: free for e in expr.atoms(sympy.Indexed) if _name(e.base) == inputs}
        swapped = expr.xreplace(entries) if entries else expr.xreplace({_letters(expr)[inputs]: free})
        self.free, names = free, _letters(swapped)
        numbers = {_name(k): v for k, v in (*data.items(), *params.items())}
        missing = [n for n in names if n not in numbers and n != free.name]
        if missing:
            raise GdsymError(
                f"The fit gives no number for {', '.join(missing)[:80]} of the model; add it to the fit or the data."
            )
        self.bound = Cost(swapped, [free]).compile().bind({n: numbers[n] for n in names if n != free.name})

    def __call__(self, ticks: Array) -> Array:
        with np.errstate(all="ignore"):
            return np.array([self.bound.fun([t]) for t in ticks], dtype=float)
