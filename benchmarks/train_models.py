"""Train the starter models into a folder."""

import sys
from pathlib import Path

from postroom.learning.corpus import load_starter
from postroom.learning.model_files import save_model
from postroom.learning.train import train

if __name__ == "__main__":
    save_model(train(load_starter()), Path(sys.argv[1]) / "linear")
