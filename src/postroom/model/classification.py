"""A classification: what an e-mail is about, how urgent it is, its tone and its language, each with a probability."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """One label and how probable it is, `probability` in 0..1."""

    name: str
    probability: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Voted:
    """The category that a language model gave; `voter` names the model and the version of what it was asked."""

    voter: str
    category: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Classification:
    """Four labels and who gave them (`classifier` names the implementation and its model version).

    `vote` is what a language model said, where one was asked and answered.

    `intent` is the topic of the mail in finer grain than `category`, as the id of an article or of a topic for a
    person; `second_intent` is another one that a sentence of the mail is about. None where the classifier does not
    tell, or no sentence is about anything else. `note` is a line for the trace, without mail text.
    `certainty` (0..1) is how probable it is that the category is right; None where the classifier does not tell.
    """

    category: Label
    priority: Label
    sentiment: Label
    language: Label
    classifier: str
    intent: Label | None = None
    second_intent: Label | None = None
    note: str = ""
    certainty: float | None = None
    vote: Voted | None = None
