/** The whole page while tracking. */

import { AnnotatorDialog } from "../../frame/views/annotator-form";
import { HelpDialog } from "../../frame/views/help";
import { ExportDialog } from "./export-dialog";
import { FramePanel } from "./frame-panel";
import { Header } from "./header";
import { QuestionPanel } from "./question-panel";
import { SideTabs } from "./side-tabs";

export function Workspace() {
  return (
    <>
      <Header />
      <main class="workspace tracking">
        <FramePanel />
        <QuestionPanel />
        <SideTabs />
      </main>
      <HelpDialog />
      <ExportDialog />
      <AnnotatorDialog />
    </>
  );
}
