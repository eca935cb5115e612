import { fileURLToPath } from "node:url";
import { alternate, medianOf } from "./alternate.js";
import { announcing, program, startCrowd } from "./crowd.js";
import { measureProcess, node } from "./measure-process.js";
import { ratioRow, type Row } from "./row.js";

const rounds = 7;
const bareReader = fileURLToPath(new URL("read-listings.cjs", import.meta.url));

/** What many images cost who has nothing to do, or only looks, compared with reading their listings. */
export async function measureCrowded(): Promise<Row[]> {
  const listing = await startCrowd(10_000, 1_000);
  const announced = await startCrowd(10_000, 1_000, announcing);
  const [path = program, ...options] = announced.ourCommand;
  const samples = await alternate(rounds, {
    run: () => measureProcess(node(...listing.ourCommand)),
    dryRun: () => measureProcess(node(path, "--dry-run", ...options)),
    status: () => measureProcess(node(path, "status", ...options)),
    bare: () => measureProcess(node(bareReader, announced.socketPath)),
  });
  await listing.close();
  await announced.close();
  const row = (name: keyof typeof samples, work: string, atMost: number) =>
    ratioRow({
      work: `${work}, 10,000 images, 1,000 containers`,
      against: "the same listings read and parsed in bare Node, wall",
      ours: medianOf(samples[name], ({ wallMs }) => wallMs),
      theirs: medianOf(samples.bare, ({ wallMs }) => wallMs),
      unit: "ms",
      atMost,
    });
  return [
    row("run", "run with nothing to do that reads the list", 2),
    row("dryRun", "`--dry-run` on an engine that announces its changes", 1.5),
    row("status", "`status` on an engine that announces its changes", 1.5),
  ];
}

const most = 400;

export async function measureMemory(): Promise<Row[]> {
  const images = 100_000;
  const crowd = await startCrowd(images, 1_000);
  const { ours } = await alternate(5, { ours: () => measureProcess(node(...crowd.ourCommand)) });
  await crowd.close();
  const peakMiB = medianOf(ours, (cost) => cost.peakMiB);
  const peakMB = (peakMiB * 1024 ** 2) / 1e6;
  return [
    {
      work: `run with nothing to do, ${images.toLocaleString("en")} images: peak memory`,
      against: "",
      figure: `${peakMB.toFixed(0)} MB`,
      measured: `${(medianOf(ours, ({ wallMs }) => wallMs) / 1000).toFixed(1)} s wall`,
      engine: "",
      atMost: `${most} MB`,
      isReached: peakMB <= most,
    },
  ];
}
