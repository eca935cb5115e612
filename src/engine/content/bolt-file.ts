import { closeSync, readSync } from "node:fs";
import { openInput } from "../../files/open-input.js";

/** One of containerd's own has a few megabytes; keys and values are short. */
const limits = { depth: 32, pageBytes: 64 * 1024, morePages: 1024 } as const;
/** Between two writes a reading takes milliseconds, so one that was disturbed is followed by one that was not. */
const attempts = 5;

const [headerBytes, elementBytes, bucketBytes, metaBytes] = [16, 16, 16, 64];
const [branchFlag, leafFlag, bucketFlag] = [1, 2, 1];
const [magic, version] = [0xed0cdaed, 2];

/**
 * Reads a file of the key-value store Bolt, as it is between two writes, beside the process that has it open. Written pages are new
 * ones, and the two heads take turns to name the root: so what was read is whole if the newest head is still the same afterwards.
 * Null for a file that is none, that is damaged, or that is written to without a pause. Throws the system's errors.
 *
 * @see https://github.com/etcd-io/bbolt/blob/main/internal/common/page.go
 */
export function readBolt<Value>(path: string, read: (root: BoltBucket) => Value): Value | null {
  const { kind, descriptor } = openInput(path, { links: "refused" });
  try {
    for (let attempt = 0; kind === "file" && attempt < attempts; attempt += 1) {
      const before = newestHead(descriptor);
      if (before === null) continue;
      const value = orNull(() => {
        const pages = new Pages(descriptor, before.pageBytes);
        return read(new BoltBucket(pages, pages.read(before.root)));
      });
      if (newestHead(descriptor)?.transaction === before.transaction) return value;
    }
    return null;
  } finally {
    closeSync(descriptor);
  }
}

/** Keys with texts and further buckets, in a tree of pages. */
export class BoltBucket {
  readonly #pages: Pages;
  readonly #root: Buffer;

  constructor(pages: Pages, root: Buffer) {
    this.#pages = pages;
    this.#root = root;
  }

  /** Null where there is none of this name. */
  bucket(name: string): BoltBucket | null {
    const value = this.#find(name, bucketFlag);
    if (value === null) return null;
    const root = Number(value.readBigUInt64LE(0));
    // A small one lies within its value.
    return new BoltBucket(this.#pages, root === 0 ? value.subarray(bucketBytes) : this.#pages.read(root));
  }

  /** Null where there is none of this name. */
  text(name: string): string | null {
    return this.#find(name, 0)?.toString("utf8") ?? null;
  }

  #find(name: string, flags: number): Buffer | null {
    const key = Buffer.from(name);
    let page = this.#root;
    for (let depth = 0; flagsOf(page) === branchFlag; depth += 1) {
      if (depth > limits.depth) throw new RangeError("A tree without an end.");
      page = this.#pages.read(childFor(page, key));
    }
    return leavesOf(page).find((leaf) => leaf.flags === flags && leaf.key.equals(key))?.value ?? null;
  }
}

class Pages {
  readonly #descriptor: number;
  readonly #bytes: number;

  constructor(descriptor: number, bytes: number) {
    this.#descriptor = descriptor;
    this.#bytes = bytes;
  }

  read(number: number): Buffer {
    const page = readAt(this.#descriptor, number * this.#bytes, this.#bytes);
    const more = Math.min(page.readUInt32LE(12), limits.morePages);
    return more === 0 ? page : readAt(this.#descriptor, number * this.#bytes, (1 + more) * this.#bytes);
  }
}

interface Head {
  readonly pageBytes: number;
  /** Number of the root's page. */
  readonly root: number;
  readonly transaction: bigint;
}

function newestHead(descriptor: number): Head | null {
  const first = headAt(descriptor, 0);
  const second = headAt(descriptor, first?.pageBytes ?? 4096);
  if (first === null || second === null) return first ?? second;
  return second.transaction > first.transaction ? second : first;
}

/** Null for what is none, or is being written just now. */
function headAt(descriptor: number, place: number): Head | null {
  const head = readAt(descriptor, place + headerBytes, metaBytes);
  if (head.length < metaBytes || head.readUInt32LE(0) !== magic || head.readUInt32LE(4) !== version)
    return null;
  if (head.readBigUInt64LE(56) !== checksumOf(head.subarray(0, 56))) return null;
  const pageBytes = head.readUInt32LE(8);
  if (pageBytes < 1024 || pageBytes > limits.pageBytes) return null;
  return { pageBytes, root: Number(head.readBigUInt64LE(16)), transaction: head.readBigUInt64LE(48) };
}

/** FNV-1a of 64 bits. */
function checksumOf(bytes: Buffer): bigint {
  let sum = 0xcbf29ce484222325n;
  for (const byte of bytes) sum = BigInt.asUintN(64, (sum ^ BigInt(byte)) * 0x100000001b3n);
  return sum;
}

interface Leaf {
  readonly flags: number;
  readonly key: Buffer;
  readonly value: Buffer;
}

function leavesOf(page: Buffer): Leaf[] {
  if (flagsOf(page) !== leafFlag) throw new RangeError("Not a leaf.");
  return elementsOf(page).map((at) => {
    const [flags, keyAt] = [page.readUInt32LE(at), at + page.readUInt32LE(at + 4)];
    const valueAt = keyAt + page.readUInt32LE(at + 8);
    const end = valueAt + page.readUInt32LE(at + 12);
    return { flags, key: page.subarray(keyAt, valueAt), value: page.subarray(valueAt, end) };
  });
}

/** Each child of a branch begins with its key; what is before the first one would be there. */
function childFor(page: Buffer, key: Buffer): number {
  let child = 0n;
  for (const [place, at] of elementsOf(page).entries()) {
    const keyAt = at + page.readUInt32LE(at);
    const first = page.subarray(keyAt, keyAt + page.readUInt32LE(at + 4));
    if (place > 0 && first.compare(key) > 0) break;
    child = page.readBigUInt64LE(at + 8);
  }
  return Number(child);
}

function elementsOf(page: Buffer): number[] {
  return Array.from({ length: page.readUInt16LE(10) }, (_, place) => headerBytes + place * elementBytes);
}

function flagsOf(page: Buffer): number {
  return page.readUInt16LE(8);
}

function readAt(descriptor: number, place: number, bytes: number): Buffer {
  const buffer = Buffer.alloc(bytes);
  return buffer.subarray(0, readSync(descriptor, buffer, 0, bytes, place));
}

/** Numbers that lead out of a page are all that damage can be seen by. */
function orNull<Value>(read: () => Value): Value | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
