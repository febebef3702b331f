"""The assurance in production: it follows what people judge, and speaks up where the promise no longer holds."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from postroom.actions.alarms import open_alarms
from postroom.actions.guarantee import (
    JudgedMail,
    Promised,
    Standing,
    fall_in_words,
    judged_mail,
    kept_categories,
    promised_by,
    standing_of,
)
from postroom.bootstrap.preferred import Preferred
from postroom.interfaces.assurance import Ruling
from postroom.interfaces.classifier import Classifier
from postroom.interfaces.clock import Clock
from postroom.interfaces.stores import Stores
from postroom.learning.sample import is_drawn
from postroom.model.alarm import Alarm
from postroom.model.classification import Classification
from postroom.model.email import MailboxId
from postroom.model.execution import ExecutionId
from postroom.model.mailbox import Mailbox, Mode

DEMOTED = "demoted"
COVERAGE_FELL = "coverage_fell"
_TITLE = "Automatic replies were wrong too often"
_UNKNOWN = "a model labelled it that is not in use any more"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What the assurance stands on; `made_up` is the mailbox of generated mail, None where there is none.

    `classifiers` follow the models in use.
    """

    stores: Stores
    clock: Clock
    preferred: Preferred
    classifiers: Mapping[str, Classifier]
    secret: bytes
    made_up: MailboxId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """What the standings were computed from; they are computed anew when it changes."""

    changes: int
    models: frozenset[str]
    promised: Promised


class Assured:
    """The `Assurance` of an open Postroom; nothing is answered by itself before `refresh` was called once."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._read: _Read | None = None
        self._alarmed: frozenset[str] = frozenset()
        self.standings: Mapping[str, Mapping[MailboxId | None, Standing]] = {}
        """How each model in use stands, by its name (`linear@1a2b3c4d`), in each mailbox of real mail; None: in all
        others, of which nothing is known."""
        self.made_up: Mapping[str, Standing] = {}
        """The same for the generated mail of the made-up shop."""

    def ruling(self, mailbox: Mailbox, classification: Classification) -> Ruling:
        """Return the ruling for mail of a mailbox with these labels."""
        generated = mailbox.id == self._ground.made_up
        standing = self.standing(classification.classifier, mailbox.id)
        if standing is None:
            return Ruling(threshold=None, doubt=_UNKNOWN, generated=generated)
        category = classification.category.name
        return Ruling(
            threshold=standing.threshold_of(category),
            doubt=standing.doubt_about(category),
            automation=standing.automation and mailbox.mode is Mode.AUTOMATIC and not mailbox.stopped,
            generated=generated,
        )

    def standing(self, model: str, mailbox_id: MailboxId) -> Standing | None:
        """Return how a model stands in a mailbox; None where it is not in use, or nothing was read of it yet."""
        # What is in use may have changed since the last look.
        if model not in {one.name for one in self._ground.classifiers.values()}:
            return None
        if mailbox_id == self._ground.made_up:
            return self.made_up.get(model)
        found = self.standings.get(model, {})
        return found.get(mailbox_id, found.get(None))

    def drawn(self, execution_id: ExecutionId) -> bool:
        """Return whether an execution belongs to the random share that people judge afterwards."""
        return is_drawn(execution_id, secret=self._ground.secret, share=self._ground.preferred.now.audit_share)

    async def refresh(self) -> None:
        """Read anew where examples, models, categories or preferences have changed; raise and clear alarms.

        Raises:
            StoreError: the store cannot be used; everything stays as it was.
        """
        ground = self._ground
        wanted = _Read(
            changes=await ground.stores.examples.changes(),
            models=frozenset(one.name for one in ground.classifiers.values()),
            promised=promised_by(ground.preferred.now, await kept_categories(ground.stores)),
        )
        if wanted == self._read:
            return
        standings: dict[str, Mapping[MailboxId | None, Standing]] = {}
        made_up: dict[str, Standing] = {}
        for model in sorted(wanted.models):
            mail = await judged_mail(ground.stores, model)
            # Ten thousand judgements take a while: others on this event loop go on meanwhile.
            standings[model] = await asyncio.to_thread(_by_mailbox, model, mail, wanted.promised)
            if ground.made_up is not None:
                made_up[model] = await asyncio.to_thread(
                    standing_of, model, mail.generated, wanted.promised, made_up=True
                )
        # First: what fell is demoted even where no alarm can be stored. That is tried again the next time.
        self.standings, self.made_up = standings, made_up
        real = [(name, one) for each in standings.values() for name, one in each.items() if name is not None]
        shop = [(ground.made_up, one) for one in made_up.values() if ground.made_up is not None]
        await self._alarm([*real, *shop])
        self._read = wanted

    async def _alarm(self, standings: Iterable[tuple[MailboxId, Standing]]) -> None:
        """Raise an alarm for what fell since the last look, and clear those of what has not fallen any more."""
        alarms, now = self._ground.stores.alarms, self._ground.clock.now()
        wrong = {key: text for name, standing in standings for key, text in _alarms_of(name, standing)}
        for key in wrong.keys() - self._alarmed:
            title = _TITLE if key.startswith(DEMOTED) else "Much less is answered automatically than was promised"
            await alarms.sound(Alarm(key=key, title=title, text=wrong[key], raised_at=now))
        for alarm in await open_alarms(self._ground.stores):
            if alarm.key.split("/")[0] in {DEMOTED, COVERAGE_FELL} and alarm.key not in wrong:
                await alarms.clear(alarm.key, at=now)
        self._alarmed = frozenset(wrong)


def _by_mailbox(model: str, mail: JudgedMail, promised: Promised) -> Mapping[MailboxId | None, Standing]:
    found: dict[MailboxId | None, Standing] = {None: standing_of(model, (), promised)}
    for name, judged in mail.by_mailbox.items():
        found[name] = standing_of(model, judged, promised)
    return found


def _alarms_of(mailbox_id: MailboxId, standing: Standing) -> Iterable[tuple[str, str]]:
    kind, target = standing.model.partition("@")[0], standing.guarantee.target
    falls = (standing.drift.pooled, *standing.drift.categories)
    for fall in falls:
        if fall is not None:
            what = fall_in_words(fall, target)
            yield (
                f"{DEMOTED}/{kind}/{mailbox_id}/{fall.category}".rstrip("/"),
                f"{what[0].upper()}{what[1:]}; such mail of {mailbox_id} goes to people ({standing.model}).",
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
