import { describe, expect, it } from "vitest";
import { askAbout, personToAsk } from "../../../src/cli/confirm.js";
import { Interruption } from "../../../src/cli/interruption.js";
import type { Edited, Person } from "../../../src/cli/command-process.js";
import { shortId } from "../../../src/core/image/image.js";
import { buildRemoval, buildReport, imageId, MiB } from "../../support/build-report.js";

const report = buildReport({
  images: [1, 2, 3].map((number) =>
    buildRemoval(number, ["age"], { image: { tags: [`app:${number}`] }, freedBytes: number * MiB }),
  ),
});

interface Conversation {
  readonly answers: readonly (string | null)[];
  readonly edit?: (list: string) => Edited;
}

async function talk({ answers, edit = (text) => ({ kind: "edited", text }) }: Conversation) {
  const asked: { question: string; waitMs: number }[] = [];
  let told = "";
  const person: Person = {
    ask: (question, { waitMs }) => {
      asked.push({ question, waitMs });
      return Promise.resolve(answers[asked.length - 1] ?? null);
    },
    edit: (text) => Promise.resolve(edit(text)),
  };
  const stderr = { write: (text: string) => (told += text) };
  const approval = await askAbout(
    report,
    person,
    { color: "never" },
    { stderr, env: {} },
    new Interruption(),
  );
  return { asked, told, approved: approval.kind === "images" ? [...approval.ids] : [] };
}

const all = [1, 2, 3].map(imageId);
const withoutLine = (number: number) => (list: string) => ({
  kind: "edited" as const,
  text: list
    .split("\n")
    .filter((line) => !line.includes(shortId(imageId(number))))
    .join("\n"),
});

describe("the question before a removal", () => {
  it("waits five minutes, and takes silence for no", async () => {
    const { asked, approved } = await talk({ answers: [null] });
    expect(asked).toEqual([{ question: "Remove 3 images, 6 MiB? [y/N/e] ", waitMs: 300_000 }]);
    expect(approved).toEqual([]);
  });

  it.each(["y", "Y", "yes", " YES "])("takes %j for yes", async (answer) => {
    expect((await talk({ answers: [answer] })).approved).toEqual(all);
  });

  it.each(["", "n", "no", "yep", "j", "ye s", "д"])("takes %j for no", async (answer) => {
    expect((await talk({ answers: [answer, "y"] })).approved).toEqual([]);
  });

  it.each(["e", "E", "edit"])(
    "has the list edited for %j, and asks again about what is left",
    async (answer) => {
      const { asked, approved } = await talk({ answers: [answer, "y"], edit: withoutLine(2) });
      expect(asked.at(-1)?.question).toBe("Remove 2 images, 4 MiB? [y/N/e] ");
      expect(approved).toEqual([imageId(1), imageId(3)]);
    },
  );

  it("asks no more where no line is left", async () => {
    const { asked, approved } = await talk({
      answers: ["e", "y"],
      edit: () => ({ kind: "edited", text: "# nothing\n" }),
    });
    expect([asked.length, approved]).toEqual([1, []]);
  });

  it("leaves the list as it was, and says so, where the editor failed", async () => {
    const { told, approved } = await talk({
      answers: ["e", "y"],
      edit: () => ({ kind: "failed", how: "The editor ended with exit 1" }),
    });
    expect(told).toContain("The editor ended with exit 1, so the list is as it was.\n");
    expect(approved).toEqual(all);
  });

  it("adds nothing that was not in the list, and does not mind what a line says behind the ID", async () => {
    const text = `\n  ${shortId(imageId(3))}\n${"0".repeat(12)} other:1\n#${shortId(imageId(1))}\n`;
    const { approved } = await talk({ answers: ["e", "y"], edit: () => ({ kind: "edited", text }) });
    expect(approved).toEqual([imageId(3)]);
  });
});

describe("who is asked", () => {
  const person: Person = { ask: () => Promise.resolve(null), edit: () => Promise.reject(new Error()) };
  const byHand = { mode: "run", consent: "asked", verbosity: "normal", output: "text" } as const;

  it.each([
    ["whoever runs it at a terminal", {}, {}, person],
    ["whoever wants more or another form of text", { verbosity: "verbose", output: "markdown" }, {}, person],
    ["nobody for --yes", { consent: "given" }, {}, null],
    ["nobody for a dry run", { mode: "dry-run" }, {}, null],
    ["nobody when quiet", { verbosity: "quiet" }, {}, null],
    ["nobody for JSON", { output: "json" }, {}, null],
    ["nobody in CI", {}, { CI: "1" }, null],
    ["a person whose CI is empty", {}, { CI: "" }, person],
  ] as const)("%s", (_, settings, env, expected) => {
    expect(personToAsk({ ...byHand, ...settings }, { person, env })).toBe(expected);
  });

  it("nobody where there is no terminal", () => {
    expect(personToAsk(byHand, { env: {} })).toBeNull();
  });
});

describe("Ctrl-C", () => {
  it("is an editor's own while that has the terminal, and a supervisor's signal is not", async () => {
    const interruption = new Interruption();
    const raise = (cause: "SIGINT" | "SIGTERM") =>
      interruption.leaveTerminalTo(() => {
        interruption.raise(cause);
        return Promise.resolve();
      });
    await raise("SIGINT");
    expect(interruption.cause).toBeNull();
    await raise("SIGTERM");
    expect([interruption.cause, interruption.waiting.aborted]).toEqual(["SIGTERM", true]);
  });
});
