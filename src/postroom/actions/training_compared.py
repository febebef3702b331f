"""Two models on the same held-out mail: which is right more often, what changes, and whether the new one is better.

A model is better where it is right significantly more often (exact one-sided sign test over the mails on which they
differ; McNemar 1947, recommended for two classifiers on one test set by Dietterich, "Approximate Statistical Tests for
Comparing Supervised Classification Learning Algorithms", 1998), or where it is right at least as often and more mail
could be decided alone with the promised precision, at no lower precision. Equally good is not better: what is in use
stays.
"""

import math
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from scipy.special import bdtrc

from postroom.actions.guarantee import Promised
from postroom.interfaces.classifier import Classifier
from postroom.interfaces.progress import Progress
from postroom.learning.bounds import reviews_needed
from postroom.learning.corpus import OTHER
from postroom.learning.guarantee import Decided, Guarantee, guarantee
from postroom.model.email import Email
from postroom.model.example import Example, ExampleId
from postroom.model.workflow import JsonValue

SIGNIFICANCE = 0.05
"""The usual risk to take chance for progress: in one comparison of twenty between equal models."""
FEWEST = math.ceil(-math.log2(SIGNIFICANCE))
"""Even if only the new model is right of all of them, fewer show nothing at that risk: 1/2 to the power of 5 is 3 %."""
MOST_CONFUSIONS = 20
MOST_FLIPS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a model says of one held-out mail: its `category`, and how sure it is that this is right (0..1)."""

    category: str
    certainty: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Flip:
    """A mail that the two models take for different things, and what a person said of it."""

    example_id: ExampleId
    wanted: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Confusion:
    """How often mail of the category `wanted` is taken for `said`."""

    wanted: str
    said: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A new model beside the one in use on `held_out` mails, `in_scope` of which belong to a category.

    `right` is the share (0..1) of those in scope that the new model gets right, `right_before` that of the other.
    `gained` mails only the new one gets right, `lost` ones only the other; `chance` is the probability of so many gains
    among them were both equally good. `automated` is the share of all that could be decided alone with the promised
    precision (`target`, 0..1), as these mails prove it; `precision` is what of that was right (None: nothing could be).
    `unknown_before` of those in scope belong to a category that the model in use has never learnt.
    """

    held_out: int
    in_scope: int
    right: float
    right_before: float
    gained: int
    lost: int
    chance: float
    target: float
    automated: float
    automated_before: float
    precision: float | None
    precision_before: float | None
    flips: tuple[Flip, ...]
    confusions: tuple[Confusion, ...]
    unknown_before: int = 0

    @property
    def tells(self) -> bool:
        """Whether there is enough mail in scope to show any difference."""
        return self.in_scope >= FEWEST

    @property
    def tells_automation(self) -> bool:
        """Whether there is enough mail to prove the promised precision, were all of it right."""
        return self.held_out >= reviews_needed(0, target=self.target)

    @property
    def better(self) -> bool:
        """Whether the new model is to be used in place of the other."""
        if self.gained > self.lost and self.chance <= SIGNIFICANCE:
            return True
        as_precise = self.precision is not None and self.precision >= (self.precision_before or 0.0)
        return self.gained >= self.lost and as_precise and self.automated > self.automated_before

    @property
    def reason(self) -> str:
        """Why it is better, or is not, in a sentence, and what to bear in mind."""
        return self._why + self._mind

    @property
    def _mind(self) -> str:
        if not self.unknown_before:
            return ""
        return (
            f" The model in use has never learnt the category of {self.unknown_before} of them, so it could not get "
            "these right."
        )

    @property
    def _why(self) -> str:
        if not self.in_scope:
            return (
                "There is no held-out mail to compare by, so it is put in use only when somebody asks for it: review "
                "or import more."
            )
        if not self.tells:
            return (
                f"The held-out mails are too few to tell (n = {self.in_scope}, at least {FEWEST} are needed), so it is "
                "put in use only when somebody asks for it: review or import more."
            )
        counted = f"{self.gained} of {self.in_scope} held-out mails gained, {self.lost} lost"
        if self.gained > self.lost and self.chance <= SIGNIFICANCE:
            return f"It is right more often: {counted} (p = {self.chance:.3f})."
        if self.better:
            return (
                f"It is right as often ({counted}), and more could be decided alone at the promised precision: "
                f"{self.automated:.1%} in place of {self.automated_before:.1%}."
            )
        return f"It is not shown to be better: {counted} (p = {self.chance:.3f}, {SIGNIFICANCE} is wanted)."

    def figures(self) -> Mapping[str, JsonValue]:
        """Return everything as values to store, the longest lists cut."""
        return {
            "held_out": self.held_out,
            "in_scope": self.in_scope,
            "accuracy": round(self.right, 6),
            "accuracy_before": round(self.right_before, 6),
            "gained": self.gained,
            "lost": self.lost,
            "chance": round(self.chance, 6),
            "target": self.target,
            "automated": round(self.automated, 6),
            "automated_before": round(self.automated_before, 6),
            "precision": self.precision,
            "precision_before": self.precision_before,
            "unknown_before": self.unknown_before,
            "flipped": len(self.flips),
            "flips": [
                {"example_id": one.example_id, "wanted": one.wanted, "before": one.before, "after": one.after}
                for one in self.flips[:MOST_FLIPS]
            ],
            "confusions": [{"wanted": one.wanted, "said": one.said, "count": one.count} for one in self.confusions],
            "better": self.better,
            "reason": self.reason,
        }


async def said_by(classifier: Classifier, examples: Sequence[Example], progress: Progress) -> tuple[Said, ...]:
    """Return what a classifier says of each example.

    Raises:
        StoppedError: `progress` says so. PluginError: a remote model cannot be reached.
    """
    found: list[Said] = []
    for place, example in enumerate(examples):
        labels = await classifier.classify(email_of(example))
        sure = labels.category.probability if labels.certainty is None else labels.certainty
        found.append(Said(category=labels.category.name, certainty=sure))
        await progress(place + 1, len(examples))
    return tuple(found)


def email_of(example: Example) -> Email:
    """Return an example as the e-mail it was made of, as far as that is kept."""
    return Email(subject=example.subject, from_address=None, text=example.text, new_text=example.text)


def compare(
    examples: Sequence[Example],
    before: Sequence[Said],
    after: Sequence[Said],
    promised: Promised,
    known_before: Collection[str] = (),
) -> Comparison:
    """Return how two models compare on `examples`, about which each says one thing, in their order.

    `known_before` are the categories that the model in use tells apart (none: nobody noted them).
    What could be decided alone is counted by what is `promised`, as for real mail.
    """
    judged = list(zip(examples, before, after, strict=True))
    # What belongs to no category is nobody's gain: it counts where it would have been decided alone.
    inside = [(one, old, new) for one, old, new in judged if one.category != OTHER]
    gained = sum(new.category == one.category != old.category for one, old, new in inside)
    lost = sum(old.category == one.category != new.category for one, old, new in inside)
    alone, alone_before = _alone(examples, after, promised), _alone(examples, before, promised)
    wrong = Counter((one.category, new.category) for one, _, new in judged if new.category != one.category)
    count = len(inside)
    return Comparison(
        held_out=len(judged),
        in_scope=count,
        right=sum(new.category == one.category for one, _, new in inside) / count if count else 0.0,
        right_before=sum(old.category == one.category for one, old, _ in inside) / count if count else 0.0,
        gained=gained,
        lost=lost,
        chance=chance_of(gained, lost),
        target=promised.target,
        automated=alone.coverage,
        automated_before=alone_before.coverage,
        precision=alone.precision,
        precision_before=alone_before.precision,
        flips=tuple(
            Flip(example_id=one.id, wanted=one.category, before=old.category, after=new.category)
            for one, old, new in judged
            if old.category != new.category
        ),
        confusions=tuple(
            Confusion(wanted=wanted, said=said, count=count)
            for (wanted, said), count in sorted(wrong.items(), key=lambda entry: (-entry[1], entry[0]))
        )[:MOST_CONFUSIONS],
        unknown_before=sum(one.category not in known_before for one, _, _ in inside) if known_before else 0,
    )


def chance_of(gained: int, lost: int) -> float:
    """Return how probable at least `gained` gains among all differences are between equally good models."""
    return float(bdtrc(gained - 1, gained + lost, 0.5)) if gained else 1.0


def _alone(examples: Sequence[Example], said: Sequence[Said], promised: Promised) -> Guarantee:
    decided = [
        Decided(
            category=one.category,
            score=-math.inf if one.category == OTHER else one.certainty,
            right=one.category == example.category != OTHER,
        )
        for example, one in zip(examples, said, strict=True)
    ]
    return guarantee(decided, target=promised.target, strict=promised.strict)
