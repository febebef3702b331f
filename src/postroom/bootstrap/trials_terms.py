"""On what terms past mail is tried: which mailbox's rules, what is proven of it, and what the model has learnt."""

from collections.abc import Callable

from postroom.actions.guarantee import fall_in_words
from postroom.actions.training_material import fingerprint, is_held_out, whole
from postroom.bootstrap.assured import Assured
from postroom.bootstrap.parts import MAILBOX_ID, mailbox_of
from postroom.errors import InputError, NotFoundError
from postroom.interfaces.stores import Stores
from postroom.interfaces.stores.pages import every
from postroom.model.email import MailboxId
from postroom.model.mailbox import Mailbox
from postroom.model.trained_model import TrainedModel
from postroom.settings import Settings

_PAGE = 500


async def chosen_mailbox(settings: Settings, stores: Stores, named: str) -> tuple[Settings, Mailbox]:
    """Return the mailbox by whose rules mail is tried, and the settings with which it is open.

    `main` is the mailbox of the settings. Where these describe none and none was added, mail is tried with what there
    is of the company's own (articles, categories, examples); the made-up shop answers its own stored mail alone.

    Raises:
        NotFoundError: there is no such mailbox. InputError: there is none, and nothing of the company's own.
    """
    added = await stores.mailboxes.list()
    if named and named != MAILBOX_ID:
        return settings, await stores.mailboxes.get(MailboxId(named))
    if added and not named:
        return settings, added[0]
    if settings.mailbox_kind != "none":
        return settings, mailbox_of(settings)
    if named and not (await stores.emails.list(MAILBOX_ID, limit=1)).rows:
        raise NotFoundError(
            f"There is no mailbox {named!r}: so the one is called that the settings describe, and they describe none.",
            hint="The list of mailboxes shows those that were added. Name one of them, or add a mailbox.",
        )
    if await _has_something(settings, stores):
        return settings, mailbox_of(settings)
    if not named:
        raise InputError(
            "There is nothing of your own to try mail with: no mailbox, no articles, no categories and no examples.",
            hint="Write articles and set POSTROOM_ARTICLES_DIR to their folder, or add a mailbox. With "
            "POSTROOM_MAILBOX_KIND=mock it is tried by the made-up shop's articles, which only shows how it works.",
        )
    made_up = settings.model_copy(update={"mailbox_kind": "mock"})
    return made_up, mailbox_of(made_up)


async def learnt_by(stores: Stores, model: TrainedModel | None) -> Callable[[str], bool]:
    """Return what tells whether a model has learnt a text (subject, then words), as far as people labelled it.

    A model that came with the installation has learnt no mail of anybody.

    Raises:
        StoreError: the store cannot be read.
    """
    learnt: set[str] = set()
    if model is not None:
        async for one in every(lambda after: stores.examples.list(after=after, limit=_PAGE)):
            if one.category and one.at <= model.created_at and not is_held_out(whole(one)):
                learnt.add(fingerprint(whole(one)))
    return (lambda text: fingerprint(text) in learnt) if learnt else (lambda _: False)


def unproven(assured: Assured, mailbox: Mailbox) -> str:
    """Return in words why nothing of a mailbox may go out by itself yet."""
    found = next(iter(assured.standings.values()), {})
    standing = found.get(mailbox.id, found.get(None))
    if standing is None:
        return ""
    if standing.drift.pooled is not None:
        return fall_in_words(standing.drift.pooled, standing.guarantee.target)
    return f"at least {standing.guarantee.more_reviews} more reviewed e-mails are needed"


async def _has_something(settings: Settings, stores: Stores) -> bool:
    if settings.articles_dir is not None or (await stores.articles.list(limit=1)).rows:
        return True
    return bool((await stores.categories.list(limit=1)).rows or (await stores.examples.list(limit=1)).rows)
