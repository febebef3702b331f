"""What was proven before: a proof that counts no more, shown beside the one that begins again, and why it does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from postroom.actions.guarantee import Places, Promised, Standing, judged_mail, standing_of
from postroom.interfaces.stores import Stores
from postroom.model.email import MailboxId
from postroom.model.judgement import Decider
from postroom.model.look import Look

OTHER_MAIL = "the mailbox reads other mail than before"
CONTRADICTED = "what was judged since, a higher target or examples that were removed leave it unproven"


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """What was proven last in a mailbox, when it was seen last (UTC), and in words why it counts no more.

    `standing` is that of another decider than the present one; None where it is the same.
    """

    because: str
    until: datetime
    standing: Standing | None = None


async def earlier_proofs(
    stores: Stores, present: Decider, promised: Promised, places: Places
) -> Mapping[MailboxId, Earlier]:
    """Return what was proven at the last look at each mailbox there is, and why it would count no more."""
    found: dict[MailboxId, Earlier] = {}
    for look in await stores.looks.list():
        if look.decider is None or look.mailbox_id not in places.since:
            continue
        standing: Standing | None = None
        if look.decider != present:
            judged = (await judged_mail(stores, look.decider.model, places)).get(look.decider)
            mail = judged.by_mailbox.get(look.mailbox_id, ()) if judged else ()
            standing = standing_of(look.decider, mail, promised)
        because = why_lost(look, present, places.since[look.mailbox_id])
        found[look.mailbox_id] = Earlier(because=because, until=look.at, standing=standing)
    return found


def why_lost(look: Look, present: Decider, since: datetime | None) -> str:
    """Return in words why what was proven at a look would count no more; `since` is when the mail there began."""
    if since is not None and since > look.at:
        return OTHER_MAIL
    changed = what_changed(look.decider, present) if look.decider else ""
    return changed or CONTRADICTED


def what_changed(before: Decider, now: Decider) -> str:
    """Return in words what is another part of `now` than it was of `before`; empty where nothing is."""
    told = (
        f"another model labels the mail ({now.local_model} in place of {before.local_model})"
        if now.local_model != before.local_model
        else "",
        _of_a_part(
            before.vote,
            now.vote,
            ("a language model has a vote now", "no language model has a vote any more", "it votes in another way"),
        ),
        f"answers are scored in another way ({now.drafter} in place of {before.drafter or 'an unknown version'})"
        if now.drafter != before.drafter
        else "",
        _of_a_part(
            before.rewording,
            now.rewording,
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
