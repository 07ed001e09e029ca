"""Finds the environment in which maskrle has a GPU: Vulkan's loader, and the driver's manifest."""

from __future__ import annotations

import ctypes
import ctypes.util
import json
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import limited

# Where drivers put manifests that the loader does not look at.
MANIFESTS = [
    ("/usr/local/nvidia/share/vulkan/icd.d", "*.json"),
    ("/usr/local/share/vulkan/icd.d", "*.json"),
    ("/run/opengl-driver/share/vulkan/icd.d", "*.json"),
    ("/opt", "*/share/vulkan/icd.d/*.json"),
]
# NVIDIA's drivers. Containers often have the library without a manifest.
LIBRARIES = ["libGLX_nvidia.so.0", "libEGL_nvidia.so.0"]
SECONDS = 30


@dataclass
class Found:
    """What was found: the adapter, or None, and each way that was tried."""

    adapter: dict | None = None
    adapters: list[dict] = field(default_factory=list)
    environment: dict[str, str] = field(default_factory=dict)
    way: str = ""
    tried: dict[str, str] = field(default_factory=dict)


def find(programs: Path, software: bool) -> Found:
    """Try one way after another until `maskrle adapters` has an adapter of the kind."""
    tried = {}
    for way, environment in ways(programs):
        done = limited.run([str(programs / "maskrle"), "adapters", "--json"], SECONDS, environment)
        try:
            adapters = json.loads(done.out)
        except ValueError:
            tried[way] = " ".join(done.last_lines(3)) or f"exit status {done.status}"
            continue
        for adapter in adapters:
            # A hardware adapter counts if maskrle would take it.
            if adapter["software"] if software else adapter["chosen"]:
                return Found(adapter, adapters, environment, way, tried)
        names = [f"{adapter['name']} ({adapter['passed_over']})" for adapter in adapters]
        tried[way] = ", ".join(names) or "no adapter"
    return Found(tried=tried)


def ways(programs: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """Each way to be tried: its name, and the variables that it sets."""
    base: dict[str, str] = {}
    name = "as the system has it"
    if sys.platform == "linux" and not is_there("libvulkan.so.1"):
        base = {"LD_LIBRARY_PATH": path_with(programs)}
        name = "the bundle's loader"
    yield name, base
    for folder, pattern in MANIFESTS:
        for manifest in sorted(Path(folder).glob(pattern)):
            yield f"{name}, {manifest}", {**base, **driver(manifest)}
    for library in LIBRARIES:
        if is_there(library):
            manifest = programs / f"{library}.json"
            icd = {"library_path": library, "api_version": "1.3.0"}
            manifest.write_text(json.dumps({"file_format_version": "1.0.0", "ICD": icd}))
            yield f"{name}, {library} without a manifest", {**base, **driver(manifest)}


def driver(manifest: Path) -> dict[str, str]:
    """Variables that name the driver to new loaders and to old ones."""
    return {"VK_DRIVER_FILES": str(manifest), "VK_ICD_FILENAMES": str(manifest)}


def path_with(folder: Path) -> str:
    """The path of libraries with one folder more."""
    before = os.environ.get("LD_LIBRARY_PATH")
    return f"{folder}{os.pathsep}{before}" if before else str(folder)


def is_there(library: str) -> bool:
    """True if a program would find the library."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True
