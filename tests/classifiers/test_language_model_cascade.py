from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.classifier_contract import ClassifierContract, mail
from postroom.classifiers.language_model_cascade import (
    COUNTING,
    DISPUTED,
    CascadeClassifier,
    Unsure,
    always,
    asked_beside,
    below_sure,
    counted,
    name_beside,
    name_unvoted,
    names_given,
    vote_counted,
)
from postroom.interfaces.classifier import Classifier
from postroom.language_models.prompt import Abstention, Usage
from postroom.language_models.vote import Vote
from postroom.model.classification import Classification, Label, Voted
from postroom.model.email import Email

QUESTION = mail("Money", "When do I get my money back?")
BESIDE = name_beside("local@1", "model@2", below_sure)
USAGE = Usage(tokens_in=600, tokens_out=40, cost_millionths=1900)
VOTE = Vote(category="refund", priority="normal", sentiment="neutral", probability=0.5, usage=USAGE)


def local(probability: float = 0.6) -> Classification:
    return Classification(
        category=Label(name="refund", probability=probability),
        priority=Label(name="normal", probability=0.6),
        sentiment=Label(name="negative", probability=0.6),
        language=Label(name="en", probability=0.9),
        classifier="local@1",
        intent=Label(name="refund_when", probability=0.7),
    )


@dataclass
class Local:
    found: Classification = field(default_factory=local)
    name: str = "local@1"

    async def classify(self, email: Email) -> Classification:
        return self.found


@dataclass
class Ballot:
    cast: Vote | Abstention = VOTE
    name: str = "model@2"
    asked: int = 0

    async def vote(self, email: Email) -> Vote | Abstention:
        self.asked += 1
        return self.cast


class TestCascadeClassifier(ClassifierContract):
    @pytest.fixture
    def classifier(self) -> Classifier:
        return CascadeClassifier(Local(), Ballot())


async def test_what_the_local_classifier_is_sure_of_never_leaves() -> None:
    ballot = Ballot()
    cascade = CascadeClassifier(Local(local(0.8)), ballot)
    assert await cascade.classify(QUESTION) == replace(local(0.8), classifier=BESIDE)
    assert ballot.asked == 0


@pytest.mark.parametrize(("unsure", "mode", "times"), [(always, "always", 1), (below_sure, "unsure", 0)])
async def test_who_asks_always_asks_about_sure_mail_too_and_is_another_classifier(
    unsure: Unsure, mode: str, times: int
) -> None:
    ballot = Ballot()
    cascade = CascadeClassifier(Local(local(0.99)), ballot, unsure=unsure)
    found = await cascade.classify(QUESTION)
    assert ballot.asked == times
    assert found.classifier == cascade.name
    assert cascade.name.startswith(f"local@1+model@2+{mode}@")


async def test_a_vote_that_agrees_makes_an_unsure_mail_surer() -> None:
    found = await CascadeClassifier(Local(), Ballot()).classify(QUESTION)
    assert found.category.name == "refund"
    assert found.category.probability == pytest.approx(0.6 * 0.8 / (0.6 * 0.8 + 0.4 * 0.2))
    assert found.priority.probability > 0.6
    assert found.sentiment == local().sentiment
    assert found.intent == local().intent
    assert found.note == "the language model agrees (600 + 40 tokens, 0.001900)"


async def test_a_vote_that_disagrees_makes_it_a_case_for_a_person() -> None:
    found = await CascadeClassifier(Local(), Ballot(replace(VOTE, category="invoice", probability=1.0))).classify(
        QUESTION
    )
    assert found.category == Label(name="refund", probability=DISPUTED)
    assert "invoice" in found.note


@pytest.mark.parametrize("unsure", [below_sure, always])
async def test_without_a_vote_the_local_labels_stay_and_prove_nothing_of_any_other_mail(unsure: Unsure) -> None:
    cascade = CascadeClassifier(Local(), Ballot(Abstention(reason="no budget")), unsure=unsure)
    found = await cascade.classify(QUESTION)
    name = f"{cascade.name}+unvoted"
    assert found == replace(local(), classifier=name, note="no vote: no budget")
    assert names_given(cascade.name) == (cascade.name, name)
    assert names_given("local@1") == ("local@1",)


def test_names_tell_who_votes_and_when_unless_votes_were_counted_in_another_way() -> None:
    assert asked_beside(BESIDE) == ("model@2", below_sure)
    assert asked_beside(name_beside("local@1", "model@2", always)) == ("model@2", always)
    for name in ("local@1", "local@1+model@2+unsure", "local@1+model@2+unsure@00000000", name_unvoted(BESIDE)):
        assert asked_beside(name) is None


# Of COUNTING 1. Where this fails because votes are counted in another way, raise COUNTING in
# classifiers/language_model_cascade.py: what people have judged of the old probabilities proves nothing of the new.
COUNTED = (1, {"unsure": "unsure@08d29c72", "always": "always@8db1324b"}, [0.500000, 0.857143, 0.100000])


def test_votes_are_not_counted_otherwise_without_another_name() -> None:
    version, names, probabilities = COUNTED
    assert version == COUNTING
    for unsure in (below_sure, always):
        assert name_beside("local@1", "model@2", unsure) == f"local@1+model@2+{names[unsure.mode]}"
    found = [(0.2, VOTE), (0.6, VOTE), (0.6, replace(VOTE, category="invoice"))]
    assert [counted(local(sure), vote).category.probability for sure, vote in found] == pytest.approx(
        probabilities, abs=1e-6
    )


async def test_the_vote_is_noted_where_one_counted_and_is_counted_again_without_asking() -> None:
    for said in ("refund", "invoice"):
        found = await CascadeClassifier(Local(), Ballot(replace(VOTE, category=said))).classify(QUESTION)
        assert found.vote == Voted(voter="model@2", category=said)
        assert vote_counted(local(), said).category == found.category
    sure = await CascadeClassifier(Local(local(0.9)), Ballot()).classify(QUESTION)
    assert sure.vote is None


probabilities = st.floats(min_value=0, max_value=1)
votes = st.builds(
    Vote,
    category=st.sampled_from(["refund", "invoice", "other"]),
    priority=st.sampled_from(["urgent", "high", "normal", "low"]),
    sentiment=st.sampled_from(["positive", "neutral", "negative"]),
    probability=probabilities,
    usage=st.just(USAGE),
)


@given(probabilities, votes)
def test_no_vote_changes_a_label_or_lifts_what_it_does_not_agree_with(probability: float, vote: Vote) -> None:
    before = local(probability)
    after = counted(before, vote)
    for name in ("category", "priority", "sentiment", "language"):
        assert getattr(after, name).name == getattr(before, name).name
        assert 0 <= getattr(after, name).probability <= 1
    assert after.intent == before.intent
    if vote.category != "refund":
        assert after.category.probability <= min(probability, DISPUTED)
        assert (after.priority, after.sentiment) == (before.priority, before.sentiment)
    else:
        assert after.category.probability >= probability


@given(probabilities, votes)
def test_what_the_model_says_of_its_own_certainty_counts_for_nothing(probability: float, vote: Vote) -> None:
    before = local(probability)
    assert counted(before, vote) == counted(before, replace(vote, probability=1.0))
