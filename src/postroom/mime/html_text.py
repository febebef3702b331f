"""The text that a reader of an HTML mail sees, as plain lines, and what he does not see."""

import re
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode

from postroom.mime.html_cost import is_too_costly, without_tags
from postroom.mime.visibility import Appearance, look_of

MAX_HTML_CHARS = 2_000_000
MAX_QUOTE_LEVELS = 20

_UNSEEN = {
    "script",
    "style",
    "head",
    "title",
    "meta",
    "link",
    "template",
    "noscript",
    "object",
    "svg",
    "iframe",
    "select",
}
_BLOCKS = {
    "address", "article", "aside", "blockquote", "body", "center", "dd", "div", "dl", "dt", "fieldset", "figure",
    "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html", "li", "main", "nav", "ol", "p",
    "pre", "section", "table", "tbody", "tfoot", "thead", "tr", "ul",
}  # fmt: skip
_SPACED = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table", "pre", "blockquote"}
_QUOTING_CLASSES = {"yahoo_quoted", "protonmail_quote", "tutanota_quote"}
_BLANKS = re.compile(r"[ \t\r\n\f\u200b\u200c\ufeff\u00ad]+")
# A style sheet that colours backgrounds: white text may stand on one of them.
_STYLED_BACKGROUND = re.compile(r"<style[^<>]{0,500}>[^<]*background", re.IGNORECASE)
_EMPTY_LINES = re.compile(r"\n{3,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class HtmlText:
    """What an HTML mail shows, `text` in lines, and outside of quotations what its reader does not see.

    `hidden` texts are not in `text`; `faint` ones, in the colour of their background, are.
    """

    text: str
    hidden: tuple[str, ...] = ()
    faint: tuple[str, ...] = ()
    comments: tuple[str, ...] = ()


def html_to_text(markup: str) -> str:
    """Return the visible text of `markup`: blocks become lines, quotations get `> `, links keep their text.

    Hidden text, scripts and styles are left out. Linear; what lies beyond the caps on size and nodes is dropped.
    """
    return read_html(markup).text


def read_html(markup: str) -> HtmlText:
    """Return what `markup` shows, as `html_to_text` does, and what it hides.

    Text in the colour of its background is kept: mail programs in dark mode write white on nothing, and the words must
    not be lost.
    """
    markup = markup[:MAX_HTML_CHARS]
    if is_too_costly(markup):
        return HtmlText(text=without_tags(markup).strip())
    root = LexborHTMLParser(markup).root
    if root is None:
        return HtmlText(text="")
    writer = _Writer()
    # A tree much larger than its tags was blown up by formatting that is opened again and again.
    if not _walk(root, writer, _first_look(markup), max_nodes=6 * markup.count("<") + 1_000):
        return HtmlText(text=without_tags(markup).strip())
    return HtmlText(
        text=writer.text(), hidden=tuple(writer.hidden), faint=tuple(writer.faint), comments=tuple(writer.comments)
    )


def _first_look(markup: str) -> Appearance:
    return Appearance(background=None) if _STYLED_BACKGROUND.search(markup) else Appearance()


class _Writer:
    """Collects lines and what is hidden between them; knows how deep it is quoted and whether blanks matter."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._line: list[str] = []
        self.quoted = 0
        self.verbatim = 0
        self.hidden: list[str] = []
        self.faint: list[str] = []
        self.comments: list[str] = []

    def hide(self, text: str | None) -> None:
        if text and not self.quoted and not text.isspace():
            self.hidden.append(text)

    def write_faint(self, text: str) -> None:
        if not self.quoted and not text.isspace():
            self.faint.append(text)
        self.write(text)

    def write(self, text: str) -> None:
        if self.verbatim:
            first, *others = text.replace("\r\n", "\n").split("\n")
            self._line.append(first)
            for other in others:
                self.break_line()
                self._line.append(other)
            return
        text = _BLANKS.sub(" ", text)
        if text.startswith(" ") and (not self._line or self._line[-1].endswith(" ")):
            text = text[1:]
        if text:
            self._line.append(text)

    def end_line(self) -> None:
        if self._line:
            self.break_line()

    def break_line(self) -> None:
        line = "".join(self._line).replace("\u00a0", " ").rstrip()
        self._line = []
        self._lines.append(self._mark(line))

    def blank_line(self) -> None:
        self.end_line()
        blank = self._mark("")
        if self._lines and self._lines[-1] not in {blank, ""}:
            self._lines.append(blank)

    def leave_quotation(self) -> None:
        while self._lines and self._lines[-1] == self._mark(""):
            self._lines.pop()
        self.quoted -= 1

    def text(self) -> str:
        self.end_line()
        return _EMPTY_LINES.sub("\n\n", "\n".join(self._lines)).strip("\n")

    def _mark(self, line: str) -> str:
        levels = min(self.quoted, MAX_QUOTE_LEVELS)
        if not levels:
            return line
        marks = ">" * levels
        return f"{marks} {line}" if line else marks


def _walk(root: LexborNode, writer: _Writer, look: Appearance, *, max_nodes: int) -> bool:
    """Write the tree and return whether all of it was seen; no recursion, as mail can nest deeper than the stack."""
    node: LexborNode | None = root
    open_nodes: list[tuple[LexborNode, bool, Appearance]] = []
    for _ in range(max_nodes):
        if node is None:
            if not open_nodes:
                return True
            closed, quotes, look = open_nodes.pop()
            _leave(closed, writer, quotes=quotes)
            node = closed.next
            continue
        tag = node.tag or ""
        inside = None if tag.startswith(("-", "!")) or tag in _UNSEEN else look_of(node, look)
        if inside is not None:
            quotes = _is_quotation(node)
            _enter(node, writer, quotes=quotes)
            open_nodes.append((node, quotes, look))
            node, look = node.child, inside
            continue
        _write_leaf(node, writer, look)
        node = node.next
    return False


def _write_leaf(node: LexborNode, writer: _Writer, look: Appearance) -> None:
    tag = node.tag or ""
    if tag == "-text":
        text = node.text_content or ""
        if look.tiny:
            writer.hide(text)
        elif look.is_faint:
            writer.write_faint(text)
        else:
            writer.write(text)
    elif tag == "-comment":
        if not writer.quoted:
            writer.comments.append(node.comment_content or "")
    elif not tag.startswith(("-", "!")) and tag not in _UNSEEN:
        writer.hide(node.text(deep=True))


def _enter(node: LexborNode, writer: _Writer, *, quotes: bool) -> None:
    tag = node.tag or ""
    if tag == "br":
        writer.break_line()
    elif tag in _SPACED:
        writer.blank_line()
    elif tag in _BLOCKS:
        writer.end_line()
    if quotes:
        writer.end_line()
        writer.quoted += 1
    if tag == "pre":
        writer.verbatim += 1
    elif tag == "hr":
        writer.write("________________________________")
    elif tag == "li":
        writer.write("- ")
    elif tag == "img":
        writer.write(node.attributes.get("alt") or "")
    elif tag in {"td", "th"}:
        writer.write(" ")


def _leave(node: LexborNode, writer: _Writer, *, quotes: bool) -> None:
    tag = node.tag or ""
    if tag in _BLOCKS or quotes:
        writer.end_line()
    if quotes:
        writer.leave_quotation()
    if tag == "pre":
        writer.verbatim -= 1
    if tag in _SPACED:
        writer.blank_line()


def _is_quotation(node: LexborNode) -> bool:
    tag = node.tag
    if tag == "blockquote":
        return True
    if tag not in {"div", "span", "section"}:
        return False
    classes = (node.attributes.get("class") or "").lower().split()
    # Not Gmail's wrapper: answers written between quotations lie in it too, and its quotations are blockquotes.
    return not _QUOTING_CLASSES.isdisjoint(classes)
