import type { Check, Checkup } from "../core/results/checkup.js";
import type { RunEntry } from "../core/results/history.js";
import { EventWindow } from "../core/uses/event-window.js";
import { tryCalls, type CallScene, type CallTrial } from "../engine/docker-api/try-calls.js";
import type { Endpoint } from "../engine/locate/endpoint.js";
import type { Engine, EngineDescription } from "../engine/port.js";
import { readCertificates } from "../engine/transport/certificates.js";
import type { Connection } from "../engine/transport/connection.js";
import type { Ledger } from "../ledger/port.js";
import { unmetText } from "../report/wording/limit-words.js";
import { assess, type AssessmentDependencies, type AssessmentSettings } from "../run/assess.js";
import { locateContent, locateImages } from "../run/observe/locate-images.js";
import { unmatchedRules } from "../run/warnings.js";
import { checkCalls } from "./checks/calls.js";
import { checkCertificates } from "./checks/certificates.js";
import { checkClock } from "./checks/clock.js";
import { checkEngine } from "./checks/engine.js";
import { checkEvents, type EventMemory } from "./checks/events.js";
import { checkFilesystem } from "./checks/filesystem.js";
import { checkLedger } from "./checks/ledger.js";
import { checkLock } from "./checks/lock.js";
import { checkMetrics } from "./checks/metrics.js";
import { checkPlan, type PlanLook } from "./checks/plan.js";
import { checkRights } from "./checks/rights.js";
import { checkRuns } from "./checks/runs.js";
import { checkSchedule, type ScheduleScene } from "./checks/schedule.js";
import { checkSpace } from "./checks/space.js";
import { answered, type Answered } from "./failed.js";

/** An engine, and the way to it. */
export interface EngineReached {
  readonly engine: Engine;
  readonly connection: Connection;
  readonly endpoint: Endpoint;
}

export interface Examination extends Pick<AssessmentDependencies, "steadyClock" | "measureFilesystem"> {
  /** Throws a Failure where there is none to be asked. */
  readonly reach: () => EngineReached;
  /** The address of the engine, where it is known. */
  readonly host: string;
  readonly settings: Omit<AssessmentSettings, "mode"> & {
    readonly timeoutMs: number;
    readonly metricsFile: string | undefined;
  };
  readonly ledgerPath: string;
  /** A copy of it; throws a Failure where it cannot be used. */
  readonly openLedger: () => Ledger;
  readonly uid: number | null;
  /** Epoch milliseconds by this host's clock. */
  readonly now: () => number;
  readonly findSchedule: () => Promise<ScheduleScene>;
}

/** Looks at all that a run needs. Changes nothing, and throws only what is a bug. */
export async function examine(examination: Examination): Promise<Checkup> {
  const { ledgerPath, settings, measureFilesystem, host } = examination;
  const takenAt = examination.now();
  const reached = await answered(examination.reach);
  const ledger = await answered(examination.openLedger);
  const { checks, description, runs, look } = await examineEngine(reached, ledger, examination);
  if (ledger.kind === "answered") ledger.value.close();
  return {
    takenAt,
    host,
    checks: [
      ...checks,
      checkLedger(ledgerPath, ledger),
      await checkSpace(ledgerPath, measureFilesystem),
      checkLock(ledgerPath, examination.now()),
      checkMetrics({ path: settings.metricsFile, lastRunAt: lastEndOf(runs) }),
      ...checkPlan(look, settings.warnings),
      checkRuns(runs, description?.now() ?? examination.now()),
      ...checkSchedule(await examination.findSchedule()),
    ],
  };
}

/** What was found with the engine's help, or without it. */
interface EngineExamined {
  readonly checks: readonly Check[];
  readonly description: EngineDescription | null;
  /** Of this engine, newest first; empty where it is not known which one that is. */
  readonly runs: readonly RunEntry[];
  readonly look: Answered<PlanLook> | null;
}

async function examineEngine(
  reached: Answered<EngineReached>,
  ledger: Answered<Ledger>,
  examination: Examination,
): Promise<EngineExamined> {
  const { host, settings, now } = examination;
  if (reached.kind === "failed")
    return { checks: [checkEngine(reached, host)], description: null, runs: [], look: null };
  const { engine, connection, endpoint } = reached.value;
  const described = await answered(() => engine.describe());
  const description = described.kind === "answered" ? described.value : null;
  const trials = await tryCalls(connection, sceneOf(description, settings.timeoutMs, now()));
  const certificates = await readCertificates(endpoint, settings.timeoutMs);
  const ofConnection = [...checkCalls(trials), ...checkCertificates(certificates, now())];
  if (description === null)
    return { checks: [checkEngine(described, host), ...ofConnection], description, runs: [], look: null };
  const runs = ledger.kind === "answered" ? runsOf(ledger.value, description) : [];
  const isWhole = trials.every(isHarmless);
  const look =
    isWhole && ledger.kind === "answered"
      ? await answered(() => lookAtPlan(engine, ledger.value, examination))
      : null;
  return {
    checks: [
      checkEngine(described, host),
      ...(await examineAnswers(reached.value, description, runs, examination)),
      ...ofConnection,
    ],
    description,
    runs,
    look,
  };
}

/** What the engine's own answers show. The trial of a call that fails here reports it. */
async function examineAnswers(
  { engine, endpoint }: EngineReached,
  description: EngineDescription,
  runs: readonly RunEntry[],
  { uid, now, measureFilesystem }: Examination,
): Promise<Check[]> {
  const images = await answered(() => engine.listImages());
  const known = images.kind === "answered" ? images.value : [];
  const content = locateContent(description, known);
  const clocks = await answered(async () => {
    // How long the answer takes would count as a difference of the clocks.
    await engine.syncClock(0);
    return { engineAtLeast: description.now(), engineAtMost: description.nowAtMost(), host: now() };
  });
  const events = await answered(() => readMemory(engine, description));
  const place = description.isLocal ? await answered(() => locateImages(engine, description, known)) : null;
  return [
    checkRights({ uid, endpoint, content }),
    ...(events.kind === "answered" ? [checkEvents(events.value, runs)] : []),
    ...(clocks.kind === "answered" ? [checkClock(clocks.value)] : []),
    await checkFilesystem(
      place?.kind === "answered"
        ? place.value
        : { kind: "unknown", reason: "the engine is not on this host" },
      measureFilesystem,
    ),
  ];
}

async function readMemory(engine: Engine, description: EngineDescription): Promise<EventMemory> {
  const { eventBufferLimit: limit, now, nowAtMost } = description;
  const window = new EventWindow(null);
  // A log of months tells no more than that it is one.
  if (limit !== null) for await (const event of engine.readEvents(nowAtMost(), null)) window.push(event);
  return { limit, buffered: window.buffered, oldestAt: window.oldestAt, now: now() };
}

/** Where the engine does not say who it is, the usual one. */
function sceneOf(description: EngineDescription | null, timeoutMs: number, now: number): CallScene {
  if (description === null)
    return { family: "docker", apiVersion: "1.42", store: "engine", isSwarmManager: false, now, timeoutMs };
  const { family, summary, imageStore, isSwarmManager, nowAtMost } = description;
  const { apiVersion } = summary;
  return { family, apiVersion, store: imageStore.kind, isSwarmManager, now: nowAtMost(), timeoutMs };
}

function isHarmless({ outcome }: CallTrial): boolean {
  return outcome.kind === "answered" || outcome.kind === "untried";
}

function runsOf(ledger: Ledger, { identity }: EngineDescription): readonly RunEntry[] {
  return ledger.history().find(({ engine }) => engine.key === identity.key)?.runs ?? [];
}

async function lookAtPlan(
  engine: Engine,
  ledger: Ledger,
  { settings, steadyClock, measureFilesystem }: Examination,
): Promise<PlanLook> {
  const { plan, policy, facts } = await assess(
    { ...settings, mode: "dry-run" },
    { engine, openLedger: () => ledger, steadyClock, measureFilesystem, onProgress: () => undefined },
  );
  return {
    images: facts.length,
    removals: plan.isHeldBack ? 0 : plan.removals.length,
    unmet: plan.unmetLimits.map((unmet) => unmetText(unmet).replace(/\.$/, "")),
    rules: policy.keep.length + (policy.only?.length ?? 0),
    idleRules: unmatchedRules(policy, facts),
  };
}

function lastEndOf(runs: readonly RunEntry[]): number | null {
  return runs.find(({ finishedAt }) => finishedAt !== null)?.finishedAt ?? null;
}
