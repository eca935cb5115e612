import { describe, expect, it } from "vitest";
import { cellWidth } from "../../../src/report/layout/cells.js";
import { hour, minute, PracticeHost } from "./host.js";
import { transcriptOf } from "./transcript.js";

const registry = "registry.example.com/a/team/with/a/long/name";

const redis = { name: "redis:7", megabytes: 120, content: "redis" };

/** A host from which images went; one of them came back. */
async function hostWithPast(): Promise<PracticeHost> {
  const host = await PracticeHost.start();
  const { engine } = host;
  engine.pull({ name: `${registry}/shop-web:1`, megabytes: 300 });
  engine.pull({ name: `${registry}/shop-web:2`, megabytes: 310 });
  engine.pull(redis);
  engine.load({ name: "tool:1", megabytes: 40 });
  engine.createContainer(`${registry}/shop-web:2`, {
    name: "a-container-whose-name-takes-more-room-than-a-table-has-for-it-beside-the-rest",
  });
  await host.command(["--max-age=off"]);
  host.wait(26 * hour);
  await host.command(["--max-age=1d", "--keep-recent=0"]);
  host.wait(20.5 * hour);
  engine.pull(redis);
  host.wait(90 * minute);
  await host.command(["--max-age=off"]);
  // So that no figure is at the edge of the next one.
  host.wait(5.5 * minute);
  return host;
}

describe("explain", () => {
  it.each([60, 80, 120])("answers what is asked, wrapped into %d columns", async (columns) => {
    const host = await hostWithPast();
    const terminal = { columns, env: { NO_COLOR: "1" } };
    const told = await transcriptOf(
      host,
      [
        ["explain", "shop-web"],
        ["explain", "shop-web:1", "redis"],
      ],
      terminal,
    );
    expect(told).not.toContain("…");
    const others = [
      ["explain", "**"],
      ["explain", "shop-wbe:2"],
      ["explain", "to[ol"],
    ];
    const transcript = `${told}\n${await transcriptOf(host, others, terminal)}`;
    for (const line of transcript.split("\n")) {
      if (!/^(\$|stderr)/.test(line)) expect(cellWidth(line)).toBeLessThanOrEqual(columns);
    }
    await expect(transcript).toMatchFileSnapshot(`golden/explain.${columns}.txt`);
  });

  it("shows all of each with --verbose, and all of it as JSON", async () => {
    const host = await hostWithPast();
    const { stdout } = await host.command(["explain", "**", "--verbose"]);
    expect(stdout.match(/What would change that/g)).toHaveLength(2);
    expect(stdout.match(/was removed/g)).toHaveLength(2);
    const json = await host.command(["explain", "**", "redis:7", "--output=json"]);
    expect(JSON.parse(json.stdout)).toMatchObject({
      images: [
        {
          asked: "**",
          refs: ["redis:7", expect.anything()],
          removals: [{ reasons: ["age"], returned: { bytes: 120_000_000 } }],
        },
        { asked: "**", refs: [`${registry}/shop-web:2`, expect.anything()], removals: [] },
      ],
      removed: [
        {
          asked: "**",
          refs: ["tool:1"],
          removals: [{ outcome: "removed", lastUsedAt: expect.any(String) as unknown }],
        },
        { refs: [`${registry}/shop-web:1`, expect.anything()] },
      ],
    });
  });
});
