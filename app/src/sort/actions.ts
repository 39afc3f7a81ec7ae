/** Everything that can be done while sorting, with its keys. */

import type { Action } from "../frame/actions";
import { openDialog } from "../frame/dialogs";
import { toggleTheme } from "../frame/theme";
import { canRedo, canUndo, judge, redo, refreshLabels, undo } from "./state/acts";
import { currentRow, isShown, showPrevious, stopwatch } from "./state/current";
import {
  changeSpeed,
  cycleStill,
  neighbourOutlines,
  neighbourTraces,
  playing,
  traceRange,
  zoomToEvent,
} from "./state/evidence";
import { revealing } from "./state/labels";
import { cycleColour, cycleImage, hidden, tool } from "./state/map";
import { centreMap, fitMap, panMap, zoomMap } from "./state/map-moves";
import { answerPair, currentPair } from "./state/merges";
import { inOrder, moveOn, nextSuggestion, setInOrder, step } from "./state/navigation";
import { undecidedOnly } from "./state/order";
import { acceptClass, classes, rejectClass } from "./state/project";
import { explainCurrent } from "./state/reasons";
import { clearSelection, selection, toggleSelected } from "./state/selection";
import { chosenTab } from "./state/tabs";

const ZOOM = 1.4;
const PAN_SHARE = 0.2;

/** Judge the selection if there is one, else the current candidate, and move on. */
export function decide(verdict: string): void {
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

export function toggleReveal(): void {
  revealing.value = !revealing.value;
  void refreshLabels();
}

export function sortActions(): readonly Action[] {
  return [
    ...decisions(),
    ...moves(),
    ...evidence(),
    ...map(),
    ...merges(),
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
    { id: "undo", title: "Undo", group, keys: ["Mod+Z"], run: undo, enabled: () => canUndo.value },
    {
      id: "redo",
      title: "Redo",
      group,
      keys: ["Mod+Shift+Z", "Mod+Y"],
      run: redo,
      enabled: () => canRedo.value,
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
    { id: "go.suggestion", title: "Next suggestion", group, keys: ["Space"], run: nextSuggestion },
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
  ];
}

function evidence(): Action[] {
  const group = "Evidence";
  return [
    {
      id: "snapshots.play",
      title: "Play or stop the snapshots",
      group,
      keys: ["P"],
      run: () => (playing.value = !playing.value),
    },
    { id: "snapshots.still", title: "Still: maximum, mean or peak", group, keys: ["M"], run: cycleStill },
    { id: "snapshots.slower", title: "Play slower", group, keys: ["["], run: () => changeSpeed(-1) },
    { id: "snapshots.faster", title: "Play faster", group, keys: ["]"], run: () => changeSpeed(1) },
    {
      id: "snapshots.neighbours",
      title: "Neighbours' outlines",
      group,
      keys: ["O"],
      run: () => (neighbourOutlines.value = !neighbourOutlines.value),
    },
    {
      id: "trace.neighbours",
      title: "Neighbours' traces",
      group,
      keys: ["N"],
      run: () => (neighbourTraces.value = !neighbourTraces.value),
    },
    {
      id: "trace.whole",
      title: "Whole trace",
      group,
      keys: ["T"],
      run: () => (traceRange.value = null),
    },
    ...[0, 1, 2, 3, 4].map((event) => ({
      id: `trace.event.${event}`,
      title: `Trace around event ${event + 1}`,
      group,
      keys: [`Alt+${event + 1}`],
      run: () => zoomToEvent(event),
    })),
    {
      id: "explain",
      title: "Why the machine says so (ends blindness for this candidate)",
      group,
      keys: ["E"],
      run: () => void explainCurrent(),
    },
  ];
}

function map(): Action[] {
  const group = "Map";
  const hide = (what: "accepted" | "rejected" | "decided") => () =>
    (hidden.value = { ...hidden.value, [what]: !hidden.value[what] });
  const repeats = true;
  return [
    { id: "map.in", title: "Zoom in", group, keys: ["+", "="], run: () => zoomMap(ZOOM), repeats },
    { id: "map.out", title: "Zoom out", group, keys: ["-"], run: () => zoomMap(1 / ZOOM), repeats },
    { id: "map.fit", title: "Show the whole field", group, keys: ["0"], run: fitMap },
    { id: "map.centre", title: "Centre on this candidate", group, keys: ["C"], run: centreMap },
    { id: "map.left", title: "Pan left", group, keys: ["Shift+ArrowLeft"], run: () => panMap(PAN_SHARE, 0), repeats },
    { id: "map.right", title: "Pan right", group, keys: ["Shift+ArrowRight"], run: () => panMap(-PAN_SHARE, 0), repeats },
    { id: "map.up", title: "Pan up", group, keys: ["Shift+ArrowUp"], run: () => panMap(0, PAN_SHARE), repeats },
    { id: "map.down", title: "Pan down", group, keys: ["Shift+ArrowDown"], run: () => panMap(0, -PAN_SHARE), repeats },
    { id: "map.image", title: "Next image", group, keys: ["I"], run: cycleImage },
    { id: "map.colour", title: "Colour by decision, prediction or probability", group, keys: ["K"], run: cycleColour },
    { id: "map.hide-accepted", title: "Hide accepted", group, keys: ["H"], run: hide("accepted") },
    { id: "map.hide-rejected", title: "Hide rejected", group, keys: ["J"], run: hide("rejected") },
    { id: "map.hide-decided", title: "Hide all decided", group, keys: ["Shift+H"], run: hide("decided") },
    {
      id: "map.lasso",
      title: "Select with a lasso (or drag with Shift)",
      group,
      keys: ["L"],
      run: () => (tool.value = tool.value === "lasso" ? "pan" : "lasso"),
    },
    {
      id: "select.current",
      title: "Select this candidate, or not",
      group,
      keys: ["X"],
      run: () => currentRow.value >= 0 && toggleSelected(currentRow.value),
    },
    {
      id: "select.none",
      title: "Clear the selection",
      group,
      keys: ["Escape"],
      run: () => {
        clearSelection();
        tool.value = "pan";
      },
    },
  ];
}

function merges(): Action[] {
  const group = "Merge";
  const enabled = () => currentPair.value !== null && chosenTab.value === "merges";
  return [
    { id: "merge.same", title: "Same cell", group, keys: ["Y"], run: () => answerPair("same cell"), enabled },
    { id: "merge.different", title: "Different cells", group, keys: ["Shift+Y"], run: () => answerPair("different cells"), enabled },
  ];
}

function workspace(): Action[] {
  const group = "Workspace";
  const tab = (name: string) => () => (chosenTab.value = name);
  const dialog = (name: string) => () => (openDialog.value = name);
  return [
    { id: "tab.queue", title: "Queue", group, keys: ["Q"], run: tab("queue") },
    { id: "tab.table", title: "Table of candidates", group, keys: ["B"], run: tab("table") },
    { id: "tab.progress", title: "Progress", group, keys: ["R"], run: tab("progress") },
    { id: "tab.merges", title: "Merge suggestions", group, keys: ["Z"], run: tab("merges") },
    { id: "reveal", title: "Preview the predictions (answers are then not blind)", group, keys: ["V"], run: toggleReveal },
    { id: "export", title: "Export", group, keys: ["Mod+E"], run: dialog("export") },
    { id: "settings", title: "Settings", group, keys: ["Mod+,"], run: dialog("settings") },
    { id: "annotator", title: "Who is judging", group, keys: ["A"], run: dialog("annotator") },
    { id: "theme", title: "Light or dark", group, keys: ["Shift+L"], run: toggleTheme },
    { id: "help", title: "Keys", group, keys: ["?"], run: dialog("help") },
  ];
}
