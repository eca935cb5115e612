import fc from "fast-check";
import { interruptions } from "../../../src/core/results/interruption.js";
import type { ImageReport, RunReport } from "../../../src/core/results/run-report.js";
import type { GapCause } from "../../../src/core/uses/observation.js";
import type { UseKind } from "../../../src/core/uses/use.js";
import { keepReasons, type KeepReason } from "../../../src/core/rules/keep-rules.js";
import { outcomes, removeReasons, type RemoveReason } from "../../../src/core/policy/removal.js";
import { gapCauseWords, useKindWords } from "../../../src/report/wording/words.js";
import { buildImage, buildPolicy, buildReport, buildRules } from "../../support/build-report.js";

/** What somebody who names images and containers might try, between ordinary names. */
const text = fc.oneof(
  fc.constantFrom(
    "app:1",
    "registry.example.com/team/application:2024.11.3",
    "イメージ:最新",
    "\u001b[31mred",
    "a\r\nb",
    "\u202e",
  ),
  fc.string({ unit: "binary", maxLength: 60 }),
  fc.string({ maxLength: 200 }),
);
const bytes = fc.oneof(fc.nat(), fc.maxSafeNat());
/** Beyond what a Date can hold, too. */
const time = fc.oneof(fc.nat(), fc.maxSafeInteger());

function keysOf<Key extends string>(words: Readonly<Record<Key, string>>): Key[] {
  return Object.keys(words) as Key[];
}

const verdict: fc.Arbitrary<ImageReport["verdict"]> = fc.oneof(
  fc.record({
    kind: fc.constant("keep" as const),
    reasons: fc.subarray<KeepReason>([...keepReasons], { minLength: 1 }),
  }),
  fc.record({
    kind: fc.constant("remove" as const),
    reasons: fc.subarray<RemoveReason>([...removeReasons], { minLength: 1 }),
  }),
);

const wait = fc.oneof(bytes, fc.constant(Infinity));
const expectedUse = fc.record({
  expectedMs: wait,
  idleMs: bytes,
  ownMs: bytes,
  repositoryMs: wait,
  rhythmMs: fc.option(bytes),
  group: fc.record({ repository: text, tagState: fc.constantFrom("tagged" as const, "untagged" as const) }),
  compared: fc.record({
    asLong: fc.float({ min: 0, noNaN: true }),
    ended: fc.float({ min: 0, noNaN: true }),
  }),
});

const image: fc.Arbitrary<ImageReport> = fc
  .record({
    tags: fc.array(text, { maxLength: 3 }),
    digests: fc.array(text, { maxLength: 2 }),
    sizeBytes: bytes,
    firstSeenAt: time,
    lastUse: fc.record({
      at: time,
      kind: fc.constantFrom<UseKind>(...keysOf(useKindWords)),
      by: fc.option(text),
    }),
    idleMs: bytes,
    inUseBy: fc.array(text, { maxLength: 3 }),
    verdict,
    expectedUse: fc.option(expectedUse),
    freedBytes: bytes,
    exact: fc.boolean(),
    retryAt: fc.option(time),
    unpullable: fc.option(fc.record({ askedAgainAt: time, detail: text })),
    outcome: fc.option(fc.constantFrom(...outcomes)),
    outcomeDetail: fc.option(text),
  })
  .map(({ tags, digests, sizeBytes, ...rest }) => ({
    ...rest,
    image: buildImage(1, { tags, digests, sizeBytes }),
  }));

const space = fc.record({ totalBytes: bytes, freeBytes: bytes, totalInodes: bytes, freeInodes: bytes });
const filesystem = fc.option(fc.record({ path: text, before: space, after: fc.option(space) }));

const gap = fc.option(
  fc.record({ from: fc.option(time), to: time, cause: fc.constantFrom<GapCause>(...keysOf(gapCauseWords)) }),
);

/** Reports of every shape, consistent or not, with hostile texts wherever an engine provides one. */
export const arbitraryReport: fc.Arbitrary<RunReport> = fc
  .record({
    mode: fc.constantFrom("run" as const, "dry-run" as const),
    engine: fc.record({ id: text, name: text, version: text, apiVersion: text, store: text, host: text }),
    observation: fc.record({ from: time, to: time, events: fc.nat(), gap, observedMs: bytes }),
    choice: fc.option(
      fc.record({ by: fc.constantFrom("next-use" as const, "last-use" as const), isFirst: fc.boolean() }),
    ),
    images: fc.array(image, { maxLength: 30 }),
    quotaBytes: fc.option(bytes),
    pattern: text,
    warnings: fc.array(text, { maxLength: 3 }),
    holders: fc.array(fc.record({ reason: fc.constantFrom<KeepReason>(...keepReasons), bytes }), {
      maxLength: 3,
    }),
    inTheWay: fc.array(
      image.chain((shown) => fc.record({ image: fc.constant(shown.image), bytes, detail: fc.option(text) })),
      { maxLength: 7 },
    ),
    filesystem,
    interruptedBy: fc.constantFrom(null, ...interruptions),
    stoppedBy: fc.option(fc.record({ code: fc.constant("engine" as const), message: text })),
  })
  .map(({ quotaBytes, pattern, holders, inTheWay, ...parts }) =>
    buildReport({
      ...parts,
      policy: buildPolicy({
        quotaBytes,
        quotaTargetBytes: quotaBytes,
        keep: buildRules(pattern),
        only: buildRules(pattern),
      }),
      unmetLimits: [{ limit: "quota", limitBytes: quotaBytes ?? 0, remainingBytes: 1, holders, inTheWay }],
    }),
  );
