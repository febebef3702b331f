"""Every endpoint × every role, by a table that is written by hand: a new endpoint must be put into it."""

import re
from collections import Counter

import httpx
import pytest
from fastapi.routing import APIRoute

from api.conftest import NOW, Rooms
from api.described import described
from postroom.api.openapi import endpoints, needs_session, needs_user, permission_of
from postroom.api.routers import ROUTERS
from postroom.model.control import Process
from postroom.model.user import PERMISSIONS, Permission, Role

PLACEHOLDER = re.compile(r"\{[^}]+\}")


EVERY = [(method, route.path, route) for route in endpoints(ROUTERS) for method in sorted(route.methods or ())]
# The permission, `anybody` who is known, `session` where it must be by log-in, or `nobody` where nobody need be.
NEEDS = {
    "POST /api/v1/visual/workflows/{id}/execute-enhanced": "decide",
    "GET /api/v1/visual/workflows/{id}/status": "read",
    "POST /api/v1/visual/workflows/{id}/pause": "decide",
    "POST /api/v1/visual/workflows/{id}/resume": "decide",
    "POST /api/v1/visual/workflows/{id}/cancel": "decide",
    "GET /api/v1/visual/workflows/{id}/logs": "read",
    "GET /api/v1/visual/workflows/{id}/logs/download": "read",
    "GET /api/v1/visual/workflows/{id}/events": "read",
    "POST /api/v1/stream-tickets": "read",
    "GET /api/v1/executions": "read",
    "GET /api/v1/executions/{execution_id}": "read",
    "GET /api/v1/executions/{execution_id}/events": "read",
    "POST /api/v1/executions/{execution_id}/retry": "decide",
    "POST /api/v1/executions/{execution_id}/rerun": "decide",
    "POST /api/v1/executions/{execution_id}/pause": "decide",
    "POST /api/v1/executions/{execution_id}/resume": "decide",
    "POST /api/v1/executions/{execution_id}/cancel": "decide",
    "GET /api/v1/workflows": "read",
    "POST /api/v1/workflows": "configure",
    "POST /api/v1/workflows/validate": "configure",
    "POST /api/v1/workflows/yaml": "configure",
    "GET /api/v1/workflows/{slug}": "read",
    "PUT /api/v1/workflows/{slug}": "configure",
    "GET /api/v1/workflows/{slug}/yaml": "read",
    "PUT /api/v1/workflows/{slug}/yaml": "configure",
    "GET /api/v1/workflows/{slug}/versions": "read",
    "GET /api/v1/workflows/{slug}/versions/{version}": "read",
    "POST /api/v1/workflows/{slug}/versions/{version}/publish": "configure",
    "POST /api/v1/workflows/{slug}/rollback": "configure",
    "GET /api/v1/node-types": "read",
    "GET /api/v1/emails": "read",
    "GET /api/v1/emails/{email_id}": "read",
    "GET /api/v1/emails/{email_id}/raw": "read",
    "HEAD /api/v1/emails/{email_id}/raw": "read",
    "GET /api/v1/emails/{email_id}/html": "read",
    "GET /api/v1/emails/{email_id}/attachments/{digest}": "read",
    "HEAD /api/v1/emails/{email_id}/attachments/{digest}": "read",
    "GET /api/v1/conversations": "read",
    "GET /api/v1/conversations/{conversation_id}": "read",
    "GET /api/v1/conversations/{conversation_id}/emails": "read",
    "GET /api/v1/conversations/{conversation_id}/replies": "read",
    "GET /api/v1/conversations/{conversation_id}/notes": "read",
    "POST /api/v1/conversations/{conversation_id}/notes": "decide",
    "DELETE /api/v1/conversations/{conversation_id}/notes/{note_id}": "decide",
    "GET /api/v1/search": "read",
    "GET /api/v1/reviews": "read",
    "GET /api/v1/reviews/count": "read",
    "POST /api/v1/reviews/{review_id:path}/claim": "decide",
    "POST /api/v1/reviews/{review_id:path}/release": "decide",
    "POST /api/v1/reviews/{review_id:path}/approve": "decide",
    "POST /api/v1/reviews/{review_id:path}/edit": "decide",
    "POST /api/v1/reviews/{review_id:path}/reject": "decide",
    "POST /api/v1/reviews/{review_id:path}/undo": "decide",
    "GET /api/v1/reviews/{review_id:path}": "read",
    "GET /api/v1/articles": "read",
    "GET /api/v1/articles/in-use": "read",
    "POST /api/v1/articles": "decide",
    "GET /api/v1/articles/{article_id}/{language}": "read",
    "PUT /api/v1/articles/{article_id}/{language}": "decide",
    "PUT /api/v1/articles/{article_id}/{language}/approval": "configure",
    "DELETE /api/v1/articles/{article_id}/{language}": "configure",
    "GET /api/v1/categories": "read",
    "POST /api/v1/categories": "configure",
    "GET /api/v1/categories/{name}": "read",
    "PATCH /api/v1/categories/{name}": "configure",
    "DELETE /api/v1/categories/{name}": "configure",
    "GET /api/v1/examples": "decide",
    "POST /api/v1/examples/import": "configure",
    "GET /api/v1/examples/{example_id:path}": "decide",
    "DELETE /api/v1/examples/{example_id:path}": "configure",
    "GET /api/v1/guarantee": "read",
    "GET /api/v1/guarantee/dial": "read",
    "GET /api/v1/models": "read",
    "GET /api/v1/models/{model_id}": "read",
    "POST /api/v1/models/{model_id}/promote": "configure",
    "POST /api/v1/models/rollback": "configure",
    "POST /api/v1/training": "configure",
    "POST /api/v1/past-mail": "operate",
    "GET /api/v1/past-mail": "operate",
    "GET /api/v1/past-mail/{past_mail_id}": "operate",
    "DELETE /api/v1/past-mail/{past_mail_id}": "operate",
    "POST /api/v1/past-mail/{past_mail_id}/import": "configure",
    "POST /api/v1/backtests": "operate",
    "POST /api/v1/comparisons": "operate",
    "GET /api/v1/jobs": "read",
    "GET /api/v1/jobs/{job_id}": "read",
    "GET /api/v1/jobs/{job_id}/report": "read",
    "POST /api/v1/jobs/{job_id}/cancel": "operate",
    "DELETE /api/v1/jobs/{job_id}": "configure",
    "GET /api/v1/shadow": "read",
    "GET /api/v1/account-kinds": "read",
    "GET /api/v1/mailboxes": "read",
    "POST /api/v1/mailboxes": "configure",
    "POST /api/v1/mailboxes/test": "configure",
    "GET /api/v1/mailboxes/{mailbox_id}": "read",
    "PATCH /api/v1/mailboxes/{mailbox_id}": "configure",
    "DELETE /api/v1/mailboxes/{mailbox_id}": "configure",
    "POST /api/v1/mailboxes/{mailbox_id}/test": "configure",
    "GET /api/v1/senders": "read",
    "POST /api/v1/senders": "configure",
    "POST /api/v1/senders/test": "configure",
    "GET /api/v1/senders/{name}": "read",
    "GET /api/v1/senders/{name}/deliverability": "configure",
    "PATCH /api/v1/senders/{name}": "configure",
    "DELETE /api/v1/senders/{name}": "configure",
    "POST /api/v1/senders/{name}/test": "configure",
    "POST /api/v1/senders/{name}/letter": "configure",
    "GET /api/v1/notifiers": "read",
    "POST /api/v1/notifiers": "configure",
    "POST /api/v1/notifiers/test": "configure",
    "GET /api/v1/notifiers/{name}": "read",
    "PATCH /api/v1/notifiers/{name}": "configure",
    "DELETE /api/v1/notifiers/{name}": "configure",
    "POST /api/v1/notifiers/{name}/test": "configure",
    "GET /api/v1/sending": "read",
    "POST /api/v1/sending/stop": "operate",
    "POST /api/v1/sending/allow": "operate",
    "GET /api/v1/quarantine": "read",
    "GET /api/v1/quarantine/{quarantine_id:path}/raw": "read",
    "HEAD /api/v1/quarantine/{quarantine_id:path}/raw": "read",
    "POST /api/v1/quarantine/{quarantine_id:path}/dismiss": "operate",
    "POST /api/v1/quarantine/{quarantine_id:path}/accept": "operate",
    "GET /api/v1/quarantine/{quarantine_id:path}": "read",
    "GET /api/v1/suppressions": "read",
    "POST /api/v1/suppressions": "operate",
    "DELETE /api/v1/suppressions/{address:path}": "operate",
    "GET /api/v1/alarms": "read",
    "POST /api/v1/alarms/{key:path}/clear": "operate",
    "GET /api/v1/summary": "read",
    "GET /api/v1/preferences": "read",
    "PATCH /api/v1/preferences": "configure",
    "GET /api/v1/webhooks": "configure",
    "POST /api/v1/webhooks": "configure",
    "GET /api/v1/webhooks/{webhook_id}": "configure",
    "PATCH /api/v1/webhooks/{webhook_id}": "configure",
    "DELETE /api/v1/webhooks/{webhook_id}": "configure",
    "POST /api/v1/webhooks/{webhook_id}/secret": "configure",
    "POST /api/v1/webhooks/{webhook_id}/enable": "configure",
    "POST /api/v1/webhooks/{webhook_id}/test": "configure",
    "GET /api/v1/webhooks/{webhook_id}/deliveries": "configure",
    "POST /api/v1/webhooks/{webhook_id}/deliveries/{delivery_id}/retry": "configure",
    "POST /api/v1/sessions": "nobody",
    "GET /api/v1/sessions/current": "anybody",
    "DELETE /api/v1/sessions/current": "session",
    "PUT /api/v1/sessions/current/password": "session",
    "GET /api/v1/sessions": "session",
    "DELETE /api/v1/sessions": "session",
    "DELETE /api/v1/sessions/{session_id}": "session",
    "POST /api/v1/invitations/look": "nobody",
    "POST /api/v1/invitations/accept": "nobody",
    "GET /api/v1/invitations": "administer",
    "DELETE /api/v1/invitations/{invitation_id}": "administer",
    "GET /api/v1/users": "administer",
    "POST /api/v1/users": "administer",
    "GET /api/v1/users/{user_id}": "administer",
    "PATCH /api/v1/users/{user_id}": "administer",
    "POST /api/v1/users/{user_id}/password-reset": "administer",
    "GET /api/v1/tokens": "session",
    "GET /api/v1/tokens/all": "administer",
    "POST /api/v1/tokens": "session",
    "DELETE /api/v1/tokens/{token_id}": "anybody",
    "GET /api/v1/audit": "administer",
    "GET /health/live": "nobody",
    "GET /health/ready": "nobody",
    "GET /metrics": "read",
    "GET /welcome": "nobody",
    "GET /welcome.js": "nobody",
    "GET /welcome.css": "nobody",
}


def test_the_table_says_what_each_endpoint_needs() -> None:
    found = {f"{method} {path}": need_of(route) for method, path, route in EVERY}
    assert found == NEEDS


def need_of(route: APIRoute) -> str:
    permission = permission_of(route)
    if needs_session(route):
        return "session"
    return permission.value if permission else "anybody" if needs_user(route) else "nobody"


def test_every_list_is_paged() -> None:
    paths = described()["paths"]
    for method, path, route in EVERY:
        if "Page[" in str(route.response_model):
            asked = paths[route.path_format][method.lower()]["parameters"]
            assert isinstance(asked, list)
            names = {one["name"] for one in asked}
            assert "limit" in names, path
            assert "after" in names, path


def test_every_operation_has_a_name_of_its_own_and_says_what_it_does() -> None:
    names = [route.name for _, _, route in EVERY if route.include_in_schema]
    assert [name for name, times in Counter(names).items() if times > 1] == []
    assert [path for _, path, route in EVERY if not route.description] == []


@pytest.mark.parametrize("role", [None, *Role])
async def test_who_may_not_is_refused_and_who_may_is_not(rooms: Rooms, role: Role | None) -> None:
    await rooms.stores.controls.beat(Process(executor_id="local", host="here", pid=1, beat_at=NOW))
    client = await rooms.client(rooms.app(*ROUTERS), role)
    wrong: list[str] = []
    for method, path, route in EVERY:
        response = await client.request(method, PLACEHOLDER.sub("nothing", path))
        if not fits(response, need_of(route), role):
            wrong.append(f"{method} {path} as {role}: {response.status_code} {response.text[:120]}")
    assert not wrong, "\n".join(wrong)


def fits(response: httpx.Response, need: str, role: Role | None) -> bool:
    if need == "nobody":
        return response.status_code < 500
    if role is None:
        return response.status_code == 401
    if need == "session":
        return response.status_code == 403
    if need != "anybody" and Permission(need) not in PERMISSIONS[role]:
        return response.status_code == 403
    return response.status_code not in {401, 403} and response.status_code < 500
