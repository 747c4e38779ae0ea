"""Derivatives of log-gamma in generated code, over floats and over arrays."""

from __future__ import annotations

from typing import Final

BERNOULLI: Final = "(1/6, -1/30, 1/42, -1/30, 5/66, -691/2730, 7/6, -3617/510)"
POLYGAMMA: Final = (
    "def polygamma(n, u):  # upwards by the recurrence, then the asymptotic series; below 0 by reflection, for n < 2\n"
    "    if u < -1000 and n > 1:\n"
    "        return math.nan\n"
    "    x, total = u if u > 0 or n > 1 else 1 - u, 0.0\n"
    "    while x < 10 + n:\n"
    "        total, x = total + 1/x**(n + 1), x + 1\n"
    "    rest = math.gamma(n + 1)*(total + 0.5/x**(n + 1))\n"
    f"    for k, b in enumerate({BERNOULLI}):\n"
    "        rest += b*math.gamma(2*k + 2 + n)/math.gamma(2*k + 3)/x**(2*k + 2 + n)\n"
    "    value = math.log(x) - rest if n == 0 else (-1.0)**(n + 1)*(math.gamma(n)/x**n + rest)\n"
    "    if u > 0 or n > 1:\n"
    "        return value\n"
    "    at = math.pi*(u - math.floor(u + 0.5))\n"
    "    return value - math.pi/math.tan(at) if n == 0 else (math.pi/math.sin(at))**2 - value"
)
POLYGAMMAS: Final = (
    "def polygamma(n, u):  # upwards by the recurrence, then the asymptotic series; below 0 by reflection, for n < 2\n"
    "    x = np.where(u > 0, u, 1 - u) if n < 2 else np.where(u < -1000, np.nan, u)\n"
    "    total = np.zeros(x.shape)\n"
    "    while np.any(low := x < 10 + n):\n"
    "        total, x = total + low/x**(n + 1), x + low\n"
    "    rest = math.gamma(n + 1)*(total + 0.5/x**(n + 1))\n"
    f"    for k, b in enumerate({BERNOULLI}):\n"
    "        rest += b*math.gamma(2*k + 2 + n)/math.gamma(2*k + 3)/x**(2*k + 2 + n)\n"
    "    value = np.log(x) - rest if n == 0 else (-1)**(n + 1)*(math.gamma(n)/x**n + rest)\n"
    "    if n > 1 or np.all(u > 0):\n"
    "        return value\n"
    "    at = np.pi*(u - np.rint(u))\n"
    "    turned = value - np.pi/np.tan(at) if n == 0 else (np.pi/np.sin(at))**2 - value\n"
    "    return np.where(u > 0, value, turned)"
)
