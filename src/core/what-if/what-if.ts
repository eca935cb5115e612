import type { Policy } from "../policy/policy.js";
import { SimulatedHost, stepMs } from "./simulated-host.js";
import type { TraceLine } from "./trace.js";
import type { UseLog } from "./use-log.js";

export interface WhatIfRow {
  readonly quotaBytes: number;
  /** At the end. */
  readonly keptBytes: number;
  /** How many images would have been removed, the same one as often as it had come back. */
  readonly removals: number;
  /** Bytes of layers that would have been pulled once more, in all. */
  readonly pulledAgainBytes: number;
}

export interface WhatIf {
  readonly rows: readonly WhatIfRow[];
  /** Of all layers that were used: what was pulled whatever the quota. */
  readonly firstPulledBytes: number;
  /** When the first use of the log began; epoch milliseconds, and milliseconds from there until now. */
  readonly from: number;
  readonly spanMs: number;
  readonly sessions: number;
  readonly images: number;
  /** The smallest of the quotas under which at most `enoughShare` is pulled again; null where none is large enough. */
  readonly recommendedBytes: number | null;
}

/** What may be pulled again, as a share of what is pulled for the first time. */
export const enoughShare = 0.05;

/**
 * Replays a log of uses through the planner, once for each quota. By the quota alone: no other limit and no keep rule takes part.
 * Null for a log without a use.
 */
export function whatIf(
  log: UseLog,
  asked: { readonly quotas: readonly number[]; readonly order: Policy["order"]; readonly now: number },
): WhatIf | null {
  const { images, sessions } = log;
  const [first] = sessions;
  if (first === undefined) return null;
  const { from } = first;
  // Runs begin at full five minutes, as from cron.
  const begin = from - (from % stepMs);
  const until = Math.max(asked.now, ...sessions.slice(-1).map((last) => last.from));
  const trace = [...imagesIn(log), ...happeningsIn(log, begin, until)];
  let firstPulledBytes = 0;
  const rows = [...new Set(asked.quotas)]
    .sort((one, other) => one - other)
    .map((quotaBytes): WhatIfRow => {
      const host = new SimulatedHost(quotaBytes, asked.order);
      for (const line of trace) host.apply(line);
      const { pulledBytes, keptBytes, removals, ...result } = host.result;
      firstPulledBytes = result.firstPulledBytes;
      return { quotaBytes, keptBytes, removals, pulledAgainBytes: pulledBytes - firstPulledBytes };
    });
  const enough = rows.find(({ pulledAgainBytes }) => pulledAgainBytes <= enoughShare * firstPulledBytes);
  return {
    rows,
    firstPulledBytes,
    from,
    spanMs: until - from,
    sessions: sessions.length,
    images: images.length,
    recommendedBytes: enough?.quotaBytes ?? null,
  };
}

function imagesIn({ images }: UseLog): TraceLine[] {
  return images.map(({ number, repository, layers }) => {
    return {
      kind: "image",
      image: String(number),
      repository,
      layers: layers.map((layer) => ({ ...layer, isBuilt: false })),
    };
  });
}

/** In the order of time, which counts from `begin` on; a use that has not ended goes on until `until`. Epoch milliseconds. */
function happeningsIn({ images, sessions }: UseLog, begin: number, until: number): TraceLine[] {
  const untagged = images.flatMap(({ number, untaggedAt }) =>
    untaggedAt === null
      ? []
      : [{ kind: "untag", image: String(number), at: Math.max(0, untaggedAt - begin) / 1000 } as const],
  );
  const uses = sessions.map(({ image, from, to }) => {
    const seconds = Math.max(0, (to ?? until) - from) / 1000;
    return { kind: "use", image: String(image), at: (from - begin) / 1000, seconds } as const;
  });
  return [...untagged, ...uses].sort((first, second) => first.at - second.at);
}

/** Quotas that say something of this log: shares of all layers that were ever used, in round figures. */
export function usualQuotas({ images }: UseLog): readonly number[] {
  const layers = new Map(images.flatMap((image) => image.layers.map(({ name, bytes }) => [name, bytes])));
  const all = [...layers.values()].reduce((sum, bytes) => sum + bytes, 0);
  return [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1].map((share) => roundedUp(share * all));
}

/** To two figures of the largest unit below. */
function roundedUp(bytes: number): number {
  const unit = 2 ** (10 * Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  const step = unit * 10 ** (Math.floor(Math.log10(Math.max(1, bytes) / unit)) - 1);
  // There is no part of a byte.
  return Math.max(1, Math.ceil(Math.ceil(bytes / step) * step));
}
