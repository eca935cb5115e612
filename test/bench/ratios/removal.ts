import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startRealEngine } from "../../support/real-engine.js";
import { alternate, medianOf } from "./alternate.js";
import { RemovalScene } from "./removal-scene.js";
import { ratioRow, type Row } from "./row.js";

const rounds = Number(process.env["BENCH_ROUNDS"] ?? "5");
/** Fewer for a machine that is busy: the ratio does not change much. */
const going = Number(process.env["BENCH_IMAGES"] ?? "500");

/** Containers beside them, which a run must not look at each time; it is then compared with the bare loop alone. */
const containers = Number(process.env["BENCH_CONTAINERS"] ?? "0");

/** Removals on a real engine, compared with what else can remove the same images. */
export async function measureRemoval(): Promise<Row[]> {
  const engine = await startRealEngine();
  const folder = await mkdtemp(join(tmpdir(), "docker-gc-bench-"));
  try {
    const scene = new RemovalScene(engine, folder, going, containers);
    await scene.load();
    const ways = {
      ours: async () => scene.carryOut(await scene.ours()),
      bare: async () => scene.carryOut(await scene.bare(1)),
    };
    const others = {
      prune: async () => scene.carryOut(await scene.prune()),
      shell: async () => scene.carryOut(await scene.shell()),
    };
    const samples =
      containers === 0
        ? await alternate(rounds, { ...ways, ...others })
        : { ...(await alternate(rounds, ways)), prune: [], shell: [] };
    const beside = containers === 0 ? "" : ` beside ${containers} stopped containers`;
    const work = `${going} of ${2 * going} images removed, real engine${beside}`;
    const of = (name: keyof typeof samples, figure: "wallMs" | "engineMs") =>
      medianOf(samples[name], (cost) => cost[figure]);
    const row = (against: string, name: keyof typeof samples, atMost?: number) =>
      ratioRow({
        work,
        against,
        ours: of("ours", "wallMs"),
        theirs: of(name, "wallMs"),
        unit: "ms",
        engine: { ours: of("ours", "engineMs"), theirs: of(name, "engineMs") },
        ...(atMost === undefined ? {} : { atMost }),
      });
    const { text: info } = await engine.client.request("GET", "/info");
    const [alone, crowded] = info.includes("io.containerd.snapshotter") ? [1.5, 1.7] : [1.2, 1.3];
    const atMost = containers === 0 ? alone : crowded;
    const bare = row("a bare loop of DELETE calls over one connection, wall", "bare", atMost);
    if (containers > 0) return [bare];
    return [
      bare,
      row("`docker image prune -a`, wall", "prune"),
      row("a shell loop of `docker images`, `ps`, `inspect` and `rmi`, wall", "shell"),
    ];
  } finally {
    await engine.stop();
    await rm(folder, { recursive: true, force: true });
  }
}
