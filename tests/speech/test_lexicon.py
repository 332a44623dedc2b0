"""Terms are said as people say them, by engines that take letters and by those that take phonemes."""

# ruff: noqa: RUF001 - the letters of phoneticians look like others

import re
import subprocess

import pytest
from needs import needs_command

from voiceguide.speech.lexicon import Lexicon, Term, built_in_lexicon

FLITE = {
    "effleurage": "eh f l er r aa zh",
    "petrissage": "p eh t r iy s aa jh",
    "tapotement": "t ax p ow t m ax n t",
    "reiki": "r ey k iy",
    "masseuse": "m aa s uw z",
    "jojoba": "hh ow hh ow b ax",
    "sacrum": "s ey k r ah m",
    "scapulae": "s k ae p y uw l iy",
    "scapulas": "s k ae p y ax l ax z",
    "scapular": "s k ae p y ax l er",
    "occiput": "aa k s ih p uh t",
    "suboccipital": "s ah b aa k s ih p ax t ax l",
    "coccyx": "k aa k s ih k s",
    "cranial": "k r ey n iy ax l",
    "fascia": "f ae sh ax",
    "myofascial": "m ay ow f ae sh ax l",
    "sciatic": "s ay ae t ih k",
    "sciatica": "s ay ae t ih k ax",
    "ischemic": "ih s k iy m ih k",
    "trapezius": "t r ax p iy z iy ah s",
    "spinae": "s p ay n iy",
    "paraspinal": "p eh r ax s p ay n ax l",
    "latissimus": "l aa t ih s ih m ax s",
    "quadratus": "k w aa d r ey t ah s",
    "levator": "l ax v ey t er",
    "infraspinatus": "ih n f r ax s p ay n ey t ah s",
    "supraspinatus": "s uw p r ax s p ay n ey t ah s",
    "teres": "t eh r iy z",
    "triceps": "t r ay s eh p s",
    "psoas": "s ow ah s",
    "soleus": "s ow l iy ax s",
}
"""How flite is to say each term, in its own phones, by dictionaries of American English."""

TERMS = [term for term in built_in_lexicon().terms if term.language == "en"]
LEXICON = Lexicon((
    Term(language="en", written="sacrum", say="say crumb"),
    Term(language="en", written="erector spinae", say="erector spy nee", espeak="sp'aIni:", ipa="spˈaɪniː"),
    Term(language="de", written="faszie", say="fastsi-e"),
))  # fmt: skip


@needs_command("flite")
@pytest.mark.parametrize("term", [term for term in TERMS if term.say], ids=lambda term: term.written)
def test_flite_says_the_respelling_right_and_the_term_wrong(term):
    assert flite(term.say) == FLITE[term.written]
    assert flite(term.written) != FLITE[term.written]


@needs_command("espeak-ng")
@pytest.mark.parametrize("term", [term for term in TERMS if term.espeak], ids=lambda term: term.written)
def test_espeak_says_the_phonemes_as_they_are_written_for_others_and_the_term_otherwise(term):
    assert in_general(espeak(f"[[{term.espeak}]]", "en-us")) == in_general(term.ipa)
    assert espeak(term.written, "en-us") != espeak(f"[[{term.espeak}]]", "en-us")


@needs_command("espeak-ng")
@pytest.mark.parametrize("language", ["de", "es"])
def test_espeak_says_french_words_right_in_other_languages(language):
    for term in (each for each in built_in_lexicon().terms if each.language == language):
        assert espeak(f"[[{term.espeak}]]", language) == term.ipa
        assert espeak(term.written, language) != term.ipa


def flite(words: str) -> str:
    done = subprocess.run(
        ["flite", "-voice", "slt", "-ps", "-o", "none", "-t", words], capture_output=True, text=True, check=True
    )
    return " ".join(phone for phone in done.stdout.split() if phone != "pau")


def espeak(words: str, voice: str) -> str:
    told = subprocess.run(["espeak-ng", "-q", "--ipa", "-v", voice, words], capture_output=True, text=True, check=True)
    return told.stdout.strip()


def in_general(ipa: str) -> str:
    """Forget how Americans say some sounds: Piper has voices from both sides of the sea."""
    return re.sub("ɾ", "t", ipa.replace("ɚ", "ə"))


def test_terms_are_found_as_whole_words_in_any_case_and_form():
    said = LEXICON.applied("Sacrum: the sacrum's edge, both SACRUMs, a sacrumlike thing, sacral.", "en-US")

    assert said == "Say crumb: the say crumb's edge, both Say crumbs, a sacrumlike thing, sacral."


def test_a_term_of_two_words_is_found():
    assert LEXICON.applied("Along the erector spinae, slowly.", "en") == "Along the erector spy nee, slowly."


@pytest.mark.parametrize(("alphabet", "phonemes"), [("espeak", "[[sp'aIni:]]"), ("ipa", "[[spˈaɪniː]]")])
def test_phonemes_stand_where_there_are_some_and_the_term_where_it_needs_none(alphabet, phonemes):
    said = LEXICON.applied("From sacrum to erector spinae.", "en", alphabet)

    assert said == f"From sacrum to {phonemes}."


def test_an_ending_is_said_with_letters_because_phonemes_take_none():
    assert LEXICON.applied("the erector spinae's edge, the sacrum's", "en", "ipa") == (
        "the erector spy nee's edge, the sacrum's"
    )


def test_the_longest_term_is_taken():
    lexicon = Lexicon().with_own({"back": "one", "back muscle": "two", "muscle": "three"})

    assert lexicon.applied("back muscle, back, muscle", "en") == "two, one, three"


def test_terms_are_those_of_the_language():
    assert LEXICON.applied("Sacrum und Faszie", "de-AT") == "Sacrum und Fastsi-e"
    assert LEXICON.applied("Sacrum et faszie", "fr") == "Sacrum et faszie"


def test_ones_own_respelling_wins_in_every_language_and_over_phonemes():
    lexicon = LEXICON.with_own({"Erector Spinae": "back muscles", "Gesäß": "Po"})

    assert lexicon.applied("Erector spinae", "en", "espeak") == "Back muscles"
    assert lexicon.applied("das Gesäß, erector spinae", "de") == "das Po, back muscles"


def test_ones_own_respelling_is_letters_only():
    lexicon = LEXICON.with_own({"a": "[[h@l'oU]] <b>", "c": "\x01x", "nothing": "[]", "": "x", "d+(": "plus"})

    assert lexicon.applied("a c nothing d+(", "en", "espeak") == "h@l'oU b x nothing plus"


@pytest.mark.parametrize("odd", ["ıschemic", "ſacrum", "İ", "s", "'s", "ischemıc's"])
def test_letters_that_equal_others_only_in_some_ways_are_words(odd):
    assert built_in_lexicon().applied(odd, "en")


def test_the_digest_tells_contents_apart():
    again = Lexicon(tuple(LEXICON.terms))
    digests = {LEXICON.digest, Lexicon().digest, LEXICON.with_own({"a": "b"}).digest, built_in_lexicon().digest}

    assert again.digest == LEXICON.digest
    assert len(digests) == 4
    assert LEXICON.with_own({}).digest == LEXICON.digest


def test_a_lexicon_can_be_compared_and_kept():
    assert hash(Lexicon(tuple(LEXICON.terms))) == hash(LEXICON)
    assert built_in_lexicon() is built_in_lexicon()
