/** The one WebSocket of a page: it comes back by itself, and says when it is gone. */

const PING_MS = 20_000;
const WAITS_MS = [300, 600, 1200, 2500, 5000];

export interface LiveListener<Message> {
  readonly message: (message: Message) => void;
  readonly connected: (connected: boolean) => void;
}

/** Keep a connection to an address until the function that is returned is called. */
export function listen<Message>(url: URL, listener: LiveListener<Message>): () => void {
  let socket: WebSocket | null = null;
  let attempt = 0;
  let timer = 0;
  let closed = false;

  const open = () => {
    socket = new WebSocket(url);
    socket.onopen = () => {
      attempt = 0;
      listener.connected(true);
    };
    socket.onmessage = (event) => listener.message(JSON.parse(String(event.data)) as Message);
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
