/** Queue, points of the frame, progress. */

import { Tabs } from "../../frame/views/tabs";
import { tab } from "../state/tabs";
import { PointsTab } from "./points-tab";
import { QueueTab } from "./queue-tab";
import { WorkTab } from "./work-tab";

const TABS = [
  { id: "queue", title: "Queue", action: "tab.queue", hint: "What is asked next, and why", panel: () => <QueueTab /> },
  { id: "points", title: "Points", action: "tab.points", hint: "All points of this frame", panel: () => <PointsTab /> },
  { id: "progress", title: "Progress", action: "tab.progress", hint: "How far the tracking has come, and how far it can be trusted", panel: () => <WorkTab /> },
];

export function SideTabs() {
  return (
    <aside class="side" aria-label="Queue and overview">
      <Tabs label="Queue and overview" tabs={TABS} chosen={tab} />
    </aside>
  );
}
