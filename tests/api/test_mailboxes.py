"""Mailboxes by API: added, changed, tried and removed; secrets go in and never come out."""

import json
from dataclasses import replace

import httpx
import pytest

from api.conftest import Rooms
from api.statements import statements_of
from contracts.store_nouns import arrival
from postroom.api import mailboxes
from postroom.api.office import OfficeStanding, Trials
from postroom.errors import PluginError, TransientError
from postroom.model.account import Account, AccountFamily
from postroom.model.email import MailboxId
from postroom.model.mailbox import Mailbox, Mode
from postroom.model.user import Role

PLACE = "/api/v1/mailboxes"
JSON = {"Content-Type": "application/json"}
PASSWORD = "correct-horse-battery"


@pytest.fixture
async def admin(rooms: Rooms) -> httpx.AsyncClient:
    return await rooms.client(rooms.app(mailboxes.ROUTER))


def form(name: str = "support", **changes: object) -> dict[str, object]:
    return {
        "name": name,
        "kind": "imap",
        "values": {"host": "imap.example.org", "username": "support@shop.example.org", "password": PASSWORD},
        "rules": {"address": f"{name}@shop.example.org"},
        **changes,
    }


async def added(admin: httpx.AsyncClient, name: str = "support", **changes: object) -> httpx.Response:
    response = await admin.post(PLACE, json=form(name, **changes))
    assert response.status_code == 201, response.text
    return response


async def test_a_mailbox_is_tried_then_stored_with_its_secret_sealed(rooms: Rooms, admin: httpx.AsyncClient) -> None:
    answer = await added(admin)
    assert rooms.tried.names == ["receiver support imap"]
    assert rooms.woken
    body = answer.json()
    assert body["mailbox"]["mode"] == "review"
    assert body["mailbox"]["automatic_categories"] == []
    assert body["mailbox"]["connected_at"] == "2026-11-02T09:00:00Z"
    assert body["receiver"]["secrets"] == ["password"]
    seen = [answer.text, (await admin.get(PLACE)).text, (await admin.get(f"{PLACE}/support")).text]
    seen.append((await admin.post(f"{PLACE}/support/test")).text)
    assert all(PASSWORD not in text for text in seen)
    stored = await rooms.stores.accounts.get(AccountFamily.RECEIVER, "support")
    assert PASSWORD not in repr(stored)


async def test_what_does_not_work_is_told_in_the_words_of_the_server_and_not_stored(rooms: Rooms) -> None:
    async def refused(mailbox: Mailbox, account: Account) -> str:
        raise PluginError("imap.example.org refused the log-in.", hint="Check the password.")

    async def silent(mailbox: Mailbox, account: Account) -> str:
        raise TransientError("imap.example.org did not answer.")

    for trial, status in ((refused, 502), (silent, 503)):
        rooms.office = replace(
            rooms.office, trials=Trials(receiver=trial, sender=rooms.tried.sender, notifier=rooms.tried.notifier)
        )
        admin = await rooms.client(rooms.app(mailboxes.ROUTER))
        for place in (PLACE, f"{PLACE}/test"):
            answer = await admin.post(place, json=form())
            assert answer.status_code == status
            assert "imap.example.org" in answer.json()["detail"]
            assert PASSWORD not in answer.text
    assert await rooms.stores.mailboxes.list() == ()
    await added(admin, test_first=False)


async def test_an_unsaved_form_is_tried_and_nothing_is_stored(rooms: Rooms, admin: httpx.AsyncClient) -> None:
    answer = await admin.post(f"{PLACE}/test", json=form())
    assert answer.json() == {"text": "It can be read."}
    assert await rooms.stores.mailboxes.list() == ()


async def test_only_the_given_rules_change(rooms: Rooms, admin: httpx.AsyncClient) -> None:
    rules = {
        "address": "support@shop.example.org",
        "display_name": "Shop",
        "signatures": {"en": "The shop\n", "*": "Us"},
        "opening_hours": [{"weekday": 0, "opens": "09:00", "closes": "17:00"}],
        "lists": {"never_answer": ["@spam.example.org"]},
        "caps": {"per_hour": 7},
        "automatic_categories": ["refund"],
    }
    body = (await added(admin, rules=rules)).json()["mailbox"]
    assert body["signatures"] == {"en": "The shop", "*": "Us"}
    assert body["caps"]["per_hour"] == 7
    assert body["caps"]["per_day"] == 400
    change = {"revision": 0, "rules": {"mode": "automatic", "caps": {"per_day": 9}, "lists": {"always_person": ["x"]}}}
    after = (await admin.patch(f"{PLACE}/support", json=change)).json()["mailbox"]
    assert after["mode"] == "automatic"
    assert (after["caps"]["per_hour"], after["caps"]["per_day"]) == (7, 9)
    assert after["lists"] == {"never_answer": ["@spam.example.org"], "never_automate": [], "always_person": ["x"]}
    assert after["address"] == {"name": "Shop", "address": "support@shop.example.org"}
    assert after["opening_hours"][0]["closes"] == "17:00:00"
    everything = {"revision": 1, "rules": {"automatic_categories": None}}
    assert (await admin.patch(f"{PLACE}/support", json=everything)).json()["mailbox"]["automatic_categories"] is None
    stored = await rooms.stores.mailboxes.get(MailboxId("support"))
    assert (stored.mode, stored.revision) == (Mode.AUTOMATIC, 2)
    assert rooms.tried.names == ["receiver support imap"]  # Rules alone need no trial.


async def test_of_two_who_change_at_once_the_second_is_told(rooms: Rooms, admin: httpx.AsyncClient) -> None:
    await added(admin)
    first = {"revision": 0, "rules": {"mode": "observe"}}
    second = {"revision": 0, "rules": {"mode": "automatic"}, "values": {"host": "elsewhere.example.org"}}
    assert (await admin.patch(f"{PLACE}/support", json=first)).status_code == 200
    assert (await admin.patch(f"{PLACE}/support", json=second)).status_code == 409
    found = (await admin.get(f"{PLACE}/support")).json()
    assert found["mailbox"]["mode"] == "observe"
    assert found["receiver"]["values"]["host"] == "imap.example.org"


async def test_a_changed_account_is_tried_and_keeps_the_secret_that_was_left_out(
    rooms: Rooms, admin: httpx.AsyncClient
) -> None:
    await added(admin)
    change = {"revision": 0, "values": {"host": "new.example.org", "port": 1993}}
    after = (await admin.patch(f"{PLACE}/support", json=change)).json()
    assert (after["receiver"]["values"]["host"], after["receiver"]["values"]["port"]) == ("new.example.org", 1993)
    assert after["receiver"]["secrets"] == ["password"]
    assert rooms.tried.names == ["receiver support imap"] * 2
    oauth = {"oauth.grant": "refresh_token", "oauth.surprise": "x"}
    answer = await admin.patch(f"{PLACE}/support", json={"revision": 1, "values": oauth})
    assert answer.status_code == 422
    assert "oauth.surprise" in answer.json()["detail"]


async def test_it_says_whether_it_is_open_here_and_why_not(rooms: Rooms, admin: httpx.AsyncClient) -> None:
    await added(admin)
    await added(admin, "sales", values={"path": "nowhere/sales"}, kind="maildir", test_first=False)
    boxes = {name: await rooms.stores.mailboxes.get(MailboxId(name)) for name in ("support", "sales")}
    failures = {"mailbox sales": "There is no such folder."}
    rooms.office = replace(rooms.office, standing=lambda: OfficeStanding(mailboxes=boxes, failures=failures))
    admin = await rooms.client(rooms.app(mailboxes.ROUTER))
    rows = (await admin.get(PLACE)).json()["rows"]
    assert [(one["mailbox"]["id"], one["open"], one["failure"]) for one in rows] == [
        ("sales", False, "There is no such folder."),
        ("support", True, ""),
    ]


async def test_the_list_is_paged_and_costs_the_same_for_many(rooms: Rooms, admin: httpx.AsyncClient) -> None:
    await added(admin, "a0")
    few = await statements_of(admin, PLACE)
    for number in range(1, 6):
        await added(admin, f"a{number}")
    assert await statements_of(admin, PLACE) == few
    first = (await admin.get(PLACE, params={"limit": 4})).json()
    second = (await admin.get(PLACE, params={"limit": 4, "after": first["next_cursor"]})).json()
    names = [one["mailbox"]["id"] for one in first["rows"] + second["rows"]]
    assert names == [f"a{number}" for number in range(6)]
    assert second["next_cursor"] is None
    assert (await admin.get(PLACE, params={"after": "\u00e4"})).status_code == 422


async def test_it_is_not_removed_while_something_waits_unless_that_is_wanted(
    rooms: Rooms, admin: httpx.AsyncClient
) -> None:
    await added(admin)
    await rooms.stores.ledger.accept([arrival(1, mailbox=MailboxId("support"))])
    refused = await admin.delete(f"{PLACE}/support")
    assert refused.status_code == 409
    assert "1 unfinished e-mail" in refused.json()["detail"]
    assert (await admin.delete(f"{PLACE}/support", params={"force": "true"})).status_code == 204
    assert (await admin.get(f"{PLACE}/support")).status_code == 404
    assert (await admin.delete(f"{PLACE}/support")).status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "No Name"},
        {"name": "x" * 42},
        {"kind": "pigeons"},
        {"values": {}},
        {"values": {"surprise": PASSWORD}},
        {"values": {"host": "h", "username": "u", "password": ["a"]}},
        {"values": {"\ud800": "x"}},
        {"values": {"host": "\ud800", "username": "u", "password": "p"}},
        {"values": {"host": "a\x00b", "username": "u\x00", "password": "p"}, "rules": {"address": "a\x00@b.example"}},
        {"values": {"port": 2**80}},
        {"values": {"a": {"b": {"c": 1}}}},
        {"rules": {}},
        {"rules": {"address": "nobody"}},
        {"rules": {"address": "a@shop.example.org", "mode": "fast"}},
        {"rules": {"address": "a@shop.example.org", "mode": None}},
        {"rules": {"address": "a@shop.example.org", "caps": {"per_hour": -1}}},
        {"rules": {"address": "a@shop.example.org", "caps": {"per_hour": None}}},
        {"rules": {"address": "a@shop.example.org", "time_zone": "Moon/Sea"}},
        {"rules": {"address": "a@shop.example.org", "time_zone": "../../etc/passwd"}},
        {"rules": {"address": "a@shop.example.org", "answer_within_hours": 0}},
        {"rules": {"address": "a@shop.example.org", "sender": "nobody"}},
        {"rules": {"address": "a@shop.example.org", "workflow": "none_such"}},
        {"rules": {"address": "a@shop.example.org", "signatures": {"english": "x"}}},
        {"rules": {"address": "a@shop.example.org", "display_name": "a\r\nBcc: b"}},
        {
            "rules": {
                "address": "a@shop.example.org",
                "opening_hours": [{"weekday": 0, "opens": "17:00", "closes": "09:00"}],
            }
        },
        {
            "rules": {
                "address": "a@shop.example.org",
                "opening_hours": [{"weekday": 0, "opens": "09:00Z", "closes": "17:00Z"}],
            }
        },
        {"surprise": 1},
    ],
)
async def test_what_cannot_be_used_is_refused_without_repeating_secrets(
    rooms: Rooms, admin: httpx.AsyncClient, wrong: dict[str, object]
) -> None:
    response = await admin.post(PLACE, content=json.dumps({**form(), **wrong}), headers=JSON)
    assert response.status_code == 422, response.text
    assert PASSWORD not in response.text
    assert await rooms.stores.mailboxes.list() == ()


async def test_a_name_and_an_address_are_taken_once(rooms: Rooms, admin: httpx.AsyncClient) -> None:
    await added(admin)
    assert (await admin.post(PLACE, json=form())).status_code == 409
    twin = form("other", rules={"address": "SUPPORT@shop.example.org"})
    assert (await admin.post(PLACE, json=twin)).status_code == 409


async def test_everybody_reads_and_only_administrators_change(rooms: Rooms, admin: httpx.AsyncClient) -> None:
    await added(admin)
    agent = await rooms.client(rooms.app(mailboxes.ROUTER), Role.AGENT)
    assert (await agent.get(PLACE)).status_code == 200
    assert (await agent.get(f"{PLACE}/support")).status_code == 200
    calls = [
        await agent.post(PLACE, json=form("other")),
        await agent.post(f"{PLACE}/test", json=form("other")),
        await agent.post(f"{PLACE}/support/test"),
        await agent.patch(f"{PLACE}/support", json={"revision": 0}),
        await agent.delete(f"{PLACE}/support"),
    ]
    assert [one.status_code for one in calls] == [403] * 5
    stranger = await rooms.client(rooms.app(mailboxes.ROUTER), None)
    assert (await stranger.get(PLACE)).status_code == 401


async def test_a_folder_outside_of_that_of_accounts_is_refused_before_anything_is_tried(
    rooms: Rooms, admin: httpx.AsyncClient
) -> None:
    wanted = {"name": "sales", "kind": "maildir", "rules": {"address": "sales@lindenhof.example"}}
    for path in ("/etc", "../elsewhere", "a/../../elsewhere"):
        for place in ("/mailboxes", "/mailboxes/test"):
            answer = await admin.post(f"/api/v1{place}", json={**wanted, "values": {"path": path}})
            assert (answer.status_code, "leads out" in answer.json()["detail"]) == (422, True)
    assert (await admin.get("/api/v1/mailboxes")).json()["rows"] == []
