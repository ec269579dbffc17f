"""Read e-mail (RFC 5322, MIME) and pages saved as MHTML (RFC 2557): newsletters, forwarded articles, whole pages.

A message's own text is read like a saved text, and its headers count as statements. If it has almost no text, the article is its
attachment. A page saved by a browser is read as that page, under the address that the browser recorded.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.policy import EmailPolicy
from email.utils import parseaddr

from lxml import etree

from pipeline.documents import article, lines, markup, pdf, saved_page, txt
from pipeline.documents.model import Opened, Stated
from pipeline.extract.html.blocks import of_tree
from pipeline.extract.html.model import Page
from pipeline.extract.html.page import NEVER_MEANT, parse_markup, select, to_utf8
from pipeline.normalise.author_names import is_full_name
from pipeline.normalise.dates.dates import parse_date
from pipeline.normalise.urls import parse as parse_url
from pipeline.outcomes import Failure
from pipeline.settings import Files
from pipeline.text import one_line

MAX_PARTS = 200  # of a message; normal ones have a dozen and their pictures
MAX_DEPTH = 5  # messages within messages
MAX_HEADER = 1000  # characters; the library takes quadratic time for addresses and encoded words
MIN_OWN_TEXT = 400  # characters; a message with less only passes on its attachment
SAVED_BY_BROWSER = "Snapshot-Content-Location"  # Chrome and related browsers; others record the address in the part's Content-Location
SUBJECT_MARK = re.compile(r"^\s*(?:(?:re|fwd?|aw|wg|tr|rv|enc|sv|vs)\s*:\s*|\[[^\]\[]{1,40}\]\s*)+", re.IGNORECASE)
# "---------- Forwarded message ---------" and the headers after it, as mail programs write them.
FORWARDED = re.compile(
    r"^(?:[->*_]|[^\S\n])*+(?:(?:begin\s+)?forwarded\s+message|original\s+message|weitergeleitete\s+nachricht|ursprüngliche\s+nachricht|message\s+transféré|mensaje\s+reenviado|messaggio\s+inoltrato)[^\S\n]*+:?(?:[-*_]|[^\S\n])*+$",
    re.IGNORECASE | re.MULTILINE,
)
HEADER = re.compile(r"^[>\s*]*(?P<name>from|von|de|da|subject|betreff|objet|asunto|oggetto|date|datum|sent|gesendet|fecha|data|to|an|à|para|a|cc|reply-to)\s*:\**\s*+(?P<value>.*)$", re.IGNORECASE)  # fmt: skip
FROM = frozenset(("from", "von", "de", "da"))
SUBJECT = frozenset(("subject", "betreff", "objet", "asunto", "oggetto"))
DATE = frozenset(("date", "datum", "sent", "gesendet", "fecha", "data"))
SIGNATURE = re.compile(r"^-- $", re.MULTILINE)
# Lines that newsletters put below their text. The article ends at the first of them.
FOOTER = re.compile(
    r"\bunsubscribe\b|you(?:\s+are|['’]re|\s+have)?\s+(?:received|receiving)\s+this\s+(?:e-?mail|message|newsletter)|\b(?:update|manage|change)\s+your\s+(?:e-?mail\s+)?(?:preferences|subscription|profile)|forwarded\s+this\s+e-?mail"
    r"|\bnewsletter\s+(?:abbestellen|abmelden)|\babbestellen\b|\bsie\s+erhalten\s+diese\s+(?:e-?mail|nachricht)|se\s+désabonner|se\s+désinscrire|vous\s+recevez\s+ce|darse\s+de\s+baja|cancelar\s+(?:la\s+)?suscripción|\bcancella\w*\s+(?:la\s+)?iscrizione|отписаться",
    re.IGNORECASE,
)
BUTTONS = re.compile(r"(?:(?:share|comments?|like|restack|subscribe|forward|tweet|reply|save|print|listen|read\s+in\s+(?:the\s+)?app|view\s+in\s+browser|\d++)\W*+){1,8}", re.IGNORECASE)  # fmt: skip
DAY = timedelta(days=1)
MAX_FOOTER = 400  # characters of such a line
CONTAINER = re.compile(rb"content-type:\s*(?:multipart|message)/", re.IGNORECASE)
HIDDEN = etree.XPath('.//*[contains(translate(@style, " ", ""), "display:none") or @hidden]')


class _BoundedHeaders(EmailPolicy):
    """The library's policy for reading messages, but with long headers cut before they are parsed."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        return name, value[:MAX_HEADER]


POLICY = _BoundedHeaders(raise_on_defect=False)


def read(name: str, body: bytes, settings: Files) -> Opened:
    """Read a message. Raises Failure: unsupported_type (not a message), no_content, and failures of an attachment's reader."""
    if len(CONTAINER.findall(body)) > MAX_PARTS:
        raise Failure("unsupported_type", f"The message contains more than {MAX_PARTS} nested messages and groups of parts.")
    try:
        message = message_from_bytes(body, policy=POLICY)
        if not any(header in message for header in ("From", "Subject", "Date", "MIME-Version")):
            raise Failure("unsupported_type", "The file has none of the headers of an e-mail message.")
        return _open(name, message, settings, MAX_DEPTH)
    except RecursionError:
        raise Failure("unsupported_type", "The message's headers or parts are nested hundreds deep.") from None


def _open(name: str, message: Message, settings: Files, depth: int) -> Opened:
    parts = list(_parts(message))
    if page := _saved_page(name, message, parts, settings):
        return page
    text = _own_text(parts)
    if len(text) < MIN_OWN_TEXT and depth:
        for opened in _attached(name, message, parts, settings, depth):
            return opened
    stated, text = _forwarded(_stated(message), text)
    whole = lines.read(_without_footer(text))
    written, paragraphs = article.read(whole.paragraphs, title=stated.title, running=whole.running)
    if not paragraphs:
        raise Failure("no_content", "The message contains no article text.")
    stated = Stated(
        written.title,
        written.authors or stated.authors,
        _sent(written.published, stated.published),
        written.site_name or stated.site_name,
        written.tags,
        written.url or stated.url,
        written.origin,
    )
    return Opened(Page(stated.url or name, markup.page(stated), "text/html; charset=utf-8"), "\n".join(paragraphs))


def _parts(message: Message) -> Iterator[Message]:
    """The parts that are not containers, in order. An attached message counts as one part."""
    waiting, given = [message], 0
    while waiting and given < MAX_PARTS:
        part = waiting.pop(0)
        given += 1
        if part.is_multipart() and part.get_content_type() != "message/rfc822":
            waiting[:0] = [child for child in part.get_payload() if isinstance(child, Message)]
        else:
            yield part


def _saved_page(name: str, message: Message, parts: list[Message], settings: Files) -> Opened | None:
    """The page, if the message was saved by a browser."""
    html = next((part for part in parts if part.get_content_type() == "text/html"), None)
    if html is None or message.get_content_type() != "multipart/related":
        return None
    written = _header(message, SAVED_BY_BROWSER) or ("" if message["To"] else _header(html, "Content-Location"))
    if not written:
        return None
    try:
        url = parse_url(written).text
    except Failure:  # a file on the disk of the person who saved it
        return saved_page.read(name, _bytes(html), settings)
    return Opened(Page(url, _bytes(html), _header(html, "Content-Type")))


def _own_text(parts: list[Message]) -> str:
    """The message's own text: from its HTML, or from its plain text if the HTML has almost none."""
    own = [part for part in parts if part.get_content_disposition() != "attachment"]
    html = "\n\n".join(_html_text(part) for part in own if part.get_content_type() == "text/html")
    plain = "\n\n".join(_plain_text(part) for part in own if part.get_content_type() == "text/plain")
    return html if len(html) >= min(MIN_OWN_TEXT, len(plain)) else plain


def _html_text(part: Message) -> str:
    tree, _ = parse_markup(to_utf8(_bytes(part), _header(part, "Content-Type"))[0])
    if tree is None:
        return ""
    for element in select(HIDDEN, tree):  # preview lines that mail programs show next to the subject
        element.tag = "hidden"
    etree.strip_elements(tree, "hidden", with_tail=False)
    return "\n\n".join(block.text for block in of_tree(tree))


def _plain_text(part: Message) -> str:
    body = _bytes(part)
    charset = part.get_content_charset()
    text = body.decode("utf-8") if _is_utf8(body) else txt.decoded(body) if charset in (None, "us-ascii", "utf-8") else _as(body, charset)
    return SIGNATURE.split(text.replace("\r\n", "\n"), maxsplit=1)[0]


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _as(body: bytes, charset: str) -> str:
    try:
        known = codecs.lookup(charset).name not in NEVER_MEANT
        return body.decode(charset, "replace") if known else txt.decoded(body)
    except (LookupError, ValueError):  # unknown charset
        return txt.decoded(body)


def _attached(name: str, message: Message, parts: list[Message], settings: Files, depth: int) -> Iterator[Opened]:
    """The attachments that can be read: messages, PDFs and pages."""
    for part in parts:
        kind, file = part.get_content_type(), (part.get_filename() or "").lower()
        inner = part.get_payload()
        if kind == "message/rfc822" and isinstance(inner, list) and inner and isinstance(inner[0], Message):
            yield _open(name, inner[0], settings, depth - 1)
        elif kind == "application/pdf" or file.endswith(".pdf"):
            yield pdf.read(name, _bytes(part), settings)
        elif part.get_content_disposition() == "attachment" and (kind == "text/html" or file.endswith((".html", ".htm"))):
            yield saved_page.read(name, _bytes(part), settings)


def _stated(message: Message) -> Stated:
    """What the headers state. A sender that is not a person is the publication."""
    sender, address = parseaddr(_header(message, "From"))
    person, _, outlet = one_line(sender.strip("\"' ")).partition(" from ")
    is_list = bool(message["List-Id"] or message["List-Unsubscribe"])
    if not is_full_name(person) or (is_list and not outlet and not _is_own(person, address)):
        person, outlet = "", outlet or person
    if is_list and not (person or outlet):
        outlet = address.rpartition("@")[2]
    published = _header(message, "Date")
    return Stated(
        title=SUBJECT_MARK.sub("", one_line(_header(message, "Subject"))),
        authors=(person,) if person else (),
        published=published if parse_date(published) else "",
        site_name=outlet,
    )


def _is_own(person: str, address: str) -> bool:
    """Whether an address belongs to the person: "m.lindqvist@…" to Marta Lindqvist."""
    return person.split()[-1].casefold() in address.partition("@")[0].casefold()


def _forwarded(stated: Stated, text: str) -> tuple[Stated, str]:
    """For a forwarded message: what its original headers in the text state, and the text after them."""
    mark = FORWARDED.search(text)
    if mark is None:
        return stated, text
    before, after = text[: mark.start()], text[mark.end() :].lstrip("\n")
    inner = EmailMessage()
    rest = after.split("\n")
    head = 0
    while head < len(rest) and (not rest[head].strip("-*_>\r\t ") or HEADER.match(rest[head])):
        if found := HEADER.match(rest[head]):
            word = found["name"].lower()
            field = "From" if word in FROM else "Subject" if word in SUBJECT else "Date" if word in DATE else ""
            if field and field not in inner and found["value"].strip():
                inner[field] = one_line(found["value"])
        head += 1
    if not inner.keys() or len(before) > len(after):
        return stated, text
    return _stated(inner), "\n".join(rest[head:])


def _sent(written: str, header: str) -> str:
    """The publication date: as the text says, but with the header's time if that is on the same day."""
    day, moment = parse_date(written), parse_date(header)
    return header if day is None or (moment is not None and abs(moment - day) < DAY) else written


def _without_footer(text: str) -> str:
    """The text up to the first line in its second half that only mailings have, without lines of buttons."""
    kept = [line for line in text.split("\n") if not line.strip() or not BUTTONS.fullmatch(line.strip())]
    ends = (n for n, line in enumerate(kept) if n >= len(kept) / 2 and len(line) <= MAX_FOOTER and FOOTER.search(line))
    return "\n".join(kept[: next(ends, len(kept))])


def _header(message: Message, name: str) -> str:
    """A header as text; empty if it is missing or unreadable."""
    try:
        return str(message.get(name, "")).strip()
    except (ValueError, TypeError, AttributeError, IndexError, LookupError, RecursionError):  # errors of the parser on broken headers
        return ""


def _bytes(part: Message) -> bytes:
    """The content of a part, with its transfer encoding decoded."""
    try:
        content = part.get_payload(decode=True)
    except (ValueError, LookupError, AssertionError):
        return b""
    return content if isinstance(content, bytes) else b""
