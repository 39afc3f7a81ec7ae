/** What the server says by itself. */

import { liveAddress } from "../../api/http";
import { listen } from "../../api/live";
import type { LiveMessage } from "../../api/types";
import { annotator } from "../../frame/annotator";
import { closed, connection } from "../../frame/connection";
import { note, report } from "../../frame/notices";
import { refreshLabels, retryNow } from "./acts";
import { refill } from "./questions";
import { forgetVersion, openSession, session, takeState } from "./session";

/** New predictions wait for a moment without answers; they are of what was judged already. */
const QUIET_MS = 200;
let refreshing = 0;
let server = "";
let leave = () => {};

export function connect(): void {
  const address = liveAddress("live", { annotator: annotator.value });
  leave = listen<LiveMessage>(address, { message: take, connected });
}

function connected(open: boolean): void {
  if (open && connection.value === "lost") {
    note("Connected again.");
    retryNow();
  }
  connection.value = open ? "open" : "lost";
}

function take(message: LiveMessage): void {
  switch (message.type) {
    case "hello":
      catchUp(server !== "" && server !== message.server).catch(report);
      server = message.server;
      break;
    case "state":
      takeState(message.state);
      break;
    case "labels":
      window.clearTimeout(refreshing);
      refreshing = window.setTimeout(() => void refreshLabels(), QUIET_MS);
      break;
    case "questions":
      void refill();
      break;
    case "closed":
      leave();
      closed.value = true;
      break;
    case "decided":
    case "pong":
      break;
  }
}

/** What was pushed before this connection has not reached the page. */
async function catchUp(isAnotherServer: boolean): Promise<void> {
  const before = session.value?.version;
  if (isAnotherServer) forgetVersion();
  await openSession(annotator.value);
  if (!isAnotherServer && session.value?.version === before) return;
  await refreshLabels();
  await refill();
}
