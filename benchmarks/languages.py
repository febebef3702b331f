"""How right the category is in six languages: the table of docs/reference/accuracy.md."""

import json
from pathlib import Path

import yaml

from benchmarks.progress import say
from postroom.embeddings.choose import chosen_embedder
from postroom.learning.corpus import LabelledText
from postroom.learning.ensemble_model import EnsembleModel
from postroom.learning.learn_members import Recipe, TrainingText
from postroom.learning.train_ensemble import train_ensemble

FOLDER = Path(__file__).parent.parent / "tests" / "learning" / "languages"
LANGUAGES = ("en", "de", "fr", "es", "it", "nl")


def measure() -> dict[str, dict[str, float]]:
    """Return, for what was learnt, the share of right categories among the held-out mails of each language."""
    return {"english": _accuracies(("en",)), "ten_in_each": _accuracies(LANGUAGES)}


def _accuracies(learnt: tuple[str, ...]) -> dict[str, float]:
    say(f"learning from {', '.join(learnt)}")
    texts = [TrainingText(text=text, labels=labels) for one in learnt for text, labels in _mails(one, "train")]
    model = train_ensemble(texts, [chosen_embedder("e5")], recipe=Recipe()).model
    return {language: round(_accuracy(model, language), 4) for language in LANGUAGES}


def _accuracy(model: EnsembleModel, language: str) -> float:
    mails = _mails(language, "test")
    choice = model.choose([text for text, _ in mails], lambda texts: [chosen_embedder("e5").embed(texts)])
    found = [model.heads[0].labels[int(column)] for column in choice.chosen]
    right = [label == wanted.category for label, (_, wanted) in zip(found, mails, strict=True)]
    return float(sum(right) / len(right))


def _mails(language: str, part: str) -> list[tuple[str, LabelledText]]:
    parts = yaml.safe_load((FOLDER / f"{language}.yaml").read_text(encoding="utf-8"))
    return [
        (text, LabelledText(text=text, intent="", category=category, priority="", sentiment="", language=language))
        for category, listed in parts.items()
        for text in listed[part].splitlines()
    ]


if __name__ == "__main__":
    print(json.dumps(measure()))
