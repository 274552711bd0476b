"""Small real files for the demo, made here: a page of PDF, a picture and a table; they hold what they say."""

import struct
import zlib
from collections.abc import Sequence

from django.core.files.base import ContentFile

from assessments.uploads import Checked, check
from portal.lib.folding import fold


def pdf(name: str, lines: Sequence[str]) -> Checked:
    """One page of text. The fonts every reader has know no Vietnamese marks, so the words stand without them."""
    shown = [fold(line).replace("\\", "").replace("(", "").replace(")", "") for line in lines]
    text = "\n".join(f"1 0 0 1 60 {760 - 24 * number} Tm ({line}) Tj" for number, line in enumerate(shown))
    stream = f"BT /F1 14 Tf\n{text}\nET".encode("latin-1", "replace")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    made, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    begins = len(made)
    made += b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table)
    made += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, begins)
    return check(ContentFile(made, name=name))


def picture(name: str, width: int = 320, height: int = 200) -> Checked:
    """A notice board as a PNG: sheets of paper on a wall."""
    sheets = [(24, 30), (124, 44), (224, 26)]
    rows = []
    for y in range(height):
        row = bytearray()
        for x in range(width):
            places = ((x - left, y - top) for left, top in sheets)
            inside = next((place for place in places if 0 <= place[0] < 76 and 0 <= place[1] < 120), None)
            written = inside is not None and inside[1] % 14 in (6, 7) and 8 <= inside[0] < 68
            row += b"\x44\x54\x5e" if written else b"\xff\xfd\xf6" if inside else b"\xb9\xcf\xc9"
        rows.append(b"\x00" + bytes(row))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = [(b"IHDR", header), (b"IDAT", zlib.compress(b"".join(rows), 9)), (b"IEND", b"")]
    body = b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts
    )
    return check(ContentFile(b"\x89PNG\r\n\x1a\n" + body, name=name))


def table(name: str, rows: Sequence[Sequence[str]]) -> Checked:
    """A small table as CSV."""
    text = "".join(",".join(f'"{cell}"' for cell in row) + "\r\n" for row in rows)
    return check(ContentFile(text.encode(), name=name))
