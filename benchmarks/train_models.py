"""Train the starter models into a folder."""

import sys
from pathlib import Path

from postroom.classifiers.starter import train_starter
from postroom.knowledge.articles import starter_shelf
from postroom.learning.model_files import save_model

if __name__ == "__main__":
    save_model(train_starter(starter_shelf()), Path(sys.argv[1]) / "linear")
