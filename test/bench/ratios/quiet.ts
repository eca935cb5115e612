import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { alternate, medianOf } from "./alternate.js";
import { announcing, startCrowd } from "./crowd.js";
import { measureProcess, node, type Cost } from "./measure-process.js";
import { ratioRow, type Row } from "./row.js";

const rounds = 15;

const leastScript = fileURLToPath(new URL("least.cjs", import.meta.url));

/** Without certificates of the machine's own: Node reads those at every start, needed or not. */
const plainEnvironment = { ...process.env, NODE_EXTRA_CA_CERTS: undefined };

/** What a run with --quiet costs in which nothing happened and nothing is due, by how much there is; and beside bare Node. */
export async function measureQuiet(): Promise<Row[]> {
  const few = await startCrowd(10, 10, announcing);
  const usual = await startCrowd(200, 20, announcing);
  const many = await startCrowd(10_000, 1_000, announcing);
  const most = await startCrowd(100_000, 1_000, announcing);
  const quietly = (crowd: typeof few) => node(...crowd.ourCommand, "--quiet");
  const bare = node("-e", "0");
  // On a copy, whose every write is the same.
  const copy = join(await mkdtemp(join(tmpdir(), "docker-gc-least-")), "ledger.db");
  await copyFile(usual.ledger, copy);
  const least = node(leastScript, usual.socketPath, copy);
  const samples = await alternate(rounds, {
    few: () => measureProcess(quietly(few)),
    many: () => measureProcess(quietly(many)),
    most: () => measureProcess(quietly(most)),
    ours: () => measureProcess(quietly(usual)),
    node: () => measureProcess(bare),
    plainOurs: () => measureProcess(quietly(usual), plainEnvironment),
    plainLeast: () => measureProcess(least, plainEnvironment),
    plainNode: () => measureProcess(bare, plainEnvironment),
  });
  await rm(dirname(copy), { recursive: true });
  for (const crowd of [few, usual, many, most]) await crowd.close();
  const figure = (name: keyof typeof samples, of: keyof Cost) => medianOf(samples[name], (cost) => cost[of]);
  const beside = (name: "many" | "most", of: "wallMs" | "peakMiB") => ({
    ours: figure(name, of),
    theirs: figure("few", of),
    unit: of === "wallMs" ? ("ms" as const) : ("MiB" as const),
    against: `10 images, 10 containers, ${of === "wallMs" ? "wall" : "peak memory"}`,
    atMost: 1.3,
  });
  const cpu = { against: "`node -e 0`, processor time", unit: "ms" } as const;
  const work = "quiet run, nothing to do";
  return [
    ratioRow({ work: `${work}, 10,000 images, 1,000 containers`, ...beside("many", "wallMs") }),
    ratioRow({ work: `${work}, 100,000 images, 1,000 containers`, ...beside("most", "wallMs") }),
    ratioRow({ work: `${work}, 10,000 images, 1,000 containers`, ...beside("many", "peakMiB") }),
    ratioRow({ work: `${work}, 100,000 images, 1,000 containers`, ...beside("most", "peakMiB") }),
    ratioRow({
      ...cpu,
      work: `${work}, 200 images`,
      ours: figure("ours", "cpuMs"),
      theirs: figure("node", "cpuMs"),
      atMost: 1.6,
    }),
    ratioRow({
      ...cpu,
      work: `${work}, 200 images; without NODE_EXTRA_CA_CERTS`,
      ours: figure("plainOurs", "cpuMs"),
      theirs: figure("plainNode", "cpuMs"),
      atMost: 2.3,
    }),
    ratioRow({
      ...cpu,
      work: "the least there is of it: a bare script; without NODE_EXTRA_CA_CERTS",
      ours: figure("plainLeast", "cpuMs"),
      theirs: figure("plainNode", "cpuMs"),
    }),
  ];
}
