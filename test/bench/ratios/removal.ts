import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { startRealEngine, type RealEngine } from "../../support/real-engine.js";
import { alternate, medianOf } from "./alternate.js";
import { program } from "./crowd.js";
import { measureProcess, node, type Cost } from "./measure-process.js";
import { ratioRow, type Row } from "./row.js";

const rounds = Number(process.env["BENCH_ROUNDS"] ?? "5");
/** Fewer for a machine that is busy: the ratio does not change much. */
const going = Number(process.env["BENCH_IMAGES"] ?? "500");
const staying = going;
const bareLoop = fileURLToPath(new URL("ask-engine.cjs", import.meta.url));

/** Removals on a real engine, compared with what else can remove the same images. */
export async function measureRemoval(): Promise<Row[]> {
  const engine = await startRealEngine();
  const folder = await mkdtemp(join(tmpdir(), "docker-gc-bench-"));
  try {
    const scene = new Scene(engine, folder);
    await scene.load("stay", staying);
    // Loading takes a moment longer each time, so each round sets its own scene just before what it measures.
    const samples = await alternate(rounds, {
      ours: async () => scene.removeOurs(await scene.loadMore()),
      bare: async () => scene.removeBare(await scene.loadMore()),
      prune: async () => scene.removeByPrune(await scene.loadMore()),
      shell: async () => scene.removeByShell(await scene.loadMore()),
    });
    const work = `${going} of ${going + staying} images removed, real engine`;
    const wall = (name: keyof typeof samples) => medianOf(samples[name], ({ wallMs }) => wallMs);
    const row = (against: string, theirs: number, atMost?: number) =>
      ratioRow({
        work,
        against,
        ours: wall("ours"),
        theirs,
        unit: "ms",
        ...(atMost === undefined ? {} : { atMost }),
      });
    return [
      row("a bare loop of DELETE calls over one connection, wall", wall("bare"), 1.15),
      row("`docker image prune -a`, wall", wall("prune")),
      row("a shell loop of `docker images`, `ps`, `inspect` and `rmi`, wall", wall("shell")),
    ];
  } finally {
    await engine.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Images that go in one round. */
interface Batch {
  /** Of their names. */
  readonly prefix: string;
}

class Scene {
  readonly #engine: RealEngine;
  readonly #folder: string;
  #batches = 0;

  constructor(engine: RealEngine, folder: string) {
    this.#engine = engine;
    this.#folder = folder;
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

  async loadMore(): Promise<Batch> {
    const prefix = `go${(this.#batches += 1)}`;
    await this.load(prefix, going);
    return { prefix };
  }

  async removeOurs({ prefix }: Batch): Promise<Cost> {
    const limits = ["--max-age", "1s", "--grace", "0s", "--keep-recent", "0", "--only", `bench/${prefix}-*`];
    const ledger = join(this.#folder, `${prefix}.db`);
    const command = node(program, "--host", this.#engine.host, "--ledger", ledger, ...limits, "--quiet");
    await measureProcess(command);
    // It has to be watched unused for as long as the limit says.
    await sleep(1_500);
    const cost = await measureProcess(command);
    await this.#expectGone(prefix);
    return cost;
  }

  async removeBare({ prefix }: Batch): Promise<Cost> {
    const { ids } = await this.#present(prefix);
    const paths = ids.map((id) => `/images/${id}?noprune=1\n`);
    const cost = await this.#withInput(paths, node(bareLoop, this.#socketPath, "1", "DELETE"));
    await this.#expectGone(prefix);
    return cost;
  }

  async removeByPrune({ prefix }: Batch): Promise<Cost> {
    const command = [
      "docker",
      "-H",
      this.#engine.host,
      "image",
      "prune",
      "-af",
      "--filter",
      `label=batch=${prefix}`,
    ];
    const cost = await measureProcess(command);
    await this.#expectGone(prefix);
    return cost;
  }

  async removeByShell({ prefix }: Batch): Promise<Cost> {
    const script = `
      export DOCKER_HOST=${this.#engine.host}
      used=$(docker ps -aq | xargs -r docker inspect --format '{{.Image}}')
      docker images --format '{{.Repository}}:{{.Tag}}' 'bench/${prefix}-*' | while read -r name; do
        id=$(docker inspect --format '{{.Id}}' "$name")
        case "$used" in *"$id"*) ;; *) docker rmi "$name" ;; esac
      done`;
    const cost = await measureProcess(["bash", "-c", script]);
    await this.#expectGone(prefix);
    return cost;
  }

  get #socketPath(): string {
    return this.#engine.host.slice("unix://".length);
  }

  async #present(prefix: string): Promise<{ readonly ids: readonly string[] }> {
    const images = await this.#engine.client.listImages();
    const named = images.filter(({ RepoTags }) =>
      RepoTags?.some((tag) => tag.startsWith(`bench/${prefix}-`)),
    );
    return { ids: named.map(({ Id }) => Id) };
  }

  async #expectGone(prefix: string): Promise<void> {
    const { ids } = await this.#present(prefix);
    if (ids.length > 0) throw new Error(`${ids.length} images of ${prefix} are still there.`);
  }

  async #withInput(lines: readonly string[], command: readonly string[]): Promise<Cost> {
    const path = join(this.#folder, "input");
    await writeFile(path, lines.join(""));
    return measureProcess(["bash", "-c", '"$@" < "$0"', path, ...command]);
  }
}
