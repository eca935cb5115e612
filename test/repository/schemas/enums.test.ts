import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { checkNames, type CheckState } from "../../../src/core/results/checkup.js";
import { exitCodeOfError } from "../../../src/core/results/exit-code.js";
import { Failure, type FailureCode } from "../../../src/core/text/failure.js";
import { interruptions } from "../../../src/core/results/interruption.js";
import type { Policy } from "../../../src/core/policy/policy.js";
import { diskKinds } from "../../../src/core/results/disk.js";
import type { Forecast } from "../../../src/core/plan/forecast.js";
import type { RecordedOutcome } from "../../../src/core/uses/recorded-uses.js";
import type { RuleCheck } from "../../../src/core/plan/rule-checks.js";
import type { RunReport } from "../../../src/core/results/run-report.js";
import type { ListingSource } from "../../../src/core/image/listing.js";
import { outcomes, removeReasons } from "../../../src/core/policy/removal.js";
import { keepReasons } from "../../../src/core/rules/keep-rules.js";
import type { Verdict } from "../../../src/core/rules/verdict.js";
import { fullListingWords, gapCauseWords, useKindWords } from "../../../src/report/wording/words.js";
import { projectRoot } from "../../support/project.js";

/** All members of a union; a new one does not compile until it is listed here. */
function every<T extends string>(members: Readonly<Record<T, true>>): readonly string[] {
  return Object.keys(members);
}

const [modes, verdicts, codes, recorded] = [
  every<RunReport["mode"]>({ run: true, "dry-run": true }),
  every<Verdict["kind"]>({ keep: true, remove: true }),
  every<FailureCode>({ usage: true, engine: true, ledger: true, "ledger-full": true, locked: true }),
  every<RecordedOutcome>({ taken: true, later: true, known: true, "no-use": true }),
];
const results = every<RuleCheck["result"]>({
  keeps: true,
  removes: true,
  no: true,
  unasked: true,
  off: true,
});
const units = every<NonNullable<RuleCheck["unit"]>>({ ms: true, bytes: true, inodes: true, images: true });
/** Those that have nothing to say besides. */
const bareForecasts = every<Exclude<Forecast["kind"], "due" | "in-line" | "stays">>({
  goes: true,
  deferred: true,
  unlimited: true,
});

/** What each enum of the schema must be: the code's own table. */
const tables: Readonly<Record<string, readonly string[]>> = {
  keepReason: keepReasons,
  removeReason: removeReasons,
  "policy/order": every<Policy["order"]>({ "last-use": true, "next-use": true }),
  "run/choice/by": every<Policy["order"]>({ "last-use": true, "next-use": true }),
  "run/mode": modes,
  "run/interruptedBy": interruptions,
  "run/stoppedBy/code": codes,
  "what-if/order": every<Policy["order"]>({ "last-use": true, "next-use": true }),
  "status/verdicts/verdict": verdicts,
  "doctor/checks/check": checkNames,
  "doctor/checks/state": every<CheckState>({ good: true, skipped: true, problem: true }),
  "import/mode": modes,
  "import/images/outcome": recorded,
  "observation/listing/kind": every<ListingSource["kind"]>({ carried: true, full: true }),
  "observation/listing/because": Object.keys(fullListingWords),
  "observation/gap/cause": Object.keys(gapCauseWords),
  "imageFields/lastUseKind": Object.keys(useKindWords),
  "imageFields/verdict": verdicts,
  "imageFields/outcome": outcomes,
  "diskPart/kind": diskKinds,
  "rule/result": results,
  "rule/unit": units.map((unit) => (unit === "ms" ? "seconds" : unit)),
  "forecast/kind": bareForecasts,
  "pastRun/removals/outcome": outcomes,
};

const schema: unknown = JSON.parse(readFileSync(join(projectRoot, "src/schemas/report.schema.json"), "utf8"));
const enums = [...enumsIn(schema, [])];

it.each(enums)("%s has in the schema all values that the code has, and no other", (place, values) => {
  expect(tables).toHaveProperty([place]);
  expect([...values].sort()).toEqual([...(tables[place] ?? [])].sort());
});

it("no table is without its enum", () => {
  const places = new Set(enums.map(([place]) => place));
  expect(Object.keys(tables).filter((place) => !places.has(place))).toEqual([]);
});

it("every code of a failure has its exit code", () => {
  for (const code of codes) expect(exitCodeOfError(new Failure(code as FailureCode, "x"))).toBeGreaterThan(1);
});

/** Place by the names of fields alone. */
function* enumsIn(value: unknown, path: readonly string[]): Generator<[string, readonly string[]]> {
  if (typeof value !== "object" || value === null) return;
  for (const [key, each] of Object.entries(value)) {
    if (key === "enum" && Array.isArray(each)) yield [path.join("/"), each as readonly string[]];
    else yield* enumsIn(each, isPlace(key) ? path : [...path, key]);
  }
}

function isPlace(key: string): boolean {
  return /^(\$defs|properties|items|anyOf|oneOf|\d+)$/.test(key);
}
