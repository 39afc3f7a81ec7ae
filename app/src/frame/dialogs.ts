/** Which dialog is open; one at a time. */

import { signal } from "@preact/signals";

export const openDialog = signal<string | null>(null);

export function closeDialog(): void {
  openDialog.value = null;
}
