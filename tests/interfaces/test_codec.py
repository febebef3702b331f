"""Nouns become JSON text and come back the same."""

import dataclasses
import importlib
import pkgutil
from datetime import UTC, datetime, timedelta, timezone
from types import MappingProxyType

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import postroom.model
from postroom.errors import InputError, StoreError
from postroom.interfaces.codec import decode, decode_all, encode, encode_all
from postroom.model.account import Account
from postroom.model.control import Process
from postroom.model.email import Address, Email, RawEmail
from postroom.model.execution import Event, Outcome
from postroom.model.job import Job
from postroom.model.page import Page
from postroom.model.trained_model import TrainedModel
from postroom.model.workflow import Node, NodeId

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
st.register_type_strategy(datetime, st.datetimes(timezones=st.just(UTC)))
st.register_type_strategy(float, st.floats(allow_nan=False))
st.register_type_strategy(
    Node, st.builds(Node, config=st.dictionaries(st.text(max_size=5), json_values, max_size=3), type=st.text())
)
st.register_type_strategy(
    Account, st.builds(Account, values=st.dictionaries(st.text(max_size=5), json_values, max_size=3))
)

json_objects = st.dictionaries(st.text(max_size=5), json_values, max_size=3)
st.register_type_strategy(Job, st.builds(Job, order=json_objects, result=st.none() | json_objects))
st.register_type_strategy(TrainedModel, st.builds(TrainedModel, figures=json_objects))


def nouns() -> list[type]:
    """Return every dataclass of the model; a page holds nouns and is none."""
    modules = [
        importlib.import_module(f"postroom.model.{found.name}")
        for found in pkgutil.iter_modules(postroom.model.__path__)
    ]
    classes = {
        value
        for module in modules
        for value in vars(module).values()
        if isinstance(value, type) and dataclasses.is_dataclass(value) and value is not Page
    }
    return sorted(classes, key=lambda noun: noun.__name__)


def test_the_model_has_nouns() -> None:
    assert {Email, Event, Node} < set(nouns())


@pytest.mark.parametrize("noun", nouns())
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(choice=st.data())
def test_every_noun_comes_back_the_same(noun: type, choice: st.DataObject) -> None:
    made = choice.draw(st.from_type(noun))
    assert decode(noun, encode(made)) == made
    assert decode_all(noun, encode_all(noun, [made, made])) == (made, made)


def test_times_come_back_aware_whatever_their_zone() -> None:
    at = datetime(2026, 5, 1, 12, 0, tzinfo=timezone(timedelta(hours=2)))
    found = decode(Process, encode(Process(executor_id="a", host="h", pid=1, beat_at=at)))
    assert found.beat_at == at
    assert found.beat_at.utcoffset() is not None


def test_bytes_that_are_no_text_come_back() -> None:
    raw = RawEmail(
        mailbox_id=postroom.model.email.MailboxId("m"),
        uid_validity="1",
        uid="2",
        received_at=datetime(2026, 1, 1, tzinfo=UTC),
        content=bytes(range(256)),
        flags=frozenset({"\\Seen"}),
    )
    assert decode(RawEmail, encode(raw)) == raw


def test_deep_settings_of_a_node_come_back() -> None:
    node = Node(id=NodeId("n"), type="t", config={"a": [1, 2.5, None, True, {"b": ["c"]}], "d": {}})
    found = decode(Node, encode(node))
    assert found == node
    assert isinstance(found.config["a"], list)


def test_a_mapping_that_is_no_dict_comes_back_equal() -> None:
    node = Node(id=NodeId("n"), type="t", config=MappingProxyType({"a": 1}))
    assert decode(Node, encode(node)).config == {"a": 1}


def test_plain_text_is_a_noun_too() -> None:
    assert decode_all(str, encode_all(str, ["a", "ü", ""])) == ("a", "ü", "")


def test_text_of_an_older_version_gets_the_defaults_of_new_fields() -> None:
    assert decode(Outcome, '{"output":"out"}') == Outcome(output="out")


@pytest.mark.parametrize("text", ["", "{", "[]", '{"name":1,"address":""}', '{"name":"Ann Example"}'])
def test_other_text_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(StoreError) as caught:
        decode(Address, text)
    assert caught.value.hint
    assert "Ann" not in caught.value.message


def test_half_a_surrogate_pair_is_refused() -> None:
    with pytest.raises(InputError):
        encode(Address(name="\ud800", address=""))
