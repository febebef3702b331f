"""When a guarantee is looked at: it is given at a few looks only, and taken back whenever it does not hold. Pure.

A bound that holds once with 95 % does not hold at every one of many looks: who looks after each review until it is
reached reaches it some day. So what was not given before can be given only when so many decisions are reviewed that
nothing could be proven with fewer, and then each time their number has grown by half: 59, 89, 134, 201, 302 … for 95 %.
In between what was given at the last look goes on where it still holds.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace

from postroom.learning.bounds import lower_bound, reviews_needed
from postroom.learning.guarantee import CategoryGuarantee, Decided, DialPoint, Guarantee, guarantee

GROWTH = 1.5
"""From one look to the next. Simulated with histories of decisions of which 94.5 % are right: of 20,000 such 4.6 % are
falsely proven at some look within 200 reviews, 6.8 % within 1,000 and 7.7 % within 10,000; of 4,000 where each review
is followed by a look, 8.0, 12.7 and 14.0 %."""


def watched(decided: Sequence[Decided], *, target: float, strict: bool = False, attempt: int = 0) -> Guarantee:
    """Return the guarantee on `decided`, newest first, as far as it was given at the last look; else as `guarantee`.

    `more_reviews` are those until the first look that could give it.
    """
    now = guarantee(decided, target=target, strict=strict, attempt=attempt)
    reviewed, first = len(decided), reviews_needed(0, target=target, confidence=now.proof_confidence)
    last = _last_look(reviewed, first)
    if last and last == reviewed:
        return now
    # The oldest: what was there at that look.
    then = guarantee(decided[reviewed - last :], target=target, strict=strict, attempt=attempt)
    given = {own.category: own.threshold for own in then.categories}
    held = _held(now, decided, given)
    if held.threshold is not None:
        return held
    if now.threshold is not None:
        return replace(held, more_reviews=_next_look(reviewed + 1, first) - reviewed)
    if then.threshold is not None:
        return held
    return replace(held, more_reviews=_next_look(reviewed + now.more_reviews, first) - reviewed)


def dial(
    decided: Sequence[Decided], targets: Iterable[float], *, strict: bool = False, attempt: int = 0
) -> tuple[DialPoint, ...]:
    """Return for each of `targets`, in their order, what would have been decided alone of `decided`, newest first."""
    found = (watched(decided, target=target, strict=strict, attempt=attempt) for target in targets)
    return tuple(
        DialPoint(
            target=one.target,
            threshold=one.threshold,
            coverage=one.coverage,
            precision=one.precision,
            lower_bound=one.lower_bound,
            more_reviews=one.more_reviews,
        )
        for one in found
    )


def _last_look(reviewed: int, first: int) -> int:
    """Return after how many reviews the last look was; 0 where there was none yet."""
    found, following = 0, first
    while following <= reviewed:
        found, following = following, math.ceil(following * GROWTH)
    return found


def _next_look(reviewed: int, first: int) -> int:
    """Return after how many reviews, at least `reviewed`, the next look is."""
    found = first
    while found < reviewed:
        found = math.ceil(found * GROWTH)
    return found


def _held(now: Guarantee, decided: Sequence[Decided], given: dict[str, float | None]) -> Guarantee:
    """Return `now` with the higher threshold of it and what was given for each category, None where one of them is."""
    categories = tuple(_own(own, given.get(own.category), decided) for own in now.categories)
    automated, right = sum(own.automated for own in categories), sum(own.right for own in categories)
    return replace(
        now,
        threshold=min((own.threshold for own in categories if own.threshold is not None), default=None),
        coverage=automated / len(decided) if decided else 0.0,
        precision=right / automated if automated else None,
        lower_bound=lower_bound(right, automated, now.proof_confidence),
        automated=automated,
        categories=categories,
    )


def _own(own: CategoryGuarantee, given: float | None, decided: Sequence[Decided]) -> CategoryGuarantee:
    if own.threshold is None:
        return own
    if given is None:
        return replace(own, threshold=None, automated=0, right=0, more_reviews=1)
    threshold = max(own.threshold, given)
    if threshold == own.threshold:
        return own
    alone = [one.right for one in decided if one.category == own.category and one.score >= threshold]
    return replace(own, threshold=threshold, automated=len(alone), right=sum(alone))
