/** A packet: a JSON header, then typed arrays; see `readPacket`. */

const MAGIC = "SLP1";
const ALIGNMENT = 8;

const ARRAY_TYPES = {
  u1: Uint8Array,
  u2: Uint16Array,
  u4: Uint32Array,
  i1: Int8Array,
  i2: Int16Array,
  i4: Int32Array,
  f4: Float32Array,
  f8: Float64Array,
} as const;

export type ArrayType = keyof typeof ARRAY_TYPES;
export type TypedArray = InstanceType<(typeof ARRAY_TYPES)[ArrayType]>;

export interface PacketArray {
  readonly values: TypedArray;
  readonly shape: readonly number[];
}

export interface Packet<Meta> {
  readonly meta: Meta;
  readonly arrays: Readonly<Record<string, PacketArray>>;
}

interface ArrayHeader {
  readonly name: string;
  readonly dtype: ArrayType;
  readonly shape: readonly number[];
  readonly offset: number;
}

/** Views on the arrays of a packet; nothing is copied. */
export function readPacket<Meta>(buffer: ArrayBuffer): Packet<Meta> {
  const bytes = new Uint8Array(buffer);
  if (bytes.length < ALIGNMENT || latin1(bytes.subarray(0, 4)) !== MAGIC) {
    throw new Error("The server sent something that is no packet; reload the page.");
  }
  const length = new DataView(buffer).getUint32(4, true);
  const first = 8 + length;
  const text = new TextDecoder().decode(bytes.subarray(8, first));
  const header = JSON.parse(text) as { meta: Meta; arrays: ArrayHeader[] };
  const arrays: Record<string, PacketArray> = {};
  for (const { name, dtype, shape, offset } of header.arrays) {
    const count = shape.reduce((product, side) => product * side, 1);
    arrays[name] = { values: new ARRAY_TYPES[dtype](buffer, first + offset, count), shape };
  }
  return { meta: header.meta, arrays };
}

/** An array that must be there, of the type that the caller expects. */
export function takeArray<Values extends TypedArray>(
  packet: Packet<unknown>,
  name: string,
  type: { new (length: number): Values },
): Values {
  const values = packet.arrays[name]?.values;
  if (!(values instanceof type)) {
    throw new Error(`The server sent no ${name} as expected; reload the page.`);
  }
  return values;
}

function latin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
