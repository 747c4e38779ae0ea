"""What a mask leaves of an array, `X[z > 0].T @ y[z > 0]`, `x[c == k].mean()`, `P[c == k, k] -= 1`: as NumPy has it, or refused."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from claim_runs import compared, gradient_beside
from sympy import IndexedBase, KroneckerDelta, Max, Sum, exp, log, symbols

import gdsym as gd

i, j, k, m, n, K = symbols("i j k m n K", integer=True, positive=True)
lam = symbols("lambda", positive=True)
X, y, w, W, x, mu, c, v, R = map(IndexedBase, "X y w W x mu c v R".split())
z = Sum(X[i, j] * w[j], (j, 1, n))
HINGE = gd.Cost(lam / 2 * Sum(w[j] ** 2, (j, 1, n)) + Sum(Max(0, 1 - y[i] * z), (i, 1, m)) / m, [w])
MEANS = gd.Cost(Sum(KroneckerDelta(c[i], k) * (x[i] - mu[k]) ** 2, (i, 1, m), (k, 1, K)) / 2, [mu])
scores = Sum(X[i, j] * W[j, k], (j, 1, n))
LABELS = gd.Cost(Sum(log(Sum(exp(scores), (k, 1, K))) - scores.subs(k, c[i]), (i, 1, m)) / m, [W])

ACTIVE = "mask = y*(X @ w) < 1\n"
SOFT = "P = np.exp(X @ W)\nP /= P.sum(axis=1, keepdims=True)\n"
RIGHT: list[tuple[gd.Cost, Any, str]] = [
    (HINGE, w, ACTIVE + "return lam*w - X[mask].T @ y[mask]/m"),
    (HINGE, w, ACTIVE + "return lam*w - (X[mask]*y[mask][:, None]).sum(axis=0)/m"),
    (HINGE, w, ACTIVE + "return lam*w - np.dot(y[mask], X[mask])/m"),
    (HINGE, w, ACTIVE + "return lam*w - np.einsum('i,ij->j', y[mask], X[mask, :])/m"),
    (HINGE, w, ACTIVE + "return lam*w - np.sum(X*y[:, None], axis=0, where=mask[:, None])/m"),
    (HINGE, w, "idx = np.where(y*(X @ w) < 1)[0]\nreturn lam*w - (X[idx]*y[idx][:, None]).sum(axis=0)/m"),
    (HINGE, w, "idx = np.flatnonzero(y*(X @ w) < 1)\nreturn lam*w - X[idx].T @ y[idx]/m"),
    (HINGE, w, ACTIVE + "return lam*w - X[mask].T @ y[mask]/(len(y[mask]) + X[~mask].shape[0])"),
    (MEANS, mu, "g = np.zeros(K)\nfor k in range(K):\n    g[k] = np.sum(mu[k] - x[c == k])\nreturn g"),
    (MEANS, mu, "g = np.zeros(K)\nfor k in range(K):\n    own = x[c == k]\n    g[k] = len(own)*mu[k] - own.sum()\nreturn g"),
    (MEANS, mu, "g = np.zeros(K)\nfor k in range(K):\n    own = x[c == k]\n    g[k] = -(own - mu[k]) @ np.ones_like(own)\nreturn g"),
    (LABELS, W, SOFT + "for k in range(K):\n    P[c == k, k] -= 1\nreturn X.T @ P/m"),
    (LABELS, W, SOFT + "Y = np.zeros((m, K))\nfor k in range(K):\n    Y[c == k, k] = 1\nreturn X.T @ (P - Y)/m"),
    (LABELS, W, SOFT + "g = X.T @ P\nfor k in range(K):\n    g[:, k] -= X[c == k].sum(axis=0)\nreturn g/m"),
]  # fmt: skip


@pytest.mark.parametrize(("cost", "by", "claim"), RIGHT)
def test_what_a_mask_leaves_is_added_up(cost: gd.Cost, by: Any, claim: str) -> None:
    verdict = cost.check({by: claim})
    assert verdict.ok, verdict.message
    found, wanted = gradient_beside(cost, by, claim)
    np.testing.assert_allclose(found, wanted, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize(
    ("cost", "by", "claim"),
    [
        (HINGE, w, ACTIVE + "return lam*w - X[~mask].T @ y[~mask]/m"),
        (HINGE, w, ACTIVE + "return lam*w - X[mask].T @ y[mask]/len(y[mask])"),
        (HINGE, w, ACTIVE + "return lam*w - (X[mask]*y[mask][:, None]).mean(axis=0)"),
        (MEANS, mu, "g = np.zeros(K)\nfor k in range(K):\n    g[k] = mu[k] - x[c == k].mean()\nreturn g"),
        (LABELS, W, SOFT + "for k in range(K):\n    P[c != k, k] -= 1\nreturn X.T @ P/m"),
    ],
)
def test_slips_with_masks_are_found(cost: gd.Cost, by: Any, claim: str) -> None:
    verdict = cost.check({by: claim})
    assert not verdict.ok and "wrong" in verdict.message


COUNTED = "entries are not counted"


@pytest.mark.parametrize(
    ("claim", "said"),
    [
        ("own = y[y > 0]\nown[0]*w", COUNTED),
        ("own = y[y > 0]\nown[1:].sum()*w", COUNTED),
        ("own = y[y > 0]\nown[::-1].sum()*w", COUNTED),
        ("own = y[y > 0]\nnp.cumsum(own).sum()*w", COUNTED),
        ("own = y[y > 0]\nnp.diff(own).sum()*w", COUNTED),
        ("own = y[y > 0]\nnp.roll(own, 1) @ own*w", COUNTED),
        ("own = y[y > 0]\nown @ np.arange(len(own))*w", COUNTED),
        ("own = y[y > 0]\nnp.append(own, 0).sum()*w", COUNTED),
        ("g = 0\nfor s in y[y > 0]: g += s\ng*w", COUNTED),
        ("own = y[y > 0]\ng = 0\nfor i in range(len(own)): g += own[i]\ng*w", COUNTED),
        ("own = y[y > 0]\ng = 0\nfor i in range(len(own)): g += y[i]\ng*w", COUNTED),
        ("w[w > 0]", COUNTED),
        ("y[y > 0] @ y[y > 1]*w", "inner sizes differ"),
        ("(y[y > 0] + y)[y > 0].sum()*w", "do not fit"),
        ("y[w > 0].sum()*w", "do not fit"),
        ("X[y > 0, w > 0].sum()*w", "Entries and parts"),
        ("np.sum(w, where=(X > 0))*w", "The mask is"),
        ("X[y > 0, :, None][y > 0].sum()*w", "do not fit"),
    ],
)
def test_what_counts_the_entries_that_are_left_is_refused(claim: str, said: str) -> None:
    with pytest.raises(gd.GdsymError, match=said):
        HINGE.check({w: claim})


RANDOM = gd.Cost(
    Sum((v[c[i]] * x[i] - y[i]) ** 2, (i, 1, m)) + Sum(X[i, j] * v[j] * R[i, j], (i, 1, m), (j, 1, n)), [v]
)


class Programs:
    """Random code about samples 0..m - 1 with labels 0..n - 1, which adds up what masks leave in h, q and T."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)

    def whole(self) -> str:
        pick = self.draw.choice
        lines = [
            "q = 0.5",
            "h = np.zeros(n)",
            "T = 2*X",
            f"s = {pick(['x > y', 'x*y > 0', '(x < 1) & (y > 0)', '~(x > 0)', 'X[:, 0] > x'])}",
        ]
        for _ in range(self.draw.randint(1, 3)):
            lines += self.draw.choice((self.along, self.classes, self.placed))()
        return "\n".join([*lines, f"return {pick(['h @ v + q', 'q + (T*R).sum() + h[0]', 'h.sum() - q*T.sum()'])}"])

    def left(self, mask: str) -> str:
        pick = self.draw.choice
        return pick([
            f"x[{mask}] @ y[{mask}]", f"(X[{mask}].T @ x[{mask}]).sum()", f"(x[{mask}] - 2).sum()", f"len(x[{mask}])",
            f"np.outer(x[{mask}], v).sum()", f"(X[{mask}] @ v) @ y[{mask}]", f"(X[{mask}]*y[{mask}][:, None]).sum()",
            f"np.sum(x*y, where={mask})", f"X[{mask}].sum(axis=0) @ v", f"v[c[{mask}]] @ x[{mask}]", f"X[{mask}, c[{mask}]].sum()",
            f"(x*y)[{mask}].sum()", f"np.where({mask}, x, 0) @ y", f"X[{mask}, 0] @ R[{mask}, 0]", f"x[np.flatnonzero({mask})].sum()",
            f"np.dot(x[{mask}][1:], y[{mask}][1:])", f"x[{mask}] @ x[~({mask})]", f"np.maximum(x[{mask}], y[{mask}]).sum()",
            f"(X[{mask}]*R[{mask}]).sum(axis=1) @ np.ones(len(x[{mask}]))", f"np.einsum('i,ij->j', x[{mask}], R[{mask}]) @ v",
        ])  # fmt: skip

    def along(self) -> list[str]:
        return [f"q {self.draw.choice(['+=', '-='])} {self.left('s')}"]

    def classes(self) -> list[str]:
        pick = self.draw.choice
        mask = pick(["c == k", "c != k", "(c == k) & s"])
        return ["for k in range(n):", f"    {pick(['h[k] += ', 'h[k] = ', 'q -= v[k]*'])}{self.left(mask)}"]

    def placed(self) -> list[str]:
        pick = self.draw.choice
        value = pick(["1.5", "x[{0}]", "x[{0}]*y[{0}]", "(X[{0}] @ v)", "v[c[{0}]]"])
        if self.draw.random() < 0.5:
            return [f"T[s, 0] {pick(['-=', '+=', '='])} {value.format('s')}"]
        sign = pick(["-=", "+=", "="])
        return ["for k in range(n):", f"    T[c == k, k] {sign} {value.format('c == k')}"]


def drawn(draw: int) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    for rows, columns in ((2, 1), (2, 3), (4, 2)):
        rng = np.random.default_rng(draw)
        shapes = {"x": rows, "y": rows, "v": columns, "X": (rows, columns), "R": (rows, columns)}
        data = {"m": rows, "n": columns, **{name: rng.normal(size=shape) for name, shape in shapes.items()}}
        labels = rng.integers(0, columns, size=rows)
        yield {"c": labels, **data}, {"c": labels + 1, **data}


@pytest.mark.parametrize("seed", range(4))
def test_random_masks_mean_what_numpy_makes_of_them(seed: int) -> None:
    assert compared(RANDOM.partial(v), Programs(seed).whole, 100, drawn) > 50
