import base64
from dataclasses import replace
from datetime import datetime

import httpx
import pytest

from api.conftest import Rooms
from api.mail_case import accept, open_shop
from api.standing_case import open_mailboxes, shop
from contracts.store_nouns import arrival, event
from postroom.api import visual_logs, visual_workflows
from postroom.model.audit import AuditFilter
from postroom.model.control import Wish
from postroom.model.email import EmailId, MailboxId, StoredEmail
from postroom.model.execution import EventKind, ExecutionFilter, ExecutionId, ExecutionStatus
from postroom.model.user import Permission, Role
from postroom.model.workflow import WorkflowSlug

BASE = "/api/v1/visual/workflows/support"
RUN = f"{BASE}/execute-enhanced"
S = ExecutionStatus
FORGED = (
    b"From: The boss <boss@shop.example>\r\nTo: shop@shop.example\r\nMessage-ID: <forged@shop.example>\r\n"
    b"Subject: Pay\r\n\r\nPlease pay at once.\r\n"
)
MESSAGE = {"Content-Type": "message/rfc822"}


@pytest.fixture
async def ann(rooms: Rooms) -> httpx.AsyncClient:
    """An agent in a shop whose mailbox is open."""
    await open_shop(rooms.stores)
    open_mailboxes(rooms, shop())
    return await rooms.client(rooms.app(visual_workflows.ROUTER, visual_logs.ROUTER), Role.AGENT)


def as_eml(content: bytes = FORGED) -> str:
    return base64.b64encode(content).decode()


async def settle(rooms: Rooms, number: int, status: ExecutionStatus) -> ExecutionId:
    await accept(rooms.stores, number)
    execution = await rooms.stores.executions.get(arrival(number).execution_id)
    await rooms.stores.executions.settle(replace(execution, status=status), ())
    return execution.id


async def worked_off(rooms: Rooms, number: int) -> StoredEmail:
    """Return an e-mail whose first execution has ended."""
    execution_id = await settle(rooms, number, S.SUCCEEDED)
    return await rooms.stores.emails.get((await rooms.stores.executions.get(execution_id)).email_id)


async def test_an_email_that_is_worked_on_gets_no_second_execution_but_a_dry_one(
    rooms: Rooms, ann: httpx.AsyncClient
) -> None:
    stored = await accept(rooms.stores, 1)
    assert (await ann.post(RUN, json={"email_id": stored.id})).status_code == 409
    assert (await ann.post(RUN, json={"email_id": stored.id, "dry_run": True})).status_code == 202


async def count(rooms: Rooms) -> int:
    return len((await rooms.stores.executions.list()).rows)


async def test_a_stored_email_gets_a_new_execution(rooms: Rooms, ann: httpx.AsyncClient) -> None:
    stored = await worked_off(rooms, 1)

    answer = await ann.post(RUN, json={"email_id": stored.id})

    assert answer.status_code == 202
    assert not answer.json()["dry_run"]
    (made,) = answer.json()["executions"]
    assert made["email_id"] == stored.id
    execution = await rooms.stores.executions.get(made["execution_id"])
    assert (execution.status, execution.mailbox_id, execution.version) == (S.QUEUED, "shop", 1)
    assert execution.id != arrival(1).execution_id
    (queued,) = await rooms.stores.executions.latest_events(limit=1)
    assert (queued.kind, queued.execution_id, queued.workflow) == (
        EventKind.EXECUTION_QUEUED,
        execution.id,
        "support",
    )
    assert rooms.woken


async def test_what_waits_in_a_mailbox_keeps_its_execution(rooms: Rooms, ann: httpx.AsyncClient) -> None:
    await accept(rooms.stores, 1)
    await settle(rooms, 2, S.RUNNING)
    await rooms.stores.ledger.accept([replace(arrival(3), history=True, version=1)])

    answer = await ann.post(RUN, json={"mailbox_id": "shop", "limit": 10})
    found = {one["email_id"]: one["execution_id"] for one in answer.json()["executions"]}

    assert answer.status_code == 202, answer.text
    assert found[arrival(1).email_id] == arrival(1).execution_id
    assert set(found) == {arrival(1).email_id, arrival(3).email_id}
    assert await count(rooms) == 3


async def test_a_dry_run_of_what_waits_leaves_the_real_one_queued(rooms: Rooms, ann: httpx.AsyncClient) -> None:
    await accept(rooms.stores, 1)

    answer = await ann.post(RUN, json={"mailbox_id": "shop", "dry_run": True})

    (made,) = answer.json()["executions"]
    assert (await rooms.stores.executions.get(made["execution_id"])).dry_run
    assert not (await rooms.stores.executions.get(arrival(1).execution_id)).dry_run


async def test_an_empty_mailbox_has_nothing_to_execute(rooms: Rooms, ann: httpx.AsyncClient) -> None:
    answer = await ann.post(RUN, json={"mailbox_id": "shop"})

    assert answer.status_code == 409
    assert (await ann.post(RUN, json={"mailbox_id": "nothing"})).status_code == 404


@pytest.mark.parametrize("form", ["json", "message"])
async def test_an_uploaded_message_stands_apart_and_runs_dry(rooms: Rooms, ann: httpx.AsyncClient, form: str) -> None:
    await accept(rooms.stores, 1)
    before = await rooms.stores.ledger.cursor(MailboxId("shop"))

    if form == "json":
        answer = await ann.post(RUN, json={"eml": as_eml()})
    else:
        answer = await ann.post(RUN, content=FORGED, headers=MESSAGE)

    assert answer.status_code == 202, answer.text
    assert answer.json()["dry_run"]
    (made,) = answer.json()["executions"]
    execution = await rooms.stores.executions.get(made["execution_id"])
    stored = await rooms.stores.emails.get(EmailId(made["email_id"]))
    assert execution.dry_run
    assert "uploaded" in stored.email.cautions
    assert stored.mailbox_id == "shop"
    assert await rooms.stores.ledger.cursor(MailboxId("shop")) == before
    entry = (await rooms.stores.ledger.entries()).rows[-1]
    assert (entry.uid_validity, entry.uid) == ("upload", execution.id)
    assert await rooms.stores.emails.raw(stored.id) == FORGED


async def test_the_same_message_uploaded_twice_is_two_emails_and_leads_no_other_mail(
    rooms: Rooms, ann: httpx.AsyncClient
) -> None:
    first = (await ann.post(RUN, content=FORGED, headers=MESSAGE)).json()["executions"][0]
    second = (await ann.post(RUN, content=FORGED, headers=MESSAGE)).json()["executions"][0]
    assert first["email_id"] != second["email_id"]
    mine = (await rooms.stores.emails.get(EmailId(second["email_id"]))).conversation_id
    assert mine != (await rooms.stores.emails.get(EmailId(first["email_id"]))).conversation_id

    # A real mail that answers it, from the same sender, opens its own conversation; so does the real one of that id.
    real = replace(arrival(5, sender="boss@shop.example"), version=1, thread_ids=("<forged@shop.example>",))
    same_id = arrival(6, sender="boss@shop.example")
    same_id = replace(same_id, version=1, email=replace(same_id.email, message_id="<forged@shop.example>"))
    await rooms.stores.ledger.accept([real, same_id])

    assert (await rooms.stores.emails.get(real.email_id)).conversation_id != mine
    assert (await rooms.stores.emails.get(same_id.email_id)).email.cautions == ()


async def test_an_upload_that_several_mailboxes_could_mean_must_name_one(rooms: Rooms, ann: httpx.AsyncClient) -> None:
    open_mailboxes(rooms, shop("a"), shop("b"), shop("c", workflow="other"))
    ann = await rooms.client(rooms.app(visual_workflows.ROUTER, visual_logs.ROUTER), Role.AGENT)

    unclear = await ann.post(RUN, json={"eml": as_eml()})
    clear = await ann.post(RUN, json={"eml": as_eml(), "mailbox_id": "b"})
    raw = await ann.post(f"{RUN}?mailbox_id=a&dry_run=false", content=FORGED, headers=MESSAGE)

    assert unclear.status_code == 422
    assert "There are: a, b." in unclear.json()["hint"]
    assert clear.status_code == raw.status_code == 202
    assert not raw.json()["dry_run"]
    assert (await ann.post(RUN, json={"eml": as_eml(), "mailbox_id": "x"})).status_code == 422


async def test_an_email_of_a_removed_mailbox_is_not_executed(rooms: Rooms, ann: httpx.AsyncClient) -> None:
    stored = await accept(rooms.stores, 1)
    open_mailboxes(rooms)
    ann = await rooms.client(rooms.app(visual_workflows.ROUTER, visual_logs.ROUTER), Role.AGENT)

    answer = await ann.post(RUN, json={"email_id": stored.id})

    assert answer.status_code == 409
    assert await count(rooms) == 1


@pytest.mark.parametrize(
    ("content", "headers", "status"),
    [
        (b"{}", {}, 422),
        (b'{"email_id": "a", "eml": "YQ=="}', {}, 422),
        (b'{"email_id": "a", "mailbox_id": "shop"}', {}, 422),
        (b'{"email_id": "a", "execution_id": "b"}', {}, 422),
        (b'{"email_id": "a"}', {}, 404),
        (b'{"email_id": "a\\u0000"}', {}, 422),
        (b'{"email_id": "\\ud800"}', {}, 422),
        (b'{"mailbox_id": "shop", "limit": 101}', {}, 422),
        (b'{"mailbox_id": "shop", "limit": 0}', {}, 422),
        (b'{"eml": "not base64!"}', {}, 422),
        (b'{"eml": "===="}', {}, 422),
        (b'{"eml": "\\u00e9"}', {}, 422),
        (b"[]", {}, 422),
        (b"null", {}, 422),
        (b"{", {}, 422),
        (b"[" * 20_000, {}, 422),
        (b"\xff", {}, 422),
        (b"", {}, 422),
        (b"", MESSAGE, 422),
        (b"x", {"Content-Type": "text/plain"}, 415),
    ],
)
async def test_what_cannot_be_executed_is_refused_in_words(
    rooms: Rooms, ann: httpx.AsyncClient, content: bytes, headers: dict[str, str], status: int
) -> None:
    answer = await ann.post(RUN, content=content, headers={"Content-Type": "application/json"} | headers)

    assert answer.status_code == status, answer.text
    assert answer.json()["detail"]
    assert await count(rooms) == 0


async def test_what_the_query_says_of_an_upload_is_not_overheard_with_json(
    rooms: Rooms, ann: httpx.AsyncClient
) -> None:
    stored = await accept(rooms.stores, 1)

    answer = await ann.post(f"{RUN}?dry_run=true", json={"email_id": stored.id})

    assert answer.status_code == 422
    assert await count(rooms) == 1


@pytest.mark.parametrize("content", [b"\x00\xff\xfe", b"From: a@b\r\n\r\n" + b"\x00" * 100, b"no headers", b"\n"])
async def test_any_bytes_can_be_uploaded(rooms: Rooms, ann: httpx.AsyncClient, content: bytes) -> None:
    assert (await ann.post(RUN, content=content, headers=MESSAGE)).status_code == 202


async def test_the_same_key_and_request_give_the_same_answer_and_nothing_new(
    rooms: Rooms, ann: httpx.AsyncClient
) -> None:
    stored = await worked_off(rooms, 1)
    key = {"Idempotency-Key": "k-1"}

    first = await ann.post(RUN, json={"email_id": stored.id}, headers=key)
    second = await ann.post(RUN, json={"email_id": stored.id}, headers=key)
    upload = await ann.post(RUN, content=FORGED, headers={**MESSAGE, "Idempotency-Key": "k-2"})
    again = await ann.post(RUN, content=FORGED, headers={**MESSAGE, "Idempotency-Key": "k-2"})

    assert first.json() == second.json()
    assert upload.json() == again.json()
    assert await count(rooms) == 3


async def test_another_request_under_the_same_key_is_refused(rooms: Rooms, ann: httpx.AsyncClient) -> None:
    stored = await worked_off(rooms, 1)
    key = {"Idempotency-Key": "k-1"}
    await ann.post(RUN, json={"email_id": stored.id}, headers=key)

    for form in ({"email_id": stored.id, "dry_run": True}, {"eml": as_eml()}, {"mailbox_id": "shop"}):
        other = await ann.post(RUN, json=form, headers=key)
        assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert await count(rooms) == 2


async def test_a_key_is_one_users_own_and_lasts_a_day(rooms: Rooms, ann: httpx.AsyncClient) -> None:
    stored = await worked_off(rooms, 1)
    key = {"Idempotency-Key": "k-1"}
    boss = await rooms.client(rooms.app(visual_workflows.ROUTER, visual_logs.ROUTER), Role.ADMIN)
    dry = {"email_id": stored.id, "dry_run": True}
    first = await ann.post(RUN, json=dry, headers=key)

    assert first.status_code == 202
    assert (await boss.post(RUN, json=dry, headers=key)).json() != first.json()
    rooms.clock.advance(24 * 3600 + 1)
    assert (await ann.post(RUN, json=dry, headers=key)).json() != first.json()


@pytest.mark.parametrize("key", ["x" * 201, "a b", "ä", ""])
async def test_a_key_must_be_short_and_visible(rooms: Rooms, ann: httpx.AsyncClient, key: str) -> None:
    stored = await accept(rooms.stores, 1)

    answer = await ann.post(RUN, json={"email_id": stored.id}, headers=[(b"Idempotency-Key", key.encode())])

    assert answer.status_code == 422


async def test_both_kinds_of_bodies_are_described(rooms: Rooms, ann: httpx.AsyncClient) -> None:
    document = (await ann.get("/api/v1/openapi.json")).json()

    operation = document["paths"]["/api/v1/visual/workflows/{id}/execute-enhanced"]["post"]
    content = operation["requestBody"]["content"]
    assert set(content) == {"application/json", "message/rfc822"}
    assert [set(one["properties"]) for one in content["application/json"]["schema"]["oneOf"]] == [
        {"email_id", "dry_run"},
        {"eml", "mailbox_id", "dry_run"},
        {"mailbox_id", "limit", "dry_run"},
    ]


async def test_the_whole_workflow_is_paused_and_resumed_by_who_may(rooms: Rooms, ann: httpx.AsyncClient) -> None:
    slug = WorkflowSlug("support")
    assert (await ann.post(f"{BASE}/resume")).status_code == 409
    asked = await ann.post(f"{BASE}/pause")
    assert (asked.status_code, asked.json()["wish"], asked.json()["by"]) == (202, "pause", "agent")
    assert await rooms.stores.controls.paused_workflows() == {slug}
    assert (await ann.post(f"{BASE}/pause", json={})).status_code == 409
    assert (await ann.get(f"{BASE}/status")).json()["paused"]
    assert (await ann.post(f"{BASE}/resume", json={"execution_id": None})).status_code == 202
    assert await rooms.stores.controls.paused_workflows() == frozenset()
    assert (await ann.post("/api/v1/visual/workflows/nothing/pause")).status_code == 404


async def test_who_may_only_decide_controls_one_execution_but_no_workflow(rooms: Rooms, ann: httpx.AsyncClient) -> None:
    await accept(rooms.stores, 1)
    secret = await rooms.token(Role.AGENT, Permission.READ, Permission.DECIDE)
    headers = {"Authorization": f"Bearer {secret}"}

    for act in ("pause", "resume", "cancel"):
        assert (await ann.post(f"{BASE}/{act}", headers=headers)).status_code == 403
    one = await ann.post(f"{BASE}/pause", headers=headers, json={"execution_id": arrival(1).execution_id})
    assert one.status_code == 202


async def test_cancelling_the_whole_workflow_asks_every_unsettled_execution(
    rooms: Rooms, ann: httpx.AsyncClient
) -> None:
    nothing = await ann.post(f"{BASE}/cancel")
    assert nothing.status_code == 409
    for number, status in enumerate(ExecutionStatus):
        await settle(rooms, number, status)

    asked = await ann.post(f"{BASE}/cancel")

    assert (asked.status_code, asked.json()["executions"]) == (202, 4)
    requests = await rooms.stores.controls.requests()
    assert {one.wish for one in requests} == {Wish.CANCEL}
    left = {(await rooms.stores.executions.get(one.execution_id)).status for one in requests}
    assert left == {S.QUEUED, S.RUNNING, S.WAITING, S.PAUSED}


async def test_an_execution_of_another_workflow_is_not_found(rooms: Rooms, ann: httpx.AsyncClient) -> None:
    await accept(rooms.stores, 1)
    execution_id = arrival(1).execution_id
    other = "/api/v1/visual/workflows/other"

    for path in (f"{other}/status", f"{other}/logs", f"{other}/logs/download"):
        assert (await ann.get(f"{path}?execution_id={execution_id}")).status_code == 404
        assert (await ann.get(path)).status_code == 404
    for act in ("pause", "resume", "cancel"):
        assert (await ann.post(f"{other}/{act}", json={"execution_id": execution_id})).status_code == 404
    assert (await ann.get(f"{BASE}/status?execution_id={execution_id}")).status_code == 200


async def test_the_workflow_says_how_much_it_does(rooms: Rooms, ann: httpx.AsyncClient) -> None:
    for number in range(12):
        await settle(rooms, number, S.SUCCEEDED if number < 3 else S.RUNNING)

    def at_time(hour: int, minute: int) -> datetime:
        return rooms.clock.now().replace(hour=hour, minute=minute)

    events = [
        replace(event(f"e{number}", kind, attempt=attempt), at=at_time(hour, minute), workflow="support")
        for number, (kind, attempt, hour, minute) in enumerate(
            [
                (EventKind.EXECUTION_STARTED, 1, 8, 59),
                (EventKind.EXECUTION_STARTED, 1, 9, 0),
                (EventKind.EXECUTION_STARTED, 2, 9, 0),
                (EventKind.EXECUTION_SUCCEEDED, 1, 9, 0),
                (EventKind.EXECUTION_FAILED, 1, 8, 10),
                (EventKind.EXECUTION_CANCELLED, 1, 7, 59),
            ]
        )
    ]
    await rooms.stores.executions.record([*events, replace(events[0], execution_id=ExecutionId("x"), workflow="other")])

    found = (await ann.get(f"{BASE}/status")).json()

    assert found["subject"] == "workflow"
    assert found["executions"] == {"succeeded": 3, "running": 9}
    assert found["pace"] == {"last_minute": {"begun": 2, "ended": 1}, "last_hour": {"begun": 2, "ended": 2}}
    assert len(found["newest"]) == 10
    assert (found["version"], found["sending_halted"], found["processes"]) == (1, False, [])


async def test_who_only_reads_executes_nothing(rooms: Rooms, ann: httpx.AsyncClient) -> None:
    stored = await accept(rooms.stores, 1)
    viewer = await rooms.client(rooms.app(visual_workflows.ROUTER, visual_logs.ROUTER), Role.VIEWER)

    assert (await viewer.post(RUN, json={"email_id": stored.id})).status_code == 403
    assert (await viewer.get(f"{BASE}/status")).status_code == 200
    assert (await rooms.stores.executions.list(ExecutionFilter())).rows[0].id == arrival(1).execution_id


async def test_the_audit_log_names_what_was_executed_and_that_it_was_uploaded(
    rooms: Rooms, ann: httpx.AsyncClient
) -> None:
    await settle(rooms, 1, S.SUCCEEDED)
    email_id = arrival(1).email_id
    old = (await ann.post(RUN, json={"email_id": email_id})).json()["executions"][0]
    forged = (await ann.post(RUN, content=FORGED, headers=MESSAGE, params={"dry_run": "false"})).json()["executions"][0]
    uploaded, again = (await rooms.stores.audit.list(AuditFilter())).rows
    assert again.detail == f"stored mail, real run: {old['execution_id']} of {email_id}"
    assert uploaded.detail == f"upload, real run: {forged['execution_id']} of {forged['email_id']}"
    assert uploaded.subject == "support"
