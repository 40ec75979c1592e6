"""Which text is taken for words, and what other encodings are named for text that is not."""

from __future__ import annotations

import pytest

from ztui.csvfile.encoding import Utf8Tally
from ztui.csvfile.plausible import doubts

WESTERN = {
    "German": "Müller;Größe;Straße;Köln;Übermaß;ÄÖÜ;äöüß;Außenwirtschaft",
    "French": "Élodie;déjà vu;œuvre;L’Été;CÔTÉ;Saint-Étienne;n° 5;20 °C;5 €;12 m²;«oui»",
    "Spanish": "José Ávila Muñoz;¿Qué?;¡Hola!;Peñíscola;Año 1º;2ª",
    "Portuguese": "São João;Conceição;Ação;Coração;ÃO",
    "Icelandic": "Þórður Ægir;Guðmundsdóttir;Þingeyjarsýsla;Öxarfjörður",
    "Finnish": "Jyväskylä;Hyvinkää;Päijänne;hääyöaie",
    "typographic": "“quoted”;word—word;‘x’;…;• item;5×3;±;™;©;½;£5;€7;naïve",
}
FOREIGN = [
    ("cp1251", "Иванов;Ромашка;Привет мир;Москва"),
    ("koi8-r", "Иванов;Ромашка;Привет мир;Москва"),
    ("cp866", "Иванов;Ромашка;Привет мир;Москва"),
    ("cp1253", "Παπαδόπουλος;Εταιρεία;Καλημέρα κόσμε"),
    ("cp1250", "Wałęsa;Spółka;Żółć gęślą jaźń;Łódź"),
    ("cp1256", "مرحبا;محمد;القاهرة"),
    ("cp932", "山田;株式会社アクメ;こんにちは世界;東京都"),
    ("euc_jp", "山田;株式会社アクメ;こんにちは世界;東京都"),
    ("gbk", "王;公司;你好世界;北京;上海;有限;介绍"),
    ("big5", "王;公司;你好世界;台北;高雄;有限;介紹"),
    ("mac-roman", "Müller;Café;naïve;Straße;Zürich"),
    ("mac-roman", "Zoë;Größe Müller;Köln;café é"),
    ("cp850", "Müller;Café;größer;Straße;Zürich"),
]


@pytest.mark.parametrize("language", WESTERN)
def test_western_text_reads_like_words(language: str) -> None:
    assert doubts(WESTERN[language].encode("cp1252"), "cp1252") is None


@pytest.mark.parametrize(("name", "text"), FOREIGN)
def test_other_encodings_are_told_and_the_right_one_is_named(name: str, text: str) -> None:
    tally = Utf8Tally()
    tally.add(text.encode(name))
    rivals = tally.verdict().rivals
    assert rivals is not None
    assert (name, text.partition(";")[0]) in rivals


def test_escape_sequences_of_iso_2022_are_told() -> None:
    tally = Utf8Tally()
    tally.add("山田;東京\n".encode("iso2022_jp"))
    assert tally.verdict().rivals == (("iso2022_jp", ""),)


def test_a_single_odd_character_proves_nothing() -> None:
    assert doubts("Mc•Donald;Zoë".encode("cp1252"), "cp1252") is None


@pytest.mark.parametrize("name", ["cp932", "gbk", "cp1251"])
def test_much_text_is_judged_like_little(name: str) -> None:
    """Nowhere is a character of two bytes cut in two."""
    text = {"cp932": "山田太郎;東京都\n", "gbk": "王小明;上海市\n", "cp1251": "Иванов;Москва\n"}[name]
    tally = Utf8Tally()
    tally.add(text.encode(name) * 5000)
    rivals = tally.verdict().rivals
    assert rivals is not None
    assert (name, text.partition(";")[0]) in rivals
