"""The guarantee: how sure a decision must be, so that of those made alone the promised share is right.

Pure: reviewed decisions in, thresholds out. The method is Learn-then-Test (Angelopoulos et al., "Learn then Test:
Calibrating Predictive Algorithms to Achieve Risk Control", 2021) with a fixed sequence: thresholds are tried from
strict to lenient, each must have a one-sided Clopper-Pearson lower bound of at least the target, and the first that has
not ends the sequence. The reviewed mail must hold mail that belongs to no category in its natural share.

Who tries model after model on the same reviewed mail and takes the luckiest proves nothing by it. So the risk of a
false proof (1 - confidence) is spent: of the models that are tried on the same mail the n-th gets 1 / (n (n + 1)) of
it, which sums to 1. By the union bound the risk that any of them is falsely proven is then what it was for one,
however many there are and however one of them is chosen.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from postroom.learning.bounds import CONFIDENCE, TARGET, lower_bound, reviews_needed, upper_bound

FIRST_SHARE = 0.3
"""The sequence begins where this share of the mail would be decided: enough decisions to prove something, and few
enough to be the sure ones."""
STEP_SHARE = 0.025
"""Each further threshold decides this share of the mail more: too fine a step ends the sequence at the first bad
luck, too coarse a one gives away what could have been decided."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What would have been decided on a reviewed e-mail, how sure that was, and whether a person says the same.

    `score` orders the decisions, higher is surer; `-math.inf` is one that is never made alone.
    """

    category: str
    score: float
    right: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryGuarantee:
    """What holds for one category: it is decided alone where the score reaches `threshold`, None for never.

    `reviewed` counts its decisions, `automated` those that would have been made alone and `right` the correct ones of
    these. `more_reviews` is 0 where it is decided alone, else the fewest further reviewed e-mails of this category that
    could change it.
    """

    category: str
    threshold: float | None
    reviewed: int
    automated: int
    right: int
    more_reviews: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Guarantee:
    """What may be decided alone, and what is known of it from `reviewed` e-mails.

    `proof_confidence` is asked of the proof: more than `confidence` where the model is one of several that were tried.

    `threshold` is the score from which a decision is made alone, None where no guarantee can be given; categories may
    have higher ones of their own. `coverage` is the share of the reviewed e-mails that would have
    been decided alone, `precision` the share of right ones among these (None where there are none), `lower_bound` what
    that is at least, with the confidence that is asked for. `more_reviews` is how many more reviewed e-mails are needed
    at least, if every further decision is right; 0 where the guarantee is given.
    """

    target: float
    confidence: float
    proof_confidence: float
    threshold: float | None
    coverage: float
    precision: float | None
    lower_bound: float
    reviewed: int
    automated: int
    more_reviews: int
    categories: tuple[CategoryGuarantee, ...]

    def allows(self, category: str, score: float) -> bool:
        """Tell whether a decision for `category` with this `score` may be made alone."""
        return any(
            own.category == category and own.threshold is not None and score >= own.threshold for own in self.categories
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DialPoint:
    """What would have been decided alone with another `target`; the other fields are those of `Guarantee`."""

    target: float
    threshold: float | None
    coverage: float
    precision: float | None
    lower_bound: float
    more_reviews: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """The target, how sure one must be that it is missed to say so, and how sure that it is kept to rely on it."""

    target: float
    confidence: float
    proof_confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cut:
    """Decisions with a score of at least `threshold`: how many, and how many of them are right."""

    threshold: float
    automated: int
    right: int


def guarantee(
    decided: Sequence[Decided],
    *,
    target: float = TARGET,
    confidence: float = CONFIDENCE,
    strict: bool = False,
    attempt: int = 0,
) -> Guarantee:
    """Return what may be decided alone so that at least the share `target` of it is right, with this `confidence`.

    One guarantee over all categories together: a category joins when the guarantee holds with it and its own reviews do
    not contradict it (its upper bound reaches the target); where they do, it must be surer, until they no longer do.
    With `strict`, each category needs a guarantee of its own. `attempt` is which of the models (from 1) it is that were
    tried on this mail; 0 where it decided this mail itself, before anybody could know whether it would be right.
    """
    wanted = _Wanted(target=target, confidence=confidence, proof_confidence=proof_confidence(confidence, attempt))
    return _strict(decided, wanted) if strict else _pooled(decided, wanted)


def proof_confidence(confidence: float, attempt: int) -> float:
    """Return how sure the proof of the `attempt`-th model must be that is tried on the same mail; 0: of the only one.

    >>> [round(1 / (1 - proof_confidence(0.95, attempt))) for attempt in (0, 1, 2, 3)]
    [20, 40, 120, 240]
    """
    return 1 - (1 - confidence) / (attempt * (attempt + 1)) if attempt else confidence


def _pooled(decided: Sequence[Decided], wanted: _Wanted) -> Guarantee:
    floors = dict.fromkeys({one.category for one in decided}, -math.inf)
    while True:
        cuts = _cuts([one for one in decided if one.score >= floors[one.category]], len(decided))
        cut = _last_proven(cuts, wanted)
        raised = _raised(decided, floors, cut, wanted) if cut else floors
        if raised == floors:
            break
        floors = raised
    thresholds = {
        name: max(cut.threshold, floor) if cut and floor < math.inf else None for name, floor in floors.items()
    }
    more = 0 if cut else _more_reviews(cuts, len(decided), wanted)
    return _result(decided, thresholds, more, wanted)


def _strict(decided: Sequence[Decided], wanted: _Wanted) -> Guarantee:
    thresholds: dict[str, float | None] = {}
    more: list[int] = []
    for name, own in _by_category(decided).items():
        cuts = _cuts(own, len(own))
        cut = _last_proven(cuts, wanted)
        thresholds[name] = cut.threshold if cut else None
        more.append(0 if cut else _more_reviews(cuts, len(own), wanted))
    return _result(decided, thresholds, min(more, default=_more_reviews((), 0, wanted)), wanted)


def _result(decided: Sequence[Decided], thresholds: dict[str, float | None], more: int, wanted: _Wanted) -> Guarantee:
    categories = tuple(
        _category(name, own, thresholds[name], wanted) for name, own in sorted(_by_category(decided).items())
    )
    automated = sum(own.automated for own in categories)
    right = sum(own.right for own in categories)
    return Guarantee(
        target=wanted.target,
        confidence=wanted.confidence,
        proof_confidence=wanted.proof_confidence,
        threshold=min((own.threshold for own in categories if own.threshold is not None), default=None),
        coverage=automated / len(decided) if decided else 0.0,
        precision=right / automated if automated else None,
        lower_bound=lower_bound(right, automated, wanted.proof_confidence),
        reviewed=len(decided),
        automated=automated,
        more_reviews=more,
        categories=categories,
    )


def _category(name: str, own: Sequence[Decided], threshold: float | None, wanted: _Wanted) -> CategoryGuarantee:
    alone = [one for one in own if threshold is not None and one.score >= threshold]
    cuts = _cuts(own, len(own))
    return CategoryGuarantee(
        category=name,
        threshold=threshold,
        reviewed=len(own),
        automated=len(alone),
        right=sum(one.right for one in alone),
        more_reviews=0 if threshold is not None else _more_reviews(cuts, len(own), wanted),
    )


def _by_category(decided: Sequence[Decided]) -> dict[str, list[Decided]]:
    groups: dict[str, list[Decided]] = defaultdict(list)
    for one in decided:
        groups[one.category].append(one)
    return groups


def _cuts(decided: Sequence[Decided], mails: int) -> tuple[_Cut, ...]:
    """Return the thresholds to try, strictest first: from `FIRST_SHARE` of `mails` on; no tie is split."""
    ordered = sorted((one for one in decided if one.score > -math.inf), key=lambda one: -one.score)
    wanted = FIRST_SHARE * mails
    step = max(1.0, STEP_SHARE * mails)
    cuts: list[_Cut] = []
    right = 0
    for place, one in enumerate(ordered, start=1):
        right += one.right
        last = place == len(ordered)
        if not last and ordered[place].score == one.score:
            continue
        if place >= wanted or last:
            cuts.append(_Cut(threshold=one.score, automated=place, right=right))
            wanted = max(wanted, float(place)) + step
    return tuple(cuts)


def _last_proven(cuts: Iterable[_Cut], wanted: _Wanted) -> _Cut | None:
    found: _Cut | None = None
    for cut in cuts:
        if lower_bound(cut.right, cut.automated, wanted.proof_confidence) < wanted.target:
            break
        found = cut
    return found


def _raised(decided: Sequence[Decided], floors: dict[str, float], cut: _Cut, wanted: _Wanted) -> dict[str, float]:
    """Return `floors` with those raised whose own reviews contradict the target at `cut`; infinite for never alone."""
    found = dict(floors)
    for name, own in _by_category(decided).items():
        ordered = sorted(
            (one for one in own if one.score >= max(cut.threshold, floors[name])), key=lambda one: -one.score
        )
        right = sum(one.right for one in ordered)
        if upper_bound(right, len(ordered), wanted.confidence) >= wanted.target:
            continue
        while ordered and upper_bound(right, len(ordered), wanted.confidence) < wanted.target:
            last = ordered[-1].score
            while ordered and ordered[-1].score == last:
                right -= ordered.pop().right
        found[name] = ordered[-1].score if ordered else math.inf
    return found


def _more_reviews(cuts: Sequence[_Cut], mails: int, wanted: _Wanted) -> int:
    """Return the fewest further e-mails with which one of `cuts` would be proven, if all further ones are right."""
    if not cuts:
        return max(1, math.ceil(_needed(0, wanted) / FIRST_SHARE) - mails)
    return max(
        1,
        min(
            math.ceil((_needed(cut.automated - cut.right, wanted) - cut.automated) * mails / cut.automated)
            for cut in cuts
        ),
    )


def _needed(wrong: int, wanted: _Wanted) -> int:
    return reviews_needed(wrong, target=wanted.target, confidence=wanted.proof_confidence)
