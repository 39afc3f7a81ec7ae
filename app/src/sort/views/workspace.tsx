/** The whole page while sorting. */

import { AnnotatorDialog } from "../../frame/views/annotator-form";
import { HelpDialog } from "../../frame/views/help";
import { EvidencePanel } from "./evidence-panel";
import { ExportDialog } from "./export-dialog";
import { Header } from "./header";
import { MapPanel } from "./map-panel";
import { PracticeDialog } from "./practice-dialog";
import { RecordingsDialog } from "./recordings-dialog";
import { SettingsDialog } from "./settings-dialog";
import { SidePanel } from "./side-panel";

export function Workspace() {
  return (
    <>
      <Header />
      <main class="workspace">
        <MapPanel />
        <EvidencePanel />
        <SidePanel />
      </main>
      <HelpDialog />
      <SettingsDialog />
      <ExportDialog />
      <AnnotatorDialog />
      <RecordingsDialog />
      <PracticeDialog />
    </>
  );
}
