"""A limit on automatic replies: how many may go out under one scope within a window of time."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """At most `cap` replies under `scope` within the last `window_seconds`; `total` marks those of a whole mailbox."""

    scope: str
    cap: int
    window_seconds: int
    total: bool = False
