import { runCli, runHere, type CliOptions } from "./run-cli.js";

/** What a test reads of a report in JSON; test/unit/report holds it to its contract. */
export interface JsonReport {
  readonly startedAt: string;
  readonly observation: {
    readonly from: string;
    readonly to: string;
    readonly events: number;
    readonly continuous: boolean;
    readonly gap: { readonly from: string | null; readonly to: string; readonly cause: string } | null;
    readonly observedSeconds: number;
  };
  readonly usage: {
    readonly beforeBytes: number;
    readonly plannedFreedBytes: number;
    readonly measuredFreedBytes: number | null;
    readonly afterBytes: number | null;
  };
  readonly policy: { readonly quotaBytes: number | null };
  readonly filesystem: {
    readonly path: string;
    readonly before: { readonly totalBytes: number; readonly freeBytes: number };
  } | null;
  readonly images: readonly JsonImage[];
  readonly totals: Readonly<Record<string, number>>;
  readonly unmetLimits: readonly { readonly limit: string }[];
  readonly warnings: readonly string[];
  readonly exitCode: number;
}

export interface JsonImage {
  readonly id: string;
  readonly refs: readonly string[];
  readonly sizeBytes: number;
  readonly freedBytes: number;
  readonly lastUsedAt: string;
  readonly lastUseKind: string;
  readonly idleSeconds: number;
  readonly inUseBy: readonly string[];
  readonly verdict: "keep" | "remove";
  readonly reasons: readonly string[];
  readonly outcome: string | null;
  readonly outcomeDetail: string | null;
}

/** Runs `docker-gc -o json` in this process and reads its report; throws when there is none. */
export function runJson(args: readonly string[], options: CliOptions): Promise<JsonReport> {
  return reportOf(runHere, args, options);
}

/** The same in a process of its own. */
export function spawnJson(args: readonly string[], options: CliOptions): Promise<JsonReport> {
  return reportOf(runCli, args, options);
}

async function reportOf(
  run: typeof runCli,
  args: readonly string[],
  options: CliOptions,
): Promise<JsonReport> {
  const result = await run([...args, "--output", "json"], options);
  if (result.stdout === "")
    throw new Error(`docker-gc ended with ${String(result.exitCode)}: ${result.stderr}`);
  return JSON.parse(result.stdout) as JsonReport;
}

/** The image with this name; throws when the report has none. */
export function imageNamed(report: JsonReport, name: string): JsonImage {
  const image = report.images.find(({ refs }) => refs.map(plainName).includes(name));
  if (image === undefined) throw new Error(`The report has no image ${name}.`);
  return image;
}

/** Names of the images with this verdict, sorted. */
export function namesWith(report: JsonReport, verdict: JsonImage["verdict"]): string[] {
  return report.images
    .filter((image) => image.verdict === verdict)
    .map(({ refs }) => plainName(refs[0] ?? "<none>"))
    .sort();
}

/** Podman gives what was loaded the registry `localhost`, and what was tagged that of Docker. */
export function plainName(name: string): string {
  return name.replace(/^(localhost|docker\.io\/library|docker\.io)\//, "");
}
