"""The settings, a file for each group of them; `bot.config` puts them together."""
