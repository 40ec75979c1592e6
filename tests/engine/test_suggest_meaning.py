from __future__ import annotations

import pytest

from ztui.engine.suggest_lexicon import lexicon
from ztui.engine.suggest_meaning import read_header
from ztui.engine.suggest_tokens import fold, words_of


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("HasOptedOutOfEmail", ("has", "opted", "out", "of", "email")),
        ("E-mail 1 - Value", ("email", "1", "value")),
        ("OPTIN_TIME", ("optin", "time")),
        ("Pricebook2Id", ("pricebook", "2", "id")),
        ("Nº de funcionários", ("no", "de", "funcionarios")),
        ("# Employees (%)", ("number", "employees", "percent")),
        ("Straße", ("strasse",)),
        ("fax_nbr", ("fax", "number")),
        ("N° client", ("number", "client")),
        ("Assistent/in, Betreuer:in", ("assistent", "betreuer")),
        ("Check-in", ("check", "in")),
        ("LinkedIn URL", ("linkedin", "url")),
        ("properties.first_name", ("properties", "first", "name")),
        ("電話番号", ("電話番号",)),
        ("\x00\u202e", ()),
        ("E\u00adm\u200bail", ("email",)),
        ("FTEs, LinkedInURL", ("ftes", "linkedin", "url")),
        ("f_name, LName", ("fname", "lname")),
        ("zip5", ("zip",)),
    ],
)
def test_words(header: str, words: tuple[str, ...]) -> None:
    assert words_of(header).all == words


def test_folding() -> None:
    assert fold("ÉÀÜß Ⅳ") == "eauss iv"


@pytest.mark.parametrize(
    ("header", "module", "concept", "kinds"),
    [
        ("Mailing State/Province", "Contacts", "state", {"mailing"}),
        ("Asst. Phone", "Contacts", "phone", {"assistant"}),
        ("Person - Phone - Work", "Contacts", "phone", {"work"}),
        ("Company / Account", "Leads", "company", set()),
        ("Billing Code", "Accounts", "zip", {"billing"}),
        ("País/región", "Leads", "country", set()),
        ("Organization - Name", "Accounts", "company", set()),
        ("Account Owner", "Contacts", "owner", {"company"}),
        ("Account Owner", "Accounts", "owner", set()),
        ("assistantphone", "Contacts", "phone", {"assistant"}),
        ("workemail", "Contacts", "email", {"work"}),
    ],
)
def test_meaning(header: str, module: str, concept: str, kinds: set[str]) -> None:
    meaning = read_header(header, module).meanings[0]
    assert (meaning.concept, set(meaning.kinds)) == (concept, kinds)


def test_a_word_more_is_another_thing_and_is_named() -> None:
    reading = read_header("Email consent", "Leads")
    assert reading.meanings == ()
    assert (reading.about, reading.unexplained) == ("email", ("consent",))


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("emial", "email"),
        ("compnay", "company"),
        ("phne", "phone"),
        ("adress", "address"),
        ("leed", "lead"),
        ("employes", "employees"),
    ],
)
def test_slips_of_the_fingers_are_mended(typed: str, read: str) -> None:
    assert lexicon().read((typed,), english=True)[0] == (read,)


@pytest.mark.parametrize("word", ["contract", "counts", "tile", "score", "stat", "pony", "zap", "contacted", "rats"])
def test_words_of_their_own_are_left_alone(word: str) -> None:
    assert lexicon().read((word,))[0] == (word,)


def test_every_phrase_reads_as_itself() -> None:
    """No phrase of the vocabulary is shadowed by another reading of the same words."""
    known = lexicon()
    for phrases in known._by_word.values():
        for phrase in phrases:
            found = [p for p, _ in known.phrases(phrase.words, "") if p.words == phrase.words]
            assert phrase in found
