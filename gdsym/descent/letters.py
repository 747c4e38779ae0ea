"""The letters of an update rule: theta, g (gradient), alpha (learning rate), k (step, 0 first)."""

from __future__ import annotations

import sympy

THETA, G, ALPHA, K = sympy.symbols("theta g alpha k")
LETTERS = {"theta": THETA, "g": G, "alpha": ALPHA, "k": K}
