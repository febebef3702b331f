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

Labelled = list[tuple[str, LabelledText]]


def measure() -> dict[str, dict[str, dict[str, float]]]:
    """Return, for what was learnt, the share of right categories among held-out texts of each language.

    `sentences` and `letters`, ordinary e-mails, are the same in each language; `mails` were written apart in each, and
    without the words that name the matter.
    """
    return {"english": _accuracies(("en",)), "ten_in_each": _accuracies(LANGUAGES)}


def _accuracies(learnt: tuple[str, ...]) -> dict[str, dict[str, float]]:
    say(f"learning from {', '.join(learnt)}")
    texts = [TrainingText(text=text, labels=labels) for one in learnt for text, labels in _sentences(one, "train")]
    model = train_ensemble(texts, [chosen_embedder("e5")], recipe=Recipe()).model
    return {
        "sentences": {language: _accuracy(model, _sentences(language, "test")) for language in LANGUAGES},
        "letters": {language: _accuracy(model, _mails("letters", language)) for language in LANGUAGES},
        "mails": {language: _accuracy(model, _mails("mails", language)) for language in LANGUAGES},
    }


def _accuracy(model: EnsembleModel, mails: Labelled) -> float:
    choice = model.choose([text for text, _ in mails], lambda texts: [chosen_embedder("e5").embed(texts)])
    found = [model.heads[0].labels[int(column)] for column in choice.chosen]
    right = [label == wanted.category for label, (_, wanted) in zip(found, mails, strict=True)]
    return round(sum(right) / len(right), 4)


def _sentences(language: str, part: str) -> Labelled:
    read: dict[str, dict[str, str]] = yaml.safe_load((FOLDER / f"{language}.yaml").read_text(encoding="utf-8"))
    return [
        _labelled(text, category, language) for category, parts in read.items() for text in parts[part].splitlines()
    ]


def _mails(kind: str, language: str) -> Labelled:
    read: dict[str, list[str]] = yaml.safe_load((FOLDER / kind / f"{language}.yaml").read_text(encoding="utf-8"))
    return [_labelled(text, category, language) for category, texts in read.items() for text in texts]


def _labelled(text: str, category: str, language: str) -> tuple[str, LabelledText]:
    labels = LabelledText(text=text, intent="", category=category, priority="", sentiment="", language=language)
    return text, labels


if __name__ == "__main__":
    print(json.dumps(measure()))
