import type { Program } from "../program.js";
import type { Random } from "../random.js";
import { Tally } from "../tally.js";
import { fuzzAnswers, fuzzEvents, takeSamples } from "./answers.js";
import { exitOne, fuzzCommands, wrongCode } from "./commands.js";
import { crashed, manyLines, otherCode, slow } from "./judge.js";
import { changedRefused, fuzzLedgers, takeLedgers } from "./ledgers.js";
import { fuzzTexts } from "./texts.js";

const promises = [crashed, manyLines, otherCode, slow, changedRefused, exitOne, wrongCode];

/** @param scale 1 for a good 100,000 cases in this process and 400 of the real command */
export async function tortureWithInput(program: Program, random: Random, scale: number): Promise<Tally> {
  const tally = new Tally("bad input", promises);
  const times = (full: number): number => Math.max(4, Math.round(full * scale));
  await fuzzTexts(tally, random.fork(), times(60_000));
  process.stderr.write("input: texts done\n");
  const samples = await takeSamples(random.fork());
  await fuzzEvents(tally, random.fork(), samples, times(25_000));
  await fuzzAnswers(tally, random.fork(), samples, times(25_000));
  process.stderr.write("input: answers done\n");
  const ledgers = await takeLedgers(random.fork());
  await fuzzLedgers(tally, random.fork(), ledgers, times(10_000));
  await fuzzCommands(tally, random.fork(), program, ledgers, times(400));
  return tally;
}
