"""Random indexed costs, compiled: value and gradient as autograd has them on the sum written out."""

from __future__ import annotations

import pytest
from fuzz_compiled import chunk

SIZE = 12


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
def test_compiled_as_written_out(seed: int) -> None:
    report = chunk(seed, SIZE)
    assert report.wrong == []
    assert report.derived >= SIZE // 2
    assert report.points >= report.derived
