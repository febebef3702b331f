"""The report of a back-test: what would have become of past mail, category by category, and how right that was. Pure.

It depends on what was tried, and in no way on the order or on how often the work was interrupted.
"""

import heapq
from collections import Counter
from dataclasses import dataclass, field

from postroom.learning.guarantee import CONFIDENCE, lower_bound
from postroom.trials.backtest_tried import Fate, Tried
from postroom.trials.order import SAMPLE

NOT_CLASSIFIED = "(not classified)"


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryReport:
    """One category, as the mail was classified.

    `automatic` of its `emails` would have been answered alone: `coverage` is their share. Of these people know of
    `judged` whether they are right; `precision` is the share of `right` ones (None: nobody knows of any), and
    `precision_at_least` its one-sided 95 % Clopper-Pearson bound.
    """

    category: str
    emails: int
    automatic: int
    coverage: float
    judged: int
    right: int
    precision: float | None
    precision_at_least: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SentSample:
    """One reply that would have been sent, to be read by a person."""

    key: str
    subject: str
    category: str
    article_ids: tuple[str, ...]
    reply: str
    right: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BacktestReport:
    """What a workflow version would have made of past mail.

    `fates` counts what would have become of the e-mails. `all` is over all categories together; `classified_right` of
    `labelled` e-mails are in the category that people gave them, sent or not. `hours_saved` assumes that a person takes
    `minutes_per_answer` for each answered mail. `sample` is drawn at random, the same for the same mail; `failures`
    counts the messages of nodes that failed. `assumed_threshold` is from which probability on a draft counted as
    automatic because no guarantee lets anything out yet (None: the guarantee decided).
    """

    source: str
    workflow: str
    classifiers: tuple[str, ...]
    emails: int
    fates: dict[str, int]
    all: CategoryReport
    categories: tuple[CategoryReport, ...]
    labelled: int
    classified_right: int
    minutes_per_answer: float
    hours_saved: float
    sample: tuple[SentSample, ...]
    failures: dict[str, int]
    assumed_threshold: float | None = None


@dataclass(slots=True)
class _Counts:
    emails: int = 0
    automatic: int = 0
    judged: int = 0
    right: int = 0


@dataclass(slots=True)
class Tally:
    """Counts e-mails one by one; keeps as many replies as the sample asks for, whatever the number of e-mails."""

    sample: int = SAMPLE
    _all: _Counts = field(default_factory=_Counts)
    _by_category: dict[str, _Counts] = field(default_factory=dict)
    _fates: Counter[Fate] = field(default_factory=Counter)
    _failures: Counter[str] = field(default_factory=Counter)
    _classifiers: set[str] = field(default_factory=set)
    _labelled: Counter[bool] = field(default_factory=Counter)
    # The smallest keys: they are digests, so that is a random sample which no order changes.
    _sample: list[tuple[int, str, SentSample]] = field(default_factory=list)

    def add(self, tried: Tried) -> None:
        """Count one e-mail."""
        self._fates[tried.fate] += 1
        if tried.failure:
            self._failures[tried.failure] += 1
        if tried.classifier:
            self._classifiers.add(tried.classifier)
        if tried.label_right is not None:
            self._labelled[tried.label_right] += 1
        own = self._by_category.setdefault(tried.category or NOT_CLASSIFIED, _Counts())
        for counts in (self._all, own):
            counts.emails += 1
            counts.automatic += tried.automatic
            counts.judged += tried.automatic and tried.right is not None
            counts.right += tried.automatic and tried.right is True
        if tried.automatic and self.sample:
            self._draw(tried)

    def report(self, *, source: str, workflow: str, minutes_per_answer: float) -> BacktestReport:
        """Return the report of what was counted so far."""
        return BacktestReport(
            source=source,
            workflow=workflow,
            classifiers=tuple(sorted(self._classifiers)),
            emails=self._all.emails,
            fates={fate.value: self._fates[fate] for fate in Fate},
            all=_category("all", self._all),
            categories=tuple(_category(name, self._by_category[name]) for name in sorted(self._by_category)),
            labelled=self._labelled.total(),
            classified_right=self._labelled[True],
            minutes_per_answer=minutes_per_answer,
            hours_saved=round(self._all.automatic * minutes_per_answer / 60, 2),
            sample=tuple(one for _, _, one in sorted(self._sample, key=lambda each: each[1])),
            failures=dict(sorted(self._failures.items())),
        )

    def _draw(self, tried: Tried) -> None:
        drawn = SentSample(
            key=tried.key,
            subject=tried.subject,
            category=tried.category,
            article_ids=tried.article_ids,
            reply=tried.reply,
            right=tried.right,
        )
        entry = (-_rank(tried.key), tried.key, drawn)
        if len(self._sample) < self.sample:
            heapq.heappush(self._sample, entry)
        else:
            heapq.heappushpop(self._sample, entry)


def _rank(key: str) -> int:
    return int(key.partition("-")[0], 16)


def _category(name: str, counts: _Counts) -> CategoryReport:
    return CategoryReport(
        category=name,
        emails=counts.emails,
        automatic=counts.automatic,
        coverage=counts.automatic / counts.emails if counts.emails else 0.0,
        judged=counts.judged,
        right=counts.right,
        precision=counts.right / counts.judged if counts.judged else None,
        precision_at_least=lower_bound(counts.right, counts.judged, CONFIDENCE) if counts.judged else None,
    )
