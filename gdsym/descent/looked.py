"""Entries of what was looked at, and why they are no numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from gdsym.written import nodes as n


def folded(two: Callable[[Any, Any], Any], parts: Any) -> Any:
    first, *rest = parts
    for part in rest:
        first = two(first, part)
    return first


def entry_at(values: Any, at: tuple[int, ...], ndim: int) -> Any:
    """The entry at a place of the broadcast shape; whole numbers stay whole."""
    values = np.asarray(values)
    values = values.reshape((1,) * (ndim - values.ndim) + values.shape)
    entry = values[tuple(min(a, s - 1) for a, s in zip(at, values.shape, strict=True))]
    return int(entry) if values.dtype.kind == "i" else float(entry)


def reason_of(node: n.Node, arguments: list[float], nan: bool) -> str:
    if isinstance(node, n.Div) and arguments[1] == 0:
        return "the denominator is 0"
    outside = nan or (isinstance(node, n.Fn | n.Pow | n.Root) and arguments[0] == 0)
    if isinstance(node, n.Fn) and len(arguments) > 1:
        return f"the arguments are {', '.join(f'{a:.6g}' for a in arguments)}" + (
            "" if outside else ", the value too large"
        )
    if isinstance(node, n.Fn | n.Root) or (isinstance(node, n.Pow) and outside):
        word = "base" if isinstance(node, n.Pow) else "argument"
        return f"the {word} is {arguments[0]:.6g}" + ("" if outside else ", the value too large")
    return "the value is too large for a float"
