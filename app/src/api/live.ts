/** The one WebSocket of a page: it comes back by itself, and says when it is gone. */

import { address } from "./http";
import type { LiveMessage } from "./types";

const PING_MS = 20_000;
const WAITS_MS = [300, 600, 1200, 2500, 5000];

export interface LiveListener {
  readonly message: (message: LiveMessage) => void;
  readonly connected: (connected: boolean) => void;
}

/** Keep a connection for an annotator until the function that is returned is called. */
export function listen(annotator: string, listener: LiveListener): () => void {
  let socket: WebSocket | null = null;
  let attempt = 0;
  let timer = 0;
  let closed = false;

  const open = () => {
    const url = address("live", { annotator });
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    socket = new WebSocket(url);
    socket.onopen = () => {
      attempt = 0;
      listener.connected(true);
    };
    socket.onmessage = (event) => listener.message(JSON.parse(String(event.data)) as LiveMessage);
    socket.onclose = () => {
      if (closed) return;
      listener.connected(false);
      timer = window.setTimeout(open, WAITS_MS[Math.min(attempt++, WAITS_MS.length - 1)]);
    };
  };
  const ping = window.setInterval(() => {
    if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ type: "ping" }));
  }, PING_MS);
  open();

  return () => {
    closed = true;
    window.clearInterval(ping);
    window.clearTimeout(timer);
    socket?.close();
  };
}
