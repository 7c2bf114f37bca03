"""Names of people, titles and journals as they are compared: a difference of spelling is none."""

from __future__ import annotations

import re
import unicodedata
from itertools import zip_longest

_WORD_PATTERN = re.compile(r"[^\W_]+")
_APOSTROPHES = re.compile(r"['\u2018\u2019\u02bc`]")
_SMALL_WORDS = frozenset(("the", "of", "and", "in", "for", "an", "on", "to", "der", "die", "und"))
_NOTICE_PATTERN = re.compile(
    r"\s*(?:publisher'?s? |author'?s? )?(?:"
    r"(?:erratum|errata|corrigendum|corrigenda|addendum)\b\s*(?::|to\b|for\b|in\b|[-\u2013])|"
    r"correction\s*(?::|to\b)|retraction\s*(?::|note\b|notice\b|of\s*:)|"
    r"expression of concern\b|(?:withdrawn|retracted)\s*:)",
    re.IGNORECASE,
)
# Spellings on both sides of the Atlantic, brought to the shorter one.
_AMERICAN_ENDINGS = (
    (re.compile(r"is(e|es|ed|er|ers|ing|ation|ations)$"), r"iz\1"),
    (re.compile(r"ys(e|ed|es|ing)$"), r"yz\1"),
    (re.compile(r"our(s|ed|al|ally)?$"), r"or\1"),
    (re.compile(r"([^aeiou])re(s)?$"), r"\1er\2"),
    (re.compile(r"lled$"), "led"),
    (re.compile(r"lling$"), "ling"),
)
_SHORTEST_CONTRACTION = 4


def strip_marks(text: str) -> str:
    """A text in small letters without accents and apostrophes.

    >>> strip_marks("M\u00fcller"), strip_marks("O\u2019Shea")
    ('muller', 'oshea')
    """
    decomposed = unicodedata.normalize("NFKD", _APOSTROPHES.sub("", text))
    letters = "".join(c for c in decomposed if not unicodedata.combining(c))
    return letters.casefold().replace("\u00f8", "o").replace("\u0142", "l")


def _spell_umlauts_out(text: str) -> str:
    """A text in which an umlaut is written with an e, as in Mueller, without other marks."""
    composed = unicodedata.normalize("NFC", text)
    for umlaut, letters in (("\u00e4", "ae"), ("\u00f6", "oe"), ("\u00fc", "ue"), ("\u00f8", "oe")):
        composed = composed.replace(umlaut, letters).replace(umlaut.upper(), letters)
    return strip_marks(composed)


def extract_family_names(authors: str) -> frozenset[str]:
    """Family names of a list of authors, each in the ways it is spelled; initials are left out.

    >>> sorted(extract_family_names("Li Y, Xu Z"))
    ['li', 'xu']
    >>> bool(extract_family_names("M\u00fcller K") & extract_family_names("Mueller K"))
    True
    """
    names, composed = set(), unicodedata.normalize("NFC", _APOSTROPHES.sub("", authors))
    for author in re.split(r"[,;&]|\band\b|\bet al\b\.?", composed):
        words = _WORD_PATTERN.findall(author)
        spelled_out = [w for w in words if not (w.isupper() and len(w) <= 3)] or words[:1]
        for word in spelled_out:
            if len(word) > 1:
                names |= {strip_marks(word), _spell_umlauts_out(word)}
    return frozenset(names)


def extract_words(text: str) -> set[str]:
    """The words of three letters and more, without marks, in one spelling of English.

    >>> extract_words("Oesophagus and colour") == extract_words("Esophagus and color")
    True
    """
    words = _WORD_PATTERN.findall(strip_marks(text))
    return {_spell_american(word) for word in words if len(word) >= 3}


def _spell_american(word: str) -> str:
    plain = word.replace("ae", "e").replace("oe", "e")
    for pattern, replacement in _AMERICAN_ENDINGS:
        plain = pattern.sub(replacement, plain)
    return plain


def normalise_journal(name: str | None) -> str:
    """A journal's name without article, place in brackets, marks, case and punctuation.

    >>> normalise_journal("The Lancet") == normalise_journal("Lancet (London, England)")
    True
    """
    plain = re.sub(r"\([^)]*\)", " ", name or "")
    return "".join(c for c in strip_marks(plain).strip().removeprefix("the ") if c.isalnum())


def is_same_journal(first_name: str, other: str) -> bool:
    """Whether two names are of one journal, one of them perhaps abbreviated word by word.

    A word is shortened to its beginning (`Nutr`), or to some of its letters (`Natl`, ISO 4), which
    then are four at least.

    >>> is_same_journal("J. Nutr.", "The Journal of Nutrition")
    True
    >>> is_same_journal("Proc Natl Acad Sci", "Proceedings of the National Academy of Sciences")
    True
    >>> is_same_journal("Pain", "Pain Medicine"), is_same_journal("Nutr Res", "Nutrition Reviews")
    (False, False)
    """
    if normalise_journal(first_name) == normalise_journal(other):
        return True
    pairs = zip_longest(_list_main_words(first_name), _list_main_words(other), fillvalue="")
    return all(a and b and (_is_abbreviation(a, b) or _is_abbreviation(b, a)) for a, b in pairs)


def _is_abbreviation(short: str, word: str) -> bool:
    if word.startswith(short):
        return True
    letters = iter(word)
    return (
        len(short) >= _SHORTEST_CONTRACTION
        and short[0] == word[0]
        and all(letter in letters for letter in short)
    )


def _list_main_words(name: str) -> list[str]:
    plain = strip_marks(re.sub(r"\([^)]*\)", " ", name))
    return [word for word in _WORD_PATTERN.findall(plain) if word not in _SMALL_WORDS]


def is_notice(title: str) -> bool:
    """Whether a title is that of a notice about a work: an erratum, a retraction and the like.

    >>> is_notice("Erratum: Zinc and sleep"), is_notice("Correction to: Zinc and sleep")
    (True, True)
    >>> is_notice("Correction of zinc deficiency in infants")
    False
    """
    return bool(_NOTICE_PATTERN.match(title))
