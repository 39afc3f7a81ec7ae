/** What the server says by itself. */

import { liveAddress } from "../../api/http";
import { listen } from "../../api/live";
import { annotator } from "../../frame/annotator";
import { closed, connection } from "../../frame/connection";
import { note, report } from "../../frame/notices";
import { plural } from "../../frame/words";
import type { TrackMessage } from "../api";
import { retryNow } from "./acts";
import { refill } from "./questions";
import { refreshState, session, takeState, working } from "./session";
import { refreshPoints, shown } from "./shown";

const PAUSE_MS = 250;
let server = "";
let leave = () => {};
let looking = 0;
let pointsToo = false;

export function connect(): void {
  const address = liveAddress("live", { annotator: annotator.value });
  leave = listen<TrackMessage>(address, { message: take, connected });
}

function connected(open: boolean): void {
  if (open && connection.value === "lost") {
    note("Connected again.");
    retryNow();
  }
  connection.value = open ? "open" : "lost";
}

function take(message: TrackMessage): void {
  switch (message.type) {
    case "hello":
      if (server !== "") lookAgain(true);
      server = message.server;
      break;
    case "state":
      takeState(message.state);
      break;
    case "tracks":
      lookAgain(!message.frames.length || message.frames.includes(shown.value?.frame ?? -1));
      break;
    case "work":
      lookAgain(false);
      break;
    case "trouble":
      report(message.text);
      break;
    case "closed":
      leave();
      closed.value = true;
      break;
    case "pong":
      break;
  }
}

/** Fetch what may have changed, soon and not more often than it is looked at. */
function lookAgain(points: boolean): void {
  pointsToo ||= points;
  looking ||= window.setTimeout(() => void look(), points ? 0 : PAUSE_MS);
}

async function look(): Promise<void> {
  const points = pointsToo;
  const wasWorking = working.value;
  pointsToo = false;
  looking = 0;
  try {
    await Promise.all([refreshState(), points ? refreshPoints() : undefined]);
    if (!wasWorking || working.value || !session.value) return;
    const { work, progress } = session.value;
    if (work.trouble) report(work.trouble);
    else if (progress.stale) note(`Stopped; ${plural(progress.stale, "frame")} still to be tracked.`);
    else note("Every frame is up to date.");
    await refill();
  } catch (problem) {
    report(problem);
  }
}
