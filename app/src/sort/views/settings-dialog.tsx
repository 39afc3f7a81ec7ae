/** How questions are chosen and the classifier learns; kept in the project, for each annotator. */

import { ActionButton } from "../../frame/views/action-button";
import { themeChoice, type ThemeChoice } from "../../frame/theme";
import { Choice, Tick } from "../../frame/views/choice";
import { Dialog } from "../../frame/views/dialog";
import { Range } from "../../frame/views/range";
import { percent } from "../../frame/words";
import { refreshLabels } from "../state/acts";
import { NONE } from "../state/navigation";
import { isTwoClass } from "../state/project";
import { changeSettings, session } from "../state/session";
import { StartField } from "./start-field";
import { TargetField } from "./target-field";

const STRATEGIES = [
  { value: "dcal", text: "DCAL: doubt and novelty" },
  { value: "cal", text: "CAL: where the classifier doubts" },
  { value: "dal", text: "DAL: unlike what is decided" },
  { value: "entropy", text: "entropy (more than two classes)" },
  { value: "random", text: "random" },
  { value: "rank", text: "order of the data" },
  { value: NONE, text: "none: the table's order" },
];

export function SettingsDialog() {
  return (
    <Dialog name="settings" title="Settings">
      <Questions />
      <Learning />
      <Appearance />
    </Dialog>
  );
}

function Questions() {
  const settings = session.value?.settings;
  if (!settings) return null;
  return (
    <fieldset class="form">
      <legend>Questions</legend>
      <Choice
        label="Strategy"
        hint="How the next question is chosen"
        value={settings.strategy}
        options={STRATEGIES}
        change={(strategy) => void changeSettings({ strategy })}
      />
      {settings.strategy === "dcal" && (
        <Range
          label="Novelty's weight"
          hint="0: only doubt; 1: mostly what is unlike the decided ones"
          least={0}
          most={1}
          step={0.1}
          value={settings.weight}
          settle={(weight) => void changeSettings({ weight })}
        />
      )}
      <NumberField
        label="One at random in"
        hint="Every so many questions one is drawn at random, so that estimates stay honest; 0: never"
        value={settings.probe_every}
        change={(probe_every) => void changeSettings({ probe_every })}
      />
      <Range
        label="Asked again"
        hint="Share of questions that you have answered before, unannounced, to see how far you agree with yourself; 0: none"
        least={0}
        most={0.5}
        step={0.01}
        value={settings.repeat_share}
        show={percent}
        settle={(repeat_share) => void changeSettings({ repeat_share })}
      />
      <Tick
        label="Blind until I have judged"
        hint="Hide the prediction of a candidate until you have judged it"
        on={settings.blind}
        change={(blind) => void changeSettings({ blind }).then(refreshLabels)}
      />
    </fieldset>
  );
}

function Learning() {
  const settings = session.value?.settings;
  if (!settings) return null;
  return (
    <fieldset class="form">
      <legend>Classifier</legend>
      <Choice
        label="Preset"
        hint="default: chosen on other recordings than those it is judged on; actsort: the reference's"
        value={settings.preset}
        options={[
          { value: "default", text: "default" },
          { value: "actsort", text: "actsort: the reference's" },
        ]}
        change={(preset) => void changeSettings({ preset })}
      />
      {isTwoClass.value && (
        <>
          <TargetField value={settings.target} change={(target) => void changeSettings({ target })} />
          <StartField />
        </>
      )}
      <NumberField
        label="Refit after"
        hint="After so many answers the classifier is fitted again"
        value={settings.refit_every}
        least={1}
        change={(refit_every) => void changeSettings({ refit_every })}
      />
    </fieldset>
  );
}

function Appearance() {
  return (
    <fieldset class="form">
      <legend>This browser</legend>
      <Choice
        label="Theme"
        hint="Light, dark, or as the system has it"
        value={themeChoice.value}
        options={[
          { value: "system", text: "as the system" },
          { value: "light", text: "light" },
          { value: "dark", text: "dark" },
        ]}
        change={(value) => (themeChoice.value = value as ThemeChoice)}
      />
      <ActionButton action="help" showKey>
        Keys …
      </ActionButton>
    </fieldset>
  );
}

interface NumberFieldProps {
  readonly label: string;
  readonly hint: string;
  readonly value: number;
  readonly least?: number;
  readonly change: (value: number) => void;
}

function NumberField({ label, hint, value, least = 0, change }: NumberFieldProps) {
  return (
    <label class="field" title={hint}>
      <span>{label}</span>
      <input
        type="number"
        min={least}
        value={value}
        onChange={(event) => {
          const number = event.currentTarget.valueAsNumber;
          if (Number.isInteger(number) && number >= least) change(number);
          else event.currentTarget.value = String(value);
        }}
      />
    </label>
  );
}
