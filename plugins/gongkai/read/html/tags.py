"""What the elements of a page are to a reader: blocks, cells, things unseen, links."""

HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
CELLS = frozenset(("td", "th"))
UNSEEN = frozenset(
    (
        "script",
        "style",
        "template",
        "noscript",
        "iframe",
        "object",
        "embed",
        "svg",
        "math",
        "select",
        "textarea",
        "xml",
        "rt",
        "rp",
        "sup",  # the mark of a footnote; behind a figure it would be one more digit
    )
)
MARKING = ("b", "big", "em", "font", "i", "ins", "label", "o:p", "small", "span", "strong", "sub", "u")
"""Elements that say how text looks and nothing else; there are more of them than of all others."""

# fmt: off
BLOCKS = HEADINGS | frozenset(
    (
        "address", "article", "aside", "blockquote", "body", "br", "caption", "center", "dd", "details",
        "dialog", "dir", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "header",
        "hr", "html", "legend", "li", "main", "menu", "nav", "ol", "option", "p", "pre", "section", "summary",
        "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
    )
)
# fmt: on
LINKING = {"a": "href", "embed": "src", "object": "data"}
# Marks of the content management systems of many portals that state a fact about the page.
STATED = frozenset(("publishtime", "ucaptitle", "ucapsource"))
FRAMES = frozenset(("frame", "iframe"))
CLICKED = frozenset(("a", "button", "input"))
NOTED = frozenset(("meta", "title", "script", *FRAMES, *CLICKED, *LINKING, *STATED))
ODD = NOTED | UNSEEN
