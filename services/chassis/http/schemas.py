"""What the bodies of all services have in common: nothing unknown is let in, nothing is read as what it is not."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict
from pydantic_core import PydanticKnownError


class Corps(BaseModel):
    """A body: a field that is not known is refused, since it would be lost. Integers and booleans: StrictInt, StrictBool."""

    model_config = ConfigDict(extra="forbid")


def _text_only(kind: Literal["date_type", "datetime_type"]) -> BeforeValidator:
    """pydantic would read a number as seconds since 1970: a year typed alone would pass for the first of January 1970."""

    def check(value: Any) -> Any:
        if isinstance(value, (str, date, datetime)):
            return value
        raise PydanticKnownError(kind)

    return BeforeValidator(check)


Jour = Annotated[date, _text_only("date_type")]
Instant = Annotated[AwareDatetime, _text_only("datetime_type")]
