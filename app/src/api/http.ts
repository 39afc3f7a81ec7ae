/** Requests to the server that served this page, and the one shape of their errors. */

import { readPacket, type Packet } from "./packet";

/** A request that got no good answer; `status` is 0 where there was none at all. */
export class RequestError extends Error {
  constructor(
    message: string,
    readonly status: number,
  ) {
    super(message);
  }

  /** Whether sending the same again may succeed. */
  get passing(): boolean {
    return this.status === 0 || this.status >= 500;
  }
}

/** The project that this page is about, once it is known; what is meant for it goes to no other. */
let projectId: string | undefined;

export function keepToProject(id: string): void {
  projectId = id;
}

/** What is undefined is left out. */
export type Query = Readonly<Record<string, string | number | undefined>>;

/** Address of a route, relative to the page so that a proxy's prefix is kept. */
export function address(route: string, query: Query = {}): URL {
  const url = new URL(`api/${route}`, document.baseURI);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) url.searchParams.set(name, String(value));
  }
  return url;
}

/** Address of a WebSocket, which says in it what it is about, for it has no headers. */
export function liveAddress(route: string, query: Query = {}): URL {
  const url = address(route, { ...query, project: projectId });
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return url;
}

export async function getJson<Answer>(route: string, query?: Query): Promise<Answer> {
  return (await request(address(route, query))).json() as Promise<Answer>;
}

export async function getPacket<Meta>(route: string, query?: Query): Promise<Packet<Meta>> {
  return readPacket<Meta>(await (await request(address(route, query))).arrayBuffer());
}

export async function postJson<Answer>(route: string, body: object): Promise<Answer> {
  const response = await request(address(route), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return response.json() as Promise<Answer>;
}

async function request(url: URL, options?: RequestInit): Promise<Response> {
  let response: Response;
  const headers = new Headers(options?.headers);
  if (projectId) headers.set("x-sightline-project", projectId);
  try {
    response = await fetch(url, { ...options, headers });
  } catch {
    throw new RequestError("The server does not answer; is `sightline open` still running?", 0);
  }
  if (!response.ok) throw new RequestError(await reasonOf(response), response.status);
  return response;
}

async function reasonOf(response: Response): Promise<string> {
  const fallback = `The server answered ${response.status} ${response.statusText}.`;
  try {
    const body = (await response.json()) as { error?: unknown };
    return typeof body.error === "string" ? body.error : fallback;
  } catch {
    return fallback;
  }
}
