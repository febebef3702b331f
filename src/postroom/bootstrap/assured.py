"""The assurance in production: it follows what people judge, and speaks up where the promise no longer holds."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from postroom.actions.alarms import open_alarms
from postroom.actions.guarantee import (
    NOTHING_JUDGED,
    JudgedMail,
    Promised,
    Standing,
    fall_in_words,
    judged_mail,
    kept_categories,
    promised_by,
    standing_of,
)
from postroom.actions.guarantee_earlier import Earlier, earlier_proofs
from postroom.bootstrap.preferred import Preferred
from postroom.interfaces.assurance import Ruling
from postroom.interfaces.classifier import Classifier, classifier_in_use
from postroom.interfaces.clock import Clock
from postroom.interfaces.responder import Responder
from postroom.interfaces.stores import Stores
from postroom.learning.sample import is_drawn
from postroom.model.alarm import Alarm
from postroom.model.classification import Classification
from postroom.model.draft import Draft
from postroom.model.email import MailboxId
from postroom.model.execution import ExecutionId
from postroom.model.judgement import Decider
from postroom.model.mailbox import Mailbox, Mode

DEMOTED = "demoted"
COVERAGE_FELL = "coverage_fell"
BEGAN_AGAIN = "proof_began_again"
_TITLES = {
    DEMOTED: "Automatic replies were wrong too often",
    COVERAGE_FELL: "Much less is answered automatically than was promised",
    BEGAN_AGAIN: "The proof of automatic replies began again",
}
_UNKNOWN = "what labelled or drafted it is not in use any more"
_NO_SHOP = "its mail is the made-up shop's, and its mailbox is that no more"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What the assurance stands on; `made_up` is the mailbox of generated mail, None where there is none.

    `classifiers` follow the models in use, `responders` the articles.
    """

    stores: Stores
    clock: Clock
    preferred: Preferred
    classifiers: Mapping[str, Classifier]
    responders: Mapping[str, Responder]
    secret: bytes
    made_up: MailboxId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """What the standings were computed from; they are computed anew when it changes."""

    changes: int
    deciders: tuple[Decider, ...]
    promised: Promised


class Assured:
    """The `Assurance` of an open Postroom; nothing is answered by itself before `refresh` was called once."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._read: _Read | None = None
        self._alarmed: frozenset[str] = frozenset()
        self._earlier: Mapping[MailboxId, Earlier] = {}
        self.standings: Mapping[Decider, Mapping[MailboxId | None, Standing]] = {}
        """How each decider in use stands in each mailbox of real mail; None: in all others, of which nothing is known.
        The first is the one that decides where nothing fails."""
        self.made_up: Mapping[Decider, Standing] = {}
        """The same for the generated mail of the made-up shop."""

    def ruling(self, mailbox: Mailbox, classification: Classification, draft: Draft) -> Ruling:
        """Return the ruling for a draft to mail of a mailbox with these labels."""
        decider = Decider(model=classification.classifier, responder=draft.responder)
        if draft.generated and not self.generates(mailbox):
            return Ruling(threshold=None, doubt=_NO_SHOP)
        standing = self._standing(decider, mailbox.id, generated=draft.generated)
        if standing is None:
            return Ruling(threshold=None, doubt=_UNKNOWN)
        category = classification.category.name
        return Ruling(
            threshold=standing.threshold_of(category),
            doubt=standing.doubt_about(category),
            automation=standing.automation and mailbox.mode is Mode.AUTOMATIC and not mailbox.stopped,
        )

    def generates(self, mailbox: Mailbox) -> bool:
        """Return whether the mail of a mailbox is the made-up shop's now."""
        return mailbox.id == self._ground.made_up

    def automates(self, mailbox: Mailbox) -> bool:
        """Return whether any mail of a mailbox may be answered by itself, whoever of those in use decides it."""
        generated = self.generates(mailbox)
        found = (self._standing(one, mailbox.id, generated=generated) for one in self.standings)
        return any(one is not None and one.automation for one in found)

    def _standing(self, decider: Decider, mailbox_id: MailboxId, *, generated: bool) -> Standing | None:
        """Return how a decider stands in a mailbox; None where it is not in use, or nothing was read of it yet."""
        # What is in use may have changed since the last look.
        if decider not in deciders_of(self._ground.classifiers, self._ground.responders):
            return None
        if generated:
            return self.made_up.get(decider)
        found = self.standings.get(decider, {})
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
            deciders=deciders_of(ground.classifiers, ground.responders),
            promised=promised_by(ground.preferred.now, await kept_categories(ground.stores)),
        )
        if wanted == self._read:
            return
        standings: dict[Decider, Mapping[MailboxId | None, Standing]] = {}
        made_up: dict[Decider, Standing] = {}
        judged = {model: await judged_mail(ground.stores, model) for model in {one.model for one in wanted.deciders}}
        for decider in wanted.deciders:
            mail = judged[decider.model].get(decider, NOTHING_JUDGED)
            # Ten thousand judgements take a while: others on this event loop go on meanwhile.
            standings[decider] = await asyncio.to_thread(_by_mailbox, decider, mail, wanted.promised)
            if ground.made_up is not None:
                made_up[decider] = await asyncio.to_thread(
                    standing_of, decider, mail.generated, wanted.promised, made_up=True
                )
        if self._read is None or replace(self._read, changes=wanted.changes) != wanted:
            # What was judged of those who decided before changes no more.
            self._earlier = await earlier_proofs(ground.stores, wanted.deciders[0], wanted.promised)
        # First: what fell is demoted even where no alarm can be stored. That is tried again the next time.
        self.standings, self.made_up = standings, made_up
        real = [(name, one) for each in standings.values() for name, one in each.items() if name is not None]
        shop = [(ground.made_up, one) for one in made_up.values() if ground.made_up is not None]
        fell = {key: text for name, standing in [*real, *shop] for key, text in _alarms_of(name, standing)}
        await self._alarm(fell | dict(_begun_again(self._earlier, standings[wanted.deciders[0]])))
        self._read = wanted

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


def deciders_of(classifiers: Mapping[str, Classifier], responders: Mapping[str, Responder]) -> tuple[Decider, ...]:
    """Return everything that may decide, first what does where nothing fails.

    Where a language model that is asked does not answer, the local part before the `+` of a name decides.
    """
    main = classifier_in_use(classifiers)
    models = dict.fromkeys([*([main.name] if main else []), *sorted(one.name for one in classifiers.values())])
    drafters = dict.fromkeys(name for one in responders.values() for name in (one.name, one.name.partition("+")[0]))
    return tuple(Decider(model=model, responder=responder) for model in models for responder in drafters)


def _by_mailbox(decider: Decider, mail: JudgedMail, promised: Promised) -> Mapping[MailboxId | None, Standing]:
    found: dict[MailboxId | None, Standing] = {None: standing_of(decider, (), promised)}
    for name, judged in mail.by_mailbox.items():
        found[name] = standing_of(decider, judged, promised)
    return found


def _begun_again(
    earlier: Mapping[MailboxId, Earlier], standings: Mapping[MailboxId | None, Standing]
) -> Iterable[tuple[str, str]]:
    """Return an alarm for each mailbox that answered by itself until something else decided there."""
    for name, before in earlier.items():
        now = standings.get(name, standings[None])
        if before.standing.automation and now.guarantee.threshold is None:
            yield (
                f"{BEGAN_AGAIN}/{name}",
                f"{before.because[0].upper()}{before.because[1:]}. What was proven before does not hold for that, so "
                f"all mail of {name} goes to people until at least {now.guarantee.more_reviews} more e-mails are "
                "reviewed. The proof of before is kept and holds again where that is changed back: `postroom "
                "guarantee` shows both.",
            )


def _kind(decider: Decider) -> str:
    vote, words = "+" in decider.model, "+" in decider.responder
    return f"{decider.model.partition('@')[0]}{'+vote' if vote else ''}{'+reworded' if words else ''}"


def _alarms_of(mailbox_id: MailboxId, standing: Standing) -> Iterable[tuple[str, str]]:
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
