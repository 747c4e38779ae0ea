"""Certificates of some of the corpus, drawn by chance, judged by a process that knows nothing of rules."""

from __future__ import annotations

import random
from pathlib import Path

from benchmarks.certificates import cases, judged, written

COUNT = 16  # python benchmarks/certificates.py judges all of them


def test_certificates_of_the_corpus_are_supported(tmp_path: Path) -> None:
    chosen = random.Random("certificates of the corpus").sample(list(enumerate(cases())), COUNT)
    found = list(judged(list(written(tmp_path, chosen)), seed=5))
    assert len(found) == COUNT
    assert all(supported for _, supported, _ in found), [words for _, supported, words in found if not supported]
