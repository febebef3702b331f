"""`make bench`: run every benchmark and print one JSON object."""

import json

from benchmarks import engine, mail, main_job, parsing


def main() -> None:
    """Measure the engine, the main job, the same over real mail servers, and the parser, one after the other."""
    figures = {
        "engine": engine.measure(),
        "main_job": main_job.measure(),
        "mail": mail.measure(),
        "parsing": parsing.measure(),
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
