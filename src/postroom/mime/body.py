"""What a message shows: its text, its HTML and its attachments, chosen from the tree of parts."""

import hashlib
import html
import re
from dataclasses import dataclass, field

from postroom.mime.charsets import decode_text
from postroom.mime.flowed import join_flowed
from postroom.mime.headers import decode_words
from postroom.mime.html_text import html_to_text
from postroom.mime.parameters import file_name, split_value
from postroom.mime.parts import Part
from postroom.mime.transfer import decode_transfer
from postroom.model.email import Attachment

MAX_TEXT_CHARS = 1_000_000
MAX_HTML_CHARS = 2_000_000

_META_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s{0,5}=\s{0,5}[\"']?([A-Za-z0-9_:.-]{1,40})", re.IGNORECASE)
_READABLE = {"text/plain", "text/html", "text/enriched", "text/richtext", "application/xhtml+xml"}
_TAG = re.compile(r"<[^<>]{0,200}>")


@dataclass(frozen=True, slots=True)
class Fragment:
    """A piece of the message that stands in line with others: as plain text, as HTML, or as both."""

    plain: str = ""
    html: str = ""


@dataclass(frozen=True, slots=True)
class File:
    """An attachment and its decoded bytes."""

    attachment: Attachment
    content: bytes


@dataclass(slots=True)
class MailBody:
    """What was read so far; `fragments` and `files` are in the order of the message."""

    content: bytes
    fragments: list[Fragment] = field(default_factory=list)
    files: list[File] = field(default_factory=list)
    defects: list[str] = field(default_factory=list)

    @property
    def attachments(self) -> tuple[Attachment, ...]:
        """What is known of the files without their bytes."""
        return tuple(file.attachment for file in self.files)

    @property
    def text(self) -> str:
        """The plain text, made from HTML where there is none; at most `MAX_TEXT_CHARS`."""
        pieces = [
            fragment.plain if fragment.plain.strip() else self._shown(fragment.html) for fragment in self.fragments
        ]
        text = "\n".join(piece for piece in pieces if piece)
        if len(text) > MAX_TEXT_CHARS:
            self.defects.append("text_truncated")
        return text[:MAX_TEXT_CHARS]

    @property
    def html(self) -> str:
        """The HTML as it came (unsafe), plain fragments between it escaped; empty where there is no HTML."""
        if not any(fragment.html for fragment in self.fragments):
            return ""
        pieces = [fragment.html or f"<pre>{html.escape(fragment.plain)}</pre>" for fragment in self.fragments]
        text = "\n".join(pieces)
        if len(text) > MAX_HTML_CHARS:
            self.defects.append("html_truncated")
        return text[:MAX_HTML_CHARS]

    def _shown(self, markup: str) -> str:
        return html_to_text(markup[:MAX_HTML_CHARS]) if markup else ""


def read_body(content: bytes, root: Part) -> MailBody:
    """Return text, HTML and attachments of the tree `root` over `content`."""
    body = MailBody(content=content)
    body.fragments = _read(body, root)
    return body


def _read(body: MailBody, part: Part) -> list[Fragment]:
    if part.children:
        return _read_multipart(body, part)
    disposition, parameters = split_value(part.headers.first("content-disposition"))
    name = file_name(parameters.get("filename") or part.parameters.get("name") or "")
    content_type = "text/plain" if part.content_type.startswith("multipart/") else part.content_type
    named_file = bool(name) and (disposition != "" or bool(body.fragments))
    if content_type not in _READABLE or disposition == "attachment" or named_file:
        _attach(body, part, name, content_type)
        return []
    return [_read_text(body, part, content_type)]


def _read_multipart(body: MailBody, part: Part) -> list[Fragment]:
    fragments: list[Fragment] = []
    for child in part.children:
        found = _read(body, child)
        fragments += found
        body.fragments += found
    if part.content_type != "multipart/alternative":
        return fragments
    plain = "\n".join(fragment.plain for fragment in fragments if fragment.plain.strip())
    markup = "\n".join(fragment.html for fragment in fragments if fragment.html)
    return [Fragment(plain, markup)]


def _read_text(body: MailBody, part: Part, content_type: str) -> Fragment:
    decoded = _decoded(body, part)
    charset = part.parameters.get("charset")
    if content_type in {"text/html", "application/xhtml+xml"} and not charset:
        declared = _META_CHARSET.search(decoded, 0, 2_048)
        charset = declared[1].decode("ascii") if declared else None
    text, defect = decode_text(decoded, charset)
    if defect:
        body.defects.append(defect)
    text = text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")
    if content_type in {"text/html", "application/xhtml+xml"}:
        return Fragment(html=text)
    if content_type != "text/plain":
        return Fragment(plain=_TAG.sub("", text))
    if part.parameters.get("format", "").lower() == "flowed":
        text = join_flowed(text, delsp=part.parameters.get("delsp", ""))
    return Fragment(plain=text)


def _attach(body: MailBody, part: Part, name: str, content_type: str) -> None:
    if content_type.startswith("message/") and part.headers.first("content-transfer-encoding").strip().lower() not in {
        "base64",
        "quoted-printable",
    }:
        content = body.content[part.start : part.end]
    else:
        content = _decoded(body, part)
    digest = hashlib.sha256(content).hexdigest()
    known = Attachment(filename=name, content_type=content_type, size_bytes=len(content), digest=digest)
    body.files.append(File(known, content))


def _decoded(body: MailBody, part: Part) -> bytes:
    encoding = decode_words(part.headers.first("content-transfer-encoding"))[0]
    decoded, defect = decode_transfer(body.content[part.start : part.end], encoding)
    if defect:
        body.defects.append(defect)
    return decoded
