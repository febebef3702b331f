"""What decided before: a proof that counts no more, shown beside the one that begins again, and why it does."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from postroom.actions.guarantee import Promised, Standing, standing_of
from postroom.interfaces.stores import Stores
from postroom.model.email import MailboxId
from postroom.model.judgement import Decider, Judgement

EARLIER_MODELS = 5
"""How many models are looked at, those that people judged last: what one look costs must not grow with their number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """The proof of what decided before in a mailbox, until people judged it the last time (UTC), and why it ended.

    `since` is when people judged the present decider for the first time; None: they have not yet.
    """

    standing: Standing
    because: str
    until: datetime
    since: datetime | None


async def earlier_proofs(stores: Stores, present: Decider, promised: Promised) -> Mapping[MailboxId, Earlier]:
    """Return for each mailbox of real mail the proof before the one of `present`; nothing where there is none."""
    groups: defaultdict[MailboxId, list[Judgement]] = defaultdict(list)
    for model in await stores.judgements.models(limit=EARLIER_MODELS):
        for one in await stores.judgements.of_model(model):
            if one.mailbox_id is not None and not one.generated and one.live and one.agreement is None:
                groups[one.mailbox_id].append(one)
    found = {name: earlier_proof(present, judged, promised) for name, judged in sorted(groups.items())}
    return {name: one for name, one in found.items() if one is not None}


def earlier_proof(present: Decider, judgements: Iterable[Judgement], promised: Promised) -> Earlier | None:
    """Return the proof of who decided last before `present` did, by what people judged in one mailbox."""
    live = sorted(judgements, key=lambda one: (one.at, one.example_id), reverse=True)
    since = min((one.at for one in live if one.decider == present), default=None)
    before = [one for one in live if one.decider != present and (since is None or one.at < since)]
    if not before:
        return None
    last = before[0]
    return Earlier(
        standing=standing_of(last.decider, [one for one in live if one.decider == last.decider], promised),
        because=what_changed(last.decider, present),
        until=last.at,
        since=since,
    )


def what_changed(before: Decider, now: Decider) -> str:
    """Return in words what is another part of `now` than it was of `before`; empty where nothing is."""
    local_before, _, vote_before = before.model.partition("+")
    local, _, vote = now.model.partition("+")
    drafts_before, _, words_before = before.responder.partition("+")
    drafts, _, words = now.responder.partition("+")
    told = (
        f"another model labels the mail ({local} in place of {local_before})" if local != local_before else "",
        _of_a_part(
            vote_before,
            vote,
            ("a language model has a vote now", "no language model has a vote any more", "it votes in another way"),
        ),
        f"answers are scored in another way ({drafts} in place of {drafts_before or 'an unknown version'})"
        if drafts != drafts_before
        else "",
        _of_a_part(
            words_before,
            words,
            (
                "a language model rewords answers now",
                "no language model rewords answers any more",
                "answers are reworded in another way",
            ),
        ),
    )
    return "; ".join(filter(None, told))


def _of_a_part(before: str, now: str, words: Sequence[str]) -> str:
    begun, ended, changed = words
    if before == now:
        return ""
    if not before:
        return begun
    return changed if now else ended
