/** The whole page before a project is open. */

import { ActionButton } from "../../frame/views/action-button";
import { HelpDialog } from "../../frame/views/help";
import { Icon } from "../../frame/views/icon";
import { PageButtons } from "../../frame/views/page-buttons";
import { connected, failure, start } from "../state/start";
import { goToProject } from "../where";
import { FolderDialog } from "./folder-dialog";
import { PrepareForm } from "./prepare-form";
import { QueueList } from "./queue-list";
import { RecentList } from "./recent-list";

export function StartPage() {
  if (failure.value) {
    return (
      <main class="failure">
        <h1>The start page cannot be shown</h1>
        <p role="alert">{failure.value}</p>
        <div class="failure-ways">
          <button type="button" title="Try again" onClick={() => location.reload()}>
            Try again
          </button>
          <button type="button" title="Leave the start page" onClick={goToProject}>
            To the open project
          </button>
        </div>
      </main>
    );
  }
  if (!start.value) return <p class="empty">Opening …</p>;
  return (
    <>
      <StartHeader />
      <main class="start">
        <div class="start-lists">
          <RecentList />
          <QueueList />
        </div>
        <PrepareForm />
      </main>
      <HelpDialog />
      <FolderDialog />
    </>
  );
}

function StartHeader() {
  return (
    <header class="app-header">
      <img src="./sightline.svg" alt="" class="brand" />
      <h1>Sightline</h1>
      {start.value?.open && (
        <ActionButton action="start-page">
          <Icon name="left" /> Back to {nameOf(start.value.open)}
        </ActionButton>
      )}
      {!connected.value && (
        <span class="chip warning" role="alert">
          Connection lost, trying again
        </span>
      )}
      <span class="spring" />
      <PageButtons />
    </header>
  );
}

function nameOf(path: string): string {
  return (path.split(/[\\/]/).pop() ?? path).replace(/\.sightline$/, "");
}
