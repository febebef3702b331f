"""Settings of accounts as requests give them."""

from postroom.api.account_forms import without_dots


def test_dotted_and_nested_settings_mean_the_same() -> None:
    assert without_dots({"host": "h", "oauth.grant": "x", "port": None}) == {"host": "h", "oauth": {"grant": "x"}}
    assert without_dots({"oauth": {"grant": "x"}}) == {"oauth": {"grant": "x"}}
    assert without_dots({"oauth": {"grant": "x"}, "oauth.scope": "mail"}) == {"oauth": {"grant": "x", "scope": "mail"}}
    assert without_dots({"a": 1, "a.b": 2}) == {"a": {"b": 2}}
