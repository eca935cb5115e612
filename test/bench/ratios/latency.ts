import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startRealEngine } from "../../support/real-engine.js";
import { medianOf } from "./alternate.js";
import { measureProcess } from "./measure-process.js";
import { RemovalScene, type Removal } from "./removal-scene.js";
import { ratioRow, type Row } from "./row.js";

const going = Number(process.env["BENCH_IMAGES"] ?? "500");
/** Of `docker run`, on each side. */
const wanted = 20;
/** With nothing going on, before each removal, as a machine's other work comes and goes. */
const quietRunsAtOnce = 7;

/** What somebody else's `docker run` waits, in milliseconds each, and how fast the removals went meanwhile. */
interface Meanwhile {
  readonly name: string;
  readonly prepare: () => Promise<Removal>;
  readonly runs: number[];
  images: number;
  seconds: number;
}

/** How long a `docker run` of a present image takes while others are removed, against the same with nothing going on. */
export async function measureLatency(): Promise<Row[]> {
  const engine = await startRealEngine();
  const folder = await mkdtemp(join(tmpdir(), "docker-gc-bench-"));
  try {
    const scene = new RemovalScene(engine, folder, going);
    await scene.load();
    const words = ["run", "--rm", "--network=none", "bench/stay-0:1", "/bin/busybox", "true"];
    const timeRun = async () => (await measureProcess(["docker", "-H", engine.host, ...words])).wallMs;
    const quiet: number[] = [];
    const ways = [
      way("a run of docker-gc", () => scene.ours()),
      way("bare DELETE calls, one at a time", () => scene.bare(1)),
      way("bare DELETE calls, 4 at a time", () => scene.bare(4)),
    ];
    await timeRun();
    for (let lacking = ways; lacking.length > 0; lacking = ways.filter(({ runs }) => runs.length < wanted)) {
      for (const each of lacking) {
        for (let run = 0; run < quietRunsAtOnce; run += 1) quiet.push(await timeRun());
        await sampleMeanwhile(each, scene, timeRun);
      }
    }
    while (quiet.length < wanted) quiet.push(await timeRun());
    return ways.flatMap((each) => rowsOf(each, quiet));
  } finally {
    await engine.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

function way(name: string, prepare: () => Promise<Removal>): Meanwhile {
  return { name, prepare, runs: [], images: 0, seconds: 0 };
}

/** One `docker run` after the other until the removal is over; the last one, which it may have held up, counts. */
async function sampleMeanwhile(
  meanwhile: Meanwhile,
  scene: RemovalScene,
  timeRun: () => Promise<number>,
): Promise<void> {
  const removal = await meanwhile.prepare();
  let isOver = false;
  const carriedOut = scene.carryOut(removal).finally(() => (isOver = true));
  const sample = async () => {
    while (!isOver) meanwhile.runs.push(await timeRun());
  };
  const [{ wallMs }] = await Promise.all([carriedOut, sample()]);
  meanwhile.images += going;
  meanwhile.seconds += wallMs / 1000;
}

function rowsOf({ name, runs, images, seconds }: Meanwhile, quiet: readonly number[]): Row[] {
  const rate = (images / seconds).toFixed(1);
  const row = (figure: string, pick: (all: readonly number[]) => number) =>
    ratioRow({
      work: `\`docker run\`, ${figure} of ${wanted}, while ${name} removes ${rate} images a second`,
      against: "the same with nothing going on",
      // Of more runs the worst would be worse.
      ours: pick(runs.slice(0, wanted)),
      theirs: pick(quiet.slice(0, wanted)),
      unit: "ms",
    });
  return [row("median", (all) => medianOf(all, (each) => each)), row("worst", (all) => Math.max(...all))];
}
