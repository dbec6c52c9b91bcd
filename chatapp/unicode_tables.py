"""Makes `unicode_tables.txt` from Unicode's files: `python -m chatapp.unicode_tables FOLDER`.

The folder holds confusables.txt (of UTS 39), Scripts.txt, ScriptExtensions.txt, PropertyValueAliases.txt and
DerivedCoreProperties.txt, all of one version. New data may change the skeletons of stored names: a migration has to
compute them anew, as that one did which added them.
"""

import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

TABLES = Path(__file__).with_suffix(".txt")
_VERSION = re.compile(r"# (?:Version: |Scripts-)([\d.]*\d)")


def main() -> None:
    folder = Path(sys.argv[1])
    version, license_lines = _version_in(folder / "confusables.txt"), _header_of(TABLES)
    if _version_in(folder / "Scripts.txt") != version:
        sys.exit("confusables.txt and Scripts.txt are of different versions.")
    lines = [*license_lines, f"version {version}", *_confusables(folder), *_ignorables(folder), *_scripts(folder)]
    TABLES.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _header_of(tables: Path) -> list[str]:
    """The licence, which stays."""
    return [line for line in tables.read_text(encoding="utf-8").splitlines() if line.startswith("#")]


def _version_in(file: Path) -> str:
    found = _VERSION.search(file.read_text(encoding="utf-8-sig"))
    if found is None:
        sys.exit(f"{file} does not say of which version of Unicode it is.")
    return found[1]


def _confusables(folder: Path) -> Iterator[str]:
    """`confusable 0430 0061`: what the first character looks like."""
    for fields in sorted(_rows(folder / "confusables.txt"), key=lambda fields: int(fields[0], 16)):
        yield f"confusable {fields[0]} {fields[1]}"


def _ignorables(folder: Path) -> Iterator[str]:
    """`ignorable 200B 200F`: characters that are drawn as nothing."""
    for fields in _rows(folder / "DerivedCoreProperties.txt"):
        if fields[1] == "Default_Ignorable_Code_Point":
            first, last = _range(fields[0])
            yield f"ignorable {first:04X} {last:04X}"


def _scripts(folder: Path) -> Iterator[str]:
    """`script 0041 005A Latn`: the scripts in which these characters are used, by their ISO 15924 codes."""
    aliases = {fields[2]: fields[1] for fields in _rows(folder / "PropertyValueAliases.txt") if fields[0] == "sc"}
    scripts = {point: aliases[name] for point, name in _points(folder / "Scripts.txt")}
    scripts |= dict(_points(folder / "ScriptExtensions.txt"))
    first = last = -2
    for point in [*sorted(scripts), -2]:
        if point != last + 1 or scripts[point] != scripts[first]:
            if first >= 0:
                yield f"script {first:04X} {last:04X} {scripts[first]}"
            first = point
        last = point


def _points(file: Path) -> Iterator[tuple[int, str]]:
    for fields in _rows(file):
        first, last = _range(fields[0])
        for point in range(first, last + 1):
            yield point, fields[1]


def _range(text: str) -> tuple[int, int]:
    first, _, last = text.partition("..")
    return int(first, 16), int(last or first, 16)


def _rows(file: Path) -> Iterable[list[str]]:
    """The fields of each line of one of Unicode's files."""
    for line in file.read_text(encoding="utf-8-sig").splitlines():
        if data := line.partition("#")[0].strip():
            yield [field.strip() for field in data.split(";")]


if __name__ == "__main__":
    main()
