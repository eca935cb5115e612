import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { connect, createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { runHere } from "../../support/run-cli.js";
import { temporaryFolder } from "../../support/temporary-folder.js";
import { practiceEngine, removeAll } from "../../support/small-engine.js";

const user = "annabella";
const password = "s3cr3t-w0rd";

/** A port of this machine that leads to a socket. */
async function portTo(socketPath: string): Promise<number> {
  const server = createServer((near) => {
    const far = connect(socketPath);
    for (const socket of [near, far]) socket.on("error", () => undefined);
    near.pipe(far).pipe(near);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

function filesIn(folder: string): string {
  return readdirSync(folder)
    .map((name) => readFileSync(join(folder, name), "latin1"))
    .join("\n");
}

/** Ways to name an engine, each with a password in it. */
const ways = [
  ["--host", (address: string) => ({ args: ["--host", address], env: {} })],
  ["DOCKER_HOST", (address: string) => ({ args: [], env: { DOCKER_HOST: address } })],
  ["DOCKER_GC_HOST", (address: string) => ({ args: [], env: { DOCKER_GC_HOST: address } })],
] as const;

describe.each(ways)("a password in an engine's address in %s is printed nowhere, nor written", (_, name) => {
  async function expectSilence(address: string, ...commands: (readonly string[])[]): Promise<number[]> {
    const folder = temporaryFolder();
    const exitCodes: number[] = [];
    for (const command of commands) {
      const { args, env } = name(address);
      const result = await runHere([...command, ...args], { env, ledger: join(folder, "ledger.db") });
      exitCodes.push(result.exitCode ?? -1);
      for (const secret of [password, encodeURIComponent(password), user])
        expect(result.stdout + result.stderr).not.toContain(secret);
      expect(result.stdout + result.stderr).not.toBe("");
    }
    expect(filesIn(folder)).not.toContain(password);
    return exitCodes;
  }

  it("in reports, as text and as JSON, and in the ledger", async () => {
    const practice = await practiceEngine();
    practice.onRequest = (method) =>
      method === "DELETE" ? { kind: "answer", status: 500, body: { message: "device busy" } } : undefined;
    const address = `tcp://${user}:${password}@127.0.0.1:${await portTo(practice.socketPath)}`;
    const codes = await expectSilence(
      address,
      ["--dry-run"],
      ["--verbose"],
      ["-o", "json", ...removeAll],
      ["--quiet", ...removeAll, "--keep", "nothing:*", "--only", "app:*"],
    );
    expect(codes).toEqual([0, 0, 3, 3]);
  });

  it("where nobody listens, and where what answers is no engine", async () => {
    const practice = await practiceEngine();
    practice.onRequest = () => ({ kind: "answer", status: 200, body: "hello" });
    const port = await portTo(practice.socketPath);
    const at = `${user}:${password}@127.0.0.1`;
    expect(await expectSilence(`tcp://${at}:1`, [], ["-o", "json"])).toEqual([4, 4]);
    expect(await expectSilence(`tcp://${at}:${port}`, [])).toEqual([4]);
  });

  it("where the address is none, or may have no password", async () => {
    for (const address of [
      `ssh://${user}:${password}@127.0.0.1:1`,
      `tcp://${user}:${password}@h:banana`,
      `tcp://${user}:${password}@h:2375/path`,
      `${user}:${password}@h`,
      `http//${user}:${password}@h`,
      `tcp://${user}:${password}@`,
    ])
      expect(await expectSilence(address, [])).toEqual([2]);
  });

  it("in the settings in effect", async () => {
    for (const args of [["config"], ["config", "-o", "json"]])
      await expectSilence(`tcp://${user}:${password}@127.0.0.1:1`, args);
  });
});
