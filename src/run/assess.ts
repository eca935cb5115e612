import { setImmediate } from "node:timers/promises";
import { outlookAfterGrace } from "../core/plan/after-grace.js";
import { coverageMs, type PastObservation } from "../core/uses/coverage.js";
import type { EngineIdentity, EngineRecord, SteadyClock } from "../core/uses/checkpoint.js";
import { factsOf, withMissingTags, type ImageFacts } from "../core/facts/image-facts.js";
import type { EndingJob } from "../core/facts/own-images.js";
import { resolveLimits } from "../core/policy/limits.js";
import { ImageChanges } from "../core/uses/image-changes.js";
import type { Listing } from "../core/image/listing.js";
import { carriedOver, withoutStore } from "../core/uses/carry-over.js";
import { nextRecord } from "../core/uses/next-record.js";
import type { Findings } from "../core/uses/findings.js";
import { usePastOf } from "../core/plan/need-order.js";
import { once } from "../core/text/once.js";
import { makePlan, type Plan, type PlanScene } from "../core/plan/plan.js";
import { stillInVain } from "../core/uses/vain-removals.js";
import type { AskedPolicy, Policy } from "../core/policy/policy.js";
import type { RunReport } from "../core/results/run-report.js";
import type { Engine, EngineDescription } from "../engine/port.js";
import type { Ledger } from "../ledger/port.js";
import { findOwnImages, refuseOtherMark } from "./ending-job.js";
import {
  findFilesystem,
  refuseElsewhere,
  type EngineFilesystem,
  type MeasureFilesystem,
} from "./remove/free-space.js";
import { keptLayers } from "./observe/kept-layers.js";
import { learnLayers } from "./observe/learn-layers.js";
import { list, type ListingSettings, type EngineSession } from "./observe/list.js";
import { knownFrom, relist } from "./observe/relist.js";
import { locateImages } from "./observe/locate-images.js";
import { recognize, type RecognizedEngine } from "./observe/recognize.js";
import type { RunProgress } from "./progress.js";
import { restoreNames, type RestoredNames } from "./remove/restore-names.js";
import { idleRulesOf, recognitionWarnings, switchedStoreWarning, warningsOfUnreadable } from "./warnings.js";
import { Watch } from "./observe/watch.js";

export interface AssessmentSettings {
  readonly mode: "run" | "dry-run";
  readonly policy: AskedPolicy;
  readonly listing: ListingSettings;
  /** Which rules that match nothing are told of: only news where it is left out, unless nothing is remembered. */
  readonly idleRules?: "all" | "news";
  /** Null or left out: no job ends. */
  readonly job?: EndingJob | null;
  /** For the report. */
  readonly warnings: readonly string[];
}

export interface AssessmentDependencies {
  readonly engine: Engine;
  /** Where it has been asked for already. */
  readonly description?: EngineDescription | undefined;
  /** Called once the engine is at work on its listing: to judge a ledger of many images takes about as long. */
  readonly openLedger: (engine: EngineIdentity) => Ledger;
  readonly steadyClock: () => SteadyClock;
  readonly measureFilesystem: MeasureFilesystem;
  readonly onProgress: (progress: RunProgress) => void;
}

/** The part of a report that is known before the plan is carried out. */
export type ReportHeader = Pick<
  RunReport,
  "mode" | "engine" | "startedAt" | "policy" | "choice" | "listing" | "warnings" | "afterGrace"
>;

/** An engine as it is now, the ledger's record with that in it, and the plan that follows. */
export interface Assessment {
  readonly session: EngineSession;
  readonly ledger: Ledger;
  /** The beginning of a report on it. */
  readonly header: ReportHeader;
  readonly policy: Policy;
  readonly filesystem: EngineFilesystem | null;
  readonly restored: RestoredNames;
  readonly observed: Findings;
  readonly record: EngineRecord;
  readonly facts: readonly ImageFacts[];
  readonly plan: Plan;
  /** An observation of about a day ago; null when there is none. */
  readonly past: PastObservation | null;
  /** The plan, with how images came back into use, which is read from the ledger when it is first asked for. */
  readonly scene: PlanScene;
}

/**
 * Observes and plans. Writes nothing into the ledger, and changes nothing but that in a run, names are given back that a
 * killed one had taken. Throws a Failure as soon as an answer is missing.
 */
export async function assess(
  settings: AssessmentSettings,
  dependencies: AssessmentDependencies,
): Promise<Assessment> {
  const { engine, steadyClock } = dependencies;
  const { mode, job = null } = settings;
  const answered = dependencies.description ?? (await engine.describe());
  const startedAt = answered.now();
  const { limits, ...rules } = settings.policy;
  refuseOtherMark(job, answered);
  refuseElsewhere(limits, answered);
  const { listed, ledger, session, loaded, recognition } = await beginWith(
    { engine, description: answered, steadyClock, listing: settings.listing },
    () => dependencies.openLedger(answered.identity),
  );
  const { description } = session;
  const { identity, summary } = description;
  const found = await findFilesystem(limits, {
    locate: () => locateImages(engine, description, listed.images.values()),
    measureFilesystem: dependencies.measureFilesystem,
  });
  const resolved = resolveLimits(limits, found?.before ?? null);
  const restored = await restoreNames(session, ledger, mode);
  // The names that were just given back are not in it.
  const listing = restored.ownTags.isEmpty
    ? listed
    : await relist(session, knownFrom(loaded, new ImageChanges()));
  const known = loaded.isOfOtherStore ? withoutStore(loaded) : loaded;
  const inVain = found === null ? known.vainRemovals : stillInVain(known.vainRemovals, found.before);
  const filesystem = found && { ...found, before: { ...found.before, inVain } };
  const observed = await Watch.observe(session, known, listing, restored.ownTags);
  const { learned, unreadable } = await learnLayers(
    session,
    known,
    observed.listing,
    dependencies.onProgress,
  );
  const before = loaded.isOfOtherStore ? carriedOver(loaded, observed.listing.images, learned) : loaded;
  // An image that was removed and is there again has been learned anew.
  const removed = learned.size === 0 ? undefined : ledger.removedImages(identity);
  const seen = nextRecord(before, observed, learned, removed);
  const layers = keptLayers(description, seen.layers, observed.listing.images.values());
  const facts = withMissingTags(factsOf({ ...seen, layers }, observed, description), restored.missing);
  const ending = await findOwnImages(job, session, facts, rules, seen);
  const policy: Policy = { ...rules, ...resolved, own: ending.own };
  const readUsePast = once(() =>
    usePastOf(ledger.usePast(identity), seen.news, observed.observation.observedMs),
  );
  const now = observed.observation.to;
  const plan = makePlan(facts, policy, now, filesystem?.before ?? null, readUsePast);

  const told = mode === "dry-run" ? "all" : (settings.idleRules ?? "news");
  const idleRules = idleRulesOf(told, policy, facts, before.warnedRules, now);
  const isByNeed = plan.chosenBy === "next-use";
  const choice = plan.chosenBy && { by: plan.chosenBy, isFirst: isByNeed && before.chosenByNeedAt === null };
  const chosenByNeedAt = before.chosenByNeedAt ?? (isByNeed ? now : null);
  const record = {
    ...seen,
    vainRemovals: inVain,
    warnedRules: idleRules.warned,
    chosenByNeedAt,
    ...(recognition === null ? {} : { origin: recognition.origin }),
  };
  const warnings = [
    ...settings.warnings,
    ...restored.warnings,
    ...ending.warnings,
    ...idleRules.warnings,
    ...warningsOfUnreadable(unreadable),
    ...(loaded.isOfOtherStore ? [switchedStoreWarning(summary, before, seen)] : []),
    ...recognitionWarnings(loaded, recognition, summary),
  ];
  const scene = { plan, policy, now, filesystem: filesystem?.before ?? null, readPast: readUsePast };
  const { source } = observed.listing;
  const header: ReportHeader = {
    mode,
    engine: summary,
    startedAt,
    policy,
    choice,
    listing: source,
    warnings,
    afterGrace: outlookAfterGrace(scene),
  };
  const past = ledger.observationBefore(identity, now - coverageMs);
  return {
    session,
    ledger,
    header,
    policy,
    filesystem,
    restored,
    observed,
    record,
    facts,
    plan,
    past,
    scene,
  };
}

interface Beginning extends RecognizedEngine {
  readonly listed: Listing;
  readonly ledger: Ledger;
}

/** An engine that has to list all its images works on that while the ledger is opened. */
async function beginWith(session: EngineSession, openLedger: () => Ledger): Promise<Beginning> {
  if (session.description.announcesImages) {
    const ledger = openLedger();
    const known = await recognize(session, ledger);
    return { ...known, listed: await relist(session, knownFrom(known.loaded, new ImageChanges())), ledger };
  }
  const listing = list(session);
  // Where opening the ledger fails, that failure is reported, and nobody waits for the listing.
  listing.catch(() => undefined);
  // The work waits for nothing, so the question has to be on its way before.
  await setImmediate();
  const ledger = openLedger();
  const known = await recognize(session, ledger);
  return { ...known, listed: await listing, ledger };
}
