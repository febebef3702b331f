import asyncio
from dataclasses import replace

import httpx
import pytest

from api.conftest import NOW, Rooms
from api.mail_case import Mail, accept, ask, open_shop, post_letter
from api.statements import statements_of
from postroom.actions.categories import CategoryForm, add_category
from postroom.actions.desk import Desk
from postroom.api import reviews
from postroom.model.audit import AuditFilter
from postroom.model.preferences import Preferences
from postroom.model.review import Decision, Review, ReviewId, ReviewKind, ReviewStatus, Verdict
from postroom.model.user import Permission, Role

LIST = "/api/v1/reviews"


@pytest.fixture
async def ann(rooms: Rooms) -> httpx.AsyncClient:
    """An agent."""
    await open_shop(rooms.stores)
    return await rooms.client(rooms.app(reviews.ROUTER), Role.AGENT)


@pytest.fixture
async def boss(rooms: Rooms) -> httpx.AsyncClient:
    """An administrator, who decides as well."""
    return await rooms.client(rooms.app(reviews.ROUTER), Role.ADMIN)


def of(review: Review, verb: str = "") -> str:
    """Return the address of a review, or of a verb on it."""
    return f"{LIST}/{review.id}" + (f"/{verb}" if verb else "")


async def test_the_queue_is_listed_by_rank_with_the_mail(rooms: Rooms, ann: httpx.AsyncClient) -> None:
    first, second = await ask(rooms.stores, 1), await ask(rooms.stores, 2)
    urgent = await ask(rooms.stores, 3)
    await rooms.stores.reviews.add(replace(urgent, id=ReviewId(f"{urgent.id}2"), rank=0))
    page = (await ann.get(LIST, params={"limit": 2})).json()
    assert [row["question"]["rank"] for row in page["rows"]] == [0, 1]
    rest = (await ann.get(LIST, params={"after": page["next_cursor"]})).json()
    assert [row["question"]["id"] for row in rest["rows"]] == [second.id, urgent.id]
    assert page["rows"][1]["question"]["id"] == first.id
    assert page["rows"][1]["email"]["subject"] == "About mail 1"
    assert page["rows"][1]["recipient"]["address"] == "ann@example.com"
    assert "draft" not in page["rows"][1]["question"]


async def test_the_queue_is_narrowed_by_status_and_kind(rooms: Rooms, ann: httpx.AsyncClient) -> None:
    draft, failure = await ask(rooms.stores, 1), await ask(rooms.stores, 2, kind=ReviewKind.FAILURE)
    await ann.post(of(draft, "claim"))

    async def found(**narrowed: object) -> list[str]:
        rows = (await ann.get(LIST, params=httpx.QueryParams(narrowed))).json()["rows"]  # type: ignore[arg-type]
        return [row["question"]["id"] for row in rows]

    assert await found() == [draft.id, failure.id]
    assert await found(status="claimed") == [draft.id]
    assert await found(kind="failure") == [failure.id]
    assert await found(status="closed") == []
    assert (await ann.get(LIST, params={"status": "nonsense"})).status_code == 422
    count = (await ann.get(f"{LIST}/count")).json()
    assert count == {"open": 1, "claimed": 1, "decided": 0, "closed": 0}


async def test_a_page_of_one_kind_is_full(rooms: Rooms, ann: httpx.AsyncClient) -> None:
    asked = [
        await ask(rooms.stores, number, kind=ReviewKind.FAILURE if number % 2 else ReviewKind.DRAFT)
        for number in range(1, 7)
    ]
    first = (await ann.get(LIST, params={"kind": "failure", "limit": 2})).json()
    rest = (await ann.get(LIST, params={"kind": "failure", "limit": 2, "after": first["next_cursor"]})).json()
    found = [[row["question"]["id"] for row in page["rows"]] for page in (first, rest)]
    assert found == [[asked[0].id, asked[2].id], [asked[4].id]]
    assert rest["next_cursor"] is None


async def test_the_sheet_holds_the_draft_the_mail_and_what_came_since(rooms: Rooms, ann: httpx.AsyncClient) -> None:
    review = await ask(rooms.stores, 1)
    asked_about = await rooms.stores.emails.get(review.email_id)
    newer = await accept(rooms.stores, 2, Mail(follows=asked_about))
    await post_letter(rooms.stores, asked_about, 3)
    sheet = (await ann.get(of(review))).json()
    assert sheet["review"]["draft"]["text"] == "Dear Ann"
    assert sheet["review"]["draft"]["passages"][0]["article_id"] == "order_tracking"
    assert sheet["email"]["new_text"] == "mail 1"
    assert [one["id"] for one in sheet["newer"]] == [newer.id]
    assert sheet["more_newer"] is False
    assert sheet["replies"][0]["text"].strip() == "Dear Ann, grüße 3"


async def test_the_statements_do_not_grow_with_what_is_stored(rooms: Rooms, ann: httpx.AsyncClient) -> None:
    review = await ask(rooms.stores, 1)
    few = [await statements_of(ann, path) for path in (of(review), f"{LIST}/count", f"{LIST}?limit=1")]
    for number in range(2, 8):
        await ask(rooms.stores, number)
    assert [await statements_of(ann, path) for path in (of(review), f"{LIST}/count", f"{LIST}?limit=1")] == few


async def test_a_decision_says_until_when_it_can_be_undone(rooms: Rooms, ann: httpx.AsyncClient) -> None:
    review = await ask(rooms.stores, 1)
    answer = await ann.post(of(review, "approve"), json={"reason": "fits"})
    assert answer.status_code == 200
    assert answer.json()["undo_until"] == "2026-11-02T09:00:10Z"
    decision = (await rooms.stores.reviews.get(review.id)).decision
    assert decision is not None
    assert (decision.verdict, decision.by, decision.reason, decision.text) == (
        Verdict.APPROVE,
        "agent",
        "fits",
        "Dear Ann",
    )
    assert rooms.woken == [None]


async def test_the_audit_log_names_the_mail_and_whom_a_letter_will_go_to(rooms: Rooms, ann: httpx.AsyncClient) -> None:
    reviewed = [await ask(rooms.stores, number) for number in (1, 2, 3)]
    failed = await ask(rooms.stores, 4, kind=ReviewKind.FAILURE)
    await ann.post(of(reviewed[0], "approve"))
    await ann.post(of(reviewed[1], "edit"), json={"text": "A secret answer"})
    await ann.post(of(reviewed[2], "reject"), json={"reason": "no"})
    await ann.post(of(failed, "approve"))
    entries = (await rooms.stores.audit.list(AuditFilter())).rows
    noted = {entry.subject: entry.detail for entry in entries if entry.status == 200}
    assert noted[reviewed[0].id] == f"to ann@example.com about {reviewed[0].email_id}"
    assert noted[reviewed[1].id] == f"to ann@example.com about {reviewed[1].email_id}"
    assert noted[reviewed[2].id] == f"about {reviewed[2].email_id}"
    assert "to " not in noted.get(failed.id, "")
    assert "secret" not in repr(entries)


async def test_people_set_how_long_a_decision_can_be_undone(rooms: Rooms, ann: httpx.AsyncClient) -> None:
    await rooms.stores.preferences.change(Preferences(undo_seconds=0.0))
    review = await ask(rooms.stores, 1)
    assert (await ann.post(of(review, "approve"))).json()["undo_until"] is None
    assert [one.id for one in await rooms.stores.reviews.decided(at=NOW)] == [review.id]
    assert (await ann.post(of(review, "undo"))).status_code == 409


async def test_a_decision_that_can_be_undone_is_not_carried_out_before(rooms: Rooms, ann: httpx.AsyncClient) -> None:
    review = await ask(rooms.stores, 1)
    await ann.post(of(review, "reject"), json={"reason": "no", "category": "refund"})
    assert await rooms.stores.reviews.decided(at=rooms.clock.now()) == ()
    rooms.clock.advance(10)
    (due,) = await rooms.stores.reviews.decided(at=rooms.clock.now())
    assert due.decision is not None
    assert (due.decision.verdict, due.decision.category) == (Verdict.REJECT, "refund")


async def test_a_decision_is_undone_in_time_and_made_again(rooms: Rooms, ann: httpx.AsyncClient) -> None:
    review = await ask(rooms.stores, 1)
    await ann.post(of(review, "approve"))
    rooms.clock.advance(9)
    undone = (await ann.post(of(review, "undo"))).json()
    assert (undone["status"], undone["claimed_by"], undone["decision"]) == ("claimed", "agent", None)
    assert (await ann.post(of(review, "edit"), json={"text": "Dear Ann, no."})).status_code == 200
    again = (await rooms.stores.reviews.get(review.id)).decision
    assert again is not None
    assert again.text == "Dear Ann, no."


async def test_it_is_too_late_to_undo_once_the_time_is_over(rooms: Rooms, ann: httpx.AsyncClient) -> None:
    review = await ask(rooms.stores, 1)
    await ann.post(of(review, "approve"))
    rooms.clock.advance(10)
    answer = await ann.post(of(review, "undo"))
    assert answer.status_code == 409
    assert "too late" in answer.json()["detail"]


async def test_only_who_decided_can_undo(rooms: Rooms, ann: httpx.AsyncClient, boss: httpx.AsyncClient) -> None:
    review = await ask(rooms.stores, 1)
    await ann.post(of(review, "approve"))
    answer = await boss.post(of(review, "undo"))
    assert answer.status_code == 409
    assert "decided by 'agent'" in answer.json()["detail"]
    assert (await rooms.stores.reviews.get(review.id)).status is ReviewStatus.DECIDED


async def test_of_two_reviewers_at_once_one_decides_and_the_other_is_told_who(
    rooms: Rooms, ann: httpx.AsyncClient, boss: httpx.AsyncClient
) -> None:
    for number in range(1, 6):
        review = await ask(rooms.stores, number)
        answers = await asyncio.gather(
            ann.post(of(review, "approve")), boss.post(of(review, "edit"), json={"text": "Dear Ann, no."})
        )
        assert sorted(one.status_code for one in answers) == [200, 409]
        winner = next(one.json()["review"]["decision"]["by"] for one in answers if one.status_code == 200)
        told = next(one.json()["detail"] for one in answers if one.status_code == 409)
        assert winner in {"agent", "admin"}
        assert f"by '{winner}'" in told


async def test_an_administrator_gives_back_what_anybody_holds_and_nobody_else_does(
    rooms: Rooms, ann: httpx.AsyncClient, boss: httpx.AsyncClient
) -> None:
    review = await ask(rooms.stores, 1)
    await boss.post(of(review, "claim"))
    refused = await ann.post(of(review, "release"))
    assert (refused.status_code, "'admin'" in refused.json()["detail"]) == (409, True)
    assert (await boss.post(of(review, "release"))).json()["status"] == "open"
    await ann.post(of(review, "claim"))
    narrow = httpx.Headers({"Authorization": f"Bearer {await rooms.token(Role.ADMIN, Permission.DECIDE)}"})
    assert (await boss.post(of(review, "release"), headers=narrow)).status_code == 409
    released = await boss.post(of(review, "release"))
    assert (released.json()["status"], released.json()["claimed_by"]) == ("open", None)
    noted = (await rooms.stores.audit.list(AuditFilter(act="release_review"), limit=9)).rows
    assert [(entry.by, entry.status) for entry in noted] == [
        ("admin", 200),
        ("admin", 409),
        ("admin", 200),
        ("agent", 409),
    ]


async def test_what_another_has_claimed_is_theirs_until_they_give_it_back(
    rooms: Rooms, ann: httpx.AsyncClient, boss: httpx.AsyncClient
) -> None:
    review = await ask(rooms.stores, 1)
    assert (await ann.post(of(review, "claim"))).json()["claimed_by"] == "agent"
    for verb in ("claim", "approve", "reject"):
        answer = await boss.post(of(review, verb))
        assert answer.status_code == 409
        assert "'agent'" in answer.json()["detail"]
    assert (await ann.post(of(review, "release"))).json()["status"] == "open"
    assert (await ann.post(of(review, "release"))).status_code == 409
    assert (await boss.post(of(review, "approve"))).status_code == 200


async def test_what_was_answered_elsewhere_is_over(rooms: Rooms, ann: httpx.AsyncClient) -> None:
    review = await ask(rooms.stores, 1)
    elsewhere = Decision(verdict=Verdict.ANSWERED_ELSEWHERE, by="agent", at=NOW)
    assert await rooms.stores.reviews.decide(review.id, elsewhere)
    for verb in ("claim", "approve", "reject", "undo"):
        answer = await ann.post(of(review, verb))
        assert answer.status_code == 409
        assert "answered with another program" in answer.json()["detail"]


@pytest.mark.parametrize("kind", [ReviewKind.FAILURE, ReviewKind.UNCERTAIN_SEND])
async def test_there_is_no_text_to_edit_in_other_kinds(rooms: Rooms, ann: httpx.AsyncClient, kind: ReviewKind) -> None:
    review = await ask(rooms.stores, 1, kind=kind)
    assert (await ann.post(of(review, "edit"), json={"text": "Hello"})).status_code == 409


@pytest.mark.parametrize(
    "body",
    [
        b'{"text": ""}',
        b'{"text": " \\n "}',
        b'{"text": "a\\u0000b"}',
        b'{"text": "\\ud800"}',
        b'{"text": 7}',
        b'{"text": "a", "more": 1}',
        b'{"text": "a", "\\ud800": 1}',
        b'{"text": "a", "reason": null}',
        b'{"text": "Dear [ \xe2\x80\xa6 ]"}',
        b"[]",
        b"null",
        b'{"text": "' + b"x" * 100_001 + b'"}',
    ],
)
async def test_a_text_that_cannot_be_sent_is_refused(rooms: Rooms, ann: httpx.AsyncClient, body: bytes) -> None:
    review = await ask(rooms.stores, 1)
    answer = await ann.post(of(review, "edit"), content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422, answer.text
    assert (await rooms.stores.reviews.get(review.id)).status is ReviewStatus.OPEN


@pytest.mark.parametrize("odd", ["nothing", "", "a/b/c", "%00", "count", "%2e%2e", "x" * 3_000])
@pytest.mark.parametrize("verb", ["claim", "release", "approve", "reject", "undo"])
async def test_a_review_that_is_not_there_is_not_found(ann: httpx.AsyncClient, odd: str, verb: str) -> None:
    assert (await ann.post(f"{LIST}/{odd}/{verb}")).status_code == 404
    if odd != "count":
        assert (await ann.get(f"{LIST}/{odd}/x")).status_code == 404


async def test_who_may_only_look_decides_nothing(rooms: Rooms, ann: httpx.AsyncClient) -> None:
    review = await ask(rooms.stores, 1)
    viewer = await rooms.client(rooms.app(reviews.ROUTER), Role.VIEWER)
    assert (await viewer.get(of(review))).status_code == 200
    for verb in ("claim", "release", "approve", "reject", "undo"):
        assert (await viewer.post(of(review, verb))).status_code == 403
    assert (await rooms.stores.reviews.get(review.id)).status is ReviewStatus.OPEN


async def test_an_audit_is_listed_and_judged_and_nothing_is_sent(rooms: Rooms, ann: httpx.AsyncClient) -> None:
    await ask(rooms.stores, 1)
    right, wrong = [await ask(rooms.stores, number, kind=ReviewKind.AUDIT) for number in (2, 3)]
    page = (await ann.get(LIST, params={"kind": "audit"})).json()
    assert [row["question"]["id"] for row in page["rows"]] == [right.id, wrong.id]
    await rooms.stores.preferences.change(Preferences(undo_seconds=0.0))
    assert (await ann.post(of(right, "approve"))).json()["review"]["status"] == "closed"
    told = {"category": "refund", "reason": "It is about money."}
    rejected = (await ann.post(of(wrong, "reject"), json=told)).json()["review"]
    assert (rejected["status"], rejected["decision"]["category"]) == ("closed", "refund")
    assert (await ann.post(of(wrong, "approve"))).status_code == 409
    assert await rooms.stores.outbox.count() == {}
    noted = (await rooms.stores.audit.list(AuditFilter(act="approve_review"), limit=9)).rows
    assert noted[-1].detail == f"about {right.email_id}"


async def test_who_approves_or_edits_says_what_the_mail_is_really_about(rooms: Rooms, ann: httpx.AsyncClient) -> None:
    one, two, three = [await ask(rooms.stores, number) for number in (1, 2, 3)]
    await add_category(Desk(stores=rooms.stores, clock=rooms.clock, by="boss"), "refund", CategoryForm())
    approved = (await ann.post(of(one, "approve"), json={"category": "refund"})).json()
    assert approved["review"]["decision"]["category"] == "refund"
    edited = (await ann.post(of(two, "edit"), json={"text": "Dear Ann", "category": "refund"})).json()
    assert edited["review"]["decision"]["category"] == "refund"
    for verb, form in (("approve", {}), ("edit", {"text": "Dear Ann"}), ("reject", {})):
        unknown = await ann.post(of(three, verb), json={**form, "category": "refunds"})
        assert unknown.status_code == 422
        assert "did you mean 'refund'" in unknown.json()["detail"]
        assert (await ann.post(of(three, verb), json={**form, "category": "x" * 101})).status_code == 422
