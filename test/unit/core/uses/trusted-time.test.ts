import { describe, expect, it } from "vitest";
import { nextTrustedTime, type TrustedTime } from "../../../../src/core/uses/trusted-time.js";

const hour = 3_600_000;
const day = 24 * hour;
const start = 1_000 * day;

/** What one engine's clock says while the host's own has gone on. */
interface Reading {
  readonly wall: number;
  readonly elapsed: number;
  readonly boot?: string;
}

/** The trusted time after these readings, from `start` on, in hours. */
function trustedAfter(...readings: readonly Reading[]): number {
  let trusted: TrustedTime | null = nextTrustedTime(null, start, { bootId: "one", elapsedMs: 0 });
  for (const { wall, elapsed, boot = "one" } of readings)
    trusted = nextTrustedTime(trusted, start + wall, { bootId: boot, elapsedMs: elapsed });
  return (trusted.at - start) / hour;
}

describe("the time that all clocks of a ledger bear out", () => {
  it("goes on with this host's, whatever one engine says", () => {
    expect(trustedAfter({ wall: 400 * day, elapsed: hour })).toBe(1);
    expect(trustedAfter({ wall: 400 * day, elapsed: hour }, { wall: 2 * hour, elapsed: 2 * hour })).toBe(2);
    expect(trustedAfter({ wall: -400 * day, elapsed: hour })).toBe(1);
  });

  it("makes up for a night asleep once all clocks of a day agree on it", () => {
    const morning = [9, 15, 20].map((hours) => ({ wall: hours * hour, elapsed: (hours - 8) * hour }));
    expect(trustedAfter(...morning)).toBe(12);
    const nextDays = [34, 40, 58, 59].map((hours) => ({ wall: hours * hour, elapsed: (hours - 8) * hour }));
    expect(trustedAfter(...morning, ...nextDays)).toBe(59);
  });

  it("does not follow an engine whose clock is ahead of another's", () => {
    const days = Array.from({ length: 10 }, (_, number) => [
      { wall: number * day, elapsed: number * day },
      { wall: 400 * day + number * day, elapsed: number * day + hour },
    ]);
    expect(trustedAfter(...days.flat())).toBe(9 * 24 + 1);
  });

  it("makes up for the time switched off at the boot after the next, and not for a boot with a wrong clock", () => {
    const off = { wall: 3 * day, elapsed: hour, boot: "two" };
    expect(trustedAfter(off)).toBe(0);
    expect(trustedAfter(off, { wall: 5 * day, elapsed: hour, boot: "three" })).toBe(72);
    const wrong = { wall: 400 * day, elapsed: hour, boot: "two" };
    expect(trustedAfter(wrong, { wall: 5 * hour, elapsed: hour, boot: "three" })).toBe(5);
  });
});
