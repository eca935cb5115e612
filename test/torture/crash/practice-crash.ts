import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EngineEvent } from "../../../src/core/uses/event.js";
import { eventTime } from "../../../src/core/uses/event.js";
import type { Policy } from "../../../src/core/policy/policy.js";
import type { ImageId } from "../../../src/core/image/image.js";
import type { RunReport } from "../../../src/core/results/run-report.js";
import { startPracticeEngine, type PracticeEngine } from "../../practice-engine/server.js";
import type { JsonReport } from "../../support/run-json.js";
import { LedgerWatch, neverBroken, neverLost } from "../ledger-watch.js";
import { leftHalfRemoved, nameLost, NameWatch } from "../name-watch.js";
import { runHere, type ObserverOptions } from "../observer.js";
import { argumentsFor, drawLimits, recipeFor, type Limits } from "../policy.js";
import type { Ended, Program } from "../program.js";
import type { Random } from "../random.js";
import { RemovalWatch, underContainer, wronglyRemoved } from "../removal-watch.js";
import { Tally } from "../tally.js";
import { Truth } from "../truth.js";
import { actsAtARequest, Workload } from "../workload.js";
import { arm, describeKill, planKill, type KillPlan, type Usual } from "./kill-plan.js";

export const badExit = "a run that was not killed ended with another code than 0 or 6";
export const hung = "a run did not end";
export const crashPromises = [
  neverLost,
  neverBroken,
  underContainer,
  wronglyRemoved,
  nameLost,
  leftHalfRemoved,
  badExit,
  hung,
];

const identity = "PRAC:TICE:ENGI:NE00 overlay2 /var/lib/docker";
const stepsOfAnEpisode = 25;
/** Two processors, two runs. */
const lanes = 2;

/** Kills runs of the real command until there were enough. */
export async function crashOnPractice(
  program: Program,
  random: Random,
  kills: number,
  isStopped: () => boolean,
): Promise<Tally> {
  const tally = new Tally("crash, practice engine", crashPromises);
  const usual: Usual = { ms: 600, requests: 40, changes: 20 };
  let episodes = 0;
  const isEnough = (): boolean => isStopped() || tally.countOf("kills") >= kills;
  const lane = async (): Promise<void> => {
    while (!isEnough()) {
      const number = ++episodes;
      const episode = await Episode.begin(program, random.fork(), tally, usual, `episode ${number}`);
      await episode.play(isEnough);
      process.stderr.write(`crash: ${tally.countOf("kills")} of ${kills} kills\n`);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return tally;
}

/** One engine with one ledger from its beginning on. */
class Episode {
  readonly #program: Program;
  readonly #random: Random;
  readonly #tally: Tally;
  readonly #usual: Usual;
  readonly #name: string;
  readonly #practice: PracticeEngine;
  readonly #folder: string;
  readonly #shadow: ObserverOptions;
  readonly #truth = new Truth();
  readonly #workload: Workload;
  readonly #ledger: LedgerWatch;
  readonly #names: NameWatch;
  readonly #removals: RemovalWatch;

  private constructor(
    program: Program,
    random: Random,
    tally: Tally,
    usual: Usual,
    name: string,
    practice: PracticeEngine,
    folder: string,
  ) {
    this.#program = program;
    this.#random = random;
    this.#tally = tally;
    this.#usual = usual;
    this.#name = name;
    this.#practice = practice;
    this.#folder = folder;
    this.#shadow = {
      socketPath: practice.socketPath,
      ledgerPath: join(folder, "never-killed", "ledger.db"),
      timeoutMs: 30_000,
    };
    this.#workload = new Workload(practice.engine, this.#truth, random.fork());
    this.#ledger = new LedgerWatch(join(folder, "ledger.db"), identity, this.#truth, tally);
    this.#names = new NameWatch(this.#truth, tally, "a kill");
    this.#removals = new RemovalWatch(this.#truth, tally);
    this.#listen();
  }

  static async begin(program: Program, random: Random, tally: Tally, usual: Usual, name: string) {
    const folder = await mkdtemp(join(tmpdir(), "docker-gc-torture-"));
    return new Episode(program, random, tally, usual, name, await startPracticeEngine(), folder);
  }

  async play(isEnough: () => boolean): Promise<void> {
    try {
      for (let step = 1; step <= stepsOfAnEpisode && !isEnough(); step += 1) {
        this.#live();
        // The first runs are killed as well: they create the ledger.
        const isKilled = step < stepsOfAnEpisode && this.#random.chance(0.85);
        await this.#step(step, isKilled ? planKill(this.#random, this.#usual) : { kind: "never" });
      }
    } finally {
      await this.#practice.close();
      await rm(this.#folder, { recursive: true, force: true });
    }
  }

  #live(): void {
    for (let deeds = this.#random.between(0, 8); deeds > 0; deeds -= 1) this.#workload.act();
    if (this.#random.chance(0.03)) this.#workload.makeNoise();
    if (!this.#random.chance(0.03)) return;
    this.#workload.restart();
    this.#ledger.sawRestart(this.#workload.now);
    this.#listen();
  }

  async #step(step: number, plan: KillPlan): Promise<void> {
    const limits = drawLimits(this.#random, this.#practice.engine.images.layers.totalBytes);
    const when = `${this.#name}, step ${step}, ${limits.kind}, kill ${describeKill(plan)}`;
    // What a run that is never killed knows and would do.
    await runHere("run", {}, this.#shadow);
    // Who is needed soonest depends on the moment, and a killed run is seconds later; who was used last does not.
    const order = this.#random.pick(["last-use", "next-use"] as const);
    const isCompared = limits.kind === "quota" && order === "last-use";
    const recipe = { ...recipeFor(limits), order };
    const wanted = isCompared ? await runHere("dry-run", recipe, this.#shadow) : null;
    const startedAt = this.#workload.now;
    this.#ledger.beforeRun(startedAt);
    this.#removals.begin({ limits, startedAt, description: when });
    const ended = await this.#runOnce(plan, limits, order);
    this.#count(ended, when);
    this.#ledger.look(when);
    const resolve = (name: string): ImageId | undefined => this.#practice.engine.images.find(name)?.id;
    this.#names.look(ended.signal === "SIGKILL" ? "broken-off" : "completed", resolve, when);
    if (wanted !== null) this.#compare(wanted, ended, when);
  }

  async #runOnce(plan: KillPlan, limits: Limits, order: Policy["order"]): Promise<Ended> {
    const args = ["--host", this.#practice.host, "--ledger", join(this.#folder, "ledger.db"), "-o", "json"];
    const started = this.#program.start([...args, ...argumentsFor(limits), "--order", order]);
    const armed = arm(plan, started, this.#practice, this.#folder, this.#drawOthers(limits));
    const ended = await started.ended;
    const { requests, changes } = armed.disarm();
    if (ended.signal === null) {
      this.#usual.ms += (ended.durationMs - this.#usual.ms) / 8;
      this.#usual.requests += (requests - this.#usual.requests) / 8;
      this.#usual.changes += (changes - this.#usual.changes) / 8;
    }
    return ended;
  }

  /**
   * What others do while a run goes on. It goes with the run's own steps and not with time: on a slow machine it would
   * otherwise be more than an engine remembers. A quota is compared with what another run would do, so nothing may
   * happen in between.
   */
  #drawOthers({ kind }: Limits): (request: string) => void {
    if (kind === "quota" || this.#random.chance(0.5)) return () => undefined;
    return (request) => {
      if (this.#random.chance(actsAtARequest)) this.#workload.actMeanwhile(request);
    };
  }

  #count(ended: Ended, when: string): void {
    if (ended.hung) this.#tally.breach(hung, when);
    else if (ended.signal === "SIGKILL") this.#tally.count("kills");
    else {
      this.#tally.count("runs that were not killed");
      if (ended.exitCode !== 0 && ended.exitCode !== 6)
        this.#tally.breach(badExit, `${String(ended.exitCode)}, ${when}: ${ended.stderr}${ended.stdout}`);
    }
  }

  /** Where both know the same of every image, what was removed is what the other would have removed, or less. */
  #compare(wanted: RunReport, ended: Ended, when: string): void {
    if (this.#removals.removedNow.length === 0) return;
    const known = this.#lastUsesKnown(ended);
    const agree = wanted.images.every(
      ({ image, lastUse, inUseBy }) =>
        inUseBy.length > 0 || !known.has(image.id) || known.get(image.id) === lastUse.at,
    );
    if (!agree || known.size === 0) {
      this.#tally.count("quota runs that cannot be compared, as the ledgers differ on a first sight");
      return;
    }
    this.#tally.count("quota runs compared with one that was never killed");
    const planned = new Set(
      wanted.images.filter(({ verdict }) => verdict.kind === "remove").map(({ image }) => image.id),
    );
    for (const id of this.#removals.removedNow.filter((each) => !planned.has(each)))
      this.#tally.breach(wronglyRemoved, `${id} is not in the plan of a run never killed, ${when}`);
  }

  #lastUsesKnown(ended: Ended): ReadonlyMap<string, number> {
    if (ended.signal === null && ended.stdout !== "") {
      const { images } = JSON.parse(ended.stdout) as JsonReport;
      return new Map(images.map(({ id, lastUsedAt }) => [id, Date.parse(lastUsedAt)]));
    }
    return new Map([...(this.#ledger.images ?? [])].map(([id, { lastUsedAt }]) => [id, lastUsedAt]));
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
