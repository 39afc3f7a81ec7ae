/** Whether the server is there, and has this project open. */

import { signal } from "@preact/signals";

export type Connection = "connecting" | "open" | "lost";
export const connection = signal<Connection>("connecting");

/** Whether another project was opened in place of this one. */
export const closed = signal(false);
