import type { DiskKind, DiskUse, HeldByEnded } from "../../core/results/disk.js";
import { figure, elastic } from "../layout/columns.js";
import { span, type Line } from "../layout/line.js";
import { countText, durationText, sizeText } from "../wording/quantities.js";
import { paragraph, table, type Block } from "./document.js";

/** The docker command frees it; docker-gc never does. */
const words: Readonly<
  Record<DiskKind, { readonly all: string; readonly unused: string; readonly command: string }>
> = {
  containers: {
    all: "containers",
    unused: "ended",
    command: "docker container prune",
  },
  volumes: {
    all: "volumes",
    unused: "in no container",
    command: "docker volume prune --all",
  },
  "build-cache": {
    all: "build cache",
    unused: "in no build",
    command: "docker builder prune --all",
  },
};

/** What else lies on the engine's disk, and what of it holds images; nothing where it was not asked for. */
export function diskSections(disk: DiskUse | null, now: number): Block[][] {
  if (disk === null) return [];
  const columns = [
    elastic("BESIDES IMAGES", "end", { preferred: 15, comfortable: 15, least: 12 }),
    figure("NUMBER", null),
    figure("BYTES", null),
    elastic("OF THEM", "end", { preferred: 32, comfortable: 24, least: 14 }),
    elastic("FREED BY", "end", { preferred: 27, comfortable: 27, least: 22 }),
  ];
  const rows = disk.parts.flatMap(({ kind, answer }): Line[] => {
    if (answer.kind === "unknown") return [];
    const { count, bytes, unusedCount, unusedBytes } = answer.account;
    const { all, unused, command } = words[kind];
    return [
      [
        span(all),
        span(String(count)),
        span(sizeText(bytes)),
        span(unusedCount === 0 ? "" : `${unusedCount} ${unused}: ${sizeText(unusedBytes)}`),
        span(unusedCount === 0 ? "" : command, "faint"),
      ],
    ];
  });
  const unknown = disk.parts.flatMap(({ kind, answer }) =>
    answer.kind === "unknown"
      ? [paragraph(`The engine does not report its ${words[kind].all}: ${answer.because}.`)]
      : [],
  );
  const held = disk.held === null ? [] : [paragraph(heldText(disk.held, now))];
  return [rows.length === 0 ? [] : [table(columns, rows)], [...held, ...unknown]];
}

function heldText({ containers, images, bytes, oldestAt, newestAt }: HeldByEnded, now: number): string {
  const ages = [newestAt, oldestAt].map((at) => durationText(Math.max(0, now - at)));
  const age = ages[0] === ages[1] ? `made ${ages[0] ?? ""} ago` : `made ${ages.join(" to ")} ago`;
  const who = `${countText(containers, "container")} that ended, ${age},`;
  const [verb, other] = containers === 1 ? ["holds", "it goes"] : ["hold", "they go"];
  return `${who} ${verb} ${countText(images, "image")} with ${sizeText(bytes)}, which may go once ${other}.`;
}
