/** What each recording is, and what was found wrong with it while it was prepared. */

import type { Recording } from "../../api/types";
import { Dialog } from "../../frame/views/dialog";
import { Icon } from "../../frame/views/icon";
import { project } from "../state/project";

export function RecordingsDialog() {
  return (
    <Dialog name="recordings" title="About the recordings">
      {(project.value?.recordings ?? []).map((recording) => (
        <section key={recording.number} class="about">
          <h3>{recording.name}</h3>
          <p class="hint">{factsOf(recording).join(", ")}</p>
          <ul>
            {recording.warnings.map((text) => (
              <li key={text} class="warning-text">
                <Icon name="warning" /> <span class="unseen">Warning: </span>
                {text}
              </li>
            ))}
            {recording.notes.map((text) => (
              <li key={text}>{text}</li>
            ))}
          </ul>
        </section>
      ))}
    </Dialog>
  );
}

function factsOf(recording: Recording): readonly string[] {
  const { candidates, image_shape: shape, frames, frame_rate_hz: rate, pixel_size_um: pixel } = recording;
  return [
    `${candidates.toLocaleString("en")} candidates`,
    shape ? `image of ${shape[0]} x ${shape[1]} pixels` : "features only",
    ...(frames ? [`traces of ${frames.toLocaleString("en")} frames`] : []),
    ...(rate ? [`${Number(rate.toPrecision(4))} frames a second`] : []),
    ...(pixel ? [`pixels of ${pixel.map((side) => Number(side.toPrecision(3))).join(" x ")} µm`] : []),
  ];
}
