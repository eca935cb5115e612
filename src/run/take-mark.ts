import type { EngineSummary } from "../core/results/run-report.js";
import { EventWindow } from "../core/uses/event-window.js";
import type { Mark } from "../core/uses/mark.js";
import type { Engine } from "../engine/port.js";

const hourNano = 3_600_000_000_000n;

/** How an engine is now. Its events first: what is made from then on is not in the listing, or an event reports it. */
export async function takeMark(
  engine: Engine,
): Promise<{ readonly mark: Mark; readonly summary: EngineSummary }> {
  const { identity, summary, eventBufferLimit, now, nowAtMost } = await engine.describe();
  const at = now();
  const window = new EventWindow(null);
  const from = eventBufferLimit === null ? BigInt(at) * 1_000_000n - hourNano : null;
  for await (const event of engine.readEvents(nowAtMost(), from)) window.push(event);
  const images = await engine.listImages();
  const mark: Mark = {
    engine: identity.key,
    at,
    anchor: window.nextAnchor,
    images: new Set(images.map(({ id }) => id)),
    manifests: new Set(images.flatMap(({ manifests }) => manifests ?? [])),
  };
  return { mark, summary };
}
