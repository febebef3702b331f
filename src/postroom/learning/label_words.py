"""What the name of a category says in words: a training text of its own, which is all there is where examples lack."""

import re

_SEPARATORS = re.compile(r"[\W_]+")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")


def label_words(name: str) -> str:
    """Return `name` as words: `Refund_not_showing_up` and `refundNotShowingUp` are both `refund not showing up`."""
    return _SEPARATORS.sub(" ", _HUMP.sub(" ", name)).strip().casefold()
