import { readdirSync, readFileSync } from "node:fs";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:https";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { Authority } from "../../support/certificates.js";
import { runDocker } from "../../support/docker-command.js";
import { describeWithPrograms } from "../../support/programs.js";
import { startPrivateEngine, type RealEngine } from "../../support/real-engine.js";
import { runCli, type CliResult } from "../../support/run-cli.js";
import { freePort } from "../../support/free-port.js";
import { Sshd } from "../../support/sshd.js";

describeWithPrograms(
  "a real engine that is not on this socket",
  ["dockerd", "docker", "openssl", "sshd", "ssh", ...(process.getuid?.() === 0 ? [] : ["root"])],
  () => {
    let folder: string;
    let engine: RealEngine;
    let sshd: Sshd;
    let authority: Authority;
    let client: string;
    let port: number;

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), "docker-gc-remote-"));
      authority = await Authority.create(join(folder, "authority"));
      const server = await authority.sign("server", "IP:127.0.0.1");
      client = await authority.sign("client", "DNS:client");
      port = await freePort();
      const pem = (name: string): string => join(server, name);
      const keys = ["--tlscacert", pem("ca.pem"), "--tlscert", pem("cert.pem"), "--tlskey", pem("key.pem")];
      engine = await startPrivateEngine(["--host", `tcp://127.0.0.1:${port}`, "--tlsverify", ...keys]);
      sshd = await Sshd.start(join(folder, "sshd"), engine.host);
    }, 180_000);

    afterAll(async () => {
      await sshd.stop();
      await engine.stop();
      await rm(folder, { recursive: true, force: true });
    });

    const seen = { exitCode: 0, stderr: "" };
    const dryRun = (args: readonly string[], env: Record<string, string> = {}): Promise<CliResult> =>
      runCli(["-n", ...args], { env });

    describe("over TLS", () => {
      const host = (name = "127.0.0.1"): string => `tcp://${name}:${port}`;
      const withFiles = (path: string) => ({ DOCKER_TLS_VERIFY: "1", DOCKER_CERT_PATH: path });
      const refusal = async (args: readonly string[], env: Record<string, string>): Promise<string> => {
        const result = await dryRun(args, env);
        expect(result).toMatchObject({ exitCode: 4, stdout: "" });
        expect(result.stderr).toMatch(/^docker-gc: [^\n]+\.\n$/);
        return result.stderr;
      };

      it("is observed, and is named without credentials", async () => {
        const result = await dryRun(["-H", host()], withFiles(client));
        expect(result).toMatchObject(seen);
        expect(result.stdout).toContain(`at https://127.0.0.1:${port}\n`);
      });

      it("is found by DOCKER_HOST, and with certificates in docker's own folder", async () => {
        const env = { DOCKER_HOST: host(), DOCKER_TLS_VERIFY: "1", DOCKER_CONFIG: client };
        expect(await dryRun([], env)).toMatchObject(seen);
      });

      it("may go unchecked where DOCKER_TLS says so", async () => {
        const stranger = await (await Authority.create(join(folder, "unchecked"))).sign("x", "DNS:x");
        await cp(join(client, "cert.pem"), join(stranger, "cert.pem"));
        await cp(join(client, "key.pem"), join(stranger, "key.pem"));
        const env = { DOCKER_TLS: "1", DOCKER_CERT_PATH: stranger };
        expect(await dryRun(["-H", host()], env)).toMatchObject(seen);
        expect(await refusal(["-H", host()], withFiles(stranger))).toContain(
          "is not signed by the authority in use",
        );
      });

      it("is refused under another name than its certificate has", async () => {
        expect(await refusal(["-H", host("localhost")], withFiles(client))).toBe(
          `docker-gc: Cannot reach a Docker Engine at https://localhost:${port}: its certificate is for another ` +
            "host name; use a name that the certificate has.\n",
        );
      });

      it("is refused when its certificate has expired", async () => {
        const expired = await authority.sign("expired", "IP:127.0.0.1", -1);
        const read = (name: string): Buffer => readFileSync(join(expired, name));
        const server = createServer({ key: read("key.pem"), cert: read("cert.pem") }).listen(0, "127.0.0.1");
        onTestFinished(() => void server.close());
        await once(server, "listening");
        const other = `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`;
        expect(await refusal(["-H", other], withFiles(client))).toContain(
          "its certificate has expired; renew it.",
        );
      });

      it("refuses who shows no certificate, one of a stranger, or one that has expired", async () => {
        const bare = join(folder, "bare");
        await mkdir(bare);
        const stranger = await (await Authority.create(join(folder, "stranger"))).sign("client", "DNS:x");
        for (const path of [bare, stranger]) await cp(join(client, "ca.pem"), join(path, "ca.pem"));
        const old = await authority.sign("old", "DNS:client", -1);
        for (const path of [bare, stranger, old])
          expect(await refusal(["-H", host()], withFiles(path))).toMatch(
            /: (it accepts no client without a certificate of its own authority|it broke the connection off); check .*cert\.pem and key\.pem in DOCKER_CERT_PATH or the docker context\.$/m,
          );
      });

      it("is not reached without TLS, and no plain engine with it", async () => {
        expect(await refusal(["-H", host()], {})).toContain("HTTP");
        expect(await refusal(["-H", `tcp://127.0.0.1:${sshd.port}`], withFiles(client))).toContain(
          "it does not speak TLS; check the port, and DOCKER_TLS_VERIFY.",
        );
      });

      it("is found by a context of the docker command", async () => {
        const files = ["ca", "cert", "key"].map((name) => `${name}=${join(client, name)}.pem`);
        const config = { DOCKER_CONFIG: join(folder, "docker-tls") };
        const endpoint = [`host=${host()}`, ...files].join(",");
        expect(await runDocker(["context", "create", "build", "--docker", endpoint], config)).toMatchObject({
          exitCode: 0,
        });
        expect(await dryRun(["--context", "build"], config)).toMatchObject(seen);
        const unchecked = [`host=${host("localhost")}`, "skip-tls-verify=true", ...files.slice(1)].join(",");
        await runDocker(["context", "create", "unchecked", "--docker", unchecked], config);
        expect(await dryRun(["--context", "unchecked"], config)).toMatchObject(seen);
      });
    });

    describe("over ssh", () => {
      const address = (): string => `ssh://${sshd.user}@127.0.0.1:${sshd.port}`;
      const overSsh = (args: readonly string[], env: Record<string, string> = {}): Promise<CliResult> =>
        dryRun(args, { PATH: `${sshd.programs}:${process.env["PATH"] ?? ""}`, ...env });
      const refusal = async (args: readonly string[], env: Record<string, string> = {}): Promise<string> => {
        const result = await overSsh(args, env);
        expect(result).toMatchObject({ exitCode: 4, stdout: "" });
        expect(result.stderr).toMatch(/^docker-gc: [^\n]+\.\n$/);
        return result.stderr;
      };

      it("is observed, and is named without the user", async () => {
        const result = await overSsh(["-H", address()]);
        expect(result).toMatchObject(seen);
        expect(result.stdout).toContain(`at ${address()}\n`);
      });

      it("is found by the user's own names for hosts, and by a path to its socket", async () => {
        await sshd.configure([
          "Host build",
          "  HostName 127.0.0.1",
          `  Port ${sshd.port}`,
          `  User ${sshd.user}`,
        ]);
        onTestFinished(() => sshd.configure([]));
        expect(await overSsh(["-H", "ssh://build"])).toMatchObject(seen);
        expect(await overSsh(["-H", `ssh://build${engine.host.replace("unix://", "")}`])).toMatchObject(seen);
        expect(await refusal(["-H", "ssh://build/no/such.sock"])).toContain("/no/such.sock");
      });

      it("is found by a context of the docker command", async () => {
        const config = { DOCKER_CONFIG: join(folder, "docker-ssh") };
        await runDocker(["context", "create", "build", "--docker", `host=${address()}`], config);
        expect(await overSsh(["--context", "build"], config)).toMatchObject(seen);
      });

      it("is a clear refusal when the user or the host is a stranger, or nobody is there", async () => {
        onTestFinished(() => sshd.configure([]));
        expect(await refusal(["-H", `ssh://nobody-here@127.0.0.1:${sshd.port}`])).toMatch(
          /at ssh:\/\/nobody-here@127\.0\.0\.1:\d+: ssh ended with 255: .*Permission denied \(.*\); check that "ssh HOST docker version" works without a question\./,
        );
        await sshd.configure([`UserKnownHostsFile ${join(sshd.folder, "no-hosts")}`]);
        expect(await refusal(["-H", address()])).toContain("Host key verification failed");
        const nobody = `ssh://127.0.0.1:${await freePort()}`;
        expect(await refusal(["-H", nobody])).toContain("Connection refused");
      });

      it("is given up in time where ssh itself hangs, and ssh ends with it", async () => {
        const programs = join(folder, "hanging");
        const note = join(folder, "hanging.pid");
        await mkdir(programs);
        await writeFile(join(programs, "ssh"), `#!/bin/sh\necho $$ > ${note}\nexec sleep 600\n`, {
          mode: 0o755,
        });
        const env = { PATH: `${programs}:${process.env["PATH"] ?? ""}` };
        expect(await refusal(["-H", address(), "--timeout", "1s"], env)).toContain(
          "did not finish its answer",
        );
        const pid = Number(readFileSync(note, "utf8"));
        await expect.poll(() => commandLineOf(pid), { timeout: 30_000 }).toBe("");
      });

      it("says so where there is no ssh", async () => {
        const node = join(folder, "node-only");
        await mkdir(node);
        expect(await refusal(["-H", address()], { PATH: node })).toContain("there is no ssh command");
      });

      it("leaves no ssh behind", async () => {
        await overSsh(["-H", address()]);
        const child = `-p ${sshd.port} -- 127.0.0.1 docker`;
        await expect
          .poll(() => commandLines().filter((line) => line.includes(child)), { timeout: 30_000 })
          .toEqual([]);
      });
    });
  },
);

function commandLines(): string[] {
  const processes = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return processes.map(commandLineOf).filter((line) => line !== "");
}

/** Empty for a process that has ended. */
function commandLineOf(pid: number | string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
  } catch {
    return "";
  }
}
