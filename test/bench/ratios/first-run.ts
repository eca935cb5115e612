import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startRealEngine } from "../../support/real-engine.js";
import { alternate, medianOf } from "./alternate.js";
import { program } from "./crowd.js";
import { measureWithEngine, node } from "./measure-process.js";
import { ratioRow, type Row } from "./row.js";

const rounds = Number(process.env["BENCH_ROUNDS"] ?? "5");
const count = 2 * Number(process.env["BENCH_IMAGES"] ?? "500");
const bareLoop = fileURLToPath(new URL("ask-engine.cjs", import.meta.url));

/** The first run on a real engine, which learns the layers of every image, against the bare calls that takes. */
export async function measureFirstRun(): Promise<Row[]> {
  const engine = await startRealEngine();
  const folder = await mkdtemp(join(tmpdir(), "docker-gc-bench-"));
  try {
    await engine.client.loadImages(
      Array.from({ length: count }, (_, number) => ({
        name: `bench/first-${number}:1`,
        baseLayers: [2_000_000],
        layers: [20_000],
      })),
    );
    const images = await engine.client.listImages();
    const input = join(folder, "paths");
    await writeFile(input, images.map(({ Id }) => `/images/${Id}/json\n/images/${Id}/history\n`).join(""));
    const bare = node(bareLoop, engine.host.slice("unix://".length), "8", "GET");
    const ledger = join(folder, "none.db");
    const samples = await alternate(rounds, {
      // A dry run leaves no ledger, so that each is the first one.
      ours: () =>
        measureWithEngine(engine.host, node(program, "--host", engine.host, "--ledger", ledger, "--dry-run")),
      bare: () => measureWithEngine(engine.host, ["bash", "-c", '"$@" < "$0"', input, ...bare]),
    });
    return [
      ratioRow({
        work: `first run, ${count} unknown images, real engine`,
        against: "a bare loop of inspect and history calls of all of them, 8 at a time, wall",
        ours: medianOf(samples.ours, ({ wallMs }) => wallMs),
        theirs: medianOf(samples.bare, ({ wallMs }) => wallMs),
        unit: "ms",
        engine: {
          ours: medianOf(samples.ours, ({ engineMs }) => engineMs),
          theirs: medianOf(samples.bare, ({ engineMs }) => engineMs),
        },
        atMost: 1.3,
      }),
    ];
  } finally {
    await engine.stop();
    await rm(folder, { recursive: true, force: true });
  }
}
