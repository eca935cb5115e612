import { describe, expect, it } from "vitest";
import {
  bold,
  escaped,
  heading,
  italic,
  item,
  paragraphs,
  subheading,
} from "../../../../src/cli/manual/roff.js";

describe("roff", () => {
  it.each([
    ["--dry-run", "\\-\\-dry\\-run"],
    ["'redis:*'", "\\(aqredis:*\\(aq"],
    ["~/.local/`x`^\\", "\\(ti/.local/\\(gax\\(ga\\(ha\\e"],
  ])("keeps %s as it is typed", (text, source) => {
    expect(escaped(text)).toBe(source);
  });

  it("marks what is typed and what is replaced, and leaves nothing as nothing", () => {
    expect(bold("docker-gc")).toBe("\\fBdocker\\-gc\\fR");
    expect(italic("FILE")).toBe("\\fIFILE\\fR");
    expect(bold("") + italic("")).toBe("");
  });

  it("makes headings, upper case for sections, quotes and all", () => {
    expect(heading("See also")).toBe('.SH "SEE ALSO"');
    expect(subheading('What "may" go')).toBe('.SS "What \\(dqmay\\(dq go"');
  });

  it("begins a line with each sentence, but not behind an abbreviation", () => {
    expect(paragraphs(["One. Two (or\nthree). 1.5 TiB. Four?"])).toEqual([
      "One.",
      "Two (or three). 1.5 TiB.",
      "Four?",
    ]);
  });

  it("keeps paragraphs apart", () => {
    expect(paragraphs(["One.", "Two."])).toEqual(["One.", ".PP", "Two."]);
  });

  it("never begins a line of text with a dot", () => {
    expect(paragraphs([".dockerignore is read."])).toEqual(["\\&.dockerignore is read."]);
  });

  it("makes options bold in a text, punctuation aside, and only options", () => {
    const [line] = paragraphs(["Give (--quota), --dry-run=true or a -- and ci--cd."]);
    expect(line).toBe("Give (\\fB\\-\\-quota\\fR), \\fB\\-\\-dry\\-run\\fR=true or a \\-\\- and ci\\-\\-cd.");
  });

  it("has no long lines, however much markup is in them", () => {
    const lines = paragraphs(["--max-age ".repeat(50).trim()]);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(lines.length).toBeGreaterThan(10);
  });

  it("puts a term above its meaning", () => {
    expect(item(bold("--quota"), "Bytes.")).toEqual([".TP", "\\fB\\-\\-quota\\fR", "Bytes."]);
  });
});
