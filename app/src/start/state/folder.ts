/** The folder that is looked into to choose a file or folder, and what for. */

import { computed, signal } from "@preact/signals";
import { getFolder, type Folder, type FolderName } from "../../api/start";
import { openDialog, closeDialog } from "../../frame/dialogs";
import { stored } from "../../frame/stored";
import { start } from "./start";

export interface Purpose {
  readonly title: string;
  /** What may be chosen beside a file. */
  readonly takes: "file" | "folder" | "either" | "project";
  readonly take: (path: string) => void;
}

export const purpose = signal<Purpose | null>(null);
export const folder = signal<Folder | null>(null);
export const trouble = signal("");
export const sought = signal("");

const last = stored("folder", "");

export const names = computed(() => {
  const text = sought.value.trim().toLowerCase();
  return (folder.value?.names ?? []).filter(({ name }) => name.toLowerCase().includes(text));
});

/** Ask for a path, from the folder that is typed already or that was looked into last. */
export function ask(wanted: Purpose, typed = ""): void {
  purpose.value = wanted;
  folder.value = null;
  openDialog.value = "folder";
  void lookInto(folderOf(typed) || last.value || start.value?.home || "/", true);
}

export async function lookInto(path: string, fallBack = false): Promise<void> {
  try {
    folder.value = await getFolder(path);
    last.value = folder.value.path;
    sought.value = "";
    trouble.value = "";
  } catch (problem) {
    if (fallBack && path !== start.value?.home) await lookInto(start.value?.home ?? "/");
    else trouble.value = problem instanceof Error ? problem.message : String(problem);
  }
}

/** Go into a folder, or take what was chosen. */
export function enter(entry: FolderName): void {
  const path = pathOf(entry.name);
  const taken =
    entry.kind === "file" || (entry.kind === "project" && purpose.value?.takes === "project");
  if (taken) take(path);
  else void lookInto(path);
}

export function isOffered({ kind }: FolderName): boolean {
  return kind !== "file" || purpose.value?.takes === "file" || purpose.value?.takes === "either";
}

export function take(path: string): void {
  purpose.value?.take(path);
  closeDialog();
}

function pathOf(name: string): string {
  const { path = "", separator = "/" } = folder.value ?? {};
  return path.endsWith(separator) ? path + name : path + separator + name;
}

/** The folder that a typed path lies in, on any system. */
export function folderOf(path: string): string {
  const end = Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\"));
  if (end < 0) return "";
  return path.slice(0, end) || "/";
}
