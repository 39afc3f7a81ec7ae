"""The journal against a perfect model: a dict of answers and two lists of snapshots a person."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from sightline.data.decision import CELL, NOT_CELL, SKIP, UNSURE, Decision, DecisionKind
from sightline.data.entry import Entry
from sightline.errors import ProjectError
from sightline.project import Project, fold, history, merged, standing

NAMES = ("anna", "ben")
annotators = st.sampled_from(NAMES)
groups = st.dictionaries(
    st.sampled_from("abcd"), st.sampled_from([CELL, NOT_CELL, UNSURE, SKIP]), min_size=1
)


class JournalAgainstModel(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.project = Project.create(Path(self.folder.name, "p.sightline"), "sort")
        self.journal = self.project.journal()
        self.acts: list[tuple[str, str, tuple[Decision, ...], Entry]] = []
        self.now: dict[str, dict[str, str]] = {name: {} for name in NAMES}
        self.before: dict[str, list[dict[str, str]]] = {name: [] for name in NAMES}
        self.after: dict[str, list[dict[str, str]]] = {name: [] for name in NAMES}

    def do(self, act: str, annotator: str, decisions: tuple[Decision, ...] = ()) -> None:
        client_id = f"id{len(self.acts)}"
        self.acts.append(
            (act, annotator, decisions, self.send(act, annotator, decisions, client_id))
        )

    def send(
        self, act: str, annotator: str, decisions: tuple[Decision, ...], client_id: str
    ) -> Entry:
        if act == "record":
            return self.journal.record(decisions, client_id)
        return getattr(self.journal, act)(annotator, client_id)

    @rule(annotator=annotators, group=groups)
    def answer(self, annotator: str, group: dict[str, str]) -> None:
        decisions = tuple(
            Decision(item, annotator, DecisionKind.VERDICT, value) for item, value in group.items()
        )
        self.do("record", annotator, decisions)
        self.before[annotator].append(self.now[annotator])
        self.now[annotator] = self.now[annotator] | group
        self.after[annotator] = []

    @rule(annotator=annotators)
    def undo(self, annotator: str) -> None:
        self.step("undo", annotator, self.before, self.after)

    @rule(annotator=annotators)
    def redo(self, annotator: str) -> None:
        self.step("redo", annotator, self.after, self.before)

    def step(
        self,
        act: str,
        annotator: str,
        source: dict[str, list[dict[str, str]]],
        sink: dict[str, list[dict[str, str]]],
    ) -> None:
        if not source[annotator]:
            with pytest.raises(ProjectError, match="nothing left"):
                self.send(act, annotator, (), "never")
            return
        self.do(act, annotator)
        sink[annotator].append(self.now[annotator])
        self.now[annotator] = source[annotator].pop()

    @precondition(lambda self: self.acts)
    @rule(data=st.data())
    def retry(self, data: st.DataObject) -> None:
        index = data.draw(st.integers(0, len(self.acts) - 1))
        act, annotator, decisions, entry = self.acts[index]
        assert self.send(act, annotator, decisions, f"id{index}") == entry

    @rule()
    def reopen(self) -> None:
        self.journal.close()
        self.journal = self.project.journal()

    @rule()
    def let_another_connection_look(self) -> None:
        with self.project.journal() as other:
            assert other.state() == self.journal.state()

    @rule(data=st.data(), item=st.sampled_from("abcd"))
    def fold_in_parts(self, data: st.DataObject, item: str) -> None:
        entries = self.journal.entries()
        cut = data.draw(st.integers(0, len(entries)))
        assert fold(entries[cut:], fold(entries[:cut])) == fold(entries) == self.journal.state()
        told = [d for entry in history(entries, item) for d in entry.decisions if d.item == item]
        assert told == [d for *_, sent, _ in self.acts for d in sent if d.item == item]

    @invariant()
    def each_annotators_view_is_the_models(self) -> None:
        state = self.journal.state()
        for name in NAMES:
            view = {item: decision.value for item, decision in standing(state, name).items()}
            assert view == self.now[name]

    @invariant()
    def the_merged_view_is_the_models(self) -> None:
        told = {
            item: {decision.annotator: decision.value for decision in answers}
            for item, answers in merged(self.journal.state()).items()
        }
        items = {item for name in NAMES for item in self.now[name]}
        assert told == {
            item: {name: self.now[name][item] for name in NAMES if item in self.now[name]}
            for item in items
        }

    @invariant()
    def every_act_is_one_entry(self) -> None:
        assert self.journal.entries() == tuple(entry for *_, entry in self.acts)

    def teardown(self) -> None:
        self.journal.close()
        self.folder.cleanup()


TestJournalAgainstModel = JournalAgainstModel.TestCase
TestJournalAgainstModel.settings = settings(max_examples=20, stateful_step_count=25, deadline=None)
