import fc from "fast-check";

const plainKinds = [
  "pull",
  "pull-again",
  "pull-digest",
  "push",
  "load",
  "load-again",
  "import",
  "commit",
  "build",
  "buildkit",
  "buildkit-again",
  "buildkit-untagged",
  "buildx",
  "tag",
  "untag",
  "remove",
  "prune",
  "create",
  "end",
  "noise",
  "restart",
  "pass",
] as const;

export type DeedKind = (typeof plainKinds)[number];

/** One thing that somebody does; the numbers choose among what there is. */
export interface PlainDeed {
  readonly kind: DeedKind;
  readonly first: number;
  readonly second: number;
}

export type Deed =
  | PlainDeed
  | {
      readonly kind: "run";
      /** What happens before which of its questions is answered. */
      readonly meanwhile: readonly { readonly before: number; readonly deed: PlainDeed }[];
    };

/** Histories that end with a run. */
export function histories(races: "none" | "some"): fc.Arbitrary<Deed[]> {
  const number = fc.nat(60);
  const plain = fc.record({ kind: fc.constantFrom(...plainKinds), first: number, second: number });
  const race = fc.record({ before: fc.nat(8), deed: plain });
  const meanwhile = fc.array(race, { maxLength: races === "none" ? 0 : 2 });
  const run = fc.record({ kind: fc.constant("run" as const), meanwhile });
  const deed: fc.Arbitrary<Deed> = fc.oneof({ arbitrary: plain, weight: 4 }, { arbitrary: run, weight: 1 });
  return fc
    .tuple(fc.array(deed, { maxLength: 40, size: "max" }), run)
    .map(([before, last]) => [...before, last]);
}
