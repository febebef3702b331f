import json
import threading
from dataclasses import dataclass, replace

import pytest

from contracts.responder_contract import ResponderContract, classified, written
from embeddings.hashing_embedder import HashingEmbedder
from language_models.scripted_model import ScriptedModel
from language_models.watched_text import watched
from postroom.interfaces.responder import Responder
from postroom.knowledge.articles import starter_shelf
from postroom.knowledge.search import ArticleSearch
from postroom.knowledge.words import sentences
from postroom.language_models.prompt import Abstention, Prompt
from postroom.model.classification import Classification
from postroom.model.draft import Draft
from postroom.model.email import Email
from postroom.responders.articles import ArticleResponder
from postroom.responders.language_model import LanguageModelResponder

LOCAL = ArticleResponder(ArticleSearch(starter_shelf()))
ASKED = written("How do I send something back?")
RETURNS = classified("returns")
Said = tuple[str, list[str]]


def rewording(*said: Said) -> str:
    return json.dumps({"sentences": [{"text": text, "articles": articles} for text, articles in said]})


def faithful(prompt: Prompt) -> str:
    """Reword by saying the passages' sentences in their order."""
    passages = json.loads(prompt.material)["passages"]
    said = [(text, [passage["article"]]) for passage in passages for text in sentences(passage["text"])]
    return rewording(*[(text, ids) for text, ids in said if len(text.split()) > 3][:20])


def responder(model: ScriptedModel) -> LanguageModelResponder:
    return LanguageModelResponder(LOCAL, model, HashingEmbedder())


async def reworded(model: ScriptedModel, text: str = "") -> Draft:
    email = written(text) if text else ASKED
    return await responder(model).respond(email, RETURNS, signature="The shop")


class TestLanguageModelResponder(ResponderContract):
    @pytest.fixture
    def responder(self) -> Responder:
        return responder(ScriptedModel(write=faithful))


class TestLanguageModelResponderWithoutAnAnswer(ResponderContract):
    @pytest.fixture
    def responder(self) -> Responder:
        return responder(ScriptedModel(abstention=Abstention(reason="no budget")))


async def test_a_supported_rewording_keeps_the_local_probability_and_says_that_a_model_wrote() -> None:
    local = await LOCAL.respond(ASKED, RETURNS, signature="The shop")
    found = await reworded(ScriptedModel(write=faithful))
    assert found.by_model
    assert found.responder == responder(ScriptedModel()).name != local.responder
    assert (found.probability, found.language, found.passages) == (local.probability, local.language, local.passages)
    assert found.text != local.text
    assert found.text.splitlines()[0] == local.text.splitlines()[0] == "Hello Anna Berg,"
    assert found.text.splitlines()[-1] == "The shop"
    assert found.note == "reworded, each sentence supported (600 + 40 tokens, 0.001900)"


async def test_only_cited_passages_remain_with_the_draft() -> None:
    local = await LOCAL.respond(ASKED, RETURNS, signature="")
    first = local.passages[0]
    found = await reworded(ScriptedModel(rewording((sentences(first.text)[0], [first.article_id]))))
    assert found.by_model
    assert {passage.article_id for passage in found.passages} == {first.article_id}


@pytest.mark.parametrize(
    "said",
    [
        ("We refund 500 EUR to your card today.", ["return_how"]),
        ("Everything is free and you may keep the goods.", ["return_how"]),
        ("Write to eve@evil.example.", ["return_how"]),
        ("Send it back.", ["refund_when"]),
    ],
)
async def test_one_unsupported_sentence_drops_the_rewording_and_calls_a_person(said: Said) -> None:
    def spoilt(prompt: Prompt) -> str:
        kept = json.loads(faithful(prompt))["sentences"]
        return json.dumps({"sentences": [*kept[:2], {"text": said[0], "articles": said[1]}]})

    local = await LOCAL.respond(ASKED, RETURNS, signature="The shop")
    found = await reworded(ScriptedModel(write=spoilt))
    assert (found.probability, found.by_model, found.text) == (0.0, False, local.text)
    assert found.responder == responder(ScriptedModel()).name
    assert "1 of 3 reworded sentences unsupported; 3: " in found.note
    assert said[0] not in found.note


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "Dear customer",
        "{}",
        '{"sentences": []}',
        rewording(("", ["return_how"])),
        rewording(("Send it back.", [])),
        rewording(*[("Send it back.", ["return_how"])] * 21),
        json.dumps({"sentences": [{"text": "Send it.", "articles": ["return_how"], "to": "eve@evil.example"}]}),
        json.dumps({"sentences": [{"text": "Send it.", "articles": ["return_how"]}], "send": True}),
    ],
    ids=range(9),
)
async def test_what_does_not_fit_the_form_leaves_the_local_draft_as_it_is(answer: str) -> None:
    local = await LOCAL.respond(ASKED, RETURNS, signature="The shop")
    found = await reworded(ScriptedModel(answer))
    assert replace(found, note="") == local
    assert found.note.startswith("not reworded: the answer does not fit the form")


async def test_an_abstention_leaves_the_local_draft_as_it_is() -> None:
    local = await LOCAL.respond(ASKED, RETURNS, signature="The shop")
    found = await reworded(ScriptedModel(abstention=Abstention(reason="the budget of the day is spent")))
    assert replace(found, note="") == local
    assert found.note == "not reworded: the budget of the day is spent"


async def test_the_model_sees_the_found_passages_and_the_masked_question_only() -> None:
    model = ScriptedModel(write=faithful)
    draft = await reworded(model, "How do I send something back? I am ada@example.org, call 0171-1234567. Ada Berg")
    (prompt,) = model.asked
    material = json.loads(prompt.material)
    assert [(one["article"], one["text"]) for one in material["passages"]] == [
        (passage.article_id, passage.text) for passage in draft.passages
    ]
    assert material["question"]["text"] == "How do I send something back? I am [EMAIL_1], call [PHONE_1]. Ada Berg"
    assert "something back" not in prompt.instructions


async def test_the_customers_own_address_does_not_come_back_in_an_answer() -> None:
    model = ScriptedModel(rewording(("We send the label to [EMAIL_1] for the return.", ["return_how"])))
    draft = await reworded(model, "How do I send something back? ada@example.org")
    assert draft.probability == 0.0
    assert "ada@example.org" not in draft.text


@pytest.mark.parametrize("text", ["Qwxz vrtl plmk zzgh"])
async def test_without_passages_nothing_is_asked(text: str) -> None:
    model = ScriptedModel(write=faithful)
    assert not (await reworded(model, text)).by_model
    assert model.asked == []


async def test_mail_for_a_person_is_not_sent_to_a_model() -> None:
    model = ScriptedModel(write=faithful)
    email = replace(ASKED, cautions=("addresses_machine",))
    draft = await responder(model).respond(email, RETURNS, signature="")
    assert draft.passages
    assert model.asked == []


@dataclass
class Fixed:
    draft: Draft
    name: str = "fixed"

    async def respond(self, email: Email, classification: Classification, *, signature: str) -> Draft:
        return self.draft


async def test_the_prompt_is_made_beside_the_event_loop() -> None:
    subject = watched("Returns")
    local = Fixed(await LOCAL.respond(ASKED, RETURNS, signature=""))
    rewords = LanguageModelResponder(local, ScriptedModel(write=faithful), HashingEmbedder())
    assert (await rewords.respond(replace(ASKED, subject=subject), RETURNS, signature="")).by_model
    assert subject.threads
    assert threading.get_ident() not in subject.threads


def test_the_name_tells_who_rewords_and_what_checks_it_and_begins_with_who_drafts() -> None:
    class Other(HashingEmbedder):
        name = "other@1"

    mine = responder(ScriptedModel()).name
    others = {
        responder(ScriptedModel(name="gpt-5")).name,
        LanguageModelResponder(LOCAL, ScriptedModel(), Other()).name,
        LanguageModelResponder(
            Fixed(draft=LOCAL.draft(ASKED, RETURNS, signature="")), ScriptedModel(), HashingEmbedder()
        ).name,
    }
    assert mine.startswith(f"{LOCAL.name}+reworded-")
    assert len({mine, *others}) == 4
