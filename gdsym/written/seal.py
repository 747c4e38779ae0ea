"""A certificate's checksum: whoever changes a field afterwards, even one that nothing rests on, is noticed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

VERSION = 3  # of a certificate
FIELD = "sha256"


def seal(whole: Mapping[str, Any]) -> str:
    """The checksum of all fields but its own, in whatever order and spacing they stand. No signature: anyone can make one."""
    rest = {key: value for key, value in whole.items() if key != FIELD}
    plain = json.dumps(rest, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(plain.encode()).hexdigest()
