/** Everything that can be done on the start page, with its keys. */

import type { Action } from "../frame/actions";
import { openDialog } from "../frame/dialogs";
import { toggleTheme } from "../frame/theme";
import { candidates, canPrepare, clear, movie, prepare } from "./state/form";
import { ask } from "./state/folder";
import {
  canGoOn,
  chooseNext,
  chosen,
  isOver,
  move,
  open,
  remove,
  stopOrGoOn,
} from "./state/preparations";
import { forget, openProject, start } from "./state/start";
import { goToProject } from "./where";

export const MOST_KEYS = 9;

export function startActions(): readonly Action[] {
  return [...projects(), ...form(), ...queue(), ...page()];
}

export const gone = () => (start.value?.recents ?? []).filter(({ there }) => !there);

const listed = () => (start.value?.recents ?? []).filter(({ there }) => there);

const askForProject = () =>
  ask(
    { title: "Open a project", takes: "project", take: (path) => void openProject(path) },
    listed()[0]?.path,
  );

const askForMovie = () =>
  ask({ title: "Choose the movie", takes: "either", take: (path) => (movie.value = path) }, movie.value);

const askForCandidates = () =>
  ask(
    { title: "Choose the candidates", takes: "either", take: (path) => (candidates.value = path) },
    candidates.value || movie.value,
  );

function projects(): Action[] {
  const group = "Projects";
  return [
    ...Array.from({ length: MOST_KEYS }, (_, index) => ({
      id: `recent.${index}`,
      title: `Open recent project ${index + 1}`,
      group,
      keys: [String(index + 1)],
      run: () => void openProject(listed()[index]?.path ?? ""),
      enabled: () => index < listed().length,
    })),
    { id: "open-other", title: "Open a project that is not listed", group, keys: ["O"], run: askForProject },
    {
      id: "forget-gone",
      title: "Take projects that are gone off the list",
      group,
      keys: ["Shift+Delete"],
      run: () => void forget(...gone()),
      enabled: () => gone().length > 0,
    },
    {
      id: "start-page",
      title: "Back to the open project",
      group,
      keys: ["Mod+O"],
      run: goToProject,
      enabled: () => Boolean(start.value?.open),
    },
  ];
}

function form(): Action[] {
  const group = "Prepare a project";
  return [
    { id: "choose-movie", title: "Choose the movie", group, keys: ["M"], run: askForMovie },
    { id: "choose-candidates", title: "Choose the candidates", group, keys: ["C"], run: askForCandidates },
    {
      id: "further",
      title: "Show or hide further options",
      group,
      keys: ["F"],
      run: () => document.querySelector<HTMLElement>("#further > summary")?.click(),
    },
    { id: "clear", title: "Empty the form", group, keys: ["Shift+X"], run: clear },
    {
      id: "prepare",
      title: "Prepare",
      group,
      keys: ["Mod+Enter"],
      run: () => void prepare(),
      enabled: () => canPrepare.value,
    },
  ];
}

function queue(): Action[] {
  const group = "Preparations";
  const some = () => chosen.value !== null;
  const act = (does: (one: NonNullable<typeof chosen.value>) => void) => () => {
    if (chosen.value) does(chosen.value);
  };
  return [
    { id: "queue.next", title: "Choose the next", group, keys: ["ArrowDown"], run: () => chooseNext(1), enabled: some, repeats: true },
    { id: "queue.previous", title: "Choose the one before", group, keys: ["ArrowUp"], run: () => chooseNext(-1), enabled: some, repeats: true },
    {
      id: "queue.open",
      title: "Open the chosen one, once it is done",
      group,
      keys: ["Enter"],
      run: act(open),
      enabled: () => chosen.value?.state === "done",
    },
    {
      id: "queue.stop",
      title: "Stop the chosen one, or go on with it",
      group,
      keys: ["P"],
      run: act(stopOrGoOn),
      enabled: () => chosen.value !== null && (!isOver(chosen.value) || canGoOn(chosen.value)),
    },
    { id: "queue.up", title: "Let the chosen one take its turn earlier", group, keys: ["Alt+ArrowUp"], run: act((one) => move(one, -1)), enabled: some },
    { id: "queue.down", title: "Let the chosen one take its turn later", group, keys: ["Alt+ArrowDown"], run: act((one) => move(one, 1)), enabled: some },
    { id: "queue.remove", title: "Remove the chosen one from the queue", group, keys: ["Delete"], run: act(remove), enabled: some },
  ];
}

function page(): Action[] {
  const group = "Page";
  return [
    { id: "theme", title: "Light or dark", group, keys: ["Shift+L"], run: toggleTheme },
    { id: "help", title: "Keys", group, keys: ["?"], run: () => (openDialog.value = "help") },
  ];
}
