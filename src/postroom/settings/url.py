"""Where a browser finds what listens on this machine."""


def url_at(host: str, port: int) -> str:
    """Return where a browser on this machine reaches what listens at an address; any address is reached locally."""
    named = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - names, not binds.
    return f"http://[{named}]:{port}" if ":" in named else f"http://{named}:{port}"
