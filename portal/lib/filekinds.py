"""What a file is by its content, never by its name: one whole document, picture or text, or a reason why not.

Nothing is opened that a reader's program would open: pictures, PDF and Office files are only looked at from outside.
"""

import re
import zipfile
from codecs import getincrementaldecoder
from collections.abc import Callable
from enum import StrEnum
from itertools import pairwise
from typing import IO
from xml.etree import ElementTree

import filetype

PDF, PNG, JPEG, WEBP = "application/pdf", "image/png", "image/jpeg", "image/webp"
TEXT, CSV = "text/plain", "text/csv"
OFFICE = "application/vnd.openxmlformats-officedocument."
DOCX, XLSX, PPTX = (
    f"{OFFICE}wordprocessingml.document",
    f"{OFFICE}spreadsheetml.sheet",
    f"{OFFICE}presentationml.presentation",
)
ENDINGS: dict[str, tuple[str, ...]] = {
    PDF: (".pdf",),
    PNG: (".png",),
    JPEG: (".jpg", ".jpeg"),
    WEBP: (".webp",),
    DOCX: (".docx",),
    XLSX: (".xlsx",),
    PPTX: (".pptx",),
    CSV: (".csv",),
    TEXT: (".txt",),
}
MAIN_PARTS = {
    f"{DOCX}.main+xml".encode(): DOCX,
    f"{XLSX}.main+xml".encode(): XLSX,
    f"{PPTX}.main+xml".encode(): PPTX,
}
HEAD = 8192
MOST_PARTS = 5_000
MOST_UNPACKED, MOST_TIMES = 300 * 1024 * 1024, 100  # bytes, and times its own size where that is more than ...
SMALL_UNPACKED = 20 * 1024 * 1024  # ... this many bytes
CHUNK = 256 * 1024
DESCRIPTOR = 24  # bytes at most that some programs write behind a part

_MARKUP = re.compile(rb"^\s*<|<\s*(?:!doctype|html|head|body|script|svg|iframe|object|embed|\?php)\b", re.IGNORECASE)
_NOT_TEXT = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_OTHER_TEXT = (b"#!", b"{\\rtf", b"%!ps", b"mime-version:", b"@echo", b"[internetshortcut]")
_PROGRAMS = (b"MZ", b"\x7fELF", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe", b"\0asm", b"dex\n")
_RUNS_IN_PDF = re.compile(rb"/(?:JavaScript|Launch)(?![A-Za-z0-9])|/JS(?=[\0\t\n\f\r (<%])")
_HEX_IN_PDF = re.compile(rb"#([0-9A-Fa-f]{2})")  # how a name may write any of its letters
_LONGEST_IN_PDF = 40  # "/JavaScript" with every letter so written, and what follows
_RUNS_IN_OFFICE = re.compile(
    r"(?:^|/)(?:vbaproject[^/]*|vbadata[^/]*|oleobject[^/]*\.bin|(?:activex|macrosheets|dialogsheets)/.*)$"
    r"|\.(?:exe|dll|js|jse|vbs|vbe|hta|bat|cmd|ps1|lnk|scr|com|jar|msi|docm|dotm|xlsm|xltm|xlam|pptm|potm|ppsm|ppam)$"
)
# What the list of parts calls macros, sheets of Excel 4 macros, ActiveX and packaged programs, whatever their names.
_RUNS_BY_TYPE = re.compile(r"macroenabled|vbaproject|vbadata|macrosheet|dialogsheet|activex|oleobject")
# A list of parts in other letters than UTF-8.
_OTHER_LETTERS = re.compile(rb"""\0|encoding\s*=\s*(?!["']utf-8["'])""", re.IGNORECASE)
_NOT_WHOLE = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    ElementTree.ParseError,
    NotImplementedError,
    OSError,
    ValueError,
    EOFError,
)
_OLD_OFFICE = bytes.fromhex("d0cf11e0a1b11ae1")  # also what a new file becomes under a password


class Fault(StrEnum):
    """Why a file is not one of the kinds below."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    WEB_PAGE = "web_page"
    PROGRAM = "program"
    MACROS = "macros"
    LOCKED = "locked"
    ARCHIVE = "archive"
    BOMB = "bomb"
    TWO_IN_ONE = "two_in_one"
    RUNS = "runs"
    BROKEN = "broken"
    NOT_UTF8 = "not_utf8"
    UNKNOWN = "unknown"


class NotTaken(Exception):
    """A file that is none of the kinds below, or more than one; `fault` says why."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault


def kind_of(content: IO[bytes], size: int, name: str) -> str:
    """The content type of a file: one of `ENDINGS`, or NotTaken. The name only tells a table of text from a text."""
    head = _read(content, 0, HEAD)
    if head.startswith(b"PK"):
        return _office(content, size)
    if head.startswith(_PROGRAMS):
        raise NotTaken(Fault.PROGRAM)
    if head.startswith(_OLD_OFFICE):
        raise NotTaken(Fault.LOCKED)
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise NotTaken(Fault.NOT_UTF8)
    found = filetype.guess_mime(head)
    checker = _WHOLE.get(found) if found else None
    if checker is not None and found is not None:
        checker(content, size)
        if zipfile.is_zipfile(content):
            raise NotTaken(Fault.TWO_IN_ONE)
        return str(found)
    if found:
        raise NotTaken(Fault.ARCHIVE if found in _ARCHIVES else Fault.UNKNOWN)
    _text(content, head)
    return CSV if name.lower().endswith(".csv") else TEXT


def _read(content: IO[bytes], start: int, length: int) -> bytes:
    content.seek(start)
    return content.read(length)


def _pdf(content: IO[bytes], size: int) -> None:
    """From %PDF- to %%EOF, with nothing after it and nothing in it that runs by itself."""
    tail = _read(content, max(0, size - 1024), 1024).rstrip(b"\0\t\n\f\r ")
    if not tail.endswith(b"%%EOF"):
        raise NotTaken(Fault.TWO_IN_ONE if b"%%EOF" in tail else Fault.BROKEN)
    content.seek(0)
    before = b""
    while chunk := content.read(CHUNK):
        found = before + chunk
        if _RUNS_IN_PDF.search(found) or _RUNS_IN_PDF.search(_HEX_IN_PDF.sub(_letter, found)):
            raise NotTaken(Fault.RUNS)
        before = found[-_LONGEST_IN_PDF:]


def _letter(code: re.Match[bytes]) -> bytes:
    return bytes([int(code[1], 16)])


def _png(content: IO[bytes], size: int) -> None:
    """A chain of chunks from IHDR to IEND that ends where the file ends."""
    at, first = 8, True
    while at + 12 <= size:
        header = _read(content, at, 8)
        length, name = int.from_bytes(header[:4], "big"), header[4:]
        if first and name != b"IHDR":
            raise NotTaken(Fault.BROKEN)
        at, first = at + 12 + length, False
        if name == b"IEND":
            if at == size:
                return
            raise NotTaken(Fault.TWO_IN_ONE)
    raise NotTaken(Fault.BROKEN)


def _jpeg(content: IO[bytes], size: int) -> None:
    """An image that was copied to its end. Phones put notes of their own behind it: those are let be."""
    content.seek(0)
    before = b""
    while chunk := content.read(CHUNK):
        if b"\xff\xd9" in before + chunk:
            return
        before = chunk[-1:]
    raise NotTaken(Fault.BROKEN)


def _webp(content: IO[bytes], size: int) -> None:
    """As long as its own header says."""
    head = _read(content, 0, 16)
    said = int.from_bytes(head[4:8], "little") + 8
    if said > size or head[12:15] != b"VP8":
        raise NotTaken(Fault.BROKEN)
    if said < size - 1:
        raise NotTaken(Fault.TWO_IN_ONE)


_WHOLE: dict[str, Callable[[IO[bytes], int], None]] = {PDF: _pdf, PNG: _png, JPEG: _jpeg, WEBP: _webp}
_ARCHIVES = {
    "application/zip",
    "application/gzip",
    "application/x-tar",
    "application/x-rar-compressed",
    "application/x-7z-compressed",
    "application/x-bzip2",
    "application/x-xz",
}


def _text(content: IO[bytes], head: bytes) -> None:
    """UTF-8 from the first byte to the last, and neither markup nor a script."""
    if _MARKUP.search(head.removeprefix(b"\xef\xbb\xbf")):
        raise NotTaken(Fault.WEB_PAGE)
    if head.removeprefix(b"\xef\xbb\xbf").lstrip().lower().startswith(_OTHER_TEXT):
        raise NotTaken(Fault.UNKNOWN)
    decoder = getincrementaldecoder("utf-8")()
    content.seek(0)
    try:
        while chunk := content.read(CHUNK):
            if _NOT_TEXT.search(decoder.decode(chunk)):
                raise NotTaken(Fault.UNKNOWN)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        raise NotTaken(Fault.UNKNOWN if b"\0" in head else Fault.NOT_UTF8) from None


# Office files ---------------------------------------------------------------------------------------------------------


def _office(content: IO[bytes], size: int) -> str:
    """A Word, Excel or PowerPoint file: a ZIP whose list of parts says so, with nothing in it that runs."""
    try:
        with zipfile.ZipFile(content) as parts:
            _weigh(parts.infolist(), size)
            _is_one(content, size, parts)
            return _main_part(parts)
    except _NOT_WHOLE:
        raise NotTaken(Fault.BROKEN) from None


def _weigh(entries: list[zipfile.ZipInfo], size: int) -> None:
    """Few enough parts, none over another, none locked, and not much larger unpacked than a document is."""
    if any(entry.flag_bits & 1 for entry in entries):
        raise NotTaken(Fault.LOCKED)
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > MOST_PARTS or unpacked > MOST_UNPACKED:
        raise NotTaken(Fault.BOMB)
    if unpacked > SMALL_UNPACKED and unpacked > MOST_TIMES * size:
        raise NotTaken(Fault.BOMB)
    by_place = sorted(entries, key=lambda entry: entry.header_offset)
    if by_place and by_place[0].header_offset != 0:
        raise NotTaken(Fault.TWO_IN_ONE)
    for entry, following in pairwise(by_place):
        if entry.header_offset + 30 + entry.compress_size > following.header_offset:
            raise NotTaken(Fault.BOMB)


def _is_one(content: IO[bytes], size: int, parts: zipfile.ZipFile) -> None:
    """Part upon part, then their directory, and the file ends with it: nothing lies between or behind."""
    end = _read(content, max(0, size - 22), 22)
    if not (end.startswith(b"PK\x05\x06") and end.endswith(b"\0\0")):
        raise NotTaken(Fault.TWO_IN_ONE)
    starts = sorted(entry.header_offset for entry in parts.infolist())
    sizes = {entry.header_offset: entry.compress_size for entry in parts.infolist()}
    for start, following in pairwise([*starts, parts.start_dir]):
        head = _read(content, start, 30)
        names = int.from_bytes(head[26:28], "little") + int.from_bytes(head[28:30], "little")
        if start + 30 + names + sizes[start] + DESCRIPTOR < following:
            raise NotTaken(Fault.TWO_IN_ONE)


def _main_part(parts: zipfile.ZipFile) -> str:
    """Which kind of document the list of parts names; only that list is unpacked, and never more than 1 MB of it."""
    names = [name.casefold() for name in parts.namelist()]
    if any(name.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", name) for name in names):
        raise NotTaken(Fault.BROKEN)
    if len(set(names)) != len(names):
        raise NotTaken(Fault.BROKEN)
    if "[content_types].xml" not in names:
        raise NotTaken(Fault.ARCHIVE)
    if any(_RUNS_IN_OFFICE.search(name) for name in names):
        raise NotTaken(Fault.MACROS)
    with parts.open(parts.namelist()[names.index("[content_types].xml")]) as listed:
        said = listed.read(1024 * 1024)
    if b"<!" in said or _OTHER_LETTERS.search(said):
        raise NotTaken(Fault.UNKNOWN)
    if _runs(said, names):
        raise NotTaken(Fault.MACROS)
    kinds = {kind for main, kind in MAIN_PARTS.items() if b'"' + main + b'"' in said or b"'" + main + b"'" in said}
    if len(kinds) != 1:
        raise NotTaken(Fault.UNKNOWN)
    return kinds.pop()


def _runs(said: bytes, names: list[str]) -> bool:
    """Whether the list of parts names one that runs. Some programs list kinds by ending that no part of theirs has."""
    for each in ElementTree.fromstring(said).iter():
        ending = each.get("Extension")
        is_there = ending is None or any(name.endswith(f".{ending.casefold()}") for name in names)
        if is_there and _RUNS_BY_TYPE.search(each.get("ContentType", "").casefold()):
            return True
    return False
