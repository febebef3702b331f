import pytest

from postroom.settings.url import url_at


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:8025"),
        ("0.0.0.0", "http://127.0.0.1:8025"),
        ("::", "http://[::1]:8025"),
        ("fd00::2", "http://[fd00::2]:8025"),
        ("support.example", "http://support.example:8025"),
    ],
)
def test_where_a_browser_of_this_machine_finds_it(host: str, url: str) -> None:
    assert url_at(host, 8025) == url
