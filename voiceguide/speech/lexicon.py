"""How terms are pronounced that engines get wrong: ours are in ``lexicon.yaml``, a person's own in the settings."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import Final, Literal

import yaml

Alphabet = Literal["espeak", "ipa"]
"""In which an engine takes phonemes: eSpeak's own, or that of phoneticians, as Piper does."""

_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """How a term is pronounced; what is `None` needs no help."""

    language: str | None
    """The first part of BCP 47, such as ``en``; `None` for all languages."""

    written: str
    """As it stands in texts, in lower case."""

    say: str | None = None
    """Letters that engines read well."""

    espeak: str | None = None
    """Phonemes of eSpeak."""

    ipa: str | None = None
    """The same in the International Phonetic Alphabet, with stresses where eSpeak has them."""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """How terms are pronounced."""

    terms: tuple[Term, ...] = ()
    """Of those for the same word, the last counts."""

    @property
    def digest(self) -> str:
        """Name this content: the same terms have the same digest, in any process."""
        return hashlib.sha256(repr(self.terms).encode(errors="surrogatepass")).hexdigest()[:16]

    def with_own(self, respellings: Mapping[str, str]) -> "Lexicon":
        """Return a lexicon in which a person's own respellings, term to letters, win over ours in every language."""
        cleaned = ((_key(written), _letters(say)) for written, say in respellings.items())
        own = (Term(language=None, written=written, say=say) for written, say in cleaned if written and say)
        return Lexicon((*self.terms, *own))

    def applied(self, text: str, language: str, alphabet: Alphabet | None = None) -> str:
        """Return `text` with its terms as they are said.

        Args:
            text: Words, on one line.
            language: BCP 47.
            alphabet: Of the phonemes that the engine takes between ``[[`` and ``]]``; `None` for letters only.
        """
        terms, pattern = _finder(self, language.split("-", maxsplit=1)[0].lower())

        def said(found: re.Match[str]) -> str:
            term = terms.get(_key(found["term"]))
            return found[0] if term is None else _said(term, found[0], found["ending"] or "", alphabet)

        return pattern.sub(said, text) if terms else text


@cache
def built_in_lexicon() -> Lexicon:
    """Return the terms of massage and anatomy."""
    text = resources.files("voiceguide.speech").joinpath("lexicon.yaml").read_text("utf-8")
    tables = yaml.load(text, _LOADER)  # noqa: S506 - both loaders are safe ones
    return Lexicon(
        tuple(
            Term(language=language, written=written, **how)
            for language, table in tables.items()
            for written, how in table.items()
        )
    )


@lru_cache(maxsize=16)
def _finder(lexicon: Lexicon, language: str) -> tuple[dict[str, Term], re.Pattern[str]]:
    """Return the terms of a language by how they are written, and what finds them in a text."""
    terms = {term.written: term for term in lexicon.terms if term.language in (None, language)}
    # The longest first, because the first that fits is taken.
    either = "|".join(re.escape(each).replace(r"\ ", r"\s+") for each in sorted(terms, key=len, reverse=True))
    return terms, re.compile(rf"(?<!\w)(?P<term>{either})(?P<ending>['’]?s)?(?!\w)", re.IGNORECASE)


def _key(written: str) -> str:
    return " ".join(written.lower().split())


def _said(term: Term, found: str, ending: str, alphabet: Alphabet | None) -> str:
    if alphabet and term.language is not None:
        phonemes: str | None = getattr(term, alphabet)
        if phonemes is None:
            return found
        if not ending:
            return f"[[{phonemes}]]"
    return found if term.say is None else _like(found, term.say) + ending


def _like(written: str, say: str) -> str:
    # Some engines see where a sentence starts by its capital.
    return say[0].upper() + say[1:] if written[0].isupper() else say


def _letters(say: str) -> str:
    """Return a person's respelling without what an engine could take for a command."""
    return " ".join("".join(" " if each in "[]<>" or not each.isprintable() else each for each in say).split())
