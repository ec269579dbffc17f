"""Which elements are blocks, cells or without text, in HTML and in trafilatura's XML."""

from __future__ import annotations

# Elements that start and end a block, and those whose text does not count.
BLOCKS = frozenset(
    ("address", "article", "aside", "blockquote", "body", "br", "caption", "center", "dd", "details", "div", "dl", "dt", "fieldset", "figcaption",
     "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section", "summary",
     "table", "tr", "ul", "head", "item", "lb", "list", "quote", "row")
)  # fmt: skip
SILENT = frozenset(
    ("script", "style", "noscript", "template", "iframe", "object", "svg", "math", "button", "select", "textarea", "audio", "video")
)
CELLS = frozenset(("td", "th", "cell"))
