import { expect, test } from "vitest";
import { readStable } from "../../../../src/ledger/file/stable-read.js";

/** Something that changes at every look, `changes` times. */
function changing(changes: number): { fingerprint: () => string; read: () => number } {
  let looks = 0;
  let reads = 0;
  return { fingerprint: () => String(Math.min(looks++, changes)), read: () => ++reads };
}

const noPause = () => undefined;

test.each([
  ["never changes", 0, 1],
  ["changes while it is read for the first time", 1, 2],
  ["changes between two attempts", 2, 2],
  ["changes for a while", 7, 5],
])("what %s is read until it holds still", (_, changes, reads) => {
  const { fingerprint, read } = changing(changes);
  expect(readStable(fingerprint, read, noPause)).toBe(reads);
});

test("what never holds still is given up", () => {
  const { fingerprint, read } = changing(Infinity);
  expect(readStable(fingerprint, read, noPause)).toBeUndefined();
});
