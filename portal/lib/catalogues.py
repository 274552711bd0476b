"""Content as data files: YAML read with the line of every value, and the register of who loads which kind of file."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

LARGEST_FILE = 4_000_000  # characters: a hundred times the largest model there is

# The parser written in C where there is one: ten times as fast.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Step = str | int


class FileRefused(Exception):
    """A file that cannot be loaded: each reason names its line."""

    def __init__(self, path: Path, reasons: list[tuple[int, str]]) -> None:
        super().__init__("\n".join(f"{path.name}:{line}: {reason}" for line, reason in reasons))
        self.path, self.reasons = path, reasons


class Unreadable(Exception):
    """A file that is no YAML, or uses a part of YAML that catalogues do without."""

    def __init__(self, line: int, kind: str, detail: str = "") -> None:
        super().__init__(f"line {line}: {kind} {detail}".strip())
        self.line, self.kind, self.detail = line, kind, detail


@dataclass(frozen=True)
class YamlFile:
    """What a file says, and where each part of it stands."""

    content: Any
    tree: yaml.Node | None

    def line(self, path: Sequence[Step]) -> int:
        """The line, counted from 1, at which the value of this path stands."""
        return line_of(self.tree, path)


def read_yaml(path: Path) -> YamlFile:
    """Read one document; Unreadable tells by `kind` what is wrong: "large", "encoding", "yaml", "alias", "twice"."""
    if path.stat().st_size > LARGEST_FILE:
        raise Unreadable(1, "large")
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise Unreadable(1, "encoding") from error
    try:
        tree = yaml.compose(text, Loader=LOADER)
        if tree is None:
            return YamlFile(None, None)
        _refuse_twice(tree, set())
        return YamlFile(yaml.constructor.SafeConstructor().construct_document(tree), tree)
    except RecursionError as error:
        raise Unreadable(1, "yaml", "nested too deeply") from error
    except (yaml.YAMLError, ValueError) as error:  # ValueError: a date that is none
        mark = getattr(error, "problem_mark", None)
        said = str(getattr(error, "problem", error))
        raise Unreadable((mark.line + 1) if mark else 1, "yaml", said) from error


def _refuse_twice(node: yaml.Node, met: set[int]) -> None:
    """YAML lets a later name silently replace an earlier one; here that is a mistake. So are aliases."""
    if id(node) in met:
        raise Unreadable(node.start_mark.line + 1, "alias")
    met.add(id(node))
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if isinstance(key.value, str):
                if key.value in seen:
                    raise Unreadable(key.start_mark.line + 1, "twice", key.value)
                seen.add(key.value)
            _refuse_twice(value, met)
    elif isinstance(node, yaml.SequenceNode):
        for each in node.value:
            _refuse_twice(each, met)


def line_of(node: yaml.Node | None, path: Sequence[Step]) -> int:
    """The line, counted from 1, at which the value of this path stands; of the nearest part when it is missing."""
    for step in path:
        below: yaml.Node | None = None
        if isinstance(node, yaml.MappingNode):
            below = next((value for key, value in node.value if key.value == str(step)), None)
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int):
            below = node.value[step]
        if below is None:
            break
        node = below
    return node.start_mark.line + 1 if node is not None else 1


# Who loads what -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Catalogue:
    """One kind of file: where a room keeps those it ships, the name at the top that tells them, and who loads one."""

    name: str
    folder: Path
    first_name: str  # "bank" for files that say "bank: ..."
    load: Callable[[Path], str]  # says in a few words what became of the file, or raises FileRefused
    beside: frozenset[str] = frozenset()  # YAML files in the folder that are something else

    def shipped(self) -> list[Path]:
        return sorted(path for path in self.folder.glob("*.yaml") if path.name not in self.beside)

    def knows(self, path: Path) -> bool:
        """Whether a file is of this kind, by the names at its left edge."""
        text = path.read_text(encoding="utf-8", errors="replace")[:LARGEST_FILE]
        return re.search(rf"^{self.first_name}\s*:", text, re.MULTILINE) is not None


_catalogues: dict[str, Catalogue] = {}


def register_catalogue(catalogue: Catalogue) -> None:
    """Announce a kind of file, from `AppConfig.ready()`."""
    _catalogues[catalogue.name] = catalogue


def catalogues() -> list[Catalogue]:
    """All kinds, by name."""
    return [_catalogues[name] for name in sorted(_catalogues)]
