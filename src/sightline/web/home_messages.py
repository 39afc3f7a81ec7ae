"""What the start page may say; anything else is refused before it is looked at."""

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from sightline.workflows.preparation_queue import Wish

_QUOTES = "\"'"
_MOST = 4096


def _typed(text: str) -> str:
    """A path as a person types or pastes it, made whole; empty for none."""
    text = text.strip()
    if len(text) > 1 and text[0] == text[-1] and text[0] in _QUOTES:
        text = text[1:-1]  # as Windows copies it
    if "\0" in text:
        raise ValueError("a path holds no null character")
    try:
        text.encode()
        return str(Path(text).expanduser().absolute()) if text else ""
    except (RuntimeError, UnicodeEncodeError):
        raise ValueError("no path") from None


def _given(path: str) -> str:
    if not path:
        raise ValueError("a path is missing")
    return path


MaybePath = Annotated[str, StringConstraints(max_length=_MOST), AfterValidator(_typed)]
SomePath = Annotated[MaybePath, AfterValidator(_given)]
PreparationId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{8,64}$")]
_Text = Annotated[str, StringConstraints(max_length=1000, strip_whitespace=True)]
_Number = Annotated[float, Field(allow_inf_nan=False)]
_Index = Annotated[int, Field(ge=0, lt=2**31)]


class _Said(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")


class PathRequest(_Said):
    """A project."""

    path: SomePath


class OptionsSaid(_Said):
    """Further arguments of `prepare`; what is not given is as the files say."""

    name: _Text = ""
    dataset: _Text = ""
    axes: _Text = ""
    channel: _Index | None = None
    plane: _Index | None = None
    series: _Index | None = None
    frame_rate_hz: _Number | None = None
    pixel_size_um: _Number | None = None
    units: Literal["raw", "dF/F", "unknown"] | None = None
    movie_downsampled: Annotated[int, Field(lt=2**31)] = 1
    footprints: _Text = ""
    traces: _Text = ""
    segmentation: _Text = ""
    which: _Text = ""
    image_size: _Text = ""
    offset: _Text = ""
    features: Literal["sightline", "actsort"] = "sightline"
    labels: MaybePath = ""
    annotator: _Text = ""
    carry_from: MaybePath = ""
    classes: Annotated[list[_Text], Field(max_length=20)] | None = None

    def given(self) -> dict[str, Any]:
        """What was given."""
        return self.model_dump(exclude_unset=True, exclude_none=True)


class RecogniseRequest(_Said):
    """Movie and candidates, as far as they are chosen."""

    movie: MaybePath = ""
    candidates: MaybePath = ""
    output: MaybePath = ""
    options: OptionsSaid = OptionsSaid()


class PrepareRequest(_Said):
    """A project to prepare; the same id twice counts once."""

    id: PreparationId
    movie: MaybePath = ""
    candidates: SomePath
    output: SomePath
    options: OptionsSaid = OptionsSaid()

    def wish(self) -> Wish:
        """For the queue."""
        return Wish(self.movie, self.candidates, self.output, self.options.given())


class PreparationRequest(_Said):
    """One in the queue."""

    id: PreparationId


class MoveRequest(PreparationRequest):
    """By how many places it goes down, or up if negative."""

    places: Annotated[int, Field(ge=-1000, le=1000)]
