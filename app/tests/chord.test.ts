import { expect, it } from "vitest";
import { chordOf, showChord, type KeyPress } from "../src/frame/chord";

const press = (key: string, code: string, held: Partial<KeyPress> = {}): KeyPress => ({
  key,
  code,
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  altKey: false,
  ...held,
});

it.each<[string, KeyPress, string | null]>([
  ["a letter", press("u", "KeyU"), "U"],
  ["a letter with caps lock on", press("U", "KeyU"), "U"],
  ["a letter with shift", press("U", "KeyU", { shiftKey: true }), "Shift+U"],
  ["control and z", press("z", "KeyZ", { ctrlKey: true }), "Mod+Z"],
  ["command, shift and z", press("z", "KeyZ", { metaKey: true, shiftKey: true }), "Mod+Shift+Z"],
  ["space", press(" ", "Space"), "Space"],
  ["shift and space", press(" ", "Space", { shiftKey: true }), "Shift+Space"],
  ["an arrow", press("ArrowUp", "ArrowUp"), "ArrowUp"],
  ["a question mark, wherever it is", press("?", "Minus", { shiftKey: true }), "?"],
  ["a digit of a French keyboard", press("&", "Digit1"), "1"],
  ["a digit of the number block", press("1", "Numpad1"), "1"],
  ["a Russian letter in the place of Z", press("я", "KeyZ", { ctrlKey: true }), "Mod+Z"],
  ["alt and a digit of a Mac", press("¡", "Digit1", { altKey: true }), "Alt+1"],
  ["a modifier alone", press("Shift", "ShiftLeft", { shiftKey: true }), null],
])("names %s", (_, pressed, chord) => {
  expect(chordOf(pressed)).toBe(chord);
});

it("shows chords as the keyboard has them", () => {
  expect(showChord("Mod+Shift+Z", false)).toBe("Ctrl+Shift+Z");
  expect(showChord("Mod+Shift+Z", true)).toBe("⌘⇧Z");
  expect(showChord("ArrowUp", false)).toBe("↑");
  expect(showChord("+", false)).toBe("+");
});
