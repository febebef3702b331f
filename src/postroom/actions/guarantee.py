"""The promise as it stands: what may be answered by itself, why not, and what another target would give."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from postroom.actions.categories import categories
from postroom.interfaces.stores import Stores
from postroom.knowledge.confidence import ANSWER_THRESHOLD
from postroom.learning.drift import NO_DRIFT, Drift, Fall, drift
from postroom.learning.guarantee import Decided, DialPoint, Guarantee
from postroom.learning.guarantee_looks import dial, watched
from postroom.model.category import Category
from postroom.model.email import MailboxId
from postroom.model.judgement import Decider, Judgement
from postroom.model.preferences import PreferencesInForce

DIAL_TARGETS = (0.8, 0.85, 0.9, 0.925, 0.95, 0.96, 0.97, 0.98, 0.99, 0.995)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """The `names` of the categories that people keep, and those of them `for_people` alone.

    Where there are any, mail of a category that is not among them is for people, too: so that nothing goes out because
    a category was removed or has another name now.
    """

    names: tuple[str, ...] = ()
    for_people: tuple[str, ...] = ()

    def doubt_about(self, category: str) -> str:
        """Return in words why people want mail of a category for themselves; empty where they do not."""
        if category in self.for_people:
            return f"people keep the category {category} for themselves"
        if self.names and category not in self.names:
            return f"the category {category} is not among those that people keep"
        return ""


NOTHING_KEPT = Kept()


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What is known of one decider in one mailbox, and what follows from it for the mail it decides about there.

    `shipped_threshold` is given for the made-up shop alone: generated mail has measured it, so that no review is
    needed there.
    """

    decider: Decider
    guarantee: Guarantee
    strict: bool
    drift: Drift = NO_DRIFT
    kept: Kept = NOTHING_KEPT
    shipped_threshold: float | None = None

    @property
    def automation(self) -> bool:
        """Whether any mail may be answered by itself."""
        given = self.shipped_threshold is not None or self.guarantee.threshold is not None
        return given and self.drift.pooled is None

    def threshold_of(self, category: str) -> float | None:
        """Return from which probability on mail of a category may be answered by itself; None: never now."""
        if self.kept.doubt_about(category) or self.drift.fall_of(category) is not None:
            return None
        if self.shipped_threshold is not None:
            return self.shipped_threshold
        return next((own.threshold for own in self.guarantee.categories if own.category == category), None)

    def doubt_about(self, category: str) -> str:
        """Return in words why mail of a category is not answered by itself now; empty where it is."""
        if self.threshold_of(category) is not None:
            return ""
        if wanted := self.kept.doubt_about(category):
            return wanted
        fall = self.drift.fall_of(category)
        if fall is not None:
            return fall_in_words(fall, self.guarantee.target)
        promised = f"{self.guarantee.target:.1%} right answers"
        own = next((one for one in self.guarantee.categories if one.category == category), None)
        if self.guarantee.threshold is None and not self.strict:
            return (
                f"{promised} can be promised after {self.guarantee.more_reviews} more reviewed e-mails at the soonest"
            )
        if own is None:
            return f"nobody has reviewed an e-mail of the category {category} yet"
        return (
            f"{promised} in the category {category} can be promised after {own.more_reviews} more reviewed ones of it"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Promised:
    """What is wanted: the target precision, whether of each category, and what people keep for themselves."""

    target: float
    strict: bool
    kept: Kept = NOTHING_KEPT


def promised_by(preferences: PreferencesInForce, kept: Kept = NOTHING_KEPT) -> Promised:
    """Return what the preferences in force ask for."""
    return Promised(target=preferences.target_precision, strict=preferences.strict_categories, kept=kept)


def standing_of(
    decider: Decider, judgements: Sequence[Judgement], promised: Promised, *, made_up: bool = False
) -> Standing:
    """Return how a decider stands by its judgements, newest first; `made_up` where they are about generated mail."""
    found = watched(
        decided_of(judgements), target=promised.target, strict=promised.strict, attempt=attempt_of(judgements)
    )
    return Standing(
        decider=decider,
        guarantee=found,
        strict=promised.strict,
        drift=drift(judgements, found),
        kept=promised.kept,
        shipped_threshold=ANSWER_THRESHOLD if made_up else None,
    )


def dial_of(
    judgements: Sequence[Judgement], *, strict: bool, targets: Sequence[float] = DIAL_TARGETS
) -> tuple[DialPoint, ...]:
    """Return what would have been answered by itself with each of `targets`."""
    return dial(decided_of(judgements), targets, strict=strict, attempt=attempt_of(judgements))


def decided_of(judgements: Iterable[Judgement]) -> list[Decided]:
    """Return the judgements that are a fair sample of the mail, as the guarantee takes them, in their order."""
    return [Decided(category=one.category, score=one.score, right=one.right) for one in judgements if one.fair]


def attempt_of(judgements: Iterable[Judgement]) -> int:
    """Return which of the models it is that were tried on mail that counts here; 0 where all of it came after it."""
    return max((one.attempt for one in judgements if one.fair), default=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """The mailboxes there are, each with when the mail began that it holds now (UTC; None: all is of that mail).

    What was judged before that, or in a mailbox that is not among them, is about other mail. `made_up` is the mailbox
    of generated mail, None where there is none.
    """

    since: Mapping[MailboxId, datetime | None] = field(default_factory=dict)
    made_up: MailboxId | None = None

    def counts(self, judgement: Judgement) -> bool:
        """Return whether a judgement of real mail is about mail that a mailbox holds now."""
        name = judgement.mailbox_id
        if name is None or name not in self.since or judgement.generated:
            return False
        began = self.since[name]
        return began is None or judgement.at >= began


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedMail:
    """The judgements of one decider, newest first: of real mail by its mailbox, and of the made-up shop's.

    What is true of the mail of one mailbox proves nothing about another's; what belongs to none proves nothing.
    """

    by_mailbox: Mapping[MailboxId, tuple[Judgement, ...]]
    generated: tuple[Judgement, ...]


NOTHING_JUDGED = JudgedMail(by_mailbox={}, generated=())


async def judged_mail(stores: Stores, model: str, places: Places) -> Mapping[Decider, JudgedMail]:
    """Return the fair sample of what people judged of what a model had labelled, audits included, by who decided."""
    groups: defaultdict[Decider, list[Judgement]] = defaultdict(list)
    for one in await stores.judgements.fair_of_model(model):
        groups[one.decider].append(one)
    return {decider: _by_place(found, places) for decider, found in groups.items()}


def _by_place(found: Sequence[Judgement], places: Places) -> JudgedMail:
    groups: defaultdict[MailboxId, list[Judgement]] = defaultdict(list)
    for one in found:
        if one.mailbox_id is not None and places.counts(one):
            groups[one.mailbox_id].append(one)
    return JudgedMail(
        by_mailbox={mailbox_id: tuple(groups[mailbox_id]) for mailbox_id in sorted(groups)},
        generated=tuple(one for one in found if one.generated),
    )


async def kept_categories(stores: Stores) -> Kept:
    """Return the categories that people keep."""
    return kept_of(await categories(stores))


def kept_of(categories: Iterable[Category]) -> Kept:
    """Return what these categories ask for."""
    found = sorted(categories, key=lambda one: one.name)
    return Kept(
        names=tuple(one.name for one in found), for_people=tuple(one.name for one in found if not one.automatic)
    )


def fall_in_words(fall: Fall, target: float) -> str:
    """Return what fell and how far, for people."""
    what = f"the category {fall.category} was demoted" if fall.category else "all automation was demoted"
    return f"{what}: of the newest {fall.judged} judged replies {fall.right} were right, {target:.1%} are promised"
