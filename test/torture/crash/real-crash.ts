import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ContainerId, ImageId } from "../../../src/core/image/image.js";
import { ApiEngine } from "../../../src/engine/docker-api/api-engine.js";
import { Connection } from "../../../src/engine/transport/connection.js";
import { busyboxBytes } from "../../support/docker-archive.js";
import type { EngineClient } from "../../support/engine-client.js";
import { startRealEngine, type RealEngine } from "../../support/real-engine.js";
import { LedgerWatch } from "../ledger-watch.js";
import { NameWatch } from "../name-watch.js";
import { argumentsFor, drawLimits } from "../policy.js";
import type { Ended, Program } from "../program.js";
import { startProxy, type Proxy } from "../proxy.js";
import type { Random } from "../random.js";
import { RemovalWatch } from "../removal-watch.js";
import { Tally } from "../tally.js";
import { Truth } from "../truth.js";
import { arm, describeKill, planKill, type Usual } from "./kill-plan.js";
import { badExit, crashPromises, hung } from "./practice-crash.js";

/** Few enough events between two whole runs for the engine to remember them all. */
const killsInARow = 4;
const fewestImages = 8;
const mostContainers = 5;

const unreported = "an image went that the run that had the engine for itself does not name";

/** Kills runs on a real engine until there were enough. */
export async function crashOnRealEngine(
  program: Program,
  random: Random,
  kills: number,
  isStopped: () => boolean,
): Promise<Tally> {
  const tally = new Tally("crash, real engine", [...crashPromises, unreported]);
  const engine = await startRealEngine();
  const proxy = await startProxy(engine.host);
  const folder = await mkdtemp(join(tmpdir(), "docker-gc-torture-"));
  try {
    const { identity } = await new ApiEngine(
      new Connection({ kind: "unix", socketPath: proxy.socketPath }),
      30_000,
    ).describe();
    const scene = new RealScene(program, random, tally, engine, proxy, folder, identity.key);
    while (!isStopped() && tally.countOf("kills") < kills) {
      await scene.step();
      if (tally.countOf("kills") % 10 === 0)
        process.stderr.write(`crash, real engine: ${tally.countOf("kills")} of ${kills} kills\n`);
    }
  } finally {
    await proxy.close();
    await engine.stop();
    await rm(folder, { recursive: true, force: true });
  }
  return tally;
}

class RealScene {
  readonly #program: Program;
  readonly #random: Random;
  readonly #tally: Tally;
  readonly #client: EngineClient;
  readonly #proxy: Proxy;
  readonly #folder: string;
  readonly #truth = new Truth();
  readonly #ledger: LedgerWatch;
  readonly #names: NameWatch;
  readonly #removals: RemovalWatch;
  readonly #usual: Usual = { ms: 900, requests: 40, changes: 20 };
  readonly #containers: { readonly id: ContainerId; readonly image: ImageId }[] = [];
  #steps = 0;
  #inARow = 0;

  constructor(
    program: Program,
    random: Random,
    tally: Tally,
    engine: RealEngine,
    proxy: Proxy,
    folder: string,
    key: string,
  ) {
    this.#program = program;
    this.#random = random;
    this.#tally = tally;
    this.#client = engine.client;
    this.#proxy = proxy;
    this.#folder = folder;
    this.#ledger = new LedgerWatch(join(folder, "ledger.db"), key, this.#truth, tally);
    this.#names = new NameWatch(this.#truth, tally, "a kill");
    this.#removals = new RemovalWatch(this.#truth, tally);
  }

  async step(): Promise<void> {
    for (let deeds = this.#random.between(1, 4); deeds > 0; deeds -= 1) await this.#act();
    const isKilled = this.#inARow < killsInARow && this.#random.chance(0.85);
    this.#inARow = isKilled ? this.#inARow + 1 : 0;
    const plan = isKilled ? planKill(this.#random, this.#usual) : ({ kind: "never" } as const);
    const limits = drawLimits(this.#random, 2 * busyboxBytes());
    const when = `step ${++this.#steps}, ${limits.kind}, kill ${describeKill(plan)}`;
    const startedAt = Date.now();
    this.#ledger.beforeRun(startedAt);
    this.#removals.begin({ limits, startedAt, description: when });
    const args = ["--host", this.#proxy.host, "--ledger", join(this.#folder, "ledger.db"), "-o", "json"];
    const started = this.#program.start([...args, ...argumentsFor(limits)]);
    const armed = arm(plan, started, this.#proxy, this.#folder);
    const ended = await started.ended;
    await this.#proxy.settled();
    const { requests, changes } = armed.disarm();
    if (ended.signal === null) {
      this.#usual.ms += (ended.durationMs - this.#usual.ms) / 8;
      this.#usual.requests += (requests - this.#usual.requests) / 8;
      this.#usual.changes += (changes - this.#usual.changes) / 8;
    }
    this.#count(ended, when);
    await this.#checkEngine(ended, when);
  }

  async #checkEngine(ended: Ended, when: string): Promise<void> {
    const listed = await this.#client.listImages();
    const names = new Map(
      listed.flatMap(({ Id, RepoTags }) => (RepoTags ?? []).map((name) => [name, Id as ImageId] as const)),
    );
    const present = new Set(listed.map(({ Id }) => Id));
    const gone = this.#truth.images.filter((each) => !present.has(each));
    for (const image of ended.signal === null ? gone.filter((each) => !ended.stdout.includes(each)) : [])
      this.#tally.breach(unreported, `${image}, ${when}`);
    for (const image of gone) {
      this.#removals.sawRemoval(image, Date.now());
      this.#ledger.sawRemoval(image);
    }
    this.#ledger.look(when);
    this.#names.look(
      ended.signal === "SIGKILL" ? "broken-off" : "completed",
      (name) => names.get(name),
      when,
    );
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

  async #act(): Promise<void> {
    const images = this.#truth.images;
    const at = Date.now();
    if (images.length < fewestImages || this.#random.chance(0.2)) {
      await this.#load(at);
      return;
    }
    const image = this.#random.pick(images);
    switch (this.#random.below(5)) {
      case 0: {
        const name = this.#name();
        await this.#client.tag(image, name);
        this.#truth.used(image, at);
        this.#truth.named(name, image);
        return;
      }
      case 1: {
        const names = [...this.#truth.names].filter(([, holder]) => holder === image).map(([name]) => name);
        const name = this.#random.pick([image, ...names]);
        // A kill may have taken the name.
        await this.#client.runRemoved((await this.#client.inspectImage(name))?.Id === image ? name : image);
        this.#truth.used(image, at);
        return;
      }
      case 2:
      case 3: {
        if (this.#containers.length >= mostContainers) return;
        const id = (await this.#client.createContainer(image)) as ContainerId;
        this.#truth.held(id, image, at);
        this.#containers.push({ id, image });
        return;
      }
      default: {
        const container = this.#containers.shift();
        if (container === undefined) return;
        await this.#client.removeContainer(container.id);
        this.#truth.released(container.id, at);
      }
    }
  }

  async #load(at: number): Promise<void> {
    const names = [...new Set(Array.from({ length: this.#random.between(1, 4) }, () => this.#name()))];
    const seed = `torture ${this.#random.next()}`;
    const id = (await this.#client.loadImage({
      name: names,
      layers: [busyboxBytes(), this.#random.between(1, 5) * 10_000],
      seed,
    })) as ImageId;
    this.#truth.appeared(id, at);
    for (const name of names) this.#truth.named(name, id);
  }

  #name(): string {
    return `${this.#random.pick(["app", "team/tool", "host.example:5000/x", "keep/base"])}:${this.#random.between(1, 12)}`;
  }
}
