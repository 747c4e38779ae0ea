"""Arrays as text and back: their bytes, squeezed, with shape and type; nothing is unpacked that is larger than it says."""

from __future__ import annotations

import base64
import math
import zlib
from typing import Any

import numpy as np

TYPES = ("f8", "i8", "u8", "u4", "i4")
LARGEST = 2 * 1024**3  # bytes of one array; a history is no larger


def packed(array: Any) -> dict[str, Any]:
    """The bytes of an array, squeezed, with shape and type."""
    array = np.ascontiguousarray(array).reshape(np.shape(array))
    raw = zlib.compress(array.astype(array.dtype.newbyteorder("<")).tobytes(), 6)
    kind = array.dtype.kind + str(array.dtype.itemsize)
    return {"type": kind, "shape": array.shape, "bytes": base64.b64encode(raw).decode()}


def unpacked(part: Any) -> Any:
    """The array; ValueError if type, shape and bytes do not belong together."""
    if not isinstance(part, dict) or part.get("type") not in TYPES:
        raise ValueError("an array of an unknown type")
    kind, shape = part["type"], part["shape"]
    if not isinstance(shape, list) or not all(type(s) is int and s >= 0 for s in shape):
        raise ValueError(f"an array of the shape {shape!r:.40}")
    size = math.prod(shape) * int(kind[1:])
    if size > LARGEST:
        raise ValueError(f"an array of {size} bytes")
    squeezed = zlib.decompressobj()
    raw = squeezed.decompress(base64.b64decode(part["bytes"], validate=True), size + 1)
    if len(raw) != size:
        raise ValueError(f"an array of {len(raw)} bytes where its shape needs {size}")
    return np.frombuffer(raw, dtype="<" + kind).reshape(shape)
