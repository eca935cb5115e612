import { Program } from "./program.js";
import { Random } from "./random.js";
import { raceOnRealEngine } from "./races/races.js";
const program = await Program.build();
try {
  const t = await raceOnRealEngine(
    program,
    new Random(Number(process.argv[2] ?? 5)),
    Number(process.argv[3] ?? 60),
  );
  console.log(t.lines().join("\n"));
} finally {
  await program.remove();
}
