import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";

const { postRecognise } = vi.hoisted(() => ({ postRecognise: vi.fn() }));
vi.mock("../src/api/start", () => ({ postRecognise, postPreparation: vi.fn() }));
vi.mock("../src/start/state/start", () => ({ refresh: vi.fn() }));
vi.mock("../src/start/state/preparations", () => ({ choose: vi.fn() }));
vi.mock("../src/frame/notices", () => ({ note: vi.fn(), report: vi.fn() }));

const nothing = { movie: null, candidates: null, name: "", output: "", troubles: {} };
const found = { ...nothing, candidates: {}, name: "mouse", output: "/data/mouse.sightline" };

vi.stubGlobal("window", globalThis);
const form = await import("../src/start/state/form");

beforeAll(() => {
  vi.useFakeTimers();
  form.lookWhenChanged();
});

beforeEach(() => {
  form.clear();
  postRecognise.mockReset().mockResolvedValue(found);
});

describe("the form", () => {
  it("looks once, a moment after the last key", async () => {
    for (const text of ["/d", "/da", "/data"]) form.candidates.value = text;
    expect(form.looking.value).toBe(true);
    await vi.advanceTimersByTimeAsync(1000);
    expect(postRecognise).toHaveBeenCalledTimes(1);
    expect(postRecognise.mock.calls[0]?.[0]).toMatchObject({ candidates: "/data" });
    expect(form.shownOutput.value).toBe("/data/mouse.sightline");
    expect(form.canPrepare.value).toBe(true);
  });

  it("drops an answer about what was changed since", async () => {
    let answer = (_: unknown) => {};
    postRecognise.mockReturnValueOnce(new Promise((resolve) => (answer = resolve)));
    form.candidates.value = "/slow";
    await vi.advanceTimersByTimeAsync(1000);
    form.candidates.value = "/other";
    answer({ ...found, name: "slow" });
    await vi.advanceTimersByTimeAsync(1000);
    expect(form.recognised.value?.name).toBe("mouse");
  });

  it("cannot be prepared while something is wrong, or the candidates are missing", async () => {
    postRecognise.mockResolvedValue({ ...found, troubles: { fit: "frames of 3 x 3 pixels" } });
    form.candidates.value = "/a";
    await vi.advanceTimersByTimeAsync(1000);
    expect(form.canPrepare.value).toBe(false);
    postRecognise.mockResolvedValue({ ...nothing, output: "/a.sightline" });
    form.movie.value = "/m";
    await vi.advanceTimersByTimeAsync(1000);
    expect(form.canPrepare.value).toBe(false);
  });

  it("keeps the user's own name for the project", async () => {
    form.output.value = "/mine.sightline";
    form.candidates.value = "/a";
    await vi.advanceTimersByTimeAsync(1000);
    expect(form.shownOutput.value).toBe("/mine.sightline");
  });

  it("forgets everything when it is emptied", async () => {
    form.candidates.value = "/a";
    await vi.advanceTimersByTimeAsync(1000);
    form.clear();
    expect(form.recognised.value).toBe(null);
    expect(form.looking.value).toBe(false);
  });
});
