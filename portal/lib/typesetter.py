"""The process of its own in which typst runs: `typesetting.py` starts it, JSON comes in, a PDF goes out."""

import json
import resource
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

import typst

# PDF/A-2a for archives, PDF/UA-1 for screen readers: typst refuses to write a file that claims both and is not.
ARCHIVED: Literal["a-2a"] = "a-2a"
TAGGED: Literal["ua-1"] = "ua-1"
MEMORY = 2 * 1024**3  # of address space, which typst's threads reserve far more of than they use


def main() -> None:
    asked = json.load(sys.stdin)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    template = Path(asked["template"])
    with TemporaryDirectory(prefix="bearing-typst-") as nothing:
        compiler = typst.Compiler(
            input=str(template),
            root=str(template.parent),
            font_paths=[asked["fonts"]],
            ignore_system_fonts=True,
            sys_inputs={"data": json.dumps(asked["data"])},
            package_path=nothing,  # no packages, neither installed nor fetched
            package_cache_path=nothing,
        )
        try:
            pdf = compiler.compile(format="pdf", pdf_standards=[ARCHIVED, TAGGED])
        except typst.TypstError as error:
            if "could not be displayed" not in str(error):
                raise
            # A letter that no font of ours has, an emoji in a name: a tagged file that does not claim to be archivable.
            pdf = compiler.compile(format="pdf")
        assert isinstance(pdf, bytes)
        sys.stdout.buffer.write(pdf)


if __name__ == "__main__":
    main()
