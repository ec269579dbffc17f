"""Which elements are blocks, cells and silent: in HTML, and in the XML that trafilatura makes of it."""

from __future__ import annotations

# Elements that begin and end a block, and those whose text is none.
BLOCKS = frozenset(
    ("address", "article", "aside", "blockquote", "body", "br", "caption", "center", "dd", "details", "div", "dl", "dt", "fieldset", "figcaption",
     "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section", "summary",
     "table", "tr", "ul", "head", "item", "lb", "list", "quote", "row")
)  # fmt: skip
SILENT = frozenset(
    ("script", "style", "noscript", "template", "iframe", "object", "svg", "math", "button", "select", "textarea", "audio", "video")
)
CELLS = frozenset(("td", "th", "cell"))
