"""What all domain models share: frozen, closed, and on one clock."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, PlainSerializer, ValidationError

from agent.errors import UserError

M = TypeVar("M", bound=BaseModel)


def _to_utc(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError("time has no zone; write it with Z or an offset such as +02:00")
    return value.astimezone(UTC)


def format_utc(value: datetime) -> str:
    """Render a time as RFC 3339 in UTC with a Z; fractions only where the value has them."""
    text = value.astimezone(UTC).replace(tzinfo=None).isoformat()
    return (text.rstrip("0").rstrip(".") if "." in text else text) + "Z"


def to_second(value: datetime) -> str:
    """Render a time for people: as `format_utc` does, without a fraction of a second."""
    return format_utc(value.replace(microsecond=0))


UtcTime = Annotated[
    datetime, AfterValidator(_to_utc), PlainSerializer(format_utc, return_type=str, when_used="json")
]
"""A point in time, always in UTC; a value without a zone is rejected."""


class Model(BaseModel):
    """Base of every domain model: frozen, unknown fields rejected, field docs become schema descriptions."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", use_attribute_docstrings=True, str_strip_whitespace=False
    )


def parse(model: type[M], data: object, *, where: str) -> M:
    """Validate `data` as `model`; raise UserError naming the file (`where`) and each bad field."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise UserError(describe_problems(error, where)) from error


def parse_json(model: type[M], data: bytes | str, *, where: str) -> M:
    """Validate JSON text as `model`; raise UserError naming the file (`where`) and each bad field."""
    try:
        return model.model_validate_json(data)
    except ValidationError as error:
        raise UserError(describe_problems(error, where)) from error


def describe_problems(error: ValidationError, where: str) -> str:
    """Name the place and each bad field, without the values."""
    problems: list[str] = []
    for item in error.errors(include_url=False):
        field, text = ".".join(str(part) for part in item["loc"]), item["msg"].removeprefix("Value error, ")
        if item["type"] in {"datetime_parsing", "datetime_from_date_parsing"}:
            text = "is not a time; write it as 2026-03-01T12:00:00Z"
        problems.append(f"{field}: {text}" if field else text)
    head = f"{where} is not valid: "
    return head + (problems[0] if len(problems) == 1 else "".join(f"\n  - {text}" for text in problems))
