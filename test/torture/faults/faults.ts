import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { EngineEvent } from "../../../src/core/uses/event.js";
import { eventTime } from "../../../src/core/uses/event.js";
import type { ImageId } from "../../../src/core/image/image.js";
import { startPracticeEngine, type PracticeEngine } from "../../practice-engine/server.js";
import { EngineState } from "../../practice-engine/state.js";
import { LedgerWatch, neverBroken, neverLost } from "../ledger-watch.js";
import { leftHalfRemoved, nameLost, NameWatch } from "../name-watch.js";
import { PassingClock } from "../passing-clock.js";
import { drawLimits, type Limits } from "../policy.js";
import type { Program } from "../program.js";
import type { Random } from "../random.js";
import { RemovalWatch, underContainer, wronglyRemoved } from "../removal-watch.js";
import { Tally } from "../tally.js";
import { Truth } from "../truth.js";
import { Workload } from "../workload.js";
import { attemptAsCommand, attemptHere, type End } from "./attempt.js";
import { FaultPlan, isAboutEvents } from "./fault-plan.js";
import { startWire } from "./wire.js";

const wrongExit = "an exit code was wrong";
const hung = "a run did not end";
const removedAfter = "something was removed after an answer that could not be trusted";
const untrue = "a report said that an image was gone, and it was there";
const promises = [
  wronglyRemoved,
  underContainer,
  neverLost,
  neverBroken,
  nameLost,
  leftHalfRemoved,
  hung,
  wrongExit,
  removedAfter,
  untrue,
];

const identity = "PRAC:TICE:ENGI:NE00 overlay2 /var/lib/docker";
const runsOfALife = 15;
/** Most of a faulty run is waiting. */
const lanes = 6;
const timeoutMs = 600;
/** With ten times as long for a removal, and a few of them. */
const deadlineMs = 60_000;

export interface FaultCounts {
  /** In this process. */
  readonly runs: number;
  /** Of the real command. */
  readonly commands: number;
}

/** Runs against an engine whose answers are late, cut off, damaged, or refusals. */
export async function tortureWithFaults(
  program: Program,
  random: Random,
  counts: FaultCounts,
  isStopped: () => boolean,
): Promise<Tally> {
  const tally = new Tally("faults, practice engine", promises);
  let lives = 0;
  const isEnough = (): boolean =>
    isStopped() || (tally.countOf(inProcess) >= counts.runs && tally.countOf(asCommand) >= counts.commands);
  const lane = async (): Promise<void> => {
    while (!isEnough()) {
      const life = await Life.begin(program, random.fork(), tally, `life ${++lives}`, counts);
      await life.play(isEnough);
      process.stderr.write(`faults: ${tally.countOf(inProcess)} of ${counts.runs} runs, `);
      process.stderr.write(`${tally.countOf(asCommand)} of ${counts.commands} commands\n`);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return tally;
}

const inProcess = "faulty runs in this process";
const asCommand = "faulty runs of the command";

type Way = "here" | "wire" | "command";

class Life {
  readonly #program: Program;
  readonly #random: Random;
  readonly #tally: Tally;
  readonly #name: string;
  readonly #clock: PassingClock;
  readonly #practice: PracticeEngine;
  readonly #folder: string;
  readonly #truth = new Truth();
  readonly #workload: Workload;
  readonly #ledger: LedgerWatch;
  readonly #names: NameWatch;
  readonly #removals: RemovalWatch;
  /** The real command measures with the host's own clock, so there no time can be let pass. */
  readonly #isReal: boolean;
  #usual = 20;

  private constructor(
    program: Program,
    random: Random,
    tally: Tally,
    name: string,
    counts: FaultCounts,
    clock: PassingClock,
    practice: PracticeEngine,
    folder: string,
  ) {
    this.#program = program;
    this.#random = random;
    this.#tally = tally;
    this.#name = name;
    this.#clock = clock;
    this.#practice = practice;
    this.#folder = folder;
    this.#isReal = tally.countOf(asCommand) < counts.commands && random.chance(0.3);
    this.#workload = new Workload(practice.engine, this.#truth, random.fork());
    this.#ledger = new LedgerWatch(join(folder, "ledger.db"), identity, this.#truth, tally);
    this.#names = new NameWatch(this.#truth, tally, "a fault");
    this.#removals = new RemovalWatch(this.#truth, tally);
    this.#listen();
  }

  static async begin(program: Program, random: Random, tally: Tally, name: string, counts: FaultCounts) {
    const folder = await mkdtemp(join(tmpdir(), "docker-gc-torture-"));
    const clock = new PassingClock();
    const practice = await startPracticeEngine({ engine: new EngineState(clock.now) });
    return new Life(program, random, tally, name, counts, clock, practice, folder);
  }

  async play(isEnough: () => boolean): Promise<void> {
    try {
      let isLast = false;
      for (let number = 1; !isLast; number += 1) {
        for (let deeds = this.#random.between(0, 8); deeds > 0; deeds -= 1) this.#workload.act();
        await this.#letTimePass();
        await this.#untilQuiet();
        isLast = number === runsOfALife || isEnough();
        if (number === 1 || isLast || this.#random.chance(0.2)) await this.#soundRun(number);
        else await this.#faultyRun(number);
      }
    } finally {
      await this.#practice.close();
      await rm(this.#folder, { recursive: true, force: true });
    }
  }

  async #letTimePass(): Promise<void> {
    const ms = this.#random.between(0, 1500);
    if (this.#isReal) await sleep(ms / 2);
    else this.#clock.pass(ms);
  }

  async #soundRun(number: number): Promise<void> {
    const limits = drawLimits(this.#random, this.#practice.engine.images.layers.totalBytes);
    const when = `${this.#name}, run ${number}, sound, ${limits.kind}`;
    this.#begin(limits, when);
    this.#practice.onRequest = undefined;
    const end = await this.#run("here", limits, this.#practice.socketPath, 30_000);
    this.#usual = Math.max(8, this.#practice.requests.length);
    if (end.exitCode !== 0 && end.exitCode !== 6)
      this.#tally.breach(wrongExit, `${String(end.exitCode)}, ${when}: ${end.text}`);
    this.#look("completed", end, when);
  }

  async #faultyRun(number: number): Promise<void> {
    const way: Way = this.#isReal ? "command" : this.#random.chance(0.2) ? "wire" : "here";
    const limits = drawLimits(this.#random, this.#practice.engine.images.layers.totalBytes);
    const when = `${this.#name}, run ${number}, ${way}, ${limits.kind}`;
    this.#begin(limits, when);
    if (way === "wire") await this.#overTheWire(limits, when);
    else await this.#withPlan(way, limits, when);
  }

  async #overTheWire(limits: Limits, when: string): Promise<void> {
    const wire = await startWire(this.#practice.socketPath, this.#random.fork());
    const end = await this.#run("wire", limits, wire.socketPath, timeoutMs);
    await wire.close();
    const { strikes } = wire;
    if (strikes.length > 0) this.#tally.count(inProcess);
    this.#tally.count("times that bytes were hurt on the wire", strikes.length);
    const story = `${when}, ${JSON.stringify(strikes)}`;
    if (![0, 3, 4, 6].includes(end.exitCode ?? -1))
      this.#tally.breach(wrongExit, `${String(end.exitCode)}, ${story}: ${end.text}`);
    // One bit in an ID, and it is another one.
    for (const { request, kind } of strikes) if (kind === "bit changed") this.#sawLie(request);
    this.#look("broken-off", end, story);
  }

  async #withPlan(way: Way, limits: Limits, when: string): Promise<void> {
    const plan = new FaultPlan(this.#random.fork(), timeoutMs, this.#usual, (strike) => {
      // What happened before the removals is known by then, and nothing happens meanwhile.
      const isKnown = isAboutEvents(strike.request) && !strike.beforeRemovals;
      if (strike.gravity === "lies" && !isKnown) this.#sawLie(strike.request);
    });
    this.#practice.onRequest = plan.rule;
    const end = await this.#run(way, limits, this.#practice.socketPath, timeoutMs);
    this.#practice.onRequest = undefined;
    if (plan.strikes.length > 0) this.#tally.count(way === "command" ? asCommand : inProcess);
    this.#tally.count("requests struck", plan.strikes.length);
    const story = `${when}, ${JSON.stringify(plan.strikes)}`;
    this.#judgeExit(end, plan, story);
    // Who hears that there is no such image, and nothing else, has to believe it.
    const toldSo = plan.strikes.some(
      ({ request, fault }) => request.startsWith("GET /images/sha256") && fault === "status 404",
    );
    this.#look("broken-off", toldSo ? { ...end, saidGone: null } : end, story);
  }

  #sawLie(request: string): void {
    // Under another ID the same engine is known by its data: what the ledger has goes there, and comes back with the right one.
    const about = /^GET \/(images\/json|info)/.test(request) ? "images" : "others";
    if (/^GET \/(events|images\/json|containers|info)/.test(request)) this.#ledger.sawLie(about);
  }

  #judgeExit(end: End, { strikes, unanswered }: FaultPlan, story: string): void {
    const { exitCode } = end;
    this.#tally.count(`exit ${String(exitCode)}`);
    const wrong = (why: string): void => {
      this.#tally.breach(wrongExit, `${String(exitCode)}, ${why}, ${story}: ${end.text}`);
    };
    const stopping = strikes.find(({ gravity }) => gravity === "stops") ?? unanswered;
    if (stopping?.beforeRemovals === true) {
      if (exitCode !== 4) wrong("expected 4");
      if (this.#practice.requests.some(({ method }) => method === "DELETE"))
        this.#tally.breach(removedAfter, story);
    } else if (stopping !== undefined) {
      if (exitCode !== 4) wrong("expected 4, with removals before it");
    } else if (strikes.length === 0) {
      // A busy machine is late by itself.
      if (exitCode === 4 && end.text.includes("did not finish its answer")) {
        this.#tally.count("runs that were late without a fault");
        return;
      }
      if (exitCode !== 0 && exitCode !== 6) wrong("expected 0 or 6");
    } else if (![0, 3, 4, 6].includes(exitCode ?? -1)) wrong("expected 0, 3, 4 or 6");
  }

  /** Requests of a run that has failed may still be under way. */
  async #untilQuiet(): Promise<void> {
    let before = -1;
    while (before !== this.#practice.requests.length) {
      before = this.#practice.requests.length;
      await sleep(30);
    }
    this.#practice.requests.length = 0;
  }

  #begin(limits: Limits, description: string): void {
    const startedAt = this.#workload.now;
    this.#ledger.beforeRun(startedAt);
    this.#removals.begin({ limits, startedAt, description });
  }

  #look(ended: "broken-off" | "completed", { saidGone }: End, when: string): void {
    this.#ledger.look(when);
    this.#names.look(ended, (name) => this.#practice.engine.images.find(name)?.id, when);
    for (const id of saidGone ?? [])
      if (this.#practice.engine.images.get(id as ImageId) !== undefined)
        this.#tally.breach(untrue, `${id}, ${when}`);
  }

  async #run(way: Way, limits: Limits, socketPath: string, timeout: number): Promise<End> {
    const over = new AbortController();
    const ledgerPath = join(this.#folder, "ledger.db");
    const own = { socketPath, ledgerPath, timeoutMs: timeout };
    // A life whose commands use this host's clock has no other one for its sound runs.
    const options = this.#isReal ? own : { ...own, steadyClock: this.#clock.steady };
    const ended =
      way === "command" ? attemptAsCommand(this.#program, limits, options) : attemptHere(limits, options);
    const late = sleep(deadlineMs, null, { signal: over.signal }).catch(() => null);
    const end = await Promise.race([ended, late]);
    over.abort();
    if (end !== null) return end;
    this.#tally.breach(hung, this.#removals.current?.description ?? "");
    return { exitCode: null, saidGone: null, text: "" };
  }

  #listen(): void {
    const event = (seen: EngineEvent): void => {
      const at = eventTime(seen);
      this.#ledger.sawEvent(seen);
      if (seen.type !== "image" || seen.action !== "delete") return;
      const image = seen.actorId as ImageId;
      this.#removals.sawRemoval(image, at);
      this.#ledger.sawRemoval(image);
    };
    this.#practice.engine.events.subscribe({ event, end: () => undefined });
  }
}
