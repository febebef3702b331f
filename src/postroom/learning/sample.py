"""The random share of executions that people judge afterwards: nobody without the secret can tell which."""

import hashlib
import hmac

from postroom.model.execution import ExecutionId

_PURPOSE = b"postroom audit sample/"
_BYTES = 8


def is_drawn(execution_id: ExecutionId, *, secret: bytes, share: float) -> bool:
    """Return whether an execution is among the `share` (0..1) of all; the same one always gives the same answer.

    A larger share draws those of a smaller one, too.
    """
    digest = hmac.digest(secret, _PURPOSE + execution_id.encode(), hashlib.sha256)
    return int.from_bytes(digest[:_BYTES], "big") < share * 2.0 ** (8 * _BYTES)
