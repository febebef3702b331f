"""The promise as people see it: each model with its categories, why not, and the dial."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from postroom.actions.guarantee import (
    Promised,
    Standing,
    decided_of,
    dial_of,
    fall_in_words,
    judgements_of,
    kept_for_people,
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
    """What is promised of one model. Shares are 0..1; `precision` is None where nothing would be answered by itself.

    `generated` marks what is known of the made-up shop's mail. `drift` are sentences about what fell since.
    """

    model: str
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
    """The promise and how it stands, for each model in use."""

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
    promised = promised_by(preferences, await kept_for_people(stores))
    shown: list[ModelPromise] = []
    for model in models:
        real, generated = await judgements_of(stores, model, made_up=made_up)
        # Ten thousand judgements take a while: others on this event loop go on meanwhile.
        shown.append(await asyncio.to_thread(_state, model, real, promised, made_up=False))
        if made_up is not None:
            shown.append(await asyncio.to_thread(_state, model, generated, promised, made_up=True))
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
    """What one model would have answered by itself with other targets; `generated` as in its `ModelPromise`."""

    model: str
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
    shown: list[ModelDial] = []
    for model in models:
        real, generated = await judgements_of(stores, model, made_up=made_up)
        shown.append(await asyncio.to_thread(_dial, model, real, targets, strict=strict))
        if made_up is not None:
            of_generated = await asyncio.to_thread(_dial, model, generated, targets, strict=strict)
            shown.append(replace(of_generated, generated=True))
    return tuple(shown)


def _dial(model: str, judgements: Sequence[Judgement], targets: Sequence[float], *, strict: bool) -> ModelDial:
    return ModelDial(
        model=model,
        generated=False,
        reviewed=len(decided_of(judgements)),
        points=dial_of(judgements, strict=strict, targets=targets),
    )


def _state(model: str, judgements: Sequence[Judgement], promised: Promised, *, made_up: bool) -> ModelPromise:
    standing = standing_of(model, judgements, promised, made_up=made_up)
    found = standing.guarantee
    return ModelPromise(
        model=model,
        generated=made_up,
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
        dial=dial_of(judgements, strict=promised.strict),
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
