import { expect, it } from "vitest";
import { parsePattern } from "../../../../src/core/policy/patterns.js";
import { nextWarnedRules, notYetWarned } from "../../../../src/core/policy/warned-rules.js";

it("a rule in a file is the same rule on another line, and not the same as one of a command line", () => {
  const inFile = parsePattern("app:*", "keep.txt:3");
  const warned = nextWarnedRules(new Map(), [inFile], [inFile], 5);
  expect(notYetWarned([parsePattern("app:*", "keep.txt:7")], warned, 6)).toEqual([]);
  const typed = parsePattern("app:*", "--keep");
  expect(notYetWarned([typed], warned, 6)).toEqual([typed]);
});
