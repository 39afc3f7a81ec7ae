/** Names of key presses, such as "Mod+Shift+Z"; Mod is Ctrl, or the command key on a Mac. */

export interface KeyPress {
  readonly key: string;
  readonly code: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
}

const MODIFIERS = new Set(["Control", "Shift", "Alt", "Meta", "AltGraph", "CapsLock", "Dead"]);

/** The chord of a key press, or null for a modifier alone. */
export function chordOf(press: KeyPress): string | null {
  if (MODIFIERS.has(press.key)) return null;
  const key = keyName(press);
  const parts = [];
  if (press.ctrlKey || press.metaKey) parts.push("Mod");
  if (press.altKey) parts.push("Alt");
  // Where shift makes another symbol, as in "?", the symbol says it all.
  if (press.shiftKey && (key.length > 1 || /[A-Z0-9]/.test(key))) parts.push("Shift");
  return [...parts, key].join("+");
}

/** A chord as the user's keyboard has it. */
export function showChord(chord: string, mac: boolean): string {
  const names: Record<string, string> = {
    Mod: mac ? "⌘" : "Ctrl",
    Alt: mac ? "⌥" : "Alt",
    Shift: mac ? "⇧" : "Shift",
    ArrowUp: "↑",
    ArrowDown: "↓",
    ArrowLeft: "←",
    ArrowRight: "→",
    Escape: "Esc",
  };
  return chord
    .split(/\+(?=.)/)
    .map((part) => names[part] ?? part)
    .join(mac ? "" : "+");
}

function keyName({ key, code, shiftKey }: KeyPress): string {
  if (key === " ") return "Space";
  if (key.length > 1) return key;
  const digit = /^Digit(\d)$/.exec(code);
  if (digit && !shiftKey) return digit[1] as string;
  const upper = key.toUpperCase();
  const letter = /^Key([A-Z])$/.exec(code);
  // On a keyboard of another script the key's place stands for the Latin letter.
  return letter && !/^[\x21-\x7e]$/.test(key) ? (letter[1] as string) : upper;
}
