import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildArchiveOfMany, busyboxBytes } from "../../support/docker-archive.js";
import type { EngineClient } from "../../support/engine-client.js";
import { startRealEngine } from "../../support/real-engine.js";
import type { JsonReport } from "../../support/run-json.js";
import { leftHalfRemoved, nameLost } from "../name-watch.js";
import type { Ended, Program } from "../program.js";
import type { Random } from "../random.js";
import { underContainer } from "../removal-watch.js";
import { Tally } from "../tally.js";
import { startProxy, type Proxy } from "../proxy.js";
import { EventLog } from "./event-log.js";
import type { Message, Order } from "./messages.js";

const badExit = "a run ended with another code than 0, 3 or 6";
const keptTaken = "an image with a keep rule was removed";
const imagesARound = 40;
const quietMs = 60_000;
const everythingGoes = ["--quota", "1K", "--max-age", "off", "--grace", "0s", "--keep-recent", "0"];

/** Removes images of a real engine until there were enough, while another process uses and renames them. */
export async function raceOnRealEngine(
  program: Program,
  random: Random,
  removals: number,
  isStopped: () => boolean,
): Promise<Tally> {
  const tally = new Tally("races, real engine", [
    underContainer,
    nameLost,
    leftHalfRemoved,
    keptTaken,
    badExit,
  ]);
  const engine = await startRealEngine();
  const folder = await mkdtemp(join(tmpdir(), "docker-gc-torture-"));
  const meddler = new Meddler(engine.host, random, tally);
  const proxy = await startProxy(engine.host);
  const log = await EventLog.follow(engine.host);
  const scene: Scene = {
    program,
    random,
    tally,
    client: engine.client,
    meddler,
    folder,
    proxy,
    log,
    asked: [],
    judged: new Set(),
  };
  try {
    for (let round = 1; !isStopped() && tally.countOf("images removed") < removals; round += 1) {
      await new Round(round, scene).play();
      process.stderr.write(`races: ${tally.countOf("images removed")} of ${removals} removals\n`);
    }
  } finally {
    await meddler.end();
    log.end();
    await proxy.close();
    await engine.stop();
    await rm(folder, { recursive: true, force: true });
  }
  return tally;
}

/** The other process, as this one sees it. */
class Meddler {
  readonly #child: ChildProcess;
  /** What each name stands for, by the last one who gave it away. */
  readonly names = new Map<string, string>();
  /** Containers that were found without their image, which is the value. */
  readonly bereft = new Map<string, string>();
  /** Names whose last move was refused, and where they were to go. */
  readonly refused = new Map<string, Extract<Message, { readonly kind: "tag-refused" }>>();

  constructor(host: string, random: Random, tally: Tally) {
    const script = fileURLToPath(new URL("meddler.ts", import.meta.url));
    const seed = String(random.below(2 ** 31));
    this.#child = fork(script, [host, seed], { execArgv: ["--import", "tsx"] });
    this.#child.on("message", (message: Message) => {
      if (message.kind === "did") tally.count(message.deed);
      if (message.kind === "tagged") {
        tally.count("tags moved or added");
        this.names.set(message.name, message.image);
        this.refused.delete(message.name);
      }
      if (message.kind === "tag-refused") {
        tally.count("tags refused");
        this.refused.set(message.name, message);
      }
      if (message.kind === "bereft") this.bereft.set(message.container, message.image);
    });
  }

  go(images: readonly string[]): void {
    this.#send({ kind: "go", images, names: [...this.names.keys()] });
  }

  async pause(): Promise<void> {
    const quiet = new Promise<void>((resolve) => {
      const listen = (message: Message): void => {
        if (message.kind !== "quiet") return;
        this.#child.off("message", listen);
        resolve();
      };
      this.#child.on("message", listen);
    });
    this.#send({ kind: "pause" });
    const timer = setTimeout(() => this.#child.kill(), quietMs);
    await quiet;
    clearTimeout(timer);
  }

  async end(): Promise<void> {
    const exit = once(this.#child, "exit");
    this.#send({ kind: "end" });
    await exit;
  }

  #send(order: Order): void {
    this.#child.send(order);
  }
}

interface Scene {
  readonly program: Program;
  readonly random: Random;
  readonly tally: Tally;
  readonly client: EngineClient;
  readonly meddler: Meddler;
  readonly folder: string;
  /** Between the runs and the engine. */
  readonly proxy: Proxy;
  readonly log: EventLog;
  /** What the runs asked to be removed, by ID or name, one after the other; epoch milliseconds. */
  readonly asked: { readonly subject: string; readonly at: number }[];
  /** Containers without their image that were looked into: one may stay for several rounds. */
  readonly judged: Set<string>;
}

class Round {
  readonly #number: number;
  readonly #scene: Scene;
  readonly #tally: Tally;
  readonly #client: EngineClient;
  readonly #meddler: Meddler;

  constructor(number: number, scene: Scene) {
    this.#number = number;
    this.#scene = scene;
    this.#tally = scene.tally;
    this.#client = scene.client;
    this.#meddler = scene.meddler;
  }

  async play(): Promise<void> {
    await this.#load();
    const before = await this.#client.listImages();
    const kept = before.filter(({ RepoTags }) => (RepoTags ?? []).some((name) => name.startsWith("keep/")));
    this.#meddler.go(before.map(({ Id }) => Id));
    const { proxy, program, folder } = this.#scene;
    proxy.onRequest = (method, path) => {
      const [, subject = ""] = /^\/images\/([^?]+)/.exec(path) ?? [];
      if (method === "DELETE") this.#scene.asked.push({ subject, at: Date.now() });
      return undefined;
    };
    const args = ["--host", proxy.host, "--ledger", join(folder, "ledger.db"), "-o", "json"];
    const ended = await program.start([...args, ...everythingGoes, "--keep", "keep/**"]).ended;
    await this.#meddler.pause();
    this.#count(ended);
    await this.#checkContainers();
    await this.#checkNames(kept.map(({ Id }) => Id));
  }

  async #load(): Promise<void> {
    const recipes = Array.from({ length: imagesARound }, (_, index) => {
      const seed = `${this.#number}-${index}`;
      const count = this.#scene.random.pick([1, 1, 2, 3, 4]);
      const names = Array.from(
        { length: count },
        (__, name) => `race-${this.#scene.random.below(4)}:${seed}-${name}`,
      );
      if (index === 0) names.push(`keep/base:${seed}`);
      return { names, baseLayers: [busyboxBytes()], layers: [10_000], seed, labels: {} };
    });
    const answer = await this.#client.request("POST", "/images/load", buildArchiveOfMany(recipes));
    if (answer.status !== 200 || answer.text.includes('"error"')) throw new Error(answer.text);
    for (const name of recipes.flatMap(({ names }) => names)) {
      const image = await this.#client.inspectImage(name);
      if (image !== null && !name.startsWith("keep/")) this.#meddler.names.set(name, image.Id);
    }
  }

  #count({ exitCode, stdout, stderr }: Ended): void {
    this.#tally.count(`runs that ended with ${String(exitCode)}`);
    if (exitCode !== 0 && exitCode !== 3 && exitCode !== 6)
      this.#tally.breach(badExit, `${String(exitCode)}: ${stderr}${stdout}`);
    if (stdout === "") return;
    for (const { outcome, outcomeDetail } of (JSON.parse(stdout) as JsonReport).images) {
      if (outcome !== null) this.#tally.count(`images ${outcome}`);
      if (outcome === "failed") process.stderr.write(`races: ${outcomeDetail ?? ""}\n`);
    }
  }

  async #checkContainers(): Promise<void> {
    const present = new Set((await this.#client.listImages()).map(({ Id }) => Id));
    const { bereft } = this.#meddler;
    for (const { Id, ImageID } of await this.#client.listContainers())
      if (!present.has(ImageID)) bereft.set(Id, ImageID);
    for (const [container, image] of bereft) this.#judge(container, image);
    bereft.clear();
  }

  /**
   * While a container is being created, the engine itself neither lists it nor guards its image (moby daemon/create.go
   * registers it last), so a removal at that moment is seen by nobody. What was complete when the removal was asked for
   * has to be safe.
   */
  #judge(container: string, image: string): void {
    const { judged } = this.#scene;
    if (judged.has(container)) return;
    judged.add(container);
    const createdAt = this.#scene.log.createdAt(container);
    const deletedAt = this.#scene.log.deletedAt(image);
    // The last name that is left takes the image along, so it need not have been asked for by its ID.
    const asked = this.#scene.asked.findLast(({ at }) => deletedAt !== null && at <= deletedAt);
    if (createdAt !== null && asked !== undefined && createdAt >= asked.at)
      this.#tally.count("images removed while a container was being created, which no list shows yet");
    else {
      const times = `created ${String(createdAt)}, deleted ${String(deletedAt)} by ${JSON.stringify(asked)}`;
      this.#tally.breach(underContainer, `${image} of container ${container}: ${times}`);
    }
  }

  async #checkNames(kept: readonly string[]): Promise<void> {
    const present = await this.#client.listImages();
    const names = new Map(
      present.flatMap(({ Id, RepoTags }) => (RepoTags ?? []).map((name) => [name, Id] as const)),
    );
    const ids = new Set(present.map(({ Id }) => Id));
    for (const id of kept.filter((each) => !ids.has(each))) this.#tally.breach(keptTaken, id);
    for (const [name, image] of this.#meddler.names) {
      const holder = names.get(name);
      if (ids.has(image) && holder !== image) this.#judgeName(name, image, holder, ids);
      // What is gone, or lost and counted, is nobody's to meddle with.
      if (holder !== image) this.#meddler.names.delete(name);
      else this.#tally.count("names of kept images checked");
    }
  }

  /**
   * An engine that is asked to give a name to an image while it removes that very image may take the name from who had
   * it, refuse, and leave it with what is gone. That was the other process's own doing: the run only removed an image.
   */
  #judgeName(name: string, image: string, holder: string | undefined, present: ReadonlySet<string>): void {
    const refused = this.#meddler.refused.get(name);
    if (holder === undefined && refused !== undefined && !present.has(refused.image)) {
      this.#tally.count("names that others lost by giving them to an image that was just being removed");
      return;
    }
    const asked = this.#scene.asked.filter(({ subject }) => subject === name || subject === image);
    const story = {
      round: this.#number,
      taggedAt: this.#scene.log.taggedAt(name),
      refused,
      asked,
    };
    const now = holder ?? "nobody";
    this.#tally.breach(nameLost, `${name} of ${image}, now of ${now}: ${JSON.stringify(story)}`);
  }
}
