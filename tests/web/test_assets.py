"""Modules are served without their documentation. Nothing else about them changes."""

import json
import os
import subprocess
from pathlib import Path

from chatapp.web.assets import FOLDER, AssetLibrary

SOURCE = """/** What this module does. */

import { a } from "./a.js"; // stays, as it is no line of its own

/**
 * @typedef {object} Shape * with a star / and a slash
 */
  // Why this is so.
const text = /** @type {any} */ (`one
/ two // three`);
const address = "http://localhost/**/";
"""

SAME_PROGRAM = """
const { parse } = require("espree");
const OFFSETS = ["start", "end", "range"];
const strip = (node) => JSON.stringify(node, (key, value) => (OFFSETS.includes(key) ? undefined : value));
const options = { ecmaVersion: "latest", sourceType: "module", loc: true };
let input = "";
process.stdin.on("data", (chunk) => (input += chunk)).on("end", () => {
  const other = Object.entries(JSON.parse(input)).filter(([, [source, served]]) => {
    const [one, two] = [source, served].map((text) => parse(text, options));
    return strip(one.body) !== strip(two.body);
  });
  console.log(JSON.stringify(other.map(([name]) => name)));
});
"""


def text_of(library: AssetLibrary, name: str) -> str:
    asset = library.get(name)
    assert asset
    return asset.body.decode()


def test_a_module_is_served_without_its_documentation_on_the_same_lines(tmp_path: Path) -> None:
    (tmp_path / "js").mkdir()
    (tmp_path / "js" / "module.js").write_text(SOURCE)
    lines = text_of(AssetLibrary(tmp_path), "js/module.js").split("\n")
    assert lines == [
        "",
        "",
        'import { a } from "./a.js"; // stays, as it is no line of its own',
        *[""] * 5,
        "const text = /** @type {any} */ (`one",
        "/ two // three`);",
        'const address = "http://localhost/**/";',
        "",
    ]


def test_every_module_is_the_same_program_without_its_documentation() -> None:
    library = AssetLibrary()
    pairs = {name: [(FOLDER / name).read_text(), text_of(library, name)] for name in library.names("js/", ".js")}
    assert len(pairs) > 100
    assert sum(len(text) for _, text in pairs.values()) < 0.8 * sum(len(text) for text, _ in pairs.values())
    modules = FOLDER.parent / "node_modules"
    found = subprocess.run(
        ["node", "-e", SAME_PROGRAM],
        input=json.dumps(pairs),
        env={**os.environ, "NODE_PATH": str(modules)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(found.stdout) == []
