"""Watches the promise: remembers what was proven at the last look, and speaks up where that is so no more.

Only the process whose engine answers the mail may watch. Another one may know other models, categories or mailboxes,
and would raise alarms about what it sees, and clear those of what is true.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from postroom.actions.alarms import open_alarms
from postroom.actions.guarantee import Standing, fall_in_words
from postroom.actions.guarantee_earlier import what_changed, why_lost
from postroom.bootstrap.assured import Assured, Ground
from postroom.classifiers.language_model_cascade import is_unvoted
from postroom.model.alarm import Alarm
from postroom.model.email import MailboxId
from postroom.model.judgement import Decider
from postroom.model.look import Look

DEMOTED = "demoted"
COVERAGE_FELL = "coverage_fell"
BEGAN_AGAIN = "proof_began_again"
LOST = "proof_lost"
_TITLES = {
    DEMOTED: "Automatic replies were wrong too often",
    COVERAGE_FELL: "Much less is answered automatically than was promised",
    BEGAN_AGAIN: "The proof of automatic replies began again",
    LOST: "Automatic replies have stopped: what was proven is so no more",
}


class Watch:
    """Looks at what an assurance has read, and raises and clears alarms."""

    def __init__(self, assured: Assured, ground: Ground) -> None:
        self._assured = assured
        self._ground = ground
        self._alarmed: frozenset[str] = frozenset()
        self._seen: Mapping[Decider, Mapping[MailboxId | None, Standing]] | None = None

    async def look(self) -> None:
        """Look where the assurance has read anew since the last look; where this fails, it is tried again.

        Raises:
            StoreError: the store cannot be used.
        """
        standings = self._assured.standings
        if standings is self._seen or not standings:
            return
        made_up = self._ground.made_up
        real = [(name, one) for each in standings.values() for name, one in each.items() if name is not None]
        shop = [(made_up, one) for one in self._assured.made_up.values() if made_up is not None]
        fell = {key: text for name, standing in [*real, *shop] for key, text in _falls(name, standing)}
        await self._alarm({**fell, **await self._lost()})
        self._seen = standings

    async def _lost(self) -> Mapping[str, str]:
        """Return an alarm for each mailbox where something was proven and nothing is; remember what is proven now."""
        ground, places = self._ground, self._assured.places
        looks = {look.mailbox_id: look for look in await ground.stores.looks.list()}
        present, standings = next(iter(self._assured.standings.items()))
        lost: dict[str, str] = {}
        for name, since in places.since.items():
            if name == places.made_up:
                continue
            now, before = standings.get(name, standings[None]), looks.get(name)
            box = ground.boxes.get(name, "")
            # Where nothing is proven, who was proven last and when stays.
            seen = replace(
                before or Look(mailbox_id=name, at=ground.clock.now()), box=box, since=since if box else None
            )
            if now.guarantee.threshold is not None:
                seen = replace(seen, at=ground.clock.now(), decider=present, threshold=now.guarantee.threshold)
            elif seen.decider is not None and now.drift.pooled is None:
                key = BEGAN_AGAIN if what_changed(seen.decider, present) else LOST
                lost[f"{key}/{name}"] = _lost_in_words(key, why_lost(seen, present, since), name, now)
            if seen != before:
                await ground.stores.looks.put(seen)
        return lost

    async def _alarm(self, wrong: Mapping[str, str]) -> None:
        """Raise an alarm for what is wrong since the last look, and clear those of what is right again."""
        alarms, now = self._ground.stores.alarms, self._ground.clock.now()
        for key in wrong.keys() - self._alarmed:
            title = _TITLES[key.partition("/")[0]]
            await alarms.sound(Alarm(key=key, title=title, text=wrong[key], raised_at=now))
        for alarm in await open_alarms(self._ground.stores):
            if alarm.key.partition("/")[0] in _TITLES and alarm.key not in wrong:
                await alarms.clear(alarm.key, at=now)
        self._alarmed = frozenset(wrong)


def _lost_in_words(key: str, because: str, name: MailboxId, now: Standing) -> str:
    proven = "What was proven before does not hold for that, so" if key == BEGAN_AGAIN else "So"
    return (
        f"{because[0].upper()}{because[1:]}. {proven} all mail of {name} goes to people until at least "
        f"{now.guarantee.more_reviews} more e-mails are reviewed. `postroom guarantee` shows what is missing; where "
        "the change is taken back, what was proven before holds again."
    )


def _falls(mailbox_id: MailboxId, standing: Standing) -> Iterable[tuple[str, str]]:
    kind, target = _kind(standing.decider), standing.guarantee.target
    falls = (standing.drift.pooled, *standing.drift.categories)
    for fall in falls:
        if fall is not None:
            what = fall_in_words(fall, target)
            yield (
                f"{DEMOTED}/{kind}/{mailbox_id}/{fall.category}".rstrip("/"),
                f"{what[0].upper()}{what[1:]}; such mail of {mailbox_id} goes to people ({standing.decider}).",
            )
    coverage = standing.drift.coverage
    if coverage is not None:
        told = f"{coverage.now:.1%} of the newest mail of {mailbox_id} would go out by itself; the promise was given at"
        yield (
            f"{COVERAGE_FELL}/{kind}/{mailbox_id}",
            (
                f"{told} {coverage.promised:.1%}. The mail may have changed: look at what is reviewed, judge the "
                "audits that wait, and train a new model."
            ),
        )


def _kind(decider: Decider) -> str:
    asked = "+unvoted" if is_unvoted(decider.model) else "+vote" if decider.vote else ""
    return f"{decider.model.partition('@')[0]}{asked}{'+reworded' if decider.rewording else ''}"
