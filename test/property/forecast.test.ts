import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { ImageId } from "../../src/core/image/image.js";
import type { LayerEntry, LearnedImage } from "../../src/core/layers/layer-record.js";
import { noReturnNews, type LoggedTagLoss, type LoggedUse } from "../../src/core/returns/return-news.js";
import { once } from "../../src/core/text/once.js";
import { SimulatedHost } from "../../src/core/what-if/simulated-host.js";
import type { TraceLine } from "../../src/core/what-if/trace.js";
import type { UseLog } from "../../src/core/what-if/use-log.js";
import { usualQuotas, whatIf } from "../../src/core/what-if/what-if.js";
import { openLedgerInMemory } from "../../src/ledger/sqlite-ledger.js";
import { usualShares, workloads } from "../bench/simulate/workloads/all.js";
import { engine, moment, record, run } from "../support/ledger/build-records.js";
import { temporaryFolder } from "../support/ledger/temporary-folder.js";
import { imageId } from "../support/values.js";

const chainId = (number: number) => `sha256:${number.toString(16).padStart(64, "0")}`;

/** The ledger's log of a host that used images as a trace says, with a run whenever anything happens. */
function logOf(trace: readonly TraceLine[]): UseLog {
  const numbers = new Map<string, number>();
  const layers = new Map<number, LayerEntry>();
  const images = new Map<ImageId, LearnedImage>();
  const known = new Map<string, { readonly sizeBytes: number; readonly repository: string }>();
  const used: LoggedUse[] = [];
  const tagsLost: LoggedTagLoss[] = [];
  for (const line of trace) {
    if (line.kind === "image") {
      let below: number | null = null;
      for (const { name, bytes } of line.layers) {
        const key = `${below ?? ""}/${name}`;
        const number: number = numbers.get(key) ?? numbers.size + 1;
        numbers.set(key, number);
        layers.set(number, { chainId: chainId(number), below, bytes });
        below = number;
      }
      images.set(imageId(line.image), { top: below, taggedAt: null, content: null });
      const sizeBytes = line.layers.reduce((sum, { bytes }) => sum + bytes, 0);
      known.set(line.image, { sizeBytes, repository: line.repository });
      continue;
    }
    const at = moment + Math.round(line.at * 1000);
    if (line.kind === "untag") {
      tagsLost.push({ image: imageId(line.image), at });
      continue;
    }
    const { sizeBytes, repository } = known.get(line.image) ?? { sizeBytes: 0, repository: "" };
    const to = at + Math.round(line.seconds * 1000);
    used.push({ image: imageId(line.image), from: at, to, repository, sizeBytes });
  }
  const ledger = openLedgerInMemory(join(temporaryFolder(), "ledger.db"));
  const news = { ...noReturnNews, used, tagsLost };
  ledger.save(engine, record({ layers: { images, layers, blobs: new Map() }, news }), run());
  const log = ledger.useLogs().get(engine.key);
  ledger.close();
  if (log === undefined) throw new Error("Nothing is logged.");
  return log;
}

// The first days are enough: they have uses by the hundred, builds, and tags that are lost.
describe.each(Object.entries(workloads))("the forecast for the trace %s", (name, generate) => {
  const trace = generate(5).filter((line) => line.kind === "image" || line.at < 6 * 86_400);
  const logged = once(() => logOf(trace));

  it.each(["next-use", "last-use"] as const)(
    "is what a second run under each quota pulls, by %s",
    (order) => {
      const log = logged();
      const all = usualQuotas(log).at(-1) ?? 0;
      const quotas = usualShares(name).map((share) => Math.round(share * all));
      const found = whatIf(log, { quotas, order, now: moment });
      expect(found?.rows).toHaveLength(quotas.length);
      for (const { quotaBytes, pulledAgainBytes } of found?.rows ?? []) {
        const host = new SimulatedHost(quotaBytes, order);
        for (const line of trace) host.apply(line);
        const { pulledBytes, firstPulledBytes } = host.result;
        const differenceBytes = Math.abs(pulledAgainBytes + firstPulledBytes - pulledBytes);
        expect(differenceBytes).toBeLessThanOrEqual(0.01 * pulledBytes);
      }
    },
    60_000,
  );
});
