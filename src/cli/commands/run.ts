import { findingsOf } from "../../core/results/conditions.js";
import type { IdleRun } from "../../run/idle-run.js";
import { commandOf, withBegun, type Begun, type Command } from "../begin.js";
import type { CommandProcess, Done } from "../command-process.js";
import { IdlePass, mayPass } from "../idle-pass.js";
import { Said } from "../said.js";
import type { Task } from "../task.js";
import { whenWritten } from "../written.js";

/** `run`. Most of the program is loaded only where there is something to do. */
export async function perform(task: Task): Promise<number> {
  const command = commandOf(task);
  const { mode, verbosity } = command.settings;
  const said =
    mode === "dry-run" || verbosity !== "quiet" ? null : new Said(command.path, command.engine.address);
  const { exitCode, deed } =
    said !== null && mayPass(command) ? await passOrRun(command, said) : await runWhole(command, said);
  if (mode !== "dry-run") task.process.keepCode(deed);
  return exitCode;
}

async function runWhole(command: Command, said: Said | null): Promise<Done> {
  const { performWhole } = await import("../whole-run.js");
  return performWhole(command, said);
}

/** The whole run; in its place, where that is certain to come to the same, what a run comes to that has nothing to do. */
function passOrRun(command: Command, said: Said): Promise<Done> {
  const listeners = { metrics: null, said };
  const onFailure = async (error: unknown, lock: Begun["lock"]) => {
    const { tellEnd } = await import("../whole-run.js");
    tellEnd(error, lock, command, listeners);
  };
  return withBegun(command, { access: "write", onFailure }, async (begun) => {
    const { process } = command.task;
    const idle = begun.lock === null ? null : new IdlePass(command, begun, begun.lock);
    const passed = (await idle?.pass()) ?? null;
    if (passed === null) {
      const { runOnce } = await import("../whole-run.js");
      return runOnce(command, listeners, { ...begun, idle });
    }
    await tellNothing(passed, said, process);
    return { exitCode: await whenWritten(0, process), deed: "pass" };
  });
}

/** What was wrong before may be over. */
async function tellNothing(
  { isPoorlyObserved }: IdleRun,
  said: Said,
  process: CommandProcess,
): Promise<void> {
  const { news } = said.judge(findingsOf([], isPoorlyObserved), process.now());
  if (news.reported.size + news.ended.size > 0) {
    const { tellEnded } = await import("../quiet-run.js");
    tellEnded(news, process);
  }
}
