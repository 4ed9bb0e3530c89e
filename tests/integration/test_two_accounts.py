"""Two accounts on one platform, and the offline drafter: each gets words of the article of its own, and no person has to override."""

from __future__ import annotations

from pathlib import Path

from tests.integration.cli_world import URL, world

TOML = '[accounts.one]\nplatform = "x"\nkinds = ["short"]\n[accounts.two]\nplatform = "x"\nkinds = ["short"]\n'


def test_two_accounts_of_x_say_it_in_different_sentences_of_the_article(tmp_path: Path) -> None:
    run = world(tmp_path)
    (tmp_path / "bot.toml").write_text(TOML)
    run.drafted()
    one, two = (run.post(number)["segments"][0]["text"] for number in (1, 2))
    assert one != two
    said = (tmp_path / "article.txt").read_text()
    for text in (one, two):
        assert text.replace(URL, "").strip() in " ".join(said.split())
    run("approve", "1", "2")
    assert [post["state"] for post in run.json("posts")] == ["approved", "approved"]


def test_a_single_account_gets_the_first_of_them(tmp_path: Path) -> None:
    run = world(tmp_path)
    (tmp_path / "bot.toml").write_text(TOML)
    run.drafted()
    first = run.post(1)["segments"][0]["text"]
    (tmp_path / "alone").mkdir()
    (tmp_path / "bot.toml").write_text(TOML.partition("[accounts.two]")[0])
    run("run", "article.txt", "--url", URL, DATABASE_URL=f"sqlite:///{tmp_path / 'alone' / 'bot.db'}")
    (post,) = run.json("posts", DATABASE_URL=f"sqlite:///{tmp_path / 'alone' / 'bot.db'}")
    assert post["segments"][0]["text"] == first
