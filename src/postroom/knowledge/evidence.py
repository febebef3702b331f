"""The evidence that an article answers a mail, as numbers for the confidence."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class IntentEvidence:
    """What the classified intents say of the best article.

    `agreement` is the probability of the intent where it is this article, and minus that where it is another topic
    (-1..1). `second` (0..1) is how sure the classifier is that a sentence is about something else than this article.
    """

    agreement: float
    second: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What speaks for the best article; leads are in standard deviations of the scores over all topics, -5..5.

    `lead` is its distance to the next article, `lead_over_person` to the nearest topic for a person, both with the
    category counted in; `plain_lead` is the distance to the next topic by words alone. `coverage` (0..1) is the share
    of the asked words it knows. `agreement` is 1 where its category is the classified one, `category_probability` what
    the classifier gave that. `sentence_fit` is how well it explains the sentence it explains best, `sentence_lead` its
    distance there to the next topic. `second_topic` is 1 where words such as "by the way" or "another question"
    announce a second question. `length` is the natural logarithm of the number of words plus 1. `intent` is None where
    the classifier knows no intents, or others than the topics on the shelf.
    """

    lead: float
    lead_over_person: float
    plain_lead: float
    coverage: float
    agreement: float
    category_probability: float
    sentence_fit: float
    sentence_lead: float
    second_topic: float
    length: float
    intent: IntentEvidence | None = None

    def numbers(self) -> tuple[float, ...]:
        """Return the features in the order of the fitted coefficients; the last two only where intents are known."""
        known = (
            self.lead,
            self.lead_over_person,
            self.plain_lead,
            self.coverage,
            self.agreement,
            self.category_probability,
            self.sentence_fit,
            self.sentence_lead,
            self.second_topic,
            self.length,
        )
        return known if self.intent is None else (*known, self.intent.agreement, self.intent.second)
