import type { RunEntry } from "../../core/results/history.js";
import type { Candidate, EngineAccount, Status } from "../../core/results/status.js";
import type { VerdictGroup } from "../../core/results/verdict-groups.js";
import {
  fact,
  facts,
  gaugeOf,
  note,
  paragraph,
  table,
  type Block,
  type Document,
  type Fact,
  type Verbosity,
} from "./document.js";
import { elastic, figure } from "../layout/columns.js";
import { imageName } from "../wording/image-name.js";
import { diskSections } from "./disk.js";
import { longestIdleMs } from "./longest-idle.js";
import { named, span, type Line } from "../layout/line.js";
import { postponed, unmetLimits, warnings } from "./problems.js";
import { agoText, countText, durationText, momentText, sizeText } from "../wording/quantities.js";
import { roundingShare, splitFact } from "./space.js";
import { regretWarning } from "../wording/regret-text.js";
import { useText } from "../wording/use-text.js";
import { keepWords } from "../wording/keep-words.js";
import { limitWords } from "../wording/limit-words.js";

/** Candidates that are listed unless all are asked for: with them, all of it fits on a screen of 24 lines. */
const candidatesShown = 5;

/** One screen: the engine, usage against the limits, what was seen, the verdicts, what goes next, what is wrong. */
export function statusDocument(status: Status, verbosity: Verbosity): Document {
  const { report, groups, lastRun, account } = status;
  const { name, version, store, host } = report.engine;
  return {
    title: "docker-gc status",
    sections: [
      [paragraph([span(name, "strong"), span(` (${version}, ${store}) at ${host}`)])],
      [
        facts("aligned", [
          ...gauges(status),
          fact("split", splitFact(report, verbosity)),
          fact("account", account === undefined ? null : accountText(account, report.usage.beforeBytes)),
          fact("last run", lastRunFact(lastRun, report.finishedAt)),
        ]),
      ],
      verdicts(groups),
      verbosity === "verbose" ? repositories(status) : [],
      ...diskSections(status.disk, report.finishedAt),
      candidates(status, verbosity),
      [
        ...postponed(report),
        ...unmetLimits(report),
        ...warnings(...report.warnings, regretWarning(status.regret), report.gapWarning),
      ],
    ],
  };
}

/** One for each limit that is set, and one for what was observed; full is the limit. */
function gauges({ report, coverage }: Status): (Fact | null)[] {
  const { policy, usage, filesystem, images, observation } = report;
  const used = sizeText(usage.beforeBytes);
  const count = countText(images.length, "image");
  const { quotaBytes, minFreeBytes, minFreeInodes, maxAgeMs } = policy;
  const all: (Fact | null)[] = [];
  if (quotaBytes === null) all.push(fact("images", `${used} in ${count}; no quota`));
  else {
    const text = `${used} of ${sizeText(quotaBytes)} in ${count}`;
    all.push(fact("quota", text, gaugeOf(usage.beforeBytes / quotaBytes)));
  }
  if (filesystem !== null && minFreeBytes !== null) {
    const { totalBytes, freeBytes } = filesystem.before;
    const text = `${sizeText(freeBytes)} free on ${filesystem.path}, wanted ${sizeText(minFreeBytes)}`;
    all.push(fact("free", text, gaugeOf((totalBytes - freeBytes) / (totalBytes - minFreeBytes))));
  }
  if (filesystem !== null && minFreeInodes !== null) {
    const { totalInodes, freeInodes } = filesystem.before;
    const text = `${freeInodes} inodes free, wanted ${minFreeInodes}`;
    all.push(fact("inodes", text, gaugeOf((totalInodes - freeInodes) / (totalInodes - minFreeInodes))));
  }
  if (maxAgeMs === null) all.push(fact("age", "no limit"));
  else {
    const going = report.images
      .filter(({ verdict }) => verdict.kind === "remove")
      .map(({ idleMs }) => idleMs);
    const longest = Math.max(longestIdleMs(report.images) ?? 0, ...going);
    const text = `longest idle ${durationText(longest)} of ${durationText(maxAgeMs)}`;
    all.push(fact("age", text, gaugeOf(longest / maxAgeMs)));
  }
  return [...all, observedFact(coverage, observation.observedMs)];
}

/** What the engine's figure has beyond the images, with who holds it. */
function accountText(account: EngineAccount, imageBytes: number): string {
  const { bytes, containerBytes, buildCacheBytes } = account;
  const rest = bytes - imageBytes - containerBytes - buildCacheBytes;
  const parts = [
    `${sizeText(imageBytes)} in images`,
    ...(containerBytes === 0 ? [] : [`${sizeText(containerBytes)} written by containers`]),
    ...(buildCacheBytes === 0 ? [] : [`${sizeText(buildCacheBytes)} in the build cache`]),
    ...(Math.abs(rest) <= bytes * roundingShare ? [] : [restText(rest)]),
  ];
  return `${sizeText(bytes)} by the engine's own figures: ${parts.join(", ")}`;
}

function restText(rest: number): string {
  return rest < 0
    ? `of which ${sizeText(-rest)} are in several of these`
    : `${sizeText(rest)} that it does not explain`;
}

function observedFact(coverage: Status["coverage"], observedMs: number): Fact | null {
  const inAll = `${durationText(observedMs)} in all`;
  if (coverage === null) return fact("observed", `${inAll}; the ledger does not go back further`);
  const { share, spanMs } = coverage;
  const stretch = spanMs < 24 * 3_600_000 ? durationText(spanMs) : "24h";
  // Here the whole bar is good, and what is missing is not. Never 100 % for what is not whole.
  const percent = Math.floor(share * 100 + 1e-9);
  const tone = share < 0.95 ? "caution" : "freed";
  return fact("observed", `of the last ${stretch}; ${inAll}`, { share, percent, tone });
}

function lastRunFact(run: RunEntry | null, now: number): Line {
  if (run?.finishedAt == null) return [span("none yet; status records nothing", "caution")];
  const { finishedAt, exitCode, removals } = run;
  const removed = removals.filter(({ outcome }) => outcome === "removed");
  const freed = removed.reduce((sum, { freedBytes }) => sum + freedBytes, 0);
  const result =
    removed.length === 0 ? "nothing removed" : `${removed.length} removed, ${sizeText(freed)} freed`;
  return [
    span(`${agoText(finishedAt, now)}, `),
    span(`exit ${String(exitCode ?? "unknown")}`, exitCode === 0 ? "freed" : "alarm"),
    span(`, ${result}`),
    span(` (${momentText(finishedAt)})`, "faint"),
  ];
}

function verdicts(groups: readonly VerdictGroup[]): Block[] {
  if (groups.length === 0) return [];
  const columns = [
    elastic("VERDICT", "end", { preferred: 32, comfortable: 24, least: 16 }),
    figure("IMAGES", null),
    figure("BYTES", null),
  ];
  const rows = groups.map((group): Line => [
    group.verdict === "remove"
      ? span(`goes: ${limitWords[group.reason].short}`, "goes")
      : span(`stays: ${keepWords[group.reason].short}`),
    span(String(group.images)),
    span(sizeText(group.bytes)),
  ]);
  return [table(columns, rows)];
}

/** As `docker system df -v` splits the size of an image, in what it shares and what it has alone. */
function repositories(status: Status): Block[] {
  const bytes = status.bytes();
  if (bytes.repositories.length === 0) return [];
  const columns = [
    elastic("REPOSITORY", "middle", { preferred: 32, comfortable: 24, least: 12 }),
    figure("IMAGES", null),
    figure("BYTES", null),
    figure("OF ITS OWN", null),
  ];
  const rows = bytes.repositories.map(({ repository, images, bytes: all, ownBytes }): Line => [
    span(repository ?? "without a tag", repository === null ? "faint" : null),
    span(String(images)),
    span(sizeText(all)),
    span(sizeText(ownBytes)),
  ]);
  return [table(columns, rows), note(`${sizeText(bytes.sharedBytes)} are shared by several images`)];
}

function candidates({ candidates: all, report }: Status, verbosity: Verbosity): Block[] {
  if (all.length === 0) return [];
  const shown = verbosity === "verbose" ? all : all.slice(0, candidatesShown);
  const further = all.length - shown.length;
  const columns = [
    elastic("NEXT TO GO", "middle", { preferred: 24, comfortable: 20, least: 12 }),
    figure("SIZE", null),
    figure("LAST USE", "comfortable"),
    elastic("", "end", { preferred: 16, comfortable: 10, least: 4 }),
    figure("DUE", null),
  ];
  const rows = shown.map((candidate): Line => [
    named(imageName(candidate.image.image), candidate.dueInMs === 0 ? "goes" : null),
    span(sizeText(candidate.image.image.sizeBytes)),
    span(agoText(candidate.image.lastUse.at, report.finishedAt)),
    span(useText(candidate.image.lastUse), "faint"),
    span(dueText(candidate), candidate.dueInMs === 0 ? "goes" : null),
  ]);
  const more = further === 0 ? [] : [note(`… and ${further} more (--verbose shows all)`)];
  return [table(columns, rows), ...more];
}

function dueText({ dueInMs }: Candidate): string {
  if (dueInMs === null) return "if space is short";
  return dueInMs === 0 ? "now" : `in ${durationText(dueInMs)}`;
}
