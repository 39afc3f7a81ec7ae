/** Everything that can be done while tracking, with its keys. */

import { AUTOMATIC } from "../draw/levels";
import type { Action } from "../frame/actions";
import { openDialog } from "../frame/dialogs";
import { note } from "../frame/notices";
import { togglePopoverByKey } from "../frame/popovers";
import { toggleTheme } from "../frame/theme";
import { goToStart } from "../start/where";
import { nextOf, type Kind } from "./line";
import { answer, canAnswer, canRedo, canUndo, confirmFrame, redo, undo, type Value } from "./state/acts";
import { choose, draft, keypoint, place, question, stepPoint, type Place } from "./state/current";
import { frameCount, isDeep, project } from "./state/project";
import { nextQuestion, previousQuestion } from "./state/questions";
import { session, timeline, trackRest, working } from "./state/session";
import { frame, isShown, refreshPoints, showFrame } from "./state/shown";
import { tab } from "./state/tabs";
import { centre, channel, contrast, fit, keepsDepth, marksShown, namesShown, pan, zoom } from "./state/view";

const ZOOM = 1.4;
const PAN_PX = 60;
const LEAP = 10;

export function trackActions(): readonly Action[] {
  return [...answers(), ...placing(), ...moves(), ...views(), ...workspace()];
}

/** Answer, and go on where it was a question. */
function say(value: Value, at: Place | null = null): void {
  const asked = question.value;
  if (answer(value, at) && asked) nextQuestion();
}

function answers(): Action[] {
  const group = "Answer";
  const enabled = () => canAnswer.value;
  return [
    {
      id: "answer.right",
      title: "The point is where it is shown",
      group,
      keys: ["Enter"],
      run: () => say("seen", draft.value),
      enabled: () => canAnswer.value && place.value !== null,
    },
    { id: "answer.hidden", title: "The point is hidden", group, keys: ["H"], run: () => say("hidden", draft.value), enabled },
    { id: "answer.unsure", title: "Unsure", group, keys: ["U"], run: () => say("unsure"), enabled },
    { id: "answer.skip", title: "Skip this question", group, keys: ["S"], run: () => say("skip"), enabled },
    {
      id: "confirm",
      title: "All points of this frame are right: make it a reference",
      group,
      keys: ["Shift+Enter"],
      run: confirmFrame,
      enabled: () => isShown.value,
    },
    { id: "undo", title: "Undo", group, keys: ["Mod+Z"], run: undo, enabled: () => canUndo.value },
    { id: "redo", title: "Redo", group, keys: ["Mod+Shift+Z", "Mod+Y"], run: redo, enabled: () => canRedo.value },
    {
      id: "reveal",
      title: "Show the machine's places that are hidden in this frame (answers are then not blind)",
      group,
      keys: ["V"],
      run: () => void refreshPoints(true),
    },
  ];
}

/** Move the chosen point by keys; Enter says that it is there. */
function placing(): Action[] {
  const group = "Place by keys";
  const by = (z: number, y: number, x: number) => () => {
    const [depth, down, across] = place.value ?? middle();
    draft.value = inside([depth + z, down + y, across + x]);
  };
  const moving = { group, repeats: true, enabled: () => canAnswer.value };
  return [
    { id: "place.up", title: "Up by a pixel", keys: ["I"], run: by(0, -1, 0), ...moving },
    { id: "place.down", title: "Down by a pixel", keys: ["K"], run: by(0, 1, 0), ...moving },
    { id: "place.left", title: "Left by a pixel", keys: ["J"], run: by(0, 0, -1), ...moving },
    { id: "place.right", title: "Right by a pixel", keys: ["L"], run: by(0, 0, 1), ...moving },
    ...(isDeep.value
      ? [
          { id: "place.shallower", title: "A plane up", keys: ["Shift+I"], run: by(-1, 0, 0), ...moving },
          { id: "place.deeper", title: "A plane down", keys: ["Shift+K"], run: by(1, 0, 0), ...moving },
        ]
      : []),
  ];
}

function middle(): Place {
  const { planes = 1, height = 1, width = 1 } = project.value ?? {};
  return [(planes - 1) / 2, (height - 1) / 2, (width - 1) / 2];
}

function inside(wished: Place): Place {
  const { planes = 1, height = 1, width = 1 } = project.value ?? {};
  const clamp = (value: number, size: number) => Math.min(Math.max(value, 0), size - 1);
  return [clamp(wished[0], planes), clamp(wished[1], height), clamp(wished[2], width)];
}

function moves(): Action[] {
  const group = "Move";
  const repeats = true;
  const by = (steps: number) => () => showFrame(frame.value + steps);
  const to = (kind: Kind, words: string) => () => {
    const found = timeline.value ? nextOf(kind, timeline.value, frame.value) : -1;
    if (found >= 0) showFrame(found);
    else note(`There is no other ${words}.`);
  };
  return [
    { id: "go.question", title: "Next question", group, keys: ["Space"], run: nextQuestion },
    { id: "go.before", title: "Question before", group, keys: ["Shift+Space"], run: previousQuestion },
    { id: "go.next", title: "Next frame", group, keys: ["ArrowRight"], run: by(1), repeats },
    { id: "go.previous", title: "Frame before", group, keys: ["ArrowLeft"], run: by(-1), repeats },
    { id: "go.leap", title: "Ten frames on", group, keys: ["Shift+ArrowRight"], run: by(LEAP), repeats },
    { id: "go.leap-back", title: "Ten frames back", group, keys: ["Shift+ArrowLeft"], run: by(-LEAP), repeats },
    { id: "go.first", title: "First frame", group, keys: ["Home"], run: () => showFrame(0) },
    { id: "go.last", title: "Last frame", group, keys: ["End"], run: () => showFrame(frameCount.value - 1) },
    { id: "go.to", title: "Go to a frame by its number", group, keys: ["G"], run: () => document.getElementById("go-to")?.focus() },
    { id: "go.doubtful", title: "Next doubtful frame", group, keys: ["D"], run: to("doubtful", "doubtful frame") },
    { id: "go.stale", title: "Next frame that is to be tracked again", group, keys: ["F"], run: to("stale", "frame to be tracked again") },
    { id: "go.reference", title: "Next reference frame", group, keys: ["R"], run: to("reference", "reference frame") },
    { id: "point.next", title: "Next point", group, keys: ["]", "ArrowDown"], run: () => stepPoint(1), repeats },
    { id: "point.previous", title: "Point before", group, keys: ["[", "ArrowUp"], run: () => stepPoint(-1), repeats },
    { id: "point.none", title: "Choose no point", group, keys: ["Escape"], run: () => choose(-1), enabled: () => keypoint.value >= 0 },
  ];
}

function views(): Action[] {
  const group = "View";
  const repeats = true;
  const move = (right: number, down: number) => () => pan(right * PAN_PX, down * PAN_PX);
  const channels = project.value?.channels ?? 1;
  return [
    { id: "view.in", title: "Zoom in", group, keys: ["+", "="], run: () => zoom(ZOOM), repeats },
    { id: "view.out", title: "Zoom out", group, keys: ["-"], run: () => zoom(1 / ZOOM), repeats },
    { id: "view.fit", title: "Show the whole frame", group, keys: ["0"], run: fit },
    { id: "view.centre", title: "Centre on the point", group, keys: ["C"], run: centre, enabled: () => place.value !== null },
    { id: "view.left", title: "Pan left", group, keys: ["Alt+J"], run: move(1, 0), repeats },
    { id: "view.right", title: "Pan right", group, keys: ["Alt+L"], run: move(-1, 0), repeats },
    { id: "view.up", title: "Pan up", group, keys: ["Alt+I"], run: move(0, 1), repeats },
    { id: "view.down", title: "Pan down", group, keys: ["Alt+K"], run: move(0, -1), repeats },
    { id: "view.marks", title: "Show all points", group, keys: ["P"], run: () => (marksShown.value = !marksShown.value) },
    { id: "view.names", title: "Show all names", group, keys: ["N"], run: () => (namesShown.value = !namesShown.value) },
    { id: "view.looks", title: "Contrast and clicks", group, keys: ["Shift+M"], run: () => togglePopoverByKey("frame") },
    { id: "view.contrast", title: "Automatic contrast", group, keys: ["M"], run: () => (contrast.value = AUTOMATIC) },
    ...(channels > 1
      ? [{ id: "view.channel", title: "Next channel", group, keys: ["X"], run: () => (channel.value = channel.value + 1 < channels ? channel.value + 1 : -1) }]
      : []),
    ...(isDeep.value
      ? [{ id: "view.depth", title: "A click keeps the point's depth, or takes the brightest", group, keys: ["Z"], run: toggleDepth }]
      : []),
  ];
}

function toggleDepth(): void {
  keepsDepth.value = !keepsDepth.value;
  note(keepsDepth.value ? "A click keeps the point's own depth." : "A click takes the depth at which it is brightest.");
}

function workspace(): Action[] {
  const group = "Workspace";
  const open = (name: string) => () => (tab.value = name);
  const dialog = (name: string) => () => (openDialog.value = name);
  return [
    {
      id: "work",
      title: "Track the rest, or stop",
      group,
      keys: ["T"],
      run: () => void trackRest(!working.value),
      enabled: () => working.value || (session.value?.progress.stale ?? 0) > 0,
    },
    { id: "tab.queue", title: "Queue", group, keys: ["Q"], run: open("queue") },
    { id: "tab.points", title: "Points of this frame", group, keys: ["B"], run: open("points") },
    { id: "tab.progress", title: "Progress", group, keys: ["W"], run: open("progress") },
    { id: "export", title: "Export", group, keys: ["Mod+E"], run: dialog("export") },
    { id: "annotator", title: "Who is judging", group, keys: ["A"], run: dialog("annotator") },
    { id: "theme", title: "Light or dark", group, keys: ["Shift+L"], run: toggleTheme },
    { id: "help", title: "Keys", group, keys: ["?"], run: dialog("help") },
    ...(project.value?.start_page
      ? [{ id: "start-page", title: "Start page: another project", group, keys: ["Mod+O"], run: goToStart }]
      : []),
  ];
}
