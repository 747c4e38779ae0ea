"""Helper functions of generated code for what fades, windows of arrays, products of more axes, and tables with short or long rows."""

from __future__ import annotations

from typing import Final

from gdsym.arrays.gates import CHOSEN, GATE, ROWS
from gdsym.arrays.stairs import STAIRS

# by (kind of the operation, over arrays?)
OF_ARRAYS: Final[dict[tuple[str, bool], str]] = {
    ("sign", True): GATE,
    ("where", True): CHOSEN,
    ("where_rows", True): ROWS,
    ("floor", True): STAIRS,
    ("maximum", True): (
        "def at_least(a, c):  # np.maximum(a, c), which takes several times as long for one number as for an array\n"
        "    return a.clip(c, np.inf) if a.size > 1000 else np.maximum(a, c)"
    ),
    ("minimum", True): (
        "def at_most(a, c):  # np.minimum(a, c), which takes several times as long for one number as for an array\n"
        "    return a.clip(-np.inf, c) if a.size > 1000 else np.minimum(a, c)"
    ),
    ("fade", True): (
        "def fading_sum(a, z):  # s_i = exp(z_i) s_(i-1) + a_i for all i, in blocks of 24 side by side: few steps, few roundings\n"
        "    if a.shape != z.shape:\n"
        "        a, z = np.broadcast_arrays(a, z)\n"
        "    count, *others = a.shape\n"
        "    if count <= (72 if others else 192):\n"
        "        s, last = [], 0.0\n"
        "        for one, q in zip(*(v if others else v.tolist() for v in (a, np.exp(z)))):\n"
        "            last = one + q*last\n"
        "            s.append(last)\n"
        "        return np.array(s).reshape(a.shape)\n"
        "    rows = -(-count//24)\n"
        "    padded = np.zeros((2, rows*24, *others))\n"
        "    padded[0, :count], padded[1, :count] = a, z\n"
        "    s, z = padded.reshape(2, rows, 24, *others).swapaxes(1, 2).copy()\n"
        "    q = np.exp(z)\n"
        "    for now, before, by in zip(s[1:], s, q[1:]):\n"
        "        now += by*before\n"
        "    s[:, 1:] += np.cumprod(q[:, 1:], axis=0)*fading_sum(s[-1], z.sum(axis=0))[:-1]\n"
        "    return s.swapaxes(0, 1).reshape(rows*24, *others)[:count]"
    ),
    ("rise", True): (
        "def largest_exponent(z, last=0.0):  # of last_i, last_(i-1) + z_i, last_(i-2) + z_(i-1) + z_i, ...\n"
        "    last = np.zeros(z.shape) + last\n"
        "    if not (z > 0).any() and not last.any():\n"
        "        return last\n"
        "    total = np.cumsum(z, axis=0)\n"
        "    return total + np.maximum.accumulate(last - total, axis=0)"
    ),
    ("placed", True): (
        "def added_at(total, *parts):  # each part added to, or taken from, its place in total, which nobody else has\n"
        "    total = np.asarray(total, dtype=float)\n"
        "    for way, place, part in parts:\n"
        "        at = total[place]\n"
        "        way(at, part, out=at)\n"
        "    return total"
    ),
    ("windows", True): (
        "def windows(a, *cuts):  # w[h, ..., i, ...] = a[..., h + i, ...] for (axis, width of h) of each cut, a view\n"
        "    counts = list(a.shape)\n"
        "    for axis, width in cuts:\n"
        "        counts[axis] -= width - 1\n"
        "    steps = *(a.strides[axis] for axis, _ in cuts), *a.strides\n"
        "    return np.lib.stride_tricks.as_strided(a, (*(width for _, width in cuts), *counts), steps)"
    ),
    ("correlated", True): (
        "def correlated(a, b):  # the sum of b times what it covers in a, wherever it fits\n"
        "    *rows, count = (n - k + 1 for n, k in zip(a.shape, b.shape))\n"
        "    if min(*rows, count, *b.shape) < 1:\n"
        "        return np.zeros((*rows, count))\n"
        "    if not rows:\n"
        "        return np.correlate(a, b)\n"
        "    *over, width = b.shape\n"
        "    few, many, long = math.prod(over), math.prod(rows), a.shape[-1]\n"
        "    if few > many:  # few places to put b: its rows, as far apart as those of a, are one vector\n"
        "        apart, whole = np.zeros((few, long)), np.empty((*rows, count))\n"
        "        apart[:, :width] = b.reshape(few, width)\n"
        "        apart = apart.reshape(-1)[:few*long - long + width]\n"
        "        for at in np.ndindex(*rows):\n"
        "            part = a[tuple(slice(p, p + n) for p, n in zip(at, over))]\n"
        "            whole[at] = np.correlate(part.reshape(-1), apart)\n"
        "        return whole\n"
        "    whole = np.zeros(many*long)\n"
        "    for at in np.ndindex(*over):\n"
        "        part = a[tuple(slice(p, p + n) for p, n in zip(at, rows))].reshape(-1)\n"
        "        whole[:many*long - width + 1] += np.correlate(part, b[at])\n"
        "    return whole.reshape(*rows, long)[..., :count]"
    ),
    ("unfolded", True): (
        "def unfolded(a, *counts):  # for each place in a window of so many entries a row of what lies there; empty if that would be large\n"
        "    rest = [n - k + 1 for n, k in zip(a.shape, counts)]\n"
        "    if min(*counts, *rest) < 1 or math.prod(counts)*math.prod(rest) > 2**20:\n"
        "        return np.empty((0, 0))\n"
        "    view = np.lib.stride_tricks.as_strided(a, (*counts, *rest), 2*a.strides)\n"
        "    return view.reshape(math.prod(counts), -1)"
    ),
    ("covered", True): (
        "def covered(rows, a, b, places):  # correlated(a, b), b over the places in windows, or over the windows that are the rows\n"
        "    if not rows.size:\n"
        "        return correlated(a, b)\n"
        "    total = b.ravel().dot(rows) if places else rows.dot(b.ravel())\n"
        "    return total.reshape([n - k + 1 for n, k in zip(a.shape, b.shape)])"
    ),
    ("shifted", True): (
        "def added_along(a, *cuts):  # the sum of all a[k], which begins at start + step*k along an axis that is longer by more\n"
        "    lengths = list(a.shape[len(cuts):])\n"
        "    counts = [lengths[axis] for axis, *_ in cuts]\n"
        "    for axis, _, _, more in cuts:\n"
        "        lengths[axis] += more\n"
        "    total, at = np.zeros(lengths), [slice(None)]*len(lengths)\n"
        "    for k in np.ndindex(*a.shape[:len(cuts)]):\n"
        "        for (axis, start, step, _), place, count in zip(cuts, k, counts):\n"
        "            at[axis] = slice(start + step*place, start + step*place + count)\n"
        "        total[tuple(at)] += a[k]\n"
        "    return total"
    ),
    ("picked", True): "def picked(a, k):  # entry k_i of row i\n    return a[np.arange(len(k)), k]",
    ("put_in", True): (
        "def put_in(a, k, f):  # a copy of a, f_i added to entry k_i of row i\n"
        "    a = np.array(a, dtype=float)\n"
        "    a[np.arange(len(k)), k] += f\n"
        "    return a"
    ),
    ("sum", True): (
        "def sum_along(a, axis):  # where rows are short, NumPy's own sums take several times as long\n"
        "    return a.sum(axis=axis) if a.shape[1] > 64 else np.einsum('ij->i' if axis else 'ij->j', a)"
    ),
    ("max", True): (
        "def row_max(a):  # of short rows NumPy finds the largest entries faster when they are columns\n"
        "    if not 1 < a.shape[1] <= 48:\n"
        "        return a.max(axis=1)\n"
        "    tops = np.empty(len(a))\n"
        "    for at in range(0, len(a), 4096):\n"
        "        tops[at:at + 4096] = a[at:at + 4096].T.copy().max(axis=0)\n"
        "    return tops"
    ),
    **dict.fromkeys(
        (("cumsum", True), ("cummax", True)),
        "def by_rows(f, a):  # running sums, or largest entries so far: long rows one after the other\n"
        "    if a.size <= 64*len(a):\n"
        "        return f.accumulate(a, axis=0)\n"
        "    total = np.array(a, order='C')\n"
        "    for before, row in zip(total, total[1:]):\n"
        "        f(before, row, out=row)\n"
        "    return total",
    ),
    ("einsum", True): (
        "def dotted(a, b, count, a_first, b_first):  # np.tensordot over so many axes, the first or the last of each\n"
        "    rows, columns = a.shape[count:] if a_first else a.shape[:-count], b.shape[count:] if b_first else b.shape[:-count]\n"
        "    inner, m, n = math.prod(a.shape[:count] if a_first else a.shape[-count:]), math.prod(rows), math.prod(columns)\n"
        "    left = a.reshape(inner, m).T if a_first else a.reshape(m, inner)\n"
        "    return left.dot(b.reshape(inner, n) if b_first else b.reshape(n, inner).T).reshape(rows + columns)"
    ),
}
