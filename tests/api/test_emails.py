from hashlib import sha256

import httpx
import pytest

from api.conftest import Rooms
from api.mail_case import Mail, accept, open_shop
from api.statements import statements_of
from contracts.store_nouns import SALES
from postroom.api import emails
from postroom.model.email import StoredEmail
from postroom.model.user import Role

HOSTILE_NAMES = [
    ("../../etc/passwd", "passwd"),
    ("a\r\nSet-Cookie: x=1.txt", "a Set-Cookie_ x=1.txt"),
    ('quote".txt', "quote_.txt"),
    ("photo\u202egnp.exe", "photognp.exe"),
    ("x" * 300 + ".pdf", "x" * 146 + ".pdf"),
    ("", "attachment"),
]


@pytest.fixture
async def reader(rooms: Rooms) -> httpx.AsyncClient:
    """One who may only look."""
    await open_shop(rooms.stores)
    return await rooms.client(rooms.app(emails.ROUTER), Role.VIEWER)


def of(stored: StoredEmail, digest: str = "") -> str:
    """Return the address of an e-mail, or of an attachment of it."""
    return f"/api/v1/emails/{stored.id}" + (f"/attachments/{digest}" if digest else "")


async def test_the_list_shows_the_newest_first_and_no_bodies(rooms: Rooms, reader: httpx.AsyncClient) -> None:
    for number in range(1, 4):
        await accept(rooms.stores, number, Mail(text=f"Hello\n  {number} " + "word " * 100))
    first = (await reader.get("/api/v1/emails", params={"limit": 2})).json()
    assert [row["subject"] for row in first["rows"]] == ["About mail 3", "About mail 2"]
    assert first["rows"][0]["snippet"].startswith("Hello 3 word")
    assert len(first["rows"][0]["snippet"]) == 200
    assert not {"text", "new_text", "html"} & set(first["rows"][0])
    rest = (await reader.get("/api/v1/emails", params={"after": first["next_cursor"]})).json()
    assert [row["subject"] for row in rest["rows"]] == ["About mail 1"]
    assert rest["next_cursor"] is None


async def test_the_list_can_be_of_one_mailbox(rooms: Rooms, reader: httpx.AsyncClient) -> None:
    await accept(rooms.stores, 1)
    assert (await reader.get("/api/v1/emails", params={"mailbox_id": SALES})).json()["rows"] == []
    assert len((await reader.get("/api/v1/emails", params={"mailbox_id": "shop"})).json()["rows"]) == 1


async def test_the_statements_of_the_list_do_not_grow_with_the_mail(rooms: Rooms, reader: httpx.AsyncClient) -> None:
    await accept(rooms.stores, 1)
    few = await statements_of(reader, "/api/v1/emails")
    for number in range(2, 12):
        await accept(rooms.stores, number)
    assert await statements_of(reader, "/api/v1/emails") == few


@pytest.mark.parametrize("query", ["after=x", "after=1", "limit=0", "limit=201", "limit=x", "after=" + "9" * 401])
async def test_a_page_that_is_none_is_refused(reader: httpx.AsyncClient, query: str) -> None:
    response = await reader.get(f"/api/v1/emails?{query}")
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"


async def test_an_email_is_read_with_its_cautions_in_words(rooms: Rooms, reader: httpx.AsyncClient) -> None:
    mail = Mail(
        text="Where is it?", cautions=("encrypted", "of_tomorrow"), files={("../b.pdf", "application/pdf"): b"%PDF"}
    )
    stored = await accept(rooms.stores, 1, mail)
    read = (await reader.get(of(stored))).json()
    assert read["new_text"] == "Where is it?"
    assert read["cautions"] == [
        {"code": "encrypted", "words": "it is encrypted"},
        {"code": "of_tomorrow", "words": "of_tomorrow"},
    ]
    assert read["attachments"][0]["filename"] == "b.pdf"
    assert read["from_address"] == {"name": "Ann", "address": "ann@example.com"}
    assert read["has_html"] is False


@pytest.mark.parametrize("odd", ["nothing", "%00", "..%2f..%2fetc", "%F0%9F%92%A9", "x" * 3_000, "%ff", "' OR 1=1 --"])
@pytest.mark.parametrize("rest", ["", "/raw", "/html", "/attachments/abc"])
async def test_an_email_that_is_not_there_is_not_found(reader: httpx.AsyncClient, odd: str, rest: str) -> None:
    response = await reader.get(f"/api/v1/emails/{odd}{rest}")
    assert response.status_code == 404


async def test_the_bytes_are_given_as_they_came(rooms: Rooms, reader: httpx.AsyncClient) -> None:
    stored = await accept(rooms.stores, 1)
    response = await reader.get(f"{of(stored)}/raw")
    assert response.content == await rooms.stores.emails.raw(stored.id)
    assert response.headers["content-type"] == "message/rfc822"
    assert response.headers["content-disposition"].startswith(f'attachment; filename="{stored.id}.eml"')
    assert response.headers["x-content-type-options"] == "nosniff"


async def test_html_is_shown_in_a_page_that_can_do_nothing(rooms: Rooms, reader: httpx.AsyncClient) -> None:
    stored = await accept(rooms.stores, 1, Mail(html="<p style='color:red'>Hi</p>"))
    response = await reader.get(f"{of(stored)}/html")
    assert "<p style='color:red'>Hi</p>" in response.text
    policy = response.headers["content-security-policy"]
    assert policy.startswith("sandbox; default-src 'none'; img-src data:;")
    assert policy.endswith("frame-ancestors 'self'")
    assert "script-src" not in policy
    assert response.headers["x-frame-options"] == "SAMEORIGIN"
    assert response.headers["content-type"] == "text/html; charset=utf-8"


async def test_an_email_without_html_has_no_page(rooms: Rooms, reader: httpx.AsyncClient) -> None:
    stored = await accept(rooms.stores, 1)
    assert (await reader.get(f"{of(stored)}/html")).status_code == 404


@pytest.mark.parametrize(
    ("kind", "served"),
    [
        ("image/png", "image/png"),
        ("application/pdf", "application/pdf"),
        ("text/plain", "text/plain"),
        ("text/html", "application/octet-stream"),
        ("image/svg+xml", "application/octet-stream"),
        ("application/xhtml+xml", "application/octet-stream"),
        ("text/xml", "application/octet-stream"),
        ("text/javascript", "application/octet-stream"),
        ("text/plain\r\nX-Evil: 1", "application/octet-stream"),
        ("", "application/octet-stream"),
    ],
)
async def test_only_inert_attachments_keep_their_type(
    rooms: Rooms, reader: httpx.AsyncClient, kind: str, served: str
) -> None:
    content = b"<svg onload='alert(1)'/>\x00\xff"
    stored = await accept(rooms.stores, 1, Mail(files={("a.bin", kind): content}))
    response = await reader.get(of(stored, sha256(content).hexdigest()))
    assert response.content == content
    assert response.headers["content-type"] == served
    assert response.headers["content-disposition"].startswith("attachment; ")
    assert response.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    assert response.headers["x-content-type-options"] == "nosniff"
    assert "x-evil" not in response.headers


@pytest.mark.parametrize(("given", "saved"), HOSTILE_NAMES)
async def test_an_attachment_is_saved_under_a_harmless_name(
    rooms: Rooms, reader: httpx.AsyncClient, given: str, saved: str
) -> None:
    stored = await accept(rooms.stores, 1, Mail(files={(given, "image/png"): b"png"}))
    response = await reader.get(of(stored, sha256(b"png").hexdigest()))
    assert f'filename="{saved}"' in response.headers["content-disposition"]
    assert "set-cookie" not in response.headers
    assert (await reader.get(of(stored))).json()["attachments"][0]["filename"] == saved


async def test_the_head_of_a_download_tells_its_size(rooms: Rooms, reader: httpx.AsyncClient) -> None:
    stored = await accept(rooms.stores, 1, Mail(files={("a.png", "image/png"): b"12345"}))
    response = await reader.head(of(stored, sha256(b"12345").hexdigest()))
    assert (response.status_code, response.headers["content-length"], response.content) == (200, "5", b"")
    assert (await reader.head(f"{of(stored)}/raw")).status_code == 200


async def test_the_attachment_of_another_email_is_not_given(rooms: Rooms, reader: httpx.AsyncClient) -> None:
    await accept(rooms.stores, 1, Mail(files={("a.png", "image/png"): b"secret"}))
    other = await accept(rooms.stores, 2)
    assert (await reader.get(of(other, sha256(b"secret").hexdigest()))).status_code == 404


async def test_an_attachment_that_was_not_kept_cannot_be_asked_for(rooms: Rooms, reader: httpx.AsyncClient) -> None:
    stored = await accept(rooms.stores, 1)
    assert (await reader.get(f"{of(stored)}/attachments/")).status_code == 404


async def test_nobody_reads_mail_without_a_credential(rooms: Rooms) -> None:
    await open_shop(rooms.stores)
    stored = await accept(rooms.stores, 1)
    nobody = await rooms.client(rooms.app(emails.ROUTER), None)
    for path in ("/api/v1/emails", of(stored), f"{of(stored)}/raw", f"{of(stored)}/html", of(stored, "a" * 64)):
        assert (await nobody.get(path)).status_code == 401
