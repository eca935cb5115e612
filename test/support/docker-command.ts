import { execFile } from "node:child_process";
import { promisify } from "node:util";

const execute = promisify(execFile);

export interface DockerCommandResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the real docker command with nothing of this machine's settings: `env` is all that it gets besides the PATH. */
export async function runDocker(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<DockerCommandResult> {
  try {
    const settings = { PATH: process.env["PATH"], ...env };
    const { stdout, stderr } = await execute("docker", [...args], { env: settings, timeout: 60_000 });
    return { exitCode: 0, stdout, stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { exitCode: code, stdout, stderr };
  }
}
