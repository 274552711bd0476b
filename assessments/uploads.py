"""Files given as evidence: looked at by content, kept by a random name, swept away where no row names them.

Why these kinds and no others: docs/decisions/0015-evidence-files.md.
"""

import hashlib
import os
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import IO, Any
from uuid import uuid4

from django.conf import settings
from django.core.files import File
from django.utils.translation import gettext_lazy as _

from assessments.models import Evidence
from people.registry import Word
from portal.lib.filekinds import ENDINGS, Fault, NotTaken, kind_of
from portal.lib.filenames import shown_name

STRAY_AFTER = timedelta(days=1)
CHUNK = 256 * 1024

SENTENCES: dict[Fault, Word] = {
    Fault.EMPTY: _("The file is empty. Choose another file."),
    Fault.TOO_LARGE: _("The file is larger than %(most)s MB. Make it smaller, or give a link to it instead."),
    Fault.WEB_PAGE: _(
        "Inside, this file is a web page or a drawing made of code, whatever its name says. Print it to PDF and choose "
        "the PDF."
    ),
    Fault.PROGRAM: _("Inside, this file is a program, whatever its name says. Programs are not accepted."),
    Fault.MACROS: _("This file holds macros or a program. Save it without them, as .docx, .xlsx or .pptx."),
    Fault.LOCKED: _(
        "This file has a password or is from an old version of Office. Save it as .docx, .xlsx or .pptx without a "
        "password."
    ),
    Fault.ARCHIVE: _("This file is an archive. Give the files in it one by one."),
    Fault.BOMB: _("Unpacked, this file would be far larger than it looks. Save it again with less in it."),
    Fault.TWO_IN_ONE: _("A second file is hidden in this one. Open it, save it again, and choose the new file."),
    Fault.RUNS: _("This PDF wants to run something when it is opened. Print it to a new PDF and choose that one."),
    Fault.BROKEN: _("This file is damaged or incomplete. Open it, save it again, and choose the new file."),
    Fault.NOT_UTF8: _("This text is not stored as UTF-8. Save it as “CSV UTF-8” or “Text UTF-8” and choose it again."),
    Fault.UNKNOWN: _(
        "Files of this kind are not accepted. Choose a PDF, a picture (PNG, JPEG, WEBP), a Word, Excel or PowerPoint "
        "file of today, a CSV or a text file."
    ),
}


def sentence_of(fault: Fault) -> str:
    """Why a file is not taken, and what to do."""
    return str(SENTENCES[fault]) % {"most": most_megabytes()}


@dataclass(frozen=True)
class Checked:
    """A file that has been looked at: what it is, and under which name it is shown and sent."""

    file: "File[Any]"
    content_type: str
    size: int
    name: str


@dataclass(frozen=True)
class Stored:
    """A file in its place."""

    path: str
    sha256: str


def most_megabytes() -> int:
    """The largest file taken, in MB."""
    return int(settings.EVIDENCE_MOST_MB)


def accepted() -> str:
    """What a browser's file dialogue offers first."""
    return ",".join(ending for endings in ENDINGS.values() for ending in endings)


def check(file: "File[Any]") -> Checked:
    """Look at a file by its content; NotTaken when it is none of those that are accepted, or more than one."""
    size = file.size or 0
    if not size:
        raise NotTaken(Fault.EMPTY)
    if size > most_megabytes() * 1024 * 1024:
        raise NotTaken(Fault.TOO_LARGE)
    content: IO[bytes] = file.file if file.file is not None else file
    name = Path(file.name or "").name
    kind = kind_of(content, size, name)
    content.seek(0)
    return Checked(file, kind, size, shown_name(name, ENDINGS[kind]))


# Where it lies --------------------------------------------------------------------------------------------------------


def where(path: str) -> Path:
    """The place on disk of a stored file."""
    return Path(settings.EVIDENCE_DIR) / path


def store(upload: Checked) -> Stored:
    """Write the file under a random name, for this account alone, and wait until the disk has it."""
    name = uuid4().hex
    path = f"{name[:2]}/{name}"
    place = where(path)
    for folder in (Path(settings.EVIDENCE_DIR), place.parent):  # a mode holds for the last folder made alone
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    mark = hashlib.sha256()
    try:
        with os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            upload.file.seek(0)
            for chunk in upload.file.chunks(CHUNK):
                mark.update(chunk)
                out.write(chunk)
            out.flush()
            os.fsync(out.fileno())
        _flush_folder(place.parent)
    except OSError:
        discard(path)
        raise
    return Stored(path, mark.hexdigest())


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def discard(path: str) -> None:
    """Remove a file whose row was never written, or whose evidence was taken back."""
    where(path).unlink(missing_ok=True)


def sweep_strays() -> int:
    """Remove files older than a day that no standing row names: what a crash leaves behind. Returns how many.

    A file's age is told by the machine's own clock, like the time the file carries.
    """
    root = Path(settings.EVIDENCE_DIR)
    if not root.is_dir():
        return 0
    before = time.time() - STRAY_AFTER.total_seconds()
    old = {
        f"{each.parent.name}/{each.name}": each
        for each in root.glob("[0-9a-f][0-9a-f]/*")
        if each.is_file() and each.stat().st_mtime < before
    }
    standing = Evidence.objects.exclude(state=Evidence.State.WITHDRAWN).filter(file__in=list(old))
    known = set(standing.values_list("file", flat=True))
    strays = [place for path, place in old.items() if path not in known]
    for place in strays:
        place.unlink(missing_ok=True)
    return len(strays)
