"""Log-gamma and its derivatives at two places a step d apart, for generated code: Stirling's series as divided differences.

x is the smaller place and z the larger one, both at least 10: what is below goes upwards by the recurrence. b and slope
are a polynomial in 1/x^2, the rest of the series, and its divided difference from there to 1/z^2, both by Horner's scheme.
h/(u (u + h)) is the share h/(u + h), at most 1, over u: u (u + h) may be 0 or infinite. The minimum, which changes nothing,
keeps compilers from joining the two divisions.
"""

from __future__ import annotations

from typing import Final

LOG_GAMMA: Final = "(-3617/122400, 1/156, -691/360360, 1/1188, -1/1680, 1/1260, -1/360, 1/12)"
DIGAMMA: Final = "(-3617/8160, 1/12, -691/32760, 1/132, -1/240, 1/252, -1/120, 1/12)"
TRIGAMMA: Final = "(-3617/510, 7/6, -691/2730, 5/66, -1/30, 1/42, -1/30, 1/6)"


def _horner(coefficients: str) -> str:
    return (
        "    p, q, b, slope = 1/x, 1/z, 0.0, 0.0\n"
        f"    for c in {coefficients}:\n"
        "        slope, b = slope*q*q + b, b*p*p + c\n"
    )


PLACES: Final = (
    "    first, h = np.minimum(u, v), np.abs(d)\n"
    "    low, known = first < 10, first > 0\n"
    "    first = np.where(known, first, 1.0)\n"
    "    x = first + 10*low\n"
    "    z = x + h\n"
)
PLACES_OF_ONE: Final = (
    "    first, h = min(u, v), abs(d)\n"
    "    if not first > 0:\n"
    "        return {}\n"
    "    low = first < 10\n"
    "    x = first + 10*low\n"
    "    z = x + h\n"
)
LGAMMA_STEP: Final = (
    "def lgamma_step(u, v, d):  # lgamma(v) - lgamma(u), where d is v - u\n"
    f"{PLACES}"
    "    t, grown = np.where(low, np.minimum(h, 1e20), 0.0), 0.0\n"
    "    for k in range(1, 10):\n"
    "        grown = grown*(1 + t/(first + k)) + t/(first + k)\n"
    f"{_horner(LOG_GAMMA)}"
    "    rest = h*p*q*(b + (p + q)*q*slope) + np.log1p(t/first) + np.log1p(grown)\n"
    "    total = (x - 0.5)*np.log1p(h*p) + h*(np.log(z) - 1) - rest\n"
    "    total = np.where(d < 0, -total, total)\n"
    "    return total if np.all(known) else np.where(known, total, lgamma(v) - lgamma(u))"
)
LGAMMA_STEP_OF_ONE: Final = (
    "def lgamma_step(u, v, d):  # lgamma(v) - lgamma(u), where d is v - u\n"
    f"{PLACES_OF_ONE.format('math.lgamma(v) - math.lgamma(u)')}"
    "    t, grown = min(h, 1e20) if low else 0.0, 0.0\n"
    "    for k in range(1, 10 if low else 0):\n"
    "        grown = grown*(1 + t/(first + k)) + t/(first + k)\n"
    f"{_horner(LOG_GAMMA)}"
    "    rest = h*p*q*(b + (p + q)*q*slope) + math.log1p(t/first) + math.log1p(grown)\n"
    "    total = (x - 0.5)*math.log1p(h*p) + h*(math.log(z) - 1) - rest\n"
    "    return -total if d < 0 else total"
)
DIGAMMA_STEP: Final = (
    "def digamma_step(u, v, d):  # polygamma(0, v) - polygamma(0, u), where d is v - u\n"
    f"{PLACES}"
    "    total = np.zeros_like(z)\n"
    "    for k in range(10 if np.any(low) else 0):\n"
    "        total += low*(np.minimum(h/(first + k + h), 1)/(first + k))\n"
    f"{_horner(DIGAMMA)}"
    "    total = total + h*q*p*(0.5 + (p + q)*(b + q*q*slope)) + np.log1p(h*p)\n"
    "    total = np.where(d < 0, -total, total)\n"
    "    return total if np.all(known) else np.where(known, total, polygamma(0, v) - polygamma(0, u))"
)
DIGAMMA_STEP_OF_ONE: Final = (
    "def digamma_step(u, v, d):  # polygamma(0, v) - polygamma(0, u), where d is v - u\n"
    f"{PLACES_OF_ONE.format('polygamma(0, v) - polygamma(0, u)')}"
    "    total = 0.0\n"
    "    for k in range(10 if low else 0):\n"
    "        total += min(h/(first + k + h), 1.0)/(first + k)\n"
    f"{_horner(DIGAMMA)}"
    "    return math.copysign(total + h*q*p*(0.5 + (p + q)*(b + q*q*slope)) + math.log1p(h*p), d)"
)
DIGAMMA_REST: Final = (
    "def digamma_rest(u, v, d):  # polygamma(0, v) - polygamma(0, u) - log |v/u|, where d is v - u\n"
    f"{PLACES}"
    "    total = np.zeros_like(z)\n"
    "    for k in range(10 if np.any(low) else 0):\n"
    "        total += low*(np.minimum(h/(first + k + h), 1)/(first + k))\n"
    f"{_horner(DIGAMMA)}"
    "    total = total + h*q*p*(0.5 + (p + q)*(b + q*q*slope)) - np.log1p(10*low*(h/z)/first)\n"
    "    total = np.where(d < 0, -total, total)\n"
    "    return total if np.all(known) else np.where(known, total, polygamma(0, v) - polygamma(0, u) - np.log(np.abs(v/u)))"
)
DIGAMMA_REST_OF_ONE: Final = (
    "def digamma_rest(u, v, d):  # polygamma(0, v) - polygamma(0, u) - log |v/u|, where d is v - u\n"
    f"{PLACES_OF_ONE.format('polygamma(0, v) - polygamma(0, u) - math.log(abs(v/u))')}"
    "    total = 0.0\n"
    "    for k in range(10 if low else 0):\n"
    "        total += min(h/(first + k + h), 1.0)/(first + k)\n"
    f"{_horner(DIGAMMA)}"
    "    total = total + h*q*p*(0.5 + (p + q)*(b + q*q*slope)) - math.log1p(10*low*(h/z)/first)\n"
    "    return -total if d < 0 else total"
)
TRIGAMMA_STEP: Final = (
    "def trigamma_step(u, v, d):  # polygamma(1, v) - polygamma(1, u), where d is v - u\n"
    f"{PLACES}"
    "    total = np.zeros_like(z)\n"
    "    for k in range(10 if np.any(low) else 0):\n"
    "        y, w = 1/(first + k), 1/(first + k + h)\n"
    "        total += low*(np.minimum(h*w, 1)*y*(y + w))\n"
    f"{_horner(TRIGAMMA)}"
    "    total += h*q*p*(1 + (p + q)/2 + (p*p + p*q + q*q)*b + q*q*q*(p + q)*slope)\n"
    "    total = np.where(d < 0, total, -total)\n"
    "    return total if np.all(known) else np.where(known, total, polygamma(1, v) - polygamma(1, u))"
)
TRIGAMMA_STEP_OF_ONE: Final = (
    "def trigamma_step(u, v, d):  # polygamma(1, v) - polygamma(1, u), where d is v - u\n"
    f"{PLACES_OF_ONE.format('polygamma(1, v) - polygamma(1, u)')}"
    "    total = 0.0\n"
    "    for k in range(10 if low else 0):\n"
    "        y, w = 1/(first + k), 1/(first + k + h)\n"
    "        total += min(h*w, 1.0)*y*(y + w)\n"
    f"{_horner(TRIGAMMA)}"
    "    total += h*q*p*(1 + (p + q)/2 + (p*p + p*q + q*q)*b + q*q*q*(p + q)*slope)\n"
    "    return -math.copysign(total, d)"
)
OF_ARRAYS: Final = {
    "lgamma_step": LGAMMA_STEP,
    "digamma_step": DIGAMMA_STEP,
    "digamma_rest": DIGAMMA_REST,
    "trigamma_step": TRIGAMMA_STEP,
}
OF_ONE: Final = {
    "lgamma_step": LGAMMA_STEP_OF_ONE,
    "digamma_step": DIGAMMA_STEP_OF_ONE,
    "digamma_rest": DIGAMMA_REST_OF_ONE,
    "trigamma_step": TRIGAMMA_STEP_OF_ONE,
}
