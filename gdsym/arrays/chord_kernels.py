"""Divided differences of exp at two and three places that may be near, or equal: for generated code."""

from __future__ import annotations

from typing import Final

OF_ARRAYS: Final = {
    "exp_chord": (
        "def exp_chord(u, v):  # (exp(u) - exp(v))/(u - v), exp(u) where both are equal\n"
        "    d = np.abs(u - v)\n"
        "    return np.exp(np.maximum(u, v))*np.where(d > 0, -np.expm1(-d)/np.where(d > 0, d, 1), 1)"
    ),
    "exp_bend": (
        "def exp_bend(u, v, w):  # (exp_chord(u, v) - exp_chord(v, w))/(u - w), exp(u)/2 where all are equal\n"
        "    top = np.maximum(np.maximum(u, v), w)\n"
        "    x = np.minimum(np.minimum(u, v), w) - top\n"
        "    y = np.maximum(np.minimum(u, v), np.minimum(np.maximum(u, v), w)) - top\n"
        "    near = x > -1\n"
        "    a, b = np.where(near, x, 0), np.where(near, y, 0)\n"
        "    term, power, total = 1.0, 1.0, 0.5\n"
        "    for k in range(3, 21):\n"
        "        power = power*b\n"
        "        term = a*term + power\n"
        "        total = total + term/math.factorial(k)\n"
        "    first = np.where(y < 0, np.expm1(y)/np.where(y < 0, y, 1), 1)\n"
        "    other = np.exp(y)*np.where(x < y, np.expm1(x - y)/np.where(x < y, x - y, 1), 1)\n"
        "    return np.exp(top)*np.where(near, total, (other - first)/np.where(near, 1, x))"
    ),
}
OF_ONE: Final = {
    "exp_chord": (
        "def exp_chord(u, v):  # (exp(u) - exp(v))/(u - v), exp(u) where both are equal\n"
        "    d = abs(u - v)\n"
        "    return math.exp(max(u, v))*(-math.expm1(-d)/d if d > 0 else 1.0)"
    ),
    "exp_bend": (
        "def exp_bend(u, v, w):  # (exp_chord(u, v) - exp_chord(v, w))/(u - w), exp(u)/2 where all are equal\n"
        "    top = max(max(u, v), w)\n"
        "    x = min(min(u, v), w) - top\n"
        "    y = max(min(u, v), min(max(u, v), w)) - top\n"
        "    total = 0.5\n"
        "    if x > -1:\n"
        "        term, power, number = 1.0, 1.0, 0.5\n"
        "        for k in range(3, 21):\n"
        "            number = number/k\n"
        "            power = power*y\n"
        "            term = x*term + power\n"
        "            total = total + term*number\n"
        "    else:\n"
        "        first = math.expm1(y)/y if y < 0 else 1.0\n"
        "        other = math.exp(y)*(math.expm1(x - y)/(x - y) if x < y else 1.0)\n"
        "        total = (other - first)/x\n"
        "    return math.exp(top)*total"
    ),
}
COUNTS: Final = {"exp_chord": 2, "exp_bend": 3}  # of arguments
