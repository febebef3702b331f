"""Which of several classifiers is in use."""

from dataclasses import dataclass

from postroom.interfaces.classifier import IN_USE, classifier_in_use
from postroom.model.classification import Classification, Label
from postroom.model.email import Email


@dataclass(frozen=True)
class Same:
    """A classifier that says the same of every mail."""

    name: str

    async def classify(self, email: Email) -> Classification:
        same = Label(name="same", probability=1.0)
        return Classification(category=same, priority=same, sentiment=same, language=same, classifier=self.name)


def test_the_one_that_people_promoted_goes_before_all_others() -> None:
    assert classifier_in_use({"linear": Same("linear"), IN_USE: Same("promoted")}) == Same("promoted")


def test_the_only_one_there_is_is_in_use_whatever_its_name() -> None:
    assert classifier_in_use({"linear": Same("linear")}) == Same("linear")


def test_of_several_that_nobody_promoted_none_is_in_use() -> None:
    assert classifier_in_use({"linear": Same("linear"), "ensemble": Same("ensemble")}) is None
    assert classifier_in_use({}) is None
