import { describe, expect, it } from "vitest";
import { latest } from "../src/frame/latest";

/** What stands on a server that answers when it is told to. */
function setUp() {
  const answers: (() => void)[] = [];
  const seen: number[] = [];
  let stands = 0;
  const fetch = latest(async () => {
    const now = stands;
    await new Promise<void>((resolve) => answers.push(resolve));
    seen.push(now);
  });
  const answer = async () => {
    answers.shift()?.();
    for (let turn = 0; turn < 10; turn++) await Promise.resolve();
  };
  return { fetch, seen, answer, change: () => (stands += 1) };
}

describe("Fetching the latest", () => {
  it("gives whoever asks while it runs what stood when they asked", async () => {
    const { fetch, seen, answer, change } = setUp();
    void fetch();
    change();
    let known = -1;
    void fetch().then(() => (known = seen.at(-1) as number));
    await answer();
    expect(known).toBe(-1);
    await answer();
    expect(known).toBe(1);
  });

  it("runs once more however many ask meanwhile, and not again", async () => {
    const { fetch, seen, answer } = setUp();
    for (let time = 0; time < 5; time++) void fetch();
    for (let time = 0; time < 5; time++) await answer();
    expect(seen).toHaveLength(2);
  });

  it("runs again for who asks later", async () => {
    const { fetch, seen, answer } = setUp();
    void fetch();
    await answer();
    void fetch();
    await answer();
    expect(seen).toHaveLength(2);
  });
});
