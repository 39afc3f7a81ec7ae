/** Everything that can be done while sorting, with its keys. */

import type { Action } from "../frame/actions";
import { report } from "../frame/notices";
import { openDialog } from "../frame/dialogs";
import { toggleTheme } from "../frame/theme";
import { goToStart } from "../start/where";
import { checkActions } from "./check-actions";
import { evidenceActions } from "./evidence-actions";
import { mapActions } from "./map-actions";
import { mergeActions } from "./merge-actions";
import { NO_FILTER } from "./ordering";
import { practiceActions } from "./practice-actions";
import { canRedo, canUndo, judge, redo, refreshLabels, undo } from "./state/acts";
import { answerAudit } from "./state/audit";
import { auditing } from "./state/audit-sheet";
import { currentRow, isShown, show, showPrevious, stopwatch } from "./state/current";
import { revealing } from "./state/labels";
import { colourBy } from "./state/map";
import { inOrder, moveOn, nextSuggestion, setInOrder, step } from "./state/navigation";
import { filter, isFiltered, order, undecidedOnly } from "./state/order";
import { answerPractice, nextPractice, practising } from "./state/practice";
import { acceptClass, classes, project, recordingOf, rejectClass } from "./state/project";
import { addToSelection, clearSelection, selection } from "./state/selection";
import { chosenTab } from "./state/tabs";

/** Judge the selection if there is one, else the current candidate, and move on. */
export function decide(verdict: string): void {
  if (project.value?.readonly) {
    report("This project is open for reading only; nothing can be decided.");
    return;
  }
  if (auditing.value) {
    if (isShown.value) answerAudit(verdict);
    return;
  }
  if (practising.value) {
    if (isShown.value) void answerPractice(verdict);
    return;
  }
  const rows = [...selection.value];
  if (rows.length) {
    judge(rows, verdict, stopwatch.seconds);
    clearSelection();
    if (rows.includes(currentRow.value)) moveOn();
    return;
  }
  if (!isShown.value) return;
  judge([currentRow.value], verdict, stopwatch.seconds);
  moveOn();
}

function suggest(): void {
  if (practising.value) nextPractice();
  else nextSuggestion();
}

/** Show predictions on the map, too, or hide them again. */
export function toggleReveal(): void {
  revealing.value = !revealing.value;
  if (revealing.value && colourBy.value === "decision") colourBy.value = "prediction";
  else if (!revealing.value && colourBy.value === "prediction") colourBy.value = "decision";
  void refreshLabels();
}

export function sortActions(): readonly Action[] {
  return [
    ...decisions(),
    ...moves(),
    ...evidenceActions(),
    ...mapActions(),
    ...mergeActions(),
    ...checkActions(),
    ...practiceActions(),
    ...workspace(),
  ];
}

const ready = () => isShown.value || selection.value.size > 0;

function decisions(): Action[] {
  const group = "Decide";
  const names = classes.value;
  const verdict = (index: number) => () => decide(names[index] as string);
  return [
    {
      id: "decide.accept",
      title: `Accept: ${names[acceptClass.value] ?? ""}`,
      group,
      keys: ["ArrowUp"],
      run: verdict(acceptClass.value),
      enabled: ready,
    },
    {
      id: "decide.reject",
      title: `Reject: ${names[rejectClass.value] ?? ""}`,
      group,
      keys: ["ArrowDown"],
      run: verdict(rejectClass.value),
      enabled: ready,
    },
    ...names.slice(0, 9).map((name, index) => ({
      id: `decide.class.${index}`,
      title: `Class ${index + 1}: ${name}`,
      group,
      keys: [String(index + 1)],
      run: verdict(index),
      enabled: ready,
    })),
    {
      id: "decide.unsure",
      title: "Unsure",
      group,
      keys: ["U"],
      run: () => decide("unsure"),
      enabled: ready,
    },
    {
      id: "decide.skip",
      title: "Skip, ask again later",
      group,
      keys: ["S"],
      run: () => decide("skip"),
      enabled: ready,
    },
    { id: "undo", title: "Undo", group, keys: ["Mod+Z"], run: undo, enabled: () => canUndo.value && !practising.value },
    {
      id: "redo",
      title: "Redo",
      group,
      keys: ["Mod+Shift+Z", "Mod+Y"],
      run: redo,
      enabled: () => canRedo.value && !practising.value,
    },
    {
      id: "note",
      title: "Write a note on this candidate",
      group,
      keys: ["W"],
      run: () => document.getElementById("note")?.focus(),
    },
  ];
}

function moves(): Action[] {
  const group = "Move";
  return [
    { id: "go.suggestion", title: "Next suggestion", group, keys: ["Space"], run: suggest },
    {
      id: "go.back",
      title: "Back to the candidate before",
      group,
      keys: ["Shift+Space"],
      run: showPrevious,
    },
    {
      id: "go.next",
      title: "Next in the listed order",
      group,
      keys: ["ArrowRight"],
      run: () => step(1),
      repeats: true,
    },
    {
      id: "go.previous",
      title: "Previous in the listed order",
      group,
      keys: ["ArrowLeft"],
      run: () => step(-1),
      repeats: true,
    },
    {
      id: "go.to",
      title: "Go to a candidate by its name",
      group,
      keys: ["G"],
      run: () => document.getElementById("go-to")?.focus(),
    },
    {
      id: "table.filter",
      title: "Filter the table by name",
      group,
      keys: ["/"],
      run: () => {
        chosenTab.value = "table";
        requestAnimationFrame(() => document.getElementById("table-filter")?.focus());
      },
    },
    {
      id: "table.all",
      title: "List all candidates again",
      group,
      keys: ["Shift+D"],
      run: () => (filter.value = NO_FILTER),
      enabled: () => isFiltered.value,
    },
    {
      id: "table.select",
      title: "Select all that are listed, to judge them together",
      group,
      keys: ["Shift+B"],
      run: () => addToSelection(order.value),
    },
    {
      id: "go.undecided-only",
      title: "Step through undecided candidates only",
      group,
      keys: ["D"],
      run: () => (undecidedOnly.value = !undecidedOnly.value),
    },
    {
      id: "go.follow",
      title: "After a decision: suggestions, or the listed order",
      group,
      keys: ["F"],
      run: () => setInOrder(!inOrder.value),
    },
    ...((project.value?.recordings.length ?? 0) > 1
      ? [{ id: "go.recording", title: "Next recording", group, keys: ["Shift+G"], run: nextRecording }]
      : []),
  ];
}

function nextRecording(): void {
  const recordings = project.value?.recordings ?? [];
  const next = ((recordingOf(currentRow.value)?.number ?? 0) + 1) % recordings.length;
  show(recordings.find(({ number }) => number === next)?.first ?? 0);
}

function workspace(): Action[] {
  const group = "Workspace";
  const tab = (name: string) => () => (chosenTab.value = name);
  const dialog = (name: string) => () => (openDialog.value = name);
  return [
    { id: "tab.queue", title: "Queue", group, keys: ["Q"], run: tab("queue") },
    { id: "tab.table", title: "Table of candidates", group, keys: ["B"], run: tab("table") },
    { id: "tab.progress", title: "Progress", group, keys: ["R"], run: tab("progress") },
    { id: "tab.review", title: "Review disagreements", group, keys: ["Shift+R"], run: tab("review") },
    { id: "tab.audit", title: "Audit the labels", group, keys: ["Shift+A"], run: tab("audit") },
    { id: "tab.merges", title: "Merge suggestions", group, keys: ["Z"], run: tab("merges") },
    { id: "reveal", title: "Preview the predictions (answers are then not blind)", group, keys: ["V"], run: toggleReveal, enabled: () => !auditing.value && !practising.value },
    { id: "export", title: "Export", group, keys: ["Mod+E"], run: dialog("export") },
    { id: "settings", title: "Settings", group, keys: ["Mod+,"], run: dialog("settings") },
    { id: "recordings", title: "About the recordings, and warnings", group, keys: ["Shift+I"], run: dialog("recordings") },
    { id: "annotator", title: "Who is judging", group, keys: ["A"], run: dialog("annotator") },
    { id: "theme", title: "Light or dark", group, keys: ["Shift+L"], run: toggleTheme },
    { id: "help", title: "Keys", group, keys: ["?"], run: dialog("help") },
    ...(project.value?.start_page
      ? [{ id: "start-page", title: "Start page: another project", group, keys: ["Mod+O"], run: goToStart }]
      : []),
  ];
}
