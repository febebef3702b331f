"""`make bench`: run every benchmark and print one JSON object."""

import json

from benchmarks import api, engine, live, mail, main_job, parsing


def main() -> None:
    """Measure the engine, the main job (also over real mail), the API, the stream and the parser, by turns."""
    figures = {
        "engine": engine.measure(),
        "main_job": main_job.measure(),
        "mail": mail.measure(),
        "api": api.measure(),
        "live": live.measure(),
        "parsing": parsing.measure(),
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
