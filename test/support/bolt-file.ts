/** What a Bolt file holds: texts, and buckets of more. */
export interface BoltTree {
  readonly [name: string]: string | BoltTree;
}

const [pageBytes, headerBytes, elementBytes] = [4096, 16, 16];
const [branch, leaf] = [1, 2];

/** A Bolt file as a process leaves it that has written twice: the older head names no root that is there. */
export function boltFile(tree: BoltTree, transaction = 7n): Buffer {
  const pages: Buffer[] = [head(0, 0n, transaction - 1n), Buffer.alloc(pageBytes)];
  const root = writePages(elementsOf(tree, pages), pages);
  pages[1] = head(1, BigInt(root), transaction);
  return Buffer.concat(pages);
}

interface Element {
  readonly flags: number;
  readonly key: Buffer;
  readonly value: Buffer;
}

function elementsOf(tree: BoltTree, pages: Buffer[]): Element[] {
  return Object.keys(tree)
    .map((name) => ({ key: Buffer.from(name), content: tree[name] ?? "" }))
    .sort((one, other) => one.key.compare(other.key))
    .map(({ key, content }) =>
      typeof content === "string"
        ? { flags: 0, key, value: Buffer.from(content) }
        : { flags: 1, key, value: bucketOf(content, pages) },
    );
}

/** A small one without further buckets is stored where its root would be. */
function bucketOf(tree: BoltTree, pages: Buffer[]): Buffer {
  const elements = elementsOf(tree, pages);
  const inline = page(0, leaf, elements);
  const isInline = inline.length < pageBytes / 4 && elements.every(({ flags }) => flags === 0);
  const header = Buffer.alloc(16);
  if (isInline) return Buffer.concat([header, inline]);
  header.writeBigUInt64LE(BigInt(writePages(elements, pages)));
  return header;
}

/** The number of the page that all of them are found by. */
function writePages(elements: readonly Element[], pages: Buffer[]): number {
  const leaves: Element[][] = [[]];
  for (const element of elements) {
    if (page(0, leaf, [...(leaves.at(-1) ?? []), element]).length > pageBytes) leaves.push([]);
    leaves.at(-1)?.push(element);
  }
  let level = leaves
    .filter((each, place) => place === 0 || each.length > 0)
    .map((each) => {
      return { key: each[0]?.key ?? Buffer.alloc(0), number: append(leaf, each, pages) };
    });
  while (level.length > 1) {
    const groups = Array.from({ length: Math.ceil(level.length / 3) }, (_, place) =>
      level.slice(place * 3, place * 3 + 3),
    );
    level = groups.map((group) => ({
      key: group[0]?.key ?? Buffer.alloc(0),
      number: append(
        branch,
        group.map(({ key, number }) => ({ flags: number, key, value: Buffer.alloc(0) })),
        pages,
      ),
    }));
  }
  return level[0]?.number ?? 0;
}

function append(kind: number, elements: readonly Element[], pages: Buffer[]): number {
  const number = pages.length;
  const content = page(number, kind, elements);
  const more = Math.ceil(content.length / pageBytes) - 1;
  content.writeUInt32LE(more, 12);
  const whole = Buffer.concat([content, Buffer.alloc((1 + more) * pageBytes - content.length)]);
  for (let at = 0; at < whole.length; at += pageBytes) pages.push(whole.subarray(at, at + pageBytes));
  return number;
}

function page(number: number, kind: number, elements: readonly Element[]): Buffer {
  const head = Buffer.alloc(headerBytes + elements.length * elementBytes);
  head.writeBigUInt64LE(BigInt(number), 0);
  head.writeUInt16LE(kind, 8);
  head.writeUInt16LE(elements.length, 10);
  let end = head.length;
  for (const [place, { flags, key, value }] of elements.entries()) {
    const at = headerBytes + place * elementBytes;
    if (kind === branch) {
      head.writeUInt32LE(end - at, at);
      head.writeUInt32LE(key.length, at + 4);
      head.writeBigUInt64LE(BigInt(flags), at + 8);
    } else {
      [flags, end - at, key.length, value.length].forEach((field, index) =>
        head.writeUInt32LE(field, at + 4 * index),
      );
    }
    end += key.length + value.length;
  }
  return Buffer.concat([head, ...elements.flatMap(({ key, value }) => [key, value])]);
}

function head(number: number, root: bigint, transaction: bigint): Buffer {
  const meta = Buffer.alloc(pageBytes);
  meta.writeBigUInt64LE(BigInt(number), 0);
  meta.writeUInt16LE(4, 8);
  const fields = meta.subarray(headerBytes);
  fields.writeUInt32LE(0xed0cdaed, 0);
  fields.writeUInt32LE(2, 4);
  fields.writeUInt32LE(pageBytes, 8);
  fields.writeBigUInt64LE(root, 16);
  fields.writeBigUInt64LE(transaction, 48);
  let sum = 0xcbf29ce484222325n;
  for (const byte of fields.subarray(0, 56))
    sum = ((sum ^ BigInt(byte)) * 0x100000001b3n) & 0xffffffffffffffffn;
  fields.writeBigUInt64LE(sum, 56);
  return meta;
}
