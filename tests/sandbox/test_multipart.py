"""Forms as clients write them."""

from __future__ import annotations

import random

import pytest

from ztui.sandbox.multipart import FormPart, boundary_of, parts

FORM = "multipart/form-data; boundary=B"


def form(
    disposition: str = 'form-data; name="file"; filename="a.zip"', content: bytes = b"PK\r\n\x00", **kinds: str
) -> bytes:
    more = "".join(f"\r\n{name.replace('_', '-')}: {value}" for name, value in kinds.items())
    head = f"--B\r\nContent-Disposition: {disposition}{more}\r\n\r\n"
    return head.encode() + content + b"\r\n--B--\r\n"


@pytest.mark.parametrize(
    ("content_type", "boundary"),
    [
        ('multipart/form-data; boundary="a b"', b"a b"),
        ("Multipart/Form-Data; charset=utf-8; Boundary=xyz", b"xyz"),
        ("multipart/form-data", b""),
        ("multipart/form-data; boundary=", b""),
        ("multipart/mixed; boundary=xyz", b""),
        ("application/zip", b""),
    ],
)
def test_boundaries(content_type: str, boundary: bytes) -> None:
    assert boundary_of(content_type) == boundary


@pytest.mark.parametrize(
    ("disposition", "name", "filename"),
    [
        ('form-data; name="file"; filename="a.zip"', "file", "a.zip"),
        ("form-data; name=file; filename=a.zip", "file", "a.zip"),
        ("form-data; name=\"file\"; filename*=UTF-8''%C3%A4%20b.zip", "file", "ä b.zip"),
        ("form-data; name=\"file\"; filename*=nope''a.zip", "file", "a.zip"),
        ('form-data; name="file"; filename="ä€.zip"', "file", "ä€.zip"),
        ('form-data; name="file"; filename=""', "file", ""),
        ('form-data; name="note"', "note", None),
        ("form-data", "", None),
    ],
)
def test_names(disposition: str, name: str, filename: str | None) -> None:
    assert parts(FORM, form(disposition)) == [FormPart(name, filename, b"PK\r\n\x00")]


def test_several_parts_in_order() -> None:
    first = form('form-data; name="x"', b"1").removesuffix(b"--B--\r\n")
    assert [(p.name, p.content) for p in parts(FORM, first + form(Content_Type="application/zip"))] == [
        ("x", b"1"),
        ("file", b"PK\r\n\x00"),
    ]


@pytest.mark.parametrize(
    "body",
    [
        b"hello\r\n" + form(content=b"Z"),
        form(content=b"Z") + b"bye",
        form(content=b"Z").replace(b"\r\n", b"\n"),
        form(content=b"Z").removesuffix(b"--\r\n") + b"\r\n",
    ],
)
def test_forms_with_something_odd_around_the_part(body: bytes) -> None:
    assert [p.content for p in parts(FORM, body)] == [b"Z"]


@pytest.mark.parametrize("body", [b"", b"--B", b"--B--", form()[:-12], form().replace(b"--B", b"--C"), b"PK"])
def test_what_is_no_form_has_no_parts(body: bytes) -> None:
    assert parts(FORM, body) == []


def test_content_that_looks_like_a_boundary_elsewhere_is_content() -> None:
    content = b"a--B b --B--\r\n-B\r\n"
    assert parts(FORM, form(content=content))[0].content == content


@pytest.mark.parametrize("seed", range(3))
def test_any_bytes_are_taken_in_good_time(seed: int) -> None:
    chance = random.Random(seed)
    pieces = [b"--B", b"--", b"\r\n", b"\n", b"Content-Disposition: form-data; name=", b'"', b"x", b";", b"\xff", b"="]
    for _ in range(300):
        body = b"".join(chance.choice(pieces) for _ in range(chance.randrange(60)))
        assert all(isinstance(p.content, bytes) for p in parts(FORM, body))
