import { alternate, medianOf } from "./alternate.js";
import { startCrowd } from "./crowd.js";
import { measureProcess, node, type Cost } from "./measure-process.js";
import { ratioRow, type Row } from "./row.js";

const rounds = 15;
const bareNode = node("-e", "0");
const work = "run with nothing to do, 200 images, ledger warm";

/** Without certificates of the machine's own: Node reads those at every start, needed or not. */
const plainEnvironment = { ...process.env, NODE_EXTRA_CA_CERTS: undefined };

/** What a run costs that finds nothing to do, compared with what Node costs that has nothing to do. */
export async function measureIdle(): Promise<Row[]> {
  const crowd = await startCrowd(200, 20);
  const ours = node(...crowd.ourCommand);
  const four = node("--input-type=module", "--eval", fourPackages);
  const samples = await alternate(rounds, {
    node: () => measureProcess(bareNode),
    ours: () => measureProcess(ours),
    curl: () => measureProcess(["sh", "-c", nodeAndCurl(crowd.socketPath)]),
    four: () => measureProcess(four),
    plainNode: () => measureProcess(bareNode, plainEnvironment),
    plainOurs: () => measureProcess(ours, plainEnvironment),
    plainFour: () => measureProcess(four, plainEnvironment),
  });
  await crowd.close();
  const figure = (name: keyof typeof samples, of: keyof Cost) => medianOf(samples[name], (cost) => cost[of]);
  const [against, packages] = ["`node -e 0`", "plain imports of the four packages"];
  const cpu = { against: `${against}, processor time`, unit: "ms" } as const;
  return [
    ratioRow({ ...cpu, work, ours: figure("ours", "cpuMs"), theirs: figure("node", "cpuMs"), atMost: 2 }),
    ratioRow({ ...cpu, work: packages, ours: figure("four", "cpuMs"), theirs: figure("node", "cpuMs") }),
    ratioRow({
      work,
      against: `${against}, peak memory`,
      ours: figure("ours", "peakMiB"),
      theirs: figure("node", "peakMiB"),
      unit: "MiB",
      atMost: 1.6,
    }),
    ratioRow({
      work,
      against: `${against}, then the same calls by curl, wall`,
      ours: figure("ours", "wallMs"),
      theirs: figure("curl", "wallMs"),
      unit: "ms",
      atMost: 1.3,
    }),
    ratioRow({
      ...cpu,
      work: `${work}; without NODE_EXTRA_CA_CERTS`,
      ours: figure("plainOurs", "cpuMs"),
      theirs: figure("plainNode", "cpuMs"),
    }),
    ratioRow({
      ...cpu,
      work: `${packages}; without NODE_EXTRA_CA_CERTS`,
      ours: figure("plainFour", "cpuMs"),
      theirs: figure("plainNode", "cpuMs"),
    }),
  ];
}

const fourPackages = ["better-sqlite3", "dockerode", "yargs", "chalk"]
  .map((name) => `import ${JSON.stringify(name)};`)
  .join("");

function nodeAndCurl(socketPath: string): string {
  const calls = [
    "/_ping",
    "/info",
    "/images/json?all=1",
    "/containers/json?all=1",
    "/events?since=0&until=$(date +%s)",
  ];
  const curls = calls.map((path) => `curl -s --unix-socket ${socketPath} "http://engine${path}"`);
  return [`"${process.execPath}" -e 0`, ...curls].join("; ");
}
