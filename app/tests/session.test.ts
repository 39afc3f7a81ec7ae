import { beforeEach, describe, expect, it, vi } from "vitest";
import type { SessionSettings, SessionState } from "../src/api/types";

const postSession = vi.hoisted(() => vi.fn());
vi.mock("../src/api/routes", () => ({ getSession: vi.fn(), postSession }));
vi.mock("../src/frame/annotator", () => ({ annotator: { value: "anna" } }));

const { changeSettings, forgetVersion, session, takeState } = await import("../src/sort/state/session");

function state(version: number, strategy: string, threshold: number | null = null): SessionState {
  return { annotator: "anna", version, threshold, settings: { strategy } as SessionSettings } as SessionState;
}

describe("The session on the page", () => {
  beforeEach(() => {
    session.value = state(5, "dcal");
  });

  it("keeps the fit that was told before the answer to new settings came", async () => {
    postSession.mockImplementationOnce(() => {
      takeState(state(7, "random", 0.6));
      return Promise.resolve(state(6, "random"));
    });
    await changeSettings({ strategy: "random" });
    expect(session.value).toEqual(state(7, "random", 0.6));
  });

  it("keeps what came meanwhile where settings are refused, but for the settings", async () => {
    postSession.mockImplementationOnce(() => {
      takeState(state(7, "dcal", 0.6));
      return Promise.reject(new Error("no such strategy"));
    });
    await changeSettings({ strategy: "random" });
    expect(session.value).toEqual(state(7, "dcal", 0.6));
  });

  it("takes no older state, but any of another server", () => {
    takeState(state(4, "random"));
    expect(session.value?.version).toBe(5);
    forgetVersion();
    takeState(state(1, "random"));
    expect(session.value).toEqual(state(1, "random"));
  });
});
