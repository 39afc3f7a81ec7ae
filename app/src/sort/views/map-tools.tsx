/** How the map is looked at. */

import { keyOf } from "../../frame/actions";
import { ActionButton } from "../../frame/views/action-button";
import { Choice, Tick } from "../../frame/views/choice";
import { ContrastFields } from "../../frame/views/contrast-fields";
import { Icon } from "../../frame/views/icon";
import { Popover } from "../../frame/views/popover";
import { Range } from "../../frame/views/range";
import { percent } from "../../frame/words";
import { ONE_COLOURS } from "../appearance";
import {
  colourBy,
  fillOpacity,
  following,
  hidden,
  imageName,
  mapContrast,
  outlineColour,
  outlineOpacity,
  outlineWidth,
  recording,
  tool,
} from "../state/map";
import { mapZoom, setMapZoom } from "../state/map-moves";
import { project } from "../state/project";

export function MapTools() {
  return (
    <div class="toolbar" role="toolbar" aria-label="Map">
      <ImageChoice />
      <ColourChoice />
      <MapDisplay />
      <span class="spring" />
      <ActionButton action="map.lasso" class="tool" pressed={tool.value === "lasso"}>
        <Icon name="lasso" />
      </ActionButton>
      <ActionButton action="map.box" class="tool" pressed={tool.value === "box"}>
        <Icon name="box" />
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

function ImageChoice() {
  const names = recording.value?.images ?? [];
  if (!names.length) return <span class="hint">no image</span>;
  return (
    <Choice
      bare
      label="Image"
      hint={`Which summary image lies under the outlines (${keyOf("map.image")})`}
      value={names.includes(imageName.value) ? imageName.value : (names[0] as string)}
      options={names.map((value) => ({ value, text: value }))}
      change={(value) => (imageName.value = value)}
    />
  );
}

/** Over the map: nearer and further. */
export function MapZoom() {
  return (
    <div class="map-zoom" role="group" aria-label="Zoom">
      <ActionButton action="map.in" class="tool">
        <Icon name="plus" />
      </ActionButton>
      <input
        type="range"
        min={0}
        max={1}
        step={0.01}
        value={mapZoom.value}
        title={`Zoom (${keyOf("map.in")}, ${keyOf("map.out")})`}
        aria-label="Zoom"
        onInput={(event) => setMapZoom(event.currentTarget.valueAsNumber)}
      />
      <ActionButton action="map.out" class="tool">
        <Icon name="minus" />
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
      id="colour-by"
      label="Colour outlines by"
      hint={`What the outlines' colours mean (${keyOf("map.colour")}; ${keyOf("map.colour-choice")} to choose)`}
      value={colourBy.value}
      options={options}
      change={(value) => (colourBy.value = value)}
    />
  );
}

function MapDisplay() {
  const hide = hidden.value;
  return (
    <Popover name="map" action="map.look" icon="sliders">
      <ContrastFields
        contrast={mapContrast}
        automaticBlack="automatic"
        automaticWhite="automatic"
        action="map.auto"
      />
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
      <Range
        label="Width"
        hint="How wide the outlines are"
        least={1}
        most={3}
        step={0.5}
        value={outlineWidth.value}
        change={(value) => (outlineWidth.value = value)}
      />
      <Range
        label="Fills"
        hint="How opaque the candidates' areas are; 0: outlines only"
        least={0}
        most={1}
        step={0.05}
        value={fillOpacity.value}
        show={percent}
        change={(value) => (fillOpacity.value = value)}
      />
      <Choice
        label="Outline colour"
        hint="One colour for all outlines, or what they are coloured by"
        value={outlineColour.value}
        options={[
          { value: "", text: "as chosen" },
          ...Object.keys(ONE_COLOURS).map((value) => ({ value, text: value })),
        ]}
        change={(value) => (outlineColour.value = value)}
      />
      <Tick
        label="Hide accepted"
        hint={`Hide what you accepted (${keyOf("map.hide-accepted")})`}
        on={hide.accepted}
        change={(accepted) => (hidden.value = { ...hide, accepted })}
      />
      <Tick
        label="Hide rejected"
        hint={`Hide what you rejected (${keyOf("map.hide-rejected")})`}
        on={hide.rejected}
        change={(rejected) => (hidden.value = { ...hide, rejected })}
      />
      <Tick
        label="Hide all decided"
        hint={`Hide everything you decided (${keyOf("map.hide-decided")})`}
        on={hide.decided}
        change={(decided) => (hidden.value = { ...hide, decided })}
      />
      <Tick
        label="Follow the current candidate"
        hint={`Move the map so that the current candidate is in view (${keyOf("map.follow")})`}
        on={following.value}
        change={(on) => (following.value = on)}
      />
    </Popover>
  );
}
