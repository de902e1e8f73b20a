"""``make audit`` passes only where both services answered: a service that is silent is no clean answer."""

import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "audit.sh"
CLEAN = "exit 0"
HOLES = {
    "python": "echo 'Found 2 known vulnerabilities in 1 package' >&2; exit 1",
    "npm": "echo '3 vulnerabilities (1 low, 2 high)'; exit 1",
}
SILENT = {
    "python": "echo 'ERROR: could not connect to the service' >&2; exit 1",
    "npm": "echo 'npm error audit endpoint returned an error' >&2; exit 1",
}


def audit(folder: Path, **does: str) -> tuple[int, list[str]]:
    """Run it on programs that do this; the exit code, and what it says itself."""
    for name, body in does.items():
        (folder / name).write_text(f"#!/bin/sh\n{body}\n")
        (folder / name).chmod(0o755)
    command = [str(SCRIPT), str(folder / "python"), str(folder / "npm")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, [line for line in done.stdout.splitlines() if line.startswith("audit: ")]


@pytest.mark.posix
def test_only_two_clean_answers_pass(tmp_path: Path) -> None:
    assert audit(tmp_path, python=CLEAN, npm=CLEAN) == (
        0,
        ["audit: Python: no known hole", "audit: pages: no known hole"],
    )


@pytest.mark.posix
@pytest.mark.parametrize(("who", "says"), [("python", "Python"), ("npm", "pages")])
def test_holes_and_silence_fail_and_are_told_apart(tmp_path: Path, who: str, says: str) -> None:
    clean = {"python": CLEAN, "npm": CLEAN}
    code, lines = audit(tmp_path, **{**clean, who: HOLES[who]})
    assert (code, len(lines)) == (1, 2)
    assert f"audit: {says}: KNOWN HOLES, see above" in lines
    code, lines = audit(tmp_path, **{**clean, who: SILENT[who]})
    assert (code, len(lines)) == (1, 2)
    assert any(line.startswith(f"audit: {says}: NOT AUDITED") for line in lines)
