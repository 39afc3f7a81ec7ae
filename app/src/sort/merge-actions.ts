/** What can be said of a pair that may be one cell. */

import type { Action } from "../frame/actions";
import { answerPair, currentPair, pairs, showOther, stepPair } from "./state/merges";
import { chosenTab } from "./state/tabs";

export function mergeActions(): readonly Action[] {
  const group = "Merge (in its tab)";
  const open = () => chosenTab.value === "merges";
  const enabled = () => open() && currentPair.value !== null;
  const more = () => open() && (pairs.value?.length ?? 0) > 0;
  return [
    { id: "merge.same", title: "Same cell", group, keys: ["Y"], run: () => answerPair("same cell"), enabled },
    { id: "merge.different", title: "Different cells", group, keys: ["Shift+Y"], run: () => answerPair("different cells"), enabled },
    { id: "merge.unsure", title: "Unsure of this pair", group, keys: ["Shift+U"], run: () => answerPair("unsure"), enabled },
    { id: "merge.skip", title: "Skip this pair", group, keys: ["Alt+S"], run: () => answerPair("skip"), enabled },
    { id: "merge.other", title: "Look at the other one of the pair", group, keys: ["Shift+X"], run: showOther, enabled },
    { id: "merge.next", title: "Next pair", group, keys: [">"], run: () => stepPair(1), enabled: more },
    { id: "merge.previous", title: "Pair before", group, keys: ["<"], run: () => stepPair(-1), enabled: more },
  ];
}
