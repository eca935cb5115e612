import fc from "fast-check";

const plainKinds = [
  "load",
  "pull",
  "pull-again",
  "pull-all",
  "build",
  "tag",
  "untag",
  "remove",
  "make-again",
  "create",
  "create-by-id",
  "create-by-short-id",
  "start",
  "end",
  "noise",
  "restart",
  "pass",
] as const;

/** The host sleeps, somebody sets its clock, or it boots. */
const clockKinds = ["sleep", "step", "reboot"] as const;

type DeedKind = (typeof plainKinds)[number] | (typeof clockKinds)[number];

export interface PlainDeed {
  readonly kind: DeedKind;
  /** The numbers choose among what there is. */
  readonly first: number;
  readonly second: number;
}

/** One thing that somebody does; a run, and what happens between its listing and its reading of the events. */
export type Deed =
  | PlainDeed
  | {
      readonly kind: "run";
      readonly first: number;
      readonly second: number;
      readonly meanwhile: readonly PlainDeed[];
    };

export interface HistoryRecipe {
  readonly clocks: "steady" | "wild";
  readonly maxLength: number;
}

/** Histories that end with a run. */
export function histories({ clocks, maxLength }: HistoryRecipe): fc.Arbitrary<Deed[]> {
  const kinds: readonly DeedKind[] = clocks === "wild" ? [...plainKinds, ...clockKinds] : plainKinds;
  const number = fc.nat(60);
  const plain = fc.record({ kind: fc.constantFrom(...kinds), first: number, second: number });
  const meanwhile = fc.array(plain, { maxLength: 2 });
  const run = fc.record({ kind: fc.constant("run" as const), first: number, second: number, meanwhile });
  const deed: fc.Arbitrary<Deed> = fc.oneof({ arbitrary: plain, weight: 8 }, { arbitrary: run, weight: 1 });
  return fc.tuple(fc.array(deed, { maxLength, size: "max" }), run).map(([before, last]) => [...before, last]);
}
