"""Sentences that the server itself says to people, by language. Those of the web client are in its catalogues."""

from collections.abc import Mapping

Sentences = Mapping[str, Mapping[str, str]]
"""Each sentence in each language, by its name. Every one is there in FALLBACK."""

FALLBACK = "en"


def spoken(sentences: Sentences, sentence: str, language: str, /, **values: object) -> str:
    """A sentence with its values. A language without sentences gets those in English."""
    found = sentences[sentence]
    return found.get(language, found[FALLBACK]).format(**values)
