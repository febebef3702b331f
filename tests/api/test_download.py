from postroom.api.download import BINARY, INERT, binary, download, served_type


def test_what_a_browser_could_run_is_served_as_plain_bytes() -> None:
    for kind in ("image/svg+xml", "text/html", "text/xml", "application/xhtml+xml", "text/javascript", "", "IMAGE/PNG"):
        assert served_type(kind) == BINARY
    assert served_type("image/png") == "image/png"
    assert not {kind for kind in INERT if "svg" in kind or "html" in kind or "xml" in kind or "script" in kind}


def test_a_download_is_saved_and_never_shown() -> None:
    answer = download(b"<script>", "../a\r\n.html", content_type="text/plain")
    assert answer.headers["content-type"] == "text/plain"
    assert answer.headers["content-disposition"].startswith('attachment; filename="a .html"')
    assert answer.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    assert answer.headers["cache-control"] == "private, no-store"


def test_every_type_that_is_declared_is_binary() -> None:
    assert binary(["a/b"])[200]["content"] == {"a/b": {"schema": {"type": "string", "format": "binary"}}}
