import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startRealEngine, type RealEngine } from "../../support/real-engine.js";
import { alternate, medianOf } from "./alternate.js";
import { program } from "./crowd.js";
import { measureProcess, measureWithEngine, node, type CostWithEngine } from "./measure-process.js";
import { ratioRow, type Row } from "./row.js";

const rounds = Number(process.env["BENCH_ROUNDS"] ?? "5");
const many = Number(process.env["BENCH_IMAGES"] ?? "500");
const few = 10;

/** What a run asks a real engine for that has nothing to do, with many images against few, and after one tag. */
export async function measureIdleOnRealEngine(): Promise<Row[]> {
  const engine = await startRealEngine();
  const folder = await mkdtemp(join(tmpdir(), "docker-gc-bench-"));
  try {
    const ofFew = await measureIdleRuns(engine, few, join(folder, "few.db"));
    const ofMany = await measureIdleRuns(engine, many, join(folder, "many.db"));
    const row = (work: string, name: keyof typeof ofMany) =>
      ratioRow({
        work: `${work}, ${many} images, real engine`,
        against: `the same with ${few} images, wall`,
        ours: medianOf(ofMany[name], ({ wallMs }) => wallMs),
        theirs: medianOf(ofFew[name], ({ wallMs }) => wallMs),
        unit: "ms",
        engine: {
          ours: medianOf(ofMany[name], ({ engineMs }) => engineMs),
          theirs: medianOf(ofFew[name], ({ engineMs }) => engineMs),
        },
        atMost: 1.3,
      });
    return [row("run with nothing to do", "idle"), row("the same after one `docker tag`", "tagged")];
  } finally {
    await engine.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function measureIdleRuns(
  { client, host }: RealEngine,
  images: number,
  ledger: string,
): Promise<Record<"idle" | "tagged", CostWithEngine[]>> {
  const layers = { baseLayers: [2_000_000], layers: [20_000] };
  await client.loadImages(
    Array.from({ length: images }, (_, number) => ({ name: `bench/idle-${number}:1`, ...layers })),
  );
  const run = node(program, "--host", host, "--ledger", ledger, "--timeout", "10m");
  // The first run learns the images.
  for (let time = 0; time < 2; time += 1) await measureProcess(run);
  let tags = 0;
  return alternate(rounds, {
    idle: () => measureWithEngine(host, run),
    tagged: async () => {
      await client.tag("bench/idle-0:1", `bench/idle-0:t${(tags += 1)}`);
      return measureWithEngine(host, run);
    },
  });
}
