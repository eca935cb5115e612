import { bytesByRepository } from "../core/results/bytes-by-repository.js";
import { coverageOf } from "../core/uses/coverage.js";
import { findDueRemovals } from "../core/plan/due-removals.js";
import { mayGo } from "../core/plan/due.js";
import { diskKinds, heldByEnded, type DiskUse } from "../core/results/disk.js";
import { regretMs, regretOf } from "../core/results/regret.js";
import type { Candidate, Status } from "../core/results/status.js";
import { verdictGroups } from "../core/results/verdict-groups.js";
import { composeReport, describeImage, nothingMeasured } from "./compose-report.js";
import { notExecuted } from "./remove/removal.js";
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
  return {
    report: composeReport(assessment, notExecuted(record, observed), nothingMeasured, null),
    groups: verdictGroups(plan),
    candidates: candidatesIn(assessment),
    coverage: coverageOf(observed.observation, past),
    lastRun: ledger.lastRun(identity),
    regret: regretOf(ledger.removedSince(identity, observed.observation.to - regretMs)),
    bytes: bytesByRepository(assessment.facts),
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
function candidatesIn({ plan, scene }: Assessment): Candidate[] {
  const keeps = new Map(plan.keeps.map((planned) => [planned.facts.image.id, planned]));
  const dueRemovals = findDueRemovals(scene);
  const waiting = plan.order.flatMap(({ facts: { image } }): Candidate[] => {
    const planned = keeps.get(image.id);
    if (planned === undefined || planned.verdict.reasons.includes("max-removals")) return [];
    const due = dueRemovals.get(image.id);
    if (due === undefined && !mayGo(planned.verdict)) return [];
    return [{ image: describeImage(planned), dueInMs: due?.inMs ?? null }];
  });
  return [
    ...plan.removals.map((planned) => ({ image: describeImage(planned), dueInMs: 0 })),
    // Of the same moment, in the order of removal: sorting is stable.
    ...waiting.sort((first, second) => rank(first) - rank(second)),
  ];
}

/** A finite number, as the difference of two infinities is none. */
function rank({ dueInMs: inMs }: Candidate): number {
  return inMs ?? Number.MAX_SAFE_INTEGER;
}
