"""A judgement: whether what one model would have decided by itself was right, as a person's decision shows."""

from dataclasses import dataclass
from datetime import datetime

from postroom.model.classification import Voted
from postroom.model.email import MailboxId
from postroom.model.example import ExampleId

_BESIDE = "+"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Decider:
    """What decides: who labelled the mail (`ensemble@1a2b3c4d`) and who drafted (`articles@5e6f7a8b`), in versions.

    Where a language model had a say, a `+` and who it was follows the part that it had a say in. What is proven of one
    decider proves nothing of another.
    """

    model: str
    responder: str

    @property
    def local_model(self) -> str:
        """The classifier itself, without who else has a vote."""
        return self.model.partition(_BESIDE)[0]

    @property
    def vote(self) -> str:
        """Who else has a vote, and how it counts; empty where nobody has."""
        return self.model.partition(_BESIDE)[2]

    @property
    def drafter(self) -> str:
        """What drafts, without who rewords."""
        return self.responder.partition(_BESIDE)[0]

    @property
    def rewording(self) -> str:
        """Who rewords what was drafted; empty where nobody does."""
        return self.responder.partition(_BESIDE)[2]

    def __str__(self) -> str:
        """Return both in one, as `ensemble@1a2b3c4d+articles@5e6f7a8b`."""
        return _BESIDE.join(filter(None, (self.model, self.responder)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """One decision that a person has judged; (`example_id`, `model`, `responder`) is unique.

    `model` names who labelled the mail, as the classification does (`ensemble@1a2b3c4d`), `responder` who drafted, as
    the draft does (empty: nobody noted it), `vote` what a language model said of it. `score` (0..1) is the probability
    that the decision was made with, `category` what it took the mail for. `right` tells whether its answer could have
    gone out as it was. `automatic` marks decisions that had gone out when a person looked: the audited sample.
    `agreement` (0..1) is how much of the person's own answer the draft said, where a person wrote one. `sampled` is
    false where people see more of this kind than of others, as those go out by themselves, or where nothing of this
    kind ever does: such ones prove nothing about the mail that does. `seen` marks what people are a fair sample of,
    whatever it was labelled, be it that only this decider did not dare to answer it: a fair question to any other.
    `generated` marks the made-up shop's mail, which proves nothing about any other. `live` is false for what the model
    would have decided, told after others had decided it; of the risk of a false proof it then has as much as the
    `attempt`-th (from 1) of all that could be chosen by what they decide on that mail. `at` is UTC.
    """

    example_id: ExampleId
    model: str
    category: str
    score: float
    right: bool
    at: datetime
    automatic: bool = False
    agreement: float | None = None
    sampled: bool = True
    seen: bool = False
    mailbox_id: MailboxId | None = None
    generated: bool = False
    live: bool = True
    responder: str = ""
    vote: Voted | None = None
    attempt: int = 0

    @property
    def decider(self) -> Decider:
        """What decided."""
        return Decider(model=self.model, responder=self.responder)

    @property
    def fair(self) -> bool:
        """Whether it counts for the guarantee: one of a fair sample, about a draft that a person was shown."""
        return self.sampled and self.agreement is None
