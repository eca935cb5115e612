import type { Checkpoint, SteadyClock } from "../core/uses/checkpoint.js";
import { endOfReading, judgeContinuity } from "../core/uses/continuity.js";
import { coverageMs, coverageOf, isWellObserved } from "../core/uses/coverage.js";
import type { EngineEvent } from "../core/uses/event.js";
import { eventTime } from "../core/uses/event.js";
import { isDatedByEngine } from "../core/uses/event-dates.js";
import { EventWindow } from "../core/uses/event-window.js";
import type { MeasuredObservation } from "../core/uses/observation.js";
import { idleForMs } from "../core/plan/idle-for.js";
import { exitCodeOf } from "../core/results/exit-code.js";
import type { RunSpace } from "../core/results/history.js";
import type { RunReport } from "../core/results/run-report.js";
import { Failure } from "../core/text/failure.js";
import type { Engine, EngineDescription } from "../engine/port.js";
import type { IdleLedger } from "../ledger/port.js";
import type { Assessment } from "./assess.js";

/** What a run that has found nothing to do knows of those that follow: as long as nothing happens, they have nothing to do either. */
export interface Idleness {
  /** Who was asked, and how much there was. */
  readonly scene: string;
  readonly apiVersion: string;
  /** Where it ended. */
  readonly since: Clocks;
  /** For how long, in milliseconds by any of these clocks. */
  readonly forMs: number;
  /** What there was, which stays so. */
  readonly space: RunSpace;
}

type Clocks = Pick<Checkpoint, "at" | "observedMs" | "awakeMs">;

/** Once a day everything is looked at, whatever is known. */
const mostMs = 24 * 60 * 60 * 1000;

/**
 * Whether and how long the next runs will have nothing to do. To be asked only after a run that wrote nothing but that time has
 * passed: what that left alone for whatever reason, the next one leaves alone.
 */
export function idlenessOf(
  assessment: Assessment,
  report: RunReport,
  space: RunSpace | undefined,
): Idleness | null {
  const { session, policy, filesystem, restored, observed, record, facts, plan } = assessment;
  const { description, listing } = session;
  const { checkpoint, listed, failedRemovals, layers, warnedRules } = record;
  const isSettled =
    exitCodeOf(report) === 0 &&
    report.interruptedBy === null &&
    report.warnings.length === 0 &&
    observed.observation.gap === null &&
    restored.ownTags.isEmpty &&
    restored.missing.size === 0 &&
    failedRemovals.size === 0 &&
    // One of which the engine could not tell the layers is asked for again.
    layers.images.size === facts.length &&
    facts.length === observed.listing.images.size;
  // What these say changes without anything that happens.
  const isOpen = filesystem !== null || policy.own !== null || !mayTellOfNothing(description);
  if (!isSettled || isOpen || checkpoint === null || listed.base === null || space === undefined) return null;
  const now = observed.observation.to;
  const untilListedMs = listed.base.fullAt + listing.everyMs - now;
  const forMs = Math.min(mostMs, untilListedMs, idleForMs(plan, { policy, now, warned: warnedRules }));
  if (forMs <= 0) return null;
  const { at, observedMs, awakeMs } = checkpoint;
  const { apiVersion } = description.summary;
  return { scene: sceneOf(description), apiVersion, since: { at, observedMs, awakeMs }, forMs, space };
}

/** Services are known from a list alone. Images need no list where each of their changes has an event. */
function mayTellOfNothing({ announcesImages, isSwarmManager }: EngineDescription): boolean {
  return announcesImages && !isSwarmManager;
}

/** Whether the same engine has answered, with as much in it. */
export function isSameScene({ scene }: Idleness, description: EngineDescription): boolean {
  return mayTellOfNothing(description) && sceneOf(description) === scene;
}

function sceneOf({ identity, summary, counts }: EngineDescription): string {
  return JSON.stringify([identity.key, summary, counts]);
}

export interface IdleDependencies {
  readonly engine: Engine;
  readonly description: EngineDescription;
  readonly steadyClock: () => SteadyClock;
  /** As the run before has left it. */
  readonly openLedger: () => IdleLedger;
  readonly isInterrupted: () => boolean;
  readonly historyAgeMs: number;
}

/** A run that had nothing to do. */
export interface IdleRun {
  /** See `isWellObserved`. */
  readonly isPoorlyObserved: boolean;
}

/**
 * One run in which nothing happened and nothing is due, at the cost of reading the event buffer: it leaves what a whole run would
 * leave. Null where that is not certain; then nothing is written. Throws a Failure of code `engine` as a whole run does.
 */
export async function passIdly(idleness: Idleness, dependencies: IdleDependencies): Promise<IdleRun | null> {
  const { description, openLedger } = dependencies;
  if (!isSameScene(idleness, description)) return null;
  let ledger: IdleLedger | null = null;
  try {
    ledger = openLedger();
    return await passWith(ledger, idleness, dependencies);
  } catch (error) {
    // A whole run looks at the file more closely, and knows better what to say.
    if (error instanceof Failure && error.code !== "engine") return null;
    throw error;
  } finally {
    ledger?.close();
  }
}

async function passWith(
  ledger: IdleLedger,
  { since, forMs, space }: Idleness,
  dependencies: IdleDependencies,
): Promise<IdleRun | null> {
  const { description, steadyClock, isInterrupted, historyAgeMs } = dependencies;
  const { identity } = description;
  const startedAt = description.now();
  const before = ledger.checkpoint(identity);
  const observed = before === null ? null : await observeNothing(before, dependencies);
  if (observed === null) return null;
  const { observation, checkpoint } = observed;
  if (passedMs(since, checkpoint) >= forMs || isInterrupted()) return null;
  const past = ledger.observationBefore(identity, observation.to - coverageMs);
  const run = { startedAt, finishedAt: description.now(), exitCode: 0, observation, space, removals: [] };
  ledger.advance(identity, checkpoint, run, { historyAgeMs, steady: steadyClock() });
  return { isPoorlyObserved: !isWellObserved(coverageOf(observation, past)?.share ?? null) };
}

/** No clock may have gone further than the plan was sure of, or back. */
function passedMs(since: Clocks, { at, observedMs, awakeMs }: Clocks): number {
  if (at < since.at) return Infinity;
  return Math.max(at - since.at, observedMs - since.observedMs, awakeMs - since.awakeMs);
}

interface Nothing {
  readonly observation: MeasuredObservation;
  readonly checkpoint: Checkpoint;
}

/** Null where something happened that a listing or a record might show, or may have. */
async function observeNothing(
  before: Checkpoint,
  { engine, description, steadyClock }: IdleDependencies,
): Promise<Nothing | null> {
  const steady = steadyClock();
  const [startedAt, nowAtMost] = [description.now(), description.nowAtMost()];
  const window = new EventWindow(before.anchor);
  let isQuiet = true;
  let mayHaveHidden = false;
  for await (const event of engine.readEvents(nowAtMost, null)) {
    if (window.push(event) !== "anchor") {
      isQuiet &&= changesNothing(event);
      mayHaveHidden ||= isDatedByEngine(event) && eventTime(event) > before.at;
      continue;
    }
    // What stands in front of it is old news, but for what a clock that was set back had hidden.
    if (mayHaveHidden) return null;
    isQuiet = true;
  }
  if (!isQuiet) return null;
  const now = endOfReading(window, startedAt, nowAtMost);
  const bufferLimit = description.eventBufferLimit;
  const observation = judgeContinuity({ checkpoint: before, window, now, nowAtMost, steady, bufferLimit });
  if (observation.gap !== null) return null;
  const { to: at, observedMs, awakeMs } = observation;
  return { observation, checkpoint: { at, anchor: window.nextAnchor, observedMs, awakeMs, steady } };
}

const passingTypes: ReadonlySet<string> = new Set(["network", "volume", "builder"]);
const passingActions = /^(exec_|health_status)/;

/** Unlike a use, of which events have to tell, this has to be known for certain. */
function changesNothing({ type, action }: EngineEvent): boolean {
  return passingTypes.has(type) || (type === "container" && passingActions.test(action));
}
