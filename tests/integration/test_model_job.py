"""With a model's server on a socket: one call an article, and the worked example's posts come out as they should read."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.servers import llm

ROOT = Path(__file__).resolve().parents[2]


def _bot(server: llm.LlmServer, *arguments: str) -> subprocess.CompletedProcess[str]:
    env = {
        "PATH": os.defpath, "HOME": str(Path.cwd()), "PYTHONPATH": str(ROOT), "OPENAI_BASE_URL": server.url,
        "OPENAI_API_KEY": "sk-test-not-to-be-seen", "BOT_MODEL": "gpt-x", "BOT_LLM_PRICE": "0.25/2.00",
    }
    return subprocess.run([sys.executable, "-m", "bot", *arguments], env=env, capture_output=True, text=True, timeout=90)


@pytest.mark.data
def test_one_call_makes_the_four_posts_of_the_worked_example(data: Path) -> None:
    article = data / "articles" / "ai-inference-compute-surges.txt"
    with llm.LlmServer() as server:
        server.enqueue(llm.good(llm.worked_example()))
        done = _bot(server, "run", str(article), "--url", "https://example.com/ai-inference-2026", "--json")
        assert done.returncode == 0, done.stderr
        assert len(server.requests) == 1
        made = [json.loads(line) for line in done.stdout.splitlines()]
        assert [[segment["length"] for segment in post["segments"]] for post in made] == [
            [231], [244], [194, 131, 161, 200], [194, 131, 161, 157],
        ]
        assert [post["cost_usd"] for post in made] == [0.2, 0, 0.245, 0]
        assert all(post["holds"] == [] and post["warnings"] == [] for post in made)
        assert {(post["drafter"], post["model"], post["prompt"]) for post in made} == {("openai", "gpt-x", "posts.v2")}
        assert all(segment["evidence"] for post in made for segment in post["segments"])
        shown = _bot(server, "show", "1").stdout
        assert "Drafted by gpt-x, prompt posts.v2, 1 call" in shown
        assert "sk-test" not in done.stdout + done.stderr + shown
        assert b"sk-test" not in Path("bot.db").read_bytes()


def test_a_server_that_answers_nonsense_leaves_the_offline_draft_and_says_so() -> None:
    sample = ROOT / "bot" / "data" / "sample" / "article.html"
    with llm.LlmServer() as server:
        server.enqueue(llm.bad_json())
        server.enqueue(llm.bad_json())
        done = _bot(server, "draft", str(sample))
        assert done.returncode == 0, done.stderr
        assert len(server.requests) == 2, "one repair call at most"
        assert "Written without the model" in done.stdout
