"""The subscripts of a sum of products of two arrays: which letters both keep, which one alone has, which are added up over."""

from __future__ import annotations

from gdsym.record import record


@record
class Subscripts:
    """Of sum_k A_bik B_bkj: b is the batch, i stands on the left, j on the right, k inside."""

    first: str
    second: str
    batch: str
    left: str
    right: str
    inner: str

    @classmethod
    def of(cls, pair: str, out: str) -> Subscripts:
        """Those of `np.einsum('bik,bkj->bij', A, B)`: 'bik,bkj' and 'bij'."""
        first, second = pair.split(",")
        both = [x for x in first if x in second]
        batch = "".join(x for x in both if x in out)
        inner = "".join(x for x in both if x not in out)
        left, right = ("".join(x for x in word if x not in both) for word in (first, second))
        return cls(first, second, batch, left, right, inner)

    @property
    def are_of_matrices(self) -> bool:
        """Is it a matrix product, once axes are put together? Those of a batch have one axis of each kind."""
        if not (self.left and self.right and self.inner):
            return False
        if not self.batch:
            return True
        single = len(self.left) == len(self.right) == len(self.inner) == 1
        return single and self.first.startswith(self.batch) and self.second.startswith(self.batch)

    @property
    def out(self) -> str:
        """The letters of the result, in the order in which a matrix product gives them."""
        return self.batch + self.left + self.right

    @property
    def places(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Where the letters inside stand in the first and in the second."""
        return tuple(map(self.first.index, self.inner)), tuple(map(self.second.index, self.inner))
