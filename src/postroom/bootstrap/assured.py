"""The assurance in production: it follows what people judge. It only reads; `Watch` speaks up."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from postroom.actions.guarantee import (
    NOTHING_JUDGED,
    JudgedMail,
    Places,
    Promised,
    Standing,
    judged_mail,
    kept_categories,
    promised_by,
    standing_of,
)
from postroom.bootstrap.preferred import Preferred
from postroom.classifiers.language_model_cascade import names_given
from postroom.interfaces.assurance import Ruling
from postroom.interfaces.classifier import Classifier, classifier_in_use
from postroom.interfaces.clock import Clock
from postroom.interfaces.responder import Responder
from postroom.interfaces.stores import Stores
from postroom.learning.sample import is_drawn
from postroom.model.classification import Classification
from postroom.model.draft import Draft
from postroom.model.email import MailboxId
from postroom.model.execution import ExecutionId
from postroom.model.judgement import Decider
from postroom.model.mailbox import Mailbox, Mode

_UNKNOWN = "what labelled or drafted it is not in use any more"
_NO_SHOP = "its mail is the made-up shop's, and its mailbox is that no more"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What the assurance stands on; `made_up` is the mailbox of generated mail, None where there is none.

    `classifiers` follow the models in use, `responders` the articles, `mailboxes` (by id) what people add and remove.
    `boxes` says in a checksum which mail those hold that the settings alone describe.
    """

    stores: Stores
    clock: Clock
    preferred: Preferred
    classifiers: Mapping[str, Classifier]
    responders: Mapping[str, Responder]
    secret: bytes
    made_up: MailboxId | None
    mailboxes: Mapping[str, Mailbox]
    boxes: Mapping[MailboxId, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """What the standings were computed from; they are computed anew when it changes."""

    changes: int
    deciders: tuple[Decider, ...]
    promised: Promised
    places: Places


class Assured:
    """The `Assurance` of an open Postroom; nothing is answered by itself before `refresh` was called once."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._opened_at = ground.clock.now()
        self._read: _Read | None = None
        self.places = Places(made_up=ground.made_up)
        """The mailboxes there are, and from when on what is judged there is about the mail that they hold now."""
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
        standing = self._standing(decider, mailbox, generated=draft.generated)
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
        found = (self._standing(one, mailbox, generated=generated) for one in self.standings)
        return any(one is not None and one.automation for one in found)

    def _standing(self, decider: Decider, mailbox: Mailbox, *, generated: bool) -> Standing | None:
        """Return how a decider stands in a mailbox; None where it is not in use, or nothing was read of it yet."""
        # What is in use may have changed since the last look.
        if decider not in deciders_of(self._ground.classifiers, self._ground.responders):
            return None
        if generated:
            return self.made_up.get(decider)
        found = self.standings.get(decider, {})
        # So may what a mailbox reads, or another one have its name.
        read = mailbox.connected_at is None or mailbox.connected_at == self.places.since.get(mailbox.id)
        return found.get(mailbox.id if read else None, found.get(None))

    def drawn(self, execution_id: ExecutionId) -> bool:
        """Return whether an execution belongs to the random share that people judge afterwards."""
        return is_drawn(execution_id, secret=self._ground.secret, share=self._ground.preferred.now.audit_share)

    async def refresh(self) -> None:
        """Read anew where examples, models, categories, mailboxes or preferences have changed.

        Raises:
            StoreError: the store cannot be used; everything stays as it was.
        """
        ground = self._ground
        places = Places(since=await self._since(), made_up=ground.made_up)
        wanted = _Read(
            places=places,
            changes=await ground.stores.examples.changes(),
            deciders=deciders_of(ground.classifiers, ground.responders),
            promised=promised_by(ground.preferred.now, await kept_categories(ground.stores)),
        )
        if wanted == self._read:
            return
        standings: dict[Decider, Mapping[MailboxId | None, Standing]] = {}
        made_up: dict[Decider, Standing] = {}
        models = {one.model for one in wanted.deciders}
        judged = {model: await judged_mail(ground.stores, model, places) for model in models}
        for decider in wanted.deciders:
            mail = judged[decider.model].get(decider, NOTHING_JUDGED)
            # Ten thousand judgements take a while: others on this event loop go on meanwhile.
            standings[decider] = await asyncio.to_thread(_by_mailbox, decider, mail, wanted.promised)
            if ground.made_up is not None:
                made_up[decider] = await asyncio.to_thread(
                    standing_of, decider, mail.generated, wanted.promised, made_up=True
                )
        self.standings, self.made_up, self.places = standings, made_up, places
        self._read = wanted

    async def _since(self) -> Mapping[MailboxId, datetime | None]:
        """Return when the mail of each mailbox began.

        What people added knows when it was connected. What the settings describe began with this process where they
        described other mail at the last look.
        """
        ground = self._ground
        looks = {look.mailbox_id: look for look in await ground.stores.looks.list()}
        since: dict[MailboxId, datetime | None] = {}
        for mailbox in list(ground.mailboxes.values()):
            look = looks.get(mailbox.id)
            if mailbox.connected_at is not None:
                since[mailbox.id] = mailbox.connected_at
            elif look is None or look.box == ground.boxes.get(mailbox.id, ""):
                since[mailbox.id] = look.since if look else None
            else:
                since[mailbox.id] = self._opened_at
        return since


def deciders_of(classifiers: Mapping[str, Classifier], responders: Mapping[str, Responder]) -> tuple[Decider, ...]:
    """Return everything that may decide, first what does where nothing fails.

    Where a language model that is asked for a vote gives none, what decides has a name of its own; where it rewords
    nothing, the local part before the `+` of the responder's name drafts.
    """
    main = classifier_in_use(classifiers)
    labelling = [*([main.name] if main else []), *sorted(one.name for one in classifiers.values())]
    models = dict.fromkeys(name for one in labelling for name in names_given(one))
    drafters = dict.fromkeys(name for one in responders.values() for name in (one.name, one.name.partition("+")[0]))
    return tuple(Decider(model=model, responder=responder) for model in models for responder in drafters)


def _by_mailbox(decider: Decider, mail: JudgedMail, promised: Promised) -> Mapping[MailboxId | None, Standing]:
    found: dict[MailboxId | None, Standing] = {None: standing_of(decider, (), promised)}
    for name, judged in mail.by_mailbox.items():
        found[name] = standing_of(decider, judged, promised)
    return found
