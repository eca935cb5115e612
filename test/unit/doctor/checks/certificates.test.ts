import { describe, expect, it } from "vitest";
import { checksText } from "../../../support/checks-text.js";
import { checkCertificates } from "../../../../src/doctor/checks/certificates.js";

const day = 24 * 3_600_000;

const now = 1_769_853_600_000;

describe("a certificate", () => {
  it.each<[string, number, number, RegExp]>([
    ["is good for long", now - day, now + 365 * day, /^good cert.pem is good until 2027-01-31/],
    ["ends soon", now - day, now + 12 * day, /^problem cert.pem ends in 12d, on 2026-02-12 renew/],
    ["has ended", now - 20 * day, now - day, /^problem cert.pem ended on 2026-01-30 renew/],
    ["is not valid yet", now + day, now + 100 * day, /^problem cert.pem is not valid yet check the clocks/],
  ])("%s", (_, beginsAt, endsAt, expected) => {
    expect(
      checksText(checkCertificates([{ kind: "read", what: "cert.pem", beginsAt, endsAt }], now)),
    ).toMatch(expected);
  });

  it("that cannot be read is a problem", () => {
    const lives = [{ kind: "unreadable", what: "cert.pem", reason: "no PEM" }] as const;
    expect(checksText(checkCertificates(lives, now))).toMatch(/^problem cert.pem cannot be read: no PEM/);
  });
});
