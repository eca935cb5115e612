import { fileURLToPath } from "node:url";
import { alternate, medianOf } from "./alternate.js";
import { startCrowd } from "./crowd.js";
import { measureProcess, node } from "./measure-process.js";
import { ratioRow, type Row } from "./row.js";

const rounds = 7;
const bareReader = fileURLToPath(new URL("read-listings.cjs", import.meta.url));

/** What many images cost a run that has nothing to do, compared with reading their listings. */
export async function measureCrowded(): Promise<Row[]> {
  const crowd = await startCrowd(10_000, 1_000);
  const samples = await alternate(rounds, {
    ours: () => measureProcess(node(...crowd.ourCommand)),
    bare: () => measureProcess(node(bareReader, crowd.socketPath)),
  });
  await crowd.close();
  return [
    ratioRow({
      work: "run with nothing to do, 10,000 images, 1,000 containers",
      against: "the same listings read and parsed in bare Node, wall",
      ours: medianOf(samples.ours, ({ wallMs }) => wallMs),
      theirs: medianOf(samples.bare, ({ wallMs }) => wallMs),
      unit: "ms",
      atMost: 2,
    }),
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
