import { execFile } from "node:child_process";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { RealEngine } from "../../support/real-engine.js";
import { program } from "./crowd.js";
import { measureProcess, measureWithEngine, node, type CostWithEngine } from "./measure-process.js";

/** What removes the images that are to go: the words of a command. */
export type Removal = readonly string[];

const execute = promisify(execFile);
const bareLoop = fileURLToPath(new URL("ask-engine.cjs", import.meta.url));

/**
 * A real engine with images that stay and as many that go, and the ways to remove these. Each time they are there again:
 * to load them takes as long as ten ways to remove them, so a private engine gets a copy of its data back.
 */
export class RemovalScene {
  readonly #engine: RealEngine;
  readonly #folder: string;
  readonly #going: number;
  readonly #containers: number;
  #times = 0;

  /**
   * @param folder for ledgers, lists of paths, and the copy
   * @param containers how many there are that never ran
   */
  constructor(engine: RealEngine, folder: string, going: number, containers = 0) {
    this.#containers = containers;
    this.#engine = engine;
    this.#folder = folder;
    this.#going = going;
  }

  /** To be called once, before anything else. */
  async load(): Promise<void> {
    await this.#load("stay");
    for (let number = 0; number < this.#containers; number += 1)
      await this.#engine.client.createContainer(`bench/stay-${number % this.#going}:1`);
    if (!this.#engine.owned) return;
    await this.#load("go");
    await this.#engine.restart((data) => copyFolder(data, this.#copy));
  }

  /** The run that removes; an earlier one has seen the images, and learned their layers. */
  async ours(): Promise<Removal> {
    await this.#renew();
    const ledger = join(this.#folder, `${this.#times}.db`);
    const run = (maxAge: string) => {
      const limits = ["--max-age", maxAge, "--grace", "0s", "--keep-recent", "0"];
      const engine = ["--host", this.#engine.host, "--ledger", ledger];
      return node(program, ...engine, ...limits, "--only", "bench/go-*", "--quiet");
    };
    // The engine's events may prove to the first run already that they are older than a second.
    await measureProcess(run("1d"));
    const present = (await this.#present()).length;
    if (present < this.#going) throw new Error(`Only ${present} images are there.`);
    // They have to be watched unused for as long as the limit says.
    await sleep(1_500);
    return run("1s");
  }

  /** A bare loop of DELETE calls. */
  async bare(atOnce: number): Promise<Removal> {
    await this.#renew();
    const paths = (await this.#present()).map((id) => `/images/${id}?noprune=1\n`);
    const input = join(this.#folder, "input");
    await writeFile(input, paths.join(""));
    const socketPath = this.#engine.host.slice("unix://".length);
    const loop = node(bareLoop, socketPath, String(atOnce), "DELETE");
    return ["bash", "-c", '"$@" < "$0"', input, ...loop];
  }

  async prune(): Promise<Removal> {
    await this.#renew();
    return ["docker", "-H", this.#engine.host, "image", "prune", "-af", "--filter", "label=batch=go"];
  }

  async shell(): Promise<Removal> {
    await this.#renew();
    const script = `
      export DOCKER_HOST=${this.#engine.host}
      used=$(docker ps -aq | xargs -r docker inspect --format '{{.Image}}')
      docker images --format '{{.Repository}}:{{.Tag}}' 'bench/go-*' | while read -r name; do
        id=$(docker inspect --format '{{.Id}}' "$name")
        case "$used" in *"$id"*) ;; *) docker rmi "$name" ;; esac
      done`;
    return ["bash", "-c", script];
  }

  /** Throws when an image is left that was to go. */
  async carryOut(removal: Removal): Promise<CostWithEngine> {
    const cost = await measureWithEngine(this.#engine.host, removal);
    const left = (await this.#present()).length;
    if (left > 0) throw new Error(`${left} images are still there.`);
    return cost;
  }

  get #copy(): string {
    return join(this.#folder, "copy");
  }

  async #renew(): Promise<void> {
    this.#times += 1;
    if (!this.#engine.owned) return this.#load("go");
    await this.#engine.restart(async (data) => {
      await rm(data, { recursive: true });
      await copyFolder(this.#copy, data);
    });
    // An engine that has just started remembers no event, and without any nothing is proved.
    await this.#engine.client.tag("bench/stay-0:1", "bench/stay:1");
  }

  async #load(batch: "stay" | "go"): Promise<void> {
    const images = Array.from({ length: this.#going }, (_, number) => ({
      name: `bench/${batch}-${number}:1`,
      baseLayers: [2_000_000],
      layers: [20_000],
      labels: { batch },
    }));
    await this.#engine.client.loadImages(images);
  }

  /** IDs of those that go. */
  async #present(): Promise<string[]> {
    const images = await this.#engine.client.listImages();
    const named = images.filter(({ RepoTags }) => RepoTags?.some((tag) => tag.startsWith("bench/go-")));
    return named.map(({ Id }) => Id);
  }
}

/** With all attributes; and on the disk, as what is still to be written would hold up whoever waits for the disk. */
async function copyFolder(from: string, to: string): Promise<void> {
  await execute("cp", ["-a", from, to]);
  await execute("sync", []);
}
