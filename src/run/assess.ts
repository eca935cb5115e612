import { setImmediate } from "node:timers/promises";
import { outlookAfterGrace } from "../core/plan/after-grace.js";
import { coverageMs, type PastObservation } from "../core/uses/coverage.js";
import type { EngineIdentity, EngineRecord, SteadyClock } from "../core/uses/checkpoint.js";
import { factsOf, withMissingTags, type ImageFacts } from "../core/facts/image-facts.js";
import type { EndingJob } from "../core/facts/own-images.js";
import { resolveLimits, type Limits } from "../core/policy/limits.js";
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
import { learnLayers, type LearnedDetails } from "./observe/learn-layers.js";
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
  /** Which rules that match nothing are reported: only news where it is left out, unless nothing is remembered. */
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
 * Observes and plans. Writes nothing into the ledger, and changes one thing: a run gives back names that a killed one had taken.
 * Throws a Failure as soon as an answer is missing.
 */
export async function assess(
  settings: AssessmentSettings,
  dependencies: AssessmentDependencies,
): Promise<Assessment> {
  const { limits, ...rules } = settings.policy;
  const beginning = await begin(settings, dependencies);
  const { session, ledger } = beginning;
  const space = await measureSpace(limits, beginning, dependencies.measureFilesystem);
  const restored = await restoreNames(session, ledger, settings.mode);
  const seen = await observe(beginning, restored, dependencies.onProgress);
  const { observed, record } = seen;
  const layers = keptLayers(session.description, record.layers, observed.listing.images.values());
  const facts = withMissingTags(
    factsOf({ ...record, layers }, observed, session.description),
    restored.missing,
  );
  const ending = await findOwnImages(settings.job ?? null, session, facts, rules, record);
  const policy: Policy = { ...rules, ...space.limits, own: ending.own };
  const now = observed.observation.to;
  const filesystem = space.filesystem?.before ?? null;
  const readPast = once(() =>
    usePastOf(ledger.usePast(session.description.identity), record.news, observed.observation.observedMs),
  );
  const plan = makePlan(facts, policy, now, filesystem, readPast);
  const scene = { plan, policy, now, filesystem, readPast };
  const reported = settings.mode === "dry-run" ? "all" : (settings.idleRules ?? "news");
  const idleRules = idleRulesOf(reported, policy, facts, seen.before.warnedRules, now);
  const warnings = [
    ...settings.warnings,
    ...restored.warnings,
    ...ending.warnings,
    ...idleRules.warnings,
    ...warningsOfObservation(beginning, seen),
  ];
  return {
    session,
    ledger,
    header: headerOf(settings.mode, beginning, seen, scene, warnings),
    policy,
    filesystem: space.filesystem,
    restored,
    observed,
    record: {
      ...record,
      vainRemovals: space.inVain,
      warnedRules: idleRules.warned,
      chosenByNeedAt: seen.before.chosenByNeedAt ?? (plan.chosenBy === "next-use" ? now : null),
      ...(beginning.recognition === null ? {} : { origin: beginning.recognition.origin }),
    },
    facts,
    plan,
    past: ledger.observationBefore(session.description.identity, now - coverageMs),
    scene,
  };
}

interface Beginning extends RecognizedEngine {
  readonly startedAt: number;
  readonly listed: Listing;
  readonly ledger: Ledger;
}

async function begin(
  { policy, job = null, listing }: AssessmentSettings,
  { engine, description: known, steadyClock, openLedger }: AssessmentDependencies,
): Promise<Beginning> {
  const description = known ?? (await engine.describe());
  const startedAt = description.now();
  refuseOtherMark(job, description);
  refuseElsewhere(policy.limits, description);
  const session = { engine, description, steadyClock, listing };
  return { ...(await listAndOpen(session, () => openLedger(description.identity))), startedAt };
}

/** An engine that has to list all its images works on that while the ledger is opened. */
async function listAndOpen(
  session: EngineSession,
  openLedger: () => Ledger,
): Promise<Omit<Beginning, "startedAt">> {
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

/** Limits in bytes, and the filesystem that they are about; null where none asks for it. */
async function measureSpace(
  limits: Limits,
  { session: { engine, description }, listed, loaded }: Beginning,
  measureFilesystem: MeasureFilesystem,
) {
  const found = await findFilesystem(limits, {
    locate: () => locateImages(engine, description, listed.images.values()),
    measureFilesystem,
  });
  const { vainRemovals } = knownHere(loaded);
  const inVain = found === null ? vainRemovals : stillInVain(vainRemovals, found.before);
  const filesystem: EngineFilesystem | null = found && { ...found, before: { ...found.before, inVain } };
  return { filesystem, inVain, limits: resolveLimits(limits, found?.before ?? null) };
}

/** Of a store that was switched, what was known of the other one says nothing of this one. */
function knownHere(loaded: EngineRecord): EngineRecord {
  return loaded.isOfOtherStore ? withoutStore(loaded) : loaded;
}

interface Seen {
  readonly observed: Findings;
  readonly unreadable: LearnedDetails["unreadable"];
  /** What the ledger knew, by the IDs of the images that are there now. */
  readonly before: EngineRecord;
  readonly record: EngineRecord;
}

async function observe(
  { session, ledger, listed, loaded }: Beginning,
  { ownTags }: RestoredNames,
  onProgress: (progress: RunProgress) => void,
): Promise<Seen> {
  // The names that were just given back are not in it.
  const listing = ownTags.isEmpty ? listed : await relist(session, knownFrom(loaded, new ImageChanges()));
  const known = knownHere(loaded);
  const observed = await Watch.observe(session, known, listing, ownTags);
  const { images } = observed.listing;
  const { learned, unreadable } = await learnLayers(session, known, observed.listing, onProgress);
  const before = loaded.isOfOtherStore ? carriedOver(loaded, images, learned) : loaded;
  // An image that was removed and is there again has been learned anew.
  const removed = learned.size === 0 ? undefined : ledger.removedImages(session.description.identity);
  return { observed, unreadable, before, record: nextRecord(before, observed, learned, removed) };
}

function warningsOfObservation(
  { session, loaded, recognition }: Beginning,
  { unreadable, before, record }: Seen,
): string[] {
  const { summary } = session.description;
  return [
    ...warningsOfUnreadable(unreadable),
    ...(loaded.isOfOtherStore ? [switchedStoreWarning(summary, before, record)] : []),
    ...recognitionWarnings(loaded, recognition, summary),
  ];
}

function headerOf(
  mode: AssessmentSettings["mode"],
  { session, startedAt }: Beginning,
  { observed, before }: Seen,
  scene: PlanScene,
  warnings: readonly string[],
): ReportHeader {
  const { chosenBy } = scene.plan;
  const isFirst = chosenBy === "next-use" && before.chosenByNeedAt === null;
  return {
    mode,
    engine: session.description.summary,
    startedAt,
    policy: scene.policy,
    choice: chosenBy && { by: chosenBy, isFirst },
    listing: observed.listing.source,
    warnings,
    afterGrace: outlookAfterGrace(scene),
  };
}
