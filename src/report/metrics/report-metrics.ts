import type { BytesHeld } from "../../core/plan/bytes-held.js";
import type { Filesystem } from "../../core/policy/filesystem.js";
import type { Policy } from "../../core/policy/policy.js";
import type { RunReport } from "../../core/results/run-report.js";
import { gauge, type MetricFamily, type MetricSample } from "./metric-text.js";
import { removeReasons } from "../../core/policy/removal.js";
import { keepReasons } from "../../core/rules/keep-rules.js";
import { isForSpace } from "../../core/rules/limits.js";

/** What a report says in numbers. */
export function reportMetrics(report: RunReport): MetricFamily[] {
  const { engine, policy, usage, filesystem, observedShare } = report;
  const { id, name, version, apiVersion, store, host } = engine;
  return [
    gauge("docker_gc_engine_info", "The engine of the last run; always 1.", [
      { labels: { id, name, version, api_version: apiVersion, store, host }, value: 1 },
    ]),
    gauge(
      "docker_gc_images",
      "Images as the last run found them, by verdict and first reason; in-use are in use, within-limits may go.",
      imagesByVerdict(report),
    ),
    gauge("docker_gc_image_bytes", "Bytes of all images together.", usage.afterBytes ?? usage.beforeBytes),
    gauge(
      "docker_gc_image_held_bytes",
      "Bytes of all images before the last run removed any, by what holds them; free: nothing.",
      (Object.keys(heldLabels) as (keyof BytesHeld)[]).map((place) => ({
        labels: { by: heldLabels[place] },
        value: usage.held[place],
      })),
    ),
    ...limitMetrics(policy),
    ...(filesystem === null ? [] : filesystemMetrics(filesystem.after ?? filesystem.before)),
    gauge(
      "docker_gc_limit_unmet",
      "1 for a limit that is not met although all that may go is gone.",
      unmetSamples(report),
    ),
    gauge(
      "docker_gc_observed_ratio",
      "The share of the last 24 hours, or of the ledger's life, whose events are known.",
      observedShare,
    ),
    gauge("docker_gc_warnings", "Warnings in the report of the last run.", report.warnings.length),
  ];
}

const heldLabels: Readonly<Record<keyof BytesHeld, string>> = {
  inUse: "in-use",
  byRule: "rule",
  recent: "recent",
  shared: "shared",
  free: "free",
};

function imagesByVerdict({ images }: RunReport): MetricSample[] {
  const counts = new Map<string, number>();
  for (const { verdict } of images) {
    const key = `${verdict.kind} ${verdict.reasons[0] ?? ""}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const sample = (verdict: string) => (reason: string) => ({
    labels: { verdict, reason },
    value: counts.get(`${verdict} ${reason}`) ?? 0,
  });
  return [...keepReasons.map(sample("keep")), ...removeReasons.map(sample("remove"))];
}

/** A limit that is off has no value. */
function limitMetrics(policy: Policy): MetricFamily[] {
  const inSeconds = (ms: number | null) => (ms === null ? null : ms / 1000);
  return [
    gauge("docker_gc_max_age_seconds", "The limit of idle time.", inSeconds(policy.maxAgeMs)),
    gauge(
      "docker_gc_untagged_age_seconds",
      "The limit of idle time for untagged images.",
      inSeconds(policy.untaggedAgeMs),
    ),
    gauge("docker_gc_quota_bytes", "The limit of all images together.", policy.quotaBytes),
    gauge("docker_gc_quota_target_bytes", "What to go down to once over the quota.", policy.quotaTargetBytes),
    gauge(
      "docker_gc_min_free_bytes",
      "What to have free on the filesystem that holds the images.",
      policy.minFreeBytes,
    ),
    gauge("docker_gc_min_free_inodes", "The inodes to have free there.", policy.minFreeInodes),
  ];
}

/** Where a limit asks for it. */
function filesystemMetrics({ totalBytes, freeBytes, totalInodes, freeInodes }: Filesystem): MetricFamily[] {
  return [
    gauge("docker_gc_filesystem_size_bytes", "Size of the filesystem that holds the images.", totalBytes),
    gauge("docker_gc_filesystem_free_bytes", "Bytes free there.", freeBytes),
    gauge("docker_gc_filesystem_inodes", "Inodes there.", totalInodes),
    gauge("docker_gc_filesystem_free_inodes", "Inodes free there.", freeInodes),
  ];
}

const unmetNames: readonly string[] = [...removeReasons.filter(isForSpace), "max-removed-share"];

function unmetSamples({ unmetLimits }: RunReport): MetricSample[] {
  const unmet = new Set(unmetLimits.map(({ limit }) => limit as string));
  return unmetNames.map((limit) => ({ labels: { limit }, value: unmet.has(limit) ? 1 : 0 }));
}
