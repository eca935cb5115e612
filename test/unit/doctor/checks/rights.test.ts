import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { checksText } from "../../../support/checks-text.js";
import { checkRights } from "../../../../src/doctor/checks/rights.js";
import { temporaryFolder } from "../../../support/temporary-folder.js";

describe("rights", () => {
  it("are a problem where everybody has them", () => {
    const socketPath = join(temporaryFolder(), "engine.sock");
    writeFileSync(socketPath, "");
    chmodSync(socketPath, 0o666);
    const endpoint = { kind: "unix", socketPath } as const;
    expect(checksText(checkRights({ uid: 0, endpoint, content: null }))).toMatch(
      /^problem anybody .* chmod o-rw/,
    );
    chmodSync(socketPath, 0o660);
    expect(checksText(checkRights({ uid: 1000, endpoint, content: null }))).toBe(
      "good it works as user 1000, who may ask the engine",
    );
  });

  it("say what cannot be read", () => {
    const content = join(temporaryFolder(), "content");
    mkdirSync(content);
    const endpoint = { kind: "tcp", host: "h", port: 1, tls: null } as const;
    expect(checksText(checkRights({ uid: 1000, endpoint, content }))).toMatch(/^good .* is estimated/);
  });
});
