"""The program itself: its size, and how long it takes to say what it is."""
import shutil, subprocess
from stage import *
from backlog import timed


def size():
    rows = [*of("dynamic", QUASH)]
    scratch = ROOT / ".build-static"
    built = subprocess.run(["swift", "build", "-c", "release", "--static-swift-stdlib", "--product", "quash",
                            "--scratch-path", scratch], cwd=ROOT, capture_output=True, text=True)
    if built.returncode == 0: return rows + of("with the Swift library", scratch / "release" / "quash")
    print("  --static-swift-stdlib does not build: " + built.stdout[-300:])
    return rows


def of(name, binary):
    with folder() as place:
        stripped = place / "quash"
        subprocess.run(["strip", "-o", stripped, binary], check=True)
        start = timed(f"--help, {name}", lambda: subprocess.run([stripped, "--help"], check=True, stdout=subprocess.DEVNULL))
        return [row(f"binary, stripped, {name}", stripped.stat().st_size / 1e6, "MB"), start]
