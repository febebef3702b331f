"""The report of a back-test: what would have become of past mail, category by category, and how right that was. Pure.

It depends on what was tried, and in no way on the order or on how often the work was interrupted.
"""

import heapq
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from postroom.guard.masking import mask
from postroom.learning.bounds import CONFIDENCE, lower_bound
from postroom.trials.backtest_tried import Fate, Tried
from postroom.trials.order import SAMPLE
from postroom.trials.terms import NO_TERMS, Notice, Terms, notices_of, notices_of_learnt

NOT_CLASSIFIED = "(not classified)"
NO_REASON = "The workflow asks a person without saying why."


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
    """One reply that would have been sent, to be read by a person beside the customer's question, which is masked.

    `held_back`: only if its category were switched on.
    """

    key: str
    subject: str
    category: str
    article_ids: tuple[str, ...]
    reply: str
    right: bool | None
    question: str = ""
    held_back: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldReason:
    """Why `emails` went to people, in words, with how many of each category these were, most of them first."""

    words: str
    emails: int
    categories: dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class BacktestReport:
    """What a workflow version would have made of past mail.

    `fates` counts what would have become of the e-mails. `all` is over all categories together; `classified_right` of
    `labelled` e-mails are in the category that people gave them, sent or not. `hours_saved` assumes that a person takes
    `minutes_per_answer` for each answered mail. `sample` is drawn at random, the same for the same mail; `failures`
    counts the messages of nodes that failed. `assumed_threshold` is from which probability on a draft counted as
    automatic because no guarantee lets anything out yet (None: the guarantee decided).

    `notices` stand before every figure. `reasons` say why mail went to people, the most frequent first. Where the
    mailbox has categories that are not switched on, `if_switched_on` says what would be answered if all were: category
    by category, and over all at the end (else it is empty). `learnt` counts the e-mails that the model has learnt;
    `unlearnt_right` of `unlearnt_labelled` others are in the category that people gave them.
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
    notices: tuple[Notice, ...] = ()
    reasons: tuple[HeldReason, ...] = ()
    if_switched_on: tuple[CategoryReport, ...] = ()
    learnt: int = 0
    unlearnt_labelled: int = 0
    unlearnt_right: int = 0


@dataclass(slots=True)
class _Counts:
    emails: int = 0
    automatic: int = 0
    judged: int = 0
    right: int = 0

    def add(self, tried: Tried, *, automatic: bool) -> None:
        self.emails += 1
        self.automatic += automatic
        self.judged += automatic and tried.right is not None
        self.right += automatic and tried.right is True


@dataclass(slots=True)
class _Table:
    """Counts over all and by category."""

    all: _Counts = field(default_factory=_Counts)
    by_category: defaultdict[str, _Counts] = field(default_factory=lambda: defaultdict(_Counts))

    def add(self, tried: Tried, *, automatic: bool) -> None:
        for counts in (self.all, self.by_category[_name(tried)]):
            counts.add(tried, automatic=automatic)

    def categories(self) -> tuple[CategoryReport, ...]:
        return tuple(_category(name, self.by_category[name]) for name in sorted(self.by_category))


@dataclass(slots=True)
class ReportTally:
    """Counts e-mails one by one; keeps as many replies as the sample asks for, whatever the number of e-mails."""

    sample: int = SAMPLE
    _as_it_is: _Table = field(default_factory=_Table)
    _if_switched_on: _Table = field(default_factory=_Table)
    _fates: Counter[Fate] = field(default_factory=Counter)
    _failures: Counter[str] = field(default_factory=Counter)
    _reasons: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    _classifiers: set[str] = field(default_factory=set)
    # By whether the model had learnt the e-mail, and whether it labelled it as people did.
    _labelled: Counter[tuple[bool, bool]] = field(default_factory=Counter)
    _learnt: int = 0
    # The smallest keys: they are digests, so that is a random sample which no order changes.
    _sample: list[tuple[int, str, SentSample]] = field(default_factory=list)

    def add(self, tried: Tried) -> None:
        """Count one e-mail."""
        self._fates[tried.fate] += 1
        self._learnt += tried.learnt
        if tried.failure:
            self._failures[tried.failure] += 1
        if tried.fate in {Fate.PERSON, Fate.URGENT}:
            self._reasons[tried.reason or NO_REASON][_name(tried)] += 1
        if tried.classifier:
            self._classifiers.add(tried.classifier)
        if tried.label_right is not None:
            self._labelled[tried.learnt, tried.label_right] += 1
        self._as_it_is.add(tried, automatic=tried.automatic)
        self._if_switched_on.add(tried, automatic=tried.automatic or tried.held_back)
        if (tried.automatic or tried.held_back) and self.sample:
            self._draw(tried)

    def report(
        self, *, source: str, workflow: str, minutes_per_answer: float, terms: Terms = NO_TERMS
    ) -> BacktestReport:
        """Return the report of what was counted so far."""
        as_it_is, switched_on, labelled = self._as_it_is, self._if_switched_on, self._labelled
        return BacktestReport(
            source=source,
            workflow=workflow,
            classifiers=tuple(sorted(self._classifiers)),
            emails=as_it_is.all.emails,
            fates={fate.value: self._fates[fate] for fate in Fate},
            all=_category("all", as_it_is.all),
            categories=as_it_is.categories(),
            labelled=labelled.total(),
            classified_right=labelled[False, True] + labelled[True, True],
            minutes_per_answer=minutes_per_answer,
            hours_saved=round(as_it_is.all.automatic * minutes_per_answer / 60, 2),
            sample=tuple(_masked(one) for _, _, one in sorted(self._sample, key=lambda each: each[1])),
            failures=dict(sorted(self._failures.items())),
            assumed_threshold=terms.assumed_threshold,
            notices=(*notices_of(terms), *notices_of_learnt(self._learnt, as_it_is.all.emails)),
            reasons=tuple(_reasons(self._reasons)),
            if_switched_on=()
            if terms.switched_on is None
            else (*switched_on.categories(), _category("all", switched_on.all)),
            learnt=self._learnt,
            unlearnt_labelled=labelled[False, True] + labelled[False, False],
            unlearnt_right=labelled[False, True],
        )

    def _draw(self, tried: Tried) -> None:
        drawn = SentSample(
            key=tried.key,
            subject=tried.subject,
            category=tried.category,
            article_ids=tried.article_ids,
            reply=tried.reply,
            right=tried.right,
            question=tried.question,
            held_back=tried.held_back,
        )
        entry = (-_rank(tried.key), tried.key, drawn)
        if len(self._sample) < self.sample:
            heapq.heappush(self._sample, entry)
        else:
            heapq.heappushpop(self._sample, entry)


def _name(tried: Tried) -> str:
    return tried.category or NOT_CLASSIFIED


def _masked(one: SentSample) -> SentSample:
    subject, question = mask((one.subject, one.question)).texts
    return replace(one, subject=subject, question=question)


def _reasons(found: Mapping[str, Counter[str]]) -> Iterator[HeldReason]:
    for words, categories in sorted(found.items(), key=lambda each: (-each[1].total(), each[0])):
        most = sorted(categories.items(), key=lambda each: (-each[1], each[0]))
        yield HeldReason(words=words, emails=categories.total(), categories=dict(most))


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
