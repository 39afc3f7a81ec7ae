/** What can be done on the map. */

import type { Action } from "../frame/actions";
import { AUTOMATIC } from "../draw/levels";
import { togglePopoverByKey } from "../frame/popovers";
import { currentRow } from "./state/current";
import { cycleColour, cycleImage, following, hidden, mapContrast, tool, type Tool } from "./state/map";
import { centreMap, fitMap, panMap, zoomMap } from "./state/map-moves";
import { leavePractice, practising } from "./state/practice";
import { clearSelection, selection, toggleSelected } from "./state/selection";

const ZOOM = 1.4;
const PAN_SHARE = 0.2;

export function mapActions(): readonly Action[] {
  return [...moves(), ...looks(), ...selecting()];
}

const group = "Map";

function moves(): readonly Action[] {
  const repeats = true;
  const pan = (right: number, down: number) => () => panMap(right * PAN_SHARE, down * PAN_SHARE);
  return [
    { id: "map.in", title: "Zoom in", group, keys: ["+", "="], run: () => zoomMap(ZOOM), repeats },
    { id: "map.out", title: "Zoom out", group, keys: ["-"], run: () => zoomMap(1 / ZOOM), repeats },
    { id: "map.fit", title: "Show the whole field", group, keys: ["0"], run: fitMap },
    { id: "map.centre", title: "Centre on this candidate", group, keys: ["C"], run: centreMap },
    { id: "map.left", title: "Pan left", group, keys: ["Shift+ArrowLeft"], run: pan(1, 0), repeats },
    { id: "map.right", title: "Pan right", group, keys: ["Shift+ArrowRight"], run: pan(-1, 0), repeats },
    { id: "map.up", title: "Pan up", group, keys: ["Shift+ArrowUp"], run: pan(0, 1), repeats },
    { id: "map.down", title: "Pan down", group, keys: ["Shift+ArrowDown"], run: pan(0, -1), repeats },
    { id: "map.box", title: "Zoom to a box (or drag with Ctrl)", group, keys: ["Shift+Z"], run: () => takeTool("box") },
    {
      id: "map.follow",
      title: "Follow the current candidate, or stay",
      group,
      keys: ["Shift+F"],
      run: () => (following.value = !following.value),
    },
  ];
}

function looks(): readonly Action[] {
  const hide = (what: keyof typeof hidden.value) => () =>
    (hidden.value = { ...hidden.value, [what]: !hidden.value[what] });
  return [
    { id: "map.image", title: "Next image", group, keys: ["I"], run: cycleImage },
    { id: "map.colour", title: "Colour by decision, prediction or probability", group, keys: ["K"], run: cycleColour },
    {
      id: "map.colour-choice",
      title: "Choose what colours mean: also any feature",
      group,
      keys: ["Shift+K"],
      run: () => document.getElementById("colour-by")?.focus(),
    },
    { id: "map.hide-accepted", title: "Hide accepted", group, keys: ["H"], run: hide("accepted") },
    { id: "map.hide-rejected", title: "Hide rejected", group, keys: ["J"], run: hide("rejected") },
    { id: "map.hide-decided", title: "Hide all decided", group, keys: ["Shift+H"], run: hide("decided") },
    {
      id: "map.auto",
      title: "Automatic contrast of the map",
      group,
      keys: ["Shift+C"],
      run: () => (mapContrast.value = AUTOMATIC),
    },
    {
      id: "map.look",
      title: "Contrast, outlines and fills of the map, what is hidden",
      group,
      keys: ["Shift+M"],
      run: () => togglePopoverByKey("map"),
    },
  ];
}

function selecting(): readonly Action[] {
  return [
    { id: "map.lasso", title: "Select with a lasso (or drag with Shift)", group, keys: ["L"], run: () => takeTool("lasso") },
    {
      id: "select.current",
      title: "Select this candidate, or not",
      group,
      keys: ["X"],
      run: () => currentRow.value >= 0 && toggleSelected(currentRow.value),
    },
    {
      id: "select.none",
      title: "Clear the selection, or leave practice",
      group,
      keys: ["Escape"],
      run: () => {
        if (practising.value && !selection.value.size && tool.value === "pan") leavePractice();
        clearSelection();
        tool.value = "pan";
      },
    },
  ];
}

function takeTool(name: Tool): void {
  tool.value = tool.value === name ? "pan" : name;
}
