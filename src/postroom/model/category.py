"""A category that people keep: a name, and in words what mail belongs to it."""

import re
from dataclasses import dataclass
from datetime import datetime

LONGEST_LABEL = 100
LABEL_SIGNS = r"[^\x00-\x1f\x7f]"
LABEL = re.compile(rf"{LABEL_SIGNS}{{1,{LONGEST_LABEL}}}")
"""What may be the name of a category, wherever one comes from: it is one line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """One category. `name` is its id, as classifications carry it.

    `description` and `examples` are texts that models learn from, in `language` (ISO 639-1). `automatic` is false
    where its mail always goes to a person. `by` is who changed it last, `updated_at` when (UTC).
    """

    name: str
    title: str
    description: str
    examples: tuple[str, ...]
    language: str
    by: str
    updated_at: datetime
    automatic: bool = True
    revision: int = 0
