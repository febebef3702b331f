"""The same words as plain text and as the HTML of mail programs."""

from html import escape

from postroom.providers.mock.letter import EarlierMessage, MockLetter
from postroom.providers.mock.wire import date_header
from postroom.providers.mock.writer import Program

_OFFICE_HEAD = (
    '<html xmlns:o="urn:schemas-microsoft-com:office:office" xmlns="http://www.w3.org/TR/REC-html40">\n<head>\n'
    '<meta name="Generator" content="Microsoft Word 15 (filtered medium)">\n<style><!--\np.MsoNormal {margin:0cm;'
    'font-size:11.0pt;font-family:"Calibri",sans-serif;}\n--></style>\n</head>\n<body lang="{language}">\n'
    '<div class="WordSection1">\n'
)
_PORTAL_HEAD = (
    '<!DOCTYPE html><html><head><title></title></head><body><div style="font-family: Verdana; font-size: 12px;">\n'
)


def plain_text(letter: MockLetter) -> str:
    """Return the letter as plain text, lines of any length, ended by LF."""
    text = "\n\n".join(letter.paragraphs)
    if letter.signature:
        marker = "-- \n" if letter.writer.program in (Program.FLOWED, Program.OLD_PLAIN) else ""
        text += f"\n\n{marker}" + "\n".join(letter.signature)
    if letter.quotation:
        text += "\n\n" + _quoted_plain(letter, letter.quotation)
    return text + "\n"


def html_text(letter: MockLetter) -> str:
    """Return the letter as the HTML document that its writer's program makes."""
    if letter.writer.program is Program.OFFICE:
        return _office(letter)
    rows = [f"<div>{_lines(paragraph)}</div>" for paragraph in letter.paragraphs]
    signature = f'<div class="signature">{_lines(chr(10).join(letter.signature))}</div>' if letter.signature else ""
    body = "\n<div><br></div>\n".join((*rows, signature) if signature else rows)
    quotation = _quoted_html(letter.quotation) if letter.quotation else ""
    if letter.writer.program is Program.PORTAL_HTML:
        return f"{_PORTAL_HEAD}{body}\n{_hidden(letter)}{quotation}</div></body></html>\n"
    return f'<div dir="ltr">{body}</div>\n{_hidden(letter)}{quotation}\n'


def _office(letter: MockLetter) -> str:
    rows = [f'<p class="MsoNormal">{_lines(paragraph)}<o:p></o:p></p>' for paragraph in letter.paragraphs]
    if letter.signature:
        rows.append(f'<p class="MsoNormal">{_lines(chr(10).join(letter.signature))}<o:p></o:p></p>')
    empty = '\n<p class="MsoNormal"><o:p>&nbsp;</o:p></p>\n'
    quotation = ""
    if letter.quotation:
        labels = [f"<b>{escape(label)}</b>{escape(value)}" for label, value in _headings(letter, letter.quotation)]
        quotation = (
            '\n<div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm">\n'
            f'<p class="MsoNormal">{"<br>".join(labels)}<o:p></o:p></p></div>{empty}'
            + "\n".join(f'<p class="MsoNormal">{escape(line)}<o:p></o:p></p>' for line in letter.quotation.lines)
        )
    head = _OFFICE_HEAD.replace("{language}", letter.words.language.upper())
    return f"{head}{empty.join(rows)}{_hidden(letter)}{quotation}\n</div></body></html>\n"


def _hidden(letter: MockLetter) -> str:
    return letter.hidden


def _lines(paragraph: str) -> str:
    return escape(paragraph, quote=False).replace("\n", "<br>")


def _quoted_html(quotation: EarlierMessage) -> str:
    quoted = "<br>".join(escape(line) for line in quotation.lines)
    return (
        f'<br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">{escape(quotation.attribution)}<br></div>'
        f'<blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex;border-left:1px solid #ccc;'
        f'padding-left:1ex">{quoted}</blockquote></div>'
    )


def _quoted_plain(letter: MockLetter, quotation: EarlierMessage) -> str:
    if letter.writer.program is Program.OFFICE:
        head = "\n".join(label + value for label, value in _headings(letter, quotation))
        return "\n".join((letter.words.words["original"], head, "", *quotation.lines))
    return "\n".join((quotation.attribution, *(_prefixed(line) for line in quotation.lines)))


def _prefixed(line: str) -> str:
    return f">{line}" if line.startswith(">") else f"> {line}".rstrip()


def _headings(letter: MockLetter, quotation: EarlierMessage) -> list[tuple[str, str]]:
    labels = [label.strip() + " " for label in letter.words.words["headings"].split(";")]
    values = (quotation.sender, date_header(quotation.sent_at), letter.writer.name, quotation.subject)
    return list(zip(labels, values, strict=True))
