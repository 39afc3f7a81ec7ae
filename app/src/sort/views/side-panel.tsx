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
  { id: "queue", title: "Queue", action: "tab.queue", hint: "What comes next, and why", panel: () => <QueueTab /> },
  { id: "table", title: "Table", action: "tab.table", hint: "All candidates", panel: () => <TableTab /> },
  { id: "progress", title: "Progress", action: "tab.progress", hint: "Counts, estimates, advice", panel: () => <ProgressTab /> },
  { id: "merges", title: "Merge", action: "tab.merges", hint: "Pairs that may be one cell", panel: () => <MergesTab /> },
  { id: "review", title: "Review", action: "tab.review", hint: "Where annotators, or you and the machine, disagree", panel: () => <ReviewTab /> },
  { id: "audit", title: "Audit", action: "tab.audit", hint: "Measure the labels by a blind random sample", panel: () => <AuditTab /> },
];

export function SidePanel() {
  return (
    <aside class={`side side-${chosenTab.value}`} aria-label="Queue and overview">
      <Tabs label="Queue and overview" tabs={TABS} chosen={chosenTab} />
    </aside>
  );
}
