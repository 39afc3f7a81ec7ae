import { describe, expect, it } from "vitest";
import { RequestError } from "../src/api/http";
import { Outbox, type Act } from "../src/frame/outbox";
import { actStorage } from "../src/frame/outbox-storage";

const act = (client_id: string): Act => ({ route: "decide", body: { client_id } });

/** A server that fails as told, and writes down what reached it. */
function setUp(failures: (Error | null)[]) {
  const reached: string[] = [];
  const acknowledged: string[] = [];
  const refused: string[] = [];
  let kept: readonly Act[] = [];
  const outbox = new Outbox({
    send: ({ body }) => {
      reached.push(body.client_id);
      const failure = failures.shift();
      return failure ? Promise.reject(failure) : Promise.resolve({});
    },
    acknowledged: ({ body }) => acknowledged.push(body.client_id),
    refused: ({ body }) => refused.push(body.client_id),
    keep: (acts) => (kept = acts),
    wait: () => Promise.resolve(),
  });
  const settled = async () => {
    for (let turn = 0; turn < 100 && outbox.pending.value.length; turn++) await Promise.resolve();
  };
  return { outbox, reached, acknowledged, refused, settled, kept: () => kept };
}

describe("The outbox", () => {
  it("sends acts one after the other, in their order", async () => {
    const { outbox, acknowledged, settled, kept } = setUp([]);
    outbox.add(act("a"), act("b"));
    outbox.add(act("c"));
    expect(kept()).toHaveLength(3);
    await settled();
    expect(acknowledged).toEqual(["a", "b", "c"]);
    expect(kept()).toEqual([]);
  });

  it("sends the same act again while the server is away, and nothing before it", async () => {
    const away = new RequestError("away", 0);
    const { outbox, reached, acknowledged, settled } = setUp([away, away, null]);
    outbox.add(act("a"), act("b"));
    await settled();
    expect(reached).toEqual(["a", "a", "a", "b"]);
    expect(acknowledged).toEqual(["a", "b"]);
    expect(outbox.trouble.value).toBeNull();
  });

  it("gives up what the server refuses for good, and goes on", async () => {
    const { outbox, acknowledged, refused, settled } = setUp([new RequestError("unknown verdict", 400)]);
    outbox.add(act("a"), act("b"));
    await settled();
    expect(refused).toEqual(["a"]);
    expect(acknowledged).toEqual(["b"]);
  });

  it("keeps acts while the link's token is refused", async () => {
    const { outbox, reached, acknowledged, settled } = setUp([new RequestError("old link", 401)]);
    outbox.add(act("a"));
    await settled();
    expect(reached).toEqual(["a", "a"]);
    expect(acknowledged).toEqual(["a"]);
  });
});

describe("Kept acts", () => {
  const storage = () => {
    const entries = new Map<string, string>();
    const store = {
      getItem: (key: string) => entries.get(key) ?? null,
      setItem: (key: string, value: string) => void (entries.set(key, value), Object.assign(store, { [key]: value })),
      removeItem: (key: string) => void (entries.delete(key), delete (store as Record<string, unknown>)[key]),
    };
    return store as unknown as Storage;
  };

  it("are taken over by the next page, once", () => {
    const store = storage();
    actStorage(store, "project.anna", "tab1").keep([act("a"), act("b")]);
    const next = actStorage(store, "project.anna", "tab2");
    expect(next.takeOver().map(({ body }) => body.client_id)).toEqual(["a", "b"]);
    expect(next.takeOver()).toEqual([]);
  });

  it("stay with their project and annotator", () => {
    const store = storage();
    actStorage(store, "project.anna", "tab1").keep([act("a")]);
    expect(actStorage(store, "project.bob", "tab2").takeOver()).toEqual([]);
  });

  it("that are damaged are passed over", () => {
    const store = storage();
    store.setItem("sightline.outbox.project.anna.tab1", "{not json");
    store.setItem("sightline.outbox.project.anna.tab2", '[{"route": 3}, null]');
    expect(actStorage(store, "project.anna", "tab3").takeOver()).toEqual([]);
  });
});
