/** Light or dark: the system's wish until the user says otherwise. */

import { computed, effect, signal } from "@preact/signals";
import { stored } from "./stored";

export type ThemeChoice = "system" | "light" | "dark";

const system = window.matchMedia("(prefers-color-scheme: dark)");
const systemIsDark = signal(system.matches);
system.addEventListener("change", (event) => (systemIsDark.value = event.matches));

export const themeChoice = stored<ThemeChoice>("theme", "system");

export const dark = computed(() =>
  themeChoice.value === "system" ? systemIsDark.value : themeChoice.value === "dark",
);

export function toggleTheme(): void {
  themeChoice.value = dark.value ? "light" : "dark";
}

effect(() => {
  document.documentElement.dataset["theme"] = dark.value ? "dark" : "light";
});
