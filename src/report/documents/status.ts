import type { RunEntry } from "../../core/results/history.js";
import type { Candidate, Status } from "../../core/results/status.js";
import type { VerdictGroup } from "../../core/results/verdict-groups.js";
import { bar } from "../layout/bar.js";
import { elastic, figure } from "../layout/columns.js";
import { imageName } from "../wording/image-name.js";
import { span, type Line, type Span } from "../layout/line.js";
import { paragraph } from "../layout/paragraph.js";
import { postponed, unmetLimits, warnings } from "./problems.js";
import { agoText, countText, durationText, momentText, sizeText } from "../wording/quantities.js";
import { regretWarnings } from "../wording/regret-text.js";
import { joinSections, labelled, usableWidth, type ShowOptions } from "../layout/sections.js";
import { table } from "../layout/table.js";
import { useText } from "../wording/use-text.js";
import { keepReasonWords, removeReasonWords } from "../wording/words.js";

export interface StatusOptions extends ShowOptions {
  readonly verbosity: "normal" | "verbose";
}

/** Candidates that are listed unless all are asked for: with them, all of it fits on a screen of 24 lines. */
const candidatesShown = 5;

/** One screen: the engine, usage against the limits, what was seen, the verdicts, what goes next, what is wrong. */
export function renderStatus(status: Status, options: StatusOptions): string[] {
  const { report } = status;
  const width = usableWidth(options.width);
  return joinSections(
    [
      paragraph(span(""), engineLine(status), width),
      [
        ...gauges(status, width),
        ...labelled("last run", lastRunFact(status.lastRun, report.finishedAt), width),
      ],
      verdicts(status.groups, width),
      candidates(status, width, options.verbosity),
      [
        ...postponed(report, width),
        ...unmetLimits(report, width),
        ...warnings([...report.warnings, ...regretWarnings(status)], width),
        ...warnings(report.gapWarning === null ? [] : [report.gapWarning], width),
      ],
    ],
    { width, color: options.color },
  );
}

function engineLine({ report: { engine } }: Status): Line {
  return [span(engine.name, "strong"), span(` (${engine.version}, ${engine.store}) at ${engine.host}`)];
}

/** A bar for each limit that is set, and one for what was observed; full is the limit. */
function gauges({ report, coverage }: Status, width: number | undefined): Line[] {
  const { policy, usage, filesystem, images, observation } = report;
  const used = sizeText(usage.beforeBytes);
  const count = countText(images.length, "image");
  const { quotaBytes, minFreeBytes, minFreeInodes, maxAgeMs } = policy;
  const lines: Line[] = [];
  if (quotaBytes === null) lines.push(...labelled("images", [span(`${used} in ${count}; no quota`)], width));
  else {
    const text = `${used} of ${sizeText(quotaBytes)} in ${count}`;
    lines.push(...labelled("quota", gauge(usage.beforeBytes / quotaBytes, text, width), width));
  }
  if (filesystem !== null && minFreeBytes !== null) {
    const { totalBytes, freeBytes } = filesystem.before;
    const text = `${sizeText(freeBytes)} free on ${filesystem.path}, wanted ${sizeText(minFreeBytes)}`;
    const share = (totalBytes - freeBytes) / (totalBytes - minFreeBytes);
    lines.push(...labelled("free", gauge(share, text, width), width));
  }
  if (filesystem !== null && minFreeInodes !== null) {
    const { totalInodes, freeInodes } = filesystem.before;
    const text = `${freeInodes} inodes free, wanted ${minFreeInodes}`;
    const share = (totalInodes - freeInodes) / (totalInodes - minFreeInodes);
    lines.push(...labelled("inodes", gauge(share, text, width), width));
  }
  if (maxAgeMs === null) lines.push(...labelled("age", [span("no limit")], width));
  else {
    const longest = longestIdle(report.images);
    const text = `longest idle ${durationText(longest)} of ${durationText(maxAgeMs)}`;
    lines.push(...labelled("age", gauge(longest / maxAgeMs, text, width), width));
  }
  return [...lines, ...labelled("observed", observedFact(coverage, observation.observedMs, width), width)];
}

function longestIdle(images: Status["report"]["images"]): number {
  return images
    .filter(
      ({ verdict: { kind, reasons } }) =>
        kind === "remove" || reasons.some((each) => each === "within-limits"),
    )
    .reduce((longest, { idleMs }) => Math.max(longest, idleMs), 0);
}

function observedFact(coverage: Status["coverage"], observedMs: number, width: number | undefined): Line {
  const inAll = `${durationText(observedMs)} in all`;
  if (coverage === null) return [span(`${inAll}; the ledger does not go back further`)];
  const { share, spanMs } = coverage;
  const stretch = spanMs < 24 * 3_600_000 ? durationText(spanMs) : "24h";
  // Here the whole bar is good, and what is missing is not. Never 100 % for what is not whole.
  const percent = Math.floor(share * 100 + 1e-9);
  return meter(share, percent, share < 0.95 ? "caution" : "freed", `of the last ${stretch}; ${inAll}`, width);
}

/** `████████░░  80%  text`; the bar only where there is a terminal to draw it on. */
function gauge(share: number, text: string, width: number | undefined): Line {
  const percent = Number.isFinite(share) ? Math.round(share * 100) : 0;
  return meter(share, percent, share > 1 ? "goes" : "freed", text, width);
}

function meter(
  share: number,
  percent: number,
  tone: "goes" | "freed" | "caution",
  text: string,
  width: number | undefined,
): Span[] {
  const figures = span(`${String(percent).padStart(width === undefined ? 0 : 4)}%  ${text}`);
  return width === undefined ? [figures] : [...bar(share, width < 60 ? 10 : 20, tone), figures];
}

function lastRunFact(run: RunEntry | null, now: number): Line {
  if (run?.finishedAt == null) return [span("none yet; nothing is written by looking", "caution")];
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

function verdicts(groups: readonly VerdictGroup[], width: number | undefined): Line[] {
  if (groups.length === 0) return [];
  const columns = [
    elastic("VERDICT", "end", { preferred: 32, comfortable: 24, least: 16 }),
    figure("IMAGES", null),
    figure("BYTES", null),
  ];
  const rows = groups.map((group): Line => [
    group.verdict === "remove"
      ? span(`goes: ${removeReasonWords[group.reason]}`, "goes")
      : span(`stays: ${keepReasonWords[group.reason]}`),
    span(String(group.images)),
    span(sizeText(group.bytes)),
  ]);
  return table(columns, rows, width);
}

function candidates(
  { candidates: all, report }: Status,
  width: number | undefined,
  verbosity: string,
): Line[] {
  if (all.length === 0) return [];
  const shown = verbosity === "verbose" ? all : all.slice(0, candidatesShown);
  const further = all.length - shown.length;
  const columns = [
    elastic("NEXT TO GO", "start", { preferred: 24, comfortable: 20, least: 12 }),
    figure("SIZE", null),
    figure("LAST USE", "comfortable"),
    elastic("", "end", { preferred: 16, comfortable: 10, least: 4 }),
    figure("DUE", null),
  ];
  const rows = shown.map((candidate): Line => [
    span(imageName(candidate.image.image), candidate.dueInMs === 0 ? "goes" : null),
    span(sizeText(candidate.image.image.sizeBytes)),
    span(agoText(candidate.image.lastUse.at, report.finishedAt)),
    span(useText(candidate.image.lastUse), "faint"),
    span(dueText(candidate), candidate.dueInMs === 0 ? "goes" : null),
  ]);
  const more: Line[] =
    further === 0 ? [] : [[span(`  … and ${further} more (--verbose shows all)`, "faint")]];
  return [...table(columns, rows, width), ...more];
}

function dueText({ dueInMs }: Candidate): string {
  if (dueInMs === null) return "if space is short";
  return dueInMs === 0 ? "now" : `in ${durationText(dueInMs)}`;
}
