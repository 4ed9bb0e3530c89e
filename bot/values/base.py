"""What every value is: frozen, equal by content, strict, and JSON both ways."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict

JSON = dict[str, Any]
"""A JSON object, as a platform takes it."""


class Value(BaseModel):
    """Base of every value: never changed once made, equal by content, strict about its fields."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_bytes="base64", val_json_bytes="base64")
