"""Drift: whether what the guarantee was given on still holds, by what people judged lately. Pure.

What makes a category fall are the newest audited replies alone. Then no more of it goes out, and none is audited: from
the fall on, fair judgements of drafts that would have gone out count beside them, so that it can rise again; and once
it has, what counts begins anew.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from postroom.learning.bounds import upper_bound
from postroom.learning.guarantee import Guarantee
from postroom.model.judgement import Judgement

WINDOW = 50
"""How many of the newest audits count. With 50 and a target of 95 %, six wrong ones are too many: what is wrong once in
five falls in 95 of 100 such windows, what keeps the target in 4 (binomial)."""
COVERAGE_WINDOW = 200
"""Over so many decisions a share of a half is known to within seven hundredths (two standard errors)."""
LEAST_OF_COVERAGE = 0.5
"""The alarm is raised where less than this part is left of the share that the guarantee was given on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fall:
    """A precision that fell below the target: of `judged` replies `right` were right, at most `upper_bound` of all.

    `category` is empty for all categories together.
    """

    category: str
    judged: int
    right: int
    upper_bound: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageFall:
    """The share that would go out by itself now, and the one that the guarantee was given on (0..1)."""

    now: float
    promised: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """What is demoted to review: single categories, and everything where `pooled` is given. `coverage` only alarms."""

    categories: tuple[Fall, ...] = ()
    pooled: Fall | None = None
    coverage: CoverageFall | None = None

    def fall_of(self, category: str) -> Fall | None:
        """Return why mail of a category goes to people, None where it does not."""
        return self.pooled or next((fall for fall in self.categories if fall.category == category), None)


NO_DRIFT = Drift()


def drift(judgements: Sequence[Judgement], promised: Guarantee) -> Drift:
    """Return what has drifted, by the judgements of one model, newest first."""
    audited = sorted({one.category for one in judgements if one.automatic})
    falls = (_fall(name, [one for one in judgements if one.category == name], promised) for name in audited)
    return Drift(
        categories=tuple(fall for fall in falls if fall is not None),
        pooled=_fall("", judgements, promised),
        coverage=_coverage_fall(judgements, promised),
    )


def _fall(category: str, judgements: Sequence[Judgement], promised: Guarantee) -> Fall | None:
    evidence: deque[bool] = deque(maxlen=WINDOW)
    fall: Fall | None = None
    for one in reversed(judgements):
        if not one.automatic and (fall is None or not _would_go_out(one, promised)):
            continue
        evidence.append(one.right)
        right = sum(evidence)
        bound = upper_bound(right, len(evidence), promised.confidence)
        if bound < promised.target:
            fall = Fall(category=category, judged=len(evidence), right=right, upper_bound=bound)
        elif fall is not None:
            evidence.clear()
            fall = None
    return fall


def _would_go_out(one: Judgement, promised: Guarantee) -> bool:
    return one.fair and promised.allows(one.category, one.score)


def _coverage_fall(judgements: Sequence[Judgement], promised: Guarantee) -> CoverageFall | None:
    newest = [one for one in judgements if one.fair][:COVERAGE_WINDOW]
    if promised.threshold is None or len(newest) < COVERAGE_WINDOW:
        return None
    now = sum(promised.allows(one.category, one.score) for one in newest) / len(newest)
    if now >= promised.coverage * LEAST_OF_COVERAGE:
        return None
    return CoverageFall(now=now, promised=promised.coverage)
