import { execFile } from "node:child_process";
import type { Environment } from "../../core/text/environment.js";

/** What a program prints; null where it is not there, fails, or takes too long. */
export type Ask = (program: string, args: readonly string[]) => Promise<string | null>;

const patienceMs = 10_000;

export function askProgram(env: Environment): Ask {
  return (program, args) =>
    new Promise((resolve) => {
      const options = { env: { ...env, LC_ALL: "C" }, timeout: patienceMs, maxBuffer: 16 * 1024 * 1024 };
      execFile(program, args, options, (error, stdout) => resolve(error === null ? stdout : null));
    });
}
