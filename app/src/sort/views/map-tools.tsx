/** How the map is looked at. */

import { AUTOMATIC } from "../../draw/levels";
import { ActionButton } from "../../frame/views/action-button";
import { Choice, Tick } from "../../frame/views/choice";
import { Icon } from "../../frame/views/icon";
import { Popover } from "../../frame/views/popover";
import { Range } from "../../frame/views/range";
import { ONE_COLOURS } from "../appearance";
import {
  colourBy,
  following,
  hidden,
  imageName,
  mapContrast,
  outlineColour,
  outlineOpacity,
  recording,
  tool,
} from "../state/map";
import { project } from "../state/project";

const percent = (value: number) => `${Math.round(100 * value)} %`;

export function MapTools() {
  return (
    <div class="toolbar" role="toolbar" aria-label="Map">
      <Choice
        bare
        label="Image"
        hint="Which summary image lies under the outlines (I)"
        value={imageName.value}
        options={(recording.value?.images ?? []).map((value) => ({ value, text: value }))}
        change={(value) => (imageName.value = value)}
      />
      <ColourChoice />
      <MapDisplay />
      <span class="spring" />
      <ActionButton action="map.lasso" class="tool" pressed={tool.value === "lasso"}>
        <Icon name="lasso" />
      </ActionButton>
      <ActionButton action="map.out" class="tool">
        <Icon name="minus" />
      </ActionButton>
      <ActionButton action="map.in" class="tool">
        <Icon name="plus" />
      </ActionButton>
      <ActionButton action="map.fit" class="tool">
        <Icon name="fit" />
      </ActionButton>
      <ActionButton action="map.centre" class="tool">
        <Icon name="centre" />
      </ActionButton>
    </div>
  );
}

function ColourChoice() {
  const features = project.value?.features ?? [];
  const options = [
    { value: "decision", text: "by decision" },
    { value: "prediction", text: "by prediction" },
    { value: "probability", text: "by probability" },
    ...features.map((value) => ({ value, text: value })),
  ];
  return (
    <Choice
      bare
      label="Colour outlines by"
      hint="What the outlines' colours mean (K)"
      value={colourBy.value}
      options={options}
      change={(value) => (colourBy.value = value)}
    />
  );
}

function MapDisplay() {
  const contrast = mapContrast.value;
  const hide = hidden.value;
  return (
    <Popover icon="sliders" title="Contrast, outlines, what is hidden">
      <Range
        label="Black"
        hint="Which value is black; 0 is automatic"
        least={-0.5}
        most={0.95}
        step={0.01}
        value={contrast.black}
        show={percent}
        change={(black) => (mapContrast.value = { ...contrast, black })}
      />
      <Range
        label="White"
        hint="Which value is white; 100 % is automatic"
        least={0.05}
        most={2}
        step={0.01}
        value={contrast.white}
        show={percent}
        change={(white) => (mapContrast.value = { ...contrast, white })}
      />
      <button type="button" title="Automatic contrast" onClick={() => (mapContrast.value = AUTOMATIC)}>
        Automatic contrast
      </button>
      <Range
        label="Outlines"
        hint="How opaque the outlines are"
        least={0}
        most={1}
        step={0.05}
        value={outlineOpacity.value}
        show={percent}
        change={(value) => (outlineOpacity.value = value)}
      />
      <Choice
        label="Outline colour"
        hint="One colour for all outlines, or what they are coloured by"
        value={outlineColour.value}
        options={[
          { value: "", text: "by what is chosen" },
          ...Object.keys(ONE_COLOURS).map((value) => ({ value, text: value })),
        ]}
        change={(value) => (outlineColour.value = value)}
      />
      <Tick
        label="Hide accepted"
        hint="Hide what you accepted (H)"
        on={hide.accepted}
        change={(accepted) => (hidden.value = { ...hide, accepted })}
      />
      <Tick
        label="Hide rejected"
        hint="Hide what you rejected (J)"
        on={hide.rejected}
        change={(rejected) => (hidden.value = { ...hide, rejected })}
      />
      <Tick
        label="Hide all decided"
        hint="Hide everything you decided (Shift+H)"
        on={hide.decided}
        change={(decided) => (hidden.value = { ...hide, decided })}
      />
      <Tick
        label="Follow the current candidate"
        hint="Move the map so that the current candidate is in view"
        on={following.value}
        change={(on) => (following.value = on)}
      />
    </Popover>
  );
}
