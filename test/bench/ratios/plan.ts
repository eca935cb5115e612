import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { projectRoot } from "../../support/project.js";
import { alternate, medianOf } from "./alternate.js";
import { ratioRow, type Row } from "./row.js";
import type { PlanCost } from "./time-plan.js";

const execute = promisify(execFile);
const rounds = 5;
const timer = fileURLToPath(new URL("time-plan.ts", import.meta.url));

/** Images have to be put in order, so time per image may grow as the logarithm of their number does. */
const nearLinear = Math.log(100_000) / Math.log(1_000);

/** How the time that a plan takes grows with the number of images: a ratio of times per image. */
export async function measurePlan(): Promise<Row[]> {
  const samples = await alternate(rounds, {
    thousand: () => timePlanOf(1_000),
    tenThousand: () => timePlanOf(10_000),
    hundredThousand: () => timePlanOf(100_000),
  });
  const growth = (work: string, of: keyof PlanCost, atMost?: number): Row =>
    ratioRow({
      work,
      against: "1,000 images, time per image",
      ours: medianOf(samples.hundredThousand, (cost) => cost[of]),
      theirs: medianOf(samples.thousand, (cost) => cost[of]),
      unit: "µs",
      ...(atMost === undefined ? {} : { atMost }),
    });
  const between = medianOf(samples.tenThousand, ({ firstUs }) => firstUs).toFixed(1);
  return [
    growth(`plan of 100,000 images of 10 layers, as in a run (10,000: ${between} µs)`, "firstUs", nearLinear),
    growth("the same again in the same process, its code compiled", "laterUs"),
    growth("sorting 100,000 IDs", "sortUs"),
  ];
}

async function timePlanOf(images: number): Promise<PlanCost> {
  const args = ["--max-old-space-size=8192", "--import", "tsx", timer, String(images)];
  const { stdout } = await execute(process.execPath, args, { cwd: projectRoot });
  return JSON.parse(stdout) as PlanCost;
}
