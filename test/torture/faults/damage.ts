import type { Random } from "../random.js";

/** What may happen to the body of an answer on its way. */
export const damages = [
  "half of it",
  "nothing of it",
  "twice",
  "entries twice",
  "bytes changed",
  "bytes missing",
  "bytes more",
  "nonsense",
  "another type inside",
] as const;

export type Damage = (typeof damages)[number];

const nonsense = [
  "[]",
  "{}",
  "null",
  "7",
  '"x"',
  "banana",
  "<html>502</html>",
  "[null]",
  "[[]]",
  '{"message":7}',
  "[{}]",
];
const otherValues: readonly unknown[] = [null, 7, -1, "x", [], {}, true, [null], { x: 1 }];

export function damage(kind: Damage, text: string, random: Random): string {
  const at = random.below(text.length + 1);
  switch (kind) {
    case "half of it":
      return text.slice(0, at);
    case "nothing of it":
      return "";
    case "twice":
      return text + text;
    case "entries twice":
      return entriesTwice(text);
    case "bytes changed":
      return changeBytes(text, random);
    case "bytes missing":
      return text.slice(0, at) + text.slice(at + random.between(1, 20));
    case "bytes more":
      return text.slice(0, at) + random.bytes(random.between(1, 20)).toString("latin1") + text.slice(at);
    case "nonsense":
      return random.pick(nonsense);
    case "another type inside":
      return anotherTypeInside(text, random);
  }
}

function changeBytes(text: string, random: Random): string {
  const bytes = Buffer.from(text);
  for (let left = random.between(1, 4); left > 0 && bytes.length > 0; left -= 1)
    bytes.writeUInt8(random.below(256), random.below(bytes.length));
  return bytes.toString("latin1");
}

/** A list with every entry in it twice; lines of events likewise. */
function entriesTwice(text: string): string {
  const parsed = parse(text);
  if (Array.isArray(parsed)) return JSON.stringify([...(parsed as unknown[]), ...(parsed as unknown[])]);
  return text.includes("\n") ? text.replace(/[^\n]*\n/g, (line) => line + line) : text;
}

/** One value somewhere in it becomes one of another type. */
function anotherTypeInside(text: string, random: Random): string {
  const parsed = parse(text);
  if (typeof parsed !== "object" || parsed === null) return random.pick(nonsense);
  const places: (() => void)[] = [];
  const visit = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    for (const key of Object.keys(value)) {
      const holder = value as Record<string, unknown>;
      places.push(() => (holder[key] = random.pick(otherValues)));
      visit(holder[key]);
    }
  };
  visit(parsed);
  if (places.length > 0) random.pick(places)();
  return JSON.stringify(parsed);
}

/** Undefined for what is no JSON. */
export function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
