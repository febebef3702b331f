"""The promise as people see it: each model in each mailbox with its categories, why not, and the dial."""

import asyncio
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from postroom.actions.guarantee import (
    Promised,
    Standing,
    decided_of,
    dial_of,
    fall_in_words,
    judged_mail,
    kept_categories,
    promised_by,
    standing_of,
)
from postroom.interfaces.stores import Stores
from postroom.learning.guarantee import CategoryGuarantee, DialPoint
from postroom.model.email import MailboxId
from postroom.model.judgement import Judgement
from postroom.model.preferences import PreferencesInForce


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryState:
    """One category: from which probability (0..1) on its mail is answered by itself; None, with the doubt: never now.

    `reviewed` counts its judged mail, `automated` what of that would have been answered by itself, `right` what of that
    was right. `more_reviews` is the fewest further reviewed e-mails that could change it. `demoted` marks one that was
    promised and fell since.
    """

    category: str
    threshold: float | None
    doubt: str
    reviewed: int
    automated: int
    right: int
    more_reviews: int
    demoted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelPromise:
    """What is promised of one model in one mailbox; `mailbox_id` is None where there is no mailbox of real mail yet.

    Shares are 0..1; `precision` is None where nothing would be answered by itself. `generated` marks what is known of
    the made-up shop's mail. `drift` are sentences about what fell since.
    """

    model: str
    mailbox_id: MailboxId | None
    generated: bool
    automation: bool
    threshold: float | None
    coverage: float
    precision: float | None
    lower_bound: float
    reviewed: int
    automated: int
    more_reviews: int
    categories: tuple[CategoryState, ...]
    drift: tuple[str, ...]
    dial: tuple[DialPoint, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GuaranteeState:
    """The promise and how it stands, for each model in use and each mailbox."""

    target_precision: float
    confidence: float
    strict_categories: bool
    audit_share: float
    models: tuple[ModelPromise, ...]


async def guarantee_state(
    stores: Stores, models: Sequence[str], preferences: PreferencesInForce, *, made_up: MailboxId | None = None
) -> GuaranteeState:
    """Return how the promise stands for these models (`linear@1a2b3c4d`).

    Where the mailbox `made_up` holds generated mail, each is shown for that mail, too.
    """
    promised = promised_by(preferences, await kept_categories(stores))
    found = await _evidence(stores, models, made_up, {one.id for one in await stores.mailboxes.list()})
    # Ten thousand judgements take a while: others on this event loop go on meanwhile.
    shown = [await asyncio.to_thread(_state, one, promised) for one in found]
    empty = standing_of("", (), promised).guarantee
    return GuaranteeState(
        target_precision=promised.target,
        confidence=empty.confidence,
        strict_categories=promised.strict,
        audit_share=preferences.audit_share,
        models=tuple(shown),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelDial:
    """What one model would have answered by itself with other targets; the rest is as in its `ModelPromise`."""

    model: str
    mailbox_id: MailboxId | None
    generated: bool
    reviewed: int
    points: tuple[DialPoint, ...]


async def guarantee_dial(
    stores: Stores,
    models: Sequence[str],
    targets: Sequence[float],
    *,
    strict: bool,
    made_up: MailboxId | None = None,
) -> tuple[ModelDial, ...]:
    """Return for each of these models what would have been answered by itself with each of `targets`.

    Where the mailbox `made_up` holds generated mail, that is shown apart.
    """
    found = await _evidence(stores, models, made_up)
    return tuple([await asyncio.to_thread(_dial, one, targets, strict=strict) for one in found])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Evidence:
    """What people judged of one model in one mailbox."""

    model: str
    mailbox_id: MailboxId | None
    judgements: Sequence[Judgement]
    generated: bool = False


async def _evidence(
    stores: Stores, models: Sequence[str], made_up: MailboxId | None, mailboxes: AbstractSet[MailboxId] = frozenset()
) -> list[_Evidence]:
    """Return what is shown, in that order; those of `mailboxes` of which nothing is known, too."""
    found: list[_Evidence] = []
    for model in models:
        mail = await judged_mail(stores, model)
        names: Sequence[MailboxId | None] = sorted(mailboxes | mail.by_mailbox.keys()) or [None]
        for name in names:
            own = mail.by_mailbox.get(name, ()) if name is not None else ()
            found.append(_Evidence(model=model, mailbox_id=name, judgements=own))
        if made_up is not None:
            found.append(_Evidence(model=model, mailbox_id=made_up, judgements=mail.generated, generated=True))
    return found


def _dial(one: _Evidence, targets: Sequence[float], *, strict: bool) -> ModelDial:
    return ModelDial(
        model=one.model,
        mailbox_id=one.mailbox_id,
        generated=one.generated,
        reviewed=len(decided_of(one.judgements)),
        points=dial_of(one.judgements, strict=strict, targets=targets),
    )


def _state(one: _Evidence, promised: Promised) -> ModelPromise:
    standing = standing_of(one.model, one.judgements, promised, made_up=one.generated)
    found = standing.guarantee
    return ModelPromise(
        model=one.model,
        mailbox_id=one.mailbox_id,
        generated=one.generated,
        automation=standing.automation,
        threshold=found.threshold if standing.shipped_threshold is None else standing.shipped_threshold,
        coverage=found.coverage,
        precision=found.precision,
        lower_bound=found.lower_bound,
        reviewed=found.reviewed,
        automated=found.automated,
        more_reviews=found.more_reviews,
        categories=tuple(_category(standing, own) for own in found.categories),
        drift=tuple(_drift(standing)),
        dial=dial_of(one.judgements, strict=promised.strict),
    )


def _category(standing: Standing, own: CategoryGuarantee) -> CategoryState:
    return CategoryState(
        category=own.category,
        threshold=standing.threshold_of(own.category),
        doubt=standing.doubt_about(own.category),
        reviewed=own.reviewed,
        automated=own.automated,
        right=own.right,
        more_reviews=own.more_reviews,
        demoted=standing.drift.fall_of(own.category) is not None,
    )


def _drift(standing: Standing) -> list[str]:
    drift = standing.drift
    told = [fall_in_words(fall, standing.guarantee.target) for fall in (drift.pooled, *drift.categories) if fall]
    if drift.coverage is not None:
        told.append(f"{drift.coverage.now:.1%} would be answered by itself now, {drift.coverage.promised:.1%} before")
    return told
