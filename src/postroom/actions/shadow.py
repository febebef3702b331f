"""Shadow results of a stretch of time: how drafts that were only observed compare with what people answered."""

import itertools
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from postroom.actions.summary import Stretch, summary_of
from postroom.interfaces.clock import Clock
from postroom.interfaces.stores import Stores
from postroom.model.email import MailboxId
from postroom.model.execution import FinalState
from postroom.model.judgement import Judgement
from postroom.trials.report import NOT_CLASSIFIED
from postroom.trials.shadow import ShadowCategory, shadow_category

EARLIER_MODELS = 5
"""How many models of the store are asked besides those in use: what one look costs must not grow with their number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShadowMailbox:
    """How the drafts of one mailbox compare, over all and category by category."""

    mailbox_id: MailboxId
    all: ShadowCategory
    categories: tuple[ShadowCategory, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShadowSummary:
    """E-mails received from `since` up to, not including, `until` (UTC) and only `observed`; and the drafts for mail
    that people answered in that time, over `all`, by category, and by mailbox.
    """

    since: datetime
    until: datetime
    observed: int
    all: ShadowCategory
    categories: tuple[ShadowCategory, ...]
    mailboxes: tuple[ShadowMailbox, ...]


async def shadow_summary(stores: Stores, clock: Clock, models: Sequence[str], stretch: Stretch) -> ShadowSummary:
    """Return the results of these models, of the one that people promoted and of the five trained last.

    Seven days where the stretch is left open.

    Raises:
        InputError: the stretch ends before it begins, is longer than 366 days, or cannot be stored.
    """
    figures = (await summary_of(stores, clock, stretch)).summary
    promoted = await stores.models.in_use()
    trained = [
        one.name for one in (*([promoted] if promoted else []), *(await stores.models.list(limit=EARLIER_MODELS)).rows)
    ]
    found = [await stores.judgements.of_model(name) for name in dict.fromkeys([*models, *trained])]
    judged = [
        one
        for one in itertools.chain.from_iterable(found)
        if one.agreement is not None
        and figures.since <= one.at < figures.until
        and stretch.mailbox_id in {None, one.mailbox_id}
    ]
    return ShadowSummary(
        since=figures.since,
        until=figures.until,
        observed=figures.results.get(FinalState.OBSERVED.value, 0),
        all=shadow_category("all", judged),
        categories=_by_category(judged),
        mailboxes=_by_mailbox(judged),
    )


def _by_mailbox(judged: Iterable[Judgement]) -> tuple[ShadowMailbox, ...]:
    groups: defaultdict[MailboxId, list[Judgement]] = defaultdict(list)
    for one in judged:
        if one.mailbox_id is not None:
            groups[one.mailbox_id].append(one)
    return tuple(
        ShadowMailbox(mailbox_id=name, all=shadow_category("all", own), categories=_by_category(own))
        for name, own in sorted(groups.items())
    )


def _by_category(judged: Iterable[Judgement]) -> tuple[ShadowCategory, ...]:
    groups: defaultdict[str, list[Judgement]] = defaultdict(list)
    for one in judged:
        groups[one.category or NOT_CLASSIFIED].append(one)
    return tuple(shadow_category(name, own) for name, own in sorted(groups.items()))
