from starlette.datastructures import MutableHeaders

from postroom.api.headers import CLOSED_POLICY, add_headers


def test_what_an_endpoint_set_stays() -> None:
    headers = MutableHeaders({"Content-Security-Policy": "sandbox", "Cache-Control": "private"})
    add_headers(headers, path="/api/v1/emails/em_1/html")
    assert (headers["content-security-policy"], headers["cache-control"]) == ("sandbox", "private")
    assert headers["x-content-type-options"] == "nosniff"


def test_only_answers_of_the_api_are_kept_nowhere() -> None:
    for path, kept in (("/api/v1/users", "no-store"), ("/welcome.js", None)):
        headers = MutableHeaders()
        add_headers(headers, path=path)
        assert headers.get("cache-control") == kept
        assert headers["content-security-policy"] == CLOSED_POLICY
