import type { EngineRecord } from "../core/uses/checkpoint.js";
import type { Image } from "../core/image/image.js";
import { noLimits, type AskedPolicy } from "../core/policy/policy.js";
import type { Imported, ImportedImage } from "../core/results/imported.js";
import { takeOver, type RecordedOutcome, type RecordedUses } from "../core/uses/recorded-uses.js";
import { usualListing } from "./observe/list.js";
import { assess, type AssessmentDependencies } from "./assess.js";

/** Only looked at, never judged. */
const unlimited: AskedPolicy = {
  ...noLimits,
  order: "last-use",
  limits: { quota: null, quotaTarget: null, minFree: null, minFreeInodes: null },
};

/**
 * One observation, as a run makes it, with the uses that other tools had written down. Removes nothing. A dry run writes
 * nothing. Throws a Failure when the engine or the ledger fails; nothing is written then.
 */
export async function importUses(
  mode: "run" | "dry-run",
  recorded: RecordedUses,
  dependencies: AssessmentDependencies,
): Promise<Imported> {
  const assessment = await assess(
    { mode, policy: unlimited, listing: usualListing, warnings: [] },
    dependencies,
  );
  const { session, ledger, observed, header } = assessment;
  const { identity, now } = session.description;
  const before = ledger.load(identity);
  const { record, outcomes, absent } = takeOver(before, assessment.record, observed, recorded);
  const finishedAt = now();
  const images = [...outcomes].flatMap(([id, outcome]) =>
    describe(record, observed.listing.images.get(id), outcome),
  );
  if (mode === "run") {
    const { observation } = observed;
    const entry = { startedAt: header.startedAt, finishedAt, exitCode: 0, observation, removals: [] };
    ledger.save(identity, record, entry);
  }
  return {
    mode,
    finishedAt,
    images: images.sort((first, second) => first.lastUsedAt - second.lastUsedAt),
    absent,
    isNewLedger: before.checkpoint === null,
  };
}

function describe(
  { images, checkpoint }: EngineRecord,
  image: Image | undefined,
  outcome: RecordedOutcome,
): ImportedImage[] {
  const known = image === undefined ? undefined : images.get(image.id);
  if (image === undefined || known === undefined) return [];
  const idleMs = Math.max(0, (checkpoint?.observedMs ?? 0) - known.observedMsAtLastUse);
  return [{ image, outcome, lastUsedAt: known.lastUsedAt, idleMs }];
}
