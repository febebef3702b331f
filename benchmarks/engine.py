"""The engine with nodes that do nothing, against LangGraph with the same graph: alternating pairs, median ratio."""

import json
import statistics
import subprocess
import sys

from benchmarks.progress import say

EMAILS = 400
PAIRS = 5


def measure(emails: int = EMAILS, pairs: int = PAIRS) -> dict[str, object]:
    """Return rates, CPU and the ratio Postroom / LangGraph, pair by pair, each run in a process of its own."""
    ours: list[dict[str, float]] = []
    stock: list[dict[str, float]] = []
    peer: list[dict[str, float]] = []
    for pair in range(pairs):
        say(f"engine, pair {pair + 1} of {pairs}")
        ours.append(_run("benchmarks.trivial", str(emails), "fast"))
        peer.append(_run("benchmarks.langgraph_peer", str(emails)))
        stock.append(_run("benchmarks.trivial", str(emails), "stock"))
    ratios = [a["per_second"] / b["per_second"] for a, b in zip(ours, peer, strict=True)]
    stock_ratios = [a["per_second"] / b["per_second"] for a, b in zip(stock, peer, strict=True)]
    return {
        "emails": emails,
        "pairs": pairs,
        "postroom": _medians(ours),
        "postroom_stock_journal": _medians(stock),
        "langgraph": _medians(peer),
        "ratio_to_langgraph": round(statistics.median(ratios), 2),
        "ratios": [round(each, 2) for each in ratios],
        "ratio_to_langgraph_stock_journal": round(statistics.median(stock_ratios), 2),
    }


def _run(module: str, *arguments: str) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments], capture_output=True, text=True, timeout=600, check=True
    )
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


def _medians(runs: list[dict[str, float]]) -> dict[str, float]:
    return {name: round(statistics.median(run[name] for run in runs), 1) for name in runs[0]}


if __name__ == "__main__":
    print(json.dumps(measure()))
