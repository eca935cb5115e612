import { readDocument, tableRows } from "./documents.js";

/** What stands for something else in the table of calls in docs/security.md, and how that is spelled in a request: no way up. */
const placeholders: Readonly<Record<string, string>> = {
  NAME: "(?!.*/\\.\\.)[A-Za-z0-9][A-Za-z0-9._:/@-]*",
  CONTAINER: "[0-9a-f]{64}",
  ID: "sha256:[0-9a-f]{64}",
  CONTAINERS: "%7B%22id%22%3A%5B%22[0-9a-f]{64}(%22%2C%22[0-9a-f]{64})*%22%5D%7D",
  REPOSITORIES: "%7B%22reference%22%3A%5B%22[A-Za-z0-9._%-]+%22%5D%7D",
  NAMELESS: "%7B%22dangling%22%3A%5B%22true%22%5D%7D",
  TIME: "[0-9]+\\.[0-9]{3,9}",
  REPO: "[A-Za-z0-9._%-]+",
  TAG: "[A-Za-z0-9._-]+",
};

/** The calls of that table, as they stand there: `GET /images/NAME/json`. */
export const listedCalls: readonly string[] = tableRows(readDocument("docs/security.md")).map(([call = ""]) =>
  call.replaceAll("`", ""),
);

const patterns = listedCalls.map((call) => ({ call, pattern: patternOf(call) }));

/** The listed call that this request is one of (`GET /images/json?all=1`); null for one that is not listed. */
export function listedCallOf(request: string): string | null {
  return patterns.find(({ pattern }) => pattern.test(request))?.call ?? null;
}

export function isListed(request: string): boolean {
  return listedCallOf(request) !== null;
}

function patternOf(call: string): RegExp {
  const literally = call.replace(/[.?+*^$|()[\]{}\\]/g, "\\$&");
  return new RegExp(`^${literally.replace(/\b[A-Z]+\b(?! )/g, (word) => placeholders[word] ?? word)}$`);
}
