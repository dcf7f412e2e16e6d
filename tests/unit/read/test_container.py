from __future__ import annotations

import gzip
import io
import zipfile
from email.message import EmailMessage

import pytest

from gongkai.errors import UnreadableError, UnsupportedError
from gongkai.read import Limits, documents_in, identify, is_container
from gongkai.read.archives.container import Member
from gongkai.read.identify import EML, GZIP, RAR, SEVEN_ZIP, ZIP
from tests.unit.read.packed import rar, seven_zip, zip_in_gbk, zip_of

PAGE = b"<html><body>a</body></html>"
ENCRYPTED = 1


def members(data: bytes, name: str = "", limits: Limits | None = None) -> list[Member]:
    kind = identify(data, name)
    assert is_container(kind)
    return list(documents_in(data, kind, limits or Limits()))


def found(data: bytes) -> dict[str, bytes]:
    return {member.path: member.data for member in members(data)}


@pytest.mark.parametrize("pack", [zip_of, seven_zip])
def test_members_come_out_and_what_systems_leave_does_not(pack: type[zip_of]) -> None:  # type: ignore[valid-type]
    packed = pack(
        {
            "报告/2020.html": PAGE,
            "__MACOSX/报告/._2020.html": b"x",
            "a/Thumbs.db": b"x",
            ".DS_Store": b"x",
            "~$报告.docx": b"x",
            "b.txt": b"abc",
        }
    )
    assert identify(packed, "x.pdf") == (ZIP if pack is zip_of else SEVEN_ZIP)
    assert found(packed) == {"报告/2020.html": PAGE, "b.txt": b"abc"}


def test_names_in_gbk() -> None:
    assert found(zip_in_gbk("财政局\\报告.html", PAGE)) == {"财政局/报告.html": PAGE}


def test_a_name_that_leads_out_of_the_archive_is_only_a_name() -> None:
    packed = zip_of({"../../etc/passwd": b"a", "/srv/x": b"b", "C:\\x": b"c"})
    assert found(packed) == {"../../etc/passwd": b"a", "srv/x": b"b", "C:/x": b"c"}


def test_archives_within_archives_up_to_three() -> None:
    packed = zip_of({"c.txt": b"abc"})
    packed = zip_of({"b.zip": packed, "b.txt": b"b"})
    packed = seven_zip({"a.dat": packed})
    assert found(packed) == {"a.dat!/b.zip!/c.txt": b"abc", "a.dat!/b.txt": b"b"}
    (member,) = members(zip_of({"d.zip": zip_of({"e.7z": packed})}))
    assert member.path == "d.zip!/e.7z!/a.dat"
    assert "deep" in str(member.error)


def test_gzip_holds_one_file() -> None:
    buffer = io.BytesIO()
    with gzip.GzipFile("报告.html".encode("gbk").decode("latin1"), "wb", fileobj=buffer) as file:
        file.write(PAGE)
    assert identify(buffer.getvalue(), "x") == GZIP
    assert found(buffer.getvalue()) == {"报告.html": PAGE}
    assert found(gzip.compress(PAGE)) == {"content": PAGE}
    with pytest.raises(UnreadableError, match="cut short"):
        members(gzip.compress(PAGE)[:-9])


def test_mail_with_attachments() -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "a@example.cn", "b@example.cn", "年报"
    mail.set_content("请查收")
    mail.add_attachment(PAGE, maintype="application", subtype="octet-stream", filename="报告.html")
    data = mail.as_bytes()
    assert identify(data, "x.eml") == EML
    assert found(data) == {"part1.plain": "请查收\n".encode(), "报告.html": PAGE}


def test_a_stored_member_of_rar_needs_no_program_and_others_name_one(monkeypatch: pytest.MonkeyPatch) -> None:
    assert identify(rar("b.html", PAGE), "x.zip") == RAR
    assert found(rar("b.html", PAGE)) == {"b.html": PAGE}
    monkeypatch.setenv("PATH", "")
    with pytest.raises(UnsupportedError, match="apt-get install"):
        members(rar("b.html", PAGE, method=0x33))
    with pytest.raises(UnreadableError, match="password"):
        members(rar("b.html", PAGE, flags=0x8004))


def test_passwords_are_named() -> None:
    (member,) = members(zip_of({"报告.docx": b"x" * 20}, flags=ENCRYPTED))
    assert member.path == "报告.docx"
    assert "password" in str(member.error)
    with pytest.raises(UnreadableError, match="password"):
        members(seven_zip({"a.txt": b"abc"}, password="x"))


def test_a_damaged_member_stops_no_other() -> None:
    text = b"the quick brown fox " * 20
    packed = bytearray(zip_of({"a.txt": text, "b.txt": b"abc"}))
    packed[40:60] = bytes(20)
    first, second = members(bytes(packed))
    assert "damaged" in str(first.error)
    assert second == Member("b.txt", b"abc")


@pytest.mark.parametrize("pack", [zip_of, seven_zip])
def test_bombs_are_refused(pack: type[zip_of]) -> None:  # type: ignore[valid-type]
    packed = pack({f"{n}.txt": b"0" * 3_000_000 for n in range(9)})
    assert len(packed) < 100_000
    with pytest.raises(UnreadableError, match="unpacks to more"):
        members(packed, limits=Limits(archive_bytes=10_000_000))


def test_one_large_member_stops_no_other() -> None:
    large, small = members(zip_of({"a": b"0" * 3_000_000, "b": b"abc"}), limits=Limits(expanded_bytes=1_000_000))
    assert "limit" in str(large.error)
    assert small.data == b"abc"
    with pytest.raises(UnreadableError, match="limit"):
        members(gzip.compress(b"0" * 3_000_000), limits=Limits(expanded_bytes=1_000_000))


def test_an_archive_that_multiplies_is_refused() -> None:
    packed = zip_of({f"{n}.txt": b"0" * 100_000 for n in range(50)})
    packed = zip_of({f"{n}.zip": packed for n in range(50)})
    with pytest.raises(UnreadableError, match="unpacks to more"):
        members(packed, limits=Limits(archive_bytes=8_000_000))


def test_too_many_members_are_refused() -> None:
    with pytest.raises(UnreadableError, match="more than 10 files"):
        members(zip_of({f"{n}.txt": b"a" for n in range(11)}), limits=Limits(members=10))


@pytest.mark.parametrize(
    "data",
    [
        seven_zip({"a": b"abc"})[:40],
        seven_zip({"a": b"abc" * 99})[:-20],
        rar("a", b"b")[:30],
        rar("a", b"b" * 99)[:-60],
    ],
)
def test_damage_is_named(data: bytes) -> None:
    with pytest.raises(UnreadableError, match=r"damaged|cut short"):
        members(data)


def test_a_member_without_a_name() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as package:
        package.writestr(zipfile.ZipInfo("\x00"), b"abc")
    assert found(packed.getvalue()) == {"": b"abc"}
