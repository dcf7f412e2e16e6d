from __future__ import annotations

import pytest

from gongkai.fetch.refresh import sent_on

URL = "http://portal.example/a/index.html"


@pytest.mark.parametrize(
    ("script", "target"),
    [
        ("location='b.html'", "http://portal.example/a/b.html"),
        ('window.location.href = "/b.html";', "http://portal.example/b.html"),
        ('top.location.replace("https://other.example/");', "https://other.example/"),
        ("document.location.assign('?p=1')", f"{URL}?p=1"),
        ("location.href='/公开/1.html'", "http://portal.example/公开/1.html"),
    ],
)
def test_a_page_that_only_sends_on(script: str, target: str) -> None:
    assert sent_on(f"<html><script type='text/javascript'>\n {script} \n</script></html>".encode(), URL) == target


@pytest.mark.parametrize(
    "script",
    [
        "if (mobile) { location.href='/m/'; }",
        "document.cookie='a=1'; location.href='/';",
        "location.href='index.html'",
        "location.href='javascript:alert(1)'",
        "location.href='http://['",
        "location.href=target",
    ],
)
def test_a_page_that_stays(script: str) -> None:
    assert sent_on(f"<html><script>{script}</script></html>".encode(), URL) is None


def test_a_page_that_says_something_stays() -> None:
    assert sent_on(b"<script>location='/b'</script>" + b"x" * 5000, URL) is None
