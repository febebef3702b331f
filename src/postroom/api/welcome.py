"""The page where an invited person sets a password: three small files, nothing from elsewhere."""

from importlib.resources import files

from fastapi import APIRouter, Response

ROUTER = APIRouter(include_in_schema=False)

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)


@ROUTER.get("/welcome")
async def welcome_page() -> Response:
    """Show the form; the secret stays behind `#` in the browser until the form is sent."""
    return _page("welcome.html", "text/html; charset=utf-8")


@ROUTER.get("/welcome.js")
async def welcome_script() -> Response:
    """Give the script of the form."""
    return _page("welcome.js", "text/javascript; charset=utf-8")


@ROUTER.get("/welcome.css")
async def welcome_style() -> Response:
    """Give its looks."""
    return _page("welcome.css", "text/css; charset=utf-8")


def _page(name: str, media_type: str) -> Response:
    content = (files("postroom.api") / "pages" / name).read_bytes()
    headers = {"Content-Security-Policy": POLICY, "Cache-Control": "no-store"}
    return Response(content, media_type=media_type, headers=headers)
