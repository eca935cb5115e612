import { bytesByRepository } from "../core/results/bytes-by-repository.js";
import { coverageOf } from "../core/uses/coverage.js";
import { findDueRemovals } from "../core/plan/due-removals.js";
import { mayGo } from "../core/plan/due.js";
import { diskKinds, heldByEnded, type DiskUse } from "../core/results/disk.js";
import type { RunReport } from "../core/results/run-report.js";
import { regretMs, regretOf } from "../core/results/regret.js";
import type { Candidate, Status } from "../core/results/status.js";
import { verdictGroups } from "../core/results/verdict-groups.js";
import { composeReport, nothingMeasured } from "./compose-report.js";
import { notExecuted } from "./remove/removal.js";
import { once } from "../core/text/once.js";
import type { SizeModel } from "../core/layers/image-layers.js";
import { readAccount, type Account } from "./remove/measure.js";
import { assess, type Assessment, type AssessmentDependencies, type AssessmentSettings } from "./assess.js";

/** Looks at an engine as a dry run does, and says how things stand. */
export async function takeStatus(
  settings: Omit<AssessmentSettings, "mode"> & { readonly disk: "asked" | "left-out" },
  dependencies: AssessmentDependencies,
  extent: "usual" | "with-account" = "usual",
): Promise<Status> {
  const assessment = await assess({ ...settings, mode: "dry-run" }, dependencies);
  const { session, ledger, observed, record, plan, past } = assessment;
  const { identity } = session.description;
  const account = extent === "usual" ? null : await readAccount(session.engine, "with-others");
  const report = composeReport(assessment, notExecuted(record, observed), nothingMeasured, null);
  return {
    report,
    groups: verdictGroups(plan),
    candidates: candidatesIn(assessment, report),
    coverage: coverageOf(observed.observation, past),
    lastRun: ledger.lastRun(identity),
    regret: regretOf(ledger.removedSince(identity, observed.observation.to - regretMs)),
    bytes: once(() => bytesByRepository(assessment.facts)),
    disk: settings.disk === "asked" ? await diskUseOf(assessment) : null,
    ...accountOf(account, session.description.imageSizes),
  };
}

/** Each kind for itself, so that one which takes long costs only its own line. */
async function diskUseOf({ session: { engine }, facts }: Assessment): Promise<DiskUse> {
  const parts = await Promise.all(
    diskKinds.map(async (kind) => ({ kind, answer: await engine.readDiskUse(kind) })),
  );
  const ended = parts.flatMap(({ answer }) => (answer.kind === "known" ? answer.account.ended : []));
  return { parts, held: heldByEnded(ended, facts) };
}

/** Classic stores and Podman account for images alone; Podman 4.3 says 0. */
function accountOf(account: Account | null, sizes: SizeModel): Pick<Status, "account"> {
  if (account === null || account.bytes === 0) return {};
  const others = sizes === "layers-and-content" ? account.others : null;
  const { containers = 0, buildCache = 0 } = others ?? {};
  return { account: { bytes: account.bytes, containerBytes: containers, buildCacheBytes: buildCache } };
}

/** What goes now, then what goes with time, the soonest first, then what may go when space is short. */
function candidatesIn({ plan, scene }: Assessment, { images }: RunReport): Candidate[] {
  // The report has what goes first, and then what stays.
  const kept = images.slice(plan.removals.length);
  const keeps = new Map(kept.map((image) => [image.image.id, image]));
  const dueRemovals = findDueRemovals(scene);
  const waiting = plan.order.flatMap(({ facts: { image } }): Candidate[] => {
    const keep = keeps.get(image.id);
    if (keep?.verdict.kind !== "keep" || keep.verdict.reasons.includes("max-removals")) return [];
    const due = dueRemovals.get(image.id);
    if (due === undefined && !mayGo(keep.verdict)) return [];
    return [{ image: keep, dueInMs: due?.inMs ?? null }];
  });
  return [
    ...images.slice(0, plan.removals.length).map((image) => ({ image, dueInMs: 0 })),
    // Of the same moment, in the order of removal: sorting is stable.
    ...waiting.sort((first, second) => rank(first) - rank(second)),
  ];
}

/** A finite number, as the difference of two infinities is none. */
function rank({ dueInMs: inMs }: Candidate): number {
  return inMs ?? Number.MAX_SAFE_INTEGER;
}
