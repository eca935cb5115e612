import { spawn } from "node:child_process";
import type { Environment } from "../../core/text/environment.js";
import { attempt } from "../../core/text/attempt.js";

/** Credentials for one registry, with the names that they have in X-Registry-Auth; empty where there are none. */
export interface Secret {
  readonly username: string;
  readonly password: string;
  readonly identitytoken: string;
  readonly registrytoken: string;
}

export type HelperAnswer =
  | { readonly kind: "found"; readonly secret: Secret }
  | { readonly kind: "none" }
  /** `problem` completes "which …". */
  | { readonly kind: "failed"; readonly problem: string };

/** One that opens a keyring may wait for somebody, who is not there. */
const mostMs = 10_000;
const mostBytes = 64 * 1024;

/** What a helper says of a server that it has nothing for, with exit code 1. */
const nothingKept = /credentials not found|no credentials server URL|no credentials username/;

/**
 * Asks `docker-credential-NAME get`, as the docker command does. What it prints is a secret, and is not shown.
 * https://github.com/docker/docker-credential-helpers
 */
export function askHelper(
  name: string,
  server: string,
  env: Environment,
  waitMs = mostMs,
): Promise<HelperAnswer> {
  // The name comes from a file, and is to lead to no other folder.
  if (!/^[\w.-]+$/.test(name)) return Promise.resolve(failed("is no name of a program"));
  return new Promise((resolve) => {
    // In a group of its own, all that it has started ends with it, and an interrupt at the terminal does not reach it.
    const child = spawn(`docker-credential-${name}`, ["get"], {
      env,
      stdio: ["pipe", "pipe", "ignore"],
      detached: true,
    });
    let said = "";
    const end = (answer: HelperAnswer): void => {
      clearTimeout(timer);
      child.stdout.destroy();
      resolve(answer);
    };
    const giveUp = (problem: string): void => {
      killGroup(child.pid);
      end(failed(problem));
    };
    const timer = setTimeout(() => giveUp(`did not answer within ${waitMs / 1000} s`), waitMs);
    child.on("error", () => end(failed("could not be started")));
    child.on("close", (code) => end(code === 0 ? answerIn(said) : refusalIn(said, code)));
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      said += text;
      if (said.length > mostBytes) giveUp("said too much");
    });
    // It may have ended before it read.
    child.stdin.on("error", () => undefined);
    child.stdin.end(server);
  });
}

function killGroup(pid: number | undefined): void {
  // It may be gone.
  if (pid !== undefined) attempt(() => process.kill(-pid, "SIGKILL"), false);
}

function answerIn(text: string): HelperAnswer {
  try {
    const answer: unknown = JSON.parse(text);
    if (typeof answer === "object" && answer !== null && "Username" in answer && "Secret" in answer) {
      const [username, secret] = [String(answer.Username), String(answer.Secret)];
      const isToken = username === "<token>";
      const pair = isToken ? { username: "", password: "" } : { username, password: secret };
      return {
        kind: "found",
        secret: { ...pair, identitytoken: isToken ? secret : "", registrytoken: "" },
      };
    }
  } catch {
    // Said below.
  }
  return failed("gave no credentials that can be read");
}

function refusalIn(text: string, code: number | null): HelperAnswer {
  return nothingKept.test(text) ? { kind: "none" } : failed(`ended with exit code ${code ?? "none"}`);
}

function failed(problem: string): HelperAnswer {
  return { kind: "failed", problem };
}
