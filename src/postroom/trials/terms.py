"""On what terms past mail is tried, and what the reader of a report must know of them, in words. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from postroom.model.mailbox import Mode

WRITE_ARTICLES = "Write some, and set POSTROOM_ARTICLES_DIR to their folder."


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One sentence that stands before the figures; `hint` says what changes it."""

    text: str
    hint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """By what past mail is tried.

    `mailbox_id` is by whose rules (empty: no mailbox is connected), `made_up` whether that is the made-up shop. `mode`
    is the mailbox's, `switched_on` the categories that it answers without a person (None: all). `articles` counts those
    that are answered from. `trained_here` is true where people trained the model that decides.

    `assumed_threshold` is the probability (0..1) from which on a reply counts as automatic although nothing is proven
    (None: it is), `unproven` says in words why it is not. `language_model` is true where one is asked in earnest, but
    not in a trial.
    """

    mailbox_id: str = ""
    made_up: bool = False
    mode: Mode = Mode.AUTOMATIC
    switched_on: tuple[str, ...] | None = None
    articles: int = 1
    trained_here: bool = True
    assumed_threshold: float | None = None
    unproven: str = ""
    language_model: bool = False


NO_TERMS = Terms()


def notices_of(terms: Terms) -> tuple[Notice, ...]:
    """Return what must be known before any figure is read, what weighs most first."""
    if terms.made_up:
        return (*_of_the_made_up_shop(), *_of_the_language_model(terms))
    return (
        *_of_the_mailbox(terms),
        *_of_what_answers(terms),
        *_of_the_promise(terms),
        *_of_the_language_model(terms),
    )


def notices_of_learnt(learnt: int, emails: int, *, model: str = "The model") -> tuple[Notice, ...]:
    """Return what it means that `learnt` of `emails` were learnt by the model that is tried on them."""
    if not learnt:
        return ()
    return (
        Notice(
            text=f"{model} has learnt {learnt} of these {emails} e-mails: on new mail the figures will be worse.",
            hint="Try mail that came after the training, or that was never imported.",
        ),
    )


def _of_the_made_up_shop() -> Iterator[Notice]:
    yield Notice(
        text="THE MADE-UP SHOP: mail is tried by the rules of its mailbox `main`, so no figure is about your company.",
        hint="For your own: add a mailbox, and write articles into the folder that POSTROOM_ARTICLES_DIR names.",
    )


def _of_the_mailbox(terms: Terms) -> Iterator[Notice]:
    name = terms.mailbox_id
    if not name:
        yield Notice(
            text="No mailbox is connected yet: mail is tried as if one were, with every category switched on.",
            hint="To connect one, add a mailbox.",
        )
        return
    if terms.switched_on == ():
        yield Notice(
            text=f"No category is switched on in the mailbox {name}, so it answers nothing by itself.",
            hint=f"Switch one on in the mailbox {name}.",
        )
    if terms.mode is not Mode.AUTOMATIC:
        yield Notice(text=f"The mailbox {name} is in mode {terms.mode}; the figures are those of mode automatic.")


def _of_what_answers(terms: Terms) -> Iterator[Notice]:
    if not terms.articles:
        yield Notice(
            text="There are no articles, so nothing can be answered, and every e-mail goes to people.",
            hint=WRITE_ARTICLES,
        )
    if not terms.trained_here:
        yield Notice(
            text="The model came with the installation: it knows the categories of a made-up shop, not yours.",
            hint="To teach one yours, import labelled mail and then train a model.",
        )


def _of_the_promise(terms: Terms) -> Iterator[Notice]:
    if terms.assumed_threshold is not None:
        why = f" ({terms.unproven})" if terms.unproven else ""
        yield Notice(
            text=f"Nothing is proven yet, so nothing goes out by itself today{why}. The figures assume that it did, "
            f"from a probability of {terms.assumed_threshold} on.",
            hint="The guarantee shows how far the proof is.",
        )


def _of_the_language_model(terms: Terms) -> Iterator[Notice]:
    if terms.language_model:
        yield Notice(
            text="Tried without the language model, which is asked in earnest only: with its vote other mail goes to "
            "people, and the proof for that is another one."
        )
