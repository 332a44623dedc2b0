"""Sentences: where they end, and which of them tell the hands what to do."""

import re
from collections.abc import Iterator
from typing import Final

from voiceguide.routine.draft.vocabulary import AFTER_A_VERB, NOUNS_TOO, SHORT_FORMS, VERBS

_GAP: Final = re.compile(r"(?<=[.!?…。\"'”’)\]]) ")
_END_SIGNS: Final = frozenset(".!?…。")
_CLOSING: Final = "\"'”’)]"

_LOOK_BACK: Final = 12
"""Characters before a gap that tell whether a sentence ends there."""

_LONGEST: Final = 1_000
"""Characters of a sentence; an instruction has no more, and a text without stops stays quick to read."""

_HEAD: Final = 300
"""Characters of a sentence that tell whether it is an instruction."""

_LEAD: Final = re.compile(
    r"(?:and|but|so|or|then|next|now|firstly|first|second|secondly|third|thirdly|fourth|lastly|last|finally|also|again|"
    r"afterwards?|thereafter|after that|after this|from there|from here|in addition|additionally|furthermore|moreover|"
    r"instead|therefore|however|please|just|always|(?!(?:re)?apply|supply|rely|reply|multiply|only)[a-z]{3,12}ly|"
    r"once more|once again|at the end|at last|to (?:begin|start) with|to (?:begin|start|finish|end|conclude)(?=,)|"
    r"this time|if possible|when (?:you are )?(?:done|ready|finished)|meanwhile|"
    r"as (?:needed|required|desired)|when needed|if needed|and then|let[’']s)(?:[,:;]| [-–—])? ",
    re.IGNORECASE,
)
_ADVICE: Final = re.compile(
    r"(?:(?:you|we|i|one) (?:can|could|may|might|should|must|will|would|(?:will )?(?:need|have|want) to|[’']ll want to)"
    r"(?: (?:also|then|now|always|even|still|just|simply)){0,2} |"
    r"(?:make|be|making|being) sure (?:to|that you|you) |try to |remember to |it(?:[’']s| is) "
    r"(?:(?:very|extremely|really|also|so) )?(?:important|best|essential|good|critical|key|vital|helpful|a good idea) "
    r"(?:to|that you) |(?:don[’']t|do not) forget to |take (?:some |your |the )?time to )",
    re.IGNORECASE,
)
_WEAK: Final = re.compile(r"(?:be|get|have|feel|help|find|remain|give|see|take)\b", re.IGNORECASE)
"""Verbs that mostly tell of something after "you can", as in "you can get one for many reasons"."""

_OPENER: Final = re.compile(
    r"(?:after|as|once|when|while|with|using|before|if|in|to|for|from|at|on|by|through|throughout|during|until|without|"
    r"starting|beginning|keeping|working|standing|sitting|holding|placing|moving|leaning|kneeling|making|taking|"
    r"because|since|depending|[a-z]{3,12}ly)\b",
    re.IGNORECASE,
)
_CLAUSE: Final = re.compile(r"[,;:–—] ?")
_WORD: Final = re.compile(r"[A-Za-z]{1,20}(?![A-Za-z’'-])")

_FORBIDS: Final = re.compile(
    r"(?:please )?(?:do not|don[’']t|never|avoid|be careful|be cautious|take care (?:not|that|to avoid)|"
    r"(?:be|make) sure (?:not|to not)|(?:keep|stay|steer) (?:off|away|clear)|you (?:should|must) (?:not|never|avoid)|"
    r"(?:caution|warning)\b[:!]?)[ ,:]",
    re.IGNORECASE,
)
_NO_CAUTION: Final = re.compile(r"(?:do not|don[’']t) (?:forget|worry|hesitate|be afraid|be shy)\b", re.IGNORECASE)
_JOINT: Final = re.compile(r"(?:, (?:but|and)|; (?:but|and)?|,| [–—-]| but| and) ?", re.IGNORECASE)
"""What stands between an instruction and what to keep from."""


def split_sentences(text: str) -> list[str]:
    """Return the sentences of `text`, which has single spaces only; an endless one is cut after 1,000 characters."""
    parts: list[str] = []
    start = 0
    for gap in _GAP.finditer(text):
        if _ends_a_sentence(text, gap.start()):
            parts.append(text[start : gap.start()])
            start = gap.end()
    return [piece for part in [*parts, text[start:]] if part for piece in _at_most(part, _LONGEST)]


def instruction(sentence: str) -> str | None:
    """Return what `sentence` tells to do, from its verb on, 300 characters at most; `None` if it tells nothing.

    "Next, with both hands, press the neck" tells "press the neck"; "You can also rub it in" tells "rub it in".
    """
    rest = _without_lead(sentence[:_HEAD])
    told = _told(rest)
    if told is None and _OPENER.match(rest):
        clauses = (_told(_without_lead(rest[clause.end() :])) for clause in _CLAUSE.finditer(rest))
        told = next((clause for clause in clauses if clause), None)
    return told


def without_lead(sentence: str) -> str:
    """Return the head of `sentence` without "Next," and its like."""
    return _without_lead(sentence[:_HEAD])


def is_caution(sentence: str) -> bool:
    """Return whether `sentence` as a whole says what to keep from."""
    head = _without_lead(sentence[:_HEAD])
    return bool(_FORBIDS.match(head)) and not _NO_CAUTION.match(head)


def split_caution(sentence: str) -> tuple[str, str]:
    """Return what to do and what to keep from, when `sentence` says both, as in "sweep up, but do not press".

    The second is empty when there is nothing to keep from, and the first when there is nothing else.
    """
    if is_caution(sentence):
        return "", sentence
    for joint in _JOINT.finditer(sentence):
        rest = sentence[joint.end() :] if _FORBIDS.match(sentence, joint.end()) else ""
        if rest and not _NO_CAUTION.match(rest):
            return _parted(sentence, sentence[: joint.start()], rest)
    return sentence, ""


def _at_most(text: str, longest: int) -> Iterator[str]:
    start = 0
    while len(text) - start > longest:
        space = text.rfind(" ", start, start + longest)
        stop = space if space > start else start + longest
        yield text[start:stop]
        start = stop + (text[stop] == " ")
    yield text[start:]


def _ends_a_sentence(text: str, gap: int) -> bool:
    before = text[max(0, gap - _LOOK_BACK) : gap].rstrip(_CLOSING)
    if not before or before[-1] not in _END_SIGNS or text[gap + 1 : gap + 2].islower():
        return False
    return before.rpartition(" ")[2].lstrip("(\"'“").lower() not in SHORT_FORMS


def _parted(sentence: str, before: str, rest: str) -> tuple[str, str]:
    if instruction(before):
        return f"{before}.", rest[:1].upper() + rest[1:]
    # "If it hurts, do not go on" is one thought.
    return ("", sentence) if _OPENER.match(_without_lead(before[:_HEAD])) else (sentence, "")


def _without_lead(rest: str) -> str:
    for _ in range(4):
        lead = _LEAD.match(rest)
        if lead is None or lead.end() == len(rest):
            break
        rest = rest[lead.end() :]
    return rest


def _told(rest: str) -> str | None:
    advice = _ADVICE.match(rest)
    if advice:
        rest = _without_lead(rest[advice.end() :])
        if _WEAK.match(rest):
            return None
    return rest if _starts_with_a_verb(rest) else None


def _starts_with_a_verb(rest: str) -> bool:
    verb = _WORD.match(rest)
    if verb is None or verb[0].lower() not in VERBS:
        return False
    if verb[0].lower() not in NOUNS_TOO:
        return True
    following = _WORD.match(rest, verb.end() + 1)
    return following is not None and following[0].lower() in AFTER_A_VERB
