/**
 * `npm start`: the main job. Against the Docker Engine of this machine as a dry run, if one answers; otherwise a whole
 * life on the practice engine. `npm start -- --practice` shows that life in any case.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { homedir } from "node:os";
import { resolve } from "node:path";
import { Failure } from "../src/core/text/failure.js";
import { ApiEngine } from "../src/engine/docker-api/api-engine.js";
import { Connection } from "../src/engine/transport/connection.js";
import { resolveEndpoint, showEndpoint } from "../src/engine/locate/endpoint.js";
import { Narrator } from "./narrator.js";
import { showPracticeLife } from "./practice-life.js";

/** An engine that is there says who it is at once; one that hangs must not keep a newcomer waiting. */
const greetingTimeoutMs = 3000;
const dryRun = ["--dry-run", "--timeout", "15s"];

// Settings of the tool that happen to be set here are not part of the show.
const environment = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !name.startsWith("DOCKER_GC_")),
);

/** Runs `docker-gc --dry-run` on this machine's engine. Answers with a sentence when there is none, or not a sound one. */
async function showThisEngine(narrator: Narrator): Promise<string | null> {
  try {
    const { endpoint } = resolveEndpoint({}, { env: environment, home: homedir() });
    const connection = new Connection(endpoint);
    try {
      await new ApiEngine(connection, greetingTimeoutMs).describe();
    } finally {
      connection.abandon();
    }
    narrator.say(
      `A Docker Engine answers at ${showEndpoint(endpoint)}. This is a dry run on it: nothing is removed, ` +
        "nothing is written.",
    );
  } catch (error) {
    if (error instanceof Failure) return error.message;
    throw error;
  }
  narrator.command(dryRun);
  // npm starts every script in the folder of package.json.
  const program = resolve("bin/docker-gc.js");
  const child = spawn(process.execPath, [program, ...dryRun], { env: environment, stdio: "inherit" });
  const [exitCode] = (await once(child, "close")) as [number | null];
  return exitCode === 0
    ? null
    : `The dry run ended with ${exitCode === null ? "a signal" : `exit ${exitCode}`}.`;
}

process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});

const narrator = new Narrator(process.stdout, environment);
const problem = process.argv.includes("--practice")
  ? "You asked for the practice engine."
  : await showThisEngine(narrator);
if (problem === null) {
  narrator.say(
    "Idle time counts from the first run that is no dry run, or from the first event that the engine remembers " +
      "then. To see what that comes to, a week on the practice engine takes a moment: npm start -- --practice",
  );
} else {
  narrator.say(problem);
  await showPracticeLife(narrator);
}
