"""A cascade: the local classifier first; a language model's vote where it is not sure, as one more opinion.

The category is the local one, always. A vote that agrees makes it surer, one that disagrees makes it a case for a
person, and without a vote everything stays as it was. So the worst that a model that obeys its mail can do is agree
with what was found without it, or call a person.

The result has a name of its own and counts as another classifier: what holds for the local one's probabilities does not
hold for these until people have judged enough of them. The name tells when the model is asked and, with the voter's,
what it is asked and how its vote is counted: whoever changes one of these begins anew. Where the model was asked and
gave no vote, the local classifier decided, and of its mail only the part that it was unsure of: the worst. What holds
for all of its mail does not hold for that part, so such labels have a name of their own, too.
"""

import hashlib
import math
from dataclasses import dataclass, replace

from postroom.interfaces.classifier import Classifier
from postroom.language_models.prompt import Abstention, Usage
from postroom.language_models.vote import Vote, Voter
from postroom.model.classification import Classification, Label, Voted
from postroom.model.email import Email

# Assumed, not measured: how often a vote is right. Four in five is what careful people grant a stranger with a form.
TRUST_IN_A_VOTE = 0.8
DISPUTED = 0.1  # Below whatever a router believes.
# Measured with the starter model on 731 generated mails (seeds 1100 to 1103): from here on 94 of 100 categories were
# right, below 65 of 100.
SURE_FROM = 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsure:
    """When the language model is asked: about categories less probable than `below`. `mode` says so in names."""

    mode: str
    below: float


below_sure = Unsure(mode="unsure", below=SURE_FROM)
always = Unsure(mode="always", below=math.inf)
COUNTING = 1
"""Raise it with every change after which a vote makes a category surer or less sure than before; the figures above
are told apart anyway. `tests/classifiers/test_language_model_cascade.py` notices such a change."""
_UNVOTED = "unvoted"


class CascadeClassifier:
    """Labels with `local`, and asks `voter` about what is `unsure`."""

    def __init__(self, local: Classifier, voter: Voter, *, unsure: Unsure = below_sure) -> None:
        self._local = local
        self._voter = voter
        self._unsure = unsure

    @property
    def name(self) -> str:
        """Both names, and when the voter is asked."""
        return self._named(self._voter.name)

    async def classify(self, email: Email) -> Classification:
        """Return the local labels, made surer or disputed by the vote."""
        # What the voter is asked may change meanwhile: labels of both kinds prove nothing about the new one.
        voter = self._voter.name
        name = self._named(voter)
        found = await self._local.classify(email)
        if found.category.probability >= self._unsure.below:
            return replace(found, classifier=name)
        vote = await self._voter.vote(email)
        if isinstance(vote, Abstention):
            return replace(found, classifier=name_unvoted(name), note=_note(found, f"no vote: {vote.reason}", vote))
        voted = Voted(voter=voter, category=vote.category)
        return replace(counted(found, vote), classifier=name, vote=voted)

    def _named(self, voter: str) -> str:
        return name_beside(self._local.name, voter, self._unsure)


def name_beside(local: str, voter: str, unsure: Unsure) -> str:
    """Return the name of a local classifier with a voter beside it, whose votes are counted as they are now."""
    return f"{local}+{voter}+{_counted_now(unsure)}"


def name_unvoted(beside: str) -> str:
    """Return the name of what decides where a voter was asked and gave no vote, by the name of both."""
    return f"{beside}+{_UNVOTED}"


def is_unvoted(name: str) -> bool:
    """Return whether a name is one of `name_unvoted`."""
    return name.endswith(f"+{_UNVOTED}")


def names_given(classifier: str) -> tuple[str, ...]:
    """Return every name that the labels of a classifier may carry, first the one where nothing fails."""
    return (classifier, name_unvoted(classifier)) if "+" in classifier else (classifier,)


def asked_beside(classifier: str) -> tuple[str, Unsure] | None:
    """Return who votes in a name of `name_beside`, and when; None for other names, and votes once counted otherwise."""
    _, _, asked = classifier.partition("+")
    voter, _, way = asked.rpartition("+")
    unsure = next((one for one in (below_sure, always) if _counted_now(one) == way), None)
    return (voter, unsure) if voter and unsure else None


def _counted_now(unsure: Unsure) -> str:
    counting = f"{COUNTING}|{unsure.below}|{TRUST_IN_A_VOTE}|{DISPUTED}"
    return f"{unsure.mode}@{hashlib.sha256(counting.encode()).hexdigest()[:8]}"


def vote_counted(found: Classification, category: str) -> Classification:
    """Return local labels with the vote for a category counted in, as it was given once: nobody is asked."""
    return counted(found, Vote(category=category, priority="", sentiment="", probability=0.0, usage=Usage()))


def counted(found: Classification, vote: Vote) -> Classification:
    """Return local labels with a vote counted in: labels never change, only how probable they are."""
    if vote.category != found.category.name:
        disputed = Label(name=found.category.name, probability=min(found.category.probability, DISPUTED))
        return replace(found, category=disputed, note=_note(found, f"the language model says {vote.category}", vote))
    return replace(
        found,
        category=_surer(found.category),
        priority=_surer(found.priority) if vote.priority == found.priority.name else found.priority,
        sentiment=_surer(found.sentiment) if vote.sentiment == found.sentiment.name else found.sentiment,
        note=_note(found, "the language model agrees", vote),
    )


def _surer(label: Label) -> Label:
    """Return the label with the odds that an independent witness of this trust leaves it with (Bayes)."""
    if label.probability >= 1:
        return label
    odds = label.probability / (1 - label.probability) * TRUST_IN_A_VOTE / (1 - TRUST_IN_A_VOTE)
    return Label(name=label.name, probability=odds / (1 + odds) if math.isfinite(odds) else 1.0)


def _note(found: Classification, words: str, vote: Vote | Abstention) -> str:
    cost = f" ({vote.usage.in_words()})" if vote.usage.tokens_in or vote.usage.cost_millionths else ""
    return "; ".join(part for part in (found.note, words + cost) if part)
