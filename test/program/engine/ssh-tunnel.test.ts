import { execFileSync } from "node:child_process";
import { expect, it } from "vitest";
import { resolveEndpoint } from "../../../src/engine/locate/endpoint.js";
import { sshArguments } from "../../../src/engine/transport/ssh-tunnel.js";

function argumentsFor(host: string): string {
  const { endpoint } = resolveEndpoint({ host: { value: host, origin: "--host" } }, { env: {}, home: "/" });
  if (endpoint.kind !== "ssh") throw new Error(`${host} is not for ssh.`);
  return sshArguments(endpoint).join(" ");
}

it.each([
  ["ssh://h", "-- h docker system dial-stdio"],
  ["ssh://ann@h:22", "-l ann -p 22 -- h docker system dial-stdio"],
  ["ssh://[::1]:23", "-p 23 -- ::1 docker system dial-stdio"],
  ["ssh://h/run/x.sock", "-- h docker --host unix:///run/x.sock system dial-stdio"],
])("ssh is told, for %s: %s", (host, expected) => {
  expect(argumentsFor(host)).toBe(`-T -o BatchMode=yes -o ConnectTimeout=30 ${expected}`);
});

it("a path is one word to the shell over there, whatever is in it", () => {
  for (const path of ["/a b", "/it's", "/$(id)", "/;x", "/`x`", "/%22"]) {
    const line = argumentsFor(`ssh://h${encodeURI(path)}`).replace(/.* -- h docker --host /, "printf %s ");
    const shown = execFileSync("sh", ["-c", line.replace(/ system dial-stdio$/, "")], { encoding: "utf8" });
    expect(shown).toBe(`unix://${decodeURIComponent(encodeURI(path))}`);
  }
});
