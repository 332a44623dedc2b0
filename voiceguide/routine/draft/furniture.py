"""What a web page holds beside its text: menus, advertisements, comment boxes, lists of links."""

import re
from typing import Final

_STARTS: Final = (
    # to other pages
    "read (?:more|next|also|on)",
    "related (?:articles?|posts?|pages?|reading|content|products?|videos?)",
    "see also",
    "you (?:may|might) also (?:like|enjoy)",
    "more (?:from|articles|resources|on this)",
    "other (?:resources|articles|posts)",
    "(?:learn|find out) more",
    "continue reading",
    "(?:previous|next) (?:post|article|page)",
    "visit (?:us|our|my)",
    "watch (?:the|this|our) video",
    "https?:",
    "www",
    # what readers may add
    "have your say",
    "new! comments",
    "leave (?:me |us )?a (?:comment|reply)",
    r"(?:[0-9]{1,6} )?comments?(?: ?\([0-9]{0,6}\))?$",
    "post a comment",
    "share (?:this|on|via|with us)",
    "(?:follow|like) (?:us|me)",
    "rate this",
    "was this (?:article |page )?helpful",
    "[0-9]{1,9} (?:likes|shares|views|min(?:ute)?s? read)",
    "(?:facebook|twitter|pinterest|instagram|youtube|whatsapp)",
    # what is for sale
    "click (?:here|the|on|to)",
    "tap here",
    "(?:subscribe|newsletter)",
    "(?:sign up|sign in|log ?in)",
    "join (?:us|our|the newsletter)",
    "(?:advertisements?|sponsored|affiliate)",
    "ads? by",
    "contact [^.]{0,40} (?:now|today)",
    "(?:contact|call) us",
    "(?:call|book|order|shop|download) now",
    "(?:book (?:your|an)|buy (?:now|it|this)|shop our|order yours|download (?:the|our))",
    "add to (?:cart|basket)",
    "get (?:your free|our free|the app|the newsletter)",
    # the page itself
    r"(?:copyright|©|\(c\) ?[0-9]{4}|all rights reserved)",
    "this (?:post|article|page|site) (?:contains|may contain|was)",
    "photo(?:s|graph)? (?:by|credit)",
    "images?(?::| by| credit| source)",
    "video:",
    "(?:posted (?:on|by|in)|published|last updated|updated on|written by|author:|about the author)",
    "(?:table of )?contents$",
    "skip to",
    "(?:privacy policy|terms (?:of|and)|cookies?|we use cookies|accept (?:all )?cookies|disclaimer)",
    "(?:tags?:|categor(?:y|ies):|filed under)",
    "(?:home|menu|search)$",
    "back to (?:the )?top",
    "(?:print|e-?mail)(?: this)?(?: page)?$",
    # questions and answers
    "[qa]:",
)
_START: Final = re.compile(rf"(?:{'|'.join(_STARTS)})(?![a-z])", re.IGNORECASE)
_SIGNED: Final = re.compile(r"By [A-Z][a-z]{1,20} [A-Z][a-z]{1,20}$")
_LINK_SIGN: Final = re.compile(r"[|»→]")
_ROW_SIGNS: Final = 2

_LINKS: Final = re.compile(
    r"(?:related|you (?:may|might) also|more (?:from|articles)|other|see also|read next)\b", re.IGNORECASE
)

_HEAD: Final = 200
"""Characters of a line that are looked at."""

_BESIDE: Final = re.compile(
    r"\b(?:benefits?|advantages|faqs?|(?:asked|common) questions|resources|references|sources|related|comments|"
    r"about the author|conclusion|wrapping up|wrap up|why|what is|further reading|bibliography|footnotes|in summary|"
    r"the bottom line|final thoughts)\b",
    re.IGNORECASE,
)


def is_furniture(line: str) -> bool:
    """Return whether `line` belongs to the page and not to the text."""
    head = line[:_HEAD]
    return bool(_START.match(head) or _SIGNED.match(head)) or len(_LINK_SIGN.findall(head)) >= _ROW_SIGNS


def leads_to_links(line: str) -> bool:
    """Return whether `line` is furniture that a list of links or products stands under."""
    return bool(_LINKS.match(line))


def leads_beside(heading: str) -> bool:
    """Return whether what stands under `heading` is beside the matter: benefits, questions, references."""
    return bool(_BESIDE.search(heading[:_HEAD]))
