import { afterAll, beforeAll, describe } from "vitest";
import { realEngineAvailability, startRealEngine, type RealEngine } from "./real-engine.js";

/** Long enough to wait for other test files that use the same given engine. */
const startTimeoutMs = 600_000;

/**
 * A describe block with a real engine of its own, started before and stopped after it. Without one, it is skipped
 * with a warning, and with CI=true it is a failure.
 */
export function describeWithRealEngine(name: string, tests: (engine: () => RealEngine) => void): void {
  const availability = realEngineAvailability();
  if (!availability.available) {
    const message = `No real engine for "${name}": ${availability.reason}.`;
    if (process.env["CI"] === "true") throw new Error(message);
    console.warn(`SKIPPED: ${message}`);
  }
  describe.skipIf(!availability.available)(name, () => {
    let started: RealEngine | undefined;
    beforeAll(async () => {
      started = await startRealEngine();
    }, startTimeoutMs);
    afterAll(async () => {
      await started?.stop();
    });
    tests(() => {
      if (started === undefined) throw new Error("The engine is there only while the tests run.");
      return started;
    });
  });
}
