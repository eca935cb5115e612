import { describe, expect, it } from "vitest";
import { checksText } from "../../../support/checks-text.js";
import { checkCalls } from "../../../../src/doctor/checks/calls.js";

describe("the calls of the API", () => {
  it("are told one by one, with who can let them through", () => {
    const checks = checkCalls([
      { call: "GET /_ping", outcome: { kind: "answered" } },
      {
        call: "GET /events",
        outcome: { kind: "refused", status: 403, message: "Forbidden (HTTP status 403)" },
      },
      { call: "GET /services", outcome: { kind: "untried", because: "the engine manages no swarm" } },
      {
        call: "GET /system/df",
        outcome: { kind: "refused", status: 500, message: "broken (HTTP status 500)" },
      },
      { call: "GET /info", outcome: { kind: "failed", message: "The engine did not finish." } },
    ]);
    expect(checks.map(({ subject, state }) => [subject, state])).toEqual([
      ["GET /_ping", "good"],
      ["GET /events", "problem"],
      ["GET /services", "skipped"],
      ["GET /system/df", "problem"],
      ["GET /info", "problem"],
    ]);
    expect(checksText(checks)).toContain("GET /events is refused: Forbidden (HTTP status 403) let the proxy");
    expect(checksText(checks)).toContain("broken (HTTP status 500) look at the log");
  });
});
