import { crashOnPractice } from "./crash/practice-crash.js";
import { crashOnRealEngine } from "./crash/real-crash.js";
import { tortureWithFaults } from "./faults/faults.js";
import { tortureWithHostility } from "./hostile/hostile.js";
import { tortureWithInput } from "./input/input.js";
import { Program } from "./program.js";
import { raceOnPractice } from "./races/practice-races.js";
import { raceOnRealEngine } from "./races/races.js";
import { Random } from "./random.js";
import { tortureWithStuckImages } from "./stuck/stuck.js";
import type { Tally } from "./tally.js";

export const parts = ["crash", "races", "faults", "input", "hostile", "stuck", "damaged"] as const;
export type Part = (typeof parts)[number];

/** `practice` leaves out what needs a real one, and `real` what needs none. */
export const engineChoices = ["practice", "real", "all"] as const;
export type EngineChoice = (typeof engineChoices)[number];

export interface TortureOptions {
  readonly seed: number;
  /** 1 for the full counts. */
  readonly scale: number;
  readonly only: readonly Part[];
  readonly engines: EngineChoice;
  /** The program to torture; by default it is built for this. */
  readonly program?: Program;
  /** Ends it early, with what was counted until then. */
  readonly isStopped?: () => boolean;
}

export async function torture({
  seed,
  scale,
  only,
  engines,
  program: given,
  isStopped = () => false,
}: TortureOptions): Promise<Tally[]> {
  const program = given ?? (await Program.build());
  const times = (full: number): number => Math.max(1, Math.round(full * scale));
  const tallies: Tally[] = [];
  try {
    for (const part of only) {
      if (isStopped()) break;
      // Each part draws its own numbers, so that --only repeats what it did among the others.
      const random = new Random(seed + parts.indexOf(part));
      switch (part) {
        case "crash":
          if (engines !== "real")
            tallies.push(await crashOnPractice(program, random, times(1000), isStopped));
          if (engines !== "practice")
            tallies.push(await crashOnRealEngine(program, random, times(100), isStopped));
          break;
        case "races":
          if (engines !== "real")
            tallies.push(await raceOnPractice(random, { runs: times(1000) }, isStopped));
          if (engines !== "practice")
            tallies.push(await raceOnRealEngine(program, random, times(500), isStopped));
          break;
        case "faults":
          if (engines === "real") break;
          tallies.push(
            await tortureWithFaults(program, random, { runs: times(2000), commands: times(120) }, isStopped),
          );
          break;
        case "hostile":
          if (engines === "real") break;
          tallies.push(
            await tortureWithHostility(
              program,
              random,
              { runs: times(3000), commands: times(2000) },
              isStopped,
            ),
          );
          break;
        case "input":
          if (engines === "real") break;
          tallies.push(await tortureWithInput(program, random, scale));
          break;
        case "stuck":
        case "damaged":
          if (engines === "real") break;
          tallies.push(await tortureWithStuckImages(part, random, { runs: times(2000) }, isStopped));
          break;
      }
    }
  } finally {
    if (given === undefined) await program.remove();
  }
  return tallies;
}
