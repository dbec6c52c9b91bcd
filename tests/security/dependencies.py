"""`python -m tests.security.dependencies`: fails when a pinned dependency has a known weakness. Where the registries
answer no questions about weaknesses, as many mirrors do not, it says so and succeeds."""

import json
import os
import shutil
import subprocess
import sys
from typing import Any

from tests.servers import ROOT

PATIENCE_SECONDS = 60


def main() -> int:
    found = _of_python() + _of_node()
    print("\n".join(found), end="\n" if found else "", file=sys.stderr)
    return bool(found)


def _of_python() -> list[str]:
    command = [sys.executable, "-m", "pip_audit", "-r", "requirements.txt", "--no-deps", "--disable-pip", "-f", "json"]
    dependencies = (_report(command) or {}).get("dependencies", [])
    unknown = sum("skip_reason" in one for one in dependencies)
    if unknown or not dependencies:
        _warn(f"{unknown or 'All'} Python packages could not be audited.")
    return [
        f"{one['name']} {one['version']}: {weakness['id']}" for one in dependencies for weakness in one.get("vulns", [])
    ]


def _of_node() -> list[str]:
    npm = shutil.which("npm", path=os.pathsep.join((os.path.dirname(sys.executable), os.environ.get("PATH", ""))))
    command = [npm or "npm", "--prefix", str(ROOT / "chatapp" / "web"), "audit", "--json"]
    weaknesses = (_report(command) or {}).get("vulnerabilities")
    if weaknesses is None:
        _warn("The npm packages could not be audited.")
    return [f"{name}: {one['severity']}" for name, one in (weaknesses or {}).items()]


def _report(command: list[str]) -> Any:
    """What a program prints as JSON; None if it cannot be run, or prints none."""
    path = os.pathsep.join((os.path.dirname(sys.executable), os.environ.get("PATH", "")))
    try:
        done = subprocess.run(
            command,
            cwd=ROOT,
            env={**os.environ, "PATH": path},
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )
        return json.loads(done.stdout)
    except (OSError, subprocess.TimeoutExpired, ValueError):
        return None


def _warn(sentence: str) -> None:
    print(f"warning: {sentence} Their registry answered no question about weaknesses.", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
