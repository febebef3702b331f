"""HTML of a mail, made safe to show in a sandboxed frame."""

import html

import nh3

from postroom.mime.html_cost import is_too_costly, without_tags

MAX_HTML_CHARS = 2_000_000
REMOTE_ATTRIBUTE = "data-remote-src"

# The cleaner can change the value of an attribute but not its name; the mark tells which names to change afterwards.
_REMOTE_MARK = "postroom-remote:"

_TAGS = set(nh3.ALLOWED_TAGS) | {"font", "u", "big"}
_ATTRIBUTES = {tag: set(names) for tag, names in nh3.ALLOWED_ATTRIBUTES.items()}
_ATTRIBUTES["*"] = {"dir", "lang", "title", "align", "valign", "style", "class"}
_ATTRIBUTES["img"] = {"alt", "height", "width", "src"}
_ATTRIBUTES["font"] = {"color", "face", "size"}
for _tag in ("table", "td", "th", "tr"):
    _ATTRIBUTES.setdefault(_tag, set()).update({"bgcolor", "border", "cellpadding", "cellspacing", "height", "width"})
_STYLES = {
    "background-color", "border", "border-bottom", "border-collapse", "border-color", "border-left", "border-right",
    "border-spacing", "border-style", "border-top", "border-width", "color", "direction", "display", "font",
    "font-family", "font-size", "font-style", "font-weight", "height", "letter-spacing", "line-height",
    "list-style-type",
    "margin", "margin-bottom", "margin-left", "margin-right", "margin-top", "max-width", "min-width", "padding",
    "padding-bottom", "padding-left", "padding-right", "padding-top", "text-align", "text-decoration", "text-indent",
    "text-transform", "vertical-align", "white-space", "width", "word-break",
}  # fmt: skip
_NO_CONTENT = {
    "script",
    "style",
    "title",
    "form",
    "select",
    "textarea",
    "object",
    "applet",
    "iframe",
    "noscript",
    "svg",
}
_LINK = ("http:", "https:", "mailto:", "tel:", "cid:")
_LOCAL_IMAGE = ("cid:", "data:image/png", "data:image/jpeg", "data:image/gif", "data:image/webp")


def safe_html(markup: str) -> str:
    """Return `markup` without scripts, forms, outside styles and remote images.

    Images of the mail itself (`cid:`) stay. The address of a remote one moves to `data-remote-src`, so that nothing
    is fetched before the reader asks for it. Links open without a referrer. Beyond `MAX_HTML_CHARS` all is dropped.
    """
    markup = markup[:MAX_HTML_CHARS]
    if is_too_costly(markup):
        return f"<pre>{html.escape(without_tags(markup))}</pre>"
    cleaned = _CLEANER.clean(markup)
    return cleaned.replace(f' src="{_REMOTE_MARK}', f' {REMOTE_ATTRIBUTE}="')


def _filter(_tag: str, attribute: str, value: str) -> str | None:
    lowered = value.strip().lower()
    if attribute == "src":
        if lowered.startswith(_LOCAL_IMAGE):
            return value
        return _REMOTE_MARK + value.strip() if lowered.startswith(("http:", "https:")) else None
    if attribute in {"href", "cite"}:
        return value if lowered.startswith(_LINK) else None
    if attribute == "style":
        # Anything that could reach outside or hide how it does so; the whole style goes.
        return None if "url" in lowered or "\\" in lowered or "expression" in lowered or "image" in lowered else value
    return value


_CLEANER = nh3.Cleaner(
    tags=_TAGS,
    clean_content_tags=_NO_CONTENT,
    attributes=_ATTRIBUTES,
    attribute_filter=_filter,
    url_schemes={"http", "https", "mailto", "tel", "cid", "data", _REMOTE_MARK.rstrip(":")},
    link_rel="noopener noreferrer nofollow",
    filter_style_properties=_STYLES,
    url_relative="deny",
)
