/** Project, what is still to be tracked, connection, who judges. */

import { ActionButton } from "../../frame/views/action-button";
import { Brand, Person, Saving } from "../../frame/views/header-parts";
import { Icon } from "../../frame/views/icon";
import { PageButtons } from "../../frame/views/page-buttons";
import { trouble, unsaved } from "../state/acts";
import { project } from "../state/project";
import { session } from "../state/session";
import { WorkBar } from "./work-bar";

export function Header() {
  const progress = session.value?.progress;
  return (
    <header class="app-header">
      <Brand />
      <h1 title={project.value?.path_name}>{project.value?.name}</h1>
      {progress && (
        <span class="hint number">
          {progress.annotated.toLocaleString("en")} positions said, {progress.references.length} of{" "}
          {progress.frames.toLocaleString("en")} frames are references
        </span>
      )}
      <WorkBar />
      <Saving unsaved={unsaved} trouble={trouble} />
      {project.value?.readonly && (
        <span class="chip warning" title="The project's folder cannot be written to: look and export only">
          read only
        </span>
      )}
      <span class="spring" />
      <Person />
      <ActionButton action="export" class="tool">
        <Icon name="export" />
      </ActionButton>
      <PageButtons />
    </header>
  );
}
