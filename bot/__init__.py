"""Turns articles into posts for X and Bluesky, and publishes each approved post exactly once."""

__version__ = "0.1.0"
