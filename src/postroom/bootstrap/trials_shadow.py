"""What hears of people's answers to observed e-mails, put together when the first one is heard of."""

import asyncio

from postroom.bootstrap.parts import shelf
from postroom.bootstrap.shelves import Shelves
from postroom.interfaces.stores import Stores
from postroom.knowledge.articles import ArticleShelf
from postroom.knowledge.search import ArticleSearch
from postroom.settings import Settings
from postroom.trials.shadow import ShadowKeeper
from postroom.trials.shadow_agreement import Agreement


def shadow_of(settings: Settings, stores: Stores) -> ShadowKeeper:
    """Return what keeps people's answers; articles are read when they are needed, and anew where they changed."""
    # The made-up shop's articles answer generated mail alone, to which no person ever writes.
    ground = shelf(settings) if settings.articles_dir is not None else ArticleShelf(())
    shelves = Shelves(stores, ground, languages=settings.languages)
    made: dict[int, Agreement] = {}

    async def agreement() -> Agreement:
        await shelves.refresh()
        if id(shelves.shelf) not in made:
            made.clear()
            made[id(shelves.shelf)] = Agreement(await asyncio.to_thread(ArticleSearch, shelves.shelf))
        return made[id(shelves.shelf)]

    return ShadowKeeper(stores, agreement)
