"""The language model of the settings, and what is wrapped around local parts where one is to be asked."""

from contextlib import AsyncExitStack

from postroom.actions.categories import asked_categories
from postroom.bootstrap.embedding import embedding_of
from postroom.classifiers.language_model import LanguageModelClassifier, catalogue_categories
from postroom.classifiers.language_model_cascade import CascadeClassifier, always, below_sure
from postroom.interfaces.classifier import Classifier
from postroom.interfaces.clock import Clock
from postroom.interfaces.responder import Responder
from postroom.interfaces.stores import Stores
from postroom.knowledge.spoken_language import SpokenLanguage
from postroom.language_models.budget import DailyBudget, Purse
from postroom.language_models.prices import Prices
from postroom.language_models.prompt import LanguageModel
from postroom.language_models.server import Server
from postroom.responders.language_model import LanguageModelResponder
from postroom.settings import Settings

_MILLIONTHS = 1_000_000


async def open_language_model(
    settings: Settings, stores: Stores, clock: Clock, stack: AsyncExitStack
) -> LanguageModel | None:
    """Return the language model of the settings, closed with `stack`; None where none is to be asked.

    Raises:
        ConfigurationError: the settings of the model do not go together.
    """
    if not is_asked(settings):
        return None
    # The client takes a second to load; a process that asks no language model never loads it.
    from postroom.language_models.client import OpenAiLanguageModel  # noqa: PLC0415

    server = _server(settings)
    purse = _purse(server, settings)
    budget = DailyBudget(stores.spending, clock, account=purse.account, limit_millionths=purse.limit_millionths)
    model = OpenAiLanguageModel(server, budget, clock=clock)
    stack.push_async_callback(model.close)
    return model


def purse_of(settings: Settings) -> Purse | None:
    """Return the purse of the language model of the settings; None where none is to be asked.

    Raises:
        ConfigurationError: the settings of the model do not go together.
    """
    return _purse(_server(settings), settings) if is_asked(settings) else None


async def look_at_language_model(settings: Settings) -> str:
    """Return in one line whether the language model of the settings is there; nothing is asked that costs.

    Raises:
        ConfigurationError: its settings are wrong, or it refuses the key. TransientError: it cannot be reached.
    """
    if not is_asked(settings):
        return "None is asked"
    from postroom.language_models.look import look  # noqa: PLC0415 - as above.

    return await look(_server(settings))


def is_asked(settings: Settings) -> bool:
    """Return whether a language model takes part at all: by its vote, or by rewording drafts."""
    return settings.language_model_use != "off" or settings.language_model_rephrase


def _purse(server: Server, settings: Settings) -> Purse:
    limit = int(settings.language_model_daily_budget * _MILLIONTHS)
    return Purse(model=server.model, account=server.account, limit_millionths=limit)


def _server(settings: Settings) -> Server:
    key = settings.language_model_key
    return Server(
        model=settings.language_model,
        url=settings.language_model_url,
        key=key.get_secret_value() if key else "",
        azure_api_version=settings.language_model_azure_api_version,
        timeout_seconds=settings.language_model_timeout_seconds,
        prices=Prices(
            per_million_in=settings.language_model_price_in, per_million_out=settings.language_model_price_out
        ),
    )


class Advisor:
    """A language model as the settings let it take part. `refresh` keeps what it is told of the categories true."""

    def __init__(self, model: LanguageModel, settings: Settings) -> None:
        self._model = model
        self._settings = settings
        self._categories = catalogue_categories()

    async def refresh(self, stores: Stores) -> None:
        """Read the categories that it is asked about now.

        Raises:
            StoreError: they cannot be read; everything stays as it was.
        """
        self._categories = await asked_categories(stores)

    def beside(self, local: Classifier) -> Classifier:
        """Return `local` with the model's vote where the settings want it; the label stays the local one."""
        if self._settings.language_model_use == "off":
            return local
        language = SpokenLanguage(self._settings.languages)
        voter = LanguageModelClassifier(self._model, lambda: self._categories, language_of=language.identify)
        unsure = always if self._settings.language_model_use == "always" else below_sure
        return CascadeClassifier(local, voter, unsure=unsure)

    def rewording(self, local: Responder) -> Responder:
        """Return `local` with its drafts reworded where the settings want it, each sentence checked locally.

        Without embeddings nothing can be checked, so nothing is reworded.
        """
        embedder = embedding_of(self._settings).for_search()
        if not self._settings.language_model_rephrase or embedder is None:
            return local
        return LanguageModelResponder(local, self._model, embedder)
