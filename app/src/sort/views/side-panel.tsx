/** Queue, table, progress, merges, review, audit. */

import { Tabs } from "../../frame/views/tabs";
import { chosenTab } from "../state/tabs";
import { AuditTab } from "./audit-tab";
import { MergesTab } from "./merges-tab";
import { ProgressTab } from "./progress-tab";
import { QueueTab } from "./queue-tab";
import { ReviewTab } from "./review-tab";
import { TableTab } from "./table-tab";

const TABS = [
  { id: "queue", title: "Queue", hint: "What comes next, and why (Q)", panel: () => <QueueTab /> },
  { id: "table", title: "Table", hint: "All candidates (B)", panel: () => <TableTab /> },
  { id: "progress", title: "Progress", hint: "Counts, estimates, advice (R)", panel: () => <ProgressTab /> },
  { id: "merges", title: "Merge", hint: "Pairs that may be one cell (Z)", panel: () => <MergesTab /> },
  { id: "review", title: "Review", hint: "Where annotators, or you and the machine, disagree (Shift+R)", panel: () => <ReviewTab /> },
  { id: "audit", title: "Audit", hint: "Measure the labels by a blind random sample (Shift+A)", panel: () => <AuditTab /> },
];

export function SidePanel() {
  return (
    <aside class={`side side-${chosenTab.value}`} aria-label="Queue and overview">
      <Tabs label="Queue and overview" tabs={TABS} chosen={chosenTab} />
    </aside>
  );
}
