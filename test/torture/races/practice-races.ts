import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EngineEvent } from "../../../src/core/uses/event.js";
import { eventTime } from "../../../src/core/uses/event.js";
import { exitCodeOf } from "../../../src/core/results/exit-code.js";
import type { ImageId } from "../../../src/core/image/image.js";
import { startPracticeEngine, type PracticeEngine } from "../../practice-engine/server.js";
import { EngineState } from "../../practice-engine/state.js";
import { LedgerWatch, neverBroken, neverLost } from "../ledger-watch.js";
import { leftHalfRemoved, nameLost, NameWatch } from "../name-watch.js";
import { runHere } from "../observer.js";
import { PassingClock } from "../passing-clock.js";
import { drawLimits, recipeFor } from "../policy.js";
import type { Random } from "../random.js";
import { RemovalWatch, underContainer, wronglyRemoved } from "../removal-watch.js";
import { Tally } from "../tally.js";
import { Truth } from "../truth.js";
import { actsAtARequest, Workload } from "../workload.js";

const badExit = "a run ended with another code than 0 or 6";
const identity = "PRAC:TICE:ENGI:NE00 overlay2 /var/lib/docker";
const runsOfALife = 25;
const timeoutMs = 30_000;
const runs = "runs";

/**
 * Runs in this process, with somebody else's deeds between any two of their questions: far more of them than a real
 * engine could be put through, and each judged by what really happened.
 */
export async function raceOnPractice(
  random: Random,
  counts: { readonly runs: number },
  isStopped: () => boolean,
): Promise<Tally> {
  const tally = new Tally("races, practice engine", [
    neverLost,
    neverBroken,
    underContainer,
    wronglyRemoved,
    nameLost,
    leftHalfRemoved,
    badExit,
  ]);
  const isEnough = (): boolean => isStopped() || tally.countOf(runs) >= counts.runs;
  for (let life = 1; !isEnough(); life += 1) {
    const race = await Race.begin(random.fork(), tally, `life ${life}`);
    await race.play(isEnough);
    process.stderr.write(`races, practice engine: ${tally.countOf(runs)} of ${counts.runs} runs\n`);
  }
  return tally;
}

/** One engine with one ledger from its beginning on. */
class Race {
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

  private constructor(
    random: Random,
    tally: Tally,
    name: string,
    clock: PassingClock,
    practice: PracticeEngine,
    folder: string,
  ) {
    this.#random = random;
    this.#tally = tally;
    this.#name = name;
    this.#clock = clock;
    this.#practice = practice;
    this.#folder = folder;
    this.#workload = new Workload(practice.engine, this.#truth, random.fork());
    this.#ledger = new LedgerWatch(join(folder, "ledger.db"), identity, this.#truth, tally);
    this.#names = new NameWatch(this.#truth, tally, "a race");
    this.#removals = new RemovalWatch(this.#truth, tally);
    practice.engine.events.subscribe({ event: (event) => this.#saw(event), end: () => undefined });
  }

  static async begin(random: Random, tally: Tally, name: string): Promise<Race> {
    const folder = await mkdtemp(join(tmpdir(), "docker-gc-torture-"));
    const clock = new PassingClock();
    // The second one announces all that becomes of its images, so less of it is listed.
    const apiVersion = random.chance(0.5) ? "1.41" : "1.51";
    const practice = await startPracticeEngine({ engine: new EngineState(clock.now), apiVersion });
    return new Race(random, tally, name, clock, practice, folder);
  }

  async play(isEnough: () => boolean): Promise<void> {
    try {
      for (let number = 1; number <= runsOfALife && !isEnough(); number += 1) {
        for (let deeds = this.#random.between(0, 8); deeds > 0; deeds -= 1) this.#workload.act();
        this.#clock.pass(this.#random.between(0, 1500));
        await this.#run(`${this.#name}, run ${number}`);
      }
    } finally {
      await this.#practice.close();
      await rm(this.#folder, { recursive: true, force: true });
    }
  }

  async #run(name: string): Promise<void> {
    const limits = drawLimits(this.#random, this.#practice.engine.images.layers.totalBytes);
    const when = `${name}, ${limits.kind}`;
    const startedAt = this.#workload.now;
    this.#ledger.beforeRun(startedAt);
    this.#removals.begin({ limits, startedAt, description: when });
    this.#practice.onRequest = (method, path) => {
      // What a quota removes is judged by what was there when the run began.
      if (limits.kind === "quota" || !this.#random.chance(actsAtARequest)) return undefined;
      this.#workload.actMeanwhile(`${method} ${path}`);
      this.#tally.count("deeds of others in the middle of a run");
      return undefined;
    };
    const report = await runHere("run", recipeFor(limits), {
      socketPath: this.#practice.socketPath,
      ledgerPath: join(this.#folder, "ledger.db"),
      timeoutMs,
      steadyClock: this.#clock.steady,
    });
    this.#practice.onRequest = undefined;
    this.#tally.count(runs);
    const exitCode = exitCodeOf(report);
    if (exitCode !== 0 && exitCode !== 6) {
      const outcomes = report.images.flatMap(({ outcomeDetail }) => outcomeDetail ?? []);
      this.#tally.breach(badExit, `${exitCode}, ${when}: ${JSON.stringify([report.stoppedBy, outcomes])}`);
    }
    this.#ledger.look(when);
    this.#names.look("completed", (text) => this.#practice.engine.images.find(text)?.id, when);
  }

  #saw(event: EngineEvent): void {
    this.#ledger.sawEvent(event);
    if (event.type !== "image" || event.action !== "delete") return;
    const image = event.actorId as ImageId;
    this.#removals.sawRemoval(image, eventTime(event));
    this.#ledger.sawRemoval(image);
  }
}
