"""What a page may say; anything else is refused before it reaches the session."""

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from sightline.web.values import LONGEST_NAME, is_name


def _name(text: str) -> str:
    if not is_name(text):
        raise ValueError(f"1 to {LONGEST_NAME} letters, digits, signs and spaces")
    return text


Name = Annotated[str, StringConstraints(strip_whitespace=True), AfterValidator(_name)]
Row = Annotated[int, Field(ge=0, lt=2**31)]
ClientId = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class Said(BaseModel):
    """Something that an annotator says."""

    model_config = ConfigDict(strict=True, extra="forbid")

    annotator: Name


class SessionRequest(Said):
    """Settings of a session; see `SessionSettings`. What is not given stays."""

    strategy: str = ""
    weight: float = 0
    probe_every: int = 0
    repeat_share: float = 0
    preset: str = ""
    target: Annotated[str, StringConstraints(max_length=100)] = ""
    refit_every: int = 1
    blind: bool = True

    def given(self) -> dict[str, Any]:
        """The settings that were given."""
        return self.model_dump(exclude_unset=True, exclude={"annotator"})


class ActRequest(Said):
    """An act: undo and redo need no more."""

    client_id: ClientId


class DecideRequest(ActRequest):
    """A verdict on one candidate or several."""

    rows: Annotated[list[Row], Field(min_length=1)]
    verdict: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    seconds: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None
    probe: list[Row] = []
    repeat: list[Row] = []


class NoteRequest(ActRequest):
    """A note on a candidate; empty to take it away."""

    row: Row
    text: Annotated[str, StringConstraints(max_length=10_000)]


class PracticeRequest(Said):
    """Whose answers to practise on, and how many."""

    source: Name
    number: Annotated[int, Field(ge=1, le=1000)]
    seed: Annotated[int, Field(ge=0, lt=2**32)]


class PracticeAnswer(Said):
    """A candidate that was answered in practice."""

    source: Name
    row: Row


class Practised(BaseModel):
    """An answer given in practice."""

    model_config = ConfigDict(strict=True, extra="forbid")

    row: Row
    verdict: Annotated[str, StringConstraints(min_length=1, max_length=200)]


class PracticeFinish(ActRequest):
    """All answers of a practice run."""

    source: Name
    seed: Annotated[int, Field(ge=0, lt=2**32)]
    answers: Annotated[list[Practised], Field(min_length=1, max_length=1000)]


class MergeRequest(ActRequest):
    """An answer about a pair."""

    item: Annotated[str, StringConstraints(min_length=1, max_length=2000)]
    value: str
    seconds: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None


class AcceptRequest(ActRequest):
    """Accept the machine's labels, or take back what was accepted."""

    withdraw: bool = False


class EarlierRequest(Said):
    """What to start from, by its name in the list; empty for nothing."""

    name: Annotated[str, StringConstraints(max_length=500)]


class AuditRequest(Said):
    """How many questions an audit asks, and of whose labels; one's own if not given."""

    questions: Annotated[int, Field(ge=1, le=10_000)]
    of: Name | None = None


class AuditAnswer(ActRequest):
    """An answer to one question of an audit."""

    row: Row
    verdict: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    seconds: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None


class ExportRequest(Said):
    """What to write, as on the command line."""

    to: str = "csv"
    output: Annotated[str, StringConstraints(min_length=1, max_length=200)] | None = None
    recording: str = ""
    accept: list[str] = []
    segmentation: str = ""
    decisions: bool = True
