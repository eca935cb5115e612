import { Failure } from "../../core/text/failure.js";
import type { ImagePattern } from "../../core/policy/image-pattern.js";
import { parseKeepFile, parseLabelRule, parsePattern } from "../../core/policy/patterns.js";
import { allLimitsOff, type Limit, type Limits } from "../../core/policy/limits.js";
import type { EndingJob } from "../../core/facts/own-images.js";
import type { AskedPolicy } from "../../core/policy/policy.js";
import type { RemoveReason } from "../../core/policy/removal.js";
import type { ListingSettings } from "../../run/observe/list.js";
import { toBytes, toMinFree, toMinFreeInodes, toQuota, toQuotaTarget, toShare } from "./limit-values.js";
import { resolveJob, warningsOfIdFiles } from "./ending-job.js";
import { outputFormats, type OutputFormat } from "./output-format.js";
import { findOption, type ValueName } from "./options.js";
import type { Given, RawOptions } from "./raw-options.js";
import { toAgeLimitMs, toChoice, toCount, toDeadlineMs, toDurationMs, toRunTimeoutMs } from "./values.js";
import { toMostCount, toTimerMs } from "./values.js";

/** Everything a run needs to know, understood and checked. Times are milliseconds. */
export interface Settings {
  readonly mode: "run" | "dry-run";
  /** Whether a person at a terminal is asked before anything is removed. */
  readonly consent: "given" | "asked";
  readonly policy: AskedPolicy;
  /** Whose images go with it; null: none ends. */
  readonly job: EndingJob | null;
  /** As given, not yet looked at; undefined: as the docker command would find it. */
  readonly host: Given<string> | undefined;
  /** Likewise; never both. */
  readonly context: Given<string> | undefined;
  /** As given; undefined: the default place. */
  readonly ledgerPath: string | undefined;
  readonly historyAgeMs: number;
  /** As given; undefined: no metrics. */
  readonly metricsFile: string | undefined;
  readonly output: OutputFormat;
  readonly verbosity: "quiet" | "normal" | "verbose";
  readonly color: "auto" | "always" | "never";
  /** Whether a program that docker's config.json names may be started for credentials, also as root. */
  readonly credentialHelpers: "used" | "not-as-root";
  readonly timeoutMs: number;
  /** For all of it but the waiting for the lock and the staying after the report; null: no end. */
  readonly runTimeoutMs: number | null;
  readonly listing: ListingSettings;
  /** 0: do not wait. */
  readonly lockWaitMs: number;
  /** How long to stay after the report; 0: not at all. */
  readonly lingerMs: number;
  /** Sentences for the report: what is allowed, but hardly meant. */
  readonly warnings: readonly string[];
}

/** What settings are read from besides the options. */
export interface NamedFiles {
  /** The text of a file that an option names, read ahead. */
  readonly readFile: (path: string) => string;
}

/**
 * Understands what was given, and fills in the defaults of the options table.
 *
 * @throws Failure of code `usage` that says where the value stands and what was expected.
 */
export function resolveSettings(raw: RawOptions, named: NamedFiles): Settings {
  const { flags, values } = raw;
  const keepFile = readKeepFile(values["keep-file"], named);
  const policy = resolvePolicy(raw, keepFile);
  const job = resolveJob(raw, named.readFile);
  return {
    mode: flags["dry-run"]?.value === true ? "dry-run" : "run",
    consent: flags.yes?.value === true ? "given" : "asked",
    policy,
    job,
    host: values.host,
    context: values.context,
    ledgerPath: values.ledger?.value,
    historyAgeMs: toDurationMs(givenOrDefault(raw, "history-age")),
    metricsFile: values["metrics-file"]?.value,
    output: toChoice(givenOrDefault(raw, "output"), outputFormats),
    verbosity: flags.quiet?.value === true ? "quiet" : flags.verbose?.value === true ? "verbose" : "normal",
    color: toChoice(givenOrDefault(raw, "color"), ["auto", "always", "never"]),
    credentialHelpers: flags["use-credential-helpers"]?.value === true ? "used" : "not-as-root",
    timeoutMs: toDeadlineMs(givenOrDefault(raw, "timeout")),
    runTimeoutMs: toRunTimeoutMs(givenOrDefault(raw, "run-timeout")),
    listing: {
      asked: flags["full-listing"]?.value === true ? "full" : "carried",
      everyMs: toAgeLimitMs(givenOrDefault(raw, "full-listing-every")) ?? Infinity,
    },
    lockWaitMs: toTimerMs(lockWaitFor(job, raw)),
    lingerMs: toTimerMs(givenOrDefault(raw, "linger")),
    warnings: [
      ...warningsOfLimits(policy, raw),
      ...warningsOfIdFiles(raw, named.readFile),
      ...warningsOfKeepFile(keepFile, values["keep-file"]),
      ...warningsOfMetricsFile(values["metrics-file"]),
    ],
  };
}

/** Jobs of one host end when they do, and none should fail for that. */
function lockWaitFor(job: EndingJob | null, raw: RawOptions): Given<string> {
  const isUsual = job === null || raw.values["lock-wait"] !== undefined;
  return isUsual ? givenOrDefault(raw, "lock-wait") : { value: "5m", origin: "--lock-wait" };
}

function resolvePolicy(raw: RawOptions, keepFile: readonly ImagePattern[]): AskedPolicy {
  const { values } = raw;
  const maxRemovals = values["max-removals"];
  const only = patternsOf(raw.lists.only, parsePattern);
  const maxAgeMs = toAgeLimitMs(givenOrDefault(raw, "max-age"));
  const untaggedAge = values["untagged-age"];
  const keep = [
    ...patternsOf(raw.lists.keep, parsePattern),
    ...patternsOf(raw.lists["keep-label"], parseLabelRule),
  ];
  return {
    maxAgeMs,
    maxVersions: values["max-versions"] === undefined ? null : toMostCount(values["max-versions"]),
    toFreeBytes: values.free === undefined ? null : toBytes(values.free),
    untaggedAgeMs: untaggedAge === undefined ? maxAgeMs : toAgeLimitMs(untaggedAge),
    graceMs: toDurationMs(givenOrDefault(raw, "grace")),
    keepRecent: toCount(givenOrDefault(raw, "keep-recent"), 0),
    keepNewest: toCount(givenOrDefault(raw, "keep-newest"), 0),
    keepLabel: raw.flags["ignore-keep-label"]?.value === true ? "ignored" : "heeded",
    keepLocal: raw.flags["keep-local"]?.value === true ? "all" : "none",
    keepUnpullable: raw.flags["keep-unpullable"]?.value === true ? "all" : "none",
    keep: [...keep, ...keepFile],
    only: only.length === 0 ? null : only,
    maxRemovals: maxRemovals === undefined ? null : toMostCount(maxRemovals),
    order: toChoice(givenOrDefault(raw, "order"), ["next-use", "last-use"]),
    maxRemovedShare: raw.flags.yes?.value === true ? null : toShare(givenOrDefault(raw, "max-removed-share")),
    limits: readLimits(raw),
  };
}

export function givenOrDefault({ values }: RawOptions, name: ValueName): Given<string> {
  const given = values[name] ?? { value: findOption(name)?.default, origin: `--${name}` };
  if (typeof given.value === "string") return { value: given.value, origin: given.origin };
  throw new Error(`The option ${name} has no default.`);
}

function readLimits(raw: RawOptions): Limits {
  const quota = toQuota(givenOrDefault(raw, "quota"));
  const target = raw.values["quota-target"];
  return {
    quota,
    quotaTarget: target === undefined ? null : readTarget(target, quota),
    minFree: toMinFree(givenOrDefault(raw, "min-free")),
    minFreeInodes: toMinFreeInodes(givenOrDefault(raw, "min-free-inodes")),
  };
}

/** A size and a percentage can be compared only once the filesystem is known. */
function readTarget(given: Given<string>, quota: Limit | null): Limit {
  const target = toQuotaTarget(given);
  const { value, origin } = given;
  if (quota === null) {
    throw new Failure(
      "usage",
      `${origin}: there is no quota to go with ${JSON.stringify(value)}; expected --quota SIZE as well.`,
    );
  }
  if (target.kind !== quota.kind || target.value <= quota.value) return target;
  throw new Failure(
    "usage",
    `${origin}: ${JSON.stringify(value)} is more than the quota; expected at most the quota.`,
  );
}

function patternsOf(
  given: readonly Given<string>[] = [],
  parse: (text: string, origin: string) => ImagePattern,
): ImagePattern[] {
  return given.map(({ value, origin }) => parse(value, origin));
}

function readKeepFile(given: Given<string> | undefined, { readFile }: NamedFiles): ImagePattern[] {
  if (given === undefined) return [];
  return parseKeepFile(readFile(given.value), given.value);
}

/** Who types it for a log that nobody reads wants to watch, and nothing to go. */
function warningsOfLimits(policy: AskedPolicy, { flags, values }: RawOptions): string[] {
  const { quota, minFree, minFreeInodes } = policy.limits;
  const { maxAgeMs, untaggedAgeMs, maxVersions, toFreeBytes } = policy;
  const asked: Readonly<Record<RemoveReason, unknown>> = {
    "since-mark": values["since-mark"] ?? null,
    age: maxAgeMs,
    "untagged-age": untaggedAgeMs,
    versions: maxVersions,
    quota,
    free: toFreeBytes,
    "min-free": minFree,
    "min-free-inodes": minFreeInodes,
  };
  const isMeant = flags.quiet?.value === true && values["max-age"]?.origin === "--max-age";
  return isMeant || Object.values(asked).some((limit) => limit !== null) ? [] : [allLimitsOff];
}

function warningsOfKeepFile(patterns: readonly ImagePattern[], file: Given<string> | undefined): string[] {
  return file !== undefined && patterns.length === 0 ? [`The keep file ${file.value} holds no pattern.`] : [];
}

function warningsOfMetricsFile(given: Given<string> | undefined): string[] {
  if (given === undefined || given.value.endsWith(".prom")) return [];
  return [`${given.origin}: node_exporter reads only files whose name ends in .prom.`];
}
