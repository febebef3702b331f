"""`make bench`: run every benchmark and print one JSON object."""

import json

from benchmarks import engine, main_job, parsing


def main() -> None:
    """Measure the engine, the main job and the parser, one after the other."""
    print(json.dumps({"engine": engine.measure(), "main_job": main_job.measure(), "parsing": parsing.measure()}))


if __name__ == "__main__":
    main()
