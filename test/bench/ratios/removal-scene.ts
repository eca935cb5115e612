import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { RealEngine } from "../../support/real-engine.js";
import { program } from "./crowd.js";
import { measureProcess, node, type Cost } from "./measure-process.js";

/** Images that go in one round, and the words of what removes them. */
export interface Removal {
  /** Of their names. */
  readonly prefix: string;
  readonly command: readonly string[];
}

const bareLoop = fileURLToPath(new URL("ask-engine.cjs", import.meta.url));

/** A real engine, and batches of images on it that one way or another goes to remove. */
export class RemovalScene {
  readonly #engine: RealEngine;
  readonly #folder: string;
  /** Images of a batch. */
  readonly #going: number;
  #batches = 0;

  /** @param folder for ledgers and lists of paths */
  constructor(engine: RealEngine, folder: string, going: number) {
    this.#engine = engine;
    this.#folder = folder;
    this.#going = going;
  }

  async load(prefix: string, count: number): Promise<void> {
    const images = Array.from({ length: count }, (_, number) => ({
      name: `bench/${prefix}-${number}:1`,
      baseLayers: [2_000_000],
      layers: [20_000],
      labels: { batch: prefix },
    }));
    await this.#engine.client.loadImages(images);
  }

  /** The run that removes; an earlier one has seen the images, and learned their layers. */
  async ours(): Promise<Removal> {
    const prefix = await this.#loadBatch();
    const ledger = join(this.#folder, `${prefix}.db`);
    const run = (maxAge: string) => {
      const limits = ["--max-age", maxAge, "--grace", "0s", "--keep-recent", "0"];
      const engine = ["--host", this.#engine.host, "--ledger", ledger];
      return node(program, ...engine, ...limits, "--only", `bench/${prefix}-*`, "--quiet");
    };
    // The engine's events may prove to the first run already that they are older than a second.
    await measureProcess(run("1d"));
    await this.#expectAll(prefix);
    // They have to be watched unused for as long as the limit says.
    await sleep(1_500);
    const command = run("1s");
    return { prefix, command };
  }

  /** A bare loop of DELETE calls. */
  async bare(atOnce: number): Promise<Removal> {
    const prefix = await this.#loadBatch();
    const paths = (await this.#present(prefix)).map((id) => `/images/${id}?noprune=1\n`);
    const input = join(this.#folder, "input");
    await writeFile(input, paths.join(""));
    const socketPath = this.#engine.host.slice("unix://".length);
    const loop = node(bareLoop, socketPath, String(atOnce), "DELETE");
    return { prefix, command: ["bash", "-c", '"$@" < "$0"', input, ...loop] };
  }

  async prune(): Promise<Removal> {
    const prefix = await this.#loadBatch();
    const filter = ["--filter", `label=batch=${prefix}`];
    return { prefix, command: ["docker", "-H", this.#engine.host, "image", "prune", "-af", ...filter] };
  }

  async shell(): Promise<Removal> {
    const prefix = await this.#loadBatch();
    const script = `
      export DOCKER_HOST=${this.#engine.host}
      used=$(docker ps -aq | xargs -r docker inspect --format '{{.Image}}')
      docker images --format '{{.Repository}}:{{.Tag}}' 'bench/${prefix}-*' | while read -r name; do
        id=$(docker inspect --format '{{.Id}}' "$name")
        case "$used" in *"$id"*) ;; *) docker rmi "$name" ;; esac
      done`;
    return { prefix, command: ["bash", "-c", script] };
  }

  /** Throws when an image of the batch is left. */
  async carryOut({ prefix, command }: Removal): Promise<Cost> {
    const cost = await measureProcess(command);
    const left = (await this.#present(prefix)).length;
    if (left > 0) throw new Error(`${left} images of ${prefix} are still there.`);
    return cost;
  }

  async #loadBatch(): Promise<string> {
    const prefix = `go${(this.#batches += 1)}`;
    await this.load(prefix, this.#going);
    return prefix;
  }

  async #expectAll(prefix: string): Promise<void> {
    const present = (await this.#present(prefix)).length;
    if (present < this.#going) throw new Error(`Only ${present} images of ${prefix} are there.`);
  }

  async #present(prefix: string): Promise<string[]> {
    const images = await this.#engine.client.listImages();
    const named = images.filter(({ RepoTags }) =>
      RepoTags?.some((tag) => tag.startsWith(`bench/${prefix}-`)),
    );
    return named.map(({ Id }) => Id);
  }
}
