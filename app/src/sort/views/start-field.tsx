/** What the learner starts from: an earlier classifier, or an earlier project beside this one. */

import { useEffect } from "preact/hooks";
import { signal } from "@preact/signals";
import { getEarlier, postEarlier, type Earlier } from "../../api/checks";
import { annotator } from "../../frame/annotator";
import { report } from "../../frame/notices";
import { Choice } from "../../frame/views/choice";
import { plural } from "../../frame/words";
import { session, takeState } from "../state/session";

const found = signal<readonly Earlier[]>([]);

export function StartField() {
  useEffect(() => void look(), []);
  const state = session.value;
  if (!state) return null;
  const chosen = state.settings.start_from;
  const listed = found.value.some(({ name }) => name === chosen) || !chosen;
  const options = [
    { value: "", text: "nothing: only my answers" },
    ...found.value.map((each) => ({ value: each.name, text: textOf(each) })),
    ...(listed ? [] : [{ value: chosen, text: `${chosen} (kept in the project)` }]),
  ];
  return (
    <>
      <Choice
        label="Start from"
        hint="A classifier that `sightline sort train` wrote, or an earlier project, in the project's folder or beside it. Its classifier is kept in this project as it is now"
        value={chosen}
        options={options}
        change={(name) => void choose(name)}
      />
      {!found.value.length && !chosen && (
        <p class="hint">No classifier and no sorted project lies beside this project.</p>
      )}
      {chosen && <p class="hint">The preset is then the earlier classifier's.</p>}
      {state.start_trouble && <p class="outcome error">{state.start_trouble}</p>}
    </>
  );
}

function textOf({ name, answers }: Earlier): string {
  return answers === null ? name : `${name} (${plural(answers, "answer")})`;
}

async function look(): Promise<void> {
  try {
    found.value = await getEarlier();
  } catch (problem) {
    report(problem);
  }
}

async function choose(name: string): Promise<void> {
  try {
    takeState(await postEarlier(annotator.value, name));
  } catch (problem) {
    // The list shows what stands.
    if (session.value) session.value = { ...session.value };
    report(problem);
  }
}
