import { beforeEach, expect, it, vi } from "vitest";

vi.stubGlobal("localStorage", { getItem: () => null, setItem: () => undefined });
vi.stubGlobal("navigator", { platform: "Linux" });
const { actionOfKey, findAction, giveKey, keysOf, resetKeys, setActions, tooltip } = await import("../src/frame/actions");

const run = () => undefined;

beforeEach(() => {
  resetKeys();
  setActions([
    { id: "accept", title: "Accept", group: "Decide", keys: ["ArrowUp"], run },
    { id: "zoom", title: "Zoom in", group: "Map", keys: ["+", "="], run },
    { id: "help", title: "Keys", group: "Workspace", keys: ["?"], run },
  ]);
});

const keyed = (key: string) => actionOfKey.value.get(key)?.id;

it("gives an action a key in place of those it had", () => {
  expect(giveKey(findAction("help"), "F1")).toBe("F1 is now: Keys.");
  expect(keyed("F1")).toBe("help");
  expect(keyed("?")).toBeUndefined();
  expect(tooltip(findAction("help"))).toBe("Keys (F1)");
});

it("takes the key from another action and says so", () => {
  expect(giveKey(findAction("help"), "ArrowUp")).toBe('↑ is now: Keys; "Accept" has no key now.');
  expect(keyed("ArrowUp")).toBe("help");
  expect(keysOf(findAction("accept"))).toEqual([]);
  expect(giveKey(findAction("accept"), "+")).toBe('+ is now: Accept; "Zoom in" keeps its other key.');
  expect(keyed("=")).toBe("zoom");
});

it("refuses a key that the browser never gives away, and changes nothing", () => {
  expect(giveKey(findAction("help"), "Mod+W")).toContain("The browser keeps Ctrl+W for itself");
  expect(keyed("?")).toBe("help");
});

it("gives all first keys back", () => {
  giveKey(findAction("help"), "ArrowUp");
  resetKeys();
  expect([keyed("ArrowUp"), keyed("?")]).toEqual(["accept", "help"]);
});
