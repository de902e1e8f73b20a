"""Looks at the machine: what runs where, what is missing, what to do."""

import importlib.metadata
import importlib.util
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

from synopticon.acts.finding import Finding
from synopticon.acts.models import default_model, list_models
from synopticon.models.cards import home, models_folder


def examine(models: Path | None = None, workspace: Path | None = None) -> tuple[Finding, ...]:
    """Look at everything; a check that breaks becomes a finding and stops nothing. Makes no workspace."""
    checks: tuple[tuple[str, Callable[[], list[Finding]]], ...] = (
        ("machine", _machine),
        ("libraries", _libraries),
        ("video", _video),
        ("inference", _inference),
        ("models", lambda: _models(models)),
        ("fetching", _fetching),
        ("storage", _storage),
        ("workspace", lambda: _workspace(workspace)),
    )
    found: list[Finding] = []
    for name, check in checks:
        try:
            found += check()
        except Exception as error:  # noqa: BLE001 (a broken library is exactly what is looked for)
            remedy = "install Synopticon again in a fresh virtual environment"
            found.append(Finding(name, "problem", f"{type(error).__name__}: {error}", remedy))
    return tuple(found)


def _workspace(folder: Path | None) -> list[Finding]:
    from synopticon.acts.doctor_workspace import examine_workspace

    return examine_workspace(folder)


def _machine() -> list[Finding]:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    python = f"Python {platform.python_version()} ({sys.executable})"
    system = f"{platform.system()} {platform.machine()}, {cores} cores"
    return [Finding("machine", "fine", system), Finding("python", "fine", python)]


def _libraries() -> list[Finding]:
    names = ("av", "numpy", "scipy", "numba", "onnxruntime")
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in names)
    findings = [Finding("libraries", "fine", versions)]
    builds = [
        f"{d.metadata['Name']} {d.version}"
        for d in importlib.metadata.distributions()
        if (d.metadata["Name"] or "").lower().startswith("opencv-")
    ]
    if len(set(builds)) > 1:
        remedy = "they overwrite each other: keep opencv-python-headless only, in a fresh virtual environment"
        findings.append(
            Finding("opencv", "note", f"installed together: {', '.join(sorted(set(builds)))}", remedy)
        )
    return findings


def _video() -> list[Finding]:
    """Write a second of video and read it back."""
    import numpy as np

    from synopticon.footage.encode import VideoWriter
    from synopticon.footage.probe import probe

    grey = np.full((64, 64), 128, np.uint8)
    with tempfile.TemporaryDirectory(prefix="synopticon-") as folder:
        path = Path(folder) / "check.mp4"
        with VideoWriter(path, 64, 64, Fraction(25)) as writer:
            for _ in range(25):
                writer.write(grey, grey[::2, ::2], grey[::2, ::2])
        seen = probe([path]).readable[0]
    return [Finding("video", "fine", f"wrote and read {seen.frames} frames of {seen.codec}")]


def _inference() -> list[Finding]:
    from synopticon.vision.abilities import inference_devices, library_versions

    versions = ", ".join(f"{name} {version}" for name, version in library_versions().items())
    return [
        Finding("inference", "fine", f"{versions}; ONNX models can run on {', '.join(inference_devices())}")
    ]


def _models(folder: Path | None) -> list[Finding]:
    states = list_models(folder)
    findings = []
    for state in states:
        if state.state == "ready":
            findings.append(
                Finding("model", "fine", f"{state.card.name}, {state.card.runtime}, {state.path}")
            )
        elif state.state == "damaged":
            findings.append(Finding("model", "problem", f"{state.path} is damaged", state.remedy))
    if not any(s.state == "ready" and s.card.task == "detect.object" for s in states):
        remedy = f"'synopticon models fetch' brings {default_model().name}; without, motion alone decides"
        findings.append(Finding("models", "note", f"none in {folder or models_folder()}", remedy))
    return findings


def _fetching() -> list[Finding]:
    tools = [tool for tool in ("apt-get", "dpkg-deb") if shutil.which(tool)]
    pip = importlib.util.find_spec("pip") is not None
    found = ", ".join((["pip"] if pip else []) + tools) or "none"
    if pip:
        return [Finding("fetching", "fine", f"tools for it: {found}")]
    remedy = "'python -m ensurepip' adds pip, which fetches the default model"
    return [Finding("fetching", "note", f"pip is not in this environment; tools: {found}", remedy)]


def _storage() -> list[Finding]:
    place = home()
    parent = next(p for p in (place, *place.parents) if p.exists())
    free = shutil.disk_usage(parent).free / 1e9
    if not os.access(parent, os.W_OK):
        remedy = "set SYNOPTICON_HOME to a folder you may write to"
        return [Finding("storage", "problem", f"{parent} is not writable", remedy)]
    if free < 1:
        return [
            Finding(
                "storage", "note", f"{place}: {free:.1f} GB free", "free some space: 1 GB is a fair start"
            )
        ]
    return [Finding("storage", "fine", f"{place}: {free:.0f} GB free")]
