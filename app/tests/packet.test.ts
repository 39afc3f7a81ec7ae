import { describe, expect, it } from "vitest";
import { readPacket, takeArray } from "../src/api/packet";

/** A packet as the server writes it, put together here by hand. */
function packet(meta: object, arrays: { name: string; dtype: string; shape: number[]; bytes: number[] }[]): ArrayBuffer {
  let offset = 0;
  const parts = arrays.map(({ bytes, ...header }) => {
    const padded = [...bytes, ...Array<number>((8 - (bytes.length % 8)) % 8).fill(0)];
    const described = { ...header, offset };
    offset += padded.length;
    return { described, padded };
  });
  let text = JSON.stringify({ meta, arrays: parts.map(({ described }) => described) });
  while ((8 + new TextEncoder().encode(text).length) % 8) text += " ";
  const header = new TextEncoder().encode(text);
  const body = parts.flatMap(({ padded }) => padded);
  const whole = new Uint8Array(8 + header.length + body.length);
  whole.set(new TextEncoder().encode("SLP1"));
  new DataView(whole.buffer).setUint32(4, header.length, true);
  whole.set(header, 8);
  whole.set(body, 8 + header.length);
  return whole.buffer;
}

describe("A packet", () => {
  const buffer = packet({ row: 3, name: "zelle µ" }, [
    { name: "codes", dtype: "u2", shape: [1, 3], bytes: [1, 0, 0, 1, 255, 255] },
    { name: "trace", dtype: "f4", shape: [2], bytes: [0, 0, 128, 63, 0, 0, 0, 192] },
  ]);

  it("gives its notes and its arrays with their shapes", () => {
    const { meta, arrays } = readPacket<{ row: number; name: string }>(buffer);
    expect(meta).toEqual({ row: 3, name: "zelle µ" });
    expect(arrays["codes"]?.shape).toEqual([1, 3]);
    expect([...(arrays["codes"]?.values ?? [])]).toEqual([1, 256, 65535]);
    expect([...(arrays["trace"]?.values ?? [])]).toEqual([1, -2]);
  });

  it("copies no array", () => {
    expect(readPacket(buffer).arrays["trace"]?.values.buffer).toBe(buffer);
  });

  it("is refused when it is something else", () => {
    expect(() => readPacket(new TextEncoder().encode("<!doctype html>").buffer)).toThrow(/packet/);
    expect(() => readPacket(new ArrayBuffer(2))).toThrow(/packet/);
  });

  it("that lacks an array, or has it in another type, is refused", () => {
    const found = readPacket(buffer);
    expect(takeArray(found, "trace", Float32Array)).toHaveLength(2);
    expect(() => takeArray(found, "trace", Int8Array)).toThrow(/trace/);
    expect(() => takeArray(found, "image", Float32Array)).toThrow(/image/);
  });
});
