"""The promise as people see it: each model in each mailbox with its categories, why not, and the dial."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from postroom.actions.guarantee import (
    NOTHING_JUDGED,
    Places,
    Promised,
    Standing,
    attempt_of,
    decided_of,
    dial_of,
    fall_in_words,
    judged_mail,
    kept_categories,
    promised_by,
    standing_of,
)
from postroom.actions.guarantee_earlier import Earlier, earlier_proofs
from postroom.interfaces.stores import Stores
from postroom.learning.bounds import CONFIDENCE
from postroom.learning.guarantee import CategoryGuarantee, DialPoint
from postroom.model.email import MailboxId
from postroom.model.judgement import Decider, Judgement
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
class EarlierPromise:
    """What was promised in a mailbox of those who decided before, and counts no more; the fields are as there.

    `until` is when their proof was seen to hold for the last time (UTC).
    """

    model: str
    responder: str
    until: datetime
    automation: bool
    threshold: float | None
    coverage: float
    precision: float | None
    reviewed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelPromise:
    """What is promised of one model in one mailbox; `mailbox_id` is None where there is no mailbox of real mail yet.

    `responder` drafts what the model has labelled. The proof is of both, in these versions: where one of them changes
    it begins again. Where something was proven in the mailbox and is no more, `began_again` says why in one sentence,
    and `earlier` is what was proven before where that was of others.
    `proof_confidence` (0..1) is asked of the proof; it is more than the promise's where the model is the `attempt`-th
    that could be chosen by what it decides on the same mail.

    Shares are 0..1; `precision` is None where nothing would be answered by itself. `generated` marks what is known of
    the made-up shop's mail. `drift` are sentences about what fell since.
    """

    model: str
    responder: str
    mailbox_id: MailboxId | None
    generated: bool
    automation: bool
    attempt: int
    proof_confidence: float
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
    began_again: str = ""
    earlier: EarlierPromise | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GuaranteeState:
    """The promise and how it stands, for each model in use and each mailbox."""

    target_precision: float
    confidence: float
    strict_categories: bool
    audit_share: float
    models: tuple[ModelPromise, ...]


async def guarantee_state(
    stores: Stores, deciders: Sequence[Decider], preferences: PreferencesInForce, places: Places
) -> GuaranteeState:
    """Return how the promise stands for these: the first, and those of the others that anything is known of.

    Where a mailbox holds generated mail, each is shown for that mail, too.
    """
    promised = promised_by(preferences, await kept_categories(stores))
    earlier = await earlier_proofs(stores, deciders[0], promised, places) if deciders else {}
    found = [
        replace(one, earlier=earlier.get(one.mailbox_id))
        if one.decider == deciders[0] and not one.generated and one.mailbox_id is not None
        else one
        for one in await _evidence(stores, deciders, places)
    ]
    # Ten thousand judgements take a while: others on this event loop go on meanwhile.
    shown = [await asyncio.to_thread(_state, one, promised) for one in found]
    return GuaranteeState(
        target_precision=promised.target,
        confidence=CONFIDENCE,
        strict_categories=promised.strict,
        audit_share=preferences.audit_share,
        models=tuple(shown),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelDial:
    """What one model would have answered by itself with other targets; the rest is as in its `ModelPromise`."""

    model: str
    responder: str
    mailbox_id: MailboxId | None
    generated: bool
    reviewed: int
    points: tuple[DialPoint, ...]


async def guarantee_dial(
    stores: Stores, deciders: Sequence[Decider], targets: Sequence[float], places: Places, *, strict: bool
) -> tuple[ModelDial, ...]:
    """Return for the same deciders what would have been answered by itself with each of `targets`.

    Where a mailbox holds generated mail, that is shown apart.
    """
    found = await _evidence(stores, deciders, places)
    return tuple([await asyncio.to_thread(_dial, one, targets, strict=strict) for one in found])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Evidence:
    """What people judged of one decider in one mailbox."""

    decider: Decider
    mailbox_id: MailboxId | None
    judgements: Sequence[Judgement]
    generated: bool = False
    earlier: Earlier | None = None


async def _evidence(stores: Stores, deciders: Sequence[Decider], places: Places) -> list[_Evidence]:
    """Return what is shown, in that order; of the first decider also the mailboxes of which nothing is known."""
    found: list[_Evidence] = []
    judged = {model: await judged_mail(stores, model, places) for model in {one.model for one in deciders}}
    made_up = places.made_up
    real = places.since.keys() - {made_up}
    for place, decider in enumerate(deciders):
        mail = judged[decider.model].get(decider)
        if mail is None and place:
            continue
        mail = mail or NOTHING_JUDGED
        names: Sequence[MailboxId | None] = sorted(mail.by_mailbox)
        if not place:
            names = sorted(real | mail.by_mailbox.keys()) or [None]
        for name in names:
            own = mail.by_mailbox.get(name, ()) if name is not None else ()
            found.append(_Evidence(decider=decider, mailbox_id=name, judgements=own))
        if made_up is not None and (mail.generated or not place):
            found.append(_Evidence(decider=decider, mailbox_id=made_up, judgements=mail.generated, generated=True))
    return found


def _dial(one: _Evidence, targets: Sequence[float], *, strict: bool) -> ModelDial:
    return ModelDial(
        model=one.decider.model,
        responder=one.decider.responder,
        mailbox_id=one.mailbox_id,
        generated=one.generated,
        reviewed=len(decided_of(one.judgements)),
        points=dial_of(one.judgements, strict=strict, targets=targets),
    )


def _state(one: _Evidence, promised: Promised) -> ModelPromise:
    standing = standing_of(one.decider, one.judgements, promised, made_up=one.generated)
    found = standing.guarantee
    return ModelPromise(
        model=one.decider.model,
        responder=one.decider.responder,
        mailbox_id=one.mailbox_id,
        generated=one.generated,
        automation=standing.automation,
        attempt=attempt_of(one.judgements),
        proof_confidence=found.proof_confidence,
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
        began_again=_began_again(one.earlier, standing),
        earlier=_earlier(one.earlier, found.threshold),
    )


def _began_again(earlier: Earlier | None, standing: Standing) -> str:
    found = standing.guarantee
    if earlier is None or found.threshold is not None:
        return ""
    missing = f" At least {found.more_reviews} more reviews are needed." if found.more_reviews else ""
    return f"The proof began again after {earlier.until:%Y-%m-%d}: {earlier.because}.{missing}"


def _earlier(one: Earlier | None, threshold: float | None) -> EarlierPromise | None:
    if one is None or one.standing is None or threshold is not None:
        return None
    found = one.standing.guarantee
    return EarlierPromise(
        model=one.standing.decider.model,
        responder=one.standing.decider.responder,
        until=one.until,
        automation=one.standing.automation,
        threshold=found.threshold,
        coverage=found.coverage,
        precision=found.precision,
        reviewed=found.reviewed,
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
