"""`make bench`: run every benchmark and print one JSON object."""

import json

from benchmarks import api, backtest, classification, engine, live, mail, main_job, parsing


def main() -> None:
    """Measure engine, main job (also over real mail), classifiers, API, stream, parser and back-tests, by turns."""
    figures = {
        "engine": engine.measure(),
        "main_job": main_job.measure(),
        "classification": classification.measure(),
        "mail": mail.measure(),
        "api": api.measure(),
        "live": live.measure(),
        "parsing": parsing.measure(),
        "backtest": backtest.measure(),
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
