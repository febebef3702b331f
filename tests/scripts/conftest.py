"""The scripts are run where they lie, so they are looked for there."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[2] / "scripts"))
