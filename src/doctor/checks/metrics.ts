import { accessSync, constants, lstatSync } from "node:fs";
import { dirname } from "node:path";
import { good, problem, skipped, type Check } from "../../core/results/checkup.js";
import { attempt } from "../../core/text/attempt.js";
import { formatDuration } from "../../core/text/duration.js";
import { describeError } from "../../core/text/failure.js";
import { readFileNow } from "../../files/read-input.js";
import { beginsAsMetrics } from "../../report/metrics/metrics.js";

/** Metrics are left at the end of a run. */
const patienceMs = 120_000;

export interface MetricsScene {
  /** Undefined: none are wanted. */
  readonly path: string | undefined;
  /** When the last run ended; null where there was none. Epoch milliseconds. */
  readonly lastRunAt: number | null;
}

/** Whether metrics can be left where they are wanted, and are. */
export function checkMetrics({ path, lastRunAt }: MetricsScene): Check {
  if (path === undefined) return skipped("metrics", "no --metrics-file is set");
  if (!path.endsWith(".prom"))
    return problem("metrics", `node_exporter does not read ${path}`, "give it a name that ends in .prom");
  try {
    accessSync(dirname(path), constants.W_OK | constants.X_OK);
  } catch (error) {
    return problem("metrics", `${path} cannot be written (${describeError(error)})`, folderRemedy);
  }
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) {
    if (lastRunAt === null) return good("metrics", `${path} is not there yet; the first run makes it`);
    return problem("metrics", `${path} is not there, and runs have ended`, unitRemedy);
  }
  const intake = { most: 1024 * 1024, links: "refused" } as const;
  const isOurs = () => beginsAsMetrics(readFileNow(path, intake).toString("utf8"));
  if (!attempt(isOurs, false))
    return problem("metrics", `${path} is no metrics file of docker-gc`, "move it away, or name another one");
  const staleMs = (lastRunAt ?? 0) - stat.mtimeMs;
  if (staleMs > patienceMs)
    return problem("metrics", `${path} is ${formatDuration(staleMs)} older than the last run`, unitRemedy);
  return good("metrics", `${path} can be written`);
}

const folderRemedy = "make its folder, for this user to write, or name another file with --metrics-file";
const unitRemedy =
  "set metrics-file in the config file that the runs read; with systemd, name its folder in ReadWritePaths=";
